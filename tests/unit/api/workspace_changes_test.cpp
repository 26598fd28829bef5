// Workspaces that are changed and deleted, members' roles and configurations (AIWorkSpace).
#include <memory>
#include <set>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "control/dsw/adoption.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::FakeExchange;
using test::Reply;

constexpr const char* kPolicy = "AliyunPAIFullAccess";  // has paiworkspace:*

class WorkspaceChanges : public testing::Test {
 protected:
  Reply Call(std::string_view method, const std::string& rest, std::string body = "",
             std::vector<std::pair<std::string, std::string>> query = {},
             const identity::NewKey* key = nullptr) {
    return world_.Call(
        key == nullptr ? world_.root : *key, method, Of(rest),
        {.query = std::move(query), .body = std::move(body), .version = "2021-02-04"});
  }
  std::string Of(const std::string& rest = "") const {
    return "/api/v1/workspaces/" + team_.str() + rest;
  }
  void Refused(const Reply& reply, int status, std::string_view code, std::string_view part) {
    ExpectRefused(reply, status, code);
    EXPECT_NE(reply.message().find(part), std::string::npos) << reply.message();
  }
  std::string MemberId(const model::UserId& user) const { return team_.str() + "-" + user.str(); }
  std::string Roles(const model::UserId& user) {
    const Reply reply = Call("GET", "/member", "", {{"UserId", user.str()}});
    return reply.status == 200 ? json::serialize(reply.body.at("Roles")) : reply.code();
  }

  ApiWorld world_;
  model::WorkspaceId team_ = world_.MakeWorkspace("team");
};

// UpdateWorkspace

TEST_F(WorkspaceChanges, ShowWhatWasGivenAndKeepTheRest) {
  world_.clock.Advance(std::chrono::minutes(1));
  const Reply done = Call("PUT", "", R"({"DisplayName":"The team","Description":"ours"})");
  ExpectOk(done);
  EXPECT_EQ(done.body.size(), 1U) << done.text;
  Reply got = Call("GET", "");
  EXPECT_EQ(got.Text("DisplayName"), "The team");
  EXPECT_EQ(got.Text("Description"), "ours");
  EXPECT_EQ(got.Text("WorkspaceName"), "team");
  EXPECT_EQ(got.Text("GmtCreateTime"), "2024-05-01T12:00:00.000Z");
  EXPECT_EQ(got.Text("GmtModifiedTime"), "2024-05-01T12:01:00.000Z");
  ExpectOk(Call("PUT", "", R"({"DisplayName":""})"));
  got = Call("GET", "");
  EXPECT_EQ(got.Text("DisplayName"), "");
  EXPECT_EQ(got.Text("Description"), "ours");
}

TEST_F(WorkspaceChanges, ThatCannotBeChangeNothing) {
  const auto before = Dump(world_);
  ExpectBadParameter(Call("PUT", "", R"({"Description":")" + std::string(81, 'x') + "\"}"));
  ExpectBadParameter(Call("PUT", "", R"({"DisplayName":1})"));
  ExpectBadParameter(Call("PUT", "", "["));
  const auto ada = world_.MakeUser("ada", kPolicy, {{team_, WorkspaceRole::AlgoDeveloper}});
  const auto with_ada = Dump(world_);
  ExpectRefused(Call("PUT", "", R"({"Description":"mine"})", {}, &ada.key), 403,
                "NoPermissionError");
  ExpectRefused(Call("DELETE", "", "", {}, &ada.key), 403, "NoPermissionError");
  EXPECT_EQ(Dump(world_), with_ada);
}

// DeleteWorkspace

TEST_F(WorkspaceChanges, ADeletedWorkspaceIsGoneWithAllThatBelongedToIt) {
  const auto ada = world_.MakeUser("ada", kPolicy, {{team_, WorkspaceRole::AlgoDeveloper}});
  ExpectOk(Call("PUT", "/configs", R"({"Configs":[{"ConfigKey":"a","ConfigValue":"b"}]})"));
  ExpectOk(
      world_.Call(ada.key, "PUT", "/api/v1/defaultWorkspaces",
                  {.body = R"({"WorkspaceId":")" + team_.str() + "\"}", .version = "2021-02-04"}));
  const Reply done = Call("DELETE", "");
  ExpectOk(done);
  EXPECT_EQ(done.body.size(), 1U) << done.text;
  ExpectRefused(Call("GET", ""), 404, "InvalidWorkspace.NotFound");
  ExpectRefused(Call("DELETE", ""), 404, "InvalidWorkspace.NotFound");
  for (const std::string& record : Dump(world_)) {
    if (record.starts_with("13 ")) continue;  // the audit
    EXPECT_EQ(record.find(team_.str()), std::string::npos) << record;
  }
  EXPECT_TRUE(world_.identities.ConfigsOf(team_).empty());
  EXPECT_EQ(world_.identities.DefaultWorkspaceOf(ada.id), std::nullopt);
  const model::WorkspaceId again = world_.MakeWorkspace("team");  // its name is free
  EXPECT_NE(again, team_);
}

