// The parts of the process driver that need no sandbox: records, files, images, cgroup formats.
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/process/files.h"
#include "runtime/process/kernels.h"
#include "runtime/process/log_file.h"
#include "runtime/process/run.h"
#include "runtime/process/sweep.h"
#include "support/temp_dir.h"

namespace atelier::runtime::process {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<std::string>;

class ProcessFiles : public ::testing::Test {
 protected:
  std::string Make(const std::string& name, const std::string& text = "") {
    const std::string path = dir_.path() + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
    return path;
  }
  std::string In(const std::string& name) const { return dir_.path() + "/" + name; }

  atelier::test::TempDir dir_;
};

TEST(ProcessPaths, OnlyPlainNamesAreIdsAndOnlyNumbersGenerations) {
  EXPECT_TRUE(IdIsSafe("dsw-0a1b"));
  for (const char* bad : {"", ".", "..", "a/b", "-rf", "A", "a b", "a\n"})
    EXPECT_FALSE(IdIsSafe(bad)) << bad;
  EXPECT_FALSE(IdIsSafe(std::string(65, 'a')));
  EXPECT_EQ(GenerationOf("run-17"), 17);
  for (const char* bad : {"run-", "run--1", "run-1x", "run-99999999999999999999", "home"}) {
    EXPECT_EQ(GenerationOf(bad), std::nullopt) << bad;
  }
}

TEST_F(ProcessFiles, ReplaceIsWholeAndPrivate) {
  const std::string path = In("phase");
  ASSERT_TRUE(ReplaceFile(path, "one"));
  ASSERT_TRUE(ReplaceFile(path, "three"));
  EXPECT_EQ(ReadFile(path).value(), "three");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(ReadFile(path, 4).error().code(), Code::kResourceExhausted);
  EXPECT_EQ(ReadFile(In("absent")).error().code(), Code::kNotFound);
}

TEST_F(ProcessFiles, RemoveTreeStopsAtLinks) {
  Make("precious/file");
  Make("tree/a/b/file");
  fs::create_directory_symlink(In("precious"), In("tree/link"));
  ASSERT_TRUE(RemoveTree(In("tree")));
  EXPECT_FALSE(fs::exists(In("tree")));
  EXPECT_TRUE(fs::exists(In("precious/file")));
  EXPECT_TRUE(RemoveTree(In("tree")));
}

TEST_F(ProcessFiles, TheTailIsWholeLinesAcrossTheRotation) {
  const std::string log = Make("out.log", "three\nfour\n");
  const std::string older = Make("out.log.1", "one\ntwo\n");
  EXPECT_EQ(TailOfLog(log, older, 100).value(), "one\ntwo\nthree\nfour\n");
  EXPECT_EQ(TailOfLog(log, older, 15).value(), "two\nthree\nfour\n");
  EXPECT_EQ(TailOfLog(log, older, 14).value(), "three\nfour\n");
  EXPECT_EQ(TailOfLog(log, older, 7).value(), "four\n");
  EXPECT_EQ(TailOfLog(log, older, 3).value(), "") << "no line is that short";
  EXPECT_EQ(TailOfLog(In("absent"), older, 7).error().code(), Code::kNotFound);
}

TEST_F(ProcessFiles, TheLogIsBoundedWhateverComes) {
  LogFile log(RunPaths{dir_.path()});
  const std::string line(1000, 'x');
  for (int i = 0; i < 5000; ++i) log.Write(line, LogFile::Time{});
  EXPECT_LE(fs::file_size(In("out.log")), LogFile::kLimit);
  EXPECT_EQ(fs::file_size(In("out.log.1")), LogFile::kLimit);
}

/// A log that takes 1000 bytes at once, then 100 a second.
class ProcessLogRate : public ProcessFiles {
 protected:
  static LogFile::Time At(double seconds) {
    return LogFile::Time{} + std::chrono::milliseconds(static_cast<int>(1000 * (seconds + 1)));
  }
  std::string Text() const {
    return TailOfLog(In("out.log"), In("out.log.1"), 1 << 20).value_or("");
  }
  static std::string Line(int number) { return fmt::format("{:09}\n", number); }  // 10 bytes

  LogFile log_{RunPaths{dir_.path()}, nullptr, {.burst = 1000, .per_second = 100}};
};

TEST_F(ProcessLogRate, WhatItAllowsIsThereAtOnce) {
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    log_.Write(Line(i), At(0));
    expected += Line(i);
  }
  EXPECT_EQ(Text(), expected);
  EXPECT_EQ(log_.due(), LogFile::Time::max());
  log_.Write(Line(100), At(0.1));
  EXPECT_EQ(Text(), expected + Line(100)) << "ten bytes more in a tenth of a second";
}

