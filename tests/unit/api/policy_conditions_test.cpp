// RAM conditions on tags and on the instance itself: docs/contract/ram-policy.md section 2.3.
#include <string>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

std::string Statement(const std::string& effect, const std::string& action,
                      const std::string& condition = "") {
  return R"({"Effect":")" + effect + R"(","Action":")" + action + R"(","Resource":"*")" +
         (condition.empty() ? "" : R"(,"Condition":)" + condition) + "}";
}
std::string Equals(const std::string& key, const std::string& value) {
  return R"({"StringEquals":{")" + key + R"(":")" + value + R"("}})";
}

/// ada, an administrator of the workspace, so that only RAM can refuse her; three instances: hers,
/// tagged stage=prod; the main account's, tagged stage=test; and one without a tag.
class ConditionsTest : public testing::Test {
 protected:
  ConditionsTest()
      : ada_(world_.MakeUser("ada", "", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}})) {
    model::Instance instance = world_.Sample("dsw-prod");
    instance.owner = ada_.id;
    instance.tags = {{"stage", "prod"}};
    instance.accessibility = model::Accessibility::PUBLIC;
    instance.on_start = "true";
    instance.user_command_id = "uc-prod";
    world_.Put(instance);
    instance = world_.Sample("dsw-test");
    instance.name = "other";
    instance.tags = {{"stage", "test"}};
    instance.on_start = "true";
    instance.user_command_id = "uc-test";
    world_.Put(instance);
    instance = world_.Sample("dsw-bare");
    instance.name = "bare";
    // A label is the user's own note, no tag: it opens nothing.
    instance.labels = {{"stage", "test"}};
    world_.Put(instance);
  }

  void Policy(const std::string& statements) {
    world_.MakePolicy("mine", statements);
    world_.Attach("mine", "ada");
  }
  Reply Read(const std::string& id) { return world_.Get(ada_.key, "/api/v2/instances/" + id); }
  Reply Put(const std::string& path, std::string body = "") {
    return world_.Call(ada_.key, "PUT", path, {.body = std::move(body)});
  }
  Reply Create(const std::string& name, const std::string& tags) {
    return world_.Call(
        ada_.key, "POST", "/api/v2/instances",
        {.body = R"({"InstanceName":")" + name +
                 R"(","EcsSpec":"ecs.c6.large","ImageId":"image-lab","Tag":[)" + tags + "]}"});
  }
  static void ExpectDenied(const Reply& reply, const std::string& kind) {
    ExpectRefused(reply, 403, "NoPermission");
    ASSERT_TRUE(reply.body.contains("AccessDeniedDetail")) << reply.text;
    EXPECT_EQ(TextOf(reply.body.at("AccessDeniedDetail").as_object(), "NoPermissionType"), kind);
  }

  ApiWorld world_;
  ApiWorld::Person ada_;
};

