// The one group of machines that services run on, which is this server's host
// (docs/contract/eas-next.md section 6). Read-only: what it has, what of it is taken, and by what.
// RAM decides who may see it; services of others stay out of the lists of services.
#include <algorithm>
#include <array>
#include <sys/utsname.h>
#include <utility>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/wire/service_facts.h"
#include "control/core/admission.h"
#include "control/dsw/instances.h"
#include "directory/service_directory.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr std::string_view kResourceType = "SelfManaged";
constexpr std::string_view kResourceReady = "ResourceReady";
constexpr std::string_view kUsageMode = "inference";
constexpr std::string_view kMachineId = "eas-i-host";
constexpr std::string_view kMachineReady = "Ready";

constexpr Param kOrder = OrderParam("There is one resource, with one instance.");
constexpr Param kResource{.name = "ResourceId", .in_path = true, .required = true};

constexpr std::array kListParams = {
    Param{.name = "ResourceId"},
    Param{.name = "ResourceName", .doc = "Part of the name."},
    Param{.name = "ResourceStatus"},
    Param{.name = "ResourceType", .type = Type::kEnum, .values = "Dedicated,SelfManaged"},
    Param{.name = "UsageMode"},
    Param{.name = "Sort"},
    kOrder,
    kPageNumber,
    kPageSize};
constexpr std::array kOfResource = {kClusterId, kResource};
constexpr std::array kServiceParams = {kClusterId, kResource, kPageNumber, kPageSize};
constexpr std::array kMachineParams = {
    kClusterId,
    kResource,
    Param{.name = "Filter", .doc = "Part of the name or the id."},
    Param{.name = "InstanceId"},
    Param{.name = "InstanceName"},
    Param{.name = "InstanceStatus"},
    Param{.name = "Zone"},
    Param{.name = "Sort"},
    kOrder,
    kPageNumber,
    kPageSize,
    // What the host has none of: they match nothing.
    Param{.name = "ChargeType"},
    Param{.name = "InstanceIP"},
    Param{.name = "Label", .type = Type::kJsonMap},
};

struct Host {
  model::Resources whole;  // what it has
  model::Resources most;   // what one workload may have of it
  model::Resources taken;
};

/// As admission sees it; all 0 where nothing is counted.
Host HostOf(const Context& context) {
  const control::Admission* admission = context.dsw.control.admission();
  if (admission == nullptr) return {};
  Host host{.whole = admission->host(), .most = admission->total(), .taken = admission->held()};
  host.most.milli_cpu = std::min(host.most.milli_cpu, host.whole.milli_cpu);
  host.most.memory_mib = std::min(host.most.memory_mib, host.whole.memory_mib);
  return host;
}

std::int64_t Whole(std::int64_t milli) { return (milli + model::kMilli - 1) / model::kMilli; }
double Parts(std::int64_t milli) { return static_cast<double>(milli) / model::kMilli; }

std::vector<directory::ServicePtr> VisibleServices(const Context& context) {
  auto all = context.eas.directory.All();
  std::erase_if(all, [&](const directory::ServicePtr& service) {
    return !MayAccess(context, service->workspace, service->owner, identity::Access::kRead);
  });
  return all;
}

void FillCore(const Context& context, wire::EasResourceCore& core) {
  const Host host = HostOf(context);
  core = {.ClusterId = context.options.region,
          .CpuCount = host.whole.milli_cpu / model::kMilli,
          .CpuUsed = Whole(host.taken.milli_cpu),
          .CreateTime = "",
          .Features = {},
          .GpuCount = host.whole.milli_gpu / model::kMilli,
          .GpuUsed = {Parts(host.taken.milli_gpu)},
          .InstanceCount = 1,
          .InstanceMaxAllocatableCPU = host.most.milli_cpu / model::kMilli,
          .InstanceMaxAllocatableGPU = {Parts(host.most.milli_gpu)},
          .InstanceMaxAllocatableMemory = host.most.memory_mib,
          .Memory = host.whole.memory_mib,
          .MemoryUsed = host.taken.memory_mib,
          .Message = "",
          .PostPaidInstanceCount = 0,
          .PrePaidInstanceCount = 0,
          .ResourceId = kHostResource,
          .ResourceName = kHostResourceName,
          .ResourceType = kResourceType,
          .Status = kResourceReady,
          .UpdateTime = "",
          .UsageMode = kUsageMode};
}

constexpr auto kFilters = std::to_array<Filter<kListParams, wire::EasResource>>({
    {"ResourceId", Is<&wire::EasResource::ResourceId>},
    {"ResourceName", Part<&wire::EasResource::ResourceName>},
    {"ResourceStatus", Is<&wire::EasResource::Status>},
    {"ResourceType", Is<&wire::EasResource::ResourceType>},
    {"UsageMode", Is<&wire::EasResource::UsageMode>},
});

