// CreateInstance: docs/contract/lifecycle.md section 2.
#include <string>

#include <fmt/format.h>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

constexpr std::string_view kPath = "/api/v2/instances";

class CreateTest : public testing::Test {
 protected:
  Reply Create(std::string body) { return Create(world_.root, std::move(body)); }
  Reply Create(const identity::NewKey& key, std::string body) {
    return world_.Call(key, "POST", kPath, {.body = std::move(body)});
  }
  /// The least that CreateInstance needs, with `more` members.
  static std::string Body(const std::string& more = "", const std::string& name = "demo") {
    return R"({"InstanceName":")" + name + R"(","EcsSpec":"ecs.c6.large","ImageId":"image-lab")" +
           (more.empty() ? "" : "," + more) + "}";
  }
  directory::InstancePtr Made(const Reply& reply) {
    ExpectOk(reply);
    return world_.instances.Find(model::InstanceId(reply.Text("InstanceId")));
  }
  void ExpectChangesNothing(const std::string& body, std::string_view part) {
    const auto before = Dump(world_);
    ExpectInvalid(Create(body), part);
    EXPECT_EQ(Dump(world_), before) << body;
  }

  ApiWorld world_;
};

TEST_F(CreateTest, AnswersTheIdInTheFullEnvelope) {
  const Reply reply = Create(Body());
  ExpectOk(reply);
  EXPECT_TRUE(reply.Text("InstanceId").starts_with("dsw-"));
  EXPECT_EQ(reply.body.at("Success"), json::value(true));
  EXPECT_EQ(reply.body.at("HttpStatusCode"), json::value(200));
  EXPECT_TRUE(reply.body.at("Code").is_null());
  EXPECT_TRUE(reply.body.at("Message").is_null());
}

TEST_F(CreateTest, DefaultsAreTheDocumentedOnes) {
  const auto made = Made(Create(Body()));
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->workspace, world_.workspace);
  EXPECT_EQ(made->owner.str(), world_.account.str());
  EXPECT_EQ(made->accessibility, model::Accessibility::PRIVATE);
  EXPECT_EQ(made->payment, model::PaymentType::PayAsYouGo);
  EXPECT_EQ(made->priority, 1);
  EXPECT_EQ(made->status, model::InstanceStatus::Creating);
  EXPECT_EQ(made->capacity.milli_cpu, 2000);
}

