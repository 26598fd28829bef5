// docs/contract/lifecycle.md section 5 and promise 5.
#include "control/dsw/reconcile/idle.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "support/seed.h"
#include "unit/control/world.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Advice = IdleTracker::Advice;

constexpr model::IdleCuller kRule{
    .cpu_percent_threshold = 10, .gpu_percent_threshold = std::nullopt, .max_idle_minutes = 30};
constexpr Duration kEvery = seconds(15);

UsagePoint At(Duration time, double cpu, std::optional<int> kernels = 0) {
  UsagePoint point;
  point.mono = MonoTime(hours(1) + time);
  point.cpu_percent = cpu;
  point.executing_kernels = kernels;
  return point;
}

TEST(IdleTracker, CountsFromTheFirstIdleSample) {
  IdleTracker idle(kEvery);
  EXPECT_EQ(idle.idle(), Duration(0));
  idle.Add(At(seconds(0), 1), kRule, false);
  EXPECT_EQ(idle.idle(), Duration(0));
  idle.Add(At(seconds(15), 1), kRule, false);
  EXPECT_EQ(idle.idle(), seconds(15));
}

TEST(IdleTracker, WhatIsBusyOrNotKnownStartsAgain) {
  struct Case {
    const char* what;
    UsagePoint point;
    bool has_gpu;
  };
  UsagePoint gpu_busy = At(seconds(30), 1);
  gpu_busy.gpu_percent = 10;
  UsagePoint gpu_idle = At(seconds(30), 1);
  gpu_idle.gpu_percent = 9.9;
  for (const Case& c : {Case{"CPU at the threshold", At(seconds(30), 10), false},
                        Case{"a kernel executing", At(seconds(30), 0, 1), false},
                        Case{"kernels not known", At(seconds(30), 0, std::nullopt), false},
                        Case{"GPU at the threshold", gpu_busy, true},
                        Case{"GPU not known", At(seconds(30), 1), true}}) {
    IdleTracker idle(kEvery);
    idle.Add(At(seconds(0), 1), kRule, false);
    idle.Add(At(seconds(15), 1), kRule, false);
    idle.Add(c.point, kRule, c.has_gpu);
    EXPECT_EQ(idle.idle(), Duration(0)) << c.what;
  }
  IdleTracker idle(kEvery);
  idle.Add(gpu_idle, kRule, true);
  idle.Add(At(seconds(45), 1), kRule, false);
  EXPECT_EQ(idle.idle(), seconds(15));
}

TEST(IdleTracker, AGapLongerThanThreeSamplesStartsAgain) {
  IdleTracker idle(kEvery);
  idle.Add(At(seconds(0), 1), kRule, false);
  idle.Add(At(seconds(45), 1), kRule, false);
  EXPECT_EQ(idle.idle(), seconds(45));
  idle.Add(At(seconds(45) + seconds(46), 1), kRule, false);
  EXPECT_EQ(idle.idle(), Duration(0));
}

/// Idle lengths in seconds at which it advised to warn, and to stop.
std::string AdviceOf(int max_idle_minutes, Duration every, Duration length) {
  model::IdleCuller rule = kRule;
  rule.max_idle_minutes = max_idle_minutes;
  IdleTracker idle(every);
  std::string text;
  for (Duration at{0}; at <= length; at += every) {
    const Advice advice = idle.Add(At(at, 0), rule, false);
    if (advice == Advice::kWarn) {
      text += "warn " + std::to_string(at / seconds(1)) + " ";
      idle.Warned();
    }
    if (advice == Advice::kStop) return text + "stop " + std::to_string(at / seconds(1));
  }
  return text;
}

TEST(IdleTracker, WarnsTenAndTwoMinutesBeforeTheStop) {
  EXPECT_EQ(AdviceOf(30, kEvery, hours(1)), "warn 1200 warn 1680 stop 1800");
  EXPECT_EQ(AdviceOf(11, kEvery, hours(1)), "warn 60 warn 540 stop 660");
  // No room for ten minutes: half way instead.
  EXPECT_EQ(AdviceOf(10, kEvery, hours(1)), "warn 300 warn 480 stop 600");
  EXPECT_EQ(AdviceOf(5, kEvery, hours(1)), "warn 150 warn 180 stop 300");
  EXPECT_EQ(AdviceOf(4, kEvery, hours(1)), "warn 120 stop 240");
  EXPECT_EQ(AdviceOf(1, kEvery, hours(1)), "warn 30 stop 60");
}

