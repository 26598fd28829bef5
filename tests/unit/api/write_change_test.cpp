// UpdateInstance to DeleteInstanceLabels: docs/contract/lifecycle.md sections 1, 3, 6 and 9.
#include <string>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::InstanceStatus;
using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

class ChangeTest : public testing::Test {
 protected:
  ChangeTest() {
    running_ = world_.Sample("dsw-running");
    world_.Put(running_);
    stopped_ = world_.Sample("dsw-stopped");
    stopped_.name = "stopped";
    stopped_.status = InstanceStatus::Stopped;
    stopped_.running_since.reset();
    world_.Put(stopped_);
    for (const model::Instance* instance : {&running_, &stopped_}) {
      world_.Write(store::Kind::kInstanceName, instance->workspace.str() + "/" + instance->name,
                   ToJson(instance->id));
    }
  }

  Reply Put(std::string_view path, std::string body = "", const identity::NewKey* key = nullptr) {
    return world_.Call(key == nullptr ? world_.root : *key, "PUT", path, {.body = std::move(body)});
  }
  Reply Delete(std::string_view path, const identity::NewKey* key = nullptr) {
    return world_.Call(key == nullptr ? world_.root : *key, "DELETE", path);
  }
  Reply Update(const std::string& id, std::string body, const identity::NewKey* key = nullptr) {
    return Put("/api/v2/instances/" + id, std::move(body), key);
  }
  directory::InstancePtr Find(const std::string& id) {
    return world_.instances.Find(model::InstanceId(id));
  }
  InstanceStatus StatusOf(const std::string& id) { return Find(id)->status; }
  /// `reply` is a refusal and `before` is still the whole truth.
  void ExpectNothingChanged(const std::vector<std::string>& before) {
    EXPECT_EQ(Dump(world_), before);
  }

  ApiWorld world_;
  model::Instance running_;
  model::Instance stopped_;
};

// UpdateInstance
// --------------------------------------------------------------------------------------

TEST_F(ChangeTest, UpdateChangesOnlyWhatIsSent) {
  const Reply reply =
      Update("dsw-running", R"({"InstanceName":"renamed","Accessibility":"PUBLIC","Priority":7})");
  ExpectOk(reply);
  EXPECT_EQ(reply.Text("InstanceId"), "dsw-running");
  EXPECT_EQ(reply.body.at("HttpStatusCode"), json::value(200));
  const auto now = Find("dsw-running");
  EXPECT_EQ(now->name, "renamed");
  EXPECT_EQ(now->accessibility, model::Accessibility::PUBLIC);
  EXPECT_EQ(now->priority, 7);
  EXPECT_EQ(now->ecs_spec, running_.ecs_spec);
  EXPECT_EQ(now->environment, running_.environment);
  EXPECT_EQ(now->owner, running_.owner);
  EXPECT_EQ(now->status, InstanceStatus::Running);
  EXPECT_EQ(now->modified, world_.clock.Wall());
}

TEST_F(ChangeTest, UpdateOfWhatNeedsARestartGoesThroughUpdating) {
  ExpectOk(Update("dsw-running", R"({"EcsSpec":"ecs.g6.xlarge"})"));
  EXPECT_EQ(StatusOf("dsw-running"), InstanceStatus::Updating);
  EXPECT_EQ(Find("dsw-running")->capacity.milli_cpu, 4000);
}

TEST_F(ChangeTest, UpdateToThePresentSpecIsRefused) {
  const auto before = Dump(world_);
  ExpectInvalid(Update("dsw-running", R"({"EcsSpec":"ecs.c6.large"})"), "EcsSpec");
  ExpectNothingChanged(before);
}

