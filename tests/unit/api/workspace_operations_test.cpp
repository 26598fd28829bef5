// Workspaces, members and images of AIWorkSpace: docs/contract/lifecycle.md sections 9 and 13.
#include <string>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

constexpr std::string_view kWorkspaces = "/api/v1/workspaces";
constexpr std::string_view kDefault = "/api/v1/defaultWorkspaces";
constexpr const char* kPolicy = "AliyunPAIFullAccess";  // has paiworkspace:*

class WorkspaceTest : public testing::Test {
 protected:
  Reply Call(std::string_view method, std::string path, std::string body = "",
             std::vector<std::pair<std::string, std::string>> query = {},
             const identity::NewKey* key = nullptr) {
    return world_.Call(
        key == nullptr ? world_.root : *key, method, path,
        {.query = std::move(query), .body = std::move(body), .version = "2021-02-04"});
  }
  Reply List(std::vector<std::pair<std::string, std::string>> query,
             const identity::NewKey* key = nullptr) {
    return Call("GET", std::string(kWorkspaces), "", std::move(query), key);
  }
  Reply Create(const std::string& body, const identity::NewKey* key = nullptr) {
    return Call("POST", std::string(kWorkspaces), body, {}, key);
  }
  std::string Of(const model::WorkspaceId& id, std::string_view rest = "") const {
    return std::string(kWorkspaces) + "/" + id.str() + std::string(rest);
  }
  /// "a,b": the names of the workspaces listed, in order.
  static std::string Names(const Reply& reply) {
    ExpectOk(reply);
    std::string names;
    for (const json::value& item : reply.body.at("Workspaces").as_array()) {
      names += (names.empty() ? "" : ",") + TextOf(item.as_object(), "WorkspaceName");
    }
    return names;
  }
  static std::string Users(const Reply& reply) {
    ExpectOk(reply);
    std::string names;
    for (const json::value& item : reply.body.at("Members").as_array()) {
      names += (names.empty() ? "" : ",") + TextOf(item.as_object(), "MemberName");
    }
    return names;
  }
  /// The gateway's shape: HostId, and no Success.
  static void ExpectGateway(const Reply& reply, int status, std::string_view code) {
    ExpectRefused(reply, status, code);
    EXPECT_FALSE(reply.body.contains("Success"));
    EXPECT_TRUE(reply.body.contains("HostId"));
  }

  ApiWorld world_;  // has the workspace default_workspace
};

constexpr const char* kVision =
    R"({"WorkspaceName":"vision_team","DisplayName":"Vision","Description":"ours","EnvTypes":["dev","prod"]})";

TEST_F(WorkspaceTest, CreateAnswersTheIdAndMakesTheCallerItsOwner) {
  const auto ada = world_.MakeUser("ada", kPolicy);
  const Reply made = Create(kVision, &ada.key);
  ExpectOk(made);
  EXPECT_EQ(made.body.size(), 2U) << made.text;
  const Reply got = Call("GET", Of(model::WorkspaceId(made.Text("WorkspaceId"))), "",
                         {{"Verbose", "true"}}, &ada.key);
  ExpectOk(got);
  EXPECT_EQ(got.Text("WorkspaceName"), "vision_team");
  EXPECT_EQ(got.Text("DisplayName"), "Vision");
  EXPECT_EQ(got.Text("Description"), "ours");
  EXPECT_EQ(got.Text("Creator"), ada.id.str());
  EXPECT_EQ(got.Text("Status"), "ENABLED");
  EXPECT_EQ(got.Text("GmtCreateTime"), "2024-05-01T12:00:00.000Z");
  EXPECT_EQ(got.Text("GmtModifiedTime"), "2024-05-01T12:00:00.000Z");
  EXPECT_EQ(got.Text("ResourceGroupId"), "");
  EXPECT_EQ(json::serialize(got.body.at("EnvTypes")), R"(["dev","prod"])");
  EXPECT_EQ(json::serialize(got.body.at("AdminNames")), R"(["ada"])");
  EXPECT_EQ(TextOf(got.body.at("Owner").as_object(), "UserId"), ada.id.str());
}

