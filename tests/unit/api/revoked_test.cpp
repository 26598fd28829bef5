// Promise 8 under caches: what a request was answered from is never older than the right it was
// answered under. Each right is taken away between two requests that are alike.
#include <string>
#include <utility>
#include <vector>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

constexpr const char* kPath = "/api/v2/instances/dsw-1";
constexpr const char* kList = "/api/v2/instances";

class Revoked : public testing::Test {
 protected:
  Revoked()
      : ada_(world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                             {{world_.workspace, WorkspaceRole::AlgoDeveloper}})) {
    model::Instance instance = world_.Sample("dsw-1");
    instance.owner = ada_.id;
    instance.environment = {{"TOKEN", "a secret"}};
    world_.Put(instance);
  }

  Reply Get(const identity::NewKey& key, const std::string& token = {}) {
    std::vector<std::pair<std::string, std::string>> query;
    if (!token.empty()) query.emplace_back("Token", token);
    return world_.Get(key, kPath, query);
  }
  Reply List(const identity::NewKey& key) {
    return world_.Get(key, kList, {{"WorkspaceId", world_.workspace.str()}});
  }
  /// Answered twice, so that whatever is kept is kept and has been used.
  void ExpectKnown(const identity::NewKey& key) {
    for (int i = 0; i < 2; ++i) {
      ExpectOk(Get(key));
      ExpectOk(List(key));
    }
  }
  template <class T>
  void Do(Task<T> task) {
    ApiWorld::Check(test::Run(world_.io, std::move(task)));
  }
  void Leave(const ApiWorld::Person& person) {
    Do(world_.identity.DeleteMembers(
        world_.workspace, {world_.workspace.str() + "-" + person.id.str()}, world_.actor));
  }

  ApiWorld world_;
  ApiWorld::Person ada_;
};

TEST_F(Revoked, APolicyEndsWithTheNextRequest) {
  ExpectKnown(ada_.key);
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  ExpectRefused(Get(ada_.key), 403, "NoPermission");
  ExpectRefused(List(ada_.key), 403, "NoPermission");
  world_.Attach("AliyunPAIDSWFullAccess", "ada");
  ExpectOk(Get(ada_.key));
}

TEST_F(Revoked, ADenyBitesWithTheNextRequest) {
  ExpectKnown(ada_.key);
  world_.MakePolicy("deny", R"({"Effect":"Deny","Action":"paidsw:GetInstance","Resource":"*"})");
  world_.Attach("deny", "ada");
  ExpectRefused(Get(ada_.key), 403, "NoPermission");
  ExpectOk(List(ada_.key));
}

TEST_F(Revoked, AKeyEndsWithTheNextRequest) {
  ExpectKnown(ada_.key);
  Do(world_.identity.SetAccessKeyState(ada_.key.id, model::KeyState::Inactive, world_.actor));
  EXPECT_EQ(Get(ada_.key).code(), "InvalidAccessKeyId.Inactive");
  EXPECT_EQ(List(ada_.key).code(), "InvalidAccessKeyId.Inactive");
  Do(world_.identity.SetAccessKeyState(ada_.key.id, model::KeyState::Active, world_.actor));
  ExpectKnown(ada_.key);
  Do(world_.identity.DeleteAccessKey(ada_.key.id, world_.actor));
  EXPECT_EQ(Get(ada_.key).code(), "InvalidAccessKeyId.NotFound");
  EXPECT_EQ(List(ada_.key).code(), "InvalidAccessKeyId.NotFound");
}

TEST_F(Revoked, AMembershipEndsWithTheNextRequest) {
  ExpectKnown(ada_.key);
  Leave(ada_);
  EXPECT_EQ(Get(ada_.key).status, 403);
  EXPECT_EQ(List(ada_.key).status, 403);
}

TEST_F(Revoked, ASharingTokenEndsWithTheRightOfItsIssuer) {
  const ApiWorld::Person bob = world_.MakeUser("bob", "");
  const Reply made =
      world_.Get(ada_.key, "/api/v2/tokens",
                 {{"InstanceId", "dsw-1"}, {"Type", "View"}, {"ExpireTime", "3600"}});
  ExpectOk(made);
  const std::string token = made.Text("Token");
  ExpectKnown(ada_.key);
  for (int i = 0; i < 2; ++i) ExpectOk(Get(bob.key, token));
  Leave(ada_);
  EXPECT_EQ(Get(bob.key, token).status, 403);
}

