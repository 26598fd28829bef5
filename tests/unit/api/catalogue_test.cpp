// Catalogue and helper operations (docs/contract/lifecycle.md section 8), refusals by name, the
// emulator's clock.
#include <set>

#include <gtest/gtest.h>

#include "api/operation.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;
using Query = std::vector<std::pair<std::string, std::string>>;

TEST(ListEcsSpecs, ShowsTheCatalogueOfOneKind) {
  ApiWorld world;
  const Reply reply = world.Get(world.root, "/api/v2/ecsspecs", {{"AcceleratorType", "GPU"}});
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body.at("TotalCount"), json::value(1));
  // As text: clients that keep a number in a floating type want its point.
  EXPECT_NE(
      reply.text.find(
          R"([{"InstanceType":"ecs.gn7i-c8g1.2xlarge","AcceleratorType":"GPU","CPU":8,"Memory":30.0,)"
          R"("GPU":1,"GPUType":"NVIDIA A10","GPUMemorySize":24.0,"InstanceBandwidthRx":0,)"
          R"("SystemDiskCapacity":0,"Price":0.0,"Currency":"","IsAvailable":true,)"
          R"("SpotStockStatus":"NoStock","Labels":[]}])"),
      std::string::npos)
      << reply.text;
}

TEST(ListEcsSpecs, PagesAndOrders) {
  ApiWorld world;
  const auto names = [&](Query query) {
    query.emplace_back("AcceleratorType", "CPU");
    std::vector<std::string> found;
    const Reply reply = world.Get(world.root, "/api/v2/ecsspecs", std::move(query));
    EXPECT_EQ(reply.body.at("TotalCount"), json::value(2));
    for (const json::value& spec : reply.body.at("EcsSpecs").as_array())
      found.emplace_back(spec.at("InstanceType").as_string());
    return found;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({{"Order", "ASC"}}), (Names{"ecs.c6.large", "ecs.g6.xlarge"}));
  EXPECT_EQ(names({}), (Names{"ecs.g6.xlarge", "ecs.c6.large"}));
  EXPECT_EQ(names({{"PageSize", "1"}, {"PageNumber", "2"}}), Names{"ecs.c6.large"});
  EXPECT_EQ(names({{"PageNumber", "9223372036854775807"}, {"PageSize", "1000"}}), Names{});
}

TEST(ListEcsSpecs, NeedsItsKind) {
  ApiWorld world;
  EXPECT_EQ(world.Get(world.root, "/api/v2/ecsspecs").message(), "AcceleratorType is required.");
  EXPECT_EQ(world.Get(world.root, "/api/v2/ecsspecs", {{"AcceleratorType", "cpu"}}).status, 400);
}

TEST(ListInstanceStatistics, CountsByStateAndWorkspace) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  model::Instance stopped = world.Sample("dsw-2");
  stopped.status = model::InstanceStatus::Stopped;
  world.Put(stopped);
  const Reply reply = world.Get(world.root, "/api/v2/instancestatistics",
                                {{"WorkspaceIds", world.workspace.str() + ",999"}});
  ASSERT_EQ(reply.status, 200) << reply.text;
  const json::value& counts = reply.body.at("Statistics").at(world.workspace.str());
  EXPECT_EQ(counts.at("RunningCount"), json::value(1));
  EXPECT_EQ(counts.at("StoppedCount"), json::value(1));
  EXPECT_EQ(counts.at("FailedCount"), json::value(0));
  EXPECT_EQ(counts.at("TotalCount"), json::value(2));
  EXPECT_EQ(reply.body.at("Statistics").at("999").at("TotalCount"), json::value(0));
  EXPECT_EQ(world.Get(world.root, "/api/v2/instancestatistics").code(), "ValidationError");
}

TEST(ListInstanceStatistics, CountsAWorkspaceThatIsNamedTwiceOnce) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  const std::string id = world.workspace.str();
  const Reply reply =
      world.Get(world.root, "/api/v2/instancestatistics", {{"WorkspaceIds", id + "," + id}});
  EXPECT_EQ(reply.body.at("Statistics").at(id).at("TotalCount"), json::value(1));
}

TEST(ListInstanceStatistics, NamesItsLimitOfWorkspaces) {
  ApiWorld world;
  std::string ids = "0";
  for (int i = 1; i <= 100; ++i) ids += "," + std::to_string(i);
  const Reply reply = world.Get(world.root, "/api/v2/instancestatistics", {{"WorkspaceIds", ids}});
  EXPECT_EQ(reply.code(), "ValidationError");
  EXPECT_EQ(reply.message(), "WorkspaceIds must have at most 100 members.");
}