// Clients that wait for the end of a deletion ask until the answer is 404.
TEST_F(WorkspaceChanges, WhoAdministeredItToItsEndIsToldThatItIsGone) {
  const auto ada = world_.MakeUser("ada", kPolicy, {{team_, WorkspaceRole::WorkspaceAdmin}});
  const auto bob = world_.MakeUser("bob", kPolicy, {{team_, WorkspaceRole::AlgoDeveloper}});
  ExpectOk(Call("DELETE", "", "", {}, &ada.key));
  ExpectRefused(Call("GET", "", "", {}, &ada.key), 404, "InvalidWorkspace.NotFound");
  ExpectRefused(Call("GET", "/members", "", {}, &ada.key), 404, "InvalidWorkspace.NotFound");
  ExpectRefused(Call("GET", "", "", {}, &bob.key), 403, "NoPermissionError");
  identity::IdentityDirectory later(world_.box);  // of the next start
  ApiWorld::Check(later.Load(*world_.store));
  EXPECT_TRUE(later.AdministeredToTheEnd(team_, ada.id));
  EXPECT_FALSE(later.AdministeredToTheEnd(team_, bob.id));
}

TEST_F(WorkspaceChanges, WhatIsInsideIsNamedAndKeepsTheWorkspace) {
  for (const char* id : {"dsw-1", "dsw-2", "dsw-3", "dsw-4"}) {
    model::Instance instance = world_.Sample(id);
    instance.workspace = team_;
    instance.status = model::InstanceStatus::Stopped;
    world_.Put(instance);
  }
  model::Service service;
  service.id = model::ServiceId("eas-m-1");
  service.name = "llm";
  service.workspace = team_;
  service.config = "{}";
  world_.Write(store::Kind::kService, "llm", ToJson(service));
  model::ServiceGroup group;
  group.name = "family";
  group.workspace = team_;
  world_.Write(store::Kind::kServiceGroup, "family", ToJson(group));
  const auto before = Dump(world_);
  const Reply reply = Call("DELETE", "");
  ExpectRefused(reply, 409, "InvalidWorkspace.StatusConflict");
  for (const char* part : {"4 instances (dsw-", ", ...)", "1 service (llm)",
                           "and 1 service group (family)", "Delete what is inside"}) {
    EXPECT_NE(reply.message().find(part), std::string::npos) << part << ": " << reply.message();
  }
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(WorkspaceChanges, TheDefaultWorkspaceStays) {
  const auto erase = [&](const model::WorkspaceId& id) {
    return world_.Call(world_.root, "DELETE", "/api/v1/workspaces/" + id.str(),
                       {.version = "2021-02-04"});
  };
  Refused(erase(world_.workspace), 409, "InvalidWorkspace.StatusConflict",
          "default workspace of the account");
  ExpectOk(
      world_.Call(world_.root, "PUT", "/api/v1/defaultWorkspaces",
                  {.body = R"({"WorkspaceId":")" + team_.str() + "\"}", .version = "2021-02-04"}));
  Refused(erase(team_), 409, "InvalidWorkspace.StatusConflict", "UpdateDefaultWorkspace");
  ExpectOk(erase(world_.workspace));
}

/// What puts something into a workspace.
struct Putting {
  const char* name;
  const char* method;
  std::string path;
  std::string body;
  const char* version;
};

