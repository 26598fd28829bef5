// CheckPermissions: what may be done, told by the gates of the operations themselves. That it says
// of every operation what becomes of it is tests/sdk/test_access_matrix.py.
#include <string>
#include <utility>
#include <vector>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

using Questions = std::vector<std::pair<std::string, std::string>>;  // action, resource

/// ada, a developer of the workspace, in which dsw-hers is hers and dsw-theirs is not; dsw-far is
/// in a workspace of others.
class PermissionsTest : public testing::Test {
 protected:
  PermissionsTest()
      : ada_(world_.MakeUser("ada", "AliyunPAIFullAccess",
                             {{world_.workspace, WorkspaceRole::AlgoDeveloper}})) {
    model::Instance instance = world_.Sample("dsw-hers");
    instance.owner = ada_.id;
    instance.tags = {{"stage", "prod"}};
    world_.Put(instance);
    instance = world_.Sample("dsw-theirs");
    instance.name = "theirs";
    world_.Put(instance);
    instance = world_.Sample("dsw-far");
    instance.workspace = world_.MakeWorkspace("far");
    world_.Put(instance);
  }

  Reply Ask(const identity::NewKey& key, const Questions& questions) {
    json::array list;
    for (const auto& [action, resource] : questions)
      list.push_back(json::object{{"Action", action}, {"Resource", resource}});
    return world_.Call(key, "POST", "/atelier/v1/can",
                       {.body = json::serialize(json::object{{"Questions", list}}), .version = ""});
  }
  /// "yes", or the code of the refusal.
  std::string May(const identity::NewKey& key, const std::string& action,
                  const std::string& resource) {
    const Reply reply = Ask(key, {{action, resource}});
    ExpectOk(reply);
    const json::object& only = reply.body.at("Permissions").as_array().at(0).as_object();
    EXPECT_EQ(TextOf(only, "Action"), action);
    EXPECT_EQ(TextOf(only, "Resource"), resource);
    EXPECT_NE(only.at("Allowed").as_bool(), TextOf(only, "Message") != "") << reply.text;
    return only.at("Allowed").as_bool() ? "yes" : TextOf(only, "Code");
  }

  ApiWorld world_;
  ApiWorld::Person ada_;
};

TEST_F(PermissionsTest, AreThoseOfTheRoleInTheWorkspace) {
  EXPECT_EQ(May(ada_.key, "paidsw:StopInstance", "dsw-hers"), "yes");
  EXPECT_EQ(May(ada_.key, "atelier:CreateOpenLink", "dsw-hers"), "yes");
  EXPECT_EQ(May(ada_.key, "paidsw:StopInstance", "dsw-theirs"), "NoPermissionError");
  EXPECT_EQ(May(ada_.key, "paidsw:CreateInstance", world_.workspace.str()), "yes");
  EXPECT_EQ(May(ada_.key, "paidsw:CreateInstance", ""), "yes") << "the only one that she is in";
  EXPECT_EQ(May(ada_.key, "paiworkspace:UpdateWorkspace", world_.workspace.str()),
            "NoPermissionError");
  EXPECT_EQ(May(world_.root, "paiworkspace:UpdateWorkspace", world_.workspace.str()), "yes");
}

TEST_F(PermissionsTest, TellNobodyWhatThereIsElsewhere) {
  // As StopInstance itself: the same of what is not there.
  EXPECT_EQ(May(ada_.key, "paidsw:StopInstance", "dsw-far"), "InternalError");
  EXPECT_EQ(May(ada_.key, "paidsw:StopInstance", "dsw-nowhere"), "InternalError");
  EXPECT_EQ(May(world_.root, "paidsw:StopInstance", "dsw-far"), "yes");
}

TEST_F(PermissionsTest, KnowTheConditionsOnTheInstance) {
  world_.MakePolicy("mine", R"({"Effect":"Deny","Action":"paidsw:*","Resource":"*",
      "Condition":{"StringEquals":{"acs:ResourceTag/stage":"prod"}}})");
  world_.Attach("mine", "ada");
  EXPECT_EQ(May(ada_.key, "paidsw:StopInstance", "dsw-hers"), "NoPermission");
  world_.Detach("mine", "ada");
  EXPECT_EQ(May(ada_.key, "paidsw:StopInstance", "dsw-hers"), "yes");
}

TEST_F(PermissionsTest, AreThoseOfTheKeyThatAsks) {
  world_.MakeRole("helper", "AdministratorAccess");
  const identity::NewKey narrow = world_.Assume(
      "helper", "visit",
      R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:ListUsers","Resource":"*"}]})");
  EXPECT_EQ(May(narrow, "ram:ListUsers", ""), "yes");
  EXPECT_EQ(May(narrow, "ram:CreateUser", ""), "NoPermission");
}

TEST_F(PermissionsTest, OfWhatIsNotSupportedSaySo) {
  const Reply reply = Ask(world_.root, {{"paidsw:ListInstanceSnapshot", "dsw-hers"}});
  ExpectOk(reply);
  EXPECT_NE(reply.text.find("not supported"), std::string::npos) << reply.text;
  EXPECT_NE(reply.text.find(R"("Allowed":false)"), std::string::npos) << reply.text;
}

TEST_F(PermissionsTest, AreAskedWithinLimits) {
  const Questions one = {{"paidsw:StopInstance", "dsw-hers"}};
  ExpectOk(Ask(ada_.key, Questions(200, one.front())));
  ExpectBadParameter(Ask(ada_.key, Questions(201, one.front())));
  ExpectBadParameter(Ask(ada_.key, {}));
  ExpectBadParameter(Ask(ada_.key, {{"paidsw:StopTheWorld", "dsw-hers"}}));
  ExpectBadParameter(Ask(ada_.key, {{"StopInstance", "dsw-hers"}}));
  ExpectBadParameter(Ask(ada_.key, {{"paidsw:StopInstance", ""}}));
  ExpectBadParameter(Ask(ada_.key, {{"ram:CreateUser", "ada"}}));
  ExpectBadParameter(Ask(ada_.key, {{"paidsw:StopInstance", std::string(1025, 'x')}}));
}

TEST_F(PermissionsTest, ADenyTakesTheQuestionAwayToo) {
  world_.MakePolicy("mute",
                    R"({"Effect":"Deny","Action":"atelier:CheckPermissions","Resource":"*"})");
  world_.Attach("mute", "ada");
  ExpectRefused(Ask(ada_.key, {{"paidsw:StopInstance", "dsw-hers"}}), 403, "NoPermission");
}

TEST_F(PermissionsTest, ChangeNothing) {
  const auto before = Dump(world_);
  ExpectOk(Ask(world_.root, {{"paidsw:DeleteInstance", "dsw-hers"}, {"ram:CreateUser", ""}}));
  EXPECT_EQ(Dump(world_), before);
}

}  // namespace
}  // namespace atelier::api
