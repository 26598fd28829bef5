// What must hold when drivers hang, lie and fail, and when the store does.
#include <gtest/gtest.h>

#include "control/dsw/adoption.h"
#include "unit/control/world.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using Call = FaultyDriver::Call;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kAllocate = seconds(60);
constexpr Duration kStart = seconds(120);
constexpr Duration kStop = seconds(60);
constexpr Duration kCall = seconds(10);

/// How long the instance was in its present state when `reached` was first seen.
Duration TimeUntil(World& world, const model::InstanceId& id, model::InstanceStatus status) {
  const MonoTime from = world.clock.Mono();
  EXPECT_TRUE(world.Reaches(id, status)) << EnumName(status);
  return std::chrono::duration_cast<Duration>(world.clock.Mono() - from);
}

TEST(Faults, AStartThatNeverGetsReadyMeetsItsDeadline) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.hang_start = true});
  ASSERT_TRUE(world.Reaches(id, Starting));
  const Duration took = TimeUntil(world, id, Failed);
  EXPECT_GE(took, kStart - seconds(1));
  EXPECT_LE(took, kStart + seconds(1));
  EXPECT_EQ(world.Get(id)->reason_code, "StartTimeout");
  world.Pass(seconds(10));
  EXPECT_TRUE(world.Alive().empty());  // it does not go on in the dark
}

TEST(Faults, ASlowStartScriptMeetsItsOwnDeadline) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.prepare_ms = 3'600'000});
  ASSERT_TRUE(world.Reaches(id, EnvPreparing));
  const Duration took = TimeUntil(world, id, Failed);
  EXPECT_NEAR(static_cast<double>(took.count()), 600'000, 1000);
  EXPECT_EQ(world.Get(id)->reason_code, "PreparationTimeout");
}

TEST(Faults, ARestartMayTakeAsLongAsAFirstStart) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.prepare_ms = 300'000});
  ASSERT_TRUE(world.Stop(id));
  ASSERT_TRUE(world.Reaches(id, Stopped));
  ASSERT_TRUE(world.Start(id));
  ASSERT_TRUE(world.Reaches(id, EnvPreparing));
  ASSERT_TRUE(world.Reaches(id, Running));
}

TEST(Faults, HungDriverMeetsItsDeadline) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.hang_calls = true});
  ASSERT_TRUE(world.Reaches(id, ResourceAllocating));
  EXPECT_LE(TimeUntil(world, id, Failed), kAllocate + seconds(1));
  EXPECT_EQ(world.Get(id)->reason_code, "AllocationTimeout");
}

TEST(Faults, ADriverThatNeverAnswersMeetsTheDeadlineToo) {
  World world;
  world.Serve();
  world.driver.never = [](Call call, const auto&) { return call != Call::kObserve; };
  const auto id = world.Create("one");
  ASSERT_TRUE(world.Reaches(id, ResourceAllocating));
  EXPECT_LE(TimeUntil(world, id, Failed), kAllocate + seconds(1));
}

TEST(Faults, AHungCallHoldsUpNobodyElse) {
  World world;
  world.workloads_options.max_concurrent = 4;
  world.Serve();
  world.driver.never = [&](Call, const model::InstanceId& id) {
    const auto instance = world.Get(id);
    return instance != nullptr && instance->name.starts_with("hung");
  };
  for (int i = 0; i < 50; ++i) world.Create("hung" + std::to_string(i));
  world.Pass(Duration(100));
  const auto id = world.Create("fine");
  // 50 hung calls at 4 a second, each giving up its place after one second.
  EXPECT_TRUE(world.Reaches(id, Running, seconds(15)));
}

TEST(Faults, AServerThatWasHeldUpDoesNotFailWhatWentWellMeanwhile) {
  World world;
  world.Serve();
  const auto id = world.Create("one");
  world.Poll();
  ASSERT_EQ(world.StatusOf(id), ResourceAllocating);
  world.clock.Advance(std::chrono::hours(8));  // SIGSTOP, or the emulator's clock turned
  world.Pass(seconds(1));
  EXPECT_EQ(world.StatusOf(id), Running);
}