TEST_F(WorkspaceTest, TheOwnerShowsInDetailsOnly) {
  EXPECT_FALSE(Call("GET", Of(world_.workspace)).body.contains("Owner"));
}

TEST_F(WorkspaceTest, ADisplayNameDefaultsToTheName) {
  const Reply made = Create(R"({"WorkspaceName":"plain","Description":"","EnvTypes":["prod"]})");
  EXPECT_EQ(Call("GET", Of(model::WorkspaceId(made.Text("WorkspaceId")))).Text("DisplayName"),
            "plain");
}

TEST_F(WorkspaceTest, WorkspacesThatCannotBeChangeNothing) {
  ExpectOk(Create(kVision));
  const auto before = Dump(world_);
  for (
      const char* body :
      {"", "{}", R"({"WorkspaceName":"ab","Description":"d","EnvTypes":["prod"]})",
       R"({"WorkspaceName":"1abc","Description":"d","EnvTypes":["prod"]})",
       R"({"WorkspaceName":"a-bc","Description":"d","EnvTypes":["prod"]})",
       R"({"WorkspaceName":"abcdefghijklmnopqrstuvwx","Description":"d","EnvTypes":["prod"]})",
       R"({"WorkspaceName":"abc","Description":"d","EnvTypes":[]})",
       R"({"WorkspaceName":"abc","Description":"d","EnvTypes":["dev"]})",
       R"({"WorkspaceName":"abc","Description":"d","EnvTypes":["prod","prod"]})",
       R"({"WorkspaceName":"abc","EnvTypes":["prod"]})",
       R"({"WorkspaceName":"abc","Description":"012345678901234567890123456789012345678901234567890123456789012345678901234567890","EnvTypes":["prod"]})",
       R"({"WorkspaceName":"abc","Description":"d","EnvTypes":["prod"],"ResourceGroupId":"rg-1"})"}) {
    ExpectBadParameter(Create(body));
  }
  ExpectGateway(Create(kVision), 409, "AlreadyExists");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(WorkspaceTest, ListShowsWhatTheCallerBelongsTo) {
  const model::WorkspaceId second = world_.MakeWorkspace("second");
  const auto ada = world_.MakeUser("ada", kPolicy, {{second, WorkspaceRole::WorkspaceGuest}});
  EXPECT_EQ(Names(List({})), "default_workspace,second");
  EXPECT_EQ(Names(List({}, &ada.key)), "second");
  const auto stranger = world_.MakeUser("stranger", kPolicy);
  EXPECT_EQ(Names(List({}, &stranger.key)), "");
}

TEST_F(WorkspaceTest, ListFiltersSortsAndPages) {
  world_.clock.Advance(std::chrono::minutes(1));
  const model::WorkspaceId second = world_.MakeWorkspace("second");
  world_.clock.Advance(std::chrono::minutes(1));
  world_.MakeWorkspace("third");
  const auto ada = world_.MakeUser("ada", "", {{second, WorkspaceRole::AlgoDeveloper}});
  EXPECT_EQ(Names(List({{"Order", "DESC"}})), "third,second,default_workspace");
  EXPECT_EQ(Names(List({{"SortBy", "GmtModifiedTime"}, {"Order", "ASC"}})),
            "default_workspace,second,third");
  EXPECT_EQ(Names(List({{"WorkspaceName", "second"}})), "second");
  EXPECT_EQ(Names(List({{"WorkspaceIds", second.str() + ", " + world_.workspace.str()}})),
            "default_workspace,second");
  EXPECT_EQ(Names(List({{"Status", "ENABLED"}})), "default_workspace,second,third");
  EXPECT_EQ(Names(List({{"Status", "FROZEN"}})), "");
  EXPECT_EQ(Names(List({{"UserId", ada.id.str()}})), "second");
  EXPECT_EQ(Names(List({{"ResourceGroupId", "rg-1"}})), "");
  const Reply page = List({{"PageNumber", "2"}, {"PageSize", "2"}});
  EXPECT_EQ(Names(page), "third");
  EXPECT_EQ(page.body.at("TotalCount"), json::value(3));
  EXPECT_EQ(Names(List({{"PageNumber", "2147483647"}, {"PageSize", "1000"}})), "");
}

TEST_F(WorkspaceTest, ListItemsSpellTheResourceGroupInLowerCase) {
  const Reply reply = List({});
  const json::object& item = reply.body.at("Workspaces").as_array().at(0).as_object();
  EXPECT_TRUE(item.contains("resourceGroupId"));
  EXPECT_FALSE(item.contains("ResourceGroupId"));
  EXPECT_EQ(item.at("IsDefault"), json::value(true));
  EXPECT_EQ(TextOf(item, "GmtCreateTime"), "2024-05-01T12:00:00.000Z");
}

TEST_F(WorkspaceTest, ListGivesIdsAloneOrLimits) {
  EXPECT_EQ(json::serialize(List({{"Fields", "Id"}}).body.at("Workspaces")),
            R"([{"WorkspaceId":")" + world_.workspace.str() + R"("}])");
  const Reply limits = List({{"Option", "GetResourceLimits"}});
  ExpectOk(limits);
  EXPECT_TRUE(limits.body.at("Workspaces").as_array().empty());
  EXPECT_TRUE(limits.body.at("ResourceLimits").as_object().empty());
}

TEST_F(WorkspaceTest, BadListParametersAreNamed) {
  for (const auto& query :
       std::initializer_list<std::pair<std::string, std::string>>{{"PageNumber", "0"},
                                                                  {"PageSize", "x"},
                                                                  {"SortBy", "Name"},
                                                                  {"Order", "asc"},
                                                                  {"Status", "enabled"},
                                                                  {"Option", "All"},
                                                                  {"Verbose", "maybe"}}) {
    const Reply reply = List({query});
    ExpectBadParameter(reply);
    EXPECT_NE(reply.message().find(query.first), std::string::npos);
  }
}

TEST_F(WorkspaceTest, UnknownAndForeignWorkspaces) {
  const auto ada = world_.MakeUser("ada", kPolicy);
  ExpectGateway(Call("GET", std::string(kWorkspaces) + "/99999"), 404, "InvalidWorkspace.NotFound");
  // Who is in neither cannot tell one that exists from one that does not.
  ExpectGateway(Call("GET", std::string(kWorkspaces) + "/99999", "", {}, &ada.key), 403,
                "NoPermissionError");
  ExpectGateway(Call("GET", Of(world_.workspace), "", {}, &ada.key), 403, "NoPermissionError");
}

// The default workspace
// -------------------------------------------------------------------------------

TEST_F(WorkspaceTest, TheDefaultIsShownAndChosen) {
  const model::WorkspaceId second = world_.MakeWorkspace("second");
  const Reply shown = Call("GET", std::string(kDefault));
  EXPECT_EQ(shown.Text("WorkspaceId"), world_.workspace.str());
  EXPECT_FALSE(shown.body.contains("Conditions"));
  EXPECT_EQ(shown.body.at("Owner").as_object().size(), 3U) << "no DisplayName, as documented";
  const Reply chosen =
      Call("PUT", std::string(kDefault), R"({"WorkspaceId":")" + second.str() + "\"}");
  ExpectOk(chosen);
  EXPECT_EQ(chosen.body.size(), 1U);
  const Reply detailed = Call("GET", std::string(kDefault), "", {{"Verbose", "true"}});
  EXPECT_EQ(detailed.Text("WorkspaceId"), second.str());
  EXPECT_EQ(json::serialize(detailed.body.at("Conditions")),
            R"([{"Type":"ENABLED","Code":200,"Message":""}])");
}