TEST_F(ProcessLogRate, OfMoreTheLastLinesStayAndALineSaysHowManyWereDropped) {
  log_.Write(std::string(999, 'x') + "\n", At(0));
  for (int i = 1; i <= 50; ++i) log_.Write(Line(i), At(0));
  EXPECT_EQ(Text().size(), 1000U);
  EXPECT_EQ(log_.due(), At(1));
  log_.FlushIfDue(At(0.999));
  EXPECT_EQ(Text().size(), 1000U);
  log_.FlushIfDue(At(1));
  std::string expected = "atelier: 40 lines (400 bytes) of output were dropped\n";  // 53 bytes
  for (int i = 41; i <= 50; ++i) expected += Line(i);
  EXPECT_EQ(Text().substr(1000), expected);
  // The line itself is paid for by the next second: 47 bytes are left of that.
  for (int i = 51; i <= 60; ++i) log_.Write(Line(i), At(1));
  log_.FlushIfDue(At(2));
  expected += "atelier: 6 lines (60 bytes) of output were dropped\n";
  for (int i = 57; i <= 60; ++i) expected += Line(i);
  EXPECT_EQ(Text().substr(1000), expected);
}

TEST_F(ProcessLogRate, EndlessOutputIsHeldToItHoweverItComes) {
  const std::string piece(777, 'y');  // one line without an end
  constexpr int kSeconds = 500;
  for (int i = 0; i < 10 * kSeconds; ++i) {
    log_.Write(i % 2 == 0 ? piece : "z\n", At(0.1 * i));
    log_.FlushIfDue(At(0.1 * i));
  }
  EXPECT_LE(Text().size(), 1000U + 100U * kSeconds + 128U);
  EXPECT_GE(Text().size(), 100U * kSeconds / 2) << "and is not silenced";
  EXPECT_NE(Text().find(" of output were dropped\n"), std::string::npos);
}

TEST_F(ProcessLogRate, ALifeEndsWithItsLastLines) {
  log_.Write(std::string(995, 'x'), At(0));
  log_.Write("y\nlonger than what is left\nlast words\n", At(0));
  EXPECT_EQ(Text().size(), 995U);
  log_.Finish();
  EXPECT_EQ(Text().substr(995), "y\nlonger than what is left\nlast words\n");
}

TEST_F(ProcessLogRate, OfALongLineItsEndStays) {
  log_.Write(std::string(1000, 'x'), At(0));
  log_.Write(std::string(300, 'a') + std::string(99, 'b') + "\n", At(0));
  log_.Finish();
  EXPECT_EQ(Text().substr(1000), "\natelier: 0 lines (300 bytes) of output were dropped\n" +
                                     std::string(99, 'b') + "\n");
}

TEST_F(ProcessLogRate, ARestAllowsTheBurstAgainAndNoMore) {
  log_.Write(std::string(1000, 'x'), At(0));
  log_.Write(std::string(1000, 'y'), At(1'000'000));
  EXPECT_EQ(Text().size(), 2000U);
  log_.Write("z", At(1'000'000));
  EXPECT_EQ(Text().size(), 2000U);
}

TEST_F(ProcessFiles, ALineWithoutATimeGetsOne) {
  LogFile log(RunPaths{dir_.path()}, [] { return WallTime(Duration(1'767'225'600'123)); });
  log.Write("one\n2026-01-01 00:00:00 two\n[2026-01-01T00:00:00Z] three\nfo", LogFile::Time{});
  log.Write("ur\n\n2026-1-1 five\n", LogFile::Time{});
  EXPECT_EQ(TailOfLog(In("out.log"), In("out.log.1"), 1000).value(),
            "2026-01-01T00:00:00.123Z one\n"
            "2026-01-01 00:00:00 two\n"
            "[2026-01-01T00:00:00Z] three\n"
            "2026-01-01T00:00:00.123Z four\n"
            "2026-01-01T00:00:00.123Z \n"
            "2026-01-01T00:00:00.123Z 2026-1-1 five\n");
}

