// Promises 1 and 8: environment variables and tokens are for those who may change what they belong
// to. To all others these fields are empty, in every answer.
#include <string>

#include "api/operation.h"
#include "unit/api/eas_support.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

constexpr std::string_view kSecret = "hunter2";

class Secrets : public EasApi {
 protected:
  using Person = ApiWorld::Person;
  Person Member(const std::string& name, WorkspaceRole role) {
    return world_.MakeUser(name, "AdministratorAccess", {{world_.workspace, role}});
  }
  Secrets()
      : owner_(Member("owner", WorkspaceRole::AlgoDeveloper)),
        admin_(Member("admin", WorkspaceRole::WorkspaceAdmin)),
        operator_(Member("operator", WorkspaceRole::AlgoOperator)),
        developer_(Member("developer", WorkspaceRole::AlgoDeveloper)),
        guest_(Member("guest", WorkspaceRole::WorkspaceGuest)) {
    for (const char* id : {"dsw-1", "dsw-quota", "dsw-timed"}) {
      model::Instance instance = world_.Sample(id);
      instance.owner = owner_.id;
      instance.accessibility = model::Accessibility::PUBLIC;
      instance.environment = {{"PASSWORD", std::string(kSecret)}};
      instance.on_start = "export PASSWORD=hunter2\n";
      instance.user_command_id = "1900";
      if (instance.id.str() == "dsw-quota") instance.resource_id = "quota";
      if (instance.id.str() == "dsw-timed")
        instance.culler = {
            .cpu_percent_threshold = 5, .gpu_percent_threshold = {}, .max_idle_minutes = 30};
      world_.Put(instance);
    }
    EXPECT_EQ(As(owner_.key, "POST", kServices,
                 R"({"name":"foo","metadata":{"group":"duo","instance":1},"token":"hunter2-foo",
                     "password":"hunter2","containers":[{"image":"local/lab:4-py311",
                     "script":"serve --key hunter2","port":9000,
                     "env":[{"name":"PASSWORD","value":"hunter2"}]}]})")
                  .status,
              200);
    Put(Replica("a"));
  }
  std::string TokenOfGroup() { return world_.services.TokenOfGroup("duo"); }

  /// Everything that can be read: every GET of the two products.
  std::vector<std::pair<std::string, std::string>> ReadAll(const identity::NewKey& key) {
    std::vector<std::pair<std::string, std::string>> answers;
    for (const Operation& row : Operations()) {
      if (row.method != "GET" || row.handler == nullptr) continue;
      if (row.product != Product::kDsw && row.product != Product::kEas) continue;
      std::string path(row.path);
      for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
        const std::string piece = path.substr(at, path.find('}') - at + 1);
        path.replace(at, piece.size(),
                     piece == "{ClusterId}"      ? "local"
                     : piece == "{ServiceName}"  ? "foo"
                     : piece == "{GroupName}"    ? "duo"
                     : piece == "{InstanceName}" ? "foo-1-a"
                                                 : "dsw-1");
      }
      test::Extra extra;
      extra.version = row.version;
      if (row.name == "GetUserCommand") extra.query = {{"InstanceId", "dsw-1"}};
      if (row.name == "ListInstances") extra.query = {{"ResourceId", "ALL"}};
      answers.emplace_back(row.name, world_.Call(key, "GET", path, extra).text);
    }
    return answers;
  }
  /// Names of the operations whose answers hold a secret.
  std::string Tell(const identity::NewKey& key) {
    std::string names;
    for (const auto& [name, text] : ReadAll(key)) {
      if (text.find(kSecret) != std::string::npos || text.find(TokenOfGroup()) != std::string::npos)
        names += name + " ";
    }
    return names;
  }
  json::object Listed(const identity::NewKey& key, const std::string& id) {
    const Reply list = world_.Get(key, "/api/v2/instances", {{"ResourceId", "ALL"}});
    EXPECT_EQ(list.status, 200) << list.text;
    for (const auto& item : list.body.at("Instances").as_array())
      if (item.at("InstanceId") == json::value(id)) return item.as_object();
    ADD_FAILURE() << id << " is not listed";
    return {};
  }

  const Person owner_, admin_, operator_, developer_, guest_;
};

const std::string kAll =
    "ListInstances GetInstance GetUserCommand ListServices DescribeService ListServiceVersions "
    "DescribeServiceEndpoints ListGroups DescribeGroup DescribeGroupEndpoints ";

TEST_F(Secrets, AreForThoseWhoMayChangeWhatTheyBelongTo) {
  EXPECT_EQ(Tell(world_.root), kAll);
  EXPECT_EQ(Tell(owner_.key), kAll);
  EXPECT_EQ(Tell(admin_.key), kAll);
}