TEST(Faults, AHungObservationNeitherBlocksDeadlinesNorDeclaresDeath) {
  World world;
  world.Serve();
  const auto running = world.Running("one");
  const auto starting = world.Create("two", {.hang_start = true});
  ASSERT_TRUE(world.Reaches(starting, Starting));
  world.driver.never = [](Call call, const auto&) { return call == Call::kObserve; };
  world.Pass(minutes(5));
  EXPECT_EQ(world.StatusOf(starting), Failed);
  EXPECT_EQ(world.StatusOf(running), Running);
}

TEST(Faults, AFailedObservationSaysNothing) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.driver.fault = [](Call call, const auto&) -> std::optional<Error> {
    if (call == Call::kObserve) return Error(Code::kUnavailable, "host away");
    return std::nullopt;
  };
  world.Pass(minutes(30));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_EQ(world.Get(id)->generation, 1);
}

TEST(Faults, AnIncompleteObservationSaysNothingOfWhatItLeavesOut) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.driver.lie = [](runtime::Observation& seen) {
    seen.workloads.clear();
    seen.complete = false;
  };
  world.Pass(minutes(30));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_EQ(world.Get(id)->generation, 1);
}

TEST(Faults, OneShortListIsNotEnoughToRecover) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  int lies = 1;
  world.driver.lie = [&](runtime::Observation& seen) {
    if (lies-- > 0) seen.workloads.clear();
  };
  world.Pass(minutes(1));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_EQ(world.Get(id)->generation, 1);
}

TEST(Faults, NotSeenIsNotDeadWhileItAnswersByName) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(world.simulated->SetScript(id, {.vanish = true}));
  world.Pass(minutes(30));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_EQ(world.Get(id)->generation, 1);
}

TEST(Faults, AcceptedButNeverThereIsTriedAgainAndThenFails) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.vanish = true});
  ASSERT_TRUE(world.Reaches(id, ResourceAllocating));
  EXPECT_LE(TimeUntil(world, id, Failed), kAllocate + seconds(1));
  EXPECT_GT(world.driver.Count(Call::kEnsure), 1);
  EXPECT_LT(world.driver.Count(Call::kEnsure), 30);  // with pauses that grow
  world.Pass(seconds(1));
  EXPECT_TRUE(world.Alive().empty());
}

TEST(Faults, APassingFailureOfTheDriverIsRetried) {
  World world;
  world.Serve();
  int failures = 3;
  world.driver.fault = [&](Call call, const auto&) -> std::optional<Error> {
    if (call == Call::kEnsure && failures-- > 0) return Error(Code::kUnavailable, "not now");
    return std::nullopt;
  };
  const auto id = world.Create("one");
  ASSERT_TRUE(world.Reaches(id, Running, seconds(10)));
}

TEST(Faults, AStopPastItsDeadlineIsForced) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.hang_stop = true});
  ASSERT_TRUE(world.Stop(id));
  const Duration took = TimeUntil(world, id, Stopped);
  EXPECT_GE(took, kStop);
  EXPECT_LE(took, kStop + seconds(1));
}

TEST(Faults, ADeletionPastItsDeadlineIsForcedToo) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.hang_stop = true});
  ASSERT_TRUE(world.Delete(id));
  world.Pass(kStop - seconds(1));
  EXPECT_EQ(world.StatusOf(id), Deleting);
  EXPECT_TRUE(world.Gone(id, seconds(10)));
}

