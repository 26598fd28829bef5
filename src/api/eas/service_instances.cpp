// The replicas of a service, which the wire calls its instances (docs/contract/requests.md section
// 5).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/ascii.h"
#include "control/eas/services.h"
#include "directory/service_directory.h"
#include "directory/service_query.h"
#include "model/catalogue.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr auto kListParams = std::to_array<Param>({
    kClusterId,
    kServiceName,
    kPageNumber,
    kPageSize,
    {.name = "Filter", .doc = "Part of the name, an address or the machine type, case ignored."},
    {.name = "ResourceType",
     .type = Type::kEnum,
     .values = "PublicResource,DedicatedResource",
     .aliases = "PrivateResource=DedicatedResource"},
    {.name = "InstanceType"},
    {.name = "InstanceStatus"},
    {.name = "InstanceIP"},
    {.name = "InstanceName"},
    {.name = "HostIP"},
    {.name = "IsSpot", .type = Type::kBoolean},
    {.name = "Role",
     .type = Type::kEnum,
     .values = "DataSet,SDProxy,Standard,Queue",
     .aliases = "DataLoader=DataSet"},
    {.name = "Sort", .type = Type::kEnum, .values = "StartTime"},
    OrderParam("By StartTime; default desc."),
    {.name = "QuotaId"},
    {.name = "Resource"},
    {.name = "ReplicaName"},
    {.name = "MemberType"},
    {.name = "ListReplica", .type = Type::kBoolean},
});
constexpr std::array kUpdateParams = {kClusterId, kServiceName, kInstanceName,
                                      Param{.name = "IsReplica", .type = Type::kBoolean}};
constexpr std::array kDeleteParams = {
    kClusterId,
    kServiceName,
    Param{.name = "InstanceList", .type = Type::kList, .doc = "Names, comma separated."},
    Param{.name = "SoftRestart",
          .type = Type::kBoolean,
          .standard = 0,
          .doc = "Starts the process again in its place."},
    Param{.name = "Container",
          .doc = "With SoftRestart: the container, as ListServiceContainers names it."},
    Param{.name = "IsReplica", .type = Type::kBoolean},
};

Status NotGrouped(bool asked, std::string_view name) {
  if (!asked) return Ok();
  return Error(
      Code::kUnimplemented,
      fmt::format("{}: replicas of several instances are not supported by this server yet.", name));
}

std::vector<wire::InstanceLastState> LastStates(const model::Replica& replica) {
  if (!replica.last) return {};
  const model::LastRun& last = *replica.last;
  return {{.ExitCode = last.exit_code,
           .Signal = last.signal,
           .Reason = last.reason,
           .Message = last.message,
           .StartedAt = FormatSeconds(last.started),
           .FinishedAt = last.settled ? FormatSeconds(last.finished) : std::string(),
           .Log = last.log}};
}

/// "RUNNING", as the document's sample has it, unless there is something to tell.
std::string ReasonOf(const model::Replica& replica) {
  if (!replica.reason.empty()) return replica.reason;
  return ToUpper(EnumName(replica.status));
}

/// A replica runs the one command of its one container, which is what its checks are about.
constexpr std::int64_t kProcesses = 1;

wire::ServiceInstance Encode(const model::Service& service, const model::Replica& replica,
                             const model::Catalogue& catalogue) {
  static const model::ReplicaTemplate kUnknown;
  const model::ReplicaTemplate& outfit = replica.outfit ? *replica.outfit : kUnknown;
  const model::EcsSpec* machine = catalogue.FindSpec(outfit.machine);
  const double price = machine == nullptr ? 0 : machine->Price;
  const std::string started = FormatSeconds(directory::StartTimeOf(replica));
  return {.HostIP = replica.place.host_ip,
          .HostName = replica.place.host_name,
          .InnerIP = replica.place.inner_ip,
          .InstanceName = replica.name,
          .InstancePort = outfit.port,
          .LastState = LastStates(replica),
          .Namespace = service.name,
          .Reason = ReasonOf(replica),
          .RestartCount = replica.restarts,
          .Status = EnumName(replica.status),
          .TotalProcesses = kProcesses,
          .ReadyProcesses = replica.ready ? kProcesses : 0,
          .StartAt = started,
          .Role = "Standard",
          .ResourceType = "PublicResource",
          .TenantInstanceIP = "",
          .TenantHostIP = "",
          .IsSpot = false,
          .CurrentAmount = {price},
          .OriginalAmount = {price},
          .Isolated = replica.isolated,
          .Zone = replica.place.zone,
          .ExternalIP = "",
          .ExternalInstancePort = 0,
          .StartTime = started,
          .InstanceType = outfit.machine,
          .CreateTime = FormatSeconds(replica.created),
          .Detached = replica.detached,
          .IsLatest = replica.rollout == service.rollout,
          .IsReplica = false,
          .ReplicaName = ""};
}

