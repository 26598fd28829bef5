// A sharing token passes on a right of its issuer: never more than he has, and no longer. RAM and
// role sessions; the workspace role is in visibility_test.cpp.
#include <string>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

constexpr const char* kId = "dsw-shared";

std::string Statement(const std::string& effect, const std::string& action) {
  return R"({"Effect":")" + effect + R"(","Action":")" + action + R"(","Resource":"*"})";
}
std::string Document(const std::string& statements) {
  return R"({"Version":"1","Statement":[)" + statements + "]}";
}

/// ada owns an instance and may everything; bob is nobody and holds what she signs.
class PassedOn : public testing::Test {
 protected:
  PassedOn()
      : ada_(world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                             {{world_.workspace, WorkspaceRole::AlgoDeveloper}})),
        bob_(world_.MakeUser("bob", "")) {
    Own(ada_.id.str());
  }
  void Own(const std::string& owner) {
    model::Instance instance = world_.Sample(kId);
    instance.owner = model::UserId(owner);
    world_.Put(instance);
  }
  Reply Ask(const identity::NewKey& key, const std::string& type,
            const std::string& life = "3600") {
    return world_.Get(key, "/api/v2/tokens",
                      {{"InstanceId", kId}, {"Type", type}, {"ExpireTime", life}});
  }
  std::string Token(const identity::NewKey& key, const std::string& type,
                    const std::string& life = "3600") {
    const Reply reply = Ask(key, type, life);
    ExpectOk(reply);
    return reply.Text("Token");
  }
  int StatusWith(const std::string& token) {
    return world_.Get(bob_.key, std::string("/api/v2/instances/") + kId, {{"Token", token}}).status;
  }
  void Deny(const std::string& action) {
    world_.MakePolicy("deny", Statement("Deny", action));
    world_.Attach("deny", "ada");
  }
  identity::TokenClaims Claims(const std::string& token) {
    return ApiWorld::Value(world_.signer.Check(token, world_.clock.Wall()));
  }
  void MakeRunner() {
    world_.MakeRole("Runner", "AliyunPAIDSWFullAccess",
                    {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
    Own("Runner:visit");
  }

  ApiWorld world_;
  ApiWorld::Person ada_;
  ApiWorld::Person bob_;
};

TEST_F(PassedOn, ATokenEndsWithThePolicyOfItsIssuer) {
  const std::string view = Token(ada_.key, "View");
  const std::string access = Token(ada_.key, "Access");
  EXPECT_EQ(StatusWith(view), 200);
  EXPECT_EQ(StatusWith(access), 200);
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  EXPECT_EQ(StatusWith(view), 403);
  EXPECT_EQ(StatusWith(access), 403);
}

TEST_F(PassedOn, ADenyOfReadingEndsTheTokensThatRead) {
  const std::string view = Token(ada_.key, "View");
  Deny("paidsw:GetInstance");
  EXPECT_EQ(StatusWith(view), 403);
  ExpectRefused(Ask(ada_.key, "View"), 403, "NoPermission");
}

TEST_F(PassedOn, ADenyOfOpeningBitesAccessTokensAndNoOthers) {
  Deny("paidsw:OpenInstance");
  const Reply reply = Ask(ada_.key, "Access");
  ExpectRefused(reply, 403, "NoPermission");
  const json::object& detail = reply.body.at("AccessDeniedDetail").as_object();
  EXPECT_EQ(TextOf(detail, "AuthAction"), "paidsw:OpenInstance");
  EXPECT_EQ(TextOf(detail, "NoPermissionType"), "ExplicitDeny");
  EXPECT_EQ(StatusWith(Token(ada_.key, "View")), 200);
}

// docs/contract/ram-policy.md section 4: OpenInstance is the role table's name; either is enough.
TEST_F(PassedOn, EitherNameOfOpeningIsEnough) {
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  world_.MakePolicy("one", Statement("Allow", "paidsw:GetToken"));
  world_.Attach("one", "ada");
  ExpectOk(Ask(ada_.key, "Access"));
  ExpectRefused(Ask(ada_.key, "View"), 403, "NoPermission");  // she may not read herself
}

TEST_F(PassedOn, TheIssuersConditionsAreAskedOfWhoeverUsesTheToken) {
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  world_.MakePolicy("here", R"({"Effect":"Allow","Action":"paidsw:*","Resource":"*",
      "Condition":{"IpAddress":{"acs:SourceIp":"192.0.2.0/24"}}})");
  world_.Attach("here", "ada");
  const std::string token = Token(ada_.key, "View");
  EXPECT_EQ(StatusWith(token), 200);  // 192.0.2.7, as every caller of this test
  world_.MakePolicy("not-here", R"({"Effect":"Deny","Action":"paidsw:GetInstance","Resource":"*",
      "Condition":{"IpAddress":{"acs:SourceIp":"192.0.2.7"}}})");
  world_.Attach("not-here", "ada");
  EXPECT_EQ(StatusWith(token), 403);
}

