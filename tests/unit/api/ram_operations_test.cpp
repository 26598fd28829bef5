// RAM and STS: docs/contract/ram-policy.md, docs/contract/signing.md section 4; shapes of the
// official SDKs.
#include <string>

#include "api/operation.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;
using Query = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kAllowList =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"paidsw:ListInstances","Resource":"*"}]})";

class RamTest : public testing::Test {
 protected:
  Reply Ram(std::string action, Query query = {}, const identity::NewKey* key = nullptr) {
    return world_.Call(
        key == nullptr ? world_.root : *key, "POST", "/",
        {.query = std::move(query), .version = "2015-05-01", .action = std::move(action)});
  }
  Reply Sts(std::string action, Query query, const identity::NewKey& key) {
    return world_.Call(
        key, "POST", "/",
        {.query = std::move(query), .version = "2015-04-01", .action = std::move(action)});
  }
  /// "a,b": `member` of each item of the list `outer`.`inner`.
  static std::string Items(const Reply& reply, std::string_view outer, std::string_view inner,
                           std::string_view member) {
    ExpectOk(reply);
    std::string texts;
    for (const json::value& item : reply.body.at(outer).as_object().at(inner).as_array()) {
      texts += (texts.empty() ? "" : ",") + TextOf(item.as_object(), member);
    }
    return texts;
  }
  static const json::object& Part(const Reply& reply, std::string_view name) {
    ExpectOk(reply);
    return reply.body.at(name).as_object();
  }
  Reply CreateRole(const std::string& name, const std::string& principal, Query more = {}) {
    Query query = {
        {"RoleName", name},
        {"AssumeRolePolicyDocument",
         R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":[")" +
             principal + R"("]}}]})"}};
    query.insert(query.end(), more.begin(), more.end());
    return Ram("CreateRole", query);
  }
  std::string RoleArn(const std::string& name) const {
    return "acs:ram::" + world_.account.str() + ":role/" + name;
  }

  ApiWorld world_;
};

// Users
// -----------------------------------------------------------------------------------------------

TEST_F(RamTest, UsersAreMadeShownListedAndDeleted) {
  const json::object made =
      Part(Ram("CreateUser", {{"UserName", "ada"}, {"DisplayName", "Ada L."}}), "User");
  EXPECT_EQ(TextOf(made, "UserName"), "ada");
  EXPECT_EQ(TextOf(made, "DisplayName"), "Ada L.");
  EXPECT_EQ(TextOf(made, "CreateDate"), "2024-05-01T12:00:00Z");
  EXPECT_FALSE(TextOf(made, "UserId").empty());
  EXPECT_EQ(Part(Ram("GetUser", {{"UserName", "ada"}}), "User"), made);
  EXPECT_EQ(Items(Ram("ListUsers"), "Users", "User", "UserName"), "ada");
  const Reply gone = Ram("DeleteUser", {{"UserName", "ada"}});
  ExpectOk(gone);
  EXPECT_EQ(gone.body.size(), 1U) << "the answer holds RequestId only";
  ExpectRefused(Ram("GetUser", {{"UserName", "ada"}}), 404, "EntityNotExist.User");
  ExpectRefused(Ram("DeleteUser", {{"UserName", "ada"}}), 404, "EntityNotExist.User");
}

TEST_F(RamTest, ListsArePagedByMarker) {
  for (const char* name : {"carol", "ada", "bob"})
    ExpectOk(Ram("CreateUser", {{"UserName", name}}));
  const Reply first = Ram("ListUsers", {{"MaxItems", "2"}});
  EXPECT_EQ(Items(first, "Users", "User", "UserName"), "ada,bob");
  EXPECT_EQ(first.body.at("IsTruncated"), json::value(true));
  const Reply second = Ram("ListUsers", {{"MaxItems", "2"}, {"Marker", first.Text("Marker")}});
  EXPECT_EQ(Items(second, "Users", "User", "UserName"), "carol");
  EXPECT_EQ(second.body.at("IsTruncated"), json::value(false));
  EXPECT_FALSE(second.body.contains("Marker"));
}

