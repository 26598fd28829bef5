// What the lists of services and of their instances narrow and order by: docs/contract/requests.md
// section 5 and its notes.
#include <gtest/gtest.h>

#include "unit/api/eas_support.h"

namespace atelier::api {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

class ServiceInstances : public EasApi {
 protected:
  void SetUp() override {
    Create();
    Put(One("a", 30, "172.17.0.2"));
    Put(One("b", 10, "172.17.0.20"));
    model::Replica c = One("C", 20, "");
    c.place = {};
    c.status = model::ReplicaStatus::Pending;
    c.started_at.reset();  // counts from its creation: the oldest
    Put(c);
  }
  model::Replica One(const std::string& suffix, int started_after_s, std::string inner_ip) {
    model::Replica replica = Replica(suffix);
    replica.created = world_.clock.Wall();
    replica.started_at = world_.clock.Wall() + std::chrono::seconds(started_after_s);
    replica.outfit = model::ReplicaTemplate{.machine = "ecs.c7.large", .image = {}, .port = 8000};
    replica.place.inner_ip = std::move(inner_ip);
    return replica;
  }
};

TEST_F(ServiceInstances, ComeYoungestFirstUnlessAskedOtherwise) {
  EXPECT_EQ(Names({}), "a b C 3");
  EXPECT_EQ(Names({{"Order", "asc"}}), "C b a 3");
}

TEST_F(ServiceInstances, TheKeywordLooksInFourFieldsAndIgnoresCase) {
  EXPECT_EQ(Names({{"Filter", "1-c"}}), "C 1");
  EXPECT_EQ(Names({{"Filter", "172.17.0.2"}}), "a b 2");
  EXPECT_EQ(Names({{"Filter", "10.0.0.1"}}), "a b 2");
  EXPECT_EQ(Names({{"Filter", "C7.LARGE"}}), "a b C 3");
  EXPECT_EQ(Names({{"Filter", "nothing"}}), "0");
}

TEST_F(ServiceInstances, TheOtherFiltersAreExactAndAddUp) {
  EXPECT_EQ(Names({{"InstanceIP", "172.17.0.2"}}), "a 1");
  EXPECT_EQ(Names({{"HostIP", "10.0.0.1"}}), "a b 2");
  EXPECT_EQ(Names({{"InstanceName", "foo-1"}}), "0");
  EXPECT_EQ(Names({{"InstanceName", "foo-1-b"}}), "b 1");
  EXPECT_EQ(Names({{"InstanceStatus", "Pending"}}), "C 1");
  EXPECT_EQ(Names({{"InstanceType", "ecs.c7"}}), "0");
  EXPECT_EQ(Names({{"HostIP", "10.0.0.1"}, {"InstanceStatus", "Pending"}}), "0");
}

TEST_F(ServiceInstances, EachIsFoundByTheMachineItRunsOnItself) {
  model::Replica b = One("b", 10, "");
  b.outfit->machine = "ecs.g7.xlarge";  // of an earlier version
  Put(b);
  EXPECT_EQ(Names({{"InstanceType", "ecs.g7.xlarge"}}), "b 1");
  EXPECT_EQ(Names({{"InstanceType", "ecs.c7.large"}}), "a C 2");
  EXPECT_EQ(Names({{"Filter", "G7."}}), "b 1");
}

class ServiceList : public EasApi {
 protected:
  void SetUp() override {
    model::Service one = Sample("one", world_.workspace.str(), 10);
    one.labels = {{"team", "a"}};
    model::Service two = Sample("two", world_.MakeWorkspace("second").str(), 20);
    two.status = model::ServiceStatus::Running;
    for (const auto& service : {one, two, Sample("three", "", 30)})
      world_.Write(store::Kind::kService, service.name, ToJson(service));
  }
  model::Service Sample(std::string name, std::string workspace, int age_s) {
    model::Service service;
    service.id = model::ServiceId("eas-m-" + name);
    service.config = R"({"name":")" + name + R"(","containers":[{"script":"x"}]})";
    service.name = std::move(name);
    service.workspace = model::WorkspaceId(std::move(workspace));
    service.created = world_.clock.Wall() - std::chrono::seconds(age_s);
    return service;
  }
  std::string List(Query query) {
    const Reply reply = Call("GET", kServices, "", std::move(query));
    if (reply.status != 200) return reply.text;
    std::string names;
    for (const json::value& service : reply.body.at("Services").get_array())
      names += std::string(service.at("ServiceName").get_string()) + " ";
    return names + json::serialize(reply.body.at("TotalCount"));
  }
};

TEST_F(ServiceList, ComeYoungestFirstAndFiltersAddUp) {
  const std::string first = world_.workspace.str();
  EXPECT_EQ(List({}), "one two three 3");
  EXPECT_EQ(List({{"Order", "asc"}}), "three two one 3");
  EXPECT_EQ(List({{"Filter", "T"}}), "two three 2");
  EXPECT_EQ(List({{"ServiceName", "two"}}), "two 1");
  EXPECT_EQ(List({{"ServiceUid", "eas-m-one"}}), "one 1");
  EXPECT_EQ(List({{"WorkspaceId", first}}), "one three 2");
  EXPECT_EQ(List({{"WorkspaceId", first}, {"IncludeNoWorkspace", "false"}}), "one 1");
  EXPECT_EQ(List({{"ServiceStatus", "Running"}}), "two 1");
  EXPECT_EQ(List({{"ServiceStatus", "Cloning"}}), "0");
  EXPECT_EQ(List({{"Label", R"({"team":"a"})"}}), "one 1");
  EXPECT_EQ(List({{"Label", R"({"team":"b"})"}}), "0");
}

TEST_F(ServiceList, AreWhatTheyAllAreAndNothingElse) {
  const Query kAll = {{"ServiceType", "Standard"},        {"Role", "Standard"},
                      {"ResourceType", "PublicResource"}, {"ResourceId", "eas-r-host"},
                      {"ResourceName", "host"},           {"ResourceBurstable", "false"},
                      {"Accessibility", "PUBLIC"},        {"TrafficState", "standalone"},
                      {"AutoscalerEnabled", "false"},     {"CronscalerEnabled", "false"}};
  for (const auto& each : kAll) EXPECT_EQ(List({each}), "one two three 3") << each.first;
  const Query kNone = {{"ServiceType", "Async"},
                       {"Role", "Queue"},
                       {"ResourceType", "Dedicated"},
                       {"ResourceId", "eas-r-1"},
                       {"ResourceName", "hos"},
                       {"ResourceBurstable", "true"},
                       {"Accessibility", "PRIVATE"},
                       {"TrafficState", "grouping"},
                       {"AutoscalerEnabled", "true"},
                       {"CronscalerEnabled", "true"},
                       {"Gateway", "gw-default"},
                       {"ParentServiceUid", "eas-m-one"},
                       {"QuotaId", "quota-1"},
                       {"ResourceAliasName", "host"},
                       {"CallerUid", "1"},
                       {"GroupName", "duo"}};
  for (const auto& each : kNone) EXPECT_EQ(List({each}), "0") << each.first;
}

}  // namespace
}  // namespace atelier::api