TEST(Faults, AStopThatHangsIsForcedAndFailsWithAReason) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.hang_stop = true, .hang_kill = true});
  ASSERT_TRUE(world.Stop(id));
  const Duration took = TimeUntil(world, id, Failed);
  EXPECT_GE(took, kStop);
  EXPECT_LE(took, kStop + kCall + seconds(1));
  EXPECT_EQ(world.Get(id)->reason_code, "StopTimeout");
  // It was told twice at least: once when asked, once by force.
  EXPECT_GE(world.driver.Count(Call::kStop), 2);
}

TEST(Faults, AStopThatWasForcedMayStillEndWell) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.hang_stop = true, .hang_kill = true});
  ASSERT_TRUE(world.Stop(id));
  world.Pass(kStop + seconds(1));
  EXPECT_EQ(world.StatusOf(id), Stopping);
  ASSERT_TRUE(world.simulated->SetScript(id, {}));
  ASSERT_TRUE(world.Reaches(id, Stopped, seconds(10)));
}

TEST(Faults, ANewStartWaitsUntilTheOldLifeHasEnded) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.hang_stop = true, .hang_kill = true});
  ASSERT_TRUE(world.Stop(id));
  ASSERT_TRUE(world.Reaches(id, Failed));
  ASSERT_TRUE(world.Start(id));
  world.Pass(seconds(20));
  EXPECT_EQ(world.StatusOf(id), Starting);
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#1"});  // never two lives at once
  ASSERT_TRUE(world.simulated->SetScript(id, {}));
  ASSERT_TRUE(world.Reaches(id, Running));
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#2"});
}

TEST(Faults, ADeletionPastItsDeadlineWarnsAndGoesOn) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.hang_stop = true, .hang_kill = true});
  ASSERT_TRUE(world.Delete(id));
  world.Pass(minutes(10));
  EXPECT_EQ(world.StatusOf(id), Deleting);
  int warnings = 0;
  for (const auto& text : world.EventTexts(id)) warnings += text.starts_with("Warning") ? 1 : 0;
  EXPECT_EQ(warnings, 1);
  EXPECT_LT(world.driver.Count(Call::kStop), 20);
  ASSERT_TRUE(world.simulated->SetScript(id, {}));
  EXPECT_TRUE(world.Gone(id, minutes(2)));
  EXPECT_TRUE(world.Alive().empty());
}

TEST(Faults, ARemoveThatFailsIsTriedUntilItWorks) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  int failures = 5;
  world.driver.fault = [&](Call call, const auto&) -> std::optional<Error> {
    if (call == Call::kRemove && failures-- > 0) {
      return Error(Code::kFailedPrecondition, "still runs");
    }
    return std::nullopt;
  };
  ASSERT_TRUE(world.Delete(id));
  EXPECT_TRUE(world.Gone(id, minutes(5)));
}

TEST(Faults, ALateStartOfAnEarlierLifeIsFencedOff) {
  World world;
  world.Serve();
  // The first Ensure is stuck in the wire; it arrives long after the instance was stopped.
  runtime::Workload stuck;
  world.driver.never = [](Call call, const auto&) { return call == Call::kEnsure; };
  const auto id = world.Create("one");
  world.Pass(seconds(5));
  ASSERT_TRUE(world.Stop(id));
  ASSERT_TRUE(world.Reaches(id, Stopped));
  world.driver.never = {};
  stuck.id = id;
  stuck.generation = 1;
  ASSERT_TRUE(world.Do(world.simulated->Ensure(stuck, world.clock.In(seconds(1)))));
  EXPECT_EQ(world.Alive().size(), 1u);
  world.Pass(seconds(10));
  EXPECT_TRUE(world.Alive().empty());
  EXPECT_EQ(world.StatusOf(id), Stopped);
}