TEST_F(RamTest, UsersThatCannotBeChangeNothing) {
  ExpectOk(Ram("CreateUser", {{"UserName", "ada"}}));
  const auto before = Dump(world_);
  for (const Query& query :
       std::vector<Query>{{},
                          {{"UserName", ""}},
                          {{"UserName", "with blank"}},
                          {{"UserName", std::string(65, 'a')}},
                          {{"UserName", "bob"}, {"DisplayName", std::string(129, 'd')}},
                          {{"UserName", "bob"}, {"Email", "bob@example.org"}},
                          {{"UserName", "bob"}, {"MobilePhone", "1"}},
                          {{"UserName", "bob"}, {"Comments", "c"}}}) {
    ExpectBadParameter(Ram("CreateUser", query));
  }
  const Reply taken = Ram("CreateUser", {{"UserName", "ADA"}});
  EXPECT_EQ(taken.status, 409);
  EXPECT_TRUE(taken.code().starts_with("EntityAlreadyExists")) << taken.text;
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, AUserWithKeysIsNotDeleted) {
  ExpectOk(Ram("CreateUser", {{"UserName", "ada"}}));
  ExpectOk(Ram("CreateAccessKey", {{"UserName", "ada"}}));
  const auto before = Dump(world_);
  const Reply reply = Ram("DeleteUser", {{"UserName", "ada"}});
  EXPECT_EQ(reply.status, 409);
  EXPECT_TRUE(reply.code().starts_with("DeleteConflict")) << reply.text;
  EXPECT_EQ(Dump(world_), before);
}

// Keys
// ------------------------------------------------------------------------------------------------

TEST_F(RamTest, AKeySignsUntilItIsDisabledOrDeleted) {
  ExpectOk(Ram("CreateUser", {{"UserName", "ada"}}));
  const json::object made = Part(Ram("CreateAccessKey", {{"UserName", "ada"}}), "AccessKey");
  EXPECT_EQ(TextOf(made, "Status"), "Active");
  EXPECT_EQ(TextOf(made, "CreateDate"), "2024-05-01T12:00:00Z");
  identity::NewKey key;
  key.id = TextOf(made, "AccessKeyId");
  key.secret = TextOf(made, "AccessKeySecret");
  ExpectOk(Sts("GetCallerIdentity", {}, key));
  ExpectOk(Ram("UpdateAccessKey",
               {{"UserName", "ada"}, {"UserAccessKeyId", key.id}, {"Status", "Inactive"}}));
  ExpectRefused(Sts("GetCallerIdentity", {}, key), 400, "InvalidAccessKeyId.Inactive");
  const Reply listed = Ram("ListAccessKeys", {{"UserName", "ada"}});
  EXPECT_EQ(Items(listed, "AccessKeys", "AccessKey", "Status"), "Inactive");
  EXPECT_EQ(listed.text.find("AccessKeySecret"), std::string::npos);
  ExpectOk(Ram("UpdateAccessKey",
               {{"UserName", "ada"}, {"UserAccessKeyId", key.id}, {"Status", "Active"}}));
  ExpectOk(Sts("GetCallerIdentity", {}, key));
  ExpectOk(Ram("DeleteAccessKey", {{"UserName", "ada"}, {"UserAccessKeyId", key.id}}));
  ExpectRefused(Sts("GetCallerIdentity", {}, key), 404, "InvalidAccessKeyId.NotFound");
}

TEST_F(RamTest, WithoutANameTheCallersOwnKeysAreMeant) {
  EXPECT_EQ(Items(Ram("ListAccessKeys"), "AccessKeys", "AccessKey", "AccessKeyId"), world_.root.id);
  const auto admin = world_.MakeUser("admin", "AdministratorAccess");
  EXPECT_EQ(Items(Ram("ListAccessKeys", {}, &admin.key), "AccessKeys", "AccessKey", "AccessKeyId"),
            admin.key.id);
}

