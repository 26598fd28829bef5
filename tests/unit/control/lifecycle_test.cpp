// docs/contract/lifecycle.md section 1, row by row.
#include <gtest/gtest.h>

#include "unit/control/world.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Lifecycle, Promise1RunningTimeIsNotMovedByStepsOfTheWallClock) {
  for (const auto step : {std::chrono::hours(30 * 24), std::chrono::hours(-30 * 24)}) {
    World world;
    world.Serve();
    const auto id = world.Running("one");
    const auto ran = [&] {
      return model::RunningTimeMs(model::RunningTimeOf(*world.Get(id)), MomentOf(world.clock));
    };
    const auto began = ran();
    world.Pass(seconds(20));
    world.clock.StepWall(step);
    EXPECT_EQ(ran() - began, 20'000);
    world.Serve();  // a new server goes on
    world.Pass(seconds(10));
    EXPECT_EQ(ran() - began, 30'000);
    ASSERT_TRUE(world.Stop(id));
    ASSERT_TRUE(world.Reaches(id, Stopped));
    EXPECT_EQ(world.Get(id)->accumulated_running_ms - began, 30'000);
    EXPECT_EQ(ran(), world.Get(id)->accumulated_running_ms);
  }
}

TEST(Lifecycle, CreatePassesEveryStateInOrder) {
  World world;
  world.Serve();
  const auto id = world.Create("one");
  EXPECT_EQ(world.Get(id)->desired, model::Desired::Running);
  EXPECT_TRUE(world.Reaches(id, Running));
  EXPECT_EQ(world.Path(id), "Creating ResourceAllocating EnvPreparing Starting Running");
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#1"});
}

TEST(Lifecycle, ADriverThatSkipsAheadIsCaughtUpStepByStep) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.allocate_ms = 0, .prepare_ms = 0, .start_ms = 0});
  EXPECT_TRUE(world.Reaches(id, Running));
  EXPECT_EQ(world.Path(id), "Creating ResourceAllocating EnvPreparing Starting Running");
}

TEST(Lifecycle, AStepEndsWhenTheNextBegins) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  const auto steps = world.Do(world.instances.Lifecycle(id)).value();
  ASSERT_EQ(steps.size(), 5u);
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    ASSERT_TRUE(steps[i].end);
    EXPECT_EQ(*steps[i].end, steps[i + 1].begin);
    EXPECT_LE(steps[i].begin, *steps[i].end);
    EXPECT_EQ(steps[i].session, 1);
  }
  EXPECT_FALSE(steps.back().end);
}

TEST(Lifecycle, AFailingStartScriptTellsItsExitCodeAndLastLines) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.fail_at = "prepare"});
  ASSERT_TRUE(world.Reaches(id, Failed));
  EXPECT_EQ(world.Path(id), "Creating ResourceAllocating EnvPreparing Failed");
  EXPECT_EQ(world.Get(id)->reason_code, "StartFailed");
  EXPECT_EQ(world.Get(id)->reason_message,
            "The start script ended with exit code 1. Last output:\n"
            "simulated: +0 ms: allocating\n"
            "simulated: +100 ms: preparing\n"
            "simulated: +200 ms: ended with exit code 1");
  world.Pass(seconds(10));
  EXPECT_TRUE(world.Alive().empty());
  const auto steps = world.Do(world.instances.Lifecycle(id)).value();
  EXPECT_EQ(steps.back().reason_code, "StartFailed");
}

TEST(Lifecycle, ARefusedStartFailsAtOnceWithTheDriversWords) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.refuse = true});
  ASSERT_TRUE(world.Reaches(id, Failed, seconds(1)));
  EXPECT_EQ(world.Get(id)->reason_code, "StartRefused");
  EXPECT_EQ(world.Get(id)->reason_message, "The simulated host refuses this workload.");
}

TEST(Lifecycle, StopThenStartIsANewGenerationAndSession) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(world.Stop(id));
  EXPECT_EQ(world.StatusOf(id), Stopping);
  ASSERT_TRUE(world.Reaches(id, Stopped));
  EXPECT_TRUE(world.Alive().empty());
  EXPECT_TRUE(world.HasEvent(id, "Stopping: the user asked"));
  ASSERT_TRUE(world.Start(id));
  EXPECT_EQ(world.StatusOf(id), Starting);
  EXPECT_EQ(world.Get(id)->generation, 2);
  ASSERT_TRUE(world.Reaches(id, Running));
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#2"});
  EXPECT_EQ(world.Path(id),
            "Creating ResourceAllocating EnvPreparing Starting Running Stopping Stopped "
            "Starting ResourceAllocating EnvPreparing Starting Running");
  const auto steps = world.Do(world.instances.Lifecycle(id)).value();
  EXPECT_EQ(steps[6].session, 1);
  EXPECT_EQ(steps[7].session, 2);
}

TEST(Lifecycle, StartFromFailedClearsTheReason) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.fail_at = "start"});
  ASSERT_TRUE(world.Reaches(id, Failed));
  ASSERT_TRUE(world.Start(id));
  EXPECT_EQ(world.Get(id)->reason_code, "");
  EXPECT_EQ(world.Get(id)->reason_message, "");
}