TEST_F(ChangeTest, DisassociateRemovesThePart) {
  model::Instance full = world_.Sample("dsw-full");
  full.name = "full";
  full.status = InstanceStatus::Stopped;
  full.running_since.reset();
  full.environment = {{"A", "1"}};
  full.on_start = "echo";
  full.user_command_id = "1234567890";
  full.driver = "535.54.03";
  full.migration_options = {{"a", 1}};
  full.credentials = {.key = "0", .env_key = "0", .role_arn = "r", .role_type = "service"};
  world_.Put(full);
  ExpectOk(Update(
      "dsw-full",
      R"({"DisassociateEnvironmentVariables":true,"DisassociateUserCommand":true,"DisassociateDriver":true,
                      "DisassociateMigrationOptions":true,"DisassociateDatasets":true,"DisassociateVpc":true,
                      "DisassociateForwardInfos":true,"DisassociateCredential":true,"DisassociateSpot":true,
                      "DisassociateAssignNode":true})"));
  const auto now = Find("dsw-full");
  EXPECT_TRUE(now->environment.empty());
  EXPECT_FALSE(now->on_start);
  EXPECT_EQ(now->user_command_id, "");
  EXPECT_EQ(now->driver, "");
  EXPECT_TRUE(now->migration_options.empty());
  EXPECT_FALSE(now->credentials);
}

TEST_F(ChangeTest, ANewOwnerHasLentNothing) {
  const auto heir =
      world_.MakeUser("heir", "", {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  model::Instance lent = world_.Sample("dsw-lent");
  lent.name = "lent";
  lent.credentials = {.key = "0", .env_key = "0", .role_arn = "r", .role_type = "service"};
  world_.Put(lent);
  ExpectOk(Update("dsw-lent", R"({"UserId":")" + heir.id.str() + "\"}"));
  EXPECT_EQ(Find("dsw-lent")->owner, heir.id);
  EXPECT_FALSE(Find("dsw-lent")->credentials);
}

TEST_F(ChangeTest, APartIsNotSetAndRemovedAtOnce) {
  const auto before = Dump(world_);
  for (const char* body :
       {R"({"EnvironmentVariables":{"A":"1"},"DisassociateEnvironmentVariables":true})",
        R"({"UserCommand":{"OnStart":{"Content":"x"}},"DisassociateUserCommand":true})",
        R"({"Driver":"1.0","DisassociateDriver":true})",
        R"({"MigrationOptions":{},"DisassociateMigrationOptions":true})"}) {
    ExpectInvalid(Update("dsw-stopped", body), "together with Disassociate");
  }
  ExpectNothingChanged(before);
}

TEST_F(ChangeTest, UpdateKeepsTheRulesOfCreate) {
  const auto before = Dump(world_);
  for (const char* body :
       {R"({"InstanceName":"bad name"})", R"({"InstanceName":""})", R"({"Priority":0})",
        R"({"EcsSpec":"ecs.none"})", R"({"ImageId":"image-none"})", R"({"Accessibility":"NOBODY"})",
        R"({"EnvironmentVariables":{"HOME":"/"}})", R"({"ImageAuth":"%"})",
        R"({"UserId":"424242"})", R"({"StartInstance":"yes"})", R"([])",
        R"({"InstanceName":"stopped"})", R"({"Datasets":[{"Uri":"oss://x/"}]})",
        R"({"UserVpc":{"VpcId":"v"}})", R"({"CloudDisks":[{"Capacity":"30Gi"}]})",
        R"({"RequestedResource":{"CPU":"1"}})"}) {
    ExpectRefused(Update("dsw-running", body), 400, "ValidationError");
  }
  ExpectNothingChanged(before);
}

TEST_F(ChangeTest, StartInstanceTrueStartsAStoppedInstanceAfterwards) {
  ExpectOk(Update("dsw-stopped", R"({"Priority":3,"StartInstance":true})"));
  EXPECT_EQ(Find("dsw-stopped")->desired, model::Desired::Running);
}

TEST_F(ChangeTest, OnlyAdministratorsGiveInstancesAway) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                                   {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  model::Instance hers = world_.Sample("dsw-hers");
  hers.name = "hers";
  hers.owner = ada.id;
  world_.Put(hers);
  const auto before = Dump(world_);
  ExpectRefused(Update("dsw-hers", R"({"UserId":")" + world_.account.str() + "\"}", &ada.key), 403,
                "NoPermissionError");
  ExpectNothingChanged(before);
  ExpectOk(Update("dsw-hers", R"({"UserId":")" + ada.id.str() + "\"}", &ada.key));
  ExpectOk(Update("dsw-running", R"({"UserId":")" + ada.id.str() + "\"}"));
  EXPECT_EQ(Find("dsw-running")->owner, ada.id);
}

