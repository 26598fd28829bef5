#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "model/service.h"
#include "support/api_world.h"

/// Servers that the documented operations of a product can be asked of, each with a 200.
namespace atelier::test {

using Words = std::map<std::string, std::string>;

/// A server with something of everything, and what stands for its ids in the probes.
struct DocumentedWorld {
  ApiWorld world;
  Words words;
};

// EAS: the services foo (running, with two instances, versions and scalers), bar (in the group
// zeta), idle (stopped) and free (of no workspace), and the groups zeta and alpha.

inline constexpr std::string_view kFooConfig =
    R"({"name":"foo","metadata":{"instance":2,"memory":512},)"
    R"("cloud":{"computing":{"instance_type":"ecs.c6.large"}},)"
    R"("containers":[{"image":"local/lab:4-py311","script":"serve","port":9000}]})";
inline constexpr std::string_view kFooScaler =
    R"({"min":1,"max":4,"scaleStrategies":[{"metricName":"qps","threshold":7}]})";
inline constexpr std::string_view kFooCron =
    R"({"ScaleJobs":[{"Name":"old","Schedule":"0 0 9 * * *","TargetSize":1}]})";

inline void CallEas(DocumentedWorld& made, std::string_view method, const std::string& path,
                    std::string_view body,
                    std::vector<std::pair<std::string, std::string>> query = {}) {
  const Reply reply = made.world.Call(
      made.world.root, method, path,
      {.query = std::move(query), .body = std::string(body), .version = "2021-07-01"});
  ASSERT_EQ(reply.status, 200) << method << " " << path << " " << reply.text;
}

inline model::Replica FooReplica(DocumentedWorld& made, const std::string& suffix, int age) {
  model::Replica replica;
  replica.id = model::InstanceId("easr-" + suffix);
  replica.name = "foo-1-" + suffix;
  replica.service = made.world.services.Find("foo")->id;
  replica.service_name = "foo";
  replica.created = made.world.clock.Wall() - std::chrono::minutes(age);
  replica.started_at = replica.created;
  replica.status = model::ReplicaStatus::Running;
  replica.ready = true;
  replica.outfit = model::ReplicaTemplate{.machine = "ecs.c6.large", .image = "lab", .port = 9000};
  replica.place = {.host_ip = "10.0.0.1",
                   .host_name = "host",
                   .inner_ip = "10.1.0." + std::to_string(age),
                   .zone = {}};
  return replica;
}

inline void FillEas(DocumentedWorld& made) {
  ApiWorld& world = made.world;
  CallEas(made, "POST", "/api/v2/groups", R"({"Name":"zeta","Labels":{"a":"b"}})");
  world.clock.Advance(std::chrono::seconds(1));
  CallEas(made, "POST", "/api/v2/groups", R"({"Name":"alpha"})");
  CallEas(made, "PUT", "/api/v2/groups/local/alpha", R"({"TrafficMode":"customized"})");
  const std::string services = "/api/v2/services";
  CallEas(made, "POST", services, kFooConfig, {{"Labels", R"({"team":"a","zone":"z"})"}});
  world.clock.Advance(std::chrono::seconds(1));
  CallEas(made, "POST", services,
          R"({"name":"bar","metadata":{"group":"zeta"},"containers":[{"script":"serve"}]})",
          {{"Labels", R"({"shelf":"b"})"}});
  world.clock.Advance(std::chrono::seconds(1));
  CallEas(made, "POST", services, R"({"name":"idle","containers":[{"script":"serve"}]})");
  for (const int memory : {600, 700}) {
    world.clock.Advance(std::chrono::seconds(1));
    CallEas(made, "PUT", services + "/local/foo",
            R"({"metadata":{"memory":)" + std::to_string(memory) + "}}");
  }
  CallEas(made, "POST", services + "/local/foo/autoscaler", kFooScaler);
  CallEas(made, "POST", services + "/local/foo/cronscaler", kFooCron);
  const auto change = [&](const std::string& name, const std::string& of, auto&& edit) {
    model::Service service = *world.services.Find(of);
    edit(service);
    world.Write(store::Kind::kService, name, ToJson(service));
  };
  change("foo", "foo", [](auto& service) { service.status = model::ServiceStatus::Running; });
  change("idle", "idle", [](auto& service) {
    service.status = model::ServiceStatus::Stopped;
    service.desired = model::Desired::Stopped;
  });
  change("free", "idle", [](auto& service) {
    service.id = model::ServiceId("eas-m-free");
    service.name = "free";
    service.workspace = {};
  });
  model::Replica first = FooReplica(made, "a", 30);
  model::Replica second = FooReplica(made, "b", 60);
  second.last = model::LastRun{.exit_code = 1,
                               .signal = {},
                               .reason = "Error",
                               .message = "gone",
                               .started = second.created,
                               .finished = second.created,
                               .settled = true,
                               .log = "2024-05-01 10:00:00 one\n2024-05-01 11:00:00 two\n"};
  for (const model::Replica& replica : {first, second})
    world.Write(store::Kind::kServiceReplica, replica.id.str(), ToJson(replica));
  made.words = {{"$workspace", world.workspace.str()},
                {"$elsewhere", world.MakeWorkspace("elsewhere").str()},
                {"$foo", world.services.Find("foo")->id.str()},
                {"$bar", world.services.Find("bar")->id.str()}};
}

// AIRec: the recommender $instance (two data sets, the later one live), $busy, whose import is
// under way, and one without data.

inline Task<void> StopEngine(ApiWorld& world, bool& over) {
  co_await world.recommender_engine.Stop();
  over = true;
}

/// Stops the engine, whose end takes real time and waits in that of the clock.
inline void StopRecommending(ApiWorld& world) {
  const WallTime then = world.clock.Wall();
  bool over = false;
  Spawn(world.io.get_executor(), "test.stop", StopEngine(world, over));
  world.io.restart();
  while (!over) {  // NOLINT(bugprone-infinite-loop): StopEngine ends it
    world.io.run_for(std::chrono::milliseconds(1));
    world.clock.Advance(Duration(5));
  }
  world.clock.StepWall(std::chrono::duration_cast<Duration>(then - world.clock.Wall()));
}

inline void FillAirec(DocumentedWorld& made) {
  ApiWorld& world = made.world;
  const auto call = [&](std::string_view method, const std::string& path, std::string_view body) {
    const Reply reply = world.Call(world.root, method, "/v2/openapi/instances" + path,
                                   {.body = std::string(body), .version = "2020-11-26"});
    EXPECT_EQ(reply.status, 200) << path << " " << reply.text;
    return reply;
  };
  const auto make = [&](const std::string& name) {
    const Reply reply =
        call("POST", "",
             R"({"type":"Standard","chargeType":"PREPAY","paymentInfo":{"duration":1,)"
             R"("pricingCycle":"Month"},"industry":"item","name":")" +
                 name + R"(","quota":{"userCount":2000000,"itemCount":2000000,"qps":20}})");
    return std::string(reply.body.at("result").at("instanceId").as_string());
  };
  world.recommender_engine.Start();
  const std::string id = make("shop");
  world.clock.Advance(std::chrono::seconds(1));
  make("other");
  const std::string tables = "/" + id + "/tables/";
  json::array items;
  for (const char* item : {"a", "b", "c", "d"}) {
    items.push_back(
        {{"cmd", "add"},
         {"fields", {{"item_id", item}, {"item_type", "item"}, {"category_path", item}}}});
  }
  call("POST", tables + "item/actions/bulk", json::serialize(items));
  json::array behaviors;
  for (const auto& [user, item] : std::vector<std::pair<std::string, std::string>>{{"u1", "a"},
                                                                                   {"u1", "b"},
                                                                                   {"u2", "c"},
                                                                                   {"u2", "d"},
                                                                                   {"u3", "a"},
                                                                                   {"u3", "b"},
                                                                                   {"u3", "c"}}) {
    behaviors.push_back({{"cmd", "add"},
                         {"fields",
                          {{"user_id", user},
                           {"item_id", item},
                           {"item_type", "item"},
                           {"bhv_type", "buy"},
                           {"bhv_time", "1714560000"}}}});
  }
  call("POST", tables + "behavior/actions/bulk", json::serialize(behaviors));
  const auto settle = [&] {
    world.io.restart();
    while (!world.recommender_engine.Idle()) world.io.run_one();
  };
  for (int run = 0; run < 2; ++run) {
    world.clock.Advance(std::chrono::seconds(1));
    call("POST", "/" + id + "/actions/import", "");
    settle();
  }
  StopRecommending(world);  // from now on an import waits
  const std::string busy = make("importing");
  call("POST", "/" + busy + "/tables/item/actions/bulk", json::serialize(items));
  call("POST", "/" + busy + "/actions/import", "");
  const auto version = [&](const std::string& of, std::size_t number) {
    const json::value sets = call("GET", "/" + of + "/dataSets", "").body.at("result");
    return std::string(sets.at(number).at("versionId").as_string());
  };
  made.words = {{"$instance", id},
                {"$version", version(id, 1)},
                {"$busy", busy},
                {"$importing", version(busy, 0)}};
}

}  // namespace atelier::test