TEST(GetResourceGroupStatistics, CountsTheStatesOfAQuotasInstancesThatWereCreatedInTime) {
  ApiWorld world;
  const auto put = [&](const char* id, const char* quota, model::InstanceStatus status,
                       std::int64_t created_s) {
    model::Instance instance = world.Sample(id);
    instance.payment = model::PaymentType::Subscription;
    instance.resource_id = quota;
    instance.status = status;
    instance.created = WallTime{std::chrono::seconds(created_s)};
    world.Put(instance);
  };
  // 2024-01-01T00:00:00Z is 1704067200.
  put("dsw-1", "quota1", model::InstanceStatus::Running, 1'704'067'200);
  put("dsw-2", "quota1", model::InstanceStatus::Stopped, 1'704'067'260);
  put("dsw-3", "quota1", model::InstanceStatus::Stopped, 1'704'067'261);  // after the end
  put("dsw-4", "quota2", model::InstanceStatus::Running, 1'704'067'200);
  const auto ask = [&](const std::string& quota, const char* end) {
    return world.Get(world.root, "/api/v2/resourcegroupstatistics",
                     {{"WorkspaceIds", world.workspace.str() + ",999"},
                      {"ResourceId", quota},
                      {"StartTime", "2024-01-01T00:00:00Z"},
                      {"EndTime", end}});
  };
  const Reply reply = ask("quota1", "2024-01-01T00:01:00Z");
  ASSERT_EQ(reply.status, 200) << reply.text;
  const json::object want = {{"Running", 1}, {"Stopped", 1}};
  EXPECT_EQ(reply.body.at("Statistics").at(world.workspace.str()), json::value(want));
  EXPECT_EQ(reply.body.at("Statistics").at("999"), json::value(json::object()));
  EXPECT_EQ(
      ask("no-such-quota", "2024-01-01T00:01:00Z").body.at("Statistics").at(world.workspace.str()),
      json::value(json::object()));
  EXPECT_EQ(ask("quota1", "2023-01-01T00:00:00Z").status, 400);
}

TEST(GetUserConfig, TellsThatNothingIsBilled) {
  ApiWorld world;
  const Reply reply = world.Get(world.root, "/api/v2/userconfig");
  EXPECT_EQ(reply.body.at("AccountSufficient"), json::value(true));
  EXPECT_EQ(reply.body.at("FreeTier").at("IsFreeTierUser"), json::value(false));
}

TEST(GetUserCommand, IsFoundByItsIdOrByTheInstance) {
  ApiWorld world;
  model::Instance instance = world.Sample("dsw-1");
  instance.on_start = "pip install x\n";
  instance.user_command_id = "1900";
  world.Put(instance);
  world.Put(world.Sample("dsw-2"));
  const Reply by_id = world.Get(world.root, "/api/v2/usercommands/1900");
  ASSERT_EQ(by_id.status, 200) << by_id.text;
  EXPECT_EQ(by_id.Text("UserCommandId"), "1900");
  EXPECT_EQ(by_id.body.at("OnStart").at("Content"), "pip install x\n");
  EXPECT_FALSE(by_id.body.contains("HttpStatusCode"));
  const Query of_first = {{"InstanceId", "dsw-1"}};
  EXPECT_EQ(world.Get(world.root, "/api/v2/usercommands/7", of_first).Text("UserCommandId"),
            "1900");
  EXPECT_EQ(world.Get(world.root, "/api/v2/usercommands/7").status, 404);
  const Query of_second = {{"InstanceId", "dsw-2"}};  // which has no command
  EXPECT_EQ(world.Get(world.root, "/api/v2/usercommands/1900", of_second).status, 404);
  // Characters count, not bytes, here as wherever the document says maxLength.
  std::string ids;
  for (int i = 0; i < 64; ++i) ids += "𝓣";
  EXPECT_EQ(world.Get(world.root, "/api/v2/usercommands/7", {{"InstanceId", ids}}).status, 404);
  EXPECT_EQ(world.Get(world.root, "/api/v2/usercommands/7", {{"InstanceId", ids + "a"}}).status,
            400);
  const auto stranger = world.MakeUser("alice", "AliyunPAIFullAccess");
  EXPECT_EQ(world.Get(stranger.key, "/api/v2/usercommands/1900").status, 404);
  EXPECT_EQ(world.Get(stranger.key, "/api/v2/usercommands/1900", of_first).status, 403);
}

TEST(Refused, OperationsWithoutTheirFeatureSayWhichOneIsMissing) {
  ApiWorld world;
  int refused = 0;
  for (const Operation& operation : UnimplementedDswOperations()) {
    std::string path(operation.path);
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{'))
      path.replace(open, path.find('}') - open + 1, "x");
    const Reply reply = world.Call(world.root, operation.method, path, {.body = ""});
    EXPECT_EQ(reply.status, 400) << operation.name;
    EXPECT_EQ(reply.code(), "ValidationError");
    EXPECT_TRUE(reply.message().ends_with(" not supported by this server yet.")) << reply.message();
    ++refused;
  }
  EXPECT_EQ(refused, 19);
  EXPECT_EQ(world.Get(world.root, "/api/v2/instances/dsw-1/snapshots").message(),
            "Snapshots are not supported by this server yet.");
}

TEST(EmulatorClock, IsTurnedByTheMainAccountOnly) {
  ApiWorld world;
  const Reply reply = world.Call(world.root, "POST", "/atelier/v1/clock/advance",
                                 {.body = R"({"Milliseconds":3600000})"});
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.Text("Now"), "2024-05-01T13:00:00.000Z");
  EXPECT_EQ(world.Get(world.root, "/atelier/v1/clock").Text("Now"), "2024-05-01T13:00:00.000Z");
  const auto user = world.MakeUser("alice", "AdministratorAccess");
  EXPECT_EQ(world.Get(user.key, "/atelier/v1/clock").code(), "NoPermission");
}

TEST(EmulatorClock, RefusesWhatIsNoLength) {
  ApiWorld world;
  for (const char* body : {R"({"Milliseconds":-1})", R"({"Milliseconds":"1"})", "{}", "x", "",
                           R"({"Milliseconds":99999999999999})"}) {
    const Reply reply = world.Call(world.root, "POST", "/atelier/v1/clock/advance", {.body = body});
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.code(), "InvalidParameter");
  }
}

TEST(EmulatorClock, DoesNotExistOutsideTheEmulator) {
  ApiWorld world({}, false);
  EXPECT_EQ(world.Get(world.root, "/atelier/v1/clock").code(), "InvalidAction.NotFound");
}

}  // namespace
}  // namespace atelier::api
