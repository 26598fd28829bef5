#include "model/instance.h"

#include <gtest/gtest.h>

#include "base/codec.h"

namespace atelier::model {
namespace {

WallTime At(std::int64_t millis) { return WallTime{Duration{millis}}; }

TEST(RunningTime, AddsThePresentSpanToTheFinishedOnes) {
  Instance instance;
  instance.accumulated_running_ms = 1000;
  EXPECT_EQ(RunningTimeMs(instance, At(5000)), 1000);
  instance.running_since = At(4000);
  EXPECT_EQ(RunningTimeMs(instance, At(5000)), 2000);
}

TEST(RunningTime, NeverFallsWhenTheWallClockIsSetBack) {
  Instance instance;
  instance.accumulated_running_ms = 1000;
  instance.running_since = At(4000);
  EXPECT_EQ(RunningTimeMs(instance, At(10)), 1000);
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