std::string_view MachineOf(const model::Replica& replica) {
  return replica.outfit ? std::string_view(replica.outfit->machine) : std::string_view();
}
std::string_view InnerIpOf(const model::Replica& replica) { return replica.place.inner_ip; }
std::string_view HostIpOf(const model::Replica& replica) { return replica.place.host_ip; }

bool HasKeyword(const model::Replica& replica, const ArgValues::Value& asked) {
  return Part<&model::Replica::name>(replica, asked) || Part<InnerIpOf>(replica, asked) ||
         Part<HostIpOf>(replica, asked) || Part<MachineOf>(replica, asked);
}

constexpr std::string_view kStandard = "Standard";
constexpr std::string_view kPublicResource = "PublicResource";

constexpr auto kFilters = std::to_array<Filter<kListParams, model::Replica>>({
    {"Filter", HasKeyword},
    {"InstanceType", Is<MachineOf>},
    // A status outside the set is one that no instance is in (docs/contract/requests.md section 5).
    {"InstanceStatus", Is<&model::Replica::status>},
    {"InstanceIP", Is<InnerIpOf>},
    {"InstanceName", Is<&model::Replica::name>},
    {"HostIP", Is<HostIpOf>},
    {"ResourceType", AllAre<kPublicResource>},
    {"IsSpot", AllAre<kNo>},
    {"Role", AllAre<kStandard>},
    {"Resource", AllAre<kHostResource>},
    {"QuotaId", None},
    {"ReplicaName", None},
    {"MemberType", None},
});
constexpr auto kSorts = std::to_array<SortRow<model::Replica>>(
    {{"StartTime", ByTime<directory::StartTimeOf, &model::Replica::name>}});

Answered<wire::ListServiceInstancesAnswer> ListServiceInstances(Context& context,
                                                                Args<kListParams> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_RETURN_IF_ERROR(NotGrouped(args.Boolean("ListReplica"), "ListReplica"));
  List list(context.eas.directory.ReplicasOf(service->id));
  list.Keep(args, kFilters).Sort(kSorts, args.Text("Sort"), args.Text("Order") == "asc");
  wire::ListServiceInstancesAnswer answer;
  list.Fill(answer, answer.Instances, PagingOf(args), [&](const model::Replica& replica) {
    return Encode(*service, replica, context.services.catalogue);
  });
  co_return Answer(context, answer);
}

Answered<wire::MessageAnswer> UpdateServiceInstance(Context& context, Args<kUpdateParams> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_RETURN_IF_ERROR(NotGrouped(args.Boolean("IsReplica"), "IsReplica"));
  ATELIER_CO_TRY(const auto request, FromJson<wire::UpdateServiceInstanceRequest>(context.body));
  if (request.Hibernate.value_or(false))
    co_return Error(Code::kUnimplemented, "Hibernate is not supported by this server yet.");
  const std::string& name = args.Text("InstanceName");
  if (request.Detach && !*request.Detach && !request.Isolate)
    co_return Invalid("Detach cannot be taken back: it must be true.");
  if (request.Detach.value_or(false)) {
    if (request.Isolate) co_return Invalid("Detach and Isolate exclude each other.");
    ATELIER_CO_RETURN_IF_ERROR(
        co_await context.eas.control.Detach(service->name, name, context.actor()));
    co_return MessageAnswer(context, fmt::format("Instance {} is detached.", name));
  }
  if (!request.Isolate)
    co_return Error(Code::kInvalidArgument, "Isolate is required.", "MissingIsolate");
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.eas.control.Isolate(service->name, name, *request.Isolate, context.actor()));
  co_return MessageAnswer(context, fmt::format("Instance {} takes {} traffic.", name,
                                               *request.Isolate ? "no" : "part in the"));
}

