// GetInstance and the instance on the wire: docs/contract/requests.md section 4,
// docs/contract/dsw-instance.md.
#include <set>

#include <gtest/gtest.h>

#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;

std::string Path(std::string_view id) { return "/api/v2/instances/" + std::string(id); }

std::set<std::string> Keys(const json::object& object) {
  std::set<std::string> keys;
  for (const auto& member : object) keys.emplace(member.key());
  return keys;
}

TEST(GetInstance, StoredFieldsAreShownAsDocumented) {
  ApiWorld world;
  model::Instance instance = world.Sample("dsw-730x");
  instance.environment = {{"app", "MAAS"}};
  instance.labels = {{"stsTokenOwner", "123"}};
  instance.tags = {{"tag1", "value1"}};
  instance.priority = 3;
  instance.driver = "535.54.03";
  instance.image_auth = "YTpiKioqKioq";
  instance.user_command_id = "1900";
  instance.reason_code = "InternalError";
  instance.reason_message = "测试 \"quoted\"";
  instance.access_restriction_rules = {{"key", ""}};
  instance.migration_options = {{"test2", 1}};
  instance.accessibility = model::Accessibility::PUBLIC;
  world.Put(instance);
  const Reply reply = world.Get(world.root, Path("dsw-730x"));
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.Text("WorkspaceId"), world.workspace.str());
  EXPECT_EQ(reply.Text("WorkspaceName"), "default_workspace");
  EXPECT_EQ(reply.Text("InstanceId"), "dsw-730x");
  EXPECT_EQ(reply.Text("InstanceName"), "training_data");
  EXPECT_EQ(reply.Text("Status"), "Running");
  EXPECT_EQ(reply.Text("EcsSpec"), "ecs.c6.large");
  EXPECT_EQ(reply.Text("ResourceName"), "ecs.c6.large");  // pay-as-you-go: the machine type
  EXPECT_EQ(reply.Text("ResourceId"), "");
  EXPECT_EQ(reply.Text("UserId"), world.account.str());
  EXPECT_EQ(reply.Text("UserName"), "workshop");
  EXPECT_EQ(reply.Text("GmtCreateTime"), "2024-05-01T10:00:00Z");
  EXPECT_EQ(reply.Text("GmtModifiedTime"), "2024-05-01T11:00:00Z");
  EXPECT_EQ(reply.Text("PaymentType"), "PayAsYouGo");
  EXPECT_EQ(reply.Text("AcceleratorType"), "CPU");
  EXPECT_EQ(reply.Text("Accessibility"), "PUBLIC");
  EXPECT_EQ(reply.Text("ImageAuth"), "YTpiKioqKioq");
  EXPECT_EQ(reply.Text("Driver"), "535.54.03");
  EXPECT_EQ(reply.Text("UserCommandId"), "1900");
  EXPECT_EQ(reply.Text("ReasonCode"), "InternalError");
  EXPECT_EQ(reply.Text("ReasonMessage"), "测试 \"quoted\"");
  EXPECT_EQ(reply.Text("ProxyPath"), "dsw-730x/proxy/");
  EXPECT_EQ(reply.Text("JupyterlabUrl"), "http://workshop.test:8080/dsw-730x/lab/");
  EXPECT_EQ(reply.Text("TerminalUrl"), "http://workshop.test:8080/dsw-730x/tty/");
  EXPECT_EQ(reply.body.at("Priority"), json::value(3));
  EXPECT_EQ(json::serialize(reply.body.at("EnvironmentVariables")), R"({"app":"MAAS"})");
  EXPECT_EQ(json::serialize(reply.body.at("Labels")), R"([{"Key":"stsTokenOwner","Value":"123"}])");
  EXPECT_EQ(json::serialize(reply.body.at("Tags")), R"([{"TagKey":"tag1","TagValue":"value1"}])");
  EXPECT_EQ(json::serialize(reply.body.at("AccessRestrictionRules")), R"({"key":""})");
  EXPECT_EQ(json::serialize(reply.body.at("MigrationOptions")), R"({"test2":1})");
}