TEST(Faults, ALateAnswerDoesNotCountForTheNextLife) {
  World world;
  world.Serve();
  const auto id = world.Create("one");
  ASSERT_TRUE(world.Reaches(id, Running));
  // Observations show the first life as exited long after it was started anew.
  ASSERT_TRUE(world.Stop(id));
  ASSERT_TRUE(world.Reaches(id, Stopped));
  ASSERT_TRUE(world.Start(id));
  world.driver.lie = [&](runtime::Observation& seen) {
    runtime::WorkloadState old;
    old.id = id;
    old.generation = 1;
    old.phase = runtime::Phase::kExited;
    old.exit_code = 1;
    seen.workloads.push_back(old);
  };
  ASSERT_TRUE(world.Reaches(id, Running));
  world.Pass(minutes(1));
  EXPECT_EQ(world.StatusOf(id), Running);
}

TEST(Faults, DuplicatesInAListDoNotKill) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.driver.lie = [&](runtime::Observation& seen) {
    auto stale = seen.workloads;
    for (auto& state : stale) state.phase = runtime::Phase::kStarting;
    seen.workloads.insert(seen.workloads.begin(), stale.begin(), stale.end());
  };
  world.Pass(minutes(1));
  EXPECT_EQ(world.StatusOf(id), Running);
}

TEST(Faults, ADriverThatGoesBackwardsStillMeetsADeadline) {
  World world;
  world.Serve();
  bool up = false;
  world.driver.lie = [&](runtime::Observation& seen) {
    up = !up;
    for (auto& state : seen.workloads) {
      state.phase = up ? runtime::Phase::kStarting : runtime::Phase::kAllocating;
    }
  };
  const auto id = world.Create("one", {.hang_start = true});
  ASSERT_TRUE(world.Reaches(id, Failed, minutes(20)));
}

/// What a driver shows and no record owns; `state` is started by hand.
void StartByHand(World& world, std::string_view id, model::Generation generation) {
  runtime::Workload workload;
  workload.id = model::InstanceId(id);
  workload.generation = generation;
  workload.capacity = model::CapacityOf(*world.catalogue.FindSpec("ecs.small"));
  ASSERT_TRUE(world.Do(world.simulated->Ensure(workload, world.clock.In(seconds(1)))));
}

TEST(Faults, Promise3AWorkloadWithoutARecordRunsOnAndIsReported) {
  World world;
  world.Serve();
  StartByHand(world, "dsw-unknown", 4);
  world.Pass(minutes(5));
  EXPECT_EQ(world.Alive(), std::set<std::string>{"dsw-unknown#4"});
  EXPECT_EQ(world.driver.Count(Call::kStop), 0);
  EXPECT_EQ(world.workloads->orphans(), 1u);
  // So does one of which the new server learns at its first look.
  world.Serve();
  world.Pass(minutes(5));
  EXPECT_EQ(world.Alive(), std::set<std::string>{"dsw-unknown#4"});
  EXPECT_EQ(world.workloads->orphans(), 1u);
}

TEST(Faults, Promise3AnOlderStoreEndsNothingThatWasMadeSince) {
  World world;
  world.Serve();
  const auto old = world.Running("old");
  const auto restarted = world.Running("restarted");
  ASSERT_TRUE(world.Stop(restarted));
  ASSERT_TRUE(world.Reaches(restarted, Stopped));
  const std::vector<store::Record> backup = world.Records(store::Kind::kInstance);
  ASSERT_TRUE(world.Start(restarted));
  ASSERT_TRUE(world.Reaches(restarted, Running));
  const auto young = world.Running("young");
  const std::set<std::string> ran = world.Alive();
  ASSERT_EQ(ran.size(), 3u);

  world.Kill();
  store::Batch restore{store::Write::Delete(store::Kind::kInstance, young.str())};
  for (const store::Record& record : backup)
    restore.push_back(store::Write::Put(record.kind, record.key, record.body));
  ASSERT_TRUE(world.Do(world.store.Commit(std::move(restore))));
  world.Serve();
  world.Pass(minutes(5));
  EXPECT_EQ(world.Alive(), ran);
  EXPECT_EQ(world.StatusOf(old), Running);
  EXPECT_EQ(world.StatusOf(restarted), Stopped);  // the life on the host is younger than that
  EXPECT_EQ(world.workloads->orphans(), 2u);
}