/// As pods have it: Running, Waiting for a start, Terminated. One on its way out runs to its end,
/// unless it was between two runs, or before its first, when it was told.
std::string_view ContainerStatus(const model::Replica& replica) {
  switch (replica.status) {
    case model::ReplicaStatus::Running:
    case model::ReplicaStatus::Unknown:
      return "Running";
    case model::ReplicaStatus::Pending:
      return "Waiting";
    case model::ReplicaStatus::Succeeded:
    case model::ReplicaStatus::Failed:
      return "Terminated";
    case model::ReplicaStatus::Terminating:
      if (replica.restart_at) return "Terminated";
      return replica.started_at ? "Running" : "Waiting";
  }
  return "";
}

/// An instance has one container, which is the instance, and is named as it is.
Answered<wire::ListServiceContainersAnswer> ListServiceContainers(Context& context,
                                                                  Args<kOfReplica> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(const auto replica, FindReplica(context, args, *service));
  const model::ReplicaTemplate outfit = replica->outfit.value_or(model::ReplicaTemplate());
  const bool ended = replica->last && replica->last->settled;
  wire::ContainerInfo container{
      .CurrentReaon = replica->reason,
      .CurrentStatus = ContainerStatus(*replica),
      .CurrentTimestamp = FormatSeconds(replica->status_since),
      .Image = outfit.image,
      .LastReason = replica->last ? replica->last->reason : std::string(),
      .LastStatus = ended ? "Terminated" : "",
      .LastTimestamp = ended ? FormatSeconds(replica->last->finished) : std::string(),
      .Name = replica->name,
      .Port = outfit.port,
      .Ready = replica->ready,
      .RestartCount = replica->restarts};
  wire::ListServiceContainersAnswer answer;
  answer.Containers.push_back(std::move(container));
  answer.ServiceName = service->name;
  co_return Answer(context, answer);
}

/// Container names whose process SoftRestart starts again: each instance must have it.
Status HaveContainer(const Args<kDeleteParams>& args) {
  if (!args.Boolean("SoftRestart") || !args.Has("Container")) return Ok();
  for (const std::string& instance : args.List("InstanceList")) {
    if (instance == args.Text("Container")) continue;
    return Invalid(fmt::format("Instance {0} has no container {1}: its only one is {0}.", instance,
                               args.Text("Container")));
  }
  return Ok();
}

Answered<wire::MessageAnswer> DeleteServiceInstances(Context& context, Args<kDeleteParams> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_RETURN_IF_ERROR(NotGrouped(args.Boolean("IsReplica"), "IsReplica"));
  if (args.List("InstanceList").empty())
    co_return Error(Code::kInvalidArgument, "InstanceList is required.", "MissingInstanceList");
  ATELIER_CO_RETURN_IF_ERROR(HaveContainer(args));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.control.Replace(
      service->name, args.List("InstanceList"), args.Boolean("SoftRestart"), context.actor()));
  co_return MessageAnswer(context, "The instances are being restarted.");
}

}  // namespace

std::span<const Operation> ServiceInstanceOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<ListServiceInstances>(kEasApi, "ListServiceInstances", "GET",
                                "/api/v2/services/{ClusterId}/{ServiceName}/instances",
                                "Lists the instances of a service.")
          .Passes(&PassService, identity::Access::kRead),
      Row<UpdateServiceInstance>(
          kEasApi, "UpdateServiceInstance", "PUT",
          "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}",
          "Takes an instance out of traffic, or back in.",
          BodySchema<wire::UpdateServiceInstanceRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<ListServiceContainers>(
          kEasApi, "ListServiceContainers", "GET",
          "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/containers",
          "The container of an instance, and how its last run ended.")
          .Passes(&PassService, identity::Access::kRead),
      Row<DeleteServiceInstances>(kEasApi, "DeleteServiceInstances", "DELETE",
                                  "/api/v2/services/{ClusterId}/{ServiceName}/instances",
                                  "Restarts instances: under new names, or in their place.")
          .Passes(&PassService, identity::Access::kWrite),
  });
  return kRows;
}

}  // namespace atelier::api
