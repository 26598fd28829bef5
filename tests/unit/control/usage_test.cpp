#include "control/dsw/reconcile/usage.h"

#include <gtest/gtest.h>

#include "unit/control/world.h"

namespace atelier::control {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kPoint = 56;  // bytes, as the class documents

runtime::Usage Counters(std::uint64_t cpu_ms) {
  runtime::Usage usage;
  usage.cpu_ms = cpu_ms;
  return usage;
}

model::Capacity TwoCores() {
  model::Capacity capacity;
  capacity.milli_cpu = 2000;
  capacity.memory_mib = 1024;
  return capacity;
}

MonoTime At(Duration time) { return MonoTime(hours(1) + time); }

TEST(UsageMeter, RatesAreBetweenTwoLooks) {
  UsageMeter meter;
  EXPECT_FALSE(meter.Add(Counters(0), At(seconds(0)), TwoCores()));
  runtime::Usage next = Counters(5'000);
  next.memory_bytes = 256U << 20U;
  next.network_in_bytes = 1000;
  next.network_out_bytes = 2000;
  next.disk_read_bytes = 3000;
  next.disk_write_bytes = 4000;
  next.executing_kernels = 2;
  const auto point = meter.Add(next, At(seconds(10)), TwoCores());
  ASSERT_TRUE(point);
  EXPECT_DOUBLE_EQ(point->cpu_cores, 0.5);
  EXPECT_DOUBLE_EQ(point->cpu_percent, 25);  // of two cores
  EXPECT_DOUBLE_EQ(point->memory_percent, 25);
  EXPECT_DOUBLE_EQ(point->network_in_rate, 100);
  EXPECT_DOUBLE_EQ(point->network_out_rate, 200);
  EXPECT_DOUBLE_EQ(point->disk_read_rate, 300);
  EXPECT_DOUBLE_EQ(point->disk_write_rate, 400);
  EXPECT_EQ(point->executing_kernels, 2);
  EXPECT_FALSE(point->gpu_percent);
}

TEST(UsageMeter, CountersThatGoBackAreANewBaseLine) {
  UsageMeter meter;
  meter.Add(Counters(5000), At(seconds(0)), TwoCores());
  EXPECT_FALSE(meter.Add(Counters(100), At(seconds(10)), TwoCores()));
  EXPECT_TRUE(meter.Add(Counters(200), At(seconds(20)), TwoCores()));
  EXPECT_FALSE(meter.Add(Counters(300), At(seconds(20)), TwoCores()));  // no time passed
}

UsagePoint Point(int number) {
  UsagePoint point;
  point.at = WallTime{Duration{number}};
  point.mono = At(seconds(number));
  point.cpu_percent = 12.5;
  point.memory_bytes = 1024.0 * 1024 * 100;
  point.executing_kernels = 3;
  return point;
}

model::InstanceId Id(int number) { return model::InstanceId("dsw-" + std::to_string(number)); }

TEST(UsageHistory, KeepsTheLatestOldestFirst) {
  UsageHistory history(3, 1U << 20U);
  for (int i = 0; i < 5; ++i) history.Add(Id(1), Point(i));
  const auto points = history.Get(Id(1));
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[0].at, WallTime{Duration{2}});
  EXPECT_EQ(points[2].at, WallTime{Duration{4}});
  EXPECT_EQ(points[2].mono, At(seconds(4)));
  EXPECT_EQ(points[2].cpu_percent, 12.5);
  EXPECT_EQ(points[2].memory_bytes, 1024.0 * 1024 * 100);
  EXPECT_EQ(points[2].executing_kernels, 3);
  EXPECT_FALSE(points[2].gpu_percent);
  EXPECT_TRUE(history.Get(Id(2)).empty());
}

TEST(UsageHistory, TheLatestIsOfWhatRuns) {
  UsageHistory history(3, 1U << 20U);
  const auto add = [&](const char* id, double cores) {
    UsagePoint point;
    point.cpu_cores = cores;
    history.Add(model::InstanceId(id), point);
  };
  for (const char* id : {"dsw-c", "dsw-a", "dsw-b"}) add(id, 1);
  add("dsw-a", 2);
  add("dsw-ended", 1);
  history.Retire(model::InstanceId("dsw-ended"));
  const LatestUsage latest = history.Latest(2);
  ASSERT_EQ(latest.points.size(), 2U);
  EXPECT_EQ(latest.points[0].first, model::InstanceId("dsw-a"));
  EXPECT_EQ(latest.points[0].second.cpu_cores, 2);
  EXPECT_EQ(latest.points[1].first, model::InstanceId("dsw-b"));
  EXPECT_EQ(latest.left_out, 1U);
}

TEST(UsageHistory, StaysWithinItsBudget) {
  UsageHistory history(100, 1000 * kPoint);
  for (int i = 0; i < 200; ++i) {
    for (int id = 0; id < 50; ++id) history.Add(Id(id), Point(i));
  }
  EXPECT_LE(history.points(), 1000u + 50u);
  for (int id = 0; id < 50; ++id) EXPECT_GE(history.Get(Id(id)).size(), 20u) << id;  // even shares
}

TEST(UsageHistory, WhatEndedGoesFirstTheLongestEndedFirst) {
  UsageHistory history(100, 300 * kPoint);
  for (int id = 0; id < 3; ++id) {
    for (int i = 0; i < 100; ++i) history.Add(Id(id), Point(i));
  }
  history.Retire(Id(1));
  history.Retire(Id(0));
  history.Add(Id(3), Point(0));
  EXPECT_TRUE(history.Get(Id(1)).empty());
  EXPECT_EQ(history.Get(Id(0)).size(), 100u);
  EXPECT_EQ(history.Get(Id(2)).size(), 100u);
}

TEST(UsageHistory, GoesOnWhenTheInstanceRunsAgain) {
  UsageHistory history(100, 1U << 20U);
  history.Add(Id(1), Point(1));
  history.Retire(Id(1));
  history.Retire(Id(1));
  history.Add(Id(1), Point(2));
  EXPECT_EQ(history.Get(Id(1)).size(), 2u);
  history.Forget(Id(1));
  EXPECT_EQ(history.points(), 0u);
}

TEST(Sampling, FillsTheHistoryOfWhatRuns) {
  World world;
  world.Serve();
  const auto id = world.Running("one", {.cpu_percent = 40, .memory_mib = 1024});
  EXPECT_TRUE(world.reconciler->History(id).empty());
  world.Pass(minutes(2));
  const auto points = world.reconciler->History(id);
  ASSERT_EQ(points.size(), 7u);  // eight looks, the first is the base line
  EXPECT_NEAR(points.back().cpu_percent, 40, 0.1);
  EXPECT_NEAR(points.back().cpu_cores, 0.8, 0.01);  // of ecs.small's two
  EXPECT_NEAR(points.back().memory_percent, 25, 0.1);
  EXPECT_EQ(points.back().at - points.front().at, seconds(90));
  ASSERT_TRUE(world.Stop(id));
  world.Pass(minutes(2));
  EXPECT_EQ(world.reconciler->History(id).size(), 7u);  // still there to be asked for
  ASSERT_TRUE(world.Delete(id));
  ASSERT_TRUE(world.Gone(id));
  EXPECT_TRUE(world.reconciler->History(id).empty());
}

TEST(Sampling, TheLagIsMeasured) {
  World world;
  world.Serve();
  world.Running("one");
  EXPECT_GE(world.workloads->LagMs(), 0);
  EXPECT_LT(world.workloads->LagMs(), 1000);
}

TEST(Sampling, TheLagGrowsWhileTheDriverHangs) {
  World world;
  world.Serve();
  const auto id = world.Create("one", {.hang_calls = true});
  world.Pass(seconds(5));
  EXPECT_GE(world.workloads->LagMs(), 4000);
  ASSERT_TRUE(world.Delete(id));
  ASSERT_TRUE(world.Gone(id));
  EXPECT_LT(world.workloads->LagMs(), 60'000);
}

}  // namespace
}  // namespace atelier::control
