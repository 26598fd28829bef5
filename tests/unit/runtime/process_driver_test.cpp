// What a life goes through under the process driver, seen from its door.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "process_world.h"

namespace atelier::runtime {
namespace {

namespace fs = std::filesystem;

class ProcessDriver : public test::ProcessWorld {};

TEST_F(ProcessDriver, StartsIsReadyIsSampledAndStops) {
  const auto began = clock_.Mono();
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  Await("dsw-a", Phase::kReady);
  RecordProperty("start_to_ready_ms", static_cast<int>((clock_.Mono() - began) / Duration{1}));

  const auto door = driver_->EndpointOf(model::InstanceId("dsw-a"));
  ASSERT_TRUE(door.has_value());
  EXPECT_EQ(door->unix_path, RunOf("dsw-a").Door() + "/http.sock");

  const auto usage = Run(driver_->Sample(model::InstanceId("dsw-a"), Soon()));
  ASSERT_TRUE(usage.has_value());
  EXPECT_GT(usage->cpu_ms, 0U);
  EXPECT_GT(usage->memory_bytes, 1U << 20);
  EXPECT_LT(usage->memory_bytes, 1U << 30);
  EXPECT_EQ(usage->executing_kernels, 1);
  EXPECT_EQ(usage->dead_kernels, 0);
  EXPECT_EQ(usage->kernel_restarts, 3U);
  EXPECT_EQ(usage->network_ends, 0U);
  EXPECT_TRUE(usage->connected);
  EXPECT_EQ(usage->answers, true);

  const WallTime asked = SystemClock().Wall();
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  const WorkloadState end = Await("dsw-a", Phase::kExited);
  EXPECT_EQ(end.signal, SIGTERM);
  ASSERT_TRUE(end.ended);
  EXPECT_GE(*end.ended, asked);
  EXPECT_LE(*end.ended, SystemClock().Wall());
  EXPECT_EQ(end.reason, "");
  EXPECT_EQ(driver_->EndpointOf(model::InstanceId("dsw-a")).error().code(), Code::kNotFound);
  EXPECT_EQ(Run(driver_->Sample(model::InstanceId("dsw-a"), Soon())).error().code(),
            Code::kNotFound);
}

TEST_F(ProcessDriver, WhatIsStoppedFromInsideRunsAndDoesNotAnswerUntilItGoesOn) {
  const model::InstanceId id("dsw-a");
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  Await("dsw-a", Phase::kReady);
  const auto sandbox = process::ReadRecord<process::SandboxRecord>(RunOf("dsw-a").Sandbox());
  ASSERT_TRUE(sandbox.has_value());
  const auto inside = process::TreeOf(sandbox->init.pid);
  for (const int pid : inside) ::kill(pid, SIGSTOP);  // as `kill -STOP -1` does
  const auto silent = Run(driver_->Sample(id, clock_.In(Duration{2'000})));
  for (const int pid : inside) ::kill(pid, SIGCONT);
  ASSERT_TRUE(silent.has_value()) << silent.error().ToString();
  EXPECT_EQ(silent->answers, false);
  EXPECT_EQ(silent->executing_kernels, std::nullopt) << "not known, which is never read as idle";
  EXPECT_GT(silent->memory_bytes, 1U << 20);
  EXPECT_EQ(Run(driver_->Sample(id, Soon()))->answers, true);
}

TEST_F(ProcessDriver, TermReachesTheCommandWhichEndsInItsOwnTime) {
  ASSERT_TRUE(
      Ensure(
          Shell("dsw-a", "trap 'echo saving; exit 7' TERM; echo up; while :; do sleep 0.01; done"))
          .has_value());
  Await("dsw-a", Phase::kReady);
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "up\n"; }));
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  EXPECT_EQ(Await("dsw-a", Phase::kExited).exit_code, 7);
  EXPECT_EQ(LogOf("dsw-a"), "up\nsaving\n");
}

TEST_F(ProcessDriver, WhoIgnoresTermIsKilledAfterTheGrace) {
  Workload work = Shell("dsw-a", "trap '' TERM; echo up; while :; do sleep 0.01; done");
  work.stop_grace = Duration{300};
  ASSERT_TRUE(Ensure(work).has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "up\n"; }));
  const auto began = clock_.Mono();
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  const WorkloadState end = Await("dsw-a", Phase::kExited);
  EXPECT_GE(clock_.Mono() - began, Duration{300});
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_EQ(end.reason, "");
  EXPECT_FALSE(end.out_of_memory);
}

TEST_F(ProcessDriver, AForcedStopWaitsForNoGrace) {
  Workload work = Shell("dsw-a", "trap '' TERM; echo up; while :; do sleep 0.01; done");
  work.stop_grace = std::chrono::hours(1);
  ASSERT_TRUE(Ensure(work).has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "up\n"; }));
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  Await("dsw-a", Phase::kStopping);
  ASSERT_TRUE(StopLife("dsw-a", 1, StopMode::kNow).has_value());
  const WorkloadState end = Await("dsw-a", Phase::kExited);
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_EQ(end.reason, "");
}

