#include "directory/index/packed.h"

#include <gtest/gtest.h>

#include "base/codec.h"
#include "unit/directory/random_world.h"

namespace atelier::directory {
namespace {

WallTime At(std::int64_t millis) { return WallTime{Duration{millis}}; }

/// No member has its default, so that one that is forgotten shows.
model::Instance Everything() {
  model::Instance i;
  i.id = model::InstanceId("dsw-1");
  i.workspace = model::WorkspaceId("2");
  i.owner = model::UserId("3");
  i.name = "Name_4";
  i.ecs_spec = "ecs.g6.large";
  i.image_id = "image-5";
  i.image_url = "registry.example/a:1";
  i.image_name = "a:1";
  i.payment = model::PaymentType::Subscription;
  i.accelerator = model::AcceleratorType::GPU;
  i.accessibility = model::Accessibility::PUBLIC;
  i.capacity = {.milli_cpu = 1,
                .memory_mib = 127,
                .milli_gpu = 128,
                .gpu_memory_mib = INT64_MAX,
                .gpu_type = "A10"};
  i.priority = -9;
  i.resource_id = "quota";
  i.environment = {{"A", ""}, {"B", std::string(300, 'x')}, {"", "no name"}};
  i.labels = {{.key = "k", .value = "v"}, {.key = "k2", .value = ""}};
  i.tags = {{.key = "t", .value = "u"}};
  i.on_start = std::string("echo\0hello", 10);
  i.user_command_id = "6";
  i.workspace_source = "source";
  i.driver = "driver";
  i.image_auth = "auth";
  i.oversold_type = model::OversoldType::AcceptQuotaOverSold;
  i.oversold_info = model::OversoldInfo::PendingQuotaOverSold;
  i.access_restriction_rules = {{"rule", "allow"}};
  i.migration_options = {{"Depth", {{"X", 1.5}}}};
  i.timer = {.due = At(1), .created = At(INT64_MIN), .modified = At(INT64_MAX)};
  i.culler = {.cpu_percent_threshold = 10,
              .gpu_percent_threshold = 20,
              .max_idle_minutes = 30,
              .standard = true,
              .extended = At(2)};
  i.credentials = {.key = "0", .env_key = "1", .role_arn = "arn", .role_type = "service"};
  i.desired = model::Desired::Deleted;
  i.generation = 7;
  i.status = model::InstanceStatus::Deleting;
  i.status_since = At(-1);
  i.status_boot = INT64_MAX;
  i.status_mono_ms = 1;
  i.reason_code = "Code";
  i.reason_message = "Message";
  i.created = At(1'700'000'000'123);
  i.modified = At(1'700'000'000'456);
  i.running_since = At(0);
  i.accumulated_running_ms = 64;
  i.session = 65;
  i.next_step = 8192;
  i.next_event = 1'000'000;
  return i;
}

TEST(PackedInstance, GivesBackEveryMember) {
  const model::Instance all = Everything();
  const PackedInstance packed(all);
  EXPECT_EQ(packed.id(), "dsw-1");
  EXPECT_EQ(packed.name(), "Name_4");
  EXPECT_EQ(ToJson(packed.Unpack()), ToJson(all));
  EXPECT_EQ(ToJson(PackedInstance(model::Instance{}).Unpack()), ToJson(model::Instance{}));
}

TEST(PackedInstance, GivesBackWhatItWasMadeOf) {
  RandomWorld world(5);
  for (std::uint64_t n = 0; n < 300; ++n) {
    const model::Instance instance = world.Instance(n);
    EXPECT_EQ(ToJson(PackedInstance(instance).Unpack()), ToJson(instance));
  }
}

}  // namespace
}  // namespace atelier::directory
