// rooms: api
// The wire of EAS against the lists of the documents.
#include <gtest/gtest.h>

#include "api/wire/service.h"
#include "api/wire/service_facts.h"
#include "support/contract.h"

namespace atelier::api {
namespace {

using test::MembersOf;
using test::Names;
using test::ParamsOf;

const Operation& Row(std::string_view name) { return test::RowOf(Product::kEas, name); }

TEST(EasContract, EveryDocumentedOperationIsThere) {
  Names ours = test::OperationsOf(Product::kEas);
  // Of version 2021-07-02, which Terraform's provider alone knows.
  for (const char* name : {"TagResources", "UntagResources", "ListTagResources"})
    EXPECT_EQ(ours.erase(name), 1u) << name;
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
  EXPECT_EQ(MembersOf<wire::EasService>().size(), 53u);  // ServiceType is of the older SDK
  for (const char* name : {"AccessToken", "ServiceConfig", "Status", "TotalInstance", "Weight"})
    EXPECT_TRUE(MembersOf<wire::EasService>().contains(name)) << name;
}

TEST(EasContract, WhatServicesRunOnHasEveryField) {
  // The members of spot discounts are left out: nothing is sold by bidding here.
  EXPECT_EQ(MembersOf<wire::MachineSpec>(),
            (Names{"InstanceType", "CPU", "Memory", "GPU", "GPUAmount", "GPUMemory", "IsAvailable",
                   "StockStatus", "Vendor"}));
  const Names both = {"ClusterId",
                      "CpuCount",
                      "CpuUsed",
                      "CreateTime",
                      "ExtraData",
                      "Features",
                      "GpuCount",
                      "GpuUsed",
                      "InstanceCount",
                      "InstanceMaxAllocatableCPU",
                      "InstanceMaxAllocatableGPU",
                      "InstanceMaxAllocatableMemory",
                      "Memory",
                      "MemoryUsed",
                      "Message",
                      "PostPaidInstanceCount",
                      "PrePaidInstanceCount",
                      "ResourceId",
                      "ResourceName",
                      "ResourceType",
                      "ServiceCount",
                      "Status",
                      "UpdateTime",
                      "UsageMode"};
  Names listed = both;
  listed.insert("Vendor");
  Names alone = both;
  alone.insert("OwnerUid");
  EXPECT_EQ(MembersOf<wire::EasResource>(), listed);
  EXPECT_EQ(MembersOf<wire::DescribeResourceAnswer>(), alone);
  const Names gateway = {"ChargeType",
                         "CreateTime",
                         "GatewayId",
                         "GatewayName",
                         "InstanceType",
                         "InternetDomain",
                         "InternetEnabled",
                         "IntranetDomain",
                         "IntranetEnabled",
                         "IsDefault",
                         "Labels",
                         "Replicas",
                         "SSLRedirectionEnabled",
                         "Status",
                         "UpdateTime"};
  EXPECT_EQ(MembersOf<wire::EasGateway>(), gateway);
  Names described = gateway;
  described.insert({"ExternalClusterId", "InternetStatus"});
  EXPECT_EQ(MembersOf<wire::DescribeGatewayAnswer>(), described);
  EXPECT_EQ(MembersOf<wire::Diagnosis>(), (Names{"Error", "Causes", "Advices"}));
  EXPECT_EQ(MembersOf<wire::ResourceInstance>().size(), 27u);
}

}  // namespace
}  // namespace atelier::api
