// rooms: api
// The wire of EAS against the lists of the documents.
#include <gtest/gtest.h>

#include "api/wire/service.h"
#include "support/contract.h"

namespace atelier::api {
namespace {

using test::MembersOf;
using test::Names;
using test::ParamsOf;

const Operation& Row(std::string_view name) { return test::RowOf(Product::kEas, name); }

TEST(EasContract, EveryDocumentedOperationIsThere) {
  const Names ours = test::OperationsOf(Product::kEas);
  EXPECT_EQ(ours, test::DocumentedNames("eas-operation-names.json"));
  EXPECT_EQ(ours.size(), 119u);
}

// The seed document's parameters, then those that the SDK adds.
TEST(EasContract, ListServiceInstancesTakesEveryParameter) {
  EXPECT_EQ(ParamsOf(Row("ListServiceInstances")),
            (Names{"ClusterId",    "ServiceName",  "PageNumber",     "PageSize",   "Filter",
                   "ResourceType", "InstanceType", "InstanceStatus", "InstanceIP", "InstanceName",
                   "HostIP",       "IsSpot",       "Role",           "Sort",       "Order",
                   "QuotaId",      "Resource",     "ReplicaName",    "MemberType", "ListReplica"}));
  EXPECT_EQ(Row("ListServiceInstances").path,
            "/api/v2/services/{ClusterId}/{ServiceName}/instances");
  EXPECT_EQ(Row("ListServiceInstances").resource, "service/{ServiceName}");
}

TEST(EasContract, AnInstanceHasEveryField) {
  EXPECT_EQ(MembersOf<wire::ServiceInstance>(),
            (Names{"HostIP",       "HostName",     "InnerIP",        "InstanceName",
                   "InstancePort", "LastState",    "Namespace",      "Reason",
                   "RestartCount", "Status",       "TotalProcesses", "ReadyProcesses",
                   "StartAt",      "Role",         "ResourceType",   "TenantInstanceIP",
                   "TenantHostIP", "IsSpot",       "CurrentAmount",  "OriginalAmount",
                   "Isolated",     "Zone",         "ExternalIP",     "ExternalInstancePort",
                   "StartTime",    "InstanceType", "CreateTime",     "Detached",
                   "IsLatest",     "IsReplica",    "ReplicaName"}));
}

TEST(EasContract, AServiceHasEveryField) {
  EXPECT_EQ(MembersOf<wire::EasService>().size(), 52u);
  for (const char* name : {"AccessToken", "ServiceConfig", "Status", "TotalInstance", "Weight"})
    EXPECT_TRUE(MembersOf<wire::EasService>().contains(name)) << name;
}

}  // namespace
}  // namespace atelier::api
