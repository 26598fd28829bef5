// docs/contract/requests.md section 5.
#include "directory/service_query.h"

#include <gtest/gtest.h>

#include "base/codec.h"

namespace atelier::directory {
namespace {

constexpr WallTime kNoon{Duration{1'767'268'800'000}};
using std::chrono::seconds;

model::Replica Sample(std::string name, int started_after_s) {
  model::Replica replica;
  replica.id = model::InstanceId("easr-" + name);
  replica.name = std::move(name);
  replica.service = model::ServiceId("eas-m-1");
  replica.service_name = "foo";
  replica.created = kNoon;
  replica.started_at = kNoon + seconds(started_after_s);
  replica.status = model::ReplicaStatus::Running;
  replica.outfit = model::Outfit{.machine = "ecs.c7.large", .image = {}, .port = 8000};
  return replica;
}

class Replicas : public ::testing::Test {
 protected:
  void Put(const model::Replica& replica) {
    const store::Change change{.record = {.kind = store::Kind::kServiceReplica,
                                          .key = replica.id.str(),
                                          .revision = ++revision_,
                                          .body = ToJson(replica)}};
    directory_.Apply({&change, 1});
  }
  void SetUp() override {
    auto a = Sample("foo-1-a", 30);
    a.place = {.host_ip = "10.0.0.1", .host_name = {}, .inner_ip = "172.17.0.2", .zone = {}};
    auto b = Sample("foo-1-b", 10);
    b.place = {.host_ip = "10.0.0.1", .host_name = {}, .inner_ip = "172.17.0.20", .zone = {}};
    auto c = Sample("foo-2-C", 20);
    c.status = model::ReplicaStatus::Pending;
    c.started_at.reset();  // counts from its creation: the oldest
    for (const auto& replica : {a, b, c}) Put(replica);
  }
  std::string List(const ReplicaQuery& query) {
    std::string names;
    const auto page = ListReplicas(directory_.ReplicasOf(model::ServiceId("eas-m-1")), query);
    for (const auto& replica : page.replicas) names += replica->name + " ";
    return names + "of " + std::to_string(page.total);
  }
  ServiceDirectory directory_;

