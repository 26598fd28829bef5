// The server may be killed anywhere and be made anew over the same store and world (promises 2, 3
// and 4).
#include <gtest/gtest.h>

#include "unit/control/world.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using Call = FaultyDriver::Call;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Task<void> Adopt(World& world, bool& adopted) {
  co_await world.workloads->Adopted(world.clock.In(seconds(5)));
  adopted = true;
}

TEST(Restart, WhatRunsIsAdoptedUntouched) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.Kill();
  world.Pass(hours(5));
  world.driver.calls.clear();
  world.Serve();
  world.Pass(minutes(1));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_EQ(world.Get(id)->generation, 1);
  EXPECT_EQ(world.driver.Count(Call::kEnsure), 0);
  EXPECT_EQ(world.driver.Count(Call::kStop), 0);
}

TEST(Restart, AStartThatWentWellMeanwhileIsRunningHoweverLongAgo) {
  World world;
  world.Serve();
  const auto id = world.Create("one");
  ASSERT_TRUE(world.Reaches(id, Starting));
  world.Kill();
  world.Pass(hours(5));  // past every deadline
  world.Serve();
  world.Pass(seconds(1));
  EXPECT_EQ(world.StatusOf(id), Running);
}

TEST(Restart, Promise3HundredsAreAdoptedAtOnceUnderAWrongClock) {
  World world;
  world.Serve();
  std::vector<model::InstanceId> ids;
  ids.reserve(250);
  for (int i = 0; i < 250; ++i) ids.push_back(world.Create("n" + std::to_string(i)));
  world.Pass(minutes(1));
  const std::set<std::string> ran = world.Alive();
  ASSERT_EQ(ran.size(), ids.size());
  for (const Duration step : {Duration(hours(24 * 365)), Duration(-hours(24 * 730))}) {
    world.Kill();
    world.clock.StepWall(step);
    world.driver.calls.clear();
    world.Serve();
    bool adopted = false;
    Spawn(world.io.get_executor(), "test", Adopt(world, adopted));
    world.Poll();
    EXPECT_TRUE(adopted);
    for (const auto& id : ids) EXPECT_EQ(world.StatusOf(id), Running);
    world.Pass(seconds(30));
    for (const auto& id : ids) EXPECT_EQ(world.StatusOf(id), Running);
    EXPECT_EQ(world.Alive(), ran);
    EXPECT_EQ(world.workloads->orphans(), 0u);
    EXPECT_EQ(world.driver.Count(Call::kEnsure), 0);
    EXPECT_EQ(world.driver.Count(Call::kStop), 0);
  }
}

/// The first list shows what is, so what it needs was asked for before: no time passes here.
TEST(Restart, Promise1WhatHasNoHomeIsNotRunningFromTheStart) {
  World world;
  world.Serve();
  const auto lost = world.Running("lost");
  const auto away = world.Running("away");
  const auto fine = world.Running("fine");
  world.Kill();
  for (const auto& id : {lost, away})
    ASSERT_TRUE(world.Do(
        world.simulated->Stop(id, 1, runtime::StopMode::kNow, world.clock.In(seconds(1)))));
  world.Pass(seconds(1));
  for (const auto& id : {lost, away})
    ASSERT_TRUE(world.Do(world.simulated->Remove(id, world.clock.In(seconds(1)))));
  world.driver.no_home = [&](const model::InstanceId& id) { return id == lost; };
  world.Serve();
  bool adopted = false;
  Spawn(world.io.get_executor(), "test", Adopt(world, adopted));
  world.Poll();
  EXPECT_TRUE(adopted);
  EXPECT_EQ(world.StatusOf(lost), Failed);
  EXPECT_EQ(world.Get(lost)->reason_code, "HomeMissing");
  EXPECT_EQ(world.StatusOf(fine), Running);
  // A home says that it can be brought back; that it was lost, one look alone does not.
  EXPECT_TRUE(world.Reaches(away, Running, seconds(10)));
  EXPECT_EQ(world.StatusOf(lost), Failed);
  world.Pass(minutes(1));
  EXPECT_EQ(world.Alive().size(), 2u);
}

