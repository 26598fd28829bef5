// Operations of the EAS API whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

#include "api/eas/service_common.h"

namespace atelier::api {

namespace {

constexpr Feature kAddons{"Tenant add-ons are", "/api/v2/tenantaddons"};
constexpr Feature kApps{"App services are", "/api/v2/app_services"};
constexpr Feature kArtifacts{"Artifacts are", "/api/v2/artifacts/{ClusterId}/{ArtifactName}"};
constexpr Feature kBenchmarks{"Benchmark tasks are", "/api/v2/benchmark-tasks"};
constexpr Feature kConfigs{"Configurations beside the service JSON are",
                           "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}"};
constexpr Feature kDevelop{"Develop mode is", "/api/v2/services/{ClusterId}/{ServiceName}"};
constexpr Feature kDiscounts{"Spot discounts are", "/api/v2/public/spot_discount"};
constexpr Feature kFaults{
    "Fault injections are",
    "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/faults"};
constexpr Feature kGateways{"Dedicated gateways are", "/api/v2/gateways"};
constexpr Feature kMirrors{"Traffic mirrors are",
                           "/api/v2/services/{ClusterId}/{ServiceName}/mirror"};
constexpr Feature kResources{"Resource groups are", "/api/v2"};
constexpr Feature kRollouts{"Staged rollouts are",
                            "/api/v2/services/{ClusterId}/{ServiceName}/rollout"};
constexpr Feature kSignedUrls{"Signed URLs are",
                              "/api/v2/services/{ClusterId}/{ServiceName}/signed_url"};
constexpr Feature kTokens{
    "Tokens of single instances are",
    "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/token"};

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"CommitService", kDevelop, "PUT", "/commit"},
    {"DevelopService", kDevelop, "PUT", "/develop"},
    {"DescribeServiceSignedUrl", kSignedUrls, "GET"},
    {"CreateServiceMirror", kMirrors, "POST"},
    {"DescribeServiceMirror", kMirrors, "GET"},
    {"UpdateServiceMirror", kMirrors, "PUT"},
    {"DeleteServiceMirror", kMirrors, "DELETE"},
    {"CreateServiceRollout", kRollouts, "POST"},
    {"DescribeServiceRollout", kRollouts, "GET"},
    {"UpdateServiceRollout", kRollouts, "PUT"},
    {"DeleteServiceRollout", kRollouts, "DELETE"},
    {"CreateAppService", kApps, "POST"},
    {"UpdateAppService", kApps, "PUT", "/{ClusterId}/{ServiceName}"},
    {"CreateServiceInstanceToken", kTokens, "GET"},
    {"CreateFaultInjection", kFaults, "POST"},
    {"ListServiceInstanceFaultInjectionInfo", kFaults, "GET"},
    {"DeleteFaultInjection", kFaults, "DELETE", "/{FaultType}"},
    {"CreateResource", kResources, "POST", "/resources"},
    {"UpdateResource", kResources, "PUT", "/resources/{ClusterId}/{ResourceId}"},
    {"DeleteResource", kResources, "DELETE", "/resources/{ClusterId}/{ResourceId}"},
    {"DescribeResourceDLink", kResources, "GET", "/resources/{ClusterId}/{ResourceId}/dlink"},
    {"UpdateResourceDLink", kResources, "PUT", "/resources/{ClusterId}/{ResourceId}/dlink"},
    {"DeleteResourceDLink", kResources, "DELETE", "/resources/{ClusterId}/{ResourceId}/dlink"},
    {"CreateResourceLog", kResources, "POST", "/resources/{ClusterId}/{ResourceId}/log"},
    {"DescribeResourceLog", kResources, "GET", "/resources/{ClusterId}/{ResourceId}/log"},
    {"DeleteResourceLog", kResources, "DELETE", "/resources/{ClusterId}/{ResourceId}/log"},
    {"CreateResourceInstances", kResources, "POST",
     "/resources/{ClusterId}/{ResourceId}/instances"},
    {"UpdateResourceInstance", kResources, "PUT",
     "/resources/{ClusterId}/{ResourceId}/instances/{InstanceId}"},
    {"DeleteResourceInstances", kResources, "DELETE",
     "/resources/{ClusterId}/{ResourceId}/instances"},
    {"MigrateResourceInstance", kResources, "POST",
     "/resources/{ClusterId}/{ResourceId}/instances/migrate"},
    {"ListResourceInstanceWorker", kResources, "GET",
     "/resources/{ClusterId}/{ResourceId}/instance/{InstanceName}/workers"},
    {"UpdateResourceInstanceLabel", kResources, "PUT", "/resources/{ClusterId}/{ResourceId}/label"},
    {"DeleteResourceInstanceLabel", kResources, "DELETE",
     "/resources/{ClusterId}/{ResourceId}/label"},
    {"CreateVirtualResource", kResources, "POST", "/virtualresources"},
    {"ListVirtualResource", kResources, "GET", "/virtualresources"},
    {"DescribeVirtualResource", kResources, "GET",
     "/virtualresources/{ClusterId}/{VirtualResourceId}"},
    {"UpdateVirtualResource", kResources, "PUT",
     "/virtualresources/{ClusterId}/{VirtualResourceId}"},
    {"DeleteVirtualResource", kResources, "DELETE",
     "/virtualresources/{ClusterId}/{VirtualResourceId}"},
    {"CreateGateway", kGateways, "POST"},
    {"UpdateGateway", kGateways, "PUT", "/{ClusterId}/{GatewayId}"},
    {"DeleteGateway", kGateways, "DELETE", "/{ClusterId}/{GatewayId}"},
    {"UpdateGatewayLabel", kGateways, "PUT", "/{ClusterId}/{GatewayId}/label"},
    {"DeleteGatewayLabel", kGateways, "DELETE", "/{ClusterId}/{GatewayId}/label"},
    {"DescribeSpotDiscountHistory", kDiscounts, "GET"},
    {"AttachGatewayDomain", kGateways, "PUT", "/{ClusterId}/{GatewayId}/domain/attach"},
    {"CreateAclPolicy", kGateways, "POST", "/{ClusterId}/{GatewayId}/acl_policy"},
    {"CreateBenchmarkTask", kBenchmarks, "POST"},
    {"CreateConfig", kConfigs, "POST", "/{ConfigKey}"},
    {"CreateGatewayIntranetLinkedVpc", kGateways, "POST",
     "/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc"},
    {"CreateGatewayIntranetLinkedVpcPeer", kGateways, "POST",
     "/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer"},
    {"DeleteAclPolicy", kGateways, "DELETE", "/{ClusterId}/{GatewayId}/acl_policy"},
    {"DeleteBenchmarkTask", kBenchmarks, "DELETE", "/{ClusterId}/{TaskName}"},
    {"DeleteConfig", kConfigs, "DELETE", "/{ConfigKey}"},
    {"DeleteGatewayIntranetLinkedVpc", kGateways, "DELETE",
     "/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc"},
    {"DeleteGatewayIntranetLinkedVpcPeer", kGateways, "DELETE",
     "/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer"},
    {"DescribeArtifact", kArtifacts, "GET"},
    {"DescribeBenchmarkTask", kBenchmarks, "GET", "/{ClusterId}/{TaskName}"},
    {"DescribeBenchmarkTaskReport", kBenchmarks, "GET", "/{ClusterId}/{TaskName}/report"},
    {"DetachGatewayDomain", kGateways, "PUT", "/{ClusterId}/{GatewayId}/domain/detach"},
    {"ListAclPolicy", kGateways, "GET", "/{ClusterId}/{GatewayId}/acl_policy"},
    {"ListBenchmarkTask", kBenchmarks, "GET"},
    {"ListConfigs", kConfigs, "GET"},
    {"ListGatewayDomains", kGateways, "GET", "/{ClusterId}/{GatewayId}/domains"},
    {"ListGatewayIntranetLinkedVpc", kGateways, "GET",
     "/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc"},
    {"ListGatewayIntranetLinkedVpcPeer", kGateways, "GET",
     "/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer"},
    {"ListGatewayIntranetSupportedZone", kGateways, "GET",
     "/{ClusterId}/{GatewayId}/intranet_supported_zone"},
    {"ListTenantAddons", kAddons, "GET"},
    {"ReinstallTenantAddon", kAddons, "PUT", "/{ClusterId}/{TenantAddonName}/reinstall"},
    {"StartBenchmarkTask", kBenchmarks, "PUT", "/{ClusterId}/{TaskName}/start"},
    {"StopBenchmarkTask", kBenchmarks, "PUT", "/{ClusterId}/{TaskName}/stop"},
    {"UpdateBenchmarkTask", kBenchmarks, "PUT", "/{ClusterId}/{TaskName}"},
    {"UpdateConfig", kConfigs, "PUT", "/{ConfigKey}"},
});

}  // namespace

std::span<const Operation> UnimplementedEasOperations() {
  static const UnimplementedTable kTable(kEasApi, kRows);
  return kTable.operations();
}

}  // namespace atelier::api