TEST_F(RamTest, AKeyIsReachedThroughItsOwnUserOnly) {
  const auto admin = world_.MakeUser("admin", "AdministratorAccess");
  const auto ada = world_.MakeUser("ada", "");
  const auto before = Dump(world_);
  for (const Query& query :
       std::vector<Query>{{{"UserAccessKeyId", world_.root.id}},  // the main account's
                          {{"UserAccessKeyId", world_.root.id}, {"UserName", "ada"}},
                          {{"UserAccessKeyId", ada.key.id}},
                          {{"UserAccessKeyId", "LTAInone"}, {"UserName", "ada"}}}) {
    Query update = query;
    update.emplace_back("Status", "Inactive");
    ExpectRefused(Ram("UpdateAccessKey", update, &admin.key), 404, "EntityNotExist.User.AccessKey");
    ExpectRefused(Ram("DeleteAccessKey", query, &admin.key), 404, "EntityNotExist.User.AccessKey");
  }
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, TheMainAccountKeepsAKeyThatWorks) {
  const auto before = Dump(world_);
  EXPECT_EQ(Ram("DeleteAccessKey", {{"UserAccessKeyId", world_.root.id}}).status, 409);
  EXPECT_EQ(
      Ram("UpdateAccessKey", {{"UserAccessKeyId", world_.root.id}, {"Status", "Inactive"}}).status,
      409);
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, KeysThatCannotBeChangeNothing) {
  ExpectOk(Ram("CreateUser", {{"UserName", "ada"}}));
  ExpectOk(Ram("CreateAccessKey", {{"UserName", "ada"}}));
  ExpectOk(Ram("CreateAccessKey", {{"UserName", "ada"}}));
  const auto before = Dump(world_);
  const Reply third = Ram("CreateAccessKey", {{"UserName", "ada"}});
  EXPECT_GE(third.status, 400);
  EXPECT_LT(third.status, 500) << "limits are never 5xx";
  ExpectRefused(Ram("CreateAccessKey", {{"UserName", "nobody"}}), 404, "EntityNotExist.User");
  ExpectBadParameter(
      Ram("UpdateAccessKey", {{"UserAccessKeyId", world_.root.id}, {"Status", "Asleep"}}));
  ExpectBadParameter(Ram("UpdateAccessKey", {{"Status", "Active"}}));
  EXPECT_EQ(Dump(world_), before);
}

// Policies
// --------------------------------------------------------------------------------------------

TEST_F(RamTest, PoliciesAreMadeShownAttachedAndDeleted) {
  const json::object made =
      Part(Ram("CreatePolicy",
               {{"PolicyName", "CanList"}, {"PolicyDocument", kAllowList}, {"Description", "d"}}),
           "Policy");
  EXPECT_EQ(TextOf(made, "PolicyName"), "CanList");
  EXPECT_EQ(TextOf(made, "PolicyType"), "Custom");
  EXPECT_EQ(TextOf(made, "DefaultVersion"), "v1");
  const auto ada = world_.MakeUser("ada", "");
  const Query attach = {{"PolicyName", "CanList"}, {"PolicyType", "Custom"}, {"UserName", "ada"}};
  ExpectOk(Ram("AttachPolicyToUser", attach));
  EXPECT_EQ(
      Items(Ram("ListPoliciesForUser", {{"UserName", "ada"}}), "Policies", "Policy", "PolicyName"),
      "CanList");
  const Reply shown = Ram("GetPolicy", {{"PolicyName", "CanList"}, {"PolicyType", "Custom"}});
  EXPECT_EQ(Part(shown, "Policy").at("AttachmentCount"), json::value(1));
  EXPECT_EQ(TextOf(Part(shown, "DefaultPolicyVersion"), "PolicyDocument"), kAllowList);
  EXPECT_EQ(Part(shown, "DefaultPolicyVersion").at("IsDefaultVersion"), json::value(true));

  EXPECT_EQ(Ram("AttachPolicyToUser", attach).status, 409);
  EXPECT_EQ(Ram("DeletePolicy", {{"PolicyName", "CanList"}}).status, 409) << "it is attached";
  ExpectOk(Ram("DetachPolicyFromUser", attach));
  ExpectRefused(Ram("DetachPolicyFromUser", attach), 404, "EntityNotExist.Policy");
  ExpectOk(Ram("DeletePolicy", {{"PolicyName", "CanList"}}));
  ExpectRefused(Ram("GetPolicy", {{"PolicyName", "CanList"}, {"PolicyType", "Custom"}}), 404,
                "EntityNotExist.Policy");
}

