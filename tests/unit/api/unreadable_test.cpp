// What is there and cannot be read is neither taken for absent nor written over: whoever would make
// it, or something under its name, is refused at once.
#include <functional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "support/api_world.h"

namespace atelier::api {
namespace {

using store::Kind;
using test::ApiWorld;
using test::Reply;

struct Making {
  std::string what;
  Kind kind;
  std::function<std::string(const ApiWorld&)> key;
  std::function<Reply(ApiWorld&)> make;
  std::string code;
  int status = 409;

  friend void PrintTo(const Making& making, std::ostream* out) { *out << making.what; }
};

std::function<std::string(const ApiWorld&)> Key(std::string key) {
  return [key = std::move(key)](const ApiWorld&) { return key; };
}

Reply Call(ApiWorld& world, std::string_view method, const std::string& path, std::string body,
           std::string_view version) {
  test::Extra extra;
  extra.body = std::move(body);
  extra.version = version;
  return world.Call(world.root, method, path, extra);
}

Reply MakeService(ApiWorld& world, const std::string& group = "") {
  return Call(world, "POST", "/api/v2/services",
              R"({"name":"alpha","metadata":{"group":")" + group +
                  R"("},"containers":[{"script":"serve"}]})",
              "2021-07-01");
}

Reply Rpc(ApiWorld& world, std::string_view action,
          std::vector<std::pair<std::string, std::string>> query) {
  test::Extra extra;
  extra.query = std::move(query);
  extra.version = "2015-05-01";
  extra.action = action;
  return world.Call(world.root, "POST", "/", extra);
}

Reply OfWorkspace(ApiWorld& world, std::string_view method, const std::string& rest,
                  std::string body) {
  return Call(world, method, "/api/v1/workspaces" + rest, std::move(body), "2021-02-04");
}

std::string First(const ApiWorld& world) { return "/" + world.workspace.str(); }

constexpr const char* kTrust =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",)"
    R"("Principal":{"RAM":"acs:ram::1:root"}}]})";
constexpr const char* kAllow =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"eas:*","Resource":"*"}]})";

const std::vector<Making>& Makings() {
  const auto group = [](ApiWorld& world) {
    return Call(world, "POST", "/api/v2/groups", R"({"Name":"alpha"})", "2021-07-01");
  };
  static const std::vector<Making> kAll = {
      {"AService", Kind::kService, Key("alpha"), [](ApiWorld& w) { return MakeService(w); },
       "InvalidService.AlreadyExists"},
      {"AServiceNamedAsAGroup", Kind::kServiceGroup, Key("alpha"),
       [](ApiWorld& w) { return MakeService(w); }, "InvalidService.AlreadyExists"},
      {"TheGroupOfAService", Kind::kServiceGroup, Key("pair"),
       [](ApiWorld& w) { return MakeService(w, "pair"); }, "InvalidParameter", 400},
      {"AGroup", Kind::kServiceGroup, Key("alpha"), group, "InvalidGroup.AlreadyExists"},
      {"AGroupNamedAsAService", Kind::kService, Key("alpha"), group, "InvalidGroup.AlreadyExists"},
      {"AUser", Kind::kUser, Key("alpha"),
       [](ApiWorld& w) { return Rpc(w, "CreateUser", {{"UserName", "Alpha"}}); },
       "EntityAlreadyExists.User"},
      {"ARole", Kind::kRole, Key("alpha"),
       [](ApiWorld& w) {
         return Rpc(w, "CreateRole", {{"RoleName", "alpha"}, {"AssumeRolePolicyDocument", kTrust}});
       },
       "EntityAlreadyExists.Role"},
      {"APolicy", Kind::kPolicy, Key("alpha"),
       [](ApiWorld& w) {
         return Rpc(w, "CreatePolicy", {{"PolicyName", "alpha"}, {"PolicyDocument", kAllow}});
       },
       "EntityAlreadyExists.Policy"},
      {"AWorkspace", Kind::kWorkspace, Key("alpha"),
       [](ApiWorld& w) {
         return OfWorkspace(w, "POST", "",
                            R"({"WorkspaceName":"alpha","Description":"-","EnvTypes":["prod"]})");
       },
       "AlreadyExists"},
      {"AMember", Kind::kMember,
       [](const ApiWorld& w) {
         return w.workspace.str() + "-" + w.identities.FindUserByName("ada")->id.str();
       },
       [](ApiWorld& w) {
         return OfWorkspace(w, "POST", First(w) + "/members",
                            R"({"Members":[{"UserId":")" +
                                w.identities.FindUserByName("ada")->id.str() +
                                R"(","Roles":["PAI.AlgoDeveloper"]}]})");
       },
       "StatusConflict"},
      {"AConfiguration", Kind::kWorkspaceConfigs,
       [](const ApiWorld& w) { return w.workspace.str(); },
       [](ApiWorld& w) {
         return OfWorkspace(w, "PUT", First(w) + "/config",
                            R"({"ConfigKey":"color","ConfigValue":"red"})");
       },
       "StatusConflict"},
      {"TheChoiceOfAWorkspace", Kind::kDefaultWorkspace,
       [](const ApiWorld& w) { return w.account.str(); },
       [](ApiWorld& w) {
         return Call(w, "PUT", "/api/v1/defaultWorkspaces",
                     R"({"WorkspaceId":")" + w.workspace.str() + R"("})", "2021-02-04");
       },
       "StatusConflict"},
  };
  return kAll;
}

class Unreadable : public testing::TestWithParam<Making> {};

TEST_P(Unreadable, IsNeitherTakenForAbsentNorWrittenOver) {
  ApiWorld world;
  world.MakeUser("ada", "");
  const std::string key = GetParam().key(world);
  const std::string newer = R"({"of":"a newer version"})";
  world.Write(GetParam().kind, key, newer);
  const Reply reply = GetParam().make(world);
  EXPECT_EQ(reply.status, GetParam().status) << reply.text;
  EXPECT_EQ(reply.code(), GetParam().code) << reply.text;
  EXPECT_EQ(test::Run(world.io, world.store->Get(GetParam().kind, key))->body, newer);
}

INSTANTIATE_TEST_SUITE_P(Every, Unreadable, testing::ValuesIn(Makings()),
                         [](const auto& info) { return info.param.what; });

}  // namespace
}  // namespace atelier::api