TEST(IdleTracker, ALateWarningDelaysTheStop) {
  EXPECT_EQ(AdviceOf(1, minutes(1), hours(1)), "warn 60 stop 120");
}

TEST(IdleTracker, NoStopBeforeTheWarningIsDurable) {
  IdleTracker idle(kEvery);
  for (Duration at{0}; at <= hours(2); at += kEvery) {
    EXPECT_NE(idle.Add(At(at, 0), kRule, false), Advice::kStop);  // nobody calls Warned
  }
}

TEST(IdleTracker, SaysWhenItIsUsedAgainAfterAWarning) {
  IdleTracker idle(kEvery);
  Duration at{0};
  while (idle.Add(At(at, 0), kRule, false) != Advice::kWarn) at += kEvery;
  idle.Warned();
  EXPECT_EQ(idle.Add(At(at + kEvery, 50), kRule, false), Advice::kResumed);
  EXPECT_EQ(idle.Add(At(at + 2 * kEvery, 50), kRule, false), Advice::kNothing);
}

TEST(IdleTracker, EvidenceHasTheNumbers) {
  IdleTracker idle(kEvery);
  idle.Add(At(seconds(0), 2.14), kRule, false);
  idle.Add(At(seconds(15), 0.5), kRule, false);
  EXPECT_EQ(idle.Evidence(kRule),
            "CPU at most 2.1 % (threshold 10 %), no kernel executing, 2 samples");
}

TEST(IdleTracker, SaysByWhichNumbersItIsUsedAgain) {
  const auto said = [](const UsagePoint& point, bool has_gpu) {
    IdleTracker idle(kEvery);
    Duration at{0};
    while (idle.Add(At(at, 0), kRule, false) != Advice::kWarn) at += kEvery;
    idle.Warned();
    UsagePoint next = point;
    next.mono = At(at, 0).mono + (point.mono - At(seconds(0), 0).mono);
    EXPECT_EQ(idle.Add(next, kRule, has_gpu), Advice::kResumed);
    return idle.Resumption(kRule);
  };
  EXPECT_EQ(said(At(kEvery, 52.34, 0), false),
            "In use again: CPU 52.3 % (threshold 10 %), 0 kernels executing");
  EXPECT_EQ(said(At(kEvery, 1, 1), false),
            "In use again: CPU 1.0 % (threshold 10 %), 1 kernel executing");
  EXPECT_EQ(said(At(kEvery, 1, std::nullopt), false),
            "In use again: CPU 1.0 % (threshold 10 %), kernels not known, which counts as use");
  UsagePoint gpu = At(kEvery, 1);
  EXPECT_EQ(said(gpu, true),
            "In use again: CPU 1.0 % (threshold 10 %), GPU not known, which counts as use, "
            "0 kernels executing");
  gpu.gpu_percent = 90;
  EXPECT_EQ(said(gpu, true),
            "In use again: CPU 1.0 % (threshold 10 %), GPU 90.0 % (threshold 10 %), "
            "0 kernels executing");
  EXPECT_EQ(said(At(seconds(61), 1), false), "No sample for 61 seconds");
}

TEST(IdleTracker, NeverStopsWithLessIdleTimeThanTheRuleSays) {
  std::mt19937_64 random(test::Seed());
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int stops = 0;
  for (int run = 0; run < 400; ++run) {
    model::IdleCuller rule = kRule;
    rule.max_idle_minutes = 1 + below(20);
    IdleTracker idle(kEvery);
    // The reference: the start of the present stretch without busy, unknown or missing samples.
    std::optional<Duration> since;
    Duration last{0};
    Duration at{0};
    const int busy_in = 2 + below(400);
    for (int sample = 0; sample < 600; ++sample) {
      Duration step = kEvery + Duration(below(2000) - 1000);
      if (below(200) == 0) step = seconds(below(600));
      at += step;
      const bool busy = below(busy_in) == 0;
      const bool unknown = below(busy_in) == 0;
      const auto advice = idle.Add(
          At(at, busy ? 10 + below(90) : below(10), unknown ? std::nullopt : std::optional(0)),
          rule, false);
      if (at - last > 3 * kEvery) since.reset();
      if (busy || unknown)
        since.reset();
      else if (!since)
        since = at;
      last = at;
      if (advice == Advice::kWarn && below(3) > 0) idle.Warned();
      if (advice != Advice::kStop) continue;
      ++stops;
      ASSERT_TRUE(since);
      ASSERT_GE(at - *since, minutes(rule.max_idle_minutes));
      break;
    }
  }
  EXPECT_GT(stops, 50);  // the property is not empty
}