 private:
  model::Revision revision_ = 0;
};

TEST_F(Replicas, ComeYoungestFirstUnlessAskedOtherwise) {
  EXPECT_EQ(List({}), "foo-1-a foo-1-b foo-2-C of 3");
  EXPECT_EQ(List({.ascending = true}), "foo-2-C foo-1-b foo-1-a of 3");
}

TEST_F(Replicas, TheKeywordLooksInFourFieldsAndIgnoresCase) {
  EXPECT_EQ(List({.keyword = "2-c"}), "foo-2-C of 1");
  EXPECT_EQ(List({.keyword = "172.17.0.2"}), "foo-1-a foo-1-b of 2");
  EXPECT_EQ(List({.keyword = "10.0.0.1"}), "foo-1-a foo-1-b of 2");
  EXPECT_EQ(List({.keyword = "C7.LARGE"}), "foo-1-a foo-1-b foo-2-C of 3");
  EXPECT_EQ(List({.keyword = "nothing"}), "of 0");
}

TEST_F(Replicas, TheOtherFiltersAreExactAndAddUp) {
  EXPECT_EQ(List({.inner_ip = "172.17.0.2"}), "foo-1-a of 1");
  EXPECT_EQ(List({.host_ip = "10.0.0.1"}), "foo-1-a foo-1-b of 2");
  EXPECT_EQ(List({.name = "foo-1"}), "of 0");
  EXPECT_EQ(List({.name = "foo-1-b"}), "foo-1-b of 1");
  EXPECT_EQ(List({.status = model::ReplicaStatus::Pending}), "foo-2-C of 1");
  EXPECT_EQ(List({.instance_type = "ecs.c7"}), "of 0");
  EXPECT_EQ(List({.host_ip = "10.0.0.1", .status = model::ReplicaStatus::Pending}), "of 0");
}

TEST_F(Replicas, EachIsFoundByTheMachineItRunsOnItself) {
  auto b = Sample("foo-1-b", 10);
  b.outfit->machine = "ecs.g7.xlarge";  // of an earlier version
  Put(b);
  EXPECT_EQ(List({.instance_type = "ecs.g7.xlarge"}), "foo-1-b of 1");
  EXPECT_EQ(List({.instance_type = "ecs.c7.large"}), "foo-1-a foo-2-C of 2");
  EXPECT_EQ(List({.keyword = "G7."}), "foo-1-b of 1");
}

TEST_F(Replicas, PagesAgreeWithTheTotal) {
  EXPECT_EQ(List({.page_number = 1, .page_size = 2}), "foo-1-a foo-1-b of 3");
  EXPECT_EQ(List({.page_number = 2, .page_size = 2}), "foo-2-C of 3");
  EXPECT_EQ(List({.page_number = 3, .page_size = 2}), "of 3");
  EXPECT_EQ(List({.page_number = UINT64_MAX, .page_size = 1000}), "of 3");
}

TEST_F(Replicas, AChangedOneIsThereOnceAndADeletedOneIsGone) {
  auto a = Sample("foo-1-a", 0);
  a.isolated = true;
  Put(a);
  EXPECT_EQ(List({}), "foo-1-b foo-2-C foo-1-a of 3");  // the other two began at noon
  const store::Change gone{
      .op = store::Write::Op::kDelete,
      .record = {.kind = store::Kind::kServiceReplica, .key = a.id.str(), .body = {}}};
  directory_.Apply({&gone, 1});
  EXPECT_EQ(List({}), "foo-1-b foo-2-C of 2");
  EXPECT_EQ(directory_.FindReplica(a.id), nullptr);
}

class Services : public ::testing::Test {
 protected:
  void Put(const model::Service& service) {
    const store::Change change{.record = {.kind = store::Kind::kService,
                                          .key = service.name,
                                          .revision = ++revision_,
                                          .body = ToJson(service)}};
    directory_.Apply({&change, 1});
  }
  model::Service Sample(std::string name, std::string workspace, int age_s) {
    model::Service service;
    service.id = model::ServiceId("eas-m-" + name);
    service.config = R"({"name":")" + name + R"(","containers":[{"script":"x"}]})";
    service.name = std::move(name);
    service.workspace = model::WorkspaceId(std::move(workspace));
    service.created = kNoon - seconds(age_s);
    return service;
  }
  void SetUp() override {
    auto one = Sample("one", "1", 10);
    one.labels = {{"team", "a"}};
    auto two = Sample("two", "2", 20);
    two.status = model::ServiceStatus::Running;
    for (const auto& service : {one, two, Sample("three", "", 30)}) Put(service);
  }
  std::string List(const ServiceQuery& query) {
    std::string names;
    const auto page = ListServices(directory_, query,
                                   [](const auto& service) { return service.name != "hidden"; });
    for (const auto& service : page.services) names += service->name + " ";
    return names + "of " + std::to_string(page.total);
  }
  ServiceDirectory directory_;

 private:
  model::Revision revision_ = 0;
};

TEST_F(Services, ComeYoungestFirstAndFiltersAddUp) {
  Put(Sample("hidden", "1", 0));
  EXPECT_EQ(List({}), "one two three of 3");
  EXPECT_EQ(List({.ascending = true}), "three two one of 3");
  EXPECT_EQ(List({.keyword = "T"}), "two three of 2");
  EXPECT_EQ(List({.name = "two"}), "two of 1");
  EXPECT_EQ(List({.id = "eas-m-one"}), "one of 1");
  EXPECT_EQ(List({.workspace = model::WorkspaceId("1")}), "one three of 2");
  EXPECT_EQ(List({.workspace = model::WorkspaceId("1"), .with_no_workspace = false}), "one of 1");
  EXPECT_EQ(List({.status = model::ServiceStatus::Running}), "two of 1");
  EXPECT_EQ(List({.labels = {{"team", "a"}}}), "one of 1");
  EXPECT_EQ(List({.labels = {{"team", "b"}}}), "of 0");
}

TEST_F(Services, AreFoundByNameAndIdWithTheirMeaning) {
  EXPECT_EQ(directory_.Find("one")->id.str(), "eas-m-one");
  EXPECT_EQ(directory_.FindById(model::ServiceId("eas-m-two"))->name, "two");
  EXPECT_EQ(directory_.SpecOf("one")->script, "x");
  EXPECT_GT(directory_.RevisionOf("one"), 0);
  EXPECT_EQ(directory_.Find("none"), nullptr);
  EXPECT_EQ(directory_.SpecOf("none"), nullptr);
}

TEST_F(Services, WhatCannotBeReadIsLeftOutAndCounted) {
  const store::Change broken{
      .record = {.kind = store::Kind::kService, .key = "one", .revision = 99, .body = "{"}};
  directory_.Apply({&broken, 1});
  EXPECT_EQ(directory_.Find("one"), nullptr);
  EXPECT_EQ(directory_.size(), 2u);
  EXPECT_EQ(directory_.quarantined(), 1u);
}

}  // namespace
}  // namespace atelier::directory
