// Promise 8: what is in a foreign workspace answers as what does not exist, whatever is asked of
// it.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/operation.h"
#include "unit/api/eas_support.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;

class EasOracle : public EasApi {
 protected:
  EasOracle() {
    Create();
    EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo"})").status, 200);
    Put(Replica("a"));
  }
  /// The answer to this operation of the service or group `name`, without what is of one request
  /// alone, and with the name taken out.
  std::string Answer(const identity::NewKey& key, const Operation& row, const std::string& name) {
    std::string path(row.path);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      const std::string piece = path.substr(at, path.find('}') - at + 1);
      path.replace(at, piece.size(),
                   piece == "{ClusterId}"                               ? "local"
                   : piece == "{ServiceName}" || piece == "{GroupName}" ? name
                                                                        : "foo-1-a");
    }
    const bool bodiless = row.method == "GET" || row.method == "DELETE";
    std::vector<std::pair<std::string, std::string>> query;
    for (const Param& param : row.params()) {
      if (param.required && !param.in_path) query.emplace_back(param.name, "1");
    }
    Reply reply = As(key, row.method, path, bodiless ? "" : "{}", query);
    reply.body.erase("RequestId");
    std::string text = std::to_string(reply.status) + " " + json::serialize(reply.body);
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name))
      text.replace(at, name.size(), "*");
    return text;
  }
  static bool Names(const Operation& row, std::string_view what) {
    return row.product == Product::kEas && row.path.find(what) != std::string_view::npos;
  }
  void ExpectNoDifference(const identity::NewKey& key) {
    const auto before = Dump(world_);
    int compared = 0;
    for (const Operation& row : Operations()) {
      const bool service = Names(row, "{ServiceName}");
      if (!service && !Names(row, "{GroupName}")) continue;
      const std::string foreign = Answer(key, row, service ? "foo" : "duo");
      EXPECT_EQ(foreign, Answer(key, row, service ? "nil" : "nul")) << row.name;
      if (row.handler == nullptr) continue;
      EXPECT_TRUE(foreign.starts_with("404 ")) << row.name << foreign;
      ++compared;
    }
    EXPECT_GE(compared, 28) << "of services and groups";
    EXPECT_EQ(Dump(world_), before);
  }
};

TEST_F(EasOracle, OfNoWorkspaceAtAll) {
  ExpectNoDifference(world_.MakeUser("eve", "AliyunPAIEASFullAccess").key);
}

TEST_F(EasOracle, OfAnotherWorkspace) {
  const auto eve =
      world_.MakeUser("eve", "AdministratorAccess",
                      {{world_.MakeWorkspace("other"), WorkspaceRole::WorkspaceAdmin}});
  ExpectNoDifference(eve.key);
}

TEST_F(EasOracle, ASessionOfARole) {
  world_.MakeRole("Runner", "AliyunPAIEASFullAccess");
  ExpectNoDifference(world_.Assume("Runner"));
}

// Its members know it; what they may not change says so.
TEST_F(EasOracle, MembersAreToldThatTheyMayNot) {
  const auto bob = world_.MakeUser("bob", "AliyunPAIEASFullAccess",
                                   {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  EXPECT_EQ(As(bob.key, "GET", kFoo).status, 200);
  const Reply refused = As(bob.key, "DELETE", kFoo);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "Forbidden.PrivilegeCheckFailed");
  const Reply group = As(bob.key, "DELETE", "/api/v2/groups/local/duo");
  EXPECT_EQ(group.status, 403);
  EXPECT_EQ(group.code(), "Forbidden.PrivilegeCheckFailed");
}

TEST_F(EasOracle, AForeignWorkspaceIsNoPlaceForSomethingNewNorIsOneThatIsNotThere) {
  const auto eve = world_.MakeUser("eve", "AliyunPAIEASFullAccess");
  const auto made_in = [&](const std::string& workspace) {
    Reply reply = As(eve.key, "POST", kServices, R"({"name":"bar","containers":[{"script":"x"}]})",
                     {{"WorkspaceId", workspace}});
    std::string text = std::to_string(reply.status) + " " + reply.code() + " " + reply.message();
    const std::size_t at = text.find(workspace);
    return at == std::string::npos ? text : text.replace(at, workspace.size(), "*");
  };
  EXPECT_EQ(made_in(world_.workspace.str()), made_in("987654321"));
}

// A name that is taken cannot be had, so it tells that; but not what has it.
TEST_F(EasOracle, ATakenNameDoesNotTellWhatHasIt) {
  const auto eve =
      world_.MakeUser("eve", "AliyunPAIEASFullAccess",
                      {{world_.MakeWorkspace("other"), WorkspaceRole::WorkspaceAdmin}});
  const auto made = [&](const std::string& name, const std::string& group) {
    Reply reply =
        As(eve.key, "POST", kServices,
           R"({"name":")" + name + R"(","containers":[{"script":"x"}],"metadata":{"group":")" +
               group + R"("}})");
    std::string text = std::to_string(reply.status) + " " + reply.code() + " " + reply.message();
    for (const std::string taken : {"foo", "duo"}) {
      if (const std::size_t at = text.find(taken); at != std::string::npos)
        text.replace(at, taken.size(), "*");
    }
    return text;
  };
  EXPECT_EQ(made("foo", ""), made("duo", ""));
  EXPECT_TRUE(made("foo", "").starts_with("409 ")) << made("foo", "");
  EXPECT_EQ(made("bar", "foo"), made("bar", "duo"));
  EXPECT_TRUE(made("bar", "foo").starts_with("400 ")) << made("bar", "foo");
}

