// Who sees and reads what: docs/contract/requests.md section 3, docs/contract/lifecycle.md section
// 9, promise 8.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "support/api_world.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

/// The answer with the instance's id taken out of it, and what differs in every answer.
std::string WithoutId(const Reply& reply, const std::string& id) {
  std::string text = std::to_string(reply.status) + " " + reply.code() + ": " + reply.message();
  for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id))
    text.erase(at, id.size());
  return text;
}

/// Two workspaces, seven people, seven instances: people's own in PRIVATE and PUBLIC, also those of
/// one who has left the workspace since.
class Visibility : public testing::Test {
 protected:
  Visibility() : other_(world_.MakeWorkspace("other_place")) {
    people_["developer"] = Person("developer", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
    people_["colleague"] = Person("colleague", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
    people_["operator"] = Person("operator", {{world_.workspace, WorkspaceRole::AlgoOperator}});
    people_["admin"] = Person("admin", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
    people_["outsider"] = Person("outsider", {{other_, WorkspaceRole::AlgoDeveloper}});
    people_["stranger"] = Person("stranger", {});
    people_["former"] = Person("former", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
    Own("dsw-dev-private", "developer", world_.workspace, model::Accessibility::PRIVATE);
    Own("dsw-dev-public", "developer", world_.workspace, model::Accessibility::PUBLIC);
    Own("dsw-col-private", "colleague", world_.workspace, model::Accessibility::PRIVATE);
    Own("dsw-out-private", "outsider", other_, model::Accessibility::PRIVATE);
    Own("dsw-out-public", "outsider", other_, model::Accessibility::PUBLIC);
    Own("dsw-for-private", "former", world_.workspace, model::Accessibility::PRIVATE);
    Own("dsw-for-public", "former", world_.workspace, model::Accessibility::PUBLIC);
    Leave("former");
  }

  /// Ends the membership in the first workspace.
  void Leave(const std::string& name) {
    const std::string member = world_.workspace.str() + "-" + people_.at(name).id.str();
    ApiWorld::Check(test::Run(
        world_.io, world_.identity.DeleteMembers(world_.workspace, {member}, world_.actor)));
  }

  ApiWorld::Person Person(std::string name,
                          std::vector<std::pair<model::WorkspaceId, WorkspaceRole>> roles) {
    return world_.MakeUser(std::move(name), "AliyunPAIFullAccess", std::move(roles));
  }
  void Own(std::string id, const std::string& owner, model::WorkspaceId where,
           model::Accessibility accessibility) {
    model::Instance instance = world_.Sample(std::move(id));
    instance.owner = people_.at(owner).id;
    instance.workspace = std::move(where);
    instance.accessibility = accessibility;
    world_.Put(instance);
  }
  const identity::NewKey& Key(const std::string& name) {
    return name == "root" ? world_.root : people_.at(name).key;
  }

  ApiWorld world_;
  model::WorkspaceId other_;
  std::map<std::string, ApiWorld::Person> people_;
  const std::map<std::string, std::set<std::string>> sees_ = {
      {"root",
       {"dsw-dev-private", "dsw-dev-public", "dsw-col-private", "dsw-out-private", "dsw-out-public",
        "dsw-for-private", "dsw-for-public"}},
      {"admin",
       {"dsw-dev-private", "dsw-dev-public", "dsw-col-private", "dsw-for-private",
        "dsw-for-public"}},
      {"developer", {"dsw-dev-private", "dsw-dev-public", "dsw-for-public"}},
      {"colleague", {"dsw-dev-public", "dsw-col-private", "dsw-for-public"}},
      {"operator", {"dsw-dev-public", "dsw-for-public"}},
      {"outsider", {"dsw-out-private", "dsw-out-public"}},
      {"stranger", {}},
      {"former", {}},
  };
};

TEST_F(Visibility, ListShowsExactlyWhatEachMaySee) {
  for (const auto& [name, expected] : sees_) {
    const Reply reply =
        world_.Get(Key(name), "/api/v2/instances", {{"WorkspaceId", "ALL"}, {"ResourceId", "ALL"}});
    ASSERT_EQ(reply.status, 200) << name << reply.text;
    std::set<std::string> ids;
    for (const json::value& item : reply.body.at("Instances").as_array())
      ids.emplace(item.at("InstanceId").as_string());
    EXPECT_EQ(ids, expected) << name;
    EXPECT_EQ(reply.body.at("TotalCount"), json::value(expected.size())) << name;
  }
}

TEST_F(Visibility, GetAgreesWithListForEveryPersonAndInstance) {
  for (const auto& [name, visible] : sees_) {
    for (const std::string& id : sees_.at("root")) {
      const Reply reply = world_.Get(Key(name), "/api/v2/instances/" + id);
      if (visible.contains(id)) {
        EXPECT_EQ(reply.status, 200) << name << " " << id;
        continue;
      }
      EXPECT_EQ(reply.text.find("training_data"), std::string::npos);
      const model::WorkspaceId where = world_.instances.Find(model::InstanceId(id))->workspace;
      if (world_.identities.FindMember(where, people_.at(name).id) != nullptr) {
        EXPECT_EQ(reply.status, 403) << name << " " << id;
        EXPECT_EQ(reply.code(), "NoPermissionError");
      } else {
        const Reply nowhere = world_.Get(Key(name), "/api/v2/instances/dsw-nowhere");
        EXPECT_EQ(WithoutId(reply, id), WithoutId(nowhere, "dsw-nowhere")) << name << " " << id;
      }
    }
  }
}

/// An answer without the id of its request.
std::string Told(const Reply& reply) {
  std::string told = std::to_string(reply.status) + " " + reply.text;
  const std::string id = reply.Text("RequestId");
  for (std::size_t at = told.find(id); at != std::string::npos; at = told.find(id))
    told.erase(at, id.size());
  return told;
}

// What one was shown is kept (api/dsw/list_items.h). Nobody else is told more by it, nor less, than
// by the record itself: whatever lets them in or keeps them out.
TEST_F(Visibility, WhatIsKeptAnswersEachPersonAsTheRecordDoes) {
  const auto policy = [&](const std::string& name, const std::string& statements) {
    world_.MakePolicy("of-" + name, statements);
    world_.Attach("of-" + name, name);
  };
  people_["by-tag"] =
      world_.MakeUser("by-tag", "", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  policy("by-tag", R"({"Effect":"Allow","Action":"paidsw:*","Resource":"*",
      "Condition":{"StringEquals":{"acs:ResourceTag/stage":"prod"}}})");
  people_["kept-out"] = Person("kept-out", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  policy("kept-out", R"({"Effect":"Deny","Action":"paidsw:GetInstance","Resource":"*",
      "Condition":{"StringEquals":{"pai:Accessibility":"PRIVATE"}}})");
  people_["reader"] =
      world_.MakeUser("reader", "", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  policy("reader", R"({"Effect":"Allow","Action":"paidsw:GetInstance","Resource":"*"})");
  const Reply made = world_.Get(Key("developer"), "/api/v2/tokens",
                                {{"InstanceId", "dsw-dev-private"}, {"Type", "View"}});
  ASSERT_EQ(made.status, 200) << made.text;
  const std::vector<std::pair<std::string, std::string>> token = {{"Token", made.Text("Token")}};

  for (const std::string& id : sees_.at("root")) {
    const std::string path = "/api/v2/instances/" + id;
    model::Instance instance = *world_.instances.Find(model::InstanceId(id));
    instance.environment = {{"TOKEN", "a secret"}};
    if (id == "dsw-dev-public") instance.tags = {{"stage", "prod"}};
    for (const auto& [name, person] : people_) {
      for (const auto& query : {decltype(token)(), token}) {
        world_.Put(instance);  // another version: nothing is kept of it
        const Reply fresh = world_.Get(person.key, path, query);
        ASSERT_EQ(world_.Get(world_.root, path).status, 200);
        const Reply kept = world_.Get(person.key, path, query);
        EXPECT_EQ(Told(kept), Told(fresh)) << name << " " << id;
      }
    }
  }
}

TEST_F(Visibility, ASlotThatIsUsedAgainShowsNothingOfWhoHadIt) {
  const auto ask = [&](const std::string& name, const std::string& id) {
    return world_.Get(Key(name), "/api/v2/instances/" + id);
  };
  Own("dsw-old", "developer", world_.workspace, model::Accessibility::PUBLIC);
  const directory::RowRef row = world_.instances.Find(model::InstanceId("dsw-old")).row();
  for (const std::string name : {"root", "colleague", "colleague"})
    EXPECT_EQ(ask(name, "dsw-old").status, 200);
  ApiWorld::Value(test::Run(
      world_.io, world_.store->Commit({store::Write::Delete(store::Kind::kInstance, "dsw-old")})));
  Own("dsw-new", "developer", world_.workspace, model::Accessibility::PRIVATE);
  ASSERT_EQ(world_.instances.Find(model::InstanceId("dsw-new")).row(), row);
  EXPECT_EQ(ask("root", "dsw-old").status, 404);
  EXPECT_EQ(ask("root", "dsw-new").Text("InstanceId"), "dsw-new");
  EXPECT_EQ(ask("colleague", "dsw-new").status, 403);
}

TEST_F(Visibility, StrangersCannotTellWhatExists) {
  people_["guest"] = Person("guest", {{other_, WorkspaceRole::WorkspaceGuest}});
  const auto ask = [&](const std::string& name, const std::string& id) {
    const std::string path = "/api/v2/instances/" + id;
    const std::string batch = R"({"InstanceIds":[")" + id + "\"]}";
    std::string answers;
    for (const Reply& reply :
         {world_.Get(Key(name), path), world_.Get(Key(name), path + "/lifecycle"),
          world_.Get(Key(name), path + "/events"), world_.Get(Key(name), path + "/shutdowntimer"),
          world_.Get(Key(name), "/api/v2/tokens", {{"InstanceId", id}}),
          world_.Get(Key(name), "/api/v2/tokens", {{"InstanceId", id}, {"Type", "Access"}}),
          world_.Get(Key(name), "/api/v2/usercommands/x", {{"InstanceId", id}}),
          world_.Call(Key(name), "PUT", path, {.body = "{}"}),
          world_.Call(Key(name), "PUT", path + "/start"),
          world_.Call(Key(name), "PUT", path + "/stop"), world_.Call(Key(name), "DELETE", path),
          world_.Call(Key(name), "PUT", "/api/v2/batch/instances/stop", {.body = batch}),
          world_.Call(Key(name), "PUT", "/api/v2/batch/instances/delete", {.body = batch})}) {
      EXPECT_TRUE(reply.status == 403 || reply.status == 404) << reply.text;
      answers += WithoutId(reply, id) + "\n";
    }
    return answers;
  };
  for (const std::string name : {"stranger", "former", "outsider", "guest"}) {
    const std::string nowhere = ask(name, "dsw-nowhere");
    EXPECT_EQ(ask(name, "dsw-dev-public"), nowhere) << name;
    EXPECT_EQ(ask(name, "dsw-dev-private"), nowhere) << name;
    EXPECT_EQ(ask(name, "dsw-for-private"), nowhere) << name;
  }
  EXPECT_EQ(world_.Get(Key("stranger"), "/api/v2/instances/dsw-dev-public").message(),
            "No permission GetInstance for resource: acs:paidsw:local:" + world_.account.str() +
                ":workspace/*");
  EXPECT_EQ(world_.Get(Key("guest"), "/api/v2/instances/dsw-dev-public").message(),
            "Instance dsw-dev-public does not exist.");
}

TEST_F(Visibility, MembersAreToldThatAnInstanceIsGone) {
  EXPECT_EQ(world_.Get(Key("developer"), "/api/v2/instances/dsw-nowhere").status, 404);
}

TEST_F(Visibility, AStartScriptIsShownToWhoSeesItsInstance) {
  model::Instance instance = *world_.instances.Find(model::InstanceId("dsw-for-private"));
  instance.on_start = "echo secret";
  instance.user_command_id = "uc-1";
  world_.Put(instance);
  EXPECT_EQ(world_.Get(Key("admin"), "/api/v2/usercommands/uc-1").status, 200);
  for (const char* name : {"former", "developer", "stranger"})
    EXPECT_EQ(world_.Get(Key(name), "/api/v2/usercommands/uc-1").status, 404) << name;
}

TEST_F(Visibility, StatisticsCountWhatTheCallerSees) {
  const auto total = [&](const std::string& name) {
    const Reply reply = world_.Get(Key(name), "/api/v2/instancestatistics",
                                   {{"WorkspaceIds", world_.workspace.str()}});
    return reply.body.at("Statistics").at(world_.workspace.str()).at("RunningCount");
  };
  EXPECT_EQ(total("root"), json::value(5));
  EXPECT_EQ(total("admin"), json::value(5));
  EXPECT_EQ(total("developer"), json::value(3));
  EXPECT_EQ(total("operator"), json::value(2));
  EXPECT_EQ(world_
                .Get(Key("outsider"), "/api/v2/instancestatistics",
                     {{"WorkspaceIds", world_.workspace.str()}})
                .code(),
            "NoPermissionError");
}

// Sharing tokens

class Sharing : public Visibility {
 protected:
  std::string TokenOf(const std::string& issuer, const std::string& id, std::string seconds = "60",
                      std::string type = "View") {
    const Reply reply = world_.Get(Key(issuer), "/api/v2/tokens",
                                   {{"InstanceId", id}, {"ExpireTime", seconds}, {"Type", type}});
    EXPECT_EQ(reply.status, 200) << reply.text;
    EXPECT_FALSE(reply.body.contains("HttpStatusCode"));
    return reply.Text("Token");
  }
  Reply Read(const identity::NewKey& key, const std::string& id, const std::string& token) {
    return world_.Get(key, "/api/v2/instances/" + id, {{"Token", token}});
  }
};

TEST_F(Sharing, TokenLetsAStrangerReadThatInstanceOnly) {
  const std::string token = TokenOf("developer", "dsw-dev-private");
  EXPECT_EQ(Read(Key("stranger"), "dsw-dev-private", token).status, 200);
  EXPECT_EQ(Read(Key("stranger"), "dsw-dev-public", token).code(), "NoPermissionError");
}

TEST_F(Sharing, TokenStandsForTheMissingPolicyButNotAgainstADeny) {
  const std::string token = TokenOf("developer", "dsw-dev-private");
  const auto nobody = world_.MakeUser("nobody", "");
  EXPECT_EQ(Read(nobody.key, "dsw-dev-private", token).status, 200);
  EXPECT_EQ(Read(nobody.key, "dsw-dev-public", token).code(), "NoPermission");
  EXPECT_EQ(Read(nobody.key, "dsw-dev-private", "forged").code(), "NoPermission");
  ApiWorld::Value(test::Run(
      world_.io, world_.identity.CreatePolicy("deny", "",
                                              R"({"Version":"1","Statement":[{"Effect":"Deny",)"
                                              R"("Action":"paidsw:*","Resource":"*"}]})",
                                              world_.actor)));
  ApiWorld::Check(
      test::Run(world_.io, world_.identity.AttachPolicyToUser("deny", "nobody", world_.actor)));
  EXPECT_EQ(Read(nobody.key, "dsw-dev-private", token).code(), "NoPermission");
}

TEST_F(Sharing, AGatewaysCookieIsNoToken) {
  const auto nobody = world_.MakeUser("nobody", "");
  const std::string cookie =
      world_.signer.Sign({.use = identity::TokenUse::Cookie,
                          .instance = model::InstanceId("dsw-dev-private"),
                          .issuer = people_.at("developer").id,
                          .expires = world_.clock.Wall() + std::chrono::hours(1)});
  EXPECT_EQ(Read(nobody.key, "dsw-dev-private", cookie).code(), "NoPermission");
}

TEST_F(Sharing, TokenEndsAtItsTime) {
  const std::string token = TokenOf("developer", "dsw-dev-private", "60");
  world_.clock.Advance(std::chrono::seconds(59));
  EXPECT_EQ(Read(Key("stranger"), "dsw-dev-private", token).status, 200);
  world_.clock.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Read(Key("stranger"), "dsw-dev-private", token).status, 403);
}

TEST_F(Sharing, TokenEndsWithTheRightOfItsIssuer) {
  const std::string token = TokenOf("developer", "dsw-dev-private");
  Leave("developer");
  EXPECT_EQ(Read(Key("stranger"), "dsw-dev-private", token).status, 403);
}

TEST_F(Sharing, TokenReadsButDoesNotWrite) {
  const std::string token = TokenOf("developer", "dsw-dev-private");
  const Reply reply = world_.Call(Key("stranger"), "PUT", "/api/v2/instances/dsw-dev-private/stop",
                                  {.query = {{"Token", token}}});
  EXPECT_EQ(reply.status, 403);
}

TEST_F(Sharing, WrongTokenDoesNotHurtWhoHasTheRight) {
  EXPECT_EQ(Read(Key("developer"), "dsw-dev-private", "nonsense").status, 200);
}

TEST_F(Sharing, NobodyPassesOnWhatHeHasNot) {
  EXPECT_EQ(
      world_.Get(Key("colleague"), "/api/v2/tokens", {{"InstanceId", "dsw-dev-private"}}).code(),
      "NoPermissionError");
  // Reading is the right of every member, opening is not.
  EXPECT_EQ(world_
                .Get(Key("colleague"), "/api/v2/tokens",
                     {{"InstanceId", "dsw-dev-public"}, {"Type", "Access"}})
                .code(),
            "NoPermissionError");
}

TEST_F(Sharing, BadParametersAreRefused) {
  const auto refuses = [&](std::vector<std::pair<std::string, std::string>> query) {
    query.emplace_back("InstanceId", "dsw-dev-private");
    return world_.Get(Key("developer"), "/api/v2/tokens", std::move(query)).code() ==
           "ValidationError";
  };
  EXPECT_TRUE(refuses({{"ExpireTime", "0"}}));
  EXPECT_TRUE(refuses({{"ExpireTime", "604801"}}));  // longer than seven days
  EXPECT_FALSE(refuses({{"ExpireTime", "604800"}}));
  EXPECT_TRUE(refuses({{"Type", "view"}}));
  EXPECT_TRUE(refuses({{"Audience", "Everybody"}}));
  EXPECT_EQ(world_.Get(Key("developer"), "/api/v2/tokens").code(), "ValidationError");
}

}  // namespace
}  // namespace atelier::api