TEST(Restart, Promise10AHungDriverDelaysAStartByABoundedTime) {
  for (const bool answers_once : {false, true}) {
    World world;
    world.Serve();
    const auto id = world.Running("one");
    world.LoseHost();
    bool observed = false;
    world.driver.never = [&](Call call, const auto&) {
      return call != Call::kObserve || !answers_once || std::exchange(observed, true);
    };
    world.driver.no_home = [](const auto&) { return false; };
    world.Serve();
    bool adopted = false;
    Spawn(world.io.get_executor(), "test", Adopt(world, adopted));
    EXPECT_TRUE(world.PassUntil([&] { return adopted; }, seconds(6)));
    EXPECT_EQ(world.StatusOf(id), Running);  // not seen is not dead
  }
}

TEST(Restart, AnExitWhileAwayIsSeen) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.exit_after_ms = 10'000, .exit_code = 7});
  world.Kill();
  world.Pass(minutes(1));
  world.Serve();
  world.Pass(seconds(1));
  EXPECT_EQ(world.StatusOf(id), Failed);
  EXPECT_TRUE(world.Get(id)->reason_message.find("exit code 7") != std::string::npos);
}

TEST(Restart, TheTimeSpentBeforeCountsTowardsTheDeadline) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.hang_start = true});
  ASSERT_TRUE(world.Reaches(id, Starting));
  world.Pass(seconds(100));  // of 120
  world.Serve();
  world.Pass(seconds(15));
  EXPECT_EQ(world.StatusOf(id), Starting);
  world.Pass(seconds(10));
  EXPECT_EQ(world.StatusOf(id), Failed);
}

TEST(Restart, AWallClockSetBackDoesNotLengthenADeadline) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.hang_start = true});
  ASSERT_TRUE(world.Reaches(id, Starting));
  world.clock.StepWall(-hours(24 * 30));
  world.Serve();
  world.Pass(seconds(121));
  EXPECT_EQ(world.StatusOf(id), Failed);
}