TEST_F(WorkspaceTest, WhoHasNoDefaultIsTold) {
  const auto ada = world_.MakeUser("ada", kPolicy);
  ExpectGateway(Call("GET", std::string(kDefault), "", {}, &ada.key), 404,
                "InvalidWorkspace.NotFound");
}

TEST_F(WorkspaceTest, OnlyAWorkspaceOnesOwnCanBeTheDefault) {
  const auto ada = world_.MakeUser("ada", kPolicy);
  const auto before = Dump(world_);
  const std::string body = R"({"WorkspaceId":")" + world_.workspace.str() + "\"}";
  ExpectGateway(Call("PUT", std::string(kDefault), body, {}, &ada.key), 403, "NoPermissionError");
  ExpectGateway(Call("PUT", std::string(kDefault), R"({"WorkspaceId":"99999"})"), 404,
                "InvalidWorkspace.NotFound");
  ExpectBadParameter(Call("PUT", std::string(kDefault), "{}"));
  EXPECT_EQ(Dump(world_), before);
}

// Members
// ---------------------------------------------------------------------------------------------

TEST_F(WorkspaceTest, MembersAreAddedListedAndRemoved) {
  const auto ada = world_.MakeUser("ada", "");
  const std::string id = world_.workspace.str() + "-" + ada.id.str();
  const Reply made = Call("POST", Of(world_.workspace, "/members"),
                          R"({"Members":[{"UserId":")" + ada.id.str() +
                              R"(","Roles":["PAI.AlgoDeveloper","PAI.LabelManager"]}]})");
  ExpectOk(made);
  const json::object& member = made.body.at("Members").as_array().at(0).as_object();
  EXPECT_EQ(TextOf(member, "MemberId"), id);
  EXPECT_EQ(TextOf(member, "DisplayName"), "ada");
  EXPECT_EQ(json::serialize(member.at("Roles")), R"(["PAI.AlgoDeveloper","PAI.LabelManager"])");

  const Reply listed =
      Call("GET", Of(world_.workspace, "/members"), "", {{"UserId", ada.id.str()}});
  EXPECT_EQ(listed.body.at("TotalCount"), json::value(1));
  const json::object& item = listed.body.at("Members").as_array().at(0).as_object();
  EXPECT_EQ(TextOf(item, "AccountType"), "5");
  EXPECT_EQ(TextOf(item, "MemberName"), "ada");
  EXPECT_EQ(TextOf(item, "GmtCreateTime"), "2024-05-01T12:00:00.000Z");

  const Reply removed = Call("DELETE", Of(world_.workspace, "/members"), "", {{"MemberIds", id}});
  ExpectOk(removed);
  EXPECT_FALSE(removed.body.contains("Code")) << "some clients take a Code for a failure";
  EXPECT_EQ(world_.identities.FindMember(world_.workspace, ada.id), nullptr);
}

