// What services run on: gateways and resources, as this host has them.
#include <string>

#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr Field kResource = {.flags = "id",
                             .help = "Resource name or id",
                             .target = "{ResourceId}",
                             .take = Take::kResource,
                             .required = true};
constexpr std::string_view kResources = "/api/v2/resources";
constexpr std::string_view kOfResource = "/api/v2/resources/{ClusterId}/{ResourceId}";

/// A look of EAS.
Verb Read(Verb verb) {
  verb.version = kEasVersion;
  verb.method = "GET";
  return verb;
}

}  // namespace

std::span<const Verb> GatewayVerbs() {
  static const std::vector<Verb> kAll = {
      Read({.words = "list",
            .help = "List gateways",
            .action = "ListGateway",
            .path = "/api/v2/gateways",
            .list = "Gateways",
            .pages = kPages,
            .columns = {{"ID", "GatewayId"},
                        {"NAME", "GatewayName"},
                        {"STATUS", "Status"},
                        {"ADDRESS", "InternetDomain"}}}),
      Read({.words = "get",
            .help = "Show a gateway",
            .action = "DescribeGateway",
            .path = "/api/v2/gateways/{ClusterId}/{GatewayId}",
            .fields = {{.flags = "id",
                        .help = "Gateway name or id",
                        .target = "{GatewayId}",
                        .take = Take::kGateway,
                        .required = true}},
            .record = "."}),
      Read({.words = "regions",
            .help = "List the regions that the server answers for",
            .action = "DescribeRegions",
            .path = "/api/v2/regions",
            .list = "Regions",
            .columns = {{"ID", "RegionId"}, {"NAME", "RegionName"}}}),
  };
  return kAll;
}

std::span<const Verb> ResourceVerbs() {
  static const std::vector<Verb> kAll = {
      Read({.words = "list",
            .help = "List resources: what services run on",
            .action = "ListResources",
            .path = std::string(kResources),
            .list = "Resources",
            .pages = kPages,
            .columns = {{"ID", "ResourceId"},
                        {"NAME", "ResourceName"},
                        {"STATUS", "Status"},
                        {"CPUS USED", "CpuUsed/CpuCount"},
                        {"MB USED", "MemoryUsed/Memory"},
                        {"GPUS USED", "GpuUsed/GpuCount"},
                        {"SERVICES", "ServiceCount"}}}),
      Read({.words = "get",
            .help = "Show a resource",
            .action = "DescribeResource",
            .path = std::string(kOfResource),
            .fields = {kResource},
            .record = "."}),
      Read({.words = "services",
            .help = "List the services of a resource",
            .action = "ListResourceServices",
            .path = std::string(kOfResource) + "/services",
            .fields = {kResource},
            .list = "Services",
            .pages = kPages,
            .columns = {{"NAME", "ServiceName"}, {"STATUS", "Status"}}}),
      Read({.words = "instances",
            .help = "List the machines of a resource",
            .action = "ListResourceInstances",
            .path = std::string(kOfResource) + "/instances",
            .fields = {kResource},
            .list = "Instances",
            .pages = kPages,
            .columns = {{"ID", "InstanceId"},
                        {"NAME", "InstanceName"},
                        {"STATUS", "InstanceStatus"},
                        {"CPUS USED", "InstanceUsedCpu/InstanceCpuCount"},
                        {"MEMORY USED", "InstanceUsedMemory/InstanceMemory"}}}),
      Read({.words = "specs",
            .help = "List the machine types that services can be made of",
            .action = "DescribeMachineSpec",
            .path = "/api/v2/public/instance_types",
            .list = "InstanceMetas",
            .columns = {{"TYPE", "InstanceType"}, {"CPUS", "CPU"}, {"MEMORY", "Memory"}}}),
  };
  return kAll;
}

}  // namespace atelier::cli