TEST(Lifecycle, EveryStateOnTheWayUpCanBeStopped) {
  for (const auto status : {ResourceAllocating, EnvPreparing, Starting}) {
    World world;
    world.Serve();
    const auto id = world.Create("one");
    ASSERT_TRUE(world.Reaches(id, status));
    ASSERT_TRUE(world.Stop(id));
    ASSERT_TRUE(world.Reaches(id, Stopped, seconds(10))) << EnumName(status);
    EXPECT_TRUE(world.Alive().empty());
  }
}

TEST(Lifecycle, ARunningInstanceThatChangesWhatNeedsAStartIsUpdated) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  InstanceChange change;
  change.ecs_spec = "ecs.large";
  ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("UpdateInstance"))));
  EXPECT_EQ(world.StatusOf(id), Updating);
  EXPECT_EQ(world.Get(id)->generation, 2);
  ASSERT_TRUE(world.Reaches(id, Running));
  EXPECT_EQ(world.Path(id),
            "Creating ResourceAllocating EnvPreparing Starting Running Updating Running");
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#2"});
  EXPECT_EQ(world.Get(id)->capacity.milli_cpu, 8000);
  EXPECT_EQ(world.Do(world.instances.Lifecycle(id)).value().back().session, 1);
}

TEST(Lifecycle, ARunningInstanceThatChangesItsNameGoesOn) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  InstanceChange change;
  change.name = "two";
  ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("UpdateInstance"))));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_EQ(world.Get(id)->generation, 1);
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#1"});
}

TEST(Lifecycle, AStoppedInstanceIsUpdatedAndRestsAgain) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(world.Stop(id));
  ASSERT_TRUE(world.Reaches(id, Stopped));
  InstanceChange change;
  change.image = "image-two";
  ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("UpdateInstance"))));
  EXPECT_EQ(world.StatusOf(id), Updating);
  ASSERT_TRUE(world.Reaches(id, Stopped));
  EXPECT_EQ(world.Get(id)->generation, 1);
  EXPECT_EQ(world.Get(id)->image_name, "lab:2");
  EXPECT_EQ(world.Path(id),
            "Creating ResourceAllocating EnvPreparing Starting Running Stopping Stopped "
            "Updating Stopped");
}

TEST(Lifecycle, AFailedInstanceIsUpdatedAndStartedInOneCall) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.fail_at = "start"});
  ASSERT_TRUE(world.Reaches(id, Failed));
  InstanceChange change;
  change.environment = std::map<std::string, std::string>{{"A", "B"}};
  change.start_afterwards = true;
  ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("UpdateInstance"))));
  EXPECT_EQ(world.StatusOf(id), Starting);
  ASSERT_TRUE(world.Reaches(id, Running));
  EXPECT_EQ(world.Path(id),
            "Creating ResourceAllocating EnvPreparing Starting Failed Updating Starting "
            "ResourceAllocating EnvPreparing Starting Running");
}

TEST(Lifecycle, ARunningInstanceThatExitsFailsWithItsOutcome) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.exit_after_ms = 60'000, .exit_code = 3});
  ASSERT_TRUE(world.Reaches(id, Failed, minutes(2)));
  EXPECT_EQ(world.Get(id)->reason_code, "WorkloadExited");
  EXPECT_TRUE(world.Get(id)->reason_message.starts_with("The instance ended with exit code 3."));
  EXPECT_TRUE(world.HasEvent(id, "Error: Failed: WorkloadExited"));
  // It ran for 60 s, give or take the time to notice.
  EXPECT_NEAR(static_cast<double>(world.Get(id)->accumulated_running_ms), 60'000, 2'100);
}

TEST(Lifecycle, ALostInstanceRecoversAsANewGeneration) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.LoseHost();
  ASSERT_TRUE(world.Reaches(id, Recovering, seconds(10)));
  EXPECT_EQ(world.Get(id)->generation, 2);
  ASSERT_TRUE(world.Reaches(id, Running));
  EXPECT_EQ(world.Path(id),
            "Creating ResourceAllocating EnvPreparing Starting Running Recovering Running");
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#2"});
}

TEST(Lifecycle, ALostInstanceThatCannotComeBackFails) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.driver.fault = [](FaultyDriver::Call call, const auto&) -> std::optional<Error> {
    if (call == FaultyDriver::Call::kEnsure) return Error(Code::kUnavailable, "no host");
    return std::nullopt;
  };
  world.LoseHost();
  ASSERT_TRUE(world.Reaches(id, Recovering, seconds(10)));
  ASSERT_TRUE(world.Reaches(id, Failed, minutes(20)));
  EXPECT_EQ(world.Get(id)->reason_code, "RecoveryTimeout");
}

