#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "model/service.h"
#include "support/api_world.h"

namespace atelier::api {

using test::ApiWorld;
using test::Reply;

inline constexpr std::string_view kVersion = "2021-07-01";
inline constexpr std::string_view kServices = "/api/v2/services";
inline constexpr std::string_view kFoo = "/api/v2/services/local/foo";
inline constexpr std::string_view kConfig =
    R"({"name":"foo","metadata":{"instance":2,"memory":512},"extra":{"x":1},)"
    R"("cloud":{"computing":{"instance_type":"ecs.c6.large"}},)"
    R"("containers":[{"image":"local/lab:4-py311","script":"serve","port":9000}]})";

/// The EAS API with one service to be, "foo", of two instances. No reconciler runs: services stay
/// as they were put.
class EasApi : public testing::Test {
 protected:
  Reply Call(std::string_view method, std::string_view path, std::string body = {},
             std::vector<std::pair<std::string, std::string>> query = {}) {
    return As(world_.root, method, path, std::move(body), std::move(query));
  }
  Reply As(const identity::NewKey& key, std::string_view method, std::string_view path,
           std::string body = {}, std::vector<std::pair<std::string, std::string>> query = {}) {
    test::Extra extra;
    extra.query = std::move(query);
    extra.body = std::move(body);
    extra.version = kVersion;
    return world_.Call(key, method, path, extra);
  }
  Reply Foo(std::string_view method, std::string_view rest = "", std::string body = {},
            std::vector<std::pair<std::string, std::string>> query = {}) {
    return Call(method, std::string(kFoo) + std::string(rest), std::move(body), std::move(query));
  }
  void Create() { ASSERT_EQ(Call("POST", kServices, std::string(kConfig)).status, 200); }
  void SetStatus(model::ServiceStatus status) {
    model::Service service = *world_.services.Find("foo");
    service.status = status;
    world_.Write(store::Kind::kService, "foo", ToJson(service));
  }
  model::Replica Replica(const std::string& suffix) {
    model::Replica replica;
    replica.id = model::InstanceId("easr-" + suffix);
    replica.name = "foo-1-" + suffix;
    replica.service = world_.services.Find("foo")->id;
    replica.service_name = "foo";
    replica.created = world_.clock.Wall() - std::chrono::hours(1);
    replica.started_at = world_.clock.Wall() - std::chrono::minutes(30);
    replica.status = model::ReplicaStatus::Running;
    replica.ready = true;
    replica.place = {
        .host_ip = "10.0.0.1", .host_name = "host-" + suffix, .inner_ip = {}, .zone = {}};
    return replica;
  }
  void Put(const model::Replica& replica) {
    world_.Write(store::Kind::kServiceReplica, replica.id.str(), ToJson(replica));
  }
  std::string Names(std::vector<std::pair<std::string, std::string>> query) {
    const Reply reply = Foo("GET", "/instances", "", std::move(query));
    if (reply.status != 200) return std::to_string(reply.status) + " " + reply.code();
    std::string names;
    for (const auto& instance : reply.body.at("Instances").get_array())
      names += std::string(instance.at("InstanceName").get_string()).substr(6) + " ";
    return names + json::serialize(reply.body.at("TotalCount"));
  }

  ApiWorld world_;
};

}  // namespace atelier::api