TEST_F(RamTest, AnAttachedPolicyWorksFromTheNextRequestOn) {
  const auto ada =
      world_.MakeUser("ada", "", {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  EXPECT_EQ(world_.Get(ada.key, "/api/v2/instances").status, 403);
  ExpectOk(Ram("CreatePolicy", {{"PolicyName", "CanList"}, {"PolicyDocument", kAllowList}}));
  ExpectOk(Ram("AttachPolicyToUser",
               {{"PolicyName", "CanList"}, {"PolicyType", "Custom"}, {"UserName", "ada"}}));
  EXPECT_EQ(world_.Get(ada.key, "/api/v2/instances").status, 200);
  ExpectOk(Ram("DetachPolicyFromUser",
               {{"PolicyName", "CanList"}, {"PolicyType", "Custom"}, {"UserName", "ada"}}));
  EXPECT_EQ(world_.Get(ada.key, "/api/v2/instances").status, 403);
}

TEST_F(RamTest, SystemPoliciesAreListedAndStay) {
  const Reply all = Ram("ListPolicies", {{"PolicyType", "System"}});
  EXPECT_NE(Items(all, "Policies", "Policy", "PolicyName").find("AdministratorAccess"),
            std::string::npos);
  EXPECT_EQ(
      Items(Ram("ListPolicies", {{"PolicyType", "Custom"}}), "Policies", "Policy", "PolicyName"),
      "");
  const auto before = Dump(world_);
  EXPECT_EQ(Ram("DeletePolicy", {{"PolicyName", "AdministratorAccess"}}).status, 409);
  EXPECT_EQ(
      Ram("CreatePolicy", {{"PolicyName", "AdministratorAccess"}, {"PolicyDocument", kAllowList}})
          .status,
      409);
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, PolicyTypeAndNameMustAgree) {
  ExpectOk(Ram("CreateUser", {{"UserName", "ada"}}));
  const auto before = Dump(world_);
  ExpectRefused(
      Ram("AttachPolicyToUser",
          {{"PolicyName", "AdministratorAccess"}, {"PolicyType", "Custom"}, {"UserName", "ada"}}),
      404, "EntityNotExist.Policy");
  ExpectBadParameter(
      Ram("AttachPolicyToUser", {{"PolicyName", "AdministratorAccess"}, {"UserName", "ada"}}));
  ExpectRefused(
      Ram("AttachPolicyToUser",
          {{"PolicyName", "AdministratorAccess"}, {"PolicyType", "System"}, {"UserName", "bob"}}),
      404, "EntityNotExist.User");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, PolicyDocumentsAreCheckedOnUpload) {
  const auto before = Dump(world_);
  for (
      const char* document :
      {"{}", "no json", R"({"Version":"2","Statement":[]})",
       R"({"Version":"1","Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Conditon":{}}]})"}) {
    ExpectRefused(Ram("CreatePolicy", {{"PolicyName", "Bad"}, {"PolicyDocument", document}}), 400,
                  "MalformedPolicyDocument");
  }
  ExpectBadParameter(
      Ram("CreatePolicy", {{"PolicyName", "bad name"}, {"PolicyDocument", kAllowList}}));
  ExpectBadParameter(
      Ram("CreatePolicy", {{"PolicyName", "Large"}, {"PolicyDocument", std::string(6145, ' ')}}));
  EXPECT_EQ(Dump(world_), before);
}

// Who may
// ---------------------------------------------------------------------------------------------

TEST_F(RamTest, EveryOperationNeedsItsRamAction) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIFullAccess");
  const auto before = Dump(world_);
  for (const Operation& operation : Operations()) {
    if (operation.product != Product::kRam || operation.handler == nullptr) continue;
    const Reply reply = Ram(std::string(operation.name), {}, &ada.key);
    ExpectRefused(reply, 403, "NoPermission");
    EXPECT_EQ(TextOf(reply.body.at("AccessDeniedDetail").as_object(), "AuthAction"),
              "ram:" + std::string(operation.name));
  }
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, ParametersMayComeAsAForm) {
  const std::string body = "UserName=ada&DisplayName=Ada+L.";
  identity::SigningInput input;
  input.access_key_id = world_.root.id;
  input.access_key_secret = world_.root.secret;
  input.method = "POST";
  input.host = "workshop.test";
  input.body = body;
  input.content_type = "application/x-www-form-urlencoded";
  input.action = "CreateUser";
  input.version = "2015-05-01";
  input.date = world_.clock.Wall();
  input.nonce = "form-1";
  http::RequestHead head = ApiWorld::Head("POST", "/");
  for (auto& [name, value] : identity::SignAcs3(input)) head.headers.Add(name, value);
  EXPECT_EQ(TextOf(Part(world_.Send(head, body), "User"), "DisplayName"), "Ada L.");
}

// Roles and STS
// ---------------------------------------------------------------------------------------

TEST_F(RamTest, RolesAreMadeShownListedAndDeleted) {
  const json::object made = Part(CreateRole("Reader", "acs:ram::" + world_.account.str() + ":root",
                                            {{"MaxSessionDuration", "7200"}}),
                                 "Role");
  EXPECT_EQ(TextOf(made, "RoleName"), "Reader");
  EXPECT_EQ(TextOf(made, "Arn"), RoleArn("Reader"));
  EXPECT_EQ(made.at("MaxSessionDuration"), json::value(7200));
  EXPECT_EQ(Part(Ram("GetRole", {{"RoleName", "Reader"}}), "Role"), made);
  EXPECT_EQ(Items(Ram("ListRoles"), "Roles", "Role", "RoleName"), "Reader");
  const Query attach = {
      {"PolicyName", "AliyunPAIDSWFullAccess"}, {"PolicyType", "System"}, {"RoleName", "Reader"}};
  ExpectOk(Ram("AttachPolicyToRole", attach));
  EXPECT_EQ(Items(Ram("ListPoliciesForRole", {{"RoleName", "Reader"}}), "Policies", "Policy",
                  "PolicyName"),
            "AliyunPAIDSWFullAccess");
  ExpectOk(Ram("DetachPolicyFromRole", attach));
  ExpectOk(Ram("DeleteRole", {{"RoleName", "Reader"}}));
  ExpectRefused(Ram("GetRole", {{"RoleName", "Reader"}}), 404, "EntityNotExist.Role");
}

TEST_F(RamTest, RolesThatCannotBeChangeNothing) {
  const auto before = Dump(world_);
  const std::string root = "acs:ram::" + world_.account.str() + ":root";
  ExpectBadParameter(CreateRole("1st", root));
  ExpectBadParameter(CreateRole("bad name", root));
  ExpectBadParameter(CreateRole("Short", root, {{"MaxSessionDuration", "3599"}}));
  ExpectBadParameter(CreateRole("Said", root, {{"Description", "d"}}));
  ExpectRefused(
      Ram("CreateRole", {{"RoleName", "Trusting"}, {"AssumeRolePolicyDocument", kAllowList}}), 400,
      "MalformedPolicyDocument");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, AssumeRoleAnswersAKeyThatSignsAsTheRole) {
  const auto ada = world_.MakeUser("ada", "AdministratorAccess");
  ExpectOk(CreateRole("Reader", "acs:ram::" + world_.account.str() + ":user/ada"));
  const Reply assumed = Sts(
      "AssumeRole",
      {{"RoleArn", RoleArn("Reader")}, {"RoleSessionName", "laptop"}, {"DurationSeconds", "900"}},
      ada.key);
  const json::object& user = Part(assumed, "AssumedRoleUser");
  EXPECT_EQ(TextOf(user, "Arn"),
            "acs:ram::" + world_.account.str() + ":assumed-role/Reader/laptop");
  EXPECT_EQ(TextOf(user, "AssumedRoleId"), "Reader:laptop");
  const json::object& credentials = Part(assumed, "Credentials");
  EXPECT_TRUE(TextOf(credentials, "AccessKeyId").starts_with("STS."));
  EXPECT_EQ(TextOf(credentials, "Expiration"), "2024-05-01T12:15:00Z");

  identity::NewKey key;
  key.id = TextOf(credentials, "AccessKeyId");
  key.secret = TextOf(credentials, "AccessKeySecret");
  key.security_token = TextOf(credentials, "SecurityToken");
  const Reply who = Sts("GetCallerIdentity", {}, key);
  EXPECT_EQ(who.Text("IdentityType"), "AssumedRoleUser");
  EXPECT_EQ(who.Text("Arn"), TextOf(user, "Arn"));
  EXPECT_EQ(who.Text("AccountId"), world_.account.str());
  world_.clock.Advance(std::chrono::minutes(16));
  ExpectRefused(Sts("GetCallerIdentity", {}, key), 400, "InvalidSecurityToken.Expired");
}

TEST_F(RamTest, AssumeRoleNeedsBothPolicies) {
  const auto trusted =
      world_.MakeUser("trusted", "");  // the role's trust, no permission of its own
  const auto untrusted = world_.MakeUser("untrusted", "AdministratorAccess");  // the reverse
  ExpectOk(CreateRole("Reader", "acs:ram::" + world_.account.str() + ":user/trusted"));
  const Query query = {{"RoleArn", RoleArn("Reader")}, {"RoleSessionName", "laptop"}};
  const auto before = Dump(world_);
  ExpectRefused(Sts("AssumeRole", query, trusted.key), 403, "NoPermission");
  ExpectRefused(Sts("AssumeRole", query, untrusted.key), 403, "NoPermission");
  const Reply root = Sts("AssumeRole", query, world_.root);
  ExpectRefused(root, 403, "NoPermission");
  EXPECT_EQ(root.message(), "Roles may not be assumed by root accounts.");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, AssumeRoleChecksItsParameters) {
  const auto ada = world_.MakeUser("ada", "AdministratorAccess");
  ExpectOk(CreateRole("Reader", "acs:ram::" + world_.account.str() + ":user/ada"));
  const auto before = Dump(world_);
  const std::string arn = RoleArn("Reader");
  for (const Query& query : std::vector<Query>{
           {{"RoleArn", arn}},
           {{"RoleSessionName", "laptop"}},
           {{"RoleArn", arn}, {"RoleSessionName", "x"}},
           {{"RoleArn", arn}, {"RoleSessionName", "with blank"}},
           {{"RoleArn", arn}, {"RoleSessionName", "laptop"}, {"DurationSeconds", "899"}},
           {{"RoleArn", arn}, {"RoleSessionName", "laptop"}, {"DurationSeconds", "3601"}}}) {
    ExpectBadParameter(Sts("AssumeRole", query, ada.key));
  }
  ExpectRefused(Sts("AssumeRole",
                    {{"RoleArn", arn}, {"RoleSessionName", "laptop"}, {"Policy", "{}"}}, ada.key),
                400, "MalformedPolicyDocument");
  ExpectRefused(
      Sts("AssumeRole", {{"RoleArn", RoleArn("Nobody")}, {"RoleSessionName", "laptop"}}, ada.key),
      404, "EntityNotExist.Role");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(RamTest, EverybodyMayAskWhoHeIs) {
  const auto ada = world_.MakeUser("ada", "");
  const Reply user = Sts("GetCallerIdentity", {}, ada.key);
  EXPECT_EQ(user.Text("IdentityType"), "RAMUser");
  EXPECT_EQ(user.Text("UserId"), ada.id.str());
  EXPECT_EQ(user.Text("Arn"), "acs:ram::" + world_.account.str() + ":user/ada");
  const Reply root = Sts("GetCallerIdentity", {}, world_.root);
  EXPECT_EQ(root.Text("IdentityType"), "Account");
  EXPECT_EQ(root.Text("Arn"), "acs:ram::" + world_.account.str() + ":root");
}

}  // namespace
}  // namespace atelier::api