TEST_F(ProcessFiles, AnImageShowsItsPrefix) {
  Make("image/bin/tool");
  EXPECT_EQ(ImagePaths(In("image"), In("data")).value(), Paths{In("image")});
  EXPECT_EQ(ImagePaths("", In("data")).value(), Paths{});
  EXPECT_EQ(ImagePaths("/usr", In("data")).value(), Paths{}) << "there anyway";
  EXPECT_EQ(ImagePaths(In("absent"), In("data")).error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(ImagePaths("image", In("data")).error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(ImagePaths(In("image/"), In("data")).value(), Paths{In("image")});
  fs::create_directory_symlink(In("image"), In("link"));
  EXPECT_EQ(ImagePaths(In("link"), In("data")).value(), (Paths{In("link"), In("image")}));
}

TEST_F(ProcessFiles, AVirtualEnvironmentShowsThePythonItWasMadeFrom) {
  Make("base/bin/python3.12");
  Make("base/lib/python3.12/os.py");
  Make("base/secret");
  Make("venv/pyvenv.cfg", "home = " + In("base/bin") + "\nversion = 3.12\n");
  fs::create_directories(In("venv/bin"));
  fs::create_symlink(In("base/bin/python3.12"), In("venv/bin/python3"));
  EXPECT_EQ(ImagePaths(In("venv"), In("data")).value(),
            (Paths{In("venv"), In("base/bin"), In("base/lib")}))
      << "the parts of the installation, once, and nothing beside them";
}

TEST_F(ProcessFiles, AHomeFolderIsNoPythonInstallation) {
  Make("user/bin/python3");
  Make("user/.ssh/id_ed25519");
  Make("venv/pyvenv.cfg", "home = " + In("user/bin") + "\n");
  EXPECT_EQ(ImagePaths(In("venv"), In("data")).error().code(), Code::kFailedPrecondition);
}

TEST_F(ProcessFiles, AnImageNeverContainsTheDataOfOthers) {
  fs::create_directories(In("data/instances"));
  for (const std::string& prefix :
       {dir_.path(), In("data"), In("data/instances"), std::string("/")}) {
    EXPECT_EQ(ImagePaths(prefix, In("data/instances")).error().code(), Code::kFailedPrecondition)
        << prefix;
  }
  fs::create_directory_symlink(dir_.path(), In("link"));
  EXPECT_EQ(ImagePaths(In("link"), In("data/instances")).error().code(), Code::kFailedPrecondition);
}

/// A socket that is listened on as long as the object lives.
class Listener {
 public:
  explicit Listener(const std::string& path)
      : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_.get(), 1), 0);
  }

 private:
  UniqueFd fd_;
};

bool Connects(const std::string& path) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

class ProcessDoor : public ProcessFiles {
 protected:
  void SetUp() override {
    fs::create_directories(run_.Box());
    fs::create_directories(run_.Door());
  }
  RunPaths run_{dir_.path()};
};

TEST_F(ProcessDoor, LeadsToTheWorkloadsSocket) {
  EXPECT_EQ(OpenDoor(run_, "s").value(), false) << "not there yet";
  const Listener workload(run_.Box() + "/s");
  EXPECT_EQ(OpenDoor(run_, "s").value(), true);
  EXPECT_EQ(OpenDoor(run_, "s").value(), true);
  EXPECT_TRUE(Connects(run_.Door() + "/s"));
}

TEST_F(ProcessDoor, LeadsNowhereElse) {
  const Listener host(In("host.sock"));  // of a container daemon, of another instance
  fs::create_symlink(In("host.sock"), run_.Box() + "/s");
  EXPECT_EQ(OpenDoor(run_, "s").value(), false);
  EXPECT_FALSE(fs::exists(fs::symlink_status(run_.Door() + "/s")));
  fs::remove(run_.Box() + "/s");

  {
    const Listener workload(run_.Box() + "/s");
    EXPECT_EQ(OpenDoor(run_, "s").value(), true);
    fs::remove(run_.Box() + "/s");
    fs::create_symlink(In("host.sock"), run_.Box() + "/s");
    EXPECT_TRUE(Connects(run_.Door() + "/s")) << "the workload's own, by another name";
  }
  EXPECT_FALSE(Connects(run_.Door() + "/s")) << "and never what took its place";
}

TEST_F(ProcessDoor, FollowsASocketMadeAnew) {
  {
    const Listener first(run_.Box() + "/s");
    EXPECT_EQ(OpenDoor(run_, "s").value(), true);
  }
  fs::remove(run_.Box() + "/s");
  const Listener second(run_.Box() + "/s");
  EXPECT_FALSE(Connects(run_.Door() + "/s"));
  EXPECT_EQ(OpenDoor(run_, "s").value(), true);
  EXPECT_TRUE(Connects(run_.Door() + "/s"));
}