TEST_F(ProcessDriver, AStopWhoseMarksCannotBeMadeIsAStopAllTheSame) {
  // As on a disk that became read-only: a folder stands where each mark would be written.
  const std::string stubborn = "trap '' TERM; echo hello; while true; do sleep 1; done";
  for (const StopMode mode : {StopMode::kGrace, StopMode::kNow}) {
    const std::string id = mode == StopMode::kGrace ? "dsw-grace" : "dsw-now";
    Workload work = Shell(id, mode == StopMode::kGrace ? "echo hello; exec sleep 1000" : stubborn);
    work.stop_grace = std::chrono::hours(1);
    ASSERT_TRUE(Ensure(work).has_value());
    Await(id, Phase::kReady);
    ASSERT_TRUE(test::Eventually([&] { return LogOf(id) == "hello\n"; }));
    for (const std::string& mark : {RunOf(id).StopMark(), RunOf(id).ForceMark()}) {
      fs::remove(mark + ".new");
      fs::create_directory(mark + ".new");
    }
    ASSERT_TRUE(StopLife(id, 1, mode).has_value());
    EXPECT_EQ(Await(id, Phase::kExited).reason, "") << "it was asked for";
  }
}

TEST_F(ProcessDriver, ACommandThatExitsSaysWhy) {
  ASSERT_TRUE(Ensure(Shell("dsw-a", "echo no such model; exit 3")).has_value());
  const WorkloadState end = Await("dsw-a", Phase::kExited);
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_FALSE(end.signal.has_value());
  EXPECT_EQ(end.reason, "Its command exited with code 3.");
  EXPECT_EQ(end.log_tail, "no such model\n");

  ASSERT_TRUE(Ensure(Shell("dsw-b", "kill -SEGV $$")).has_value());
  EXPECT_EQ(Await("dsw-b", Phase::kExited).reason, "It was ended by signal 11 (SIGSEGV).");
}

TEST_F(ProcessDriver, AStartScriptThatFailsIsNamedWithItsLastLines) {
  Workload work = Shell("dsw-a", "echo never");
  work.on_start = "echo one\necho two >&2\nexit 1\n";
  ASSERT_TRUE(Ensure(work).has_value());
  const WorkloadState end = Await("dsw-a", Phase::kExited);
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_EQ(end.reason, "The start script exited with code 1.");
  EXPECT_EQ(end.log_tail, "one\ntwo\n");
}