TEST(Faults, Promise5AnOrphanIsEndedOnceItsDeletionIsOnRecord) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(world.Delete(id));
  ASSERT_TRUE(world.Gone(id));
  const int removed = world.driver.Count(Call::kRemove);
  // What was deleted shows up again, up to the life that the deletion was about.
  StartByHand(world, id.str(), 1);
  ASSERT_TRUE(world.PassUntil([&] { return world.Alive().empty(); }, minutes(2)));
  EXPECT_EQ(world.workloads->orphans(), 0u);
  // And what is left of it goes, so that a later life finds nothing of it.
  ASSERT_TRUE(
      world.PassUntil([&] { return world.driver.Count(Call::kRemove) > removed; }, minutes(2)));
  StartByHand(world, id.str(), 2);
  world.Pass(minutes(5));
  EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#2"});
  EXPECT_EQ(world.workloads->orphans(), 1u);
}

/// What the loop remembers of orphans is bounded by what the driver shows, also by one that never
/// shows all of its world.
TEST(Faults, OrphansThatAreGoneAreForgotten) {
  for (const bool complete : {true, false}) {
    World world;
    world.Serve();
    int next = 0;
    world.driver.lie = [&](runtime::Observation& seen) {
      seen.complete = complete;
      runtime::WorkloadState state;
      state.id = model::InstanceId("dsw-orphan" + std::to_string(next++));
      state.generation = 1;
      state.phase = runtime::Phase::kReady;
      seen.workloads.push_back(std::move(state));
    };
    world.Pass(std::chrono::hours(1));
    EXPECT_GT(next, 1'000);
    // A look every two seconds: one of them now, or those of ten minutes.
    EXPECT_LE(world.workloads->ListOrphans().size(), complete ? 1u : 305u);
    world.driver.lie = nullptr;
    world.Pass(minutes(1));
    EXPECT_TRUE(world.workloads->ListOrphans().empty());
  }
}

TEST(Faults, Promise5AnOperatorEndsAnOrphanAndItsFilesStay) {
  World world;
  world.Serve();
  StartByHand(world, "dsw-unknown", 4);
  ASSERT_TRUE(world.PassUntil([&] { return world.workloads->orphans() == 1; }, minutes(1)));
  const auto order = [&](bool delete_files) {
    const auto orphans = world.workloads->ListOrphans();
    ASSERT_EQ(orphans.size(), 1u);
    ASSERT_TRUE(world.Do(EndOrphan(world.store, world.clock, orphans.front(), delete_files,
                                   world.By("StopOrphan"))));
  };
  order(false);
  // At once: an order is not left until the next regular look.
  ASSERT_TRUE(world.PassUntil([&] { return world.Alive().empty(); }, seconds(12)));
  EXPECT_EQ(world.driver.Count(Call::kStop), 1);
  world.Pass(minutes(5));
  EXPECT_EQ(world.driver.Count(Call::kRemove), 0);
  EXPECT_EQ(world.workloads->orphans(), 0u);
  const auto ended = world.workloads->ListOrphans();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_TRUE(ended.front().ended);
  // The order is about that life and those before it.
  StartByHand(world, "dsw-unknown", 5);
  world.Pass(minutes(5));
  EXPECT_EQ(world.Alive(), std::set<std::string>{"dsw-unknown#5"});

  order(true);
  ASSERT_TRUE(world.PassUntil([&] { return world.driver.Count(Call::kRemove) == 1; }, minutes(2)));
  world.Pass(seconds(10));
  EXPECT_TRUE(world.workloads->ListOrphans().empty());
  EXPECT_EQ(world.Records(store::Kind::kAudit).size(), 2u);
}

TEST(Faults, Promise3AnAdoptedOrphanGoesOnAsAnInstance) {
  World world;
  world.Serve();
  StartByHand(world, "dsw-unknown", 4);
  ASSERT_TRUE(world.PassUntil([&] { return world.workloads->orphans() == 1; }, minutes(1)));
  const auto orphan = world.workloads->ListOrphans().front();
  const auto adopt = [&](const std::string& name, const std::string& image) {
    return world.Do(AdoptOrphan(world.store, world.catalogue, world.clock, orphan,
                                {.workspace = model::WorkspaceId("1"),
                                 .owner = model::UserId("100"),
                                 .name = name,
                                 .ecs_spec = {},
                                 .image = image},
                                world.By("AdoptOrphan")));
  };
  EXPECT_EQ(adopt("back", "").error().code(), Code::kInvalidArgument);  // it does not tell its own
  ASSERT_TRUE(adopt("back", "image-lab"));
  ASSERT_TRUE(world.Reaches(orphan.id, Running, minutes(1)));
  EXPECT_EQ(world.Get(orphan.id)->ecs_spec, "ecs.small");
  EXPECT_EQ(world.Get(orphan.id)->generation, 4);
  EXPECT_TRUE(world.Get(orphan.id)->has_run);
  EXPECT_EQ(world.Alive(), std::set<std::string>{"dsw-unknown#4"});
  EXPECT_TRUE(world.workloads->ListOrphans().empty());
  EXPECT_EQ(adopt("again", "image-lab").error().code(), Code::kAborted);
  EXPECT_EQ(adopt("back", "image-lab").error().reason(), "DuplicateName");
  ASSERT_TRUE(world.Stop(orphan.id));
  ASSERT_TRUE(world.Reaches(orphan.id, Stopped));
  EXPECT_TRUE(world.Alive().empty());
}

TEST(Faults, AnAdoptedOrphanThatHasEndedIsStoppedAndStartsWithItsFiles) {
  World world;
  world.Serve();
  StartByHand(world, "dsw-unknown", 4);
  ASSERT_TRUE(world.Do(world.simulated->Stop(model::InstanceId("dsw-unknown"), 4,
                                             runtime::StopMode::kNow, world.clock.In(seconds(1)))));
  ASSERT_TRUE(
      world.PassUntil([&] { return world.workloads->ListOrphans().size() == 1; }, minutes(2)));
  const auto orphan = world.workloads->ListOrphans().front();
  ASSERT_TRUE(orphan.ended);
  ASSERT_TRUE(world.Do(AdoptOrphan(world.store, world.catalogue, world.clock, orphan,
                                   {.workspace = model::WorkspaceId("1"),
                                    .owner = model::UserId("100"),
                                    .name = "back",
                                    .ecs_spec = "ecs.large",
                                    .image = "image-lab"},
                                   world.By("AdoptOrphan"))));
  EXPECT_EQ(world.StatusOf(orphan.id), Stopped);
  EXPECT_EQ(world.Get(orphan.id)->ecs_spec, "ecs.large");
  ASSERT_TRUE(world.Start(orphan.id));
  ASSERT_TRUE(world.Reaches(orphan.id, Running));
  EXPECT_EQ(world.Alive(), std::set<std::string>{"dsw-unknown#5"});
}

TEST(Faults, Promise3TheRecordOfAnInstanceFollowsTheLifeThatIsAdopted) {
  for (const bool stopped : {false, true}) {
    World world;
    world.Serve();
    const auto id = world.Running("one");
    if (stopped) {
      ASSERT_TRUE(world.Stop(id));
      ASSERT_TRUE(world.Reaches(id, Stopped));
    }
    const std::vector<store::Record> backup = world.Records(store::Kind::kInstance);
    for (int life = 0; life < 2; ++life) {
      if (world.StatusOf(id) == Running) {
        ASSERT_TRUE(world.Stop(id));
        ASSERT_TRUE(world.Reaches(id, Stopped));
      }
      ASSERT_TRUE(world.Start(id));
      ASSERT_TRUE(world.Reaches(id, Running));
    }
    world.Kill();
    ASSERT_TRUE(world.Do(world.store.Commit(
        {store::Write::Put(store::Kind::kInstance, id.str(), backup.front().body)})));
    world.Serve();
    ASSERT_TRUE(world.PassUntil([&] { return world.workloads->orphans() == 1; }, minutes(2)));
    const auto orphan = world.workloads->ListOrphans().front();
    EXPECT_TRUE(orphan.newer);
    EXPECT_EQ(orphan.generation, 3);
    ASSERT_TRUE(world.Do(
        AdoptRun(world.store, world.directory, world.clock, orphan, world.By("AdoptOrphan"))));
    ASSERT_TRUE(world.Reaches(id, Running, minutes(2)));
    world.Pass(minutes(5));
    EXPECT_EQ(world.StatusOf(id), Running);
    EXPECT_EQ(world.Get(id)->generation, 3);
    EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#3"});
    EXPECT_TRUE(world.workloads->ListOrphans().empty());
  }
}

/// The record of `id` is again as it was when `backup` was made, under a new server.
void Restore(World& world, const store::Record& backup) {
  world.Kill();
  ASSERT_TRUE(
      world.Do(world.store.Commit({store::Write::Put(backup.kind, backup.key, backup.body)})));
  world.Serve();
}

TEST(Faults, Promise4AnOlderRecordOfWhatHasEndedStartsAtOnce) {
  for (const bool ran : {false, true}) {
    for (const int since : {1, 2, 4}) {
      SCOPED_TRACE(testing::Message()
                   << (ran ? "Running, " : "Stopped, ") << since << " starts ago");
      World world;
      world.Serve();
      const auto id = world.Running("one");
      if (!ran) {
        ASSERT_TRUE(world.Stop(id));
        ASSERT_TRUE(world.Reaches(id, Stopped));
      }
      const store::Record backup = world.Records(store::Kind::kInstance).front();
      for (int start = 0; start < since; ++start) {
        if (world.StatusOf(id) == Running) {
          ASSERT_TRUE(world.Stop(id));
          ASSERT_TRUE(world.Reaches(id, Stopped));
        }
        ASSERT_TRUE(world.Start(id));
        ASSERT_TRUE(world.Reaches(id, Running));
      }
      ASSERT_TRUE(world.Stop(id));
      ASSERT_TRUE(world.Reaches(id, Stopped));
      Restore(world, backup);
      EXPECT_TRUE(world.workloads->ListOrphans().empty());
      if (!ran) ASSERT_TRUE(world.Start(id));
      ASSERT_TRUE(world.PassUntil(
          [&] { return world.StatusOf(id) == Running && !world.Alive().empty(); }, seconds(10)));
      EXPECT_EQ(world.Path(id).find("Failed"), std::string::npos);
      EXPECT_EQ(world.Alive(), std::set<std::string>{id.str() + "#" + std::to_string(since + 2)});
      world.Pass(minutes(5));
      EXPECT_EQ(world.StatusOf(id), Running);
      EXPECT_EQ(world.Get(id)->generation, since + 2);
    }
  }
}

TEST(Faults, AStartOfAnOlderRecordFollowsTheLifeThatRuns) {
  for (const int since : {1, 3}) {
    World world;
    world.Serve();
    const auto id = world.Running("one");
    ASSERT_TRUE(world.Stop(id));
    ASSERT_TRUE(world.Reaches(id, Stopped));
    const store::Record backup = world.Records(store::Kind::kInstance).front();
    for (int start = 0; start < since; ++start) {
      if (start > 0) ASSERT_TRUE(world.Stop(id));
      ASSERT_TRUE(world.Reaches(id, Stopped));
      ASSERT_TRUE(world.Start(id));
      ASSERT_TRUE(world.Reaches(id, Running));
    }
    const auto ran = world.Alive();
    Restore(world, backup);
    ASSERT_TRUE(world.Start(id));
    ASSERT_TRUE(world.Reaches(id, Running, seconds(10)));
    world.Pass(minutes(5));
    EXPECT_EQ(world.StatusOf(id), Running);
    EXPECT_EQ(world.Alive(), ran);
    EXPECT_EQ(world.workloads->orphans(), 0u);
  }
}

TEST(Faults, Promise1AnInstanceWhoseFilesAreGoneIsNotRunning) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.home_lost = true});  // a first life may make its home
  world.LoseHost();
  ASSERT_TRUE(world.Reaches(id, Failed, minutes(2)));
  EXPECT_EQ(world.Get(id)->reason_code, "HomeMissing");
  EXPECT_NE(world.Get(id)->reason_message.find("not on this host"), std::string::npos);
  // A start does not make an empty one either.
  ASSERT_TRUE(world.Start(id));
  ASSERT_TRUE(world.Reaches(id, Failed, minutes(2)));
  EXPECT_EQ(world.Get(id)->reason_code, "HomeMissing");
  EXPECT_TRUE(world.Alive().empty());
}

