// Operations of the EAS API whose features this server does not have: known, and refused by name.
#include <array>

#include "api/eas/service_common.h"

namespace atelier::api {

namespace {

constexpr std::string_view kAddons = "Tenant add-ons are";
constexpr std::string_view kApps = "App services are";
constexpr std::string_view kArtifacts = "Artifacts are";
constexpr std::string_view kBenchmarks = "Benchmark tasks are";
constexpr std::string_view kClones = "Clones of services are";
constexpr std::string_view kConfigs = "Configurations beside the service JSON are";
constexpr std::string_view kContainers = "Containers beside the one of an instance are";
constexpr std::string_view kDevelop = "Develop mode is";
constexpr std::string_view kDiagnoses = "Diagnoses are";
constexpr std::string_view kFacts = "Lists of regions and machine types of EAS are";
constexpr std::string_view kFaults = "Fault injections are";
constexpr std::string_view kGateways = "Dedicated gateways are";
constexpr std::string_view kGroups = "Service groups are";
constexpr std::string_view kMirrors = "Traffic mirrors are";
constexpr std::string_view kResources = "Resource groups are";
constexpr std::string_view kRollouts = "Staged rollouts are";
constexpr std::string_view kScalers = "Autoscalers are";
constexpr std::string_view kSignedUrls = "Signed URLs are";
constexpr std::string_view kTokens = "Tokens of single instances are";

/// A parameter of the path for each {Name} in it.
template <std::size_t kCount>
constexpr std::array<Param, kCount> PathParams(const std::array<std::string_view, kCount>& names) {
  std::array<Param, kCount> params{};
  for (std::size_t i = 0; i < kCount; ++i) {
    params[i].name = names[i];
    params[i].in_path = true;
    params[i].required = true;
  }
  return params;
}

constexpr auto kOfServiceName =
    PathParams(std::to_array<std::string_view>({"ClusterId", "ServiceName"}));
constexpr auto kOfServiceNameInstanceName =
    PathParams(std::to_array<std::string_view>({"ClusterId", "ServiceName", "InstanceName"}));
constexpr auto kOfServiceNameInstanceNameFaultType = PathParams(
    std::to_array<std::string_view>({"ClusterId", "ServiceName", "InstanceName", "FaultType"}));
constexpr auto kOfGroupName =
    PathParams(std::to_array<std::string_view>({"ClusterId", "GroupName"}));
constexpr auto kOfResourceId =
    PathParams(std::to_array<std::string_view>({"ClusterId", "ResourceId"}));
constexpr auto kOfResourceIdInstanceId =
    PathParams(std::to_array<std::string_view>({"ClusterId", "ResourceId", "InstanceId"}));
constexpr auto kOfResourceIdInstanceName =
    PathParams(std::to_array<std::string_view>({"ClusterId", "ResourceId", "InstanceName"}));
constexpr auto kOfVirtualResourceId =
    PathParams(std::to_array<std::string_view>({"ClusterId", "VirtualResourceId"}));
constexpr auto kOfGatewayId =
    PathParams(std::to_array<std::string_view>({"ClusterId", "GatewayId"}));
constexpr auto kOfConfigTypeNameConfigKey =
    PathParams(std::to_array<std::string_view>({"ClusterId", "ConfigType", "Name", "ConfigKey"}));
constexpr auto kOfTaskName = PathParams(std::to_array<std::string_view>({"ClusterId", "TaskName"}));
constexpr auto kOfArtifactName =
    PathParams(std::to_array<std::string_view>({"ClusterId", "ArtifactName"}));
constexpr auto kOfConfigTypeName =
    PathParams(std::to_array<std::string_view>({"ClusterId", "ConfigType", "Name"}));
constexpr auto kOfTenantAddonName =
    PathParams(std::to_array<std::string_view>({"ClusterId", "TenantAddonName"}));

constexpr Operation Refused(std::string_view name, std::string_view method, std::string_view path,
                            std::span<const Param> params, std::string_view refusal) {
  return {.product = Product::kEas,
          .name = name,
          .version = kEasVersion,
          .method = method,
          .path = path,
          .params = params,
          .resource = path.find("{ServiceName}") == std::string_view::npos
                          ? std::string_view()
                          : std::string_view("service/{ServiceName}"),
          .refusal = refusal};
}

constexpr auto kRows = std::to_array<Operation>({
    Refused("CloneService", "POST", "/api/v2/services/{ClusterId}/{ServiceName}/clone",
            kOfServiceName, kClones),
    Refused("ReleaseService", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/release",
            kOfServiceName, kGroups),
    Refused("CommitService", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/commit",
            kOfServiceName, kDevelop),
    Refused("DevelopService", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/develop",
            kOfServiceName, kDevelop),
    Refused("DescribeServiceSignedUrl", "GET",
            "/api/v2/services/{ClusterId}/{ServiceName}/signed_url", kOfServiceName, kSignedUrls),
    Refused("DescribeServiceDiagnosis", "GET",
            "/api/v2/services/{ClusterId}/{ServiceName}/diagnosis", kOfServiceName, kDiagnoses),
    Refused("CreateServiceAutoScaler", "POST",
            "/api/v2/services/{ClusterId}/{ServiceName}/autoscaler", kOfServiceName, kScalers),
    Refused("DescribeServiceAutoScaler", "GET",
            "/api/v2/services/{ClusterId}/{ServiceName}/autoscaler", kOfServiceName, kScalers),
    Refused("UpdateServiceAutoScaler", "PUT",
            "/api/v2/services/{ClusterId}/{ServiceName}/autoscaler", kOfServiceName, kScalers),
    Refused("DeleteServiceAutoScaler", "DELETE",
            "/api/v2/services/{ClusterId}/{ServiceName}/autoscaler", kOfServiceName, kScalers),
    Refused("CreateServiceCronScaler", "POST",
            "/api/v2/services/{ClusterId}/{ServiceName}/cronscaler", kOfServiceName, kScalers),
    Refused("DescribeServiceCronScaler", "GET",
            "/api/v2/services/{ClusterId}/{ServiceName}/cronscaler", kOfServiceName, kScalers),
    Refused("UpdateServiceCronScaler", "PUT",
            "/api/v2/services/{ClusterId}/{ServiceName}/cronscaler", kOfServiceName, kScalers),
    Refused("DeleteServiceCronScaler", "DELETE",
            "/api/v2/services/{ClusterId}/{ServiceName}/cronscaler", kOfServiceName, kScalers),
    Refused("CreateServiceMirror", "POST", "/api/v2/services/{ClusterId}/{ServiceName}/mirror",
            kOfServiceName, kMirrors),
    Refused("DescribeServiceMirror", "GET", "/api/v2/services/{ClusterId}/{ServiceName}/mirror",
            kOfServiceName, kMirrors),
    Refused("UpdateServiceMirror", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/mirror",
            kOfServiceName, kMirrors),
    Refused("DeleteServiceMirror", "DELETE", "/api/v2/services/{ClusterId}/{ServiceName}/mirror",
            kOfServiceName, kMirrors),
    Refused("CreateServiceRollout", "POST", "/api/v2/services/{ClusterId}/{ServiceName}/rollout",
            kOfServiceName, kRollouts),
    Refused("DescribeServiceRollout", "GET", "/api/v2/services/{ClusterId}/{ServiceName}/rollout",
            kOfServiceName, kRollouts),
    Refused("UpdateServiceRollout", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/rollout",
            kOfServiceName, kRollouts),
    Refused("DeleteServiceRollout", "DELETE", "/api/v2/services/{ClusterId}/{ServiceName}/rollout",
            kOfServiceName, kRollouts),
    Refused("CreateAppService", "POST", "/api/v2/app_services", {}, kApps),
    Refused("UpdateAppService", "PUT", "/api/v2/app_services/{ClusterId}/{ServiceName}",
            kOfServiceName, kApps),
    Refused("ListServiceContainers", "GET",
            "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/containers",
            kOfServiceNameInstanceName, kContainers),
    Refused("CreateServiceInstanceToken", "GET",
            "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/token",
            kOfServiceNameInstanceName, kTokens),
    Refused("DescribeServiceInstanceDiagnosis", "GET",
            "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/diagnosis",
            kOfServiceNameInstanceName, kDiagnoses),
    Refused("CreateFaultInjection", "POST",
            "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/faults",
            kOfServiceNameInstanceName, kFaults),
    Refused("ListServiceInstanceFaultInjectionInfo", "GET",
            "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/faults",
            kOfServiceNameInstanceName, kFaults),
    Refused(
        "DeleteFaultInjection", "DELETE",
        "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/faults/{FaultType}",
        kOfServiceNameInstanceNameFaultType, kFaults),
    Refused("CreateGroup", "POST", "/api/v2/groups", {}, kGroups),
    Refused("ListGroups", "GET", "/api/v2/groups", {}, kGroups),
    Refused("DescribeGroup", "GET", "/api/v2/groups/{ClusterId}/{GroupName}", kOfGroupName,
            kGroups),
    Refused("UpdateGroup", "PUT", "/api/v2/groups/{ClusterId}/{GroupName}", kOfGroupName, kGroups),
    Refused("DeleteGroup", "DELETE", "/api/v2/groups/{ClusterId}/{GroupName}", kOfGroupName,
            kGroups),
    Refused("DescribeGroupEndpoints", "GET", "/api/v2/groups/{ClusterId}/{GroupName}/endpoints",
            kOfGroupName, kGroups),
    Refused("CreateResource", "POST", "/api/v2/resources", {}, kResources),
    Refused("ListResources", "GET", "/api/v2/resources", {}, kResources),
    Refused("DescribeResource", "GET", "/api/v2/resources/{ClusterId}/{ResourceId}", kOfResourceId,
            kResources),
    Refused("UpdateResource", "PUT", "/api/v2/resources/{ClusterId}/{ResourceId}", kOfResourceId,
            kResources),
    Refused("DeleteResource", "DELETE", "/api/v2/resources/{ClusterId}/{ResourceId}", kOfResourceId,
            kResources),
    Refused("ListResourceServices", "GET", "/api/v2/resources/{ClusterId}/{ResourceId}/services",
            kOfResourceId, kResources),
    Refused("DescribeResourceDLink", "GET", "/api/v2/resources/{ClusterId}/{ResourceId}/dlink",
            kOfResourceId, kResources),
    Refused("UpdateResourceDLink", "PUT", "/api/v2/resources/{ClusterId}/{ResourceId}/dlink",
            kOfResourceId, kResources),
    Refused("DeleteResourceDLink", "DELETE", "/api/v2/resources/{ClusterId}/{ResourceId}/dlink",
            kOfResourceId, kResources),
    Refused("CreateResourceLog", "POST", "/api/v2/resources/{ClusterId}/{ResourceId}/log",
            kOfResourceId, kResources),
    Refused("DescribeResourceLog", "GET", "/api/v2/resources/{ClusterId}/{ResourceId}/log",
            kOfResourceId, kResources),
    Refused("DeleteResourceLog", "DELETE", "/api/v2/resources/{ClusterId}/{ResourceId}/log",
            kOfResourceId, kResources),
    Refused("CreateResourceInstances", "POST",
            "/api/v2/resources/{ClusterId}/{ResourceId}/instances", kOfResourceId, kResources),
    Refused("ListResourceInstances", "GET", "/api/v2/resources/{ClusterId}/{ResourceId}/instances",
            kOfResourceId, kResources),
    Refused("UpdateResourceInstance", "PUT",
            "/api/v2/resources/{ClusterId}/{ResourceId}/instances/{InstanceId}",
            kOfResourceIdInstanceId, kResources),
    Refused("DeleteResourceInstances", "DELETE",
            "/api/v2/resources/{ClusterId}/{ResourceId}/instances", kOfResourceId, kResources),
    Refused("MigrateResourceInstance", "POST",
            "/api/v2/resources/{ClusterId}/{ResourceId}/instances/migrate", kOfResourceId,
            kResources),
    Refused("ListResourceInstanceWorker", "GET",
            "/api/v2/resources/{ClusterId}/{ResourceId}/instance/{InstanceName}/workers",
            kOfResourceIdInstanceName, kResources),
    Refused("UpdateResourceInstanceLabel", "PUT",
            "/api/v2/resources/{ClusterId}/{ResourceId}/label", kOfResourceId, kResources),
    Refused("DeleteResourceInstanceLabel", "DELETE",
            "/api/v2/resources/{ClusterId}/{ResourceId}/label", kOfResourceId, kResources),
    Refused("CreateVirtualResource", "POST", "/api/v2/virtualresources", {}, kResources),
    Refused("ListVirtualResource", "GET", "/api/v2/virtualresources", {}, kResources),
    Refused("DescribeVirtualResource", "GET",
            "/api/v2/virtualresources/{ClusterId}/{VirtualResourceId}", kOfVirtualResourceId,
            kResources),
    Refused("UpdateVirtualResource", "PUT",
            "/api/v2/virtualresources/{ClusterId}/{VirtualResourceId}", kOfVirtualResourceId,
            kResources),
    Refused("DeleteVirtualResource", "DELETE",
            "/api/v2/virtualresources/{ClusterId}/{VirtualResourceId}", kOfVirtualResourceId,
            kResources),
    Refused("CreateGateway", "POST", "/api/v2/gateways", {}, kGateways),
    Refused("ListGateway", "GET", "/api/v2/gateways", {}, kGateways),
    Refused("DescribeGateway", "GET", "/api/v2/gateways/{ClusterId}/{GatewayId}", kOfGatewayId,
            kGateways),
    Refused("UpdateGateway", "PUT", "/api/v2/gateways/{ClusterId}/{GatewayId}", kOfGatewayId,
            kGateways),
    Refused("DeleteGateway", "DELETE", "/api/v2/gateways/{ClusterId}/{GatewayId}", kOfGatewayId,
            kGateways),
    Refused("UpdateGatewayLabel", "PUT", "/api/v2/gateways/{ClusterId}/{GatewayId}/label",
            kOfGatewayId, kGateways),
    Refused("DeleteGatewayLabel", "DELETE", "/api/v2/gateways/{ClusterId}/{GatewayId}/label",
            kOfGatewayId, kGateways),
    Refused("DescribeRegions", "GET", "/api/v2/regions", {}, kFacts),
    Refused("DescribeMachineSpec", "GET", "/api/v2/public/instance_types", {}, kFacts),
    Refused("DescribeSpotDiscountHistory", "GET", "/api/v2/public/spot_discount", {}, kFacts),
    Refused("AttachGatewayDomain", "PUT", "/api/v2/gateways/{ClusterId}/{GatewayId}/domain/attach",
            kOfGatewayId, kGateways),
    Refused("CreateAclPolicy", "POST", "/api/v2/gateways/{ClusterId}/{GatewayId}/acl_policy",
            kOfGatewayId, kGateways),
    Refused("CreateBenchmarkTask", "POST", "/api/v2/benchmark-tasks", {}, kBenchmarks),
    Refused("CreateConfig", "POST", "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}/{ConfigKey}",
            kOfConfigTypeNameConfigKey, kConfigs),
    Refused("CreateGatewayIntranetLinkedVpc", "POST",
            "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc", kOfGatewayId,
            kGateways),
    Refused("CreateGatewayIntranetLinkedVpcPeer", "POST",
            "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer",
            kOfGatewayId, kGateways),
    Refused("DeleteAclPolicy", "DELETE", "/api/v2/gateways/{ClusterId}/{GatewayId}/acl_policy",
            kOfGatewayId, kGateways),
    Refused("DeleteBenchmarkTask", "DELETE", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}",
            kOfTaskName, kBenchmarks),
    Refused("DeleteConfig", "DELETE", "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}/{ConfigKey}",
            kOfConfigTypeNameConfigKey, kConfigs),
    Refused("DeleteGatewayIntranetLinkedVpc", "DELETE",
            "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc", kOfGatewayId,
            kGateways),
    Refused("DeleteGatewayIntranetLinkedVpcPeer", "DELETE",
            "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer",
            kOfGatewayId, kGateways),
    Refused("DescribeArtifact", "GET", "/api/v2/artifacts/{ClusterId}/{ArtifactName}",
            kOfArtifactName, kArtifacts),
    Refused("DescribeBenchmarkTask", "GET", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}",
            kOfTaskName, kBenchmarks),
    Refused("DescribeBenchmarkTaskReport", "GET",
            "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}/report", kOfTaskName, kBenchmarks),
    Refused("DetachGatewayDomain", "PUT", "/api/v2/gateways/{ClusterId}/{GatewayId}/domain/detach",
            kOfGatewayId, kGateways),
    Refused("ListAclPolicy", "GET", "/api/v2/gateways/{ClusterId}/{GatewayId}/acl_policy",
            kOfGatewayId, kGateways),
    Refused("ListBenchmarkTask", "GET", "/api/v2/benchmark-tasks", {}, kBenchmarks),
    Refused("ListConfigs", "GET", "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}",
            kOfConfigTypeName, kConfigs),
    Refused("ListGatewayDomains", "GET", "/api/v2/gateways/{ClusterId}/{GatewayId}/domains",
            kOfGatewayId, kGateways),
    Refused("ListGatewayIntranetLinkedVpc", "GET",
            "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc", kOfGatewayId,
            kGateways),
    Refused("ListGatewayIntranetLinkedVpcPeer", "GET",
            "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_endpoint_linked_vpc_peer",
            kOfGatewayId, kGateways),
    Refused("ListGatewayIntranetSupportedZone", "GET",
            "/api/v2/gateways/{ClusterId}/{GatewayId}/intranet_supported_zone", kOfGatewayId,
            kGateways),
    Refused("ListTenantAddons", "GET", "/api/v2/tenantaddons", {}, kAddons),
    Refused("ReinstallTenantAddon", "PUT",
            "/api/v2/tenantaddons/{ClusterId}/{TenantAddonName}/reinstall", kOfTenantAddonName,
            kAddons),
    Refused("StartBenchmarkTask", "PUT", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}/start",
            kOfTaskName, kBenchmarks),
    Refused("StopBenchmarkTask", "PUT", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}/stop",
            kOfTaskName, kBenchmarks),
    Refused("UpdateBenchmarkTask", "PUT", "/api/v2/benchmark-tasks/{ClusterId}/{TaskName}",
            kOfTaskName, kBenchmarks),
    Refused("UpdateConfig", "PUT", "/api/v2/configs/{ClusterId}/{ConfigType}/{Name}/{ConfigKey}",
            kOfConfigTypeNameConfigKey, kConfigs),
});

}  // namespace

std::span<const Operation> RefusedEasOperations() { return kRows; }

}  // namespace atelier::api
