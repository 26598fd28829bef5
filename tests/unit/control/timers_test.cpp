#include <gtest/gtest.h>

#include "unit/control/world.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Status SetTimer(World& world, const model::InstanceId& id, Duration from_now) {
  return world.Do(world.instances.PutTimer(id, world.clock.Wall() + from_now,
                                           world.By("CreateInstanceShutdownTimer")));
}

/// Time in big steps: nothing here needs every observation.
ReconcilerOptions Coarse() {
  ReconcilerOptions options;
  options.sample_every = hours(1);
  return options;
}

TEST(Timers, FiresAtItsTimeAndTellsWhy) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, minutes(30)));
  world.Pass(minutes(30) - seconds(5));
  EXPECT_EQ(world.StatusOf(id), Running);
  world.Pass(seconds(10));
  EXPECT_EQ(world.StatusOf(id), Stopped);
  EXPECT_FALSE(world.Get(id)->timer);
  // 30 minutes and the start after midnight.
  EXPECT_TRUE(
      world.HasEvent(id, "Info: Stopping: its shutdown timer was due at 2026-01-01T00:30:00Z."));
}

TEST(Timers, TheTimerGoesInTheTransactionOfTheStop) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, minutes(1)));
  bool seen = false;
  world.store.fault = [&](const store::Batch& batch) -> std::optional<Error> {
    for (const store::Write& write : batch) {
      if (write.kind != store::Kind::kInstance) continue;
      const auto next = FromRecord<model::Instance>(write.body).value();
      if (next.status != Stopping) continue;
      seen = true;
      EXPECT_FALSE(next.timer);
      EXPECT_EQ(next.desired, model::Desired::Stopped);
    }
    return std::nullopt;
  };
  world.Pass(minutes(2));
  EXPECT_TRUE(seen);
}

TEST(Timers, DaysPassInMilliseconds) {
  World world(Coarse());
  world.workloads_options.observe_every = minutes(10);
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, days(10)));
  world.Pass(days(10) - hours(1));
  EXPECT_EQ(world.StatusOf(id), Running);
  world.Pass(hours(1) + minutes(11));
  EXPECT_EQ(world.StatusOf(id), Stopped);
}

TEST(Timers, OverdueAfterARestartFiresAtOnceAndSaysSo) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, minutes(30)));
  world.Kill();
  world.Pass(hours(3));
  world.Serve();
  world.Pass(seconds(10));
  EXPECT_EQ(world.StatusOf(id), Stopped);
  EXPECT_TRUE(world.HasEvent(id, "when the server was not there to see it"));
}

TEST(Timers, AWallClockThatJumpsForwardFiresWithinALook) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, days(2)));
  world.clock.StepWall(days(3));
  world.Pass(seconds(10));
  EXPECT_EQ(world.StatusOf(id), Stopped);
}

TEST(Timers, ASecondTimerReplacesTheFirstAndADeletedOneIsGone) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, minutes(10)));
  const WallTime created = world.Get(id)->timer->created;
  world.Pass(minutes(1));
  ASSERT_TRUE(SetTimer(world, id, minutes(30)));
  EXPECT_EQ(world.Get(id)->timer->created, created);
  EXPECT_GT(world.Get(id)->timer->modified, created);
  world.Pass(minutes(20));
  EXPECT_EQ(world.StatusOf(id), Running);
  ASSERT_TRUE(world.Do(world.instances.DeleteTimer(id, world.By("x"))));
  world.Pass(minutes(30));
  EXPECT_EQ(world.StatusOf(id), Running);
}

TEST(Timers, OnARestingInstanceItIsRemovedWithAWord) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, minutes(10)));
  ASSERT_TRUE(world.Stop(id));
  world.Pass(minutes(11));
  EXPECT_EQ(world.StatusOf(id), Stopped);
  EXPECT_FALSE(world.Get(id)->timer);
  EXPECT_TRUE(world.HasEvent(id, "The shutdown timer of 2026-01-01T00:10:00Z passed"));
}

TEST(Timers, WaitsForAStateThatCanBeStopped) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.stop_ms = 30'000});
  ASSERT_TRUE(SetTimer(world, id, seconds(10)));
  InstanceChange change;
  change.image = "image-two";
  ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("UpdateInstance"))));
  world.Pass(seconds(20));
  EXPECT_EQ(world.StatusOf(id), Updating);  // which no one can stop
  ASSERT_TRUE(world.Reaches(id, Stopped, minutes(3)));
  EXPECT_FALSE(world.Get(id)->timer);
}

TEST(Timers, AStopByTimerIsAudited) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, minutes(1)));
  const auto before = world.Records(store::Kind::kAudit).size();
  world.Pass(minutes(2));
  const auto audit = world.Records(store::Kind::kAudit);
  ASSERT_EQ(audit.size(), before + 1);
  const auto line = FromRecord<model::AuditRecord>(audit.back().body).value();
  EXPECT_EQ(line.actor.principal, "acs:atelier::system");
  EXPECT_EQ(line.target, id.str());
}

TEST(Timers, AThousandDueInOneSecondKeepTheBound) {
  World world;
  world.workloads_options.max_concurrent = 8;
  world.Serve();
  std::vector<model::InstanceId> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back(world.Create("n" + std::to_string(i)));
  ASSERT_TRUE(world.PassUntil([&] {
    return std::ranges::all_of(ids, [&](const auto& id) { return world.StatusOf(id) == Running; });
  }));
  Duration due = minutes(1);
  for (const auto& id : ids) ASSERT_TRUE(SetTimer(world, id, ++due));
  world.driver.most_under_way = 0;
  world.Pass(minutes(1) + seconds(10));
  for (const auto& id : ids) ASSERT_EQ(world.StatusOf(id), Stopped);
  EXPECT_LE(world.driver.most_under_way, 8);
  EXPECT_TRUE(world.Alive().empty());
}

TEST(Timers, AStoreThatIsFullOnlyDelaysIt) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  ASSERT_TRUE(SetTimer(world, id, minutes(1)));
  world.store.fault = [](const store::Batch&) -> std::optional<Error> {
    return Error(Code::kResourceExhausted, "disk full");
  };
  world.Pass(minutes(5));
  EXPECT_EQ(world.StatusOf(id), Running);
  world.store.fault = {};
  world.Pass(minutes(1));
  EXPECT_EQ(world.StatusOf(id), Stopped);
}

}  // namespace
}  // namespace atelier::control