TEST(Lifecycle, EveryStateCanBeDeletedAndLeavesNothingBehind) {
  for (const auto status : {Creating, ResourceAllocating, EnvPreparing, Starting, Running, Stopping,
                            Stopped, Failed, Updating}) {
    World world;
    const auto id = world.Create("one", {.exit_after_ms = status == Failed ? 1000 : 0});
    if (status != Creating) {
      world.Serve();
      const bool resting = status == Stopping || status == Stopped || status == Updating;
      ASSERT_TRUE(world.Reaches(id, resting ? Running : status)) << EnumName(status);
      if (status == Updating) {
        InstanceChange change;
        change.image = "image-two";
        ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("UpdateInstance"))));
      } else if (resting) {
        ASSERT_TRUE(world.Stop(id));
        ASSERT_TRUE(world.Reaches(id, status)) << EnumName(status);
      }
    }
    ASSERT_EQ(world.StatusOf(id), status);
    ASSERT_TRUE(world.Delete(id)) << EnumName(status);
    EXPECT_EQ(world.StatusOf(id), Deleting);
    if (!world.reconciler) world.Serve();
    ASSERT_TRUE(world.Gone(id, minutes(1))) << EnumName(status);
    EXPECT_TRUE(world.Alive().empty());
    for (const auto kind : {store::Kind::kInstance, store::Kind::kInstanceName,
                            store::Kind::kLifecycleStep, store::Kind::kEvent}) {
      EXPECT_TRUE(world.Records(kind).empty()) << static_cast<int>(kind);
    }
    EXPECT_EQ(world.Do(world.instances.Start(id, world.By("StartInstance"))).error().reason(),
              "UnknownInstance");
  }
}

TEST(Lifecycle, ALongHistoryIsDeletedInBoundedBatches) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(world.Stop(id));
    ASSERT_TRUE(world.Reaches(id, Stopped));
    ASSERT_TRUE(world.Start(id));
    ASSERT_TRUE(world.Reaches(id, Running));
  }
  EXPECT_GT(world.Records(store::Kind::kLifecycleStep).size(), 400u);
  EXPECT_LE(world.Records(store::Kind::kEvent).size(), 50u);
  std::size_t largest = 0;
  world.store.fault = [&](const store::Batch& batch) -> std::optional<Error> {
    largest = std::max(largest, batch.size());
    return std::nullopt;
  };
  ASSERT_TRUE(world.Delete(id));
  ASSERT_TRUE(world.Gone(id));
  EXPECT_LE(largest, 200u);
  EXPECT_TRUE(world.Records(store::Kind::kLifecycleStep).empty());
}

TEST(Lifecycle, RunningTimeCountsRunningOnly) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.Pass(minutes(5));
  EXPECT_NEAR(static_cast<double>(model::RunningTimeMs(model::RunningTimeOf(*world.Get(id)),
                                                       MomentOf(world.clock))),
              300'000, 50);
  ASSERT_TRUE(world.Stop(id));
  ASSERT_TRUE(world.Reaches(id, Stopped));
  const auto ran = world.Get(id)->accumulated_running_ms;
  world.Pass(minutes(5));
  EXPECT_EQ(model::RunningTimeMs(model::RunningTimeOf(*world.Get(id)), MomentOf(world.clock)), ran);
  EXPECT_NEAR(static_cast<double>(ran), 300'000, 50);
}

TEST(Lifecycle, RestingInstancesCostNoDriverCallsAndNoCommits) {
  World world;
  world.Serve();
  for (int i = 0; i < 20; ++i) {
    const auto id = world.Running("n" + std::to_string(i));
    ASSERT_TRUE(world.Stop(id));
    ASSERT_TRUE(world.Reaches(id, Stopped));
  }
  world.Pass(minutes(1));
  world.driver.calls.clear();
  int commits = 0;
  world.store.around = [&](bool) { ++commits; };
  world.Pass(minutes(10));
  EXPECT_EQ(commits, 0);
  EXPECT_EQ(world.driver.Count(FaultyDriver::Call::kObserve),
            static_cast<int>(world.driver.calls.size()));
}

TEST(Lifecycle, IsIdleOnceOnlyTimeOrAHungCallIsWaitedFor) {
  World world;
  world.Serve();
  EXPECT_TRUE(world.workloads->Idle());
  int busy = 0;
  world.driver.after = [&](FaultyDriver::Call) { busy += world.workloads->Idle() ? 0 : 1; };
  world.Running("one");
  EXPECT_EQ(busy, 1);  // its Ensure
  EXPECT_TRUE(world.workloads->Idle());

  world.driver.never = [](FaultyDriver::Call call, const auto&) {
    return call == FaultyDriver::Call::kEnsure;
  };
  world.Create("two");
  world.Poll();
  EXPECT_FALSE(world.workloads->Idle());
  world.Pass(seconds(1));
  EXPECT_TRUE(world.workloads->Idle());
}

Task<void> StopAndSay(Workloads& workloads, bool& stopped) {
  co_await workloads.Stop();
  stopped = true;
}

TEST(Lifecycle, StopLeavesWorkloadsRunning) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  bool stopped = false;
  Spawn(world.io.get_executor(), "stop", StopAndSay(*world.workloads, stopped));
  world.Pass(seconds(1));
  EXPECT_TRUE(stopped);
  world.Pass(minutes(5));
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#1"});
}

}  // namespace
}  // namespace atelier::control
