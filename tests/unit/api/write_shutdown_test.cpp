// Timers, idle cullers and QueryAutoShutdownPolicies: docs/contract/lifecycle.md section 5.
#include <string>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

constexpr std::string_view kTimer = "/api/v2/instances/dsw-1/shutdowntimer";
constexpr std::string_view kCuller = "/api/v2/instances/dsw-1/idleinstanceculler";
constexpr std::string_view kQuery = "/api/v2/batch/autoshutdownpolicies/query";

class ShutdownTest : public testing::Test {
 protected:
  ShutdownTest() { world_.Put(world_.Sample("dsw-1")); }

  Reply Post(std::string_view path, std::string body) {
    return world_.Call(world_.root, "POST", path, {.body = std::move(body)});
  }
  Reply Get(std::string_view path) { return world_.Get(world_.root, path); }
  Reply Delete(std::string_view path) { return world_.Call(world_.root, "DELETE", path); }

  ApiWorld world_;  // now is 2024-05-01T12:00:00Z
};

TEST_F(ShutdownTest, ATimerBySpanShowsWhenItFiresAndWhatRemains) {
  const Reply made = Post(kTimer, R"({"RemainingTimeInMs":3600000})");
  ExpectOk(made);
  EXPECT_EQ(made.Text("InstanceId"), "dsw-1");
  EXPECT_EQ(made.body.at("HttpStatusCode"), json::value(200));
  world_.clock.Advance(std::chrono::minutes(10));
  const Reply shown = Get(kTimer);
  ExpectOk(shown);
  EXPECT_EQ(shown.Text("DueTime"), "2024-05-01T13:00:00Z");
  EXPECT_EQ(shown.Text("GmtCreateTime"), "2024-05-01T12:00:00Z");
  EXPECT_EQ(shown.Text("GmtModifiedTime"), "2024-05-01T12:00:00Z");
  EXPECT_EQ(shown.body.at("RemainingTimeInMs"), json::value(3'000'000));
}

TEST_F(ShutdownTest, RemainingTimeIsNeverBelowZero) {
  ExpectOk(Post(kTimer, R"({"RemainingTimeInMs":1000})"));
  world_.clock.Advance(std::chrono::minutes(1));
  EXPECT_EQ(Get(kTimer).body.at("RemainingTimeInMs"), json::value(0));
}

TEST_F(ShutdownTest, ASecondTimerReplacesTheFirst) {
  ExpectOk(Post(kTimer, R"({"DueTime":"2024-05-01T13:00:00Z"})"));
  world_.clock.Advance(std::chrono::minutes(1));
  ExpectOk(Post(kTimer, R"({"DueTime":"2024-05-02T00:00:00+08:00"})"));
  const Reply shown = Get(kTimer);
  EXPECT_EQ(shown.Text("DueTime"), "2024-05-01T16:00:00Z");
  EXPECT_EQ(shown.Text("GmtModifiedTime"), "2024-05-01T12:01:00Z");
}