TEST_F(ProcessDriver, TheStartScriptRunsFirstAndItsDaemonsLiveOn) {
  Workload work =
      Shell("dsw-a", "cat made-by-script; kill -0 $(cat daemon) && echo daemon lives; sleep 1000");
  work.on_start = "echo $GREETING > made-by-script; sleep 1000 & echo $! > daemon";
  work.environment = {{"GREETING", "hello"}};
  ASSERT_TRUE(Ensure(work).has_value());
  EXPECT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "hello\ndaemon lives\n"; }));
}

TEST_F(ProcessDriver, AStartScriptWithTheLineEndsOfWindowsMeansTheSame) {
  Workload work = Shell("dsw-a", "ls ~/data; cat ~/ready/x; sleep 1000");
  work.on_start =
      "mkdir -p ~/ready ~/data/dir2\r\nif true; then\r\n  echo hello > ~/ready/x\r\nfi\r\nexit 0\r";
  ASSERT_TRUE(Ensure(work).has_value());
  EXPECT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "dir2\nhello\n"; }))
      << LogOf("dsw-a");
}

TEST_F(ProcessDriver, AStopDuringTheStartScriptEndsIt) {
  Workload work = Shell("dsw-a", "echo never");
  work.on_start = "echo waiting; sleep 1000";
  ASSERT_TRUE(Ensure(work).has_value());
  Await("dsw-a", Phase::kPreparing);
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "waiting\n"; }));
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  EXPECT_EQ(Await("dsw-a", Phase::kExited).reason, "");
  EXPECT_EQ(LogOf("dsw-a"), "waiting\n");
}

TEST_F(ProcessDriver, Promise1WhatHasRunBeforeGetsNoEmptyHome) {
  const auto home = [&](const char* id) { return dir_.path() + "/instances/" + id + "/home"; };
  Workload again = Shell("dsw-a", "sleep 1000");
  again.fresh = false;
  const Status refused = Ensure(again);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(refused.error().reason(), kHomeMissing);
  EXPECT_FALSE(fs::exists(fs::path(home("dsw-a")).parent_path()));
  // Once its folder is back, it starts.
  fs::create_directories(home("dsw-a"));
  EXPECT_TRUE(Ensure(again).has_value());
  Await("dsw-a", Phase::kReady);
}

TEST_F(ProcessDriver, EnsureTwiceIsOneProcess) {
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  const std::string shim = process::ReadFile(RunOf("dsw-a").ShimRecord()).value();
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  EXPECT_EQ(process::ReadFile(RunOf("dsw-a").ShimRecord()).value(), shim);

  // Behind the driver's back too: a second shim of one life finds the folder locked.
  const process::Host host{.folder = {}, .program = ATELIER_SHIM, .cgroups = {}};
  EXPECT_TRUE(process::StartKeeper(host, RunOf("dsw-a")).has_value());
  EXPECT_EQ(process::ReadFile(RunOf("dsw-a").ShimRecord()).value(), shim);
}

/// Appends how it went; kInternal: well.
Task<void> EnsureAndTell(Driver& driver, Workload want, Deadline by, std::vector<Code>& codes) {
  const Status done = co_await driver.Ensure(std::move(want), by);
  codes.push_back(done ? Code::kInternal : done.error().code());
}

Task<void> UntilBothTold(const std::vector<Code>& codes, Clock& clock) {
  while (codes.size() < 2) co_await clock.Sleep(Duration{1});
}

TEST_F(ProcessDriver, OneOperationAtATimeForEachInstance) {
  std::vector<Code> codes;
  for (const char* caller : {"first caller", "second caller"})
    Spawn(io_.get_executor(), caller, EnsureAndTell(*driver_, Server("dsw-a"), Soon(), codes));
  Run(UntilBothTold(codes, clock_));
  std::sort(codes.begin(), codes.end());
  EXPECT_EQ(codes, (std::vector{Code::kUnavailable, Code::kInternal}));
}