TEST(Faults, AnEarlierLifeOfAStoppedInstanceIsEnded) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(world.Stop(id));
  ASSERT_TRUE(world.Reaches(id, Stopped));
  ASSERT_TRUE(world.Do(world.simulated->Remove(id, world.clock.In(seconds(1)))));
  StartByHand(world, id.str(), 1);
  ASSERT_TRUE(world.PassUntil([&] { return world.Alive().empty(); }, minutes(2)));
}

TEST(Faults, AWorkloadWhoseRecordCannotBeReadIsLeftAlone) {
  World world;
  // The directory leaves the record out; its owner wants it to run.
  ASSERT_TRUE(world.Do(
      world.store.Commit({store::Write::Put(store::Kind::kInstance, "dsw-torn", "not json")})));
  world.Serve();
  runtime::Workload workload;
  workload.id = model::InstanceId("dsw-torn");
  workload.generation = 1;
  ASSERT_TRUE(world.Do(world.simulated->Ensure(workload, world.clock.In(seconds(1)))));
  world.Pass(minutes(5));
  EXPECT_EQ(world.Alive(), std::set<std::string>{"dsw-torn#1"});
}

TEST(Faults, AStoreThatCannotWriteDelaysAndThenAllGoesOn) {
  World world;
  world.Serve();
  const auto id = world.Create("one");
  world.store.fault = [](const store::Batch&) -> std::optional<Error> {
    return Error(Code::kResourceExhausted, "disk full");
  };
  world.Pass(seconds(30));
  EXPECT_NE(world.StatusOf(id), Running);
  const int observed = world.driver.Count(Call::kObserve);
  world.Pass(seconds(30));
  // Commits that fail must not make it spin.
  EXPECT_LT(world.driver.Count(Call::kObserve) - observed, 40);
  world.store.fault = {};
  EXPECT_TRUE(world.Reaches(id, Running, seconds(30)));
}

TEST(Faults, AnInstanceThatDiesAtOnceIsNotStartedAgainByItself) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.exit_after_ms = 1, .exit_code = 1});
  ASSERT_TRUE(world.Reaches(id, Failed));
  world.Pass(minutes(30));
  EXPECT_EQ(world.StatusOf(id), Failed);
  EXPECT_EQ(world.driver.Count(Call::kEnsure), 1);
}

TEST(Faults, AnImageThatIsNoLongerOfferedFailsTheStart) {
  World world;
  const auto id = world.Create("one");
  world.catalogue.Images.clear();
  world.Serve();
  ASSERT_TRUE(world.Reaches(id, Failed));
  EXPECT_EQ(world.Get(id)->reason_code, "ImageUnavailable");
}

}  // namespace
}  // namespace atelier::control