TEST_F(CreateTest, KeepsEveryPartOfTheWish) {
  const auto made = Made(Create(Body(
      R"("Accessibility":"PUBLIC","Priority":9,"Driver":"535.54.03","OversoldType":"AcceptQuotaOverSold",
         "EnvironmentVariables":{"A_1":"x y","N":5,"B":true},"Labels":[{"Key":"team","Value":"vision"},{"Key":"empty"}],
         "Tag":[{"Key":"cost","Value":"7"}],"UserCommand":{"OnStart":{"Content":"echo hello"}},
         "MigrationOptions":{"any":{"thing":1}},"ImageAuth":"YWRhOnNlY3JldA==","UserId":"")")));
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->accessibility, model::Accessibility::PUBLIC);
  EXPECT_EQ(made->priority, 9);
  EXPECT_EQ(made->driver, "535.54.03");
  EXPECT_EQ(made->oversold_type, model::OversoldType::AcceptQuotaOverSold);
  EXPECT_EQ(made->environment,
            (std::map<std::string, std::string>{{"A_1", "x y"}, {"N", "5"}, {"B", "true"}}));
  EXPECT_EQ(made->labels, (std::vector<model::Label>{{"team", "vision"}, {"empty", ""}}));
  EXPECT_EQ(made->tags, (std::vector<model::Label>{{"cost", "7"}}));
  EXPECT_EQ(made->on_start, "echo hello");
  EXPECT_FALSE(made->user_command_id.empty());
  EXPECT_EQ(json::serialize(made->migration_options), R"({"any":{"thing":1}})");
}

TEST_F(CreateTest, ThePasswordOfAnImageIsNeverStored) {
  const auto made = Made(Create(Body(R"("ImageAuth":"YWRhOnNlY3JldA==")")));  // ada:secret
  EXPECT_EQ(made->image_auth, "YWRhOioqKioqKg==");                            // ada:******
  for (const std::string& record : Dump(world_))
    EXPECT_EQ(record.find("YWRhOnNlY3JldA"), std::string::npos);
}

TEST_F(CreateTest, ImageIdWinsOverImageUrlAndEitherDoes) {
  EXPECT_EQ(
      Made(
          Create(R"({"InstanceName":"a","EcsSpec":"ecs.c6.large","ImageUrl":"local/lab:4-py311"})"))
          ->image_id,
      "image-lab");
  EXPECT_EQ(Made(Create(Body(R"("ImageUrl":"no/such:image")", "b")))->image_id, "image-lab");
}

TEST_F(CreateTest, RefusesWhatIsMissing) {
  ExpectChangesNothing(
      "{}", "InstanceName is required; EcsSpec is required; ImageId or ImageUrl is required");
  ExpectChangesNothing("", "valid JSON");
  ExpectChangesNothing("[]", "must be an object");
  ExpectChangesNothing("{", "valid JSON");
  ExpectChangesNothing(std::string(40, '[') + std::string(40, ']'), "32 levels");
  ExpectChangesNothing("{\"InstanceName\":\"\xff\"}", "valid JSON");
}

TEST_F(CreateTest, RefusesNamesThatAreNotDocumented) {
  for (const char* name : {"", "with-hyphen", "with blank", "dot.dot", "ünicode", "a/b",
                           "abcdefghijklmnopqrstuvwxyz12"}) {
    ExpectChangesNothing(Body("", name),
                         "InstanceName must be 1 to 27 letters, digits or underscores");
  }
  ExpectOk(Create(Body("", "abcdefghijklmnopqrstuvwxyz1")));
}

struct Bad {
  const char* part;
  const char* message;
};

TEST_F(CreateTest, RefusesWrongTypesAndValues) {
  for (const Bad& bad : std::initializer_list<Bad>{
           {R"("InstanceName":5)", "InstanceName must be a string"},
           {R"("EcsSpec":"ecs.unknown")", "EcsSpec ecs.unknown is not offered"},
           {R"("ImageId":"image-unknown")", "image-unknown"},
           {R"("Accessibility":"public")", "Accessibility must be one of PRIVATE, PUBLIC"},
           {R"("Accessibility":1)", "Accessibility"},
           {R"("Priority":0)", "Priority must be 1 to 9"},
           {R"("Priority":10)", "Priority must be 1 to 9"},
           {R"("Priority":"5")", "Priority must be an integer"},
           {R"("Priority":1.5)", "Priority must be an integer"},
           {R"("OversoldType":"Sometimes")", "OversoldType must be one of"},
           {R"("Driver":"rm -rf /")", "Driver"},
           {R"("ImageAuth":"not base64!")", "ImageAuth"},
           {R"("ImageAuth":"bm9jb2xvbg==")", "ImageAuth"},  // nocolon
           {R"("ImageAuth":"OnBhc3N3b3Jk")", "ImageAuth"},  // :password
           {R"("UserCommand":"echo")", "UserCommand must be an object"},
           {R"("UserCommand":{"OnStart":{"Content":"a\u0000b"}})", "null character"},
           {R"("MigrationOptions":[])", "MigrationOptions must be an object"},
           {R"("WorkspaceId":1)", "WorkspaceId must be a string"},
           {R"("WorkspaceId":"99999")", "WorkspaceId names no workspace"},
           {R"("UserId":"424242")", "UserId names no user"},
       }) {
    ExpectChangesNothing(Body(bad.part), bad.message);
  }
  ExpectChangesNothing(
      Body(R"("UserCommand":{"OnStart":{"Content":")" + std::string(65'537, 'x') + R"("}})"),
      "65536");
  ExpectOk(Create(
      Body(R"("UserCommand":{"OnStart":{"Content":")" + std::string(65'536, 'x') + R"("}})")));
}

TEST_F(CreateTest, RefusesLabelsThatAreNotDocumented) {
  for (const char* which : {"Labels", "Tag"}) {
    const std::string w = which;
    const auto labels = [&](const std::string& list) {
      return fmt::format(R"("{}":[{}])", w, list);
    };
    ExpectChangesNothing(Body(labels(R"({"Value":"x"})")), w + "[0].Key is required");
    ExpectChangesNothing(Body(labels(R"({"Key":""})")), w + "[0].Key must not be empty");
    ExpectChangesNothing(Body(labels(R"({"Key":"a"},{"Key":"a"})")), w + "[1].Key repeats");
    ExpectChangesNothing(Body(labels(R"({"Key":"aliyunx"})")), "aliyun or acs:");
    ExpectChangesNothing(Body(labels(R"({"Key":"ACS:x"})")), "aliyun or acs:");
    ExpectChangesNothing(Body(labels(R"({"Key":"a","Value":"see http://x"})")),
                         w + "[0].Value must not contain http://");
    ExpectChangesNothing(Body(labels(R"({"Key":"see https://x"})")),
                         w + "[0].Key must not contain http://");
    ExpectChangesNothing(Body(labels(R"({"Key":")" + std::string(129, 'k') + R"("})")),
                         "at most 128 characters");
    ExpectChangesNothing(Body(labels(R"({"Key":"k","Value":")" + std::string(129, 'v') + R"("})")),
                         "at most 128 characters");
    ExpectChangesNothing(Body(labels(R"({"Key":"a\u001bb"})")), "control characters");
    ExpectChangesNothing(Body("\"" + w + "\":{}"), w + " must be an array");
    std::string many;
    for (int i = 0; i < 21; ++i)
      many += (i == 0 ? "" : ",") + std::string(R"({"Key":"k)") + std::to_string(i) + R"("})";
    ExpectChangesNothing(Body(labels(many)), w + " must have at most 20 members");
  }
  // Characters count, not bytes.
  std::string umlauts;
  for (int i = 0; i < 128; ++i) umlauts += "ü";
  ExpectOk(Create(Body(R"("Labels":[{"Key":")" + umlauts + R"("}])")));
}

TEST_F(CreateTest, RefusesEnvironmentVariablesThatCannotBe) {
  for (const Bad& bad : std::initializer_list<Bad>{
           {R"({"1A":"x"})", "names of letters"},
           {R"({"":"x"})", "names of letters"},
           {R"({"A-B":"x"})", "names of letters"},
           {R"({"A=B":"x"})", "names of letters"},
           {R"({"A":{}})", "EnvironmentVariables.A must be a string"},
           {R"({"A":null})", "EnvironmentVariables.A must be a string"},
           {R"({"A":"x\u0000y"})", "null character"},
           {R"({"HOME":"/"})", "EnvironmentVariables.HOME is set by the server"},
           {R"({"JUPYTER_TOKEN":"x"})", "is set by the server"},
           {R"({"DSW_INSTANCE_ID":"dsw-other"})",
            "EnvironmentVariables.DSW_INSTANCE_ID is set by the server"},
           {R"({"ATELIER_ANYTHING":"x"})", "is set by the server"},
           {R"([])", "must be an object"},
       }) {
    ExpectChangesNothing(Body("\"EnvironmentVariables\":" + std::string(bad.part)), bad.message);
  }
  ExpectChangesNothing(
      Body(R"("EnvironmentVariables":{"A":")" + std::string(65'536, 'x') + R"("})"),
      "65536 bytes in all");
  ExpectOk(Create(Body(R"("EnvironmentVariables":{"ATELIER_SIMULATE":"{}"})")));
}

TEST_F(CreateTest, RefusesByNameWhatIsNotSupportedYet) {
  for (const Bad& bad : std::initializer_list<Bad>{
           {R"("ResourceId":"quota-1")",
            "ResourceId is not supported by this server yet: resource quotas"},
           {R"("RequestedResource":{"CPU":"4"})", "resource quotas"},
           {R"("Datasets":[{"DatasetId":"d-1"}])",
            "Datasets is not supported by this server yet: datasets"},
           {R"("DynamicMount":{"Enable":true})", "dynamic mounts"},
           {R"("CloudDisks":[{"Capacity":"30Gi"}])", "cloud disks"},
           {R"("UserVpc":{"VpcId":"vpc-1"})", "user VPCs and forwarding"},
           {R"("UserVpc":{"ForwardInfos":[{"Enable":true}]})", "user VPCs and forwarding"},
           {R"("SpotSpec":{"SpotStrategy":"SpotWithPriceLimit"})", "spot instances"},
           {R"("AssignNodeSpec":{"NodeNames":"n"})", "node assignment"},
           {R"("Affinity":{"CPU":{"Enable":true}})", "CPU affinity"},
           {R"("DockerConfig":{"ContainersLimit":10})", "nested containers"},
           {R"("AccessRestrictionRules":{"a":"b"})", "access restriction rules"},
           {R"("WorkspaceSource":"rootfsCloudDisk")", "datasets and cloud disks"},
       }) {
    ExpectChangesNothing(Body(bad.part), bad.message);
  }
}

TEST_F(CreateTest, EmptyValuesOfUnsupportedPartsPass) {
  ExpectOk(Create(Body(
      R"("ResourceId":"","RequestedResource":{},"Datasets":[],"DynamicMount":{"Enable":false,"MountPoints":[]},
         "CloudDisks":[],"UserVpc":{"VpcId":"","ExtendedCIDRs":[]},"CredentialConfig":null,"SpotSpec":{},
         "AssignNodeSpec":{},"Affinity":{"CPU":{"Enable":false}},"DockerConfig":{"Enable":false,"ContainersLimit":0},
         "AccessRestrictionRules":{},"WorkspaceSource":"")")));
}

std::string Credentials(const std::string& role, const std::string& more = "") {
  return R"("CredentialConfig":{"Enable":true,"AliyunEnvRoleKey":"0","Configs":[{"Key":"0",)"
         R"("Type":"Role","Roles":[{"RoleArn":")" +
         role + R"(","RoleType":"service","AssumeRoleFor":"","Policy":"")" + more + "}]}]}";
}

TEST_F(CreateTest, TheOwnersKeysAreLentWhereTheOwnerAsks) {
  const std::string role = "acs:ram::" + world_.account.str() + ":role/AliyunPAIDSWDefaultRole";
  const auto made = Made(Create(Body(Credentials(
      role,
      R"(,"UserInfo":{"Id":"1","Type":"sub","AccessKeyId":"LTAIx","SecurityToken":"s3cret"})"))));
  ASSERT_TRUE(made->credentials);
  EXPECT_EQ(made->credentials->key, "0");
  EXPECT_EQ(made->credentials->env_key, "0");
  const Reply shown = world_.Get(world_.root, "/api/v2/instances/" + made->id.str());
  EXPECT_EQ(shown.body.at("CredentialConfig"), *ParseJson(R"({"Enable":true,"AliyunEnvRoleKey":"0",
      "Configs":[{"Key":"0","Type":"Role","Roles":[{"RoleArn":")" +
                                                          role + R"(",
      "RoleType":"service","AssumeRoleFor":"","Policy":"",
      "UserInfo":{"Id":"","Type":"","AccessKeyId":"","SecurityToken":""}}]}]})"));
  for (const std::string& record : Dump(world_))
    EXPECT_EQ(record.find("s3cret"), std::string::npos) << record;
}

TEST_F(CreateTest, NobodyLendsTheKeysOfAnother) {
  const auto user = world_.MakeUser("user", "AdministratorAccess",
                                    {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const std::string part =
      Credentials("acs:ram::" + world_.account.str() + ":role/AliyunPAIDSWDefaultRole");
  const std::string of_root = R"("UserId":")" + world_.account.str() + "\"";
  const auto before = Dump(world_);
  ExpectRefused(Create(user.key, Body(of_root + "," + part)), 403, "NoPermissionError");
  EXPECT_EQ(Dump(world_), before);
  world_.MakeRole("Runner", "AdministratorAccess",
                  {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const auto runner = world_.Assume("Runner");
  const auto with_role = Dump(world_);
  ExpectRefused(Create(runner, Body(part)), 403, "NoPermissionError");
  EXPECT_EQ(Dump(world_), with_role);
  EXPECT_EQ(world_.instances.size(), 0U);
  EXPECT_TRUE(Made(Create(user.key, Body(part)))->credentials);
}

TEST_F(CreateTest, CredentialsThatCannotBeServedAreRefusedWithTheirPlace) {
  const std::string role = "acs:ram::" + world_.account.str() + ":role/AliyunPAIDSWDefaultRole";
  for (
      const auto& [part, message] : std::initializer_list<std::pair<std::string, std::string>>{
          {R"("CredentialConfig":{"Enable":true})",
           "CredentialConfig.Configs must have one member"},
          {Credentials("acs:ram::" + world_.account.str() + ":role/Other"),
           "CredentialConfig.Configs[0].Roles[0].RoleArn must be " + role},
          {Credentials("acs:ram::1:role/AliyunPAIDSWDefaultRole"),
           "CredentialConfig.Configs[0].Roles[0].RoleArn must be " + role},
          {Credentials(role, R"(,"Policy":"{\"Version\":\"1\"}")"),
           "CredentialConfig.Configs[0].Roles[0].Policy is not supported"},
          {R"("CredentialConfig":{"Enable":true,"Configs":[{"Key":"a/b","Type":"Role","Roles":[{}]}]})",
           "CredentialConfig.Configs[0].Key must be"},
          {R"("CredentialConfig":{"Enable":true,"Configs":[{"Key":"0","Type":"RoleChain","Roles":[{}]}]})",
           "CredentialConfig.Configs[0].Type must be Role"},
          {R"("CredentialConfig":{"Enable":true,"AliyunEnvRoleKey":"1","Configs":[{"Key":"0","Type":"Role","Roles":[{}]}]})",
           "CredentialConfig.AliyunEnvRoleKey must be"}}) {
    ExpectChangesNothing(Body(part), message);
  }
}

TEST_F(CreateTest, UnknownMembersAreIgnored) {
  ExpectOk(Create(Body(R"("NoSuchMember":{"a":[1]})")));
}

TEST_F(CreateTest, NamesAreUniqueInAWorkspaceAndCaseSensitive) {
  ExpectOk(Create(Body()));
  ExpectChangesNothing(Body(), "demo");
  ExpectOk(Create(Body("", "Demo")));
  const model::WorkspaceId other = world_.MakeWorkspace("other");
  ExpectOk(Create(Body(R"("WorkspaceId":")" + other.str() + "\"")));
}

// Who may
// ---------------------------------------------------------------------------------------------

TEST_F(CreateTest, DevelopersCreateForThemselvesOnly) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                                   {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  const auto bob = world_.MakeUser("bob", "", {});
  const auto made = Made(Create(ada.key, Body()));
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->owner, ada.id);
  ExpectOk(Create(ada.key, Body(R"("UserId":")" + ada.id.str() + "\"", "mine")));
  const auto before = Dump(world_);
  ExpectRefused(Create(ada.key, Body(R"("UserId":")" + bob.id.str() + "\"", "his")), 403,
                "NoPermissionError");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(CreateTest, AdministratorsCreateForOtherMembersOfTheWorkspace) {
  const auto admin = world_.MakeUser("admin", "AliyunPAIDSWFullAccess",
                                     {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const auto bob = world_.MakeUser("bob", "", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  const auto eve = world_.MakeUser(
      "eve", "", {{world_.MakeWorkspace("elsewhere"), WorkspaceRole::AlgoDeveloper}});
  EXPECT_EQ(Made(Create(admin.key, Body(R"("UserId":")" + bob.id.str() + "\"")))->owner, bob.id);
  const std::string root = R"("UserId":")" + world_.account.str() + "\"";
  EXPECT_EQ(Made(Create(admin.key, Body(root, "of_root")))->owner.str(), world_.account.str());
  const auto before = Dump(world_);
  // Somebody of another workspace could never open it; and who exists elsewhere is not told.
  const Reply outsider = Create(admin.key, Body(R"("UserId":")" + eve.id.str() + "\"", "x"));
  ExpectInvalid(outsider, "UserId names no user");
  const Reply nobody = Create(admin.key, Body(R"("UserId":"1")", "x"));
  ExpectInvalid(nobody, "UserId names no user");
  EXPECT_EQ(outsider.message(), nobody.message());
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(CreateTest, GuestsAndStrangersAreRefusedBeforeAnythingIsSaid) {
  const auto guest = world_.MakeUser("guest", "AliyunPAIDSWFullAccess",
                                     {{world_.workspace, WorkspaceRole::WorkspaceGuest}});
  const auto stranger = world_.MakeUser("stranger", "AliyunPAIDSWFullAccess");
  const std::string here = R"("WorkspaceId":")" + world_.workspace.str() + "\"";
  const auto before = Dump(world_);
  ExpectRefused(Create(guest.key, Body(here)), 403, "NoPermissionError");
  ExpectRefused(Create(stranger.key, Body(here)), 403, "NoPermissionError");
  // An unknown workspace looks the same to them as one they are not in.
  ExpectRefused(Create(stranger.key, Body(R"("WorkspaceId":"99999")")), 403, "NoPermissionError");
  ExpectInvalid(Create(stranger.key, Body()),
                "WorkspaceId is required: you have no default workspace");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(CreateTest, RamMustAllowItToo) {
  const auto ada = world_.MakeUser("ada", "", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  const auto before = Dump(world_);
  ExpectRefused(Create(ada.key, Body()), 403, "NoPermission");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(CreateTest, TheRoleTablesNameOfTheActionIsEnough) {
  ApiWorld::Check(test::Run(world_.io, world_.identity.CreatePolicy(
                                           "Create", "",
                                           R"({"Version":"1","Statement":[{"Effect":"Allow",
                                               "Action":"paidsw:CreatePostPaidInstance","Resource":"*"}]})",
                                           world_.actor))
                      .map([](const auto&) {}));
  const auto ada =
      world_.MakeUser("ada", "Create", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  ExpectOk(Create(ada.key, Body()));
}

// Client tokens (promise 7)
// ---------------------------------------------------------------------------

TEST_F(CreateTest, ARepeatWithItsClientTokenAnswersTheSameInstance) {
  const auto repeat = [&](const std::string& body,
                          std::vector<std::pair<std::string, std::string>> query) {
    return world_.Call(world_.root, "POST", kPath, {.query = std::move(query), .body = body});
  };
  const Reply first = repeat(Body(), {{"ClientToken", "t-1"}});
  const auto before = Dump(world_);
  const Reply second = repeat(Body(), {{"ClientToken", "t-1"}});
  ExpectOk(second);
  EXPECT_EQ(second.Text("InstanceId"), first.Text("InstanceId"));
  EXPECT_EQ(Dump(world_), before);
  ExpectInvalid(repeat(Body(R"("Priority":2)", "other"), {{"ClientToken", "t-1"}}), "client token");
  EXPECT_EQ(Dump(world_), before);
  ExpectOk(repeat(Body("", "another"), {{"ClientToken", "t-2"}}));
}

TEST_F(CreateTest, AClientTokenIsForgottenAfter24Hours) {
  const auto create = [&](const char* name) {
    return world_.Call(world_.root, "POST", kPath,
                       {.query = {{"ClientToken", "t"}}, .body = Body("", name)});
  };
  ExpectOk(create("one"));
  world_.clock.Advance(std::chrono::hours(23));
  ExpectInvalid(create("two"), "client token");
  world_.clock.Advance(std::chrono::hours(1));
  ExpectOk(create("two"));
}

TEST_F(CreateTest, TheClientTokenMayBeInTheBodyButMustAgree) {
  const Reply first = Create(Body(R"("ClientToken":"in-body")"));
  EXPECT_EQ(Create(Body(R"("ClientToken":"in-body")")).Text("InstanceId"),
            first.Text("InstanceId"));
  ExpectInvalid(
      world_.Call(world_.root, "POST", kPath,
                  {.query = {{"ClientToken", "a"}}, .body = Body(R"("ClientToken":"b")", "x")}),
      "ClientToken differs");
}

// Promise 8. That x-acs-client-token may be one: tests/sdk/test_idempotency.py.
TEST_F(CreateTest, AClientTokenThatNoSignatureCoversIsRefused) {
  const auto before = Dump(world_);
  const std::string body = Body();
  http::RequestHead head = world_.Signed(world_.root, "POST", kPath, {.body = body});
  head.headers.Add("clienttoken", "in-header");
  ExpectInvalid(world_.Send(std::move(head), body), "The header ClientToken is not signed");
  EXPECT_EQ(Dump(world_), before);
}

TEST_F(CreateTest, ClientTokensOfDifferentCallersDoNotMeet) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                                   {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  const Reply mine = Create(Body(R"("ClientToken":"same")", "mine"));
  const Reply hers = Create(ada.key, Body(R"("ClientToken":"same")", "hers"));
  ExpectOk(hers);
  EXPECT_NE(hers.Text("InstanceId"), mine.Text("InstanceId"));
}

TEST_F(CreateTest, RefusesClientTokensThatAreNotPlainText) {
  for (const std::string& token :
       {std::string(65, 't'), std::string("with blank"), std::string("ünicode")}) {
    const auto before = Dump(world_);
    ExpectRefused(Create(Body(R"("ClientToken":")" + token + "\"")), 400, "ValidationError");
    EXPECT_EQ(Dump(world_), before);
  }
}

}  // namespace
}  // namespace atelier::api