TEST_F(ChangeTest, InstancesAreGivenToMembersOfTheirWorkspaceOnly) {
  const auto eve = world_.MakeUser("eve", "");
  const auto before = Dump(world_);
  ExpectInvalid(Update("dsw-running", R"({"UserId":")" + eve.id.str() + "\"}"),
                "UserId names no user");
  ExpectNothingChanged(before);
}

// Start, stop, delete
// ---------------------------------------------------------------------------------

TEST_F(ChangeTest, StartStopAndDeleteAnswerTheId) {
  for (const Reply& reply :
       {Put("/api/v2/instances/dsw-stopped/start"), Put("/api/v2/instances/dsw-running/stop"),
        Delete("/api/v2/instances/dsw-running")}) {
    ExpectOk(reply);
    EXPECT_TRUE(reply.Text("InstanceId").starts_with("dsw-"));
    EXPECT_EQ(reply.body.at("Success"), json::value(true));
  }
  EXPECT_EQ(StatusOf("dsw-stopped"), InstanceStatus::Starting);
  EXPECT_EQ(StatusOf("dsw-running"), InstanceStatus::Deleting);
}

TEST_F(ChangeTest, WhatIsReachedAlreadyOrImpossibleIsAWrongState) {
  const auto before = Dump(world_);
  ExpectInvalid(Put("/api/v2/instances/dsw-running/start"), "Running");
  ExpectInvalid(Put("/api/v2/instances/dsw-stopped/stop"), "Stopped");
  ExpectNothingChanged(before);
  ExpectOk(Delete("/api/v2/instances/dsw-stopped"));
  const auto deleting = Dump(world_);
  ExpectInvalid(Delete("/api/v2/instances/dsw-stopped"), "Deleting");
  ExpectInvalid(Put("/api/v2/instances/dsw-stopped/start"), "Deleting");
  ExpectInvalid(Update("dsw-stopped", R"({"Priority":2})"), "Deleting");
  ExpectNothingChanged(deleting);
}

TEST_F(ChangeTest, SavingTheImageIsRefusedByName) {
  const auto before = Dump(world_);
  ExpectInvalid(world_.Call(world_.root, "PUT", "/api/v2/instances/dsw-running/stop",
                            {.query = {{"SaveImage", "true"}}}),
                "SaveImage is not supported by this server yet");
  ExpectInvalid(world_.Call(world_.root, "PUT", "/api/v2/instances/dsw-running/stop",
                            {.query = {{"SaveImage", "1"}}}),
                "SaveImage");
  ExpectNothingChanged(before);
  ExpectOk(world_.Call(world_.root, "PUT", "/api/v2/instances/dsw-running/stop",
                       {.query = {{"SaveImage", "false"}}}));
}

TEST_F(ChangeTest, AStopIsRecordedWithWhoAsked) {
  ExpectOk(Put("/api/v2/instances/dsw-running/stop"));
  const auto events =
      ApiWorld::Value(test::Run(world_.io, world_.control.Events(model::InstanceId("dsw-running"),
                                                                 std::nullopt, std::nullopt)));
  ASSERT_FALSE(events.empty());
  EXPECT_NE(events.back().message.find("StopInstance"), std::string::npos) << events.back().message;
}

TEST_F(ChangeTest, UnknownInstancesAreNotFound) {
  const auto before = Dump(world_);
  for (const Reply& reply :
       {Update("dsw-none", "{}"), Put("/api/v2/instances/dsw-none/start"),
        Put("/api/v2/instances/dsw-none/stop"), Delete("/api/v2/instances/dsw-none"),
        world_.Call(world_.root, "DELETE", "/api/v2/instances/dsw-none/labels",
                    {.query = {{"LabelKeys", "a"}}}),
        Put("/api/v2/instances/dsw-none/labels", R"({"Labels":[{"Key":"a","Value":"b"}]})"),
        Put("/api/v2/batch/instances/stop", R"({"InstanceIds":["dsw-running","dsw-none"]})"),
        Put("/api/v2/batch/instances/delete", R"({"InstanceIds":["dsw-running","dsw-none"]})")}) {
    ExpectRefused(reply, 404, "InternalError");
    EXPECT_EQ(reply.body.at("HttpStatusCode"), json::value(404));
  }
  ExpectNothingChanged(before);
}