std::vector<Putting> Puttings(const std::string& workspace, const std::string& user) {
  const std::string at = "/api/v1/workspaces/" + workspace;
  return {
      {"instance", "POST", "/api/v2/instances",
       R"({"InstanceName":"fresh","ImageId":"image-lab","EcsSpec":"ecs.c6.large","WorkspaceId":")" +
           workspace + "\"}",
       "2022-01-01"},
      {"service", "POST", "/api/v2/services?WorkspaceId=" + workspace,
       R"({"name":"fresh","metadata":{"instance":1},)"
       R"("cloud":{"computing":{"instance_type":"ecs.c6.large"}},)"
       R"("containers":[{"image":"local/lab:4-py311","script":"serve","port":9000}]})",
       "2021-07-01"},
      {"group", "POST", "/api/v2/groups",
       R"({"Name":"fresh_group","WorkSpaceId":")" + workspace + "\"}", "2021-07-01"},
      {"member", "POST", at + "/members",
       R"({"Members":[{"UserId":")" + user + R"(","Roles":["PAI.AlgoDeveloper"]}]})", "2021-02-04"},
      {"config", "PUT", at + "/configs", R"({"Configs":[{"ConfigKey":"a","ConfigValue":"b"}]})",
       "2021-02-04"},
      {"default", "PUT", "/api/v1/defaultWorkspaces", R"({"WorkspaceId":")" + workspace + "\"}",
       "2021-02-04"},
  };
}

/// Every record but the workspace's own that names it.
std::vector<std::string> Inside(ApiWorld& world, const std::string& workspace) {
  std::vector<std::string> found;
  for (int kind = 1; kind <= 40; ++kind) {
    const auto of = static_cast<store::Kind>(kind);
    if (of == store::Kind::kAudit || of == store::Kind::kWorkspaceUse) continue;
    ApiWorld::Check(world.store->LoadBlocking(of, [&](const store::Record& record) {
      if ((record.key + record.body).find(workspace) != std::string::npos)
        found.push_back(std::to_string(kind) + " " + record.key);
    }));
  }
  return found;
}

// Whichever is first: nothing ends inside a workspace that is gone.
TEST(WorkspaceRaces, WhatIsMadeWhileItsWorkspaceIsDeletedIsRefusedOrKeepsIt) {
  int kept = 0;
  int gone = 0;
  for (const bool deletion_first : {false, true}) {
    for (std::size_t which = 0; which < Puttings("", "").size(); ++which) {
      ApiWorld world;
      const model::WorkspaceId team = world.MakeWorkspace("team");
      const std::string user = world.MakeUser("ada", "").id.str();
      const Putting put = Puttings(team.str(), user).at(which);
      const std::size_t query = put.path.find('?');
      test::Extra extra{.body = put.body, .version = put.version};
      if (query != std::string::npos) extra.query = {{"WorkspaceId", team.str()}};
      FakeExchange putting(world.Signed(world.root, put.method, put.path.substr(0, query), extra),
                           put.body);
      FakeExchange deleting(world.Signed(world.root, "DELETE", "/api/v1/workspaces/" + team.str(),
                                         {.version = "2021-02-04"}),
                            "");
      for (FakeExchange* exchange :
           {deletion_first ? &deleting : &putting, deletion_first ? &putting : &deleting}) {
        asio::co_spawn(world.io, world.api.Handle(*exchange), asio::detached);
      }
      world.io.restart();
      world.io.run();
      ASSERT_TRUE(putting.response() && deleting.response());
      const bool is_there = world.identities.FindWorkspace(team) != nullptr;
      EXPECT_EQ(is_there, deleting.response()->status != 200) << put.name;
      if (is_there) {
        ++kept;
        EXPECT_EQ(putting.response()->status, 200) << put.name << putting.response()->body;
        EXPECT_EQ(deleting.response()->status, 409) << put.name << deleting.response()->body;
      } else {
        ++gone;
        EXPECT_TRUE(Inside(world, team.str()).empty())
            << put.name << ": " << Inside(world, team.str()).front();
      }
    }
  }
  EXPECT_GE(kept, 3) << "instance, service and group, when they were first";
  EXPECT_GE(gone, 6) << "when the deletion was first";
}