TEST_F(ShutdownTest, TimersThatCannotBeChangeNothing) {
  const auto before = Dump(world_);
  for (const char* body :
       {"{}", R"({"DueTime":"2024-05-01T13:00:00Z","RemainingTimeInMs":1000})",
        R"({"RemainingTimeInMs":0})", R"({"RemainingTimeInMs":-1})",
        R"({"RemainingTimeInMs":9223372036854775807})", R"({"RemainingTimeInMs":"1000"})",
        R"({"DueTime":"2024-05-01T12:00:00Z"})", R"({"DueTime":"2024-04-30T00:00:00Z"})",
        R"({"DueTime":"tomorrow"})", R"({"DueTime":1})", ""}) {
    ExpectRefused(Post(kTimer, body), 400, "ValidationError");
  }
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(ShutdownTest, WithoutATimerThereIsNothingToShowOrDelete) {
  ExpectRefused(Get(kTimer), 404, "InternalError");
  ExpectRefused(Delete(kTimer), 404, "InternalError");
  ExpectOk(Post(kTimer, R"({"RemainingTimeInMs":1000})"));
  ExpectOk(Delete(kTimer));
  ExpectRefused(Get(kTimer), 404, "InternalError");
}

TEST_F(ShutdownTest, TheCullersThreeAnswersCarryNoHttpStatusCode) {
  const Reply made = Post(kCuller, R"({"CpuPercentThreshold":20,"MaxIdleTimeInMinutes":60})");
  const Reply shown = Get(kCuller);
  const Reply removed = Delete(kCuller);
  for (const Reply* reply : {&made, &shown, &removed}) {
    ExpectOk(*reply);
    EXPECT_FALSE(reply->body.contains("HttpStatusCode"));
    EXPECT_EQ(reply->body.at("Success"), json::value(true));
    EXPECT_EQ(reply->Text("InstanceId"), "dsw-1");
  }
  EXPECT_EQ(shown.body.at("CpuPercentThreshold"), json::value(20));
  EXPECT_EQ(shown.body.at("MaxIdleTimeInMinutes"), json::value(60));
  EXPECT_EQ(shown.body.at("IdleTimeInMinutes"), json::value(0));
  EXPECT_FALSE(shown.body.contains("GpuPercentThreshold"));
}

TEST_F(ShutdownTest, ASecondCullerWaitsForTheFirstToBeDeleted) {
  const std::string body = R"({"CpuPercentThreshold":20,"MaxIdleTimeInMinutes":60})";
  ExpectOk(Post(kCuller, body));
  const auto before = Dump(world_);
  ExpectInvalid(Post(kCuller, R"({"CpuPercentThreshold":30,"MaxIdleTimeInMinutes":30})"),
                "idle rule");
  EXPECT_EQ(Dump(world_), before);
  ExpectOk(Delete(kCuller));
  ExpectOk(Post(kCuller, body));
}

TEST_F(ShutdownTest, CullersThatCannotBeChangeNothing) {
  const auto before = Dump(world_);
  for (
      const char* body :
      {"{}", R"({"CpuPercentThreshold":20})", R"({"MaxIdleTimeInMinutes":60})",
       R"({"CpuPercentThreshold":0,"MaxIdleTimeInMinutes":60})",
       R"({"CpuPercentThreshold":101,"MaxIdleTimeInMinutes":60})",
       R"({"CpuPercentThreshold":20,"MaxIdleTimeInMinutes":0})",
       R"({"CpuPercentThreshold":20,"MaxIdleTimeInMinutes":99999999})",
       R"({"CpuPercentThreshold":20,"MaxIdleTimeInMinutes":99999999999})",
       R"({"CpuPercentThreshold":20.5,"MaxIdleTimeInMinutes":60})",
       R"({"CpuPercentThreshold":20,"GpuPercentThreshold":20,"MaxIdleTimeInMinutes":60})"}) {  // not
                                                                                               // a
                                                                                               // GPU
                                                                                               // instance
    ExpectRefused(Post(kCuller, body), 400, "ValidationError");
  }
  ExpectRefused(Get(kCuller), 404, "InternalError");
  ExpectRefused(Delete(kCuller), 404, "InternalError");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(ShutdownTest, GpuInstancesHaveAGpuThreshold) {
  model::Instance gpu = world_.Sample("dsw-gpu");
  gpu.name = "gpu";
  gpu.accelerator = model::AcceleratorType::GPU;
  world_.Put(gpu);
  ExpectOk(
      Post("/api/v2/instances/dsw-gpu/idleinstanceculler",
           R"({"CpuPercentThreshold":20,"GpuPercentThreshold":10,"MaxIdleTimeInMinutes":60})"));
  EXPECT_EQ(Get("/api/v2/instances/dsw-gpu/idleinstanceculler").body.at("GpuPercentThreshold"),
            json::value(10));
}

// QueryAutoShutdownPolicies
// ---------------------------------------------------------------------------

TEST_F(ShutdownTest, PoliciesAreThoseOfRunningInstances) {
  model::Instance stopped = world_.Sample("dsw-stopped");
  stopped.name = "stopped";
  stopped.status = model::InstanceStatus::Stopped;
  stopped.culler = {.cpu_percent_threshold = 5, .gpu_percent_threshold = {}, .max_idle_minutes = 5};
  world_.Put(stopped);
  model::Instance unruled = world_.Sample("dsw-unruled");
  unruled.name = "unruled";
  world_.Put(unruled);
  ExpectOk(Post(kCuller, R"({"CpuPercentThreshold":20,"MaxIdleTimeInMinutes":60})"));
  const Reply reply =
      world_.Call(world_.root, "PUT", kQuery,
                  {.body = R"({"InstanceIds":["dsw-1","dsw-stopped","dsw-unruled","dsw-1"]})"});
  ExpectOk(reply);
  EXPECT_EQ(reply.body.size(), 2U) << "RequestId and AutoShutdownPolicies";
  EXPECT_EQ(reply.body.at("AutoShutdownPolicies"), *ParseJson(R"([{"InstanceId":"dsw-1",
      "Conditions":[{"Context":{"CpuPercentThreshold":20,"MaxIdleTimeInMinutes":60,"IdleTimeInMinutes":0},
                     "Expression":"CpuUtilization < 20% AND IdleTimeInMinutes >= 60","SourceType":"Instance"}],
      "Context":{"CpuPercentThreshold":20,"MaxIdleTimeInMinutes":60,"IdleTimeInMinutes":0},
      "Expression":"CpuUtilization < 20% AND IdleTimeInMinutes >= 60","SourceType":"Instance"}])"));
}

TEST_F(ShutdownTest, PoliciesAreAskedForByQueryTooAndBounded) {
  ExpectOk(world_.Call(world_.root, "PUT", kQuery, {.query = {{"InstanceId", "dsw-1"}}}));
  ExpectInvalid(world_.Call(world_.root, "PUT", kQuery, {.body = "{}"}), "InstanceIds");
  ExpectRefused(
      world_.Call(world_.root, "PUT", kQuery, {.body = R"({"InstanceIds":["dsw-none"]})"}), 404,
      "InternalError");
}

TEST_F(ShutdownTest, ASharingTokenShowsThePoliciesOfItsInstanceAndNoOther) {
  world_.Put([&] {
    model::Instance other = world_.Sample("dsw-2");
    other.name = "other";
    return other;
  }());
  const auto stranger = world_.MakeUser("stranger", "");
  const std::string token =
      world_.signer.Sign({.use = identity::TokenUse::View,
                          .instance = model::InstanceId("dsw-1"),
                          .issuer = model::UserId(world_.account.str()),
                          .expires = world_.clock.Wall() + std::chrono::hours(1)});
  const auto ask = [&](std::string id, std::string body) {
    return world_.Call(
        stranger.key, "PUT", kQuery,
        {.query = {{"InstanceId", std::move(id)}, {"Token", token}}, .body = std::move(body)});
  };
  ExpectOk(ask("dsw-1", ""));
  EXPECT_EQ(ask("dsw-2", "").status, 403);
  ExpectInvalid(ask("dsw-1", R"({"InstanceIds":["dsw-2"]})"), "With a Token");
}

}  // namespace
}  // namespace atelier::api