TEST(ProcessResolver, LoopbackServersAreReplacedOnlyInANetworkOfItsOwn) {
  const std::string host = "search lan\nnameserver 127.0.0.53\noptions edns0\n";
  const std::string real = "nameserver 192.0.2.53\n";
  EXPECT_EQ(ResolverFor(host, real, false), host);
  EXPECT_EQ(ResolverFor(host, real, true), real);
  EXPECT_EQ(ResolverFor("nameserver 127.0.0.1\nnameserver 192.0.2.1\n", real, true),
            "nameserver 192.0.2.1\n");
  EXPECT_EQ(ResolverFor("nameserver ::1\n", "", true), "");
}

TEST(ProcessKernels, OnlyStatesThatMayExecuteCount) {
  EXPECT_EQ(KernelsIn("[]").value().executing, 0);
  const auto resting = KernelsIn(R"([{"execution_state":"idle"},{"execution_state":"starting"},
                                     {"execution_state":"dead"}])");
  EXPECT_EQ(resting.value().executing, 0);
  EXPECT_EQ(resting.value().dead, 1);
  const auto active = KernelsIn(R"([{"execution_state":"busy"},{"execution_state":"restarting"},
                                    {"execution_state":"something new"}])");
  EXPECT_EQ(active.value().executing, 3);
  EXPECT_EQ(active.value().dead, 0);
}

TEST(ProcessKernels, AnythingElseIsUnknownNeverIdle) {
  for (const char* body :
       {"", "{}", "null", "[1]", "[{}]", R"([{"execution_state":1}])", "<html>"}) {
    EXPECT_FALSE(KernelsIn(body)) << body;
  }
}

TEST(ProcessRef, AnotherStartTimeOrBootIsAnotherProcess) {
  const ProcessRef self = RefOf(::getpid()).value();
  EXPECT_TRUE(IsAlive(self));
  EXPECT_TRUE(static_cast<bool>(OpenPidfd(self)));
  ProcessRef recycled = self;
  --recycled.start_ticks;
  ProcessRef rebooted = self;
  rebooted.boot_id = "another";
  for (const ProcessRef& other : {recycled, rebooted, ProcessRef{}}) {
    EXPECT_FALSE(IsAlive(other));
    EXPECT_FALSE(static_cast<bool>(OpenPidfd(other)));
    EXPECT_FALSE(SendSignal(other, SIGKILL)) << "or this test would be gone";
  }
}

// The formats of version 2, on plain files: a host with version 1 cannot make one.
class ProcessCgroup2 : public ProcessFiles {
 protected:
  void SetUp() override {
    for (const char* file : {"cpu.max", "memory.max", "memory.swap.max", "pids.max"}) Make(file);
    Make("cpu.stat", "usage_usec 1234567\nuser_usec 1000000\n");
    Make("memory.current", "10485760\n");
    Make("memory.stat", "anon 1\nfile 2\ninactive_file 4194304\n");
    Make("memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n");
    Make("cgroup.procs", "11\n12\n");
  }
  CgroupSet cgroup_{2,
                    {{"cpu", dir_.path()},
                     {"cpuacct", dir_.path()},
                     {"memory", dir_.path()},
                     {"pids", dir_.path()}}};
};

TEST_F(ProcessCgroup2, LimitsAreWrittenInItsFormat) {
  model::Capacity capacity;
  capacity.milli_cpu = 2500;
  capacity.memory_mib = 8;
  ASSERT_TRUE(CreateCgroup(cgroup_, capacity));
  EXPECT_EQ(ReadFile(In("cpu.max")).value(), "250000 100000");
  EXPECT_EQ(ReadFile(In("memory.max")).value(), "8388608");
  EXPECT_EQ(ReadFile(In("memory.swap.max")).value(), "0");
  EXPECT_EQ(ReadFile(In("pids.max")).value(), "2560");
}

TEST_F(ProcessCgroup2, ALimitOfSwapThatIsNotTakenIsAnError) {
  model::Capacity capacity;
  capacity.memory_mib = 8;
  fs::remove(In("memory.swap.max"));
  fs::create_directory(In("memory.swap.max"));  // which nobody can write
  EXPECT_FALSE(CreateCgroup(cgroup_, capacity));
  fs::remove(In("memory.swap.max"));
  EXPECT_TRUE(CreateCgroup(cgroup_, capacity)) << "a kernel that does not count it";
}