TEST_F(Secrets, AreNotForThoseWhoMayOnlyRead) {
  EXPECT_EQ(Tell(developer_.key), "");
  EXPECT_EQ(Tell(guest_.key), "");
  // May change what is of a quota, and so see it.
  EXPECT_EQ(Tell(operator_.key), "ListInstances ");
}

// What was kept of one answer is not shown in the next, to somebody else.
TEST_F(Secrets, OfListsDoNotDependOnWhoAskedBefore) {
  for (int round = 0; round < 3; ++round) {
    for (const char* id : {"dsw-1", "dsw-quota", "dsw-timed"}) {
      EXPECT_EQ(Listed(owner_.key, id).at("EnvironmentVariables"),
                (json::object{{"PASSWORD", kSecret}}));
      EXPECT_EQ(Listed(guest_.key, id).at("EnvironmentVariables"), json::object());
      EXPECT_EQ(Listed(operator_.key, id).at("EnvironmentVariables") == json::object(),
                std::string_view(id) != "dsw-quota");
      EXPECT_EQ(Listed(admin_.key, id), Listed(owner_.key, id));
    }
  }
}

TEST_F(Secrets, ATokenThatLetsReadDoesNotShowThem) {
  const std::string token(
      world_.Get(owner_.key, "/api/v2/tokens", {{"InstanceId", "dsw-1"}}).Text("Token"));
  const auto bob = world_.MakeUser("bob", "");
  const Reply got = world_.Get(bob.key, "/api/v2/instances/dsw-1", {{"Token", token}});
  ASSERT_EQ(got.status, 200) << got.text;
  EXPECT_EQ(got.body.at("EnvironmentVariables"), json::object());
  const Reply some = world_.Get(bob.key, "/api/v2/instances/dsw-1",
                                {{"Token", token}, {"Fields", "EnvironmentVariables"}});
  ASSERT_EQ(some.status, 200) << some.text;
  EXPECT_EQ(some.body.at("EnvironmentVariables"), json::object());
}

// To have the role is not enough where RAM does not let one change anything.
TEST_F(Secrets, AreNotForWhomRamLetsOnlyRead) {
  world_.MakePolicy("reads", R"({"Effect":"Allow","Action":["paidsw:Get*","paidsw:List*",
                                 "eas:Describe*","eas:List*"],"Resource":"*"})");
  const auto auditor =
      world_.MakeUser("auditor", "reads", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  EXPECT_EQ(Tell(auditor.key), "");
  world_.MakePolicy("no-update", R"({"Effect":"Deny","Action":["paidsw:Update*","eas:Update*"],
                                     "Resource":"*"})");
  world_.Attach("no-update", "admin");
  EXPECT_EQ(Tell(admin_.key), "");
  world_.Attach("no-update", "owner");
  EXPECT_EQ(Tell(owner_.key), kAll) << "they know them anyway";
}

TEST_F(Secrets, WhoMayOnlyReadSeesTheRestOfAService) {
  const Reply read = As(guest_.key, "GET", kFoo);
  ASSERT_EQ(read.status, 200) << read.text;
  EXPECT_EQ(read.Text("AccessToken"), "");
  EXPECT_EQ(read.Text("Image"), "local/lab:4-py311");
  EXPECT_EQ(*ParseJson(read.Text("ServiceConfig")),
            *ParseJson(R"({"name":"foo","metadata":{"group":"duo","instance":1},
                           "containers":[{"image":"local/lab:4-py311","port":9000}]})"));
  const Reply owned = As(owner_.key, "GET", kFoo);
  EXPECT_EQ(owned.Text("AccessToken"), "hunter2-foo");
}

// A service of no workspace asks for the RAM permission alone; that to read it is not that to
// change it.
TEST_F(Secrets, OfNoWorkspaceAreForWhomRamLetsChange) {
  const auto maker = world_.MakeUser("maker", "AliyunPAIEASFullAccess");
  ASSERT_EQ(As(maker.key, "POST", kServices,
               R"({"name":"lone","token":"hunter2-lone","containers":[{"script":"x"}]})")
                .status,
            200);
  const auto token = [&](const ApiWorld::Person& person) {
    const Reply reply = As(person.key, "GET", "/api/v2/services/local/lone");
    EXPECT_EQ(reply.status, 200) << reply.text;
    return reply.Text("AccessToken");
  };
  EXPECT_EQ(token(maker), "hunter2-lone");
  EXPECT_EQ(token(world_.MakeUser("other", "AliyunPAIEASFullAccess")), "hunter2-lone");
  EXPECT_EQ(token(world_.MakeUser("reader", "AliyunPAIEASReadOnlyAccess")), "");
}

}  // namespace
}  // namespace atelier::api