TEST_F(ProcessDriver, AnOlderGenerationNeverTouchesANewerOne) {
  Workload second = Shell("dsw-a", "echo second; sleep 1000");
  second.generation = 2;
  ASSERT_TRUE(Ensure(Shell("dsw-a", "touch kept; echo up; sleep 1000")).has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "up\n"; }));
  EXPECT_EQ(Ensure(second).error().code(), Code::kUnavailable) << "one home, one life at a time";
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  Await("dsw-a", Phase::kExited);

  ASSERT_TRUE(Ensure(second).has_value());
  EXPECT_EQ(Await("dsw-a", Phase::kReady).generation, 2);
  EXPECT_EQ(Ensure(Shell("dsw-a", "echo late")).error().code(), Code::kAborted);
  ASSERT_TRUE(StopLife("dsw-a", 1).has_value());
  EXPECT_EQ(Await("dsw-a", Phase::kReady).generation, 2) << "stopped by a late call";
  EXPECT_FALSE(fs::exists(RunOf("dsw-a", 1).folder)) << "an earlier life leaves nothing";
  EXPECT_TRUE(fs::exists(dir_.path() + "/instances/dsw-a/home/kept")) << "but the home stays";
}

TEST_F(ProcessDriver, StopAndRemoveOfWhatIsNotThereAreOk) {
  EXPECT_TRUE(StopLife("dsw-nobody").has_value());
  EXPECT_TRUE(Run(driver_->Remove(model::InstanceId("dsw-nobody"), Soon())).has_value());
  EXPECT_TRUE(Run(driver_->Remove(model::InstanceId("../climb"), Soon())).has_value());
  EXPECT_EQ(Run(driver_->Logs(model::InstanceId("dsw-nobody"), 100, Soon())).error().code(),
            Code::kNotFound);
}

TEST_F(ProcessDriver, RemoveDeletesEverythingOnceItHasEnded) {
  ASSERT_TRUE(Ensure(Shell("dsw-a",
                           "mkdir -p shut/deep; touch shut/deep/file; chmod 0 shut/deep shut; "
                           "echo up; sleep 1000"))
                  .has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "up\n"; }));
  const model::InstanceId id("dsw-a");
  EXPECT_EQ(Run(driver_->Remove(id, Soon())).error().code(), Code::kFailedPrecondition);
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  Await("dsw-a", Phase::kExited);
  ASSERT_TRUE(Run(driver_->Remove(id, Soon())).has_value());
  EXPECT_FALSE(fs::exists(dir_.path() + "/instances/dsw-a"));
  EXPECT_TRUE(Run(driver_->Observe(Soon()))->workloads.empty());
  EXPECT_TRUE(test::Eventually([&] {
    (void)Run(driver_->Observe(Soon()));  // the driver's own work goes on meanwhile
    return fs::is_empty(dir_.path() + "/instances/.trash");
  }));
}

TEST_F(ProcessDriver, WhatCanNeverWorkIsRefusedAndLeavesNothing) {
  const auto code = [&](const auto& spoil) {
    Workload work = Server("dsw-a");
    spoil(work);
    const Status done = Ensure(work);
    return done ? Code::kInternal : done.error().code();
  };
  EXPECT_EQ(code([](Workload& w) { w.command = {}; }), Code::kFailedPrecondition);
  EXPECT_EQ(code([](Workload& w) { w.command = {"python3"}; }), Code::kFailedPrecondition);
  EXPECT_EQ(code([](Workload& w) { w.socket_name = "../http.sock"; }), Code::kFailedPrecondition);
  EXPECT_EQ(code([](Workload& w) { w.image_prefix = "/nonexistent"; }), Code::kFailedPrecondition);
  EXPECT_EQ(code([](Workload& w) { w.image_prefix = "/"; }), Code::kFailedPrecondition);
  EXPECT_EQ(code([](Workload& w) { w.environment = {{"A=B", "c"}}; }), Code::kFailedPrecondition);
  EXPECT_EQ(code([](Workload& w) { w.id = model::InstanceId("../x"); }), Code::kFailedPrecondition);
  EXPECT_FALSE(fs::exists(dir_.path() + "/instances/dsw-a"));
  EXPECT_TRUE(Run(driver_->Observe(Soon()))->workloads.empty());
}