TEST_F(ConditionsTest, ADenyOnATagOfTheInstanceBites) {
  Policy(Statement("Allow", "paidsw:*") + "," +
         Statement("Deny", "paidsw:*", Equals("acs:ResourceTag/stage", "prod")));
  const auto before = Dump(world_);
  for (const Reply& reply :
       {Read("dsw-prod"),
        Put("/api/v2/instances/dsw-prod", R"({"Priority":2})"),
        Put("/api/v2/instances/dsw-prod/start"),
        Put("/api/v2/instances/dsw-prod/stop"),
        world_.Call(ada_.key, "DELETE", "/api/v2/instances/dsw-prod"),
        Put("/api/v2/instances/dsw-prod/labels", R"({"Labels":[{"Key":"a","Value":"b"}]})"),
        world_.Call(ada_.key, "DELETE", "/api/v2/instances/dsw-prod/labels",
                    {.query = {{"LabelKeys", "a"}}}),
        world_.Call(ada_.key, "POST", "/api/v2/instances/dsw-prod/shutdowntimer",
                    {.body = R"({"RemainingTimeInMs":1000})"}),
        world_.Get(ada_.key, "/api/v2/instances/dsw-prod/shutdowntimer"),
        world_.Call(ada_.key, "DELETE", "/api/v2/instances/dsw-prod/shutdowntimer"),
        world_.Call(ada_.key, "POST", "/api/v2/instances/dsw-prod/idleinstanceculler",
                    {.body = R"({"CpuPercentThreshold":5,"MaxIdleTimeInMinutes":60})"}),
        world_.Get(ada_.key, "/api/v2/instances/dsw-prod/idleinstanceculler"),
        world_.Call(ada_.key, "DELETE", "/api/v2/instances/dsw-prod/idleinstanceculler"),
        world_.Get(ada_.key, "/api/v2/tokens", {{"InstanceId", "dsw-prod"}}),
        world_.Get(ada_.key, "/api/v2/instances/dsw-prod/lifecycle"),
        world_.Get(ada_.key, "/api/v2/instances/dsw-prod/events"),
        world_.Get(ada_.key, "/api/v2/instance/dsw-prod/metrics", {{"MetricType", "CpuCoreUsage"}}),
        world_.Get(ada_.key, "/api/v2/instance/dsw-prod/cms/metrics",
                   {{"MetricName", "CpuCoreUsage"},
                    {"Namespace", "acs_pai_dsw"},
                    {"Dimensions", R"([{"instanceId":"dsw-prod"}])"}}),
        world_.Get(ada_.key, "/api/v2/systemlogs", {{"InstanceId", "dsw-prod"}}),
        world_.Get(ada_.key, "/api/v2/usercommands/x", {{"InstanceId", "dsw-prod"}}),
        world_.Get(ada_.key, "/api/v2/usercommands/uc-prod")}) {
    ExpectDenied(reply, "ExplicitDeny");
  }
  EXPECT_EQ(Dump(world_), before);
  ExpectOk(Read("dsw-test"));
  ExpectOk(Read("dsw-bare"));
  ExpectOk(world_.Get(ada_.key, "/api/v2/usercommands/uc-test"));
  ExpectOk(Put("/api/v2/instances/dsw-test/stop"));
}

TEST_F(ConditionsTest, ADenyOnOneInstanceOfABatchStopsTheBatch) {
  Policy(Statement("Allow", "paidsw:*") + "," +
         Statement("Deny", "paidsw:*", Equals("acs:ResourceTag/stage", "prod")));
  const auto before = Dump(world_);
  const std::string both = R"({"InstanceIds":["dsw-test","dsw-prod"]})";
  ExpectDenied(Put("/api/v2/batch/instances/stop", both), "ExplicitDeny");
  ExpectDenied(Put("/api/v2/batch/instances/delete", both), "ExplicitDeny");
  ExpectDenied(Put("/api/v2/batch/autoshutdownpolicies/query", both), "ExplicitDeny");
  EXPECT_EQ(Dump(world_), before);
  ExpectOk(Put("/api/v2/batch/instances/stop", R"({"InstanceIds":["dsw-test","dsw-bare"]})"));
}

TEST_F(ConditionsTest, AnAllowOnATagOfTheInstanceGrantsThatInstanceOnly) {
  Policy(Statement("Allow", "paidsw:*", Equals("acs:ResourceTag/stage", "test")));
  ExpectOk(Read("dsw-test"));
  ExpectDenied(Read("dsw-prod"), "ImplicitDeny");
  ExpectDenied(Read("dsw-bare"), "ImplicitDeny");
  ExpectDenied(Put("/api/v2/instances/dsw-prod/stop"), "ImplicitDeny");
  ExpectDenied(Put("/api/v2/batch/instances/stop", R"({"InstanceIds":["dsw-test","dsw-prod"]})"),
               "ImplicitDeny");
  // Whether an id exists is not told to who may not read it.
  ExpectDenied(Read("dsw-nowhere"), "ImplicitDeny");
  ExpectDenied(world_.Get(ada_.key, "/api/v2/usercommands/uc-prod"), "ImplicitDeny");
  ExpectDenied(world_.Get(ada_.key, "/api/v2/usercommands/uc-nowhere"), "ImplicitDeny");
  // The keys of instances are absent from lists, and from operations without an instance.
  ExpectDenied(world_.Get(ada_.key, "/api/v2/instances"), "ImplicitDeny");
  ExpectDenied(world_.Get(ada_.key, "/api/v2/systemlogs"), "ImplicitDeny");
  ExpectDenied(Create("new", R"({"Key":"stage","Value":"test"})"), "ImplicitDeny");
}

