// Operations of the EAS API whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

#include "api/eas/service_common.h"

namespace atelier::api {

namespace {

constexpr std::string_view kAddons = "Tenant add-ons are";
constexpr std::string_view kApps = "App services are";
constexpr std::string_view kArtifacts = "Artifacts are";
constexpr std::string_view kBenchmarks = "Benchmark tasks are";
constexpr std::string_view kConfigs = "Configurations beside the service JSON are";
constexpr std::string_view kDevelop = "Develop mode is";
constexpr std::string_view kDiscounts = "Spot discounts are";
constexpr std::string_view kFaults = "Fault injections are";
constexpr std::string_view kGateways = "Dedicated gateways are";
constexpr std::string_view kMirrors = "Traffic mirrors are";
constexpr std::string_view kResources = "Resource groups are";
constexpr std::string_view kRollouts = "Staged rollouts are";
constexpr std::string_view kSignedUrls = "Signed URLs are";
constexpr std::string_view kTokens = "Tokens of single instances are";

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"CommitService", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/commit", kDevelop},
    {"DevelopService", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/develop", kDevelop},
    {"DescribeServiceSignedUrl", "GET", "/api/v2/services/{ClusterId}/{ServiceName}/signed_url",
     kSignedUrls},
    {"CreateServiceMirror", "POST", "/api/v2/services/{ClusterId}/{ServiceName}/mirror", kMirrors},
    {"DescribeServiceMirror", "GET", "/api/v2/services/{ClusterId}/{ServiceName}/mirror", kMirrors},
    {"UpdateServiceMirror", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/mirror", kMirrors},
    {"DeleteServiceMirror", "DELETE", "/api/v2/services/{ClusterId}/{ServiceName}/mirror",
     kMirrors},
    {"CreateServiceRollout", "POST", "/api/v2/services/{ClusterId}/{ServiceName}/rollout",
     kRollouts},
    {"DescribeServiceRollout", "GET", "/api/v2/services/{ClusterId}/{ServiceName}/rollout",
     kRollouts},
    {"UpdateServiceRollout", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/rollout",
     kRollouts},
    {"DeleteServiceRollout", "DELETE", "/api/v2/services/{ClusterId}/{ServiceName}/rollout",
     kRollouts},
    {"CreateAppService", "POST", "/api/v2/app_services", kApps},
    {"UpdateAppService", "PUT", "/api/v2/app_services/{ClusterId}/{ServiceName}", kApps},
    {"CreateServiceInstanceToken", "GET",
     "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/token", kTokens},
    {"CreateFaultInjection", "POST",
     "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/faults", kFaults},
    {"ListServiceInstanceFaultInjectionInfo", "GET",
     "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/faults", kFaults},
    {"DeleteFaultInjection", "DELETE",
     "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/faults/{FaultType}",
     kFaults},
    {"CreateResource", "POST", "/api/v2/resources", kResources},
    {"UpdateResource", "PUT", "/api/v2/resources/{ClusterId}/{ResourceId}", kResources},
    {"DeleteResource", "DELETE", "/api/v2/resources/{ClusterId}/{ResourceId}", kResources},
    {"DescribeResourceDLink", "GET", "/api/v2/resources/{ClusterId}/{ResourceId}/dlink",
     kResources},
    {"UpdateResourceDLink", "PUT", "/api/v2/resources/{ClusterId}/{ResourceId}/dlink", kResources},
    {"DeleteResourceDLink", "DELETE", "/api/v2/resources/{ClusterId}/{ResourceId}/dlink",
     kResources},
    {"CreateResourceLog", "POST", "/api/v2/resources/{ClusterId}/{ResourceId}/log", kResources},
    {"DescribeResourceLog", "GET", "/api/v2/resources/{ClusterId}/{ResourceId}/log", kResources},
    {"DeleteResourceLog", "DELETE", "/api/v2/resources/{ClusterId}/{ResourceId}/log", kResources},
    {"CreateResourceInstances", "POST", "/api/v2/resources/{ClusterId}/{ResourceId}/instances",
     kResources},
    {"UpdateResourceInstance", "PUT",
     "/api/v2/resources/{ClusterId}/{ResourceId}/instances/{InstanceId}", kResources},
    {"DeleteResourceInstances", "DELETE", "/api/v2/resources/{ClusterId}/{ResourceId}/instances",
     kResources},
    {"MigrateResourceInstance", "POST",
     "/api/v2/resources/{ClusterId}/{ResourceId}/instances/migrate", kResources},
    {"ListResourceInstanceWorker", "GET",
     "/api/v2/resources/{ClusterId}/{ResourceId}/instance/{InstanceName}/workers", kResources},
    {"UpdateResourceInstanceLabel", "PUT", "/api/v2/resources/{ClusterId}/{ResourceId}/label",
     kResources},
    {"DeleteResourceInstanceLabel", "DELETE", "/api/v2/resources/{ClusterId}/{ResourceId}/label",
     kResources},
    {"CreateVirtualResource", "POST", "/api/v2/virtualresources", kResources},
    {"ListVirtualResource", "GET", "/api/v2/virtualresources", kResources},
    {"DescribeVirtualResource", "GET", "/api/v2/virtualresources/{ClusterId}/{VirtualResourceId}",
     kResources},
    {"UpdateVirtualResource", "PUT", "/api/v2/virtualresources/{ClusterId}/{VirtualResourceId}",
     kResources},
    {"DeleteVirtualResource", "DELETE", "/api/v2/virtualresources/{ClusterId}/{VirtualResourceId}",
     kResources},
    {"CreateGateway", "POST", "/api/v2/gateways", kGateways},
    {"UpdateGateway", "PUT", "/api/v2/gateways/{ClusterId}/{GatewayId}", kGateways},
    {"DeleteGateway", "DELETE", "/api/v2/gateways/{ClusterId}/{GatewayId}", kGateways},
    {"UpdateGatewayLabel", "PUT", "/api/v2/gateways/{ClusterId}/{GatewayId}/label", kGateways},
    {"DeleteGatewayLabel", "DELETE", "/api/v2/gateways/{ClusterId}/{GatewayId}/label", kGateways},
    {"DescribeSpotDiscountHistory", "GET", "/api/v2/public/spot_discount", kDiscounts},
    {"AttachGatewayDomain", "PUT", "/api/v2/gateways/{ClusterId}/{GatewayId}/domain/attach",
     kGateways},
    {"CreateAclPolicy", "POST", "/api/v2/gateways/{ClusterId}/{GatewayId}/acl_policy", kGateways},
    {"CreateBenchmarkTask", "POST", "/api/v2/benchmark-tasks", kBenchmarks},
    {"CreateConfig", "POST", "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}/{ConfigKey}",
     kConfigs},
    {"CreateGatewayIntranetLinkedVpc", "POST",
     "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc", kGateways},
    {"CreateGatewayIntranetLinkedVpcPeer", "POST",
     "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer", kGateways},
    {"DeleteAclPolicy", "DELETE", "/api/v2/gateways/{ClusterId}/{GatewayId}/acl_policy", kGateways},
    {"DeleteBenchmarkTask", "DELETE", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}",
     kBenchmarks},
    {"DeleteConfig", "DELETE", "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}/{ConfigKey}",
     kConfigs},
    {"DeleteGatewayIntranetLinkedVpc", "DELETE",
     "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc", kGateways},
    {"DeleteGatewayIntranetLinkedVpcPeer", "DELETE",
     "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer", kGateways},
    {"DescribeArtifact", "GET", "/api/v2/artifacts/{ClusterId}/{ArtifactName}", kArtifacts},
    {"DescribeBenchmarkTask", "GET", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}", kBenchmarks},
    {"DescribeBenchmarkTaskReport", "GET", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}/report",
     kBenchmarks},
    {"DetachGatewayDomain", "PUT", "/api/v2/gateways/{ClusterId}/{GatewayId}/domain/detach",
     kGateways},
    {"ListAclPolicy", "GET", "/api/v2/gateways/{ClusterId}/{GatewayId}/acl_policy", kGateways},
    {"ListBenchmarkTask", "GET", "/api/v2/benchmark-tasks", kBenchmarks},
    {"ListConfigs", "GET", "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}", kConfigs},
    {"ListGatewayDomains", "GET", "/api/v2/gateways/{ClusterId}/{GatewayId}/domains", kGateways},
    {"ListGatewayIntranetLinkedVpc", "GET",
     "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc", kGateways},
    {"ListGatewayIntranetLinkedVpcPeer", "GET",
     "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer", kGateways},
    {"ListGatewayIntranetSupportedZone", "GET",
     "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_supported_zone", kGateways},
    {"ListTenantAddons", "GET", "/api/v2/tenantaddons", kAddons},
    {"ReinstallTenantAddon", "PUT", "/api/v2/tenantaddons/{ClusterId}/{TenantAddonName}/reinstall",
     kAddons},
    {"StartBenchmarkTask", "PUT", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}/start",
     kBenchmarks},
    {"StopBenchmarkTask", "PUT", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}/stop",
     kBenchmarks},
    {"UpdateBenchmarkTask", "PUT", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}", kBenchmarks},
    {"UpdateConfig", "PUT", "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}/{ConfigKey}",
     kConfigs},
});

}  // namespace

std::span<const Operation> RefusedEasOperations() {
  static const RefusedTable kTable(Product::kEas, kEasVersion, kRows, ResourceOf);
  return kTable.operations();
}

}  // namespace atelier::api