TEST_F(ProcessDriver, OutputIsBoundedAndItsTailIsWholeLines) {
  ASSERT_TRUE(Ensure(Shell("dsw-a", "seq 1000000; echo end; sleep 1000")).has_value());  // 6.9 MB
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a").ends_with("\nend\n"); }));
  EXPECT_LE(fs::file_size(RunOf("dsw-a").Log()), 1U << 20);
  EXPECT_LE(fs::file_size(RunOf("dsw-a").OldLog()), 1U << 20);
  EXPECT_EQ(Run(driver_->Logs(model::InstanceId("dsw-a"), 16, Soon())).value(), "1000000\nend\n");
  EXPECT_EQ(Run(driver_->Logs(model::InstanceId("dsw-a"), 12, Soon())).value(), "1000000\nend\n");
  EXPECT_EQ(Run(driver_->Logs(model::InstanceId("dsw-a"), 11, Soon())).value(), "end\n");
}

TEST_F(ProcessDriver, AFolderTooLongForASocketAddressStillWorks) {
  const std::string nested = dir_.path() + "/" + std::string(100, 'n');
  fs::create_directory(nested);
  auto made = MakeProcessDriver({.folder = nested, .program = ATELIER_SHIM}, io_.get_executor(),
                                pool_, *client_, clock_, *log_);
  ASSERT_TRUE(made.has_value()) << made.error().ToString();
  Close();
  driver_ = *std::move(made);
  driver_->SetWake([this] { bell_.cancel(); });
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  Await("dsw-a", Phase::kReady);
}

TEST_F(ProcessDriver, TwentyLivesLeaveNothingBehind) {
  const auto count = [](const std::string& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  };
  const auto cgroups = [] {
    std::vector<std::string> found;
    for (const auto& [controller, folder] : process::DetectCgroups().folders) {
      for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().filename().string().starts_with("dsw-twenty"))
          found.push_back(entry.path());
      }
    }
    return found;
  };
  // Ours: other tests mount, too.
  const auto mounts = [&] {
    std::istringstream all(process::ReadFile("/proc/self/mounts").value());
    std::vector<std::string> ours;
    for (std::string line; std::getline(all, line);)
      if (line.find(dir_.path()) != std::string::npos) ours.push_back(line);
    return ours;
  };
  const auto life = [&](int i) {
    Workload work = i % 5 == 1 ? Server("dsw-twenty") : Shell("dsw-twenty", "sleep 1000");
    work.generation = i;
    ASSERT_TRUE(Ensure(work).has_value());
    Await("dsw-twenty", Phase::kReady);
    if (i % 2 == 0)
      kill(static_cast<int>(
               process::ReadRecord<process::ProcessRef>(RunOf("dsw-twenty", i).ShimRecord())->pid),
           SIGKILL);
    ASSERT_TRUE(StopLife("dsw-twenty", i).has_value());
    Await("dsw-twenty", Phase::kExited);
  };
  life(1);  // pools and buffers fill up once
  const auto fds_before = count("/proc/self/fd");
  const auto mounts_before = mounts();
  for (int i = 2; i <= 21; ++i) life(i);
  // The client keeps an idle connection, and looks every second for those that have ended.
  EXPECT_TRUE(test::Eventually([&] {
    io_.restart();
    io_.poll();
    return count("/proc/self/fd") <= fds_before + 1;
  }));
  EXPECT_EQ(mounts(), mounts_before);
  EXPECT_EQ(cgroups(), std::vector<std::string>{});
  EXPECT_TRUE(test::Eventually([&] { return test::Named(test::kServerMark).empty(); }));
}

}  // namespace
}  // namespace atelier::runtime
