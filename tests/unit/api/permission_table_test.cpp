// The RAM gate before every operation of DSW and AIWorkSpace: a Deny of its action is
// NoPermission, and so is the lack of an Allow, but for the few that stand open
// (docs/contract/ram-policy.md section 4).
#include <set>
#include <string>

#include "api/operation.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

// By hand, from docs/contract/lifecycle.md: what this server knows of DSW. For AIWorkSpace
// contract/known_operations_test.cpp has the list.
const std::set<std::string> kDswNames = {
    "ListInstances",
    "GetInstance",
    "CreateInstance",
    "UpdateInstance",
    "StartInstance",
    "StopInstance",
    "StopInstances",
    "DeleteInstance",
    "DeleteInstances",
    "UpdateInstanceLabels",
    "DeleteInstanceLabels",
    "CreateInstanceShutdownTimer",
    "GetInstanceShutdownTimer",
    "DeleteInstanceShutdownTimer",
    "CreateIdleInstanceCuller",
    "GetIdleInstanceCuller",
    "DeleteIdleInstanceCuller",
    "QueryAutoShutdownPolicies",
    "GetToken",
    "GetLifecycle",
    "GetInstanceEvents",
    "GetInstanceMetrics",
    "GetMetrics",
    "ListSystemLogs",
    "ListInstanceStatistics",
    "GetUserCommand",
    "ListDemoCategories",
    "ListDemos",
    "ListEcsSpecs",
    "GetUserConfig",
    "CreateInstanceSnapshot",
    "GetInstanceSnapshot",
    "ListInstanceSnapshot",
    "DeleteInstanceSnapshot",
    "GetResourceGroupStatistics",
    "CreateDiagnosis",
    "CreateSanityCheckTask",
    "GetSanityCheckTask",
    "CreateTempFile",
    "GetTempFile",
    "ListTempFiles",
    "UpdateTempFile",
    "DeleteTempFile",
    "CreateTempFileTask",
    "GetTempFileTask",
    "UpdateTempFileTask",
    "DeleteTempFileTask",
    "DeleteTempFileTasks",
};
// "A few (temporary files, GetUserConfig, ListEcsSpecs) are allowed unless denied." The images of
// the catalogue are ours to add: they stand in the server's configuration, beside the machine types
// of ListEcsSpecs.
const std::set<std::string> kOpen = {
    "ListImages",         "GetImage",           "ListImageLabels",     "ListEcsSpecs",
    "GetUserConfig",      "CreateTempFile",     "GetTempFile",         "ListTempFiles",
    "UpdateTempFile",     "DeleteTempFile",     "CreateTempFileTask",  "GetTempFileTask",
    "UpdateTempFileTask", "DeleteTempFileTask", "DeleteTempFileTasks",
};

bool IsGated(const Operation& row) {
  return row.product == Product::kDsw || row.product == Product::kWorkspace;
}

class PermissionTable : public testing::Test {
 protected:
  PermissionTable() {
    model::Instance instance = world_.Sample("dsw-1");
    instance.accessibility = model::Accessibility::PUBLIC;
    world_.Put(instance);
  }
  Reply Ask(const identity::NewKey& key, const Operation& row) {
    std::string path(row.path);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1,
                   path.substr(at, 12) == "{InstanceId}" ? "dsw-1" : world_.workspace.str());
    return world_.Call(key, row.method, path,
                       {.body = row.method == "GET" || row.method == "DELETE" ? "" : "{}",
                        .version = std::string(row.version)});
  }
  static std::string ActionOf(const Operation& row) {
    return (row.product == Product::kDsw ? "paidsw:" : "paiworkspace:") + std::string(row.name);
  }
  static void ExpectDenied(const Reply& reply, const Operation& row, const std::string& kind) {
    SCOPED_TRACE(row.name);
    ExpectRefused(reply, 403, "NoPermission");
    ASSERT_TRUE(reply.body.contains("AccessDeniedDetail")) << reply.text;
    const json::object& detail = reply.body.at("AccessDeniedDetail").as_object();
    EXPECT_EQ(TextOf(detail, "AuthAction"), ActionOf(row));
    EXPECT_EQ(TextOf(detail, "NoPermissionType"), kind);
  }

  ApiWorld world_;
};

TEST_F(PermissionTable, TheTableHoldsTheOperationsOfTheDocuments) {
  std::set<std::string> dsw;
  for (const Operation& row : Operations()) {
    if (row.product == Product::kDsw) dsw.emplace(row.name);
  }
  EXPECT_EQ(dsw, kDswNames);
}

TEST_F(PermissionTable, ADenyOfItsActionStopsEachOperation) {
  const auto ada = world_.MakeUser("ada", "AdministratorAccess",
                                   {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  for (const Operation& row : Operations()) {
    if (!IsGated(row)) continue;
    const std::string name = "deny-" + std::string(row.name);
    world_.MakePolicy(name,
                      R"({"Effect":"Deny","Action":")" + ActionOf(row) + R"(","Resource":"*"})");
    EXPECT_NE(Ask(ada.key, row).code(), "NoPermission") << row.name << " before the Deny";
    world_.Attach(name, "ada");
    const auto before = Dump(world_);
    ExpectDenied(Ask(ada.key, row), row, "ExplicitDeny");
    EXPECT_EQ(Dump(world_), before) << row.name;
    world_.Detach(name, "ada");
    // What the calls before a Deny changed is put back for the next row.
    if (world_.instances.Find(model::InstanceId("dsw-1")) == nullptr)
      world_.Put(world_.Sample("dsw-1"));
  }
}

TEST_F(PermissionTable, WithoutAnAllowEachIsRefusedButTheOpenOnes) {
  const auto ada = world_.MakeUser("ada", "", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const auto before = Dump(world_);
  for (const Operation& row : Operations()) {
    if (!IsGated(row)) continue;
    const Reply reply = Ask(ada.key, row);
    if (kOpen.contains(std::string(row.name))) {
      EXPECT_NE(reply.status, 403) << row.name << reply.text;
    } else {
      ExpectDenied(reply, row, "ImplicitDeny");
    }
  }
  EXPECT_EQ(Dump(world_), before);
}

// What waits for keys of the instance is decided in the end, by each handler that may wait.
TEST_F(PermissionTable, AnAllowThatOnlyAnotherInstancesTagMeetsLetsNothingThrough) {
  const auto ada = world_.MakeUser("ada", "", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  world_.MakePolicy("tagged", R"({"Effect":"Allow","Action":"*","Resource":"*",
      "Condition":{"StringEquals":{"acs:ResourceTag/a":"b","acs:RequestTag/a":"b"}}})");
  world_.Attach("tagged", "ada");
  const auto before = Dump(world_);
  for (const Operation& row : Operations()) {
    if (!IsGated(row) || kOpen.contains(std::string(row.name))) continue;
    const Reply reply = Ask(ada.key, row);
    // Parameters that the bare request lacks may be missed first where the gate waits.
    EXPECT_TRUE(reply.status == 400 || reply.code() == "NoPermission") << row.name << reply.text;
  }
  EXPECT_EQ(Dump(world_), before);
}

}  // namespace
}  // namespace atelier::api