TEST_F(Revoked, ARoleEndsItsSessions) {
  world_.MakeRole("Runner", "AliyunPAIDSWFullAccess",
                  {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const identity::NewKey session = world_.Assume("Runner");
  ExpectKnown(session);
  world_.clock.Advance(std::chrono::minutes(50));
  ExpectKnown(session);
  world_.clock.Advance(std::chrono::minutes(11));
  EXPECT_EQ(Get(session).code(), "InvalidSecurityToken.Expired");
  const identity::NewKey again = world_.Assume("Runner");
  ExpectKnown(again);
  Do(world_.identity.DetachPolicyFromRole("AliyunPAIDSWFullAccess", "Runner", world_.actor));
  ExpectRefused(Get(again), 403, "NoPermission");
}

TEST_F(Revoked, AnInstanceThatBecomesPrivateIsOutOfSightAtOnce) {
  const ApiWorld::Person eve = world_.MakeUser("eve", "AliyunPAIDSWFullAccess",
                                               {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  model::Instance instance = world_.Sample("dsw-1");
  instance.owner = ada_.id;
  instance.accessibility = model::Accessibility::PUBLIC;
  world_.Put(instance);
  ExpectKnown(eve.key);
  instance.accessibility = model::Accessibility::PRIVATE;
  world_.Put(instance);
  EXPECT_EQ(Get(eve.key).status, 403);
  EXPECT_EQ(List(eve.key).body.at("TotalCount"), json::value(0));
  ExpectKnown(ada_.key);
}

/// What one caller was shown is kept for the next, who may see less.
TEST_F(Revoked, SecretsAreShownToTheirOwnerWhoeverAskedBefore) {
  const ApiWorld::Person boss = world_.MakeUser(
      "boss", "AliyunPAIReadOnlyAccess", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  world_.MakePolicy("read", R"({"Effect":"Allow","Action":["paidsw:GetInstance"],"Resource":"*"})");
  world_.Attach("read", "boss");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(json::serialize(Get(ada_.key).body.at("EnvironmentVariables")),
              R"({"TOKEN":"a secret"})");
    EXPECT_EQ(json::serialize(Get(boss.key).body.at("EnvironmentVariables")), "{}");
  }
}

TEST_F(Revoked, AnAddressIsAskedForAtEachRequest) {
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  world_.MakePolicy("here", R"({"Effect":"Allow","Action":"paidsw:*","Resource":"*",
      "Condition":{"IpAddress":{"acs:SourceIp":"192.0.2.0/24"}}})");
  world_.Attach("here", "ada");
  ExpectKnown(ada_.key);
  http::RequestHead from_elsewhere = world_.Signed(ada_.key, "GET", kPath);
  from_elsewhere.source_ip = "198.51.100.7";
  ExpectRefused(world_.Send(std::move(from_elsewhere)), 403, "NoPermission");
  ExpectKnown(ada_.key);
}

TEST_F(Revoked, ASecureWayIsAskedForAtEachRequest) {
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  world_.MakePolicy("tls", R"({"Effect":"Allow","Action":"paidsw:*","Resource":"*",
      "Condition":{"Bool":{"acs:SecureTransport":"true"}}})");
  world_.Attach("tls", "ada");
  for (const bool tls : {true, false, true, false}) {
    http::RequestHead head = world_.Signed(ada_.key, "GET", kPath);
    head.tls = tls;
    EXPECT_EQ(world_.Send(std::move(head)).status, tls ? 200 : 403);
  }
}

TEST_F(Revoked, NamesAreThoseOfNow) {
  ExpectKnown(ada_.key);
  EXPECT_EQ(Get(ada_.key).Text("UserName"), "ada");
  model::User user = *world_.identities.FindUser(ada_.id);
  user.display_name = "Ada L.";
  world_.Write(store::Kind::kUser, "ada", ToJson(user));
  EXPECT_EQ(Get(ada_.key).Text("UserName"), "Ada L.");

  world_.MakeRole("Runner", "");
  model::Instance instance = world_.Sample("dsw-1");
  instance.owner = model::UserId("Runner:visit");
  world_.Put(instance);
  const auto names = [&] {
    const Reply list = List(world_.root);
    return Get(world_.root).Text("UserName") + "," +
           TextOf(list.body.at("Instances").as_array().at(0).as_object(), "UserName");
  };
  for (int i = 0; i < 2; ++i) EXPECT_EQ(names(), "Runner:visit,Runner:visit");
  Do(world_.identity.DeleteRole("Runner", world_.actor));
  EXPECT_EQ(names(), ",") << "there is no such role any more";
}

}  // namespace
}  // namespace atelier::api
