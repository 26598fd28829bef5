// Promise 3: the control plane never takes a workload down with it, and finds it again by its
// identity.
#include <filesystem>
#include <fstream>

#include "process_world.h"

namespace atelier::runtime {
namespace {

namespace fs = std::filesystem;
using process::ProcessRef;
using process::ReadRecord;
using process::WriteRecord;

class ProcessAdoption : public test::ProcessWorld {
 protected:
  ProcessRef ShimOf(const std::string& id) {
    return ReadRecord<ProcessRef>(RunOf(id).ShimRecord()).value();
  }

  /// The only state an observation right after the start of a driver shows.
  WorkloadState First() {
    auto seen = Run(driver_->Observe(Soon()));
    EXPECT_TRUE(seen->complete);
    EXPECT_EQ(seen->workloads.size(), 1U);
    return seen->workloads.empty() ? WorkloadState{} : seen->workloads.front();
  }

  void StartReady(const std::string& id) {
    ASSERT_TRUE(Ensure(Server(id)).has_value());
    Await(id, Phase::kReady);
  }
};

TEST_F(ProcessAdoption, TheSameProcessIsThereAfterARestart) {
  StartReady("dsw-a");
  const ProcessRef shim = ShimOf("dsw-a");
  const auto servers = test::Named(test::kServerMark);
  Close();
  EXPECT_TRUE(process::IsAlive(shim));
  Open();
  const WorkloadState state = First();
  EXPECT_EQ(state.phase, Phase::kReady) << "ready stays ready";
  EXPECT_EQ(state.generation, 1);
  EXPECT_TRUE(driver_->EndpointOf(state.id).has_value());
  EXPECT_EQ(ShimOf("dsw-a"), shim);
  EXPECT_EQ(test::Named(test::kServerMark), servers);
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  EXPECT_EQ(ShimOf("dsw-a"), shim);
}

TEST_F(ProcessAdoption, ItTellsWhetherAHomeIsHere) {
  ASSERT_TRUE(Ensure(Shell("dsw-a", "exit 0")).has_value());
  Await("dsw-a", Phase::kExited);
  EXPECT_TRUE(Run(driver_->HasHome(model::InstanceId("dsw-a"), Soon())).value());
  EXPECT_FALSE(Run(driver_->HasHome(model::InstanceId("dsw-b"), Soon())).value());
  fs::remove_all(dir_.path() + "/instances/dsw-a/home");
  EXPECT_FALSE(Run(driver_->HasHome(model::InstanceId("dsw-a"), Soon())).value());
}

/// What an earlier version kept in a second folder, for a driver of its own.
class TakenOver : public ProcessAdoption {
 protected:
  void SetUp() override {
    folder_ = "/services";
    ProcessAdoption::SetUp();
  }
  void OpenBoth() {
    Close();
    folder_ = "/instances";
    earlier_folder_ = dir_.path() + "/services";
    Open();
  }
  std::string Earlier(const std::string& name) const { return dir_.path() + "/services/" + name; }
};

TEST_F(TakenOver, ARunningWorkloadIsThereAndItsEndIsSeen) {
  Workload work = Server("easr-a");
  work.environment["SERVER"] = test::kServer;
  // Not in the shell's own words: each sleep begins as a copy of the shell.
  work.environment["MARK"] = test::kServerMark;
  work.command = {"/bin/sh", "-c",
                  "/usr/bin/python3 -c \"$SERVER\" \"$MARK\""
                  " & while [ ! -e ~/go ]; do sleep 0.05; done; echo bye; exit 4"};
  ASSERT_TRUE(Ensure(work).has_value());
  Await("easr-a", Phase::kReady);
  const auto servers = test::Named(test::kServerMark);
  OpenBoth();
  const WorkloadState state = First();
  EXPECT_EQ(state.phase, Phase::kReady);
  EXPECT_EQ(test::Named(test::kServerMark), servers);
  EXPECT_TRUE(Run(driver_->Sample(state.id, Soon()))->answers.value_or(false));
  // Its shim goes by the old path.
  std::ofstream(dir_.path() + "/instances/easr-a/home/go").flush();
  const WorkloadState ended = Await("easr-a", Phase::kExited);
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_TRUE(ended.log_tail.ends_with("bye\n"));
  ASSERT_TRUE(Run(driver_->Remove(state.id, Soon())).has_value());
  EXPECT_FALSE(fs::exists(dir_.path() + "/instances/easr-a"));
  OpenBoth();
  EXPECT_FALSE(fs::exists(Earlier("")));
  EXPECT_TRUE(Run(driver_->Observe(Soon()))->workloads.empty());
}

TEST_F(TakenOver, WhatRestsKeepsItsFilesAndItsPlaceInAnyOrder) {
  ASSERT_TRUE(Ensure(Shell("easr-a", "echo mine >~/file")).has_value());
  Await("easr-a", Phase::kExited);
  fs::create_directories(Earlier(".trash/easr-b.123"));
  // As if the server had been killed while it took them over.
  fs::create_directories(dir_.path() + "/instances");
  fs::create_symlink("../instances/easr-a", dir_.path() + "/instances/easr-a");
  OpenBoth();
  EXPECT_EQ(First().phase, Phase::kExited);
  Workload again = Shell("easr-a", "cat ~/file");
  again.generation = 2;
  again.fresh = false;
  ASSERT_TRUE(Ensure(again).has_value());
  Await("easr-a", Phase::kExited);
  EXPECT_EQ(LogOf("easr-a"), "mine\n");
  EXPECT_FALSE(fs::exists(Earlier(".trash")));
  EXPECT_FALSE(fs::is_symlink(dir_.path() + "/instances/easr-a"));
}

TEST_F(TakenOver, OneThatIsInBothIsTheOperatorsToSort) {
  ASSERT_TRUE(Ensure(Shell("easr-a", "true")).has_value());
  Await("easr-a", Phase::kExited);
  Close();
  fs::create_directories(dir_.path() + "/instances/easr-a");
  const auto made = MakeProcessDriver({.folder = dir_.path() + "/instances",
                                       .earlier_folder = dir_.path() + "/services",
                                       .program = ATELIER_SHIM},
                                      io_.get_executor(), pool_, *client_, clock_, *log_);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code(), Code::kFailedPrecondition);
  EXPECT_NE(made.error().message().find("services/easr-a"), std::string::npos);
  EXPECT_TRUE(fs::exists(RunOf("easr-a").Result()));
  driver_.reset();
}

TEST_F(ProcessAdoption, TheKeeperLeavesTheServersSessionAndParent) {
  StartReady("dsw-a");
  const ProcessRef shim = ShimOf("dsw-a");
  EXPECT_EQ(::getsid(shim.pid), shim.pid);
  EXPECT_EQ(::getpgid(shim.pid), shim.pid);
  const auto children = process::ChildrenOf(::getpid());
  EXPECT_EQ(std::count(children.begin(), children.end(), shim.pid), 0);
}

TEST_F(ProcessAdoption, AnEndWhileNobodyLookedIsReported) {
  ASSERT_TRUE(Ensure(Shell("dsw-a", "while [ ! -e go ]; do sleep 0.01; done; echo bye; exit 4"))
                  .has_value());
  Await("dsw-a", Phase::kReady);
  Close();
  std::ofstream(dir_.path() + "/instances/dsw-a/home/go").flush();
  ASSERT_TRUE(test::Eventually([&] { return fs::exists(RunOf("dsw-a").Result()); }));
  Open();
  const WorkloadState state = First();
  EXPECT_EQ(state.phase, Phase::kExited);
  EXPECT_EQ(state.exit_code, 4);
  EXPECT_EQ(state.log_tail, "bye\n");
}

TEST_F(ProcessAdoption, AKilledKeeperTakesItsWorkloadAlong) {
  StartReady("dsw-a");
  ASSERT_FALSE(test::Named(test::kServerMark).empty());
  ::kill(ShimOf("dsw-a").pid, SIGKILL);
  const WorkloadState state = Await("dsw-a", Phase::kExited);
  EXPECT_EQ(state.reason, "It was lost: the process that kept it was killed.");
  EXPECT_FALSE(state.lost_with_host);
  EXPECT_EQ(test::Named(test::kServerMark), std::vector<int>{});
}

TEST_F(ProcessAdoption, AKeeperThatDiedUnseenIsReportedAsLost) {
  StartReady("dsw-a");
  const ProcessRef shim = ShimOf("dsw-a");
  Close();
  ::kill(shim.pid, SIGKILL);
  ASSERT_TRUE(test::Eventually([&] { return !process::IsAlive(shim); }));
  Open();
  EXPECT_EQ(First().reason, "It was lost: the process that kept it was killed.");
  EXPECT_EQ(test::Named(test::kServerMark), std::vector<int>{});
}

TEST_F(ProcessAdoption, ARecycledPidIsNotOurProcess) {
  StartReady("dsw-a");
  const ProcessRef shim = ShimOf("dsw-a");
  Close();
  ::kill(shim.pid, SIGKILL);
  ASSERT_TRUE(test::Eventually([&] { return !process::IsAlive(shim); }));
  // The pid now belongs to somebody else: to this test, which must survive the adoption.
  ProcessRef impostor = process::RefOf(::getpid()).value();
  impostor.start_ticks = shim.start_ticks;
  ASSERT_TRUE(WriteRecord(RunOf("dsw-a").ShimRecord(), impostor).has_value());
  Open();
  EXPECT_EQ(First().phase, Phase::kExited);
}

TEST_F(ProcessAdoption, AProcessOfAnEarlierBootIsNotOurs) {
  StartReady("dsw-a");
  ProcessRef shim = ShimOf("dsw-a");
  Close();
  ::kill(shim.pid, SIGKILL);
  ASSERT_TRUE(test::Eventually([&] { return !process::IsAlive(shim); }));
  shim = process::RefOf(::getpid()).value();
  shim.boot_id = "00000000-0000-0000-0000-000000000000";
  ASSERT_TRUE(WriteRecord(RunOf("dsw-a").ShimRecord(), shim).has_value());
  Open();
  const WorkloadState state = First();
  EXPECT_EQ(state.phase, Phase::kExited);
  EXPECT_EQ(state.reason, "It was lost: the host was restarted.");
  EXPECT_TRUE(state.lost_with_host);
}

TEST_F(ProcessAdoption, ALifeLostWithItsHostStartsAgainUnderTheNextGeneration) {
  StartReady("dsw-a");
  ProcessRef shim = ShimOf("dsw-a");
  Close();
  ::kill(shim.pid, SIGKILL);
  ASSERT_TRUE(test::Eventually([&] { return !process::IsAlive(shim); }));
  shim.boot_id = "00000000-0000-0000-0000-000000000000";
  ASSERT_TRUE(WriteRecord(RunOf("dsw-a").ShimRecord(), shim).has_value());
  Open();
  ASSERT_TRUE(First().lost_with_host);
  Workload next = Server("dsw-a");
  next.generation = 2;
  ASSERT_TRUE(Ensure(next).has_value());
  EXPECT_EQ(Await("dsw-a", Phase::kReady).generation, 2);
}

TEST_F(ProcessAdoption, AHostThatShutsDownTakesItsWorkloadsAlongInOrder) {
  ASSERT_TRUE(Ensure(Shell("dsw-a",
                           "trap 'echo saved; exit 0' TERM; echo up; "
                           "while :; do sleep 0.01; done"))
                  .has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "up\n"; }));
  ::kill(ShimOf("dsw-a").pid, SIGTERM);  // as init does; nobody asked for a stop
  const WorkloadState state = Await("dsw-a", Phase::kExited);
  EXPECT_EQ(LogOf("dsw-a"), "up\nsaved\n");
  EXPECT_EQ(state.reason, "It was ended because the host is shutting down.");
  EXPECT_TRUE(state.lost_with_host);
}

