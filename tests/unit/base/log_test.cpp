#include "base/log.h"

#include <fcntl.h>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/raii.h"
#include "support/temp_dir.h"

namespace atelier {
namespace {

/// What `write` puts on standard error, each line without its time.
std::string Logged(LogLevel least, const std::function<void(Logger&)>& write) {
  const test::TempDir folder;
  const std::string path = folder.path() + "/stderr";
  const UniqueFd saved(::dup(STDERR_FILENO));
  {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ::dup2(file.get(), STDERR_FILENO);
    write(*MakeStderrLogger(least));  // its end waits until all is written
    ::dup2(saved.get(), STDERR_FILENO);
  }
  std::ifstream in(path);
  std::string all;
  for (std::string line; std::getline(in, line);) all += line.substr(line.find(' ') + 1) + "\n";
  return all;
}

TEST(Logger, WritesOneLineAnEvent) {
  EXPECT_EQ(Logged(LogLevel::kInfo,
                   [](Logger& log) {
                     log.Info("http.request", {{"id", "A-1"}, {"status", 200}, {"cached", false}});
                     log.Warn("plain");
                   }),
            "info http.request id=A-1 status=200 cached=false\nwarning plain\n");
}

TEST(Logger, QuotesAndEscapesSoThatAValueCannotForgeALineOrAField) {
  EXPECT_EQ(Logged(LogLevel::kInfo,
                   [](Logger& log) {
                     log.Info("e", {{"a", "two words"},
                                    {"b", "x=y"},
                                    {"c", "say \"hi\" \\"},
                                    {"d", "line\nfeed"},
                                    {"e", std::string("\x1b[31m\r\0\x7f", 8)},
                                    {"f", ""}});
                   }),
            R"(info e a="two words" b="x=y" c="say \"hi\" \\" d="line\nfeed" e="?[31m???" f="")"
            "\n");
}

TEST(Logger, FormatSignsInValuesAreText) {
  EXPECT_EQ(Logged(LogLevel::kInfo, [](Logger& log) { log.Info("e{}", {{"a", "{}%s{0}"}}); }),
            "info e{} a={}%s{0}\n");
}

TEST(Logger, LeavesOutWhatIsBelowItsLevel) {
  EXPECT_EQ(Logged(LogLevel::kWarn,
                   [](Logger& log) {
                     log.Debug("d");
                     log.Info("i");
                     log.Warn("w");
                     log.Error("e");
                   }),
            "warning w\nerror e\n");
}

}  // namespace
}  // namespace atelier
