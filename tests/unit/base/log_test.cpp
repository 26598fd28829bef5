#include "base/log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

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

TEST(Logger, KeepsEveryLineWholeThoughThreadsShareIt) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kLines = 500;
  const std::string all = Logged(LogLevel::kInfo, [](Logger& log) {
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&log, t] {
        for (std::size_t n = 0; n < kLines; ++n) log.Info("line", {{"thread", t}, {"number", n}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  std::istringstream lines(all);
  std::array<std::size_t, kThreads> next{};
  std::string line;
  while (std::getline(lines, line)) {
    for (std::size_t t = 0; t < kThreads; ++t) {
      if (line.starts_with("info line thread=" + std::to_string(t) + " "))
        EXPECT_TRUE(line.ends_with(" number=" + std::to_string(next.at(t)++))) << line;
    }
  }
  for (const std::size_t count : next) EXPECT_EQ(count, kLines);
}

// A reader of the log that is stuck must not hold up requests, nor fill the memory.
TEST(Logger, DropsWhatNobodyReadsAndSaysHowMuch) {
  constexpr std::size_t kLines = 200'000;
  const std::string text(100, 'x');
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const UniqueFd saved(::dup(STDERR_FILENO));
  ::dup2(write_end.get(), STDERR_FILENO);
  std::string all;
  std::thread reader;
  {
    const auto log = MakeStderrLogger(LogLevel::kInfo);
    for (std::size_t n = 0; n < kLines; ++n) log->Info("line", {{"text", text}});
    reader = std::thread([&] {
      std::array<char, 65536> piece;
      for (ssize_t size = 0; (size = ::read(read_end.get(), piece.data(), piece.size())) > 0;)
        all.append(piece.data(), static_cast<std::size_t>(size));
    });
  }
  ::dup2(saved.get(), STDERR_FILENO);
  write_end.Reset();
  reader.join();
  const auto written = static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  const std::size_t said = all.find("warning log.dropped lines=");
  ASSERT_NE(said, std::string::npos);
  EXPECT_EQ(written - 1 + std::stoul(all.substr(all.find('=', said) + 1)), kLines);
}

/// Standard error is a pipe that is full and that nobody reads.
class StuckStderr {
 public:
  StuckStderr() {
    std::signal(SIGPIPE, SIG_IGN);  // as the server does: the threads left behind write on
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    read_end_.Reset(ends[0]);
    const UniqueFd write_end(ends[1]);
    ::fcntl(write_end.get(), F_SETFL, O_NONBLOCK);
    const std::string page(4096, 'x');
    while (::write(write_end.get(), page.data(), page.size()) > 0) {
    }
    ::fcntl(write_end.get(), F_SETFL, 0);
    ::dup2(write_end.get(), STDERR_FILENO);
  }
  StuckStderr(const StuckStderr&) = delete;
  StuckStderr& operator=(const StuckStderr&) = delete;
  ~StuckStderr() { ::dup2(saved_.get(), STDERR_FILENO); }

 private:
  UniqueFd saved_{::dup(STDERR_FILENO)};
  UniqueFd read_end_;
};

// The end of the process waits for the end of its log.
TEST(Logger, EndsThoughNobodyReads) {
  const auto began = std::chrono::steady_clock::now();
  {
    const StuckStderr stuck;
    const auto log = MakeStderrLogger(LogLevel::kInfo);
    log->Error("nobody reads this");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2 * kLogLastWords);
}

TEST(Logger, LastWordsEndThoughNobodyReads) {
  const auto began = std::chrono::steady_clock::now();
  {
    const StuckStderr stuck;
    LogNow(LogLevel::kError, "nobody reads this");
    WriteToStderr(std::string(100'000, 'x'));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 3 * kLogLastWords);
}

}  // namespace
}  // namespace atelier