TEST_F(ProcessAdoption, AnAcceptedLifeWithoutKeeperIsStarted) {
  Close();
  process::Host host{.folder = dir_.path() + "/instances", .program = ATELIER_SHIM, .cgroups = {}};
  const auto spec = process::PlanRun(host, Server("dsw-a"));
  ASSERT_TRUE(spec.has_value());
  ASSERT_TRUE(process::PrepareRun(host, *spec, "").has_value());
  Open();
  Await("dsw-a", Phase::kReady);
}

TEST_F(ProcessAdoption, AStopThatTheServerDidNotLiveToSendIsSent) {
  StartReady("dsw-a");
  Close();
  ASSERT_TRUE(process::ReplaceFile(RunOf("dsw-a").StopMark(), "").has_value());
  Open();
  EXPECT_EQ(Await("dsw-a", Phase::kExited).reason, "");
}

TEST_F(ProcessAdoption, AStopThatWasForcedStaysForced) {
  Workload work = Shell("dsw-a", "trap '' TERM; echo up; while :; do sleep 0.01; done");
  work.stop_grace = std::chrono::hours(1);
  ASSERT_TRUE(Ensure(work).has_value());
  ASSERT_TRUE(test::Eventually([&] { return LogOf("dsw-a") == "up\n"; }));
  Close();
  // A server that wrote the mark and did not live to tell the shim.
  ProcessRef nobody = ShimOf("dsw-a");
  ++nobody.start_ticks;
  ASSERT_TRUE(process::RequestStop(RunOf("dsw-a"), nobody, StopMode::kNow).has_value());
  ASSERT_TRUE(process::RequestStop(RunOf("dsw-a"), nobody, StopMode::kGrace).has_value());
  EXPECT_EQ(process::StopAsked(RunOf("dsw-a")), StopMode::kNow);
  Open();
  EXPECT_EQ(Await("dsw-a", Phase::kExited).signal, SIGKILL);
}