TEST_F(ChangeTest, SomebodyElsesInstanceIsOutOfReachWithEveryOperation) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                                   {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  const auto stranger = world_.MakeUser("stranger", "AliyunPAIDSWFullAccess");
  running_.accessibility = model::Accessibility::PUBLIC;  // a developer may read it, no more
  world_.Put(running_);
  const auto before = Dump(world_);
  for (const identity::NewKey* key : {&ada.key, &stranger.key}) {
    for (const Reply& reply :
         {Update("dsw-running", R"({"Priority":2})", key),
          Put("/api/v2/instances/dsw-running/stop", "", key),
          Put("/api/v2/instances/dsw-stopped/start", "", key),
          Delete("/api/v2/instances/dsw-running", key),
          Put("/api/v2/instances/dsw-running/labels", R"({"Labels":[{"Key":"a","Value":"b"}]})",
              key),
          world_.Call(*key, "DELETE", "/api/v2/instances/dsw-running/labels",
                      {.query = {{"LabelKeys", "a"}}}),
          world_.Call(*key, "POST", "/api/v2/instances/dsw-running/shutdowntimer",
                      {.body = R"({"RemainingTimeInMs":1000})"}),
          Delete("/api/v2/instances/dsw-running/shutdowntimer", key),
          world_.Call(*key, "POST", "/api/v2/instances/dsw-running/idleinstanceculler",
                      {.body = R"({"CpuPercentThreshold":5,"MaxIdleTimeInMinutes":60})"}),
          Delete("/api/v2/instances/dsw-running/idleinstanceculler", key)}) {
      ExpectRefused(reply, 403, "NoPermissionError");
    }
  }
  ExpectNothingChanged(before);
}

TEST_F(ChangeTest, EachMutationLeavesOneAuditRecord) {
  const auto audits = [&] {
    std::size_t count = 0;
    for (const std::string& record : Dump(world_)) count += record.starts_with("13 ") ? 1 : 0;
    return count;
  };
  const std::size_t before = audits();
  ExpectOk(Put("/api/v2/instances/dsw-running/stop"));
  ExpectOk(Update("dsw-stopped", R"({"Priority":2})"));
  ExpectRefused(Put("/api/v2/instances/dsw-none/stop"), 404, "InternalError");
  EXPECT_EQ(audits(), before + 2);
}

// Batches
// ---------------------------------------------------------------------------------------------

TEST_F(ChangeTest, BatchesActOnEachAndAnswerTheIds) {
  model::Instance second = world_.Sample("dsw-second");
  second.name = "second";
  world_.Put(second);
  const Reply stopped = Put("/api/v2/batch/instances/stop",
                            R"({"InstanceIds":["dsw-running","dsw-second","dsw-running"]})");
  ExpectOk(stopped);
  EXPECT_EQ(json::serialize(stopped.body.at("InstanceIds")), R"(["dsw-running","dsw-second"])");
  EXPECT_TRUE(stopped.body.at("AccessDeniedDetail").as_object().empty());
  EXPECT_EQ(StatusOf("dsw-running"), InstanceStatus::Stopping);
  EXPECT_EQ(StatusOf("dsw-second"), InstanceStatus::Stopping);
  ExpectOk(
      Put("/api/v2/batch/instances/delete", R"({"InstanceIds":["dsw-running","dsw-second"]})"));
  EXPECT_EQ(StatusOf("dsw-second"), InstanceStatus::Deleting);
}

TEST_F(ChangeTest, ABatchWithOneWrongStateDoesNothing) {
  const auto before = Dump(world_);
  ExpectInvalid(
      Put("/api/v2/batch/instances/stop", R"({"InstanceIds":["dsw-running","dsw-stopped"]})"),
      "Stopped");
  ExpectNothingChanged(before);
}