TEST(WorkspaceRaces, AnOrphanIsNotAdoptedIntoAWorkspaceThatIsGone) {
  ApiWorld world;
  const model::WorkspaceId team = world.MakeWorkspace("team");
  const control::Orphan orphan{.id = model::InstanceId("dsw-lost"),
                               .generation = 1,
                               .ended = true,
                               .newer = false,
                               .capacity = {},
                               .image_prefix = "/opt/lab"};
  const control::Adoption adoption{.workspace = team,
                                   .owner = model::UserId(world.account.str()),
                                   .name = "lost",
                                   .ecs_spec = "ecs.c6.large",
                                   .image = "image-lab"};
  ApiWorld::Check(test::Run(
      world.io, world.identity.DeleteWorkspace(
                    team, [](const model::WorkspaceId&) { return std::string(); }, world.actor)));
  const Status adopted =
      test::Run(world.io, control::AdoptOrphan(*world.store, world.catalogue, world.clock, orphan,
                                               adoption, world.actor, world.claim));
  ASSERT_FALSE(adopted);
  EXPECT_EQ(adopted.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(world.instances.size(), 0U);
}

// Those that are made at the same time do not disturb each other.
TEST(WorkspaceRaces, ManyInstancesAreMadeInOneWorkspaceAtOnce) {
  ApiWorld world;
  std::vector<std::unique_ptr<FakeExchange>> all;
  for (int i = 0; i < 20; ++i) {
    const std::string body = R"({"InstanceName":"n)" + std::to_string(i) +
                             R"(","ImageId":"image-lab","EcsSpec":"ecs.c6.large"})";
    all.push_back(std::make_unique<FakeExchange>(
        world.Signed(world.root, "POST", "/api/v2/instances", {.body = body}), body));
    asio::co_spawn(world.io, world.api.Handle(*all.back()), asio::detached);
  }
  world.io.restart();
  world.io.run();
  for (const auto& exchange : all) EXPECT_EQ(exchange->response()->status, 200);
  EXPECT_EQ(world.instances.size(), 20U);
}

// A store that an earlier version wrote has no records of use.
TEST_F(WorkspaceChanges, AWorkspaceOfAnEarlierVersionIsDeletedAsWell) {
  EXPECT_EQ(world_.identities.RevisionOf(store::Kind::kWorkspaceUse, team_.str()), 0);
  ExpectOk(Call("DELETE", ""));
}

// Members' roles

TEST_F(WorkspaceChanges, AMemberIsShownByEitherId) {
  const auto ada = world_.MakeUser("ada", "", {{team_, WorkspaceRole::AlgoDeveloper}});
  const Reply by_user = Call("GET", "/member", "", {{"UserId", ada.id.str()}});
  ExpectOk(by_user);
  EXPECT_EQ(by_user.Text("MemberId"), MemberId(ada.id));
  EXPECT_EQ(by_user.Text("UserId"), ada.id.str());
  EXPECT_EQ(by_user.Text("MemberName"), "ada");
  EXPECT_EQ(by_user.Text("DisplayName"), "ada");
  EXPECT_EQ(by_user.Text("AccountType"), "5");
  EXPECT_EQ(by_user.Text("GmtCreateTime"), "2024-05-01T12:00:00.000Z");
  EXPECT_EQ(json::serialize(by_user.body.at("Roles")), R"(["PAI.AlgoDeveloper"])");
  EXPECT_EQ(by_user.body.size(), 8U) << by_user.text;
  const Reply by_member = Call("GET", "/member", "", {{"MemberId", MemberId(ada.id)}});
  EXPECT_EQ(by_member.Text("UserId"), ada.id.str());
  ExpectBadParameter(Call("GET", "/member"));
  ExpectBadParameter(
      Call("GET", "/member", "", {{"UserId", ada.id.str()}, {"MemberId", MemberId(ada.id)}}));
  ExpectRefused(Call("GET", "/member", "", {{"UserId", "1"}}), 404, "InvalidMember.NotFound");
  ExpectRefused(
      Call("GET", "/member", "", {{"MemberId", world_.workspace.str() + "-" + ada.id.str()}}), 404,
      "InvalidMember.NotFound");
}

TEST_F(WorkspaceChanges, RolesAreTakenAndGivenOneByOne) {
  const auto ada = world_.MakeUser("ada", kPolicy, {{team_, WorkspaceRole::AlgoDeveloper}});
  const std::string at = "/members/" + MemberId(ada.id) + "/roles/";
  ExpectOk(Call("DELETE", at + "PAI.AlgoDeveloper"));
  EXPECT_EQ(Roles(ada.id), "[]") << "between two roles";
  ExpectOk(Call("GET", "", "", {}, &ada.key));
  // Terraform sends a body.
  ExpectOk(Call("POST", at + "PAI.AlgoOperator", R"({"RoleName":"PAI.AlgoOperator"})"));
  ExpectOk(Call("POST", at + "PAI.AlgoOperator"));
  ExpectOk(Call("POST", at + "PAI.LabelManager"));
  EXPECT_EQ(Roles(ada.id), R"(["PAI.AlgoOperator","PAI.LabelManager"])");
  ExpectRefused(Call("DELETE", at + "PAI.AlgoDeveloper"), 404, "InvalidMemberRole.NotFound");
  ExpectBadParameter(Call("POST", at + "PAI.King"));
  ExpectRefused(Call("POST", "/members/" + team_.str() + "-1/roles/PAI.AlgoOperator"), 404,
                "InvalidMember.NotFound");
  ExpectRefused(Call("POST", at + "PAI.WorkspaceAdmin", "", {}, &ada.key), 403,
                "NoPermissionError");
}