TEST_F(ProcessAdoption, GarbageIsSetAsideAndTheRestServed) {
  StartReady("dsw-good");
  Close();
  const std::string folder = dir_.path() + "/instances/";
  fs::create_directories(folder + "dsw-bad/run-3");
  std::ofstream(folder + "dsw-bad/run-3/spec.json") << "{\"id\": not json";
  fs::create_directories(folder + "dsw-empty/run-1");
  fs::create_directories(folder + "dsw-other/run-1");
  std::ofstream(folder + "dsw-other/run-1/spec.json") << R"({"id":"dsw-good","generation":1})";
  std::ofstream(folder + "a file") << "?";
  fs::create_directories(folder + "Not An Id");
  Open();
  EXPECT_EQ(First().id, model::InstanceId("dsw-good"));
  EXPECT_FALSE(fs::exists(folder + "dsw-bad/run-3")) << "set aside, so that it can start anew";
  Workload again = Server("dsw-bad");
  again.generation = 3;
  ASSERT_TRUE(Ensure(again).has_value());
  Await("dsw-bad", Phase::kReady);
}

TEST_F(ProcessAdoption, UnreadableButAliveIsLeftAlone) {
  StartReady("dsw-a");
  const ProcessRef shim = ShimOf("dsw-a");
  const std::string spec = process::ReadFile(RunOf("dsw-a").Spec()).value();
  Close();
  std::ofstream(RunOf("dsw-a").Spec()) << "garbage";
  Open();
  const auto seen = Run(driver_->Observe(Soon()));
  EXPECT_TRUE(seen->workloads.empty());
  EXPECT_FALSE(seen->complete) << "not seen is never dead";
  Workload next = Server("dsw-a");
  next.generation = 2;
  EXPECT_EQ(Ensure(next).error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(Run(driver_->Remove(next.id, Soon())).error().code(), Code::kFailedPrecondition);
  EXPECT_TRUE(process::IsAlive(shim));
  Close();
  ASSERT_TRUE(process::ReplaceFile(RunOf("dsw-a").Spec(), spec).has_value());
  Open();  // and TearDown ends it
}

TEST_F(ProcessAdoption, ASecondServerOnOneFolderIsRefused) {
  const auto second =
      MakeProcessDriver({.folder = dir_.path() + "/instances", .program = ATELIER_SHIM},
                        io_.get_executor(), pool_, *client_, clock_, *log_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), Code::kFailedPrecondition);
}

}  // namespace
}  // namespace atelier::runtime