model::InstanceId Culled(World& world, const runtime::Script& script, int max_idle_minutes) {
  const auto id = world.Running("one", script);
  model::IdleCuller rule = kRule;
  rule.max_idle_minutes = max_idle_minutes;
  EXPECT_TRUE(world.Do(world.instances.CreateCuller(id, rule, world.By("x"))));
  return id;
}

TEST(Culler, StopsAnIdleInstanceWithWarningsAndNumbers) {
  World world;
  world.Serve();
  const auto id = Culled(world, {.cpu_percent = 3}, 30);
  world.Pass(minutes(30) - seconds(1));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_EQ(world.reconciler->IdleMinutes(id), 29);
  world.Pass(minutes(1));
  EXPECT_EQ(world.StatusOf(id), Stopped);
  EXPECT_TRUE(world.HasEvent(id,
                             "Warning: Idle for 20.0 minutes: CPU at most 3.0 % (threshold 10 %), "
                             "no kernel executing, 81 samples. Without use it will be stopped in "
                             "10.0 minutes."));
  EXPECT_TRUE(world.HasEvent(id, "it will be stopped in 2.0 minutes."));
  EXPECT_TRUE(world.HasEvent(id,
                             "Info: Stopping: idle for 30.0 minutes of at most 30.0 minutes: CPU "
                             "at most 3.0 % (threshold 10 %), no kernel executing, 121 samples."));
}

TEST(Culler, HowLongItIsIdleMayBeAskedOnAnyThread) {
  World world;
  world.Serve();
  const auto id = Culled(world, {.cpu_percent = 3}, 30);
  std::atomic<bool> over = false;
  std::int64_t most = 0;
  std::thread asks([&] {
    while (!over) most = std::max(most, world.reconciler->IdleMinutes(id));
  });
  world.Pass(minutes(30) - seconds(1));
  over = true;
  asks.join();
  EXPECT_LE(most, 29);
  EXPECT_EQ(world.reconciler->IdleMinutes(id), 29);
}

TEST(Culler, LeavesABusyInstanceAndOneWithAnExecutingKernel) {
  World world;
  world.Serve();
  const auto busy = Culled(world, {.cpu_percent = 10}, 5);
  NewInstance request = world.Wish("two", {.executing_kernels = 1});
  const auto kernel =
      world.Do(world.instances.Create(request, std::nullopt, world.By("x"))).value();
  ASSERT_TRUE(world.Reaches(kernel, Running));
  model::IdleCuller rule = kRule;
  rule.max_idle_minutes = 5;
  ASSERT_TRUE(world.Do(world.instances.CreateCuller(kernel, rule, world.By("x"))));
  world.Pass(hours(2));
  EXPECT_EQ(world.StatusOf(busy), Running);
  EXPECT_EQ(world.StatusOf(kernel), Running);
  EXPECT_EQ(world.reconciler->IdleMinutes(busy), 0);
}

TEST(Culler, UseAfterAWarningIsToldWithItsNumbers) {
  World world;
  world.Serve();
  const auto id = Culled(world, {.cpu_percent = 3}, 30);
  world.Pass(minutes(21));
  ASSERT_TRUE(world.simulated->SetScript(id, {.cpu_percent = 50, .executing_kernels = 2}));
  world.Pass(minutes(1));
  EXPECT_EQ(world.StatusOf(id), Running);
  EXPECT_TRUE(world.HasEvent(id, "Info: In use again: CPU "));
  EXPECT_TRUE(
      world.HasEvent(id, " % (threshold 10 %), 2 kernels executing. Idle time counts from zero."));
}