Answered<wire::ListResourcesAnswer> ListResources(Context& context, Args<kListParams> args) {
  std::vector<wire::EasResource> only(1);
  FillCore(context, only.front());
  only.front().ServiceCount = static_cast<std::int64_t>(VisibleServices(context).size());
  List list(std::move(only));
  wire::ListResourcesAnswer answer;
  list.Keep(args, kFilters)
      .Fill(answer, answer.Resources, PagingOf(args),
            [](wire::EasResource& resource) { return std::move(resource); });
  co_return Answer(context, answer);
}

Status IsTheHost(Args<kOfResource> args) {
  const std::string& id = args.Text("ResourceId");
  if (id == kHostResource) return Ok();
  return Error(
      Code::kNotFound,
      fmt::format("Resource group {} does not exist: the only one is {}, this server's host.", id,
                  kHostResource),
      "UnknownResource");
}

Answered<wire::DescribeResourceAnswer> DescribeResource(Context& context, Args<kOfResource> args) {
  ATELIER_CO_RETURN_IF_ERROR(IsTheHost(args));
  wire::DescribeResourceAnswer answer;
  FillCore(context, answer);
  answer.ExtraData = "{}";
  answer.OwnerUid = context.caller.account;
  answer.ServiceCount = fmt::format("{}", VisibleServices(context).size());
  co_return Answer(context, answer);
}

Answered<wire::ListServicesAnswer> ListResourceServices(Context& context,
                                                        Args<kServiceParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(IsTheHost(args));
  List list(VisibleServices(context));
  wire::ListServicesAnswer answer;
  list.Fill(answer, answer.Services, PagingOf(args),
            [&](const model::Service& service) { return EncodeService(context, service); });
  co_return Answer(context, answer);
}

wire::ResourceInstance EncodeMachine(const Context& context) {
  const Host host = HostOf(context);
  utsname names{};
  static_cast<void>(::uname(&names));  // cannot fail: the memory is ours
  return {.Arch = names.machine,
          .AutoRenewal = false,
          .ChargeType = "",
          .CreateTime = "",
          .ExpiredTime = "",
          .InstanceCpuCount = host.whole.milli_cpu / model::kMilli,
          .InstanceGpuCount = host.whole.milli_gpu / model::kMilli,
          .InstanceGpuMemory = "",
          .InstanceId = kMachineId,
          .InstanceIp = "",
          .InstanceMemory = fmt::format("{}M", host.whole.memory_mib),
          .InstanceName = names.nodename,
          .InstancePhase = "",
          .InstanceStatus = kMachineReady,
          .InstanceSystemDiskSize = 0,
          .InstanceTenantIp = "",
          .InstanceType = "",
          .InstanceUsedCpu = {Parts(host.taken.milli_cpu)},
          .InstanceUsedGpu = {Parts(host.taken.milli_gpu)},
          .InstanceUsedGpuMemory = "",
          .InstanceUsedMemory = fmt::format("{}M", host.taken.memory_mib),
          .Labels = {},
          .LastCordonOperator = "",
          .LastCordonReason = "",
          .Region = context.options.region,
          .ResourceId = kHostResource,
          .Zone = context.options.zone};
}

std::string NameAndId(const wire::ResourceInstance& machine) {
  return fmt::format("{}\n{}", machine.InstanceName, machine.InstanceId);
}

constexpr auto kMachineFilters = std::to_array<Filter<kMachineParams, wire::ResourceInstance>>({
    {"Filter", Part<NameAndId>},
    {"InstanceId", Is<&wire::ResourceInstance::InstanceId>},
    {"InstanceName", Is<&wire::ResourceInstance::InstanceName>},
    {"InstanceStatus", Is<&wire::ResourceInstance::InstanceStatus>},
    {"Zone", Is<&wire::ResourceInstance::Zone>},
    {"ChargeType", None},
    {"InstanceIP", None},
    {"Label", None},
});

Answered<wire::ListResourceInstancesAnswer> ListResourceInstances(Context& context,
                                                                  Args<kMachineParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(IsTheHost(args));
  List list(std::vector{EncodeMachine(context)});
  wire::ListResourceInstancesAnswer answer;
  list.Keep(args, kMachineFilters)
      .Fill(answer, answer.Instances, PagingOf(args),
            [](wire::ResourceInstance& machine) { return std::move(machine); });
  co_return Answer(context, answer);
}

}  // namespace

std::span<const Operation> ServiceResourceOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<ListResources>(kEasApi, "ListResources", "GET", "/api/v2/resources",
                         "Lists the group of machines that services run on: this server's host."),
      Row<DescribeResource>(kEasApi, "DescribeResource", "GET",
                            "/api/v2/resources/{ClusterId}/{ResourceId}",
                            "What the host has, and what of it is taken."),
      Row<ListResourceServices>(kEasApi, "ListResourceServices", "GET",
                                "/api/v2/resources/{ClusterId}/{ResourceId}/services",
                                "Lists the services on the host that the caller may see, by name."),
      Row<ListResourceInstances>(kEasApi, "ListResourceInstances", "GET",
                                 "/api/v2/resources/{ClusterId}/{ResourceId}/instances",
                                 "Lists the machines of the group: the host."),
  });
  return kRows;
}

}  // namespace atelier::api