TEST(GetInstance, Promise1RunningTimeIsNotMovedByStepsOfTheWallClock) {
  ApiWorld world;
  model::Instance instance = world.Sample("dsw-1");
  const Moment began = MomentOf(world.clock);
  instance.running_since = began.wall;
  instance.status_boot = began.boot;
  instance.status_mono_ms = began.mono_ms;
  world.Put(instance);
  for (int i = 1; i <= 2; ++i) {
    world.clock.Advance(std::chrono::seconds(20));
    world.clock.StepWall(std::chrono::hours(i == 1 ? 30 * 24 : -60 * 24));
    const json::value expected(i * 20'000);
    EXPECT_EQ(world.Get(world.root, Path("dsw-1")).body.at("AccumulatedRunningTimeInMs"), expected);
    const Reply list = world.Get(world.root, "/api/v2/instances", {{"WorkspaceId", "ALL"}});
    EXPECT_EQ(list.body.at("Instances").at(0).at("AccumulatedRunningTimeInMs"), expected);
  }
}

TEST(GetInstance, TimesAreCountedAtTheAnswer) {
  ApiWorld world;
  model::Instance instance = world.Sample("dsw-1");
  instance.accumulated_running_ms = 500;
  instance.timer = model::ShutdownTimer{.due = world.clock.Wall() + std::chrono::minutes(10),
                                        .created = world.clock.Wall(),
                                        .modified = world.clock.Wall()};
  instance.culler = model::IdleCuller{
      .cpu_percent_threshold = 20, .gpu_percent_threshold = {}, .max_idle_minutes = 60};
  world.Put(instance);
  world.clock.Advance(std::chrono::minutes(4));
  Reply reply = world.Get(world.root, Path("dsw-1"));
  EXPECT_EQ(reply.body.at("AccumulatedRunningTimeInMs"), json::value(64 * 60'000 + 500));
  const json::value& timer = reply.body.at("InstanceShutdownTimer");
  EXPECT_EQ(timer.at("RemainingTimeInMs"), json::value(6 * 60'000));
  EXPECT_EQ(timer.at("DueTime"), "2024-05-01T12:10:00Z");
  EXPECT_EQ(timer.at("InstanceId"), "dsw-1");
  const json::value& culler = reply.body.at("IdleInstanceCuller");
  EXPECT_EQ(culler.at("CpuPercentThreshold"), json::value(20));
  EXPECT_EQ(culler.at("MaxIdleTimeInMinutes"), json::value(60));
  EXPECT_EQ(culler.at("IdleTimeInMinutes"), json::value(0));
  world.clock.Advance(std::chrono::minutes(30));
  reply = world.Get(world.root, Path("dsw-1"));
  EXPECT_EQ(reply.body.at("InstanceShutdownTimer").at("RemainingTimeInMs"), json::value(0));
}

TEST(GetInstance, LinksAreEmptyWithoutAHostToBeginThemWith) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  const auto link = [&](std::string host) {
    return world.Call(world.root, "GET", Path("dsw-1"), {.host = std::move(host)})
        .Text("JupyterlabUrl");
  };
  EXPECT_EQ(link("my_server:8080"), "http://my_server:8080/dsw-1/lab/");
  EXPECT_EQ(link("a b"), "");
}

TEST(GetInstance, InstanceUrlIsItsPageOfTheConsoleInAnyState) {
  for (const char* apps_url : {"", "https://*.apps.example.org"}) {
    ApiWorld world({.apps_url = apps_url, .console = true});
    world.Put(world.Sample("dsw-1"));
    model::Instance stopped = world.Sample("dsw-2");
    stopped.status = model::InstanceStatus::Stopped;
    stopped.running_since.reset();
    world.Put(stopped);
    const auto page = [&](const char* id, std::string host) {
      return world.Call(world.root, "GET", Path(id), {.host = std::move(host)}).Text("InstanceUrl");
    };
    EXPECT_EQ(page("dsw-1", "my_server:8080"), "http://my_server:8080/console/instances/dsw-1");
    // What the first answer left behind names no host of it.
    EXPECT_EQ(page("dsw-1", "other:80"), "http://other:80/console/instances/dsw-1");
    EXPECT_EQ(page("dsw-2", "my_server:8080"), "http://my_server:8080/console/instances/dsw-2");
    EXPECT_EQ(page("dsw-1", "a b"), "");
  }
}

TEST(GetInstance, LinksAreEmptyWhileNobodyAnswersThere) {
  ApiWorld world;
  model::Instance instance = world.Sample("dsw-1");
  instance.status = model::InstanceStatus::Stopped;
  instance.running_since.reset();
  world.Put(instance);
  const Reply reply = world.Get(world.root, Path("dsw-1"));
  EXPECT_EQ(reply.Text("JupyterlabUrl"), "");
  EXPECT_EQ(reply.Text("TerminalUrl"), "");
  EXPECT_EQ(reply.Text("WebIDEUrl"), "");
  EXPECT_EQ(reply.Text("InstanceUrl"), "");
}

TEST(GetInstance, WhatDoesNotExistIsEmptyOrAbsent) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  const Reply reply = world.Get(world.root, Path("dsw-1"));
  for (const char* name : {"InstanceShutdownTimer", "IdleInstanceCuller", "LatestSnapshot"})
    EXPECT_FALSE(reply.body.contains(name)) << name;
  for (const char* name :
       {"Datasets", "CloudDisks", "InstanceSnapshotList", "PodIps", "Labels", "Tags"})
    EXPECT_EQ(reply.body.at(name), json::array()) << name;
  EXPECT_EQ(
      json::serialize(reply.body.at("NodeErrorRecovery")),
      R"({"hasNodeError":false,"enableAutoSwitchOnNodeError":false,"autoSwitchCountdownSeconds":0})");
  EXPECT_EQ(json::serialize(reply.body.at("DynamicMount")), R"({"Enable":false,"MountPoints":[]})");
  EXPECT_EQ(reply.Text("TenantId"), "");
  EXPECT_FALSE(reply.body.contains("OversoldType"));  // list only
}

TEST(GetInstance, OneInstanceOfAPageShowsNothingOfTheOneBefore) {
  ApiWorld world;
  model::Instance full = world.Sample("dsw-full-of-things");
  full.priority = 9;
  full.labels = {{"team", "vision"}, {"stage", "training"}};
  full.tags = {{"cost", "research"}};
  full.timer = {.due = world.clock.Wall() + std::chrono::hours(1),
                .created = world.clock.Wall(),
                .modified = world.clock.Wall()};
  world.Put(full);
  model::Instance bare = world.Sample("dsw-2");
  bare.priority = 1;
  bare.name = "second";
  bare.status = model::InstanceStatus::Stopped;
  bare.running_since.reset();
  bare.created = bare.modified = *ParseIso8601("2023-01-02T03:04:05Z");
  world.Put(bare);
  const Reply reply = world.Get(world.root, "/api/v2/instances", {{"SortBy", "Priority"}});
  ASSERT_EQ(reply.status, 200) << reply.text;
  const json::array& page = reply.body.at("Instances").as_array();
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(json::serialize(page[0].at("Labels")),
            R"([{"Key":"team","Value":"vision"},{"Key":"stage","Value":"training"}])");
  EXPECT_EQ(json::serialize(page[0].at("Tags")), R"([{"TagKey":"cost","TagValue":"research"}])");
  EXPECT_EQ(page[0].at("JupyterlabUrl").as_string().find("/dsw-full-of-things/lab/") !=
                json::string::npos,
            true);
  EXPECT_EQ(page[0].at("GmtCreateTime"), "2024-05-01T10:00:00Z");
  const json::object& second = page[1].as_object();
  EXPECT_EQ(second.at("InstanceId"), "dsw-2");
  EXPECT_EQ(second.at("Labels"), json::array());
  EXPECT_EQ(second.at("Tags"), json::array());
  EXPECT_EQ(second.at("JupyterlabUrl"), "");
  EXPECT_EQ(second.at("TerminalUrl"), "");
  EXPECT_EQ(second.at("GmtCreateTime"), "2023-01-02T03:04:05Z");
  EXPECT_EQ(second.at("GmtModifiedTime"), "2023-01-02T03:04:05Z");
  EXPECT_FALSE(second.contains("InstanceShutdownTimer"));
}

TEST(GetInstance, ListCarriesWhatOnlyListsCarry) {
  ApiWorld world;
  model::Instance instance = world.Sample("dsw-1");
  instance.oversold_type = model::OversoldType::AcceptQuotaOverSold;
  world.Put(instance);
  const Reply reply = world.Get(world.root, "/api/v2/instances");
  const json::object& item = reply.body.at("Instances").as_array().at(0).as_object();
  EXPECT_EQ(item.at("OversoldType"), "AcceptQuotaOverSold");
  EXPECT_EQ(item.at("OversoldInfo"), "");
  for (const char* name : {"ProxyPath", "UserCommandId", "PodIps", "DockerConfig",
                           "NodeErrorRecovery", "AccessRestrictionRules", "MigrationOptions"}) {
    EXPECT_FALSE(item.contains(name)) << name;
  }
}

TEST(GetInstance, FieldsSelectsTopLevelNamesAndIgnoresUnknownOnes) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  const Reply reply =
      world.Get(world.root, Path("dsw-1"), {{"Fields", "Status, Labels,Nonsense,UserVpc,PodIps"}});
  const std::set<std::string> expected = {"RequestId",      "Success",    "Code",   "Message",
                                          "HttpStatusCode", "InstanceId", "Status", "Labels",
                                          "UserVpc",        "PodIps"};
  EXPECT_EQ(Keys(reply.body), expected);
  EXPECT_GT(Keys(world.Get(world.root, Path("dsw-1"), {{"Fields", ""}}).body).size(), 50U);
}

TEST(GetInstance, UnknownIdIsNotFoundWithTheIdNamed) {
  ApiWorld world;
  for (const char* id : {"dsw-730x", "no-prefix", "a%2Fb"}) {
    const Reply reply = world.Get(world.root, Path(id));
    EXPECT_EQ(reply.status, 404) << id;
    EXPECT_EQ(reply.code(), "InternalError");
    EXPECT_EQ(reply.body.at("HttpStatusCode"), json::value(404));
  }
  EXPECT_EQ(world.Get(world.root, Path("dsw-730x")).message(), "Instance dsw-730x does not exist.");
}

TEST(GetInstance, OverLongIdIsABadParameter) {
  ApiWorld world;
  EXPECT_EQ(world.Get(world.root, Path(std::string(64, 'a'))).status, 404);
  const Reply reply = world.Get(world.root, Path(std::string(65, 'a')));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.code(), "ValidationError");
}

}  // namespace
}  // namespace atelier::api