TEST_F(WorkspaceChanges, AWorkspaceKeepsItsOwner) {
  const auto ada = world_.MakeUser("ada", "", {{team_, WorkspaceRole::WorkspaceAdmin}});
  const model::UserId owner(world_.account.str());
  const auto before = Dump(world_);
  const std::string at = "/members/" + MemberId(owner) + "/roles/PAI.";
  ExpectBadParameter(Call("DELETE", at + "WorkspaceOwner"));
  ExpectBadParameter(Call("POST", at + "WorkspaceGuest"));
  ExpectBadParameter(Call("POST", "/members/" + MemberId(ada.id) + "/roles/PAI.WorkspaceOwner"));
  EXPECT_EQ(Dump(world_), before);
}

// Configurations

TEST_F(WorkspaceChanges, ConfigurationsAreKeptListedAndRemoved) {
  EXPECT_EQ(Call("GET", "/configs").body.at("TotalCount"), json::value(0));
  ExpectOk(Call("PUT", "/configs",
                R"({"Configs":[{"ConfigKey":"modelExportPath","ConfigValue":"oss://b.e/p/"},)"
                R"({"CategoryName":"DSWPriorityConfig","ConfigKey":"priorityConfig",)"
                R"("ConfigValue":"{}","Labels":[{"Key":"quota","Value":"q1"}]}]})"));
  world_.clock.Advance(std::chrono::minutes(1));
  ExpectOk(
      Call("PUT", "/config", R"({"ConfigKey":"modelExportPath","ConfigValue":"oss://b.e/q/"})"));

  const Reply found = Call("GET", "/configs", "", {{"ConfigKeys", "modelExportPath"}});
  ASSERT_EQ(found.body.at("Configs").as_array().size(), 1U) << found.text;
  const json::object& config = found.body.at("Configs").as_array().front().as_object();
  EXPECT_EQ(TextOf(config, "ConfigValue"), "oss://b.e/q/");
  EXPECT_EQ(TextOf(config, "GmtCreateTime"), "2024-05-01T12:00:00.000Z");
  EXPECT_EQ(TextOf(config, "GmtModifiedTime"), "2024-05-01T12:01:00.000Z");
  EXPECT_TRUE(TextOf(config, "ConfigId").starts_with("config-"));
  EXPECT_FALSE(config.contains("Labels"));
  const auto count = [&](std::vector<std::pair<std::string, std::string>> query) {
    return Call("GET", "/configs", "", std::move(query)).body.at("TotalCount").as_int64();
  };
  EXPECT_EQ(count({}), 2);
  EXPECT_EQ(count({{"CategoryName", "DSWPriorityConfig"}}), 1);
  EXPECT_EQ(count({{"ConfigKeys", "modelExportPath,priorityConfig,none"}}), 2);
  EXPECT_EQ(count({{"Labels", "quota=q1"}}), 1);
  EXPECT_EQ(count({{"Labels", "quota=q2"}}), 0);

  const Reply one =
      Call("GET", "/config", "", {{"ConfigKey", "priorityConfig"}, {"Verbose", "True"}});
  ExpectOk(one);
  EXPECT_EQ(one.Text("WorkspaceId"), team_.str());
  EXPECT_EQ(one.Text("CategoryName"), "DSWPriorityConfig");
  EXPECT_EQ(json::serialize(one.body.at("Labels")), R"([{"Key":"quota","Value":"q1"}])");

  ExpectRefused(Call("DELETE", "/configs/priorityConfig", "", {{"Labels", "quota=q2"}}), 404,
                "InvalidConfig.NotFound");
  ExpectRefused(Call("DELETE", "/configs/priorityConfig", "", {{"CategoryName", "Other"}}), 404,
                "InvalidConfig.NotFound");
  ExpectOk(Call("DELETE", "/configs/priorityConfig", "", {{"Labels", "quota=q1"}}));
  ExpectRefused(Call("GET", "/config", "", {{"ConfigKey", "priorityConfig"}}), 404,
                "InvalidConfig.NotFound");
  EXPECT_EQ(count({}), 1);
}

TEST_F(WorkspaceChanges, ConfigurationsThatCannotBeChangeNothing) {
  const std::string good = R"({"ConfigKey":"k","ConfigValue":"v"})";
  const std::vector<std::string> bad = {
      "",
      "{}",
      R"({"Configs":[]})",
      R"({"Configs":[{"ConfigKey":"k"}]})",
      R"({"Configs":[{"ConfigValue":"v"}]})",
      R"({"Configs":[)" + good + "," + good + "]}",
      R"({"Configs":[)" + good + R"(,{"ConfigKey":"","ConfigValue":"v"}]})",
      R"({"Configs":[{"ConfigKey":"a,b","ConfigValue":"v"}]})",
      R"({"Configs":[{"ConfigKey":"k","ConfigValue":")" + std::string(4097, 'v') + "\"}]}"};
  for (const std::string& body : bad) {
    ExpectBadParameter(Call("PUT", "/configs", body));
  }
  std::string many;
  for (int i = 0; i < 100; ++i) {
    if (!many.empty()) many += ',';
    many += R"({"ConfigKey":"k)";
    many += std::to_string(i);
    many += R"(","ConfigValue":"v"})";
  }
  ExpectOk(Call("PUT", "/configs", R"({"Configs":[)" + many + "]}"));
  ExpectRefused(Call("PUT", "/config", R"({"ConfigKey":"more","ConfigValue":"v"})"), 409,
                "LimitExceeded");
  EXPECT_EQ(Call("GET", "/configs").body.at("TotalCount"), json::value(100));
}