TEST_F(ChangeTest, ABatchWithOneForbiddenInstanceDoesNothingAndNamesIt) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                                   {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  model::Instance hers = world_.Sample("dsw-hers");
  hers.name = "hers";
  hers.owner = ada.id;
  world_.Put(hers);
  const auto before = Dump(world_);
  for (const char* path : {"/api/v2/batch/instances/stop", "/api/v2/batch/instances/delete"}) {
    const Reply reply = Put(path, R"({"InstanceIds":["dsw-hers","dsw-running"]})", &ada.key);
    ExpectRefused(reply, 403, "PermissionError");
    EXPECT_NE(reply.message().find("dsw-running"), std::string::npos);
    EXPECT_EQ(reply.message().find("dsw-hers"), std::string::npos);
  }
  ExpectNothingChanged(before);
}

TEST_F(ChangeTest, BatchesAreBounded) {
  const auto before = Dump(world_);
  std::string many;
  for (int i = 0; i < 101; ++i) many += (i == 0 ? "\"dsw-" : ",\"dsw-") + std::to_string(i) + "\"";
  for (const std::string& body :
       {std::string(R"({"InstanceIds":[]})"), R"({"InstanceIds":[)" + many + "]}",
        std::string(R"({"InstanceIds":"dsw-running"})"), std::string("{}")}) {
    ExpectInvalid(Put("/api/v2/batch/instances/delete", body), "InstanceIds");
  }
  ExpectNothingChanged(before);
}

// Labels
// ----------------------------------------------------------------------------------------------

TEST_F(ChangeTest, LabelsAreAddedOrOverwrittenByKeyAndRemoved) {
  ExpectOk(Put("/api/v2/instances/dsw-running/labels",
               R"({"Labels":[{"Key":"a","Value":"1"},{"Key":"b","Value":""}]})"));
  const Reply second =
      Put("/api/v2/instances/dsw-running/labels", R"({"Labels":[{"Key":"a","Value":"2"}]})");
  ExpectOk(second);
  EXPECT_EQ(second.body.size(), 1U) << "the answer holds RequestId only";
  EXPECT_EQ(Find("dsw-running")->labels, (std::vector<model::Label>{{"a", "2"}, {"b", ""}}));
  const Reply removed = world_.Call(world_.root, "DELETE", "/api/v2/instances/dsw-running/labels",
                                    {.query = {{"LabelKeys", "a,unknown"}}});
  ExpectOk(removed);
  EXPECT_EQ(removed.body.size(), 1U);
  EXPECT_EQ(Find("dsw-running")->labels, (std::vector<model::Label>{{"b", ""}}));
}

TEST_F(ChangeTest, AnInstanceHasAtMostTwentyLabels) {
  const auto labels = [](int from, int to) {
    std::string list;
    for (int i = from; i < to; ++i) {
      list += (i == from ? "" : ",") + std::string(R"({"Key":"k)") + std::to_string(i) +
              R"(","Value":"v"})";
    }
    return R"({"Labels":[)" + list + "]}";
  };
  ExpectOk(Put("/api/v2/instances/dsw-running/labels", labels(0, 15)));
  const auto before = Dump(world_);
  ExpectInvalid(Put("/api/v2/instances/dsw-running/labels", labels(10, 21)), "limit of 20 labels");
  ExpectNothingChanged(before);
  ExpectOk(Put("/api/v2/instances/dsw-running/labels", labels(10, 20)));
}

TEST_F(ChangeTest, LabelsThatAreWrongChangeNothing) {
  const auto before = Dump(world_);
  ExpectInvalid(Put("/api/v2/instances/dsw-running/labels", R"({"Labels":[{"Key":"a"}]})"),
                "Labels[0].Value is required");
  ExpectInvalid(Put("/api/v2/instances/dsw-running/labels", R"({"Labels":[]})"),
                "Labels must have at least one");
  ExpectInvalid(Put("/api/v2/instances/dsw-running/labels", "{}"), "Labels is required");
  ExpectInvalid(
      Put("/api/v2/instances/dsw-running/labels", R"({"Labels":[{"Key":"acs:a","Value":"x"}]})"),
      "acs:");
  ExpectInvalid(Delete("/api/v2/instances/dsw-running/labels"), "LabelKeys");
  ExpectNothingChanged(before);
}

}  // namespace
}  // namespace atelier::api
