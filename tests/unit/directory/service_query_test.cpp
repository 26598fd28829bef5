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
  replica.outfit = model::ReplicaTemplate{.machine = "ecs.c7.large", .image = {}, .port = 8000};
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
  ServiceDirectory directory_;

 private:
  model::Revision revision_ = 0;
};

TEST_F(Replicas, AChangedOneIsThereOnceAndADeletedOneIsGone) {
  for (const char* name : {"foo-1-a", "foo-1-b"}) Put(Sample(name, 30));
  auto a = Sample("foo-1-a", 0);
  a.isolated = true;
  Put(a);
  EXPECT_EQ(directory_.ReplicasOf(a.service).size(), 2u);
  EXPECT_TRUE(directory_.FindReplica(a.id)->isolated);
  const store::Change gone{
      .op = store::Write::Op::kDelete,
      .record = {.kind = store::Kind::kServiceReplica, .key = a.id.str(), .body = {}}};
  directory_.Apply({&gone, 1});
  EXPECT_EQ(directory_.ReplicasOf(a.service).size(), 1u);
  EXPECT_EQ(directory_.FindReplica(a.id), nullptr);
}

TEST_F(Replicas, CountAsStartedWhenTheyWereMadeUntilTheyRan) {
  auto pending = Sample("foo-1-a", 30);
  EXPECT_EQ(StartTimeOf(pending), kNoon + seconds(30));
  pending.started_at.reset();
  EXPECT_EQ(StartTimeOf(pending), kNoon);
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
  ServiceDirectory directory_;

 private:
  model::Revision revision_ = 0;
};

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