class DswOracle : public testing::Test {
 protected:
  DswOracle() {
    for (const auto accessibility : {model::Accessibility::PRIVATE, model::Accessibility::PUBLIC}) {
      model::Instance instance = world_.Sample("dsw-" + std::string(EnumName(accessibility)));
      instance.accessibility = accessibility;
      instance.on_start = "echo";
      world_.Put(instance);
    }
  }
  /// The same of an instance: named in the path, the query and the body, wherever it may be.
  std::string Answer(const identity::NewKey& key, const Operation& row, const std::string& id) {
    std::string path(row.path);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1, id);
    test::Extra extra{.version = std::string(row.version)};
    for (const Param& param : row.params()) {
      const bool names = param.name == "InstanceId" || param.name == "InstanceIds";
      if (!param.in_path && names) extra.query.emplace_back(param.name, id);
    }
    if (row.method != "GET" && row.method != "DELETE") {
      extra.body = R"({"InstanceId":"%","InstanceIds":["%"],"Labels":[{"Key":"a","Value":"b"}],
          "DueTime":"2099-01-01T00:00:00Z","CpuPercentThreshold":5,"MaxIdleTimeInMinutes":60})";
      for (std::size_t at = 0; (at = extra.body.find('%')) != std::string::npos;)
        extra.body.replace(at, 1, id);
    }
    test::Reply reply = world_.Call(key, row.method, path, extra);
    reply.body.erase("RequestId");
    std::string text = std::to_string(reply.status) + " " + json::serialize(reply.body);
    for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id))
      text.replace(at, id.size(), "*");
    return text;
  }
  static bool NamesInstances(const Operation& row) {
    const auto names = [](const Param& param) { return param.name.starts_with("InstanceId"); };
    return row.product == Product::kDsw &&
           (std::ranges::any_of(row.params(), names) || row.mutates || row.body != nullptr) &&
           row.name != "CreateInstance";
  }
  void ExpectNoDifference(const identity::NewKey& key) {
    const auto before = Dump(world_);
    int compared = 0;
    for (const Operation& row : Operations()) {
      if (!NamesInstances(row)) continue;
      const std::string unknown = Answer(key, row, "dsw-NOWHERE");
      EXPECT_EQ(Answer(key, row, "dsw-PRIVATE"), unknown) << row.name;
      EXPECT_EQ(Answer(key, row, "dsw-PUBLIC"), unknown) << row.name;
      compared += row.handler == nullptr ? 0 : 1;
    }
    EXPECT_GE(compared, 18);
    EXPECT_EQ(Dump(world_), before);
  }
  ApiWorld world_;
};

TEST_F(DswOracle, OfNoWorkspaceAtAll) {
  ExpectNoDifference(world_.MakeUser("eve", "AdministratorAccess").key);
}

TEST_F(DswOracle, OfAnotherWorkspace) {
  const auto eve =
      world_.MakeUser("eve", "AdministratorAccess",
                      {{world_.MakeWorkspace("other"), WorkspaceRole::WorkspaceAdmin}});
  ExpectNoDifference(eve.key);
}

}  // namespace
}  // namespace atelier::api