TEST_F(WorkspaceTest, MembersAreFilteredByNameAndRoleAndPaged) {
  world_.MakeUser("ada", "", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  world_.MakeUser("adam", "", {{world_.workspace, WorkspaceRole::AlgoOperator}});
  const auto list = [&](std::vector<std::pair<std::string, std::string>> query) {
    return Call("GET", Of(world_.workspace, "/members"), "", std::move(query));
  };
  EXPECT_EQ(list({}).body.at("TotalCount"), json::value(3)) << "the owner too";
  EXPECT_EQ(Users(list({{"Roles", "PAI.AlgoOperator"}})), "adam");
  EXPECT_EQ(list({{"Roles", "PAI.AlgoOperator,PAI.AlgoDeveloper"}}).body.at("TotalCount"),
            json::value(2));
  EXPECT_EQ(list({{"MemberName", "ADA"}}).body.at("TotalCount"), json::value(2));
  EXPECT_EQ(Users(list({{"MemberName", "dam"}})), "adam");
  EXPECT_EQ(list({{"PageSize", "2"}, {"PageNumber", "2"}}).body.at("Members").as_array().size(),
            1U);
  ExpectBadParameter(list({{"Roles", "AlgoOperator"}}));
}

TEST_F(WorkspaceTest, MembersThatCannotBeChangeNothing) {
  const auto ada = world_.MakeUser("ada", "");
  const std::string id = ada.id.str();
  const auto before = Dump(world_);
  for (const std::string& body : std::vector<std::string>{
           "", "{}", R"({"Members":[]})",
           R"({"Members":[{"UserId":"1","Roles":["PAI.AlgoDeveloper"]}]})",
           R"({"Members":[{"UserId":")" + id + R"(","Roles":[]}]})",
           R"({"Members":[{"UserId":")" + id + R"(","Roles":["AlgoDeveloper"]}]})",
           R"({"Members":[{"UserId":")" + id + R"(","Roles":["PAI.King"]}]})",
           R"({"Members":[{"UserId":")" + id + R"(","Roles":["PAI.WorkspaceOwner"]}]})",
           R"({"Members":[{"UserId":")" + id + R"("}]})",
           R"({"Members":[{"UserId":")" + id + R"(","Roles":["PAI.AlgoDeveloper"]},{"UserId":")" +
               id + R"(","Roles":["PAI.AlgoOperator"]}]})"}) {
    ExpectBadParameter(Call("POST", Of(world_.workspace, "/members"), body));
  }
  ExpectGateway(Call("DELETE", Of(world_.workspace, "/members"), "", {{"MemberIds", "no-such"}}),
                404, "InvalidMember.NotFound");
  ExpectBadParameter(Call("DELETE", Of(world_.workspace, "/members")));
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(WorkspaceTest, NobodyTakesTheWorkspaceFromItsOwner) {
  const auto admin =
      world_.MakeUser("admin", kPolicy, {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const std::string owner = world_.account.str();
  const auto before = Dump(world_);
  ExpectBadParameter(
      Call("POST", Of(world_.workspace, "/members"),
           R"({"Members":[{"UserId":")" + owner + R"(","Roles":["PAI.WorkspaceGuest"]}]})", {},
           &admin.key));
  ExpectBadParameter(Call("DELETE", Of(world_.workspace, "/members"), "",
                          {{"MemberIds", world_.workspace.str() + "-" + owner}}, &admin.key));
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(WorkspaceTest, OnlyAdministratorsManageMembersAndEveryMemberSeesThem) {
  const auto ada =
      world_.MakeUser("ada", kPolicy, {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  const auto stranger = world_.MakeUser("stranger", kPolicy);
  const std::string body =
      R"({"Members":[{"UserId":")" + stranger.id.str() + R"(","Roles":["PAI.WorkspaceAdmin"]}]})";
  const auto before = Dump(world_);
  for (const auto* key : {&ada.key, &stranger.key}) {
    ExpectGateway(Call("POST", Of(world_.workspace, "/members"), body, {}, key), 403,
                  "NoPermissionError");
    ExpectGateway(Call("DELETE", Of(world_.workspace, "/members"), "",
                       {{"MemberIds", world_.workspace.str() + "-" + ada.id.str()}}, key),
                  403, "NoPermissionError");
  }
  EXPECT_EQ(Dump(world_), before);
  ExpectOk(Call("GET", Of(world_.workspace, "/members"), "", {}, &ada.key));
  ExpectGateway(Call("GET", Of(world_.workspace, "/members"), "", {}, &stranger.key), 403,
                "NoPermissionError");
}

TEST_F(WorkspaceTest, RamMustAllowItToo) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                                   {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  ExpectGateway(List({}, &ada.key), 403, "NoPermission");
}

// Images
// ----------------------------------------------------------------------------------------------

TEST_F(WorkspaceTest, ImagesAreThoseOfTheCatalogue) {
  const Reply all = Call("GET", "/api/v1/images", "", {{"Verbose", "true"}});
  ExpectOk(all);
  EXPECT_EQ(all.body.at("TotalCount"), json::value(1));
  const json::object& image = all.body.at("Images").as_array().at(0).as_object();
  EXPECT_EQ(TextOf(image, "ImageId"), "image-lab");
  EXPECT_EQ(TextOf(image, "Name"), "lab:4-py311");
  EXPECT_EQ(TextOf(image, "ImageUri"), "local/lab:4-py311");
  EXPECT_EQ(TextOf(image, "Accessibility"), "PUBLIC");
  EXPECT_EQ(json::serialize(image.at("Labels")),
            R"([{"Key":"system.chipType","Value":"CPU"},)"
            R"({"Key":"system.official","Value":"true"},)"
            R"({"Key":"system.supported.dsw","Value":"true"},)"
            R"({"Key":"system.supported.eas","Value":"true"}])");
}

TEST_F(WorkspaceTest, ImagesAreFiltered) {
  const auto count = [&](std::vector<std::pair<std::string, std::string>> query) {
    return Call("GET", "/api/v1/images", "", std::move(query)).body.at("TotalCount").as_int64();
  };
  EXPECT_EQ(count({{"Name", "LAB"}}), 1);
  EXPECT_EQ(count({{"Name", "lab"}, {"Options", "ExactMatchName"}}), 0);
  EXPECT_EQ(count({{"Name", "lab:4-py311"}, {"Options", "ExactMatchName"}}), 1);
  EXPECT_EQ(count({{"Query", "torch"}}), 0);
  EXPECT_EQ(count({{"ImageUri", "local/lab:4-py311"}}), 1);
  EXPECT_EQ(count({{"Labels", "system.supported.dsw=true"}}), 1);
  EXPECT_EQ(count({{"Labels", "system.supported.dsw=true,system.chipType=GPU"}}), 0);
  EXPECT_EQ(count({{"Accessibility", "PRIVATE"}}), 0);
}

TEST_F(WorkspaceTest, ImagesAreFoundByTheLabelsOfTheCatalogue) {
  model::Image gpu{.ImageId = "image-torch",
                   .ImageName = "torch:2.1-gpu",
                   .ImageUrl = "local/torch:2.1-gpu",
                   .Prefix = "",
                   .Labels = {{"system.chipType", "GPU"},
                              {"system.framework.PyTorch", "2.1"},
                              {"system.supported.dsw", "false"}}};
  world_.catalogue.Images.push_back(gpu);
  const auto names = [&](const std::string& labels) {
    std::string found;
    const Reply reply = Call("GET", "/api/v1/images", "", {{"Labels", labels}});
    for (const json::value& image : reply.body.at("Images").as_array())
      found += (found.empty() ? "" : ",") + TextOf(image.as_object(), "ImageId");
    return found;
  };
  // As the PAI Python SDK asks.
  EXPECT_EQ(names("system.official=true,system.supported.eas=true,system.chipType=CPU"),
            "image-lab");
  EXPECT_EQ(names("system.official=true,system.supported.eas=true"), "image-lab,image-torch");
  EXPECT_EQ(names("system.official=true,system.supported.dsw=true"), "image-lab");
  EXPECT_EQ(names("system.official=false"), "");
  EXPECT_EQ(names("system.framework.PyTorch=*"), "image-torch");
  EXPECT_EQ(names("system.framework.PyTorch=2.2"), "");

  const auto labels = [&](std::vector<std::pair<std::string, std::string>> query) {
    std::string found;
    const Reply reply = Call("GET", "/api/v1/image/labels", "", std::move(query));
    ExpectOk(reply);
    for (const json::value& label : reply.body.at("Labels").as_array()) {
      found += (found.empty() ? "" : ",") + TextOf(label.as_object(), "Key") + "=" +
               TextOf(label.as_object(), "Value");
    }
    EXPECT_EQ(reply.body.at("TotalCount").as_int64(),
              static_cast<std::int64_t>(reply.body.at("Labels").as_array().size()));
    return found;
  };
  EXPECT_EQ(labels({}),
            "system.chipType=CPU,system.chipType=GPU,system.framework.PyTorch=2.1,"
            "system.official=true,system.supported.dsw=false,system.supported.dsw=true,"
            "system.supported.eas=true");
  EXPECT_EQ(labels({{"LabelKeys", "system.chipType"}}), "system.chipType=CPU,system.chipType=GPU");
  EXPECT_EQ(labels({{"LabelFilter", "system.chipType=GPU"}}), "system.chipType=GPU");
  EXPECT_EQ(labels({{"ImageId", "image-torch"}, {"LabelKeys", "system.chipType"}}),
            "system.chipType=GPU");
  EXPECT_EQ(labels({{"ImageId", "none"}}), "");
}

TEST_F(WorkspaceTest, AnImageIsShownByItsIdAlone) {
  const Reply image = Call("GET", "/api/v1/images/image-lab");
  ExpectOk(image);
  EXPECT_EQ(image.Text("Name"), "lab:4-py311");
  EXPECT_FALSE(image.body.contains("Labels"));
  ExpectGateway(Call("GET", "/api/v1/images/local%2Flab%3A4-py311"), 404, "InvalidImage.NotFound");
}

TEST_F(WorkspaceTest, ImagesAreOpenToAllUsers) {
  const auto nobody = world_.MakeUser("nobody", "");
  ExpectOk(Call("GET", "/api/v1/images", "", {}, &nobody.key));
}

}  // namespace
}  // namespace atelier::api