TEST_F(WorkspaceChanges, MembersReadConfigurationsAndAdministratorsWriteThem) {
  const auto ada = world_.MakeUser("ada", kPolicy, {{team_, WorkspaceRole::AlgoDeveloper}});
  const auto stranger = world_.MakeUser("stranger", kPolicy);
  ExpectOk(Call("PUT", "/config", R"({"ConfigKey":"k","ConfigValue":"v"})"));
  ExpectOk(Call("GET", "/configs", "", {}, &ada.key));
  ExpectOk(Call("GET", "/config", "", {{"ConfigKey", "k"}}, &ada.key));
  ExpectRefused(Call("PUT", "/config", R"({"ConfigKey":"k","ConfigValue":"w"})", {}, &ada.key), 403,
                "NoPermissionError");
  ExpectRefused(Call("DELETE", "/configs/k", "", {}, &ada.key), 403, "NoPermissionError");
  ExpectRefused(Call("GET", "/configs", "", {}, &stranger.key), 403, "NoPermissionError");
  ExpectRefused(Call("GET", "/config", "", {{"ConfigKey", "k"}}, &stranger.key), 403,
                "NoPermissionError");
}

// Every write is in the audit.
TEST_F(WorkspaceChanges, EachWriteIsAudited) {
  const auto ada = world_.MakeUser("ada", "", {{team_, WorkspaceRole::AlgoDeveloper}});
  const std::string at = "/members/" + MemberId(ada.id) + "/roles/PAI.LabelManager";
  ExpectOk(Call("PUT", "", R"({"Description":"ours"})"));
  ExpectOk(Call("POST", at));
  ExpectOk(Call("DELETE", at));
  ExpectOk(Call("PUT", "/config", R"({"ConfigKey":"k","ConfigValue":"v"})"));
  ExpectOk(Call("PUT", "/configs", R"({"Configs":[{"ConfigKey":"l","ConfigValue":"v"}]})"));
  ExpectOk(Call("DELETE", "/configs/k"));
  ExpectOk(Call("DELETE", ""));
  std::set<std::string> audited;
  ApiWorld::Check(world_.store->LoadBlocking(store::Kind::kAudit, [&](const store::Record& record) {
    const auto audit = FromRecord<model::AuditRecord>(record.body).value();
    if (audit.target == "workspace/" + team_.str()) audited.insert(audit.actor.operation);
  }));
  for (const char* operation :
       {"UpdateWorkspace", "AddMemberRole", "RemoveMemberRole", "UpdateConfig", "UpdateConfigs",
        "DeleteConfig", "DeleteWorkspace"}) {
    EXPECT_TRUE(audited.contains(operation)) << operation;
  }
}

}  // namespace
}  // namespace atelier::api