TEST_F(PassedOn, ATokenOfASessionEndsWithTheSession) {
  MakeRunner();
  const identity::NewKey key = world_.Assume("Runner", "visit", "", std::chrono::minutes(15));
  const std::string token = Token(key, "View", "86400");
  EXPECT_EQ(Claims(token).expires, world_.clock.Wall() + std::chrono::minutes(15));
  world_.clock.Advance(std::chrono::minutes(15) - Duration(1));
  EXPECT_EQ(StatusWith(token), 200);
  world_.clock.Advance(Duration(1));
  EXPECT_EQ(StatusWith(token), 403);
}

TEST_F(PassedOn, ATokenOfASessionEndsWithItsKeyAndItsRole) {
  MakeRunner();
  const identity::NewKey first = world_.Assume("Runner");
  const identity::NewKey second = world_.Assume("Runner");
  const std::string of_first = Token(first, "View");
  const std::string of_second = Token(second, "View");
  ApiWorld::Check(test::Run(world_.io, world_.identity.DeleteAccessKey(first.id, world_.actor)));
  EXPECT_EQ(StatusWith(of_first), 403);
  EXPECT_EQ(StatusWith(of_second), 200);
  world_.clock.Advance(Duration(1));
  ApiWorld::Check(test::Run(world_.io, world_.identity.DeleteRole("Runner", world_.actor)));
  EXPECT_EQ(StatusWith(of_second), 403);
  MakeRunner();  // a new role of the old name is another role
  EXPECT_EQ(StatusWith(of_second), 403);
}

// Whoever disables a key that is in the wrong hands ends what it has made.
TEST_F(PassedOn, ATokenEndsWithTheAccessKeyThatMadeIt) {
  const identity::NewKey second =
      ApiWorld::Value(test::Run(world_.io, world_.identity.CreateAccessKey(ada_.id, world_.actor)));
  for (const char* type : {"View", "Access"}) {
    const std::string of_first = Token(ada_.key, type);
    const std::string of_second = Token(second, type);
    const auto set = [&](model::KeyState state) {
      ApiWorld::Check(test::Run(
          world_.io, world_.identity.SetAccessKeyState(ada_.key.id, state, world_.actor)));
    };
    set(model::KeyState::Inactive);
    EXPECT_EQ(StatusWith(of_first), 403);
    EXPECT_EQ(StatusWith(of_second), 200);
    set(model::KeyState::Active);
    EXPECT_EQ(StatusWith(of_first), 200);
  }
  const std::string last = Token(second, "View");
  ApiWorld::Check(test::Run(world_.io, world_.identity.DeleteAccessKey(second.id, world_.actor)));
  EXPECT_EQ(StatusWith(last), 403);
}

TEST_F(PassedOn, ASessionPassesOnNoMoreThanItsPolicyAllows) {
  MakeRunner();
  const identity::NewKey signs_only =
      world_.Assume("Runner", "visit", Document(Statement("Allow", "paidsw:GetToken")));
  ExpectRefused(Ask(signs_only, "View"), 403, "NoPermission");
  const identity::NewKey reads =
      world_.Assume("Runner", "visit",
                    Document(Statement("Allow", "paidsw:GetToken") + "," +
                             Statement("Allow", "paidsw:GetInstance") + "," +
                             Statement("Deny", "paidsw:OpenInstance")));
  EXPECT_EQ(StatusWith(Token(reads, "View")), 200);
  ExpectRefused(Ask(reads, "Access"), 403, "NoPermission");
}

TEST_F(PassedOn, AClaimOfASessionWithoutItsKeyPassesNothingOn) {
  MakeRunner();
  const std::string forged =
      world_.signer.Sign({.use = identity::TokenUse::View,
                          .instance = model::InstanceId(kId),
                          .issuer = model::UserId("Runner:visit"),
                          .expires = world_.clock.Wall() + std::chrono::hours(1)});
  EXPECT_EQ(StatusWith(forged), 403);
}

}  // namespace
}  // namespace atelier::api
