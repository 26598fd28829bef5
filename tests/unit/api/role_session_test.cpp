// Sessions of a role as callers: docs/contract/ram-policy.md section 6. The role is the member of
// workspaces; an instance belongs to the session that made it.
#include <string>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

class RoleSession : public testing::Test {
 protected:
  RoleSession() {
    world_.MakeRole("Runner", "AliyunPAIDSWFullAccess",
                    {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
    key_ = world_.Assume("Runner", "laptop");
  }
  Reply Create(const identity::NewKey& key, const std::string& name) {
    return world_.Call(key, "POST", "/api/v2/instances",
                       {.body = R"({"InstanceName":")" + name +
                                R"(","EcsSpec":"ecs.c6.large","ImageId":"image-lab"})"});
  }
  std::string Made(const identity::NewKey& key, const std::string& name) {
    const Reply reply = Create(key, name);
    ExpectOk(reply);
    return reply.Text("InstanceId");
  }

  ApiWorld world_;
  identity::NewKey key_;
};

TEST_F(RoleSession, CreatesInTheRolesDefaultWorkspace) {
  const auto made = world_.instances.Find(model::InstanceId(Made(key_, "mine")));
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->workspace, world_.workspace);
  EXPECT_EQ(made->owner.str(), "Runner:laptop");
}

TEST_F(RoleSession, ListsReadsAndStopsWhatItMade) {
  const std::string id = Made(key_, "mine");
  const Reply list = world_.Get(key_, "/api/v2/instances");
  ExpectOk(list);
  ASSERT_EQ(list.body.at("Instances").as_array().size(), 1U);
  EXPECT_EQ(list.body.at("Instances").at(0).at("InstanceId"), json::value(id));
  ExpectOk(world_.Get(key_, "/api/v2/instances/" + id));
  ExpectOk(world_.Get(key_, "/api/v2/tokens", {{"InstanceId", id}, {"Type", "Access"}}));
  model::Instance running = *world_.instances.Find(model::InstanceId(id));
  running.status = model::InstanceStatus::Running;  // no reconciler here brings it there
  world_.Put(running);
  ExpectOk(world_.Call(key_, "PUT", "/api/v2/instances/" + id + "/stop"));
  ExpectOk(world_.Call(key_, "DELETE", "/api/v2/instances/" + id));
}

TEST_F(RoleSession, AnotherSessionOfTheRoleIsAnotherOwner) {
  const std::string id = Made(key_, "mine");
  const identity::NewKey other = world_.Assume("Runner", "desk");
  ExpectRefused(world_.Get(other, "/api/v2/instances/" + id), 403, "NoPermissionError");
  EXPECT_EQ(world_.Get(other, "/api/v2/instances").body.at("TotalCount"), json::value(0));
  // The same session name again is the same principal, by whatever key.
  ExpectOk(world_.Get(world_.Assume("Runner", "laptop"), "/api/v2/instances/" + id));
}

TEST_F(RoleSession, OfARoleThatIsNoMemberIsAStranger) {
  const std::string id = Made(key_, "mine");
  world_.MakeRole("Outside", "AliyunPAIDSWFullAccess");
  const identity::NewKey outside = world_.Assume("Outside");
  ExpectRefused(world_.Get(outside, "/api/v2/instances/" + id), 403, "NoPermissionError");
  ExpectInvalid(Create(outside, "theirs"), "WorkspaceId is required");
  EXPECT_EQ(world_.Get(outside, "/api/v2/instances").body.at("TotalCount"), json::value(0));
}

TEST_F(RoleSession, ItsPolicyLimitsTheRole) {
  const identity::NewKey reader = world_.Assume("Runner", "laptop",
                                                R"({"Version":"1","Statement":[{"Effect":"Allow",
          "Action":"paidsw:ListInstances","Resource":"*"}]})");
  ExpectOk(world_.Get(reader, "/api/v2/instances"));
  const Reply refused = Create(reader, "mine");
  ExpectRefused(refused, 403, "NoPermission");
  const json::object& detail = refused.body.at("AccessDeniedDetail").as_object();
  EXPECT_EQ(TextOf(detail, "AuthPrincipalType"), "AssumedRoleUser");
  EXPECT_EQ(TextOf(detail, "AuthPrincipalDisplayName"), "Runner:laptop");
  EXPECT_EQ(TextOf(detail, "PolicyType"), "SessionPolicy");
}

TEST_F(RoleSession, EndsAtItsTimeWithAnAnswerThatSaysSo) {
  const identity::NewKey brief = world_.Assume("Runner", "brief", "", std::chrono::minutes(15));
  world_.clock.Advance(std::chrono::minutes(14));
  ExpectOk(world_.Get(brief, "/api/v2/instances"));
  world_.clock.Advance(std::chrono::minutes(1));
  ExpectRefused(world_.Get(brief, "/api/v2/instances"), 400, "InvalidSecurityToken.Expired");
}

TEST_F(RoleSession, HasANameWhereNamesAreShown) {
  const std::string id = Made(key_, "mine");
  EXPECT_EQ(world_.Get(key_, "/api/v2/instances/" + id).Text("UserName"), "Runner:laptop");
  world_.MakeRole("Chief", "");
  const Reply added =
      world_.Call(world_.root, "POST", "/api/v1/workspaces/" + world_.workspace.str() + "/members",
                  {.body = R"({"Members":[{"UserId":"Chief","Roles":["PAI.WorkspaceAdmin"]}]})",
                   .version = "2021-02-04"});
  ExpectOk(added);
  EXPECT_EQ(TextOf(added.body.at("Members").at(0).as_object(), "DisplayName"), "Chief");
  const Reply workspace =
      world_.Call(world_.root, "GET", "/api/v1/workspaces/" + world_.workspace.str(),
                  {.version = "2021-02-04"});
  ExpectOk(workspace);
  EXPECT_EQ(json::serialize(workspace.body.at("AdminNames")), R"(["workshop","Chief"])");
}

}  // namespace
}  // namespace atelier::api