TEST(Culler, WallClockJumpsNeitherCullNorBlock) {
  for (const auto jump : {days(30), days(-30)}) {
    World world;
    world.Serve();
    const auto id = Culled(world, {}, 30);
    world.Pass(minutes(10));
    world.clock.StepWall(jump);
    world.Pass(minutes(19));
    EXPECT_EQ(world.StatusOf(id), Running);
    world.Pass(minutes(2));
    EXPECT_EQ(world.StatusOf(id), Stopped);
  }
}

TEST(Culler, ASuspendedHostDoesNotCullOnWaking) {
  World world;
  world.Serve();
  const auto id = Culled(world, {}, 30);
  world.Pass(minutes(25));
  world.clock.Advance(hours(8));
  world.Pass(minutes(29));
  EXPECT_EQ(world.StatusOf(id), Running);
  world.Pass(minutes(2));
  EXPECT_EQ(world.StatusOf(id), Stopped);
}

TEST(Culler, ARestartOfTheServerBeginsAtZero) {
  World world;
  world.Serve();
  const auto id = Culled(world, {}, 30);
  world.Pass(minutes(25));
  world.Serve();
  world.Pass(minutes(29));
  EXPECT_EQ(world.StatusOf(id), Running);
  world.Pass(minutes(3));
  EXPECT_EQ(world.StatusOf(id), Stopped);
}

TEST(Culler, ANewRuleBeginsAtZero) {
  World world;
  world.Serve();
  const auto id = Culled(world, {.cpu_percent = 20}, 30);
  world.Pass(minutes(25));
  ASSERT_TRUE(world.Do(world.instances.DeleteCuller(id, world.By("x"))));
  EXPECT_EQ(world.reconciler->IdleMinutes(id), 0);
  model::IdleCuller rule = kRule;
  rule.cpu_percent_threshold = 50;
  ASSERT_TRUE(world.Do(world.instances.CreateCuller(id, rule, world.By("x"))));
  world.Pass(minutes(29));
  EXPECT_EQ(world.StatusOf(id), Running);
  world.Pass(minutes(2));
  EXPECT_EQ(world.StatusOf(id), Stopped);
}

TEST(Culler, ADriverThatDoesNotAnswerIsNotEvidence) {
  World world;
  world.Serve();
  const auto id = Culled(world, {}, 5);
  world.driver.never = [](FaultyDriver::Call call, const auto&) {
    return call == FaultyDriver::Call::kSample;
  };
  world.Pass(hours(2));
  EXPECT_EQ(world.StatusOf(id), Running);
}

TEST(Culler, AStoreThatCannotTakeTheWarningStopsNothing) {
  World world;
  world.Serve();
  const auto id = Culled(world, {}, 5);
  world.store.fault = [](const store::Batch&) -> std::optional<Error> {
    return Error(Code::kResourceExhausted, "disk full");
  };
  world.Pass(hours(1));
  EXPECT_EQ(world.StatusOf(id), Running);
  world.store.fault = {};
  world.Pass(minutes(1));
  EXPECT_EQ(world.StatusOf(id), Stopped);
  EXPECT_TRUE(world.HasEvent(id, "Warning: Idle for"));
}

TEST(Culler, AGpuAtWorkIsNotIdle) {
  World world;
  world.Serve();
  NewInstance request = world.Wish("gpu", {.gpu_percent = 50});
  request.ecs_spec = "ecs.gpu";
  const auto id = world.Do(world.instances.Create(request, std::nullopt, world.By("x"))).value();
  ASSERT_TRUE(world.Reaches(id, Running));
  model::IdleCuller rule{
      .cpu_percent_threshold = 10, .gpu_percent_threshold = 20, .max_idle_minutes = 5};
  ASSERT_TRUE(world.Do(world.instances.CreateCuller(id, rule, world.By("x"))));
  world.Pass(minutes(30));
  EXPECT_EQ(world.StatusOf(id), Running);
  ASSERT_TRUE(world.simulated->SetScript(id, {.gpu_percent = 5}));
  world.Pass(minutes(6));
  EXPECT_EQ(world.StatusOf(id), Stopped);
}

}  // namespace
}  // namespace atelier::control