TEST(Restart, Promise4AWallClockSetAheadFailsNothing) {
  for (const Duration step : {Duration(hours(1)), Duration(hours(24 * 365))}) {
    World world;
    world.Serve();
    const auto preparing = world.Create("preparing", {.prepare_ms = 30'000});
    const auto starting = world.Create("starting", {.start_ms = 30'000});
    const auto stopping = world.Running("stopping", {.stop_ms = 30'000});
    ASSERT_TRUE(world.Stop(stopping));
    ASSERT_TRUE(world.Reaches(preparing, EnvPreparing));
    ASSERT_TRUE(world.Reaches(starting, Starting));
    world.clock.StepWall(step);
    world.Serve();
    world.Pass(seconds(20));
    EXPECT_EQ(world.StatusOf(preparing), EnvPreparing);
    EXPECT_EQ(world.StatusOf(starting), Starting);
    EXPECT_EQ(world.StatusOf(stopping), Stopping);  // its grace is not cut short
    EXPECT_EQ(world.Alive().size(), 3u);
    EXPECT_TRUE(world.Reaches(preparing, Running, seconds(30)));
    EXPECT_TRUE(world.Reaches(starting, Running, seconds(30)));
    EXPECT_TRUE(world.Reaches(stopping, Stopped, seconds(30)));
  }
}

/// As after another boot of the host, or under a server that noted only the wall clock: what was
/// spent is not known, so the state has its full time.
TEST(Restart, AnotherBootGivesAStateItsFullTime) {
  for (const std::int64_t boot : {0, 77}) {
    World world;
    world.Serve();
    const auto id = world.Create("one", {.hang_start = true});
    ASSERT_TRUE(world.Reaches(id, Starting));
    world.Pass(seconds(100));  // of 120
    world.Kill();
    model::Instance record = *world.Get(id);
    record.status_boot = boot;
    ASSERT_TRUE(world.Do(
        world.store.Commit({store::Write::Put(store::Kind::kInstance, id.str(), ToJson(record))})));
    world.Serve();
    world.Pass(seconds(119));
    EXPECT_EQ(world.StatusOf(id), Starting);
    EXPECT_TRUE(world.Reaches(id, Failed, seconds(5)));
  }
}

TEST(Restart, ADownHostAtStartDoesNotDeclareDeath) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.Kill();
  world.driver.fault = [](Call, const auto&) -> std::optional<Error> {
    return Error(Code::kUnavailable, "host away");
  };
  world.Serve();
  world.Pass(minutes(30));
  world.driver.fault = {};
  world.Pass(seconds(10));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_EQ(world.Get(id)->generation, 1);
}

/// The host restarts `down` after it took everything along, the server included. What it finds of
/// the first life of each instance is a record that says so, as the process driver's does.
void RestartHost(World& world, Duration down) {
  world.Kill();
  world.LoseHost();
  world.Pass(down);
  world.driver.lie = [&world](runtime::Observation& seen) {
    for (const auto& instance : world.directory.All()) {
      if (std::ranges::any_of(seen.workloads, [&](const auto& state) {
            return state.id == instance->id && state.generation > 1;
          })) {
        continue;
      }
      runtime::WorkloadState lost;
      lost.id = instance->id;
      lost.generation = 1;
      lost.phase = runtime::Phase::kExited;
      lost.lost_with_host = true;
      lost.reason = "It was lost: the host was restarted.";
      seen.workloads.push_back(std::move(lost));
    }
  };
  world.Serve();
}

TEST(Restart, ARestartOfTheHostStartsAgainWhatRan) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  RestartHost(world, hours(5));
  ASSERT_TRUE(world.Reaches(id, Running, minutes(1)));
  EXPECT_EQ(world.Path(id),
            "Creating ResourceAllocating EnvPreparing Starting Running Recovering Running");
  EXPECT_EQ(world.Get(id)->desired, model::Desired::Running);
  EXPECT_EQ(world.Get(id)->generation, 2);
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#2"});
  EXPECT_TRUE(
      world.HasEvent(id, "Warning: It was lost: the host was restarted. Starting it again."));
}

TEST(Restart, ARestartOfTheHostStartsAgainWhatWasStartingIfThereIsTimeLeft) {
  for (const auto& [down, status] : {std::pair{seconds(30), Running}, {minutes(3), Failed}}) {
    World world;
    world.Serve();
    const auto id = world.Create("one", {.start_ms = 20'000});
    ASSERT_TRUE(world.Reaches(id, Starting));
    RestartHost(world, down);
    EXPECT_TRUE(world.Reaches(id, status, minutes(2))) << EnumName(world.StatusOf(id));
  }
}

TEST(Restart, ARestartOfTheHostEndsWhatWasStopping) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.stop_ms = 30'000});
  ASSERT_TRUE(world.Stop(id));
  RestartHost(world, minutes(10));
  EXPECT_TRUE(world.Reaches(id, Stopped, minutes(1)));
  EXPECT_EQ(world.Get(id)->generation, 1);
}

/// Does `script` while the server is killed at its `k`-th event (a commit begun, a commit done, a
/// driver call done) and made anew. False: it had fewer events.
bool KilledAt(int k, const std::function<void(World&)>& script,
              const std::function<void(World&)>& check) {
  World world;
  int events = 0;
  bool killed = false;
  const auto hit = [&] {
    if (!world.reconciler || killed || ++events != k) return;
    killed = true;
    world.Kill();
  };
  world.store.around = [&](bool) { hit(); };
  world.driver.after = [&](Call) { hit(); };
  world.Serve();
  script(world);
  if (!killed) return false;
  world.Serve();
  world.Pass(minutes(5));
  SCOPED_TRACE("killed at event " + std::to_string(k));
  check(world);
  return true;
}

void ExpectOneLife(World& world, model::Generation generation) {
  ASSERT_EQ(world.directory.size(), 1u);
  const auto instance = world.directory.All().front();
  EXPECT_EQ(instance->status, Running);
  EXPECT_EQ(instance->generation, generation);
  EXPECT_EQ(world.Alive(),
            std::set<std::string>{instance->id.str() + "#" + std::to_string(generation)});
}

int SweepKills(const std::function<void(World&)>& script,
               const std::function<void(World&)>& check) {
  int k = 1;
  while (KilledAt(k, script, check) && !testing::Test::HasFailure()) ++k;
  return k - 1;
}

TEST(Restart, KilledAtEveryStepOfACreationOneLifeRuns) {
  const int kills = SweepKills(
      [](World& world) {
        world.Create("one");
        world.Pass(seconds(5));
      },
      [](World& world) { ExpectOneLife(world, 1); });
  EXPECT_GE(kills, 11);  // creation, four moves, one Ensure: two events a commit
}

TEST(Restart, KilledAtEveryStepOfAStopItEnds) {
  SweepKills(
      [](World& world) {
        const auto id = world.Create("one");
        world.Pass(seconds(5));
        if (world.StatusOf(id) != Creating) ASSERT_TRUE(world.Stop(id));
        world.Pass(seconds(5));
      },
      [](World& world) {
        const auto instance = world.directory.All().front();
        if (instance->desired == model::Desired::Running) return ExpectOneLife(world, 1);
        EXPECT_EQ(instance->status, Stopped);
        EXPECT_TRUE(world.Alive().empty());
      });
}

TEST(Restart, KilledAtEveryStepOfARestartOneLifeRuns) {
  SweepKills(
      [](World& world) {
        const auto id = world.Create("one");
        world.Pass(seconds(5));
        if (world.StatusOf(id) != Running) return;
        InstanceChange change;
        change.ecs_spec = "ecs.large";
        ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("UpdateInstance"))));
        world.Pass(seconds(5));
      },
      [](World& world) {
        ExpectOneLife(world, world.directory.All().front()->capacity.milli_cpu == 8000 ? 2 : 1);
      });
}

TEST(Restart, KilledAtEveryStepOfADeletionNothingIsLeft) {
  SweepKills(
      [](World& world) {
        const auto id = world.Create("one");
        world.Pass(seconds(5));
        ASSERT_TRUE(world.Delete(id));
        world.Pass(seconds(5));
      },
      [](World& world) {
        EXPECT_EQ(world.directory.size(), 0u);
        EXPECT_TRUE(world.Alive().empty());
        for (const auto kind : {store::Kind::kInstance, store::Kind::kInstanceName,
                                store::Kind::kLifecycleStep, store::Kind::kEvent}) {
          EXPECT_TRUE(world.Records(kind).empty());
        }
      });
}

TEST(Restart, KilledAtEveryStepOfARecoveryOneLifeRuns) {
  SweepKills(
      [](World& world) {
        world.Create("one");
        world.Pass(seconds(5));
        world.LoseHost();
        world.Pass(seconds(15));
      },
      [](World& world) {
        ExpectOneLife(world, world.directory.All().front()->generation);
        EXPECT_LE(world.directory.All().front()->generation, 2);
      });
}

TEST(Restart, KilledTwiceInARowItStillConverges) {
  for (int k = 1; k < 12; ++k) {
    for (int second = 1; second < 8; ++second) {
      World world;
      int left = k;
      int again = second;
      const auto hit = [&] {
        if (!world.reconciler || left == 0 || --left != 0) return;
        world.Kill();
        left = std::exchange(again, 0);
      };
      world.store.around = [&](bool) { hit(); };
      world.driver.after = [&](Call) { hit(); };
      world.Serve();
      world.Create("one");
      world.Pass(seconds(1));
      world.Serve();
      world.Pass(seconds(5));
      world.Serve();
      world.Pass(minutes(1));
      ExpectOneLife(world, 1);
      if (testing::Test::HasFailure()) FAIL() << "killed at " << k << ", then at " << second;
    }
  }
}

}  // namespace
}  // namespace atelier::control