TEST_F(ConditionsTest, TagsOfTheRequestAreThoseOfCreateInstance) {
  Policy(Statement("Allow", "paidsw:*", Equals("acs:RequestTag/team", "vision")) + "," +
         Statement("Deny", "paidsw:CreateInstance", Equals("acs:RequestTag/stage", "prod")));
  const auto before = Dump(world_);
  ExpectDenied(Create("none", ""), "ImplicitDeny");
  ExpectDenied(Create("wrong", R"({"Key":"team","Value":"speech"})"), "ImplicitDeny");
  ExpectDenied(Create("case", R"({"Key":"Team","Value":"vision"})"), "ImplicitDeny");
  ExpectDenied(Create("prod", R"({"Key":"team","Value":"vision"},{"Key":"stage","Value":"prod"})"),
               "ExplicitDeny");
  EXPECT_EQ(Dump(world_), before);
  ExpectOk(Create("good", R"({"Key":"team","Value":"vision"},{"Key":"stage","Value":"test"})"));
}

TEST_F(ConditionsTest, AccessibilityAndCreatorAreKeysToo) {
  Policy(Statement("Allow", "paidsw:GetInstance", Equals("pai:Accessibility", "PUBLIC")) + "," +
         Statement("Allow", "paidsw:StopInstance", Equals("pai:EntityAccessType", "CREATOR")));
  ExpectOk(Read("dsw-prod"));
  ExpectDenied(Read("dsw-test"), "ImplicitDeny");
  ExpectOk(Put("/api/v2/instances/dsw-prod/stop"));
  ExpectDenied(Put("/api/v2/instances/dsw-test/stop"), "ImplicitDeny");
}

TEST_F(ConditionsTest, ANegativeConditionOnATagIsDecidedByTheTagNotByItsAbsenceFromTheRequest) {
  Policy(Statement("Allow", "paidsw:*") + "," +
         Statement("Deny", "paidsw:*", R"({"StringNotEquals":{"acs:ResourceTag/stage":"test"}})"));
  ExpectOk(Read("dsw-test"));
  ExpectDenied(Read("dsw-prod"), "ExplicitDeny");
  ExpectDenied(Read("dsw-bare"), "ExplicitDeny");  // the key is absent: negative operators hold
}

TEST_F(ConditionsTest, TagsOfInstancesInForeignWorkspacesAreNotTold) {
  Policy(Statement("Allow", "paidsw:*") + "," +
         Statement("Deny", "paidsw:*", Equals("acs:ResourceTag/stage", "prod")));
  model::Instance foreign = *world_.instances.Find(model::InstanceId("dsw-prod"));
  foreign.id = model::InstanceId("dsw-foreign");
  foreign.workspace = world_.MakeWorkspace("other_place");
  world_.Put(foreign);
  const Reply there = Read("dsw-foreign");
  const Reply nowhere = Read("dsw-nowhere");
  EXPECT_EQ(there.status, nowhere.status);
  EXPECT_EQ(there.code(), nowhere.code());
}

TEST_F(ConditionsTest, ASessionPolicysConditionLimitsTheSession) {
  world_.MakeRole("Runner", "AdministratorAccess",
                  {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const identity::NewKey session = world_.Assume(
      "Runner", "visit",
      R"({"Version":"1","Statement":[)" +
          Statement("Allow", "paidsw:*", Equals("acs:ResourceTag/stage", "test")) + "]}");
  ExpectOk(world_.Get(session, "/api/v2/instances/dsw-test"));
  ExpectDenied(world_.Get(session, "/api/v2/instances/dsw-prod"), "ImplicitDeny");
}

TEST_F(ConditionsTest, TheMainAccountHasNoConditions) {
  ExpectOk(world_.Get(world_.root, "/api/v2/instances/dsw-prod"));
}

}  // namespace
}  // namespace atelier::api