TEST_F(ProcessCgroup2, SwapIsLimitedWhereItIsCountedOrThereIsNone) {
  constexpr const char* kTitles = "Filename\tType\tSize\tUsed\tPriority\n";
  Make("no-swaps", kTitles);
  Make("swaps", std::string(kTitles) + "/dev/vdb partition 1048572 0 -2\n");
  EXPECT_TRUE(SwapIsLimited(cgroup_, In("swaps")));
  fs::remove(In("memory.swap.max"));
  EXPECT_FALSE(SwapIsLimited(cgroup_, In("swaps")));
  EXPECT_TRUE(SwapIsLimited(cgroup_, In("no-swaps")));
  EXPECT_TRUE(SwapIsLimited(cgroup_, In("absent"))) << "a kernel without swap";
  EXPECT_FALSE(SwapIsLimited({}, In("no-swaps"))) << "nothing is limited";
}

TEST_F(ProcessCgroup2, NumbersAreReadFromItsFormat) {
  EXPECT_EQ(CgroupCpuMs(cgroup_), 1234U);
  EXPECT_EQ(CgroupMemoryBytes(cgroup_), 10485760U - 4194304U);
  EXPECT_EQ(CgroupOomKills(cgroup_), 2U);
  EXPECT_EQ(MembersOf(cgroup_), (std::vector{11, 12}));
}

TEST_F(ProcessCgroup2, AMemberThatOurPidNamespaceDoesNotShowIsNotKilled) {
  Make("cgroup.procs", "0\n");
  // In a process group of its own, which kill(0) would end.
  EXPECT_EXIT(
      {
        ::setpgid(0, 0);
        ::_exit(KillCgroup(cgroup_) ? 1 : 0);
      },
      ::testing::ExitedWithCode(0), "");
}

/// A delegated cgroup of version 2, as a plain folder: what the kernel does beside, the test does.
class ProcessDelegation : public ProcessFiles {
 protected:
  void SetUp() override {
    Make("self/mountinfo", "30 20 0:26 / " + In("tree") + " rw - cgroup2 cgroup2 rw\n");
    ProcessIsIn("/unit");
    Make("tree/unit/server/cgroup.procs");
  }
  /// The kernel shows in words what was written with signs; WriteInto leaves the rest of a line.
  void ProcessIsIn(const std::string& cgroup) {
    Make("self/cgroup", "0::" + cgroup + "\n");
    Make("tree" + cgroup + "/cgroup.procs", std::to_string(::getpid()) + "\n");
    for (const char* folder : {"tree/unit", "tree/unit/atelier"})
      Make(std::string(folder) + "/cgroup.subtree_control", "xxxxx cpu memory pids\n");
  }
};

TEST_F(ProcessDelegation, ASecondLookGoesNoDeeper) {
  const std::string folder = In("tree/unit/atelier");
  const std::map<std::string, std::string> expected = {
      {"cpu", folder}, {"cpuacct", folder}, {"memory", folder}, {"pids", folder}};
  EXPECT_EQ(DetectCgroups(In("self")).folders, expected);
  EXPECT_EQ(ReadFile(In("tree/unit/server/cgroup.procs")).value(), "0") << "moved down";
  ProcessIsIn("/unit/server");
  EXPECT_EQ(DetectCgroups(In("self")).folders, expected);
  EXPECT_FALSE(fs::exists(In("tree/unit/server/server")));
}

TEST_F(ProcessDelegation, WhatCannotBeWrittenGivesNoLimits) {
  Make("self/mountinfo", "30 20 0:26 / " + In("absent") + " rw - cgroup2 cgroup2 rw\n");
  EXPECT_TRUE(DetectCgroups(In("self")).folders.empty());
}

TEST(ProcessCgroup, NoneMeansNothingToDoAndNothingKnown) {
  const CgroupSet none;
  EXPECT_TRUE(CreateCgroup(none, {}));
  EXPECT_TRUE(EnterCgroup(none, Part::kKeeper));
  EXPECT_TRUE(KillCgroup(none));
  EXPECT_TRUE(RemoveCgroup(none));
  EXPECT_EQ(CgroupCpuMs(none), std::nullopt);
  EXPECT_EQ(CgroupMemoryBytes(none), std::nullopt);
}

}  // namespace
}  // namespace atelier::runtime::process
