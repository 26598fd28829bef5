#include "model/instance.h"

#include <gtest/gtest.h>

#include "base/codec.h"

namespace atelier::model {
namespace {

WallTime At(std::int64_t millis) { return WallTime{Duration{millis}}; }

constexpr std::int64_t kBoot = 77;
constexpr std::int64_t kMonth = 30LL * 24 * 3600 * 1000;

std::int64_t RunningTimeAt(const Instance& instance, const Moment& now) {
  return RunningTimeMs(RunningTimeOf(instance), now);
}

Instance RunningSince(std::int64_t wall_ms, std::int64_t boot, std::int64_t mono_ms) {
  Instance instance;
  instance.accumulated_running_ms = 1000;
  instance.running_since = At(wall_ms);
  instance.status_boot = boot;
  instance.status_mono_ms = mono_ms;
  return instance;
}

TEST(RunningTime, AddsThePresentSpanToTheFinishedOnes) {
  Instance instance;
  instance.accumulated_running_ms = 1000;
  EXPECT_EQ(RunningTimeAt(instance, {.wall = At(5000), .mono_ms = 50, .boot = kBoot}), 1000);
  EXPECT_EQ(RunningTimeAt(RunningSince(4000, kBoot, 40),
                          {.wall = At(5000), .mono_ms = 1040, .boot = kBoot}),
            2000);
}

TEST(RunningTime, Promise1IsNotMovedByStepsOfTheWallClock) {
  for (const std::int64_t step : {kMonth, -kMonth}) {
    EXPECT_EQ(RunningTimeAt(RunningSince(kMonth, kBoot, 40),
                            {.wall = At(kMonth + step + 20'000), .mono_ms = 20'040, .boot = kBoot}),
              21'000);
  }
}

TEST(RunningTime, GoesByTheWallClockAcrossARestartOfTheHost) {
  EXPECT_EQ(RunningTimeAt(RunningSince(4000, kBoot, 900'000),
                          {.wall = At(9000), .mono_ms = 10, .boot = kBoot + 1}),
            6000);
}

TEST(RunningTime, OfOlderRecordsGoesByTheWallClockAndNeverFalls) {
  const Instance old = RunningSince(4000, 0, 0);
  EXPECT_EQ(RunningTimeAt(old, {.wall = At(5000), .mono_ms = 7, .boot = kBoot}), 2000);
  EXPECT_EQ(RunningTimeAt(old, {.wall = At(5000), .mono_ms = 7, .boot = 0}), 2000);
  EXPECT_EQ(RunningTimeAt(old, {.wall = At(10), .mono_ms = 7, .boot = kBoot}), 1000);
}

TEST(InstanceRecord, IsReadBackAsWritten) {
  Instance instance;
  instance.id = InstanceId("dsw-1");
  instance.workspace = WorkspaceId("40823");
  instance.name = "one";
  instance.labels = {{"a", "b"}};
  instance.on_start = "echo \"hi\"\n";
  instance.timer = {.due = At(3), .created = At(1), .modified = At(2)};
  instance.culler = {
      .cpu_percent_threshold = 10, .gpu_percent_threshold = std::nullopt, .max_idle_minutes = 5};
  instance.status = InstanceStatus::Recovering;
  instance.desired = Desired::Stopped;
  instance.running_since = At(9);
  const auto back = FromRecord<Instance>(ToJson(instance));
  ASSERT_TRUE(back);
  EXPECT_EQ(ToJson(*back), ToJson(instance));
  EXPECT_EQ(back->timer->due, At(3));
  EXPECT_EQ(back->status, InstanceStatus::Recovering);
}

TEST(InstanceRecord, AnOlderVersionsRecordKeepsTheDefaultsOfWhatItLacks) {
  const auto back = FromRecord<Instance>(R"({"id":"dsw-1","status":"Running"})");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->generation, 1);
  EXPECT_EQ(back->priority, 1);
}

TEST(InstanceRecord, AnUnknownStatusIsDataLossNotAGuess) {
  const auto back = FromRecord<Instance>(R"({"id":"dsw-1","status":"Hibernating"})");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace atelier::model
