// rooms: control
// A host without tables of time zones, or with ones that cannot be used.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/raii.h"
#include "control/core/time_zone.h"

namespace atelier::control {
namespace {

constexpr int kMayNotMount = 77;
constexpr const char* kZones = "/usr/share/zoneinfo";

/// Puts an empty file system over `folder`, which this process alone sees.
bool Hide(const char* folder) {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", folder, "tmpfs", 0, nullptr) == 0;
}

void WriteZone(const std::string& bytes) {
  std::filesystem::create_directories(std::string(kZones) + "/Europe");
  std::ofstream(std::string(kZones) + "/Europe/Berlin", std::ios::binary) << bytes;
}

/// What a process of its own, which reads the tables anew, is told of a zone: its time at noon UTC
/// of 1 July 2026, or why there is none. Nothing: this user may not mount.
std::optional<std::string> Asked(const std::string& zone, const std::function<bool()>& prepare) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const UniqueFd in(pipe[0]);
  UniqueFd out(pipe[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    if (!prepare()) ::_exit(kMayNotMount);
    const auto found = TimeZone::Find(zone);
    const std::string said =
        found ? std::to_string(found->At(*ParseIso8601("2026-07-01T12:00:00Z")).hour)
              : found.error().ToString();
    ::_exit(::write(out.get(), said.data(), said.size()) < 0 ? 1 : 0);
  }
  out = UniqueFd();
  std::string said(4096, '\0');
  said.resize(
      static_cast<std::size_t>(std::max<ssize_t>(0, ::read(in.get(), said.data(), said.size()))));
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "it crashed";
  if (WEXITSTATUS(status) == kMayNotMount) return std::nullopt;
  return said;
}

/// "TZif", version 2: twice a table of one kind of time, UTC+1 "CET", without a change of clocks.
std::string TableWith(const std::string& rule) {
  const std::string header =
      std::string("TZif2") + std::string(15 + 5 * 4, '\0') + std::string("\0\0\0\4", 4);
  std::string one = header;
  one.replace(20 + 4 * 4, 4, std::string("\0\0\0\1", 4));
  one += std::string("\0\0\x0e\x10\0\0CET\0", 10);
  return one + one + "\n" + rule + "\n";
}

constexpr const char* kHint = "Install Debian's package tzdata and restart the server.";

TEST(TimeZones, AHostWithoutTablesSaysWhatToInstall) {
  for (const char* hidden : {"/usr/share", kZones}) {
    const auto said = Asked("Europe/Berlin", [&] { return Hide(hidden); });
    if (!said) GTEST_SKIP() << "needs the right to mount a tmpfs";
    EXPECT_TRUE(said->starts_with("Unavailable")) << *said;
    EXPECT_NE(said->find(kHint), std::string::npos) << *said;
  }
}

TEST(TimeZones, UtcNeedsNoTables) {
  for (const char* zone : {"", "UTC"}) {
    const auto said = Asked(zone, [] { return Hide("/usr/share"); });
    if (!said) GTEST_SKIP() << "needs the right to mount a tmpfs";
    EXPECT_EQ(*said, "12");
  }
}

TEST(TimeZones, DamagedTablesAreNoReasonToCrash) {
  for (const std::string& bytes :
       {std::string(), std::string("no table\n"), std::string("TZif"), std::string("TZif\n"),
        TableWith("CET-1").substr(0, 40) + "\n", TableWith("CET-1").substr(0, 60) + "\n"}) {
    const auto said = Asked("Europe/Berlin", [&] {
      if (!Hide(kZones)) return false;
      WriteZone(bytes);
      return true;
    });
    if (!said) GTEST_SKIP() << "needs the right to mount a tmpfs";
    EXPECT_TRUE(said->starts_with("Unavailable")) << bytes.size() << ": " << *said;
    EXPECT_NE(said->find(kHint), std::string::npos) << *said;
  }
}

// Tables as `zic -b slim` writes them: when summer time is stands in a rule at the end alone.
TEST(TimeZones, TablesWithoutTheSummerTimesToComeAreRefused) {
  const auto asked = [](const std::string& rule) {
    return Asked("Europe/Berlin", [&] {
      if (!Hide(kZones)) return false;
      WriteZone(TableWith(rule));
      return true;
    });
  };
  const auto said = asked("CET-1CEST,M3.5.0,M10.5.0/3");
  if (!said) GTEST_SKIP() << "needs the right to mount a tmpfs";
  EXPECT_TRUE(said->starts_with("Unavailable")) << *said;
  EXPECT_EQ(asked("CET-1"), "13") << "no summer time is meant";
}

}  // namespace
}  // namespace atelier::control
