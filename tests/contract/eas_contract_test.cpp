// rooms: api
// The wire of EAS against the lists of the documents.
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "api/operation.h"
#include "api/wire/service.h"

namespace atelier::api {
namespace {

using Names = std::set<std::string>;

template <class T>
Names MembersOf() {
  Names names;
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) { names.insert(d.name); });
  return names;
}

const Operation& Row(std::string_view name) {
  for (const Operation& operation : Operations()) {
    if (operation.product == Product::kEas && operation.name == name) return operation;
  }
  throw std::runtime_error("no such operation");
}

Names ParamsOf(std::string_view name) {
  Names names;
  for (const Param& param : Row(name).params) names.insert(std::string(param.name));
  return names;
}

TEST(EasContract, EveryDocumentedOperationIsThere) {
  std::ostringstream text;
  text << std::ifstream(ATELIER_TEST_DATA "/contract/eas-operation-names.json").rdbuf();
  const auto documented = FromJson<std::vector<std::string>>(text.str()).value();
  Names ours;
  for (const Operation& operation : Operations()) {
    if (operation.product == Product::kEas) ours.insert(std::string(operation.name));
  }
  EXPECT_EQ(ours, Names(documented.begin(), documented.end()));
  EXPECT_EQ(ours.size(), 119u);
}

// The seed document's parameters, then those that the SDK adds.
TEST(EasContract, ListServiceInstancesTakesEveryParameter) {
  EXPECT_EQ(ParamsOf("ListServiceInstances"),
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
