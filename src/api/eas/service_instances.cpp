// The replicas of a service, which the wire calls its instances (docs/contract/requests.md section
// 5).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/schema.h"
#include "api/text.h"
#include "directory/service_query.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr std::int64_t kMostPageSize = 1000;

constexpr auto kListParams = std::to_array<Param>({
    kClusterId,
    kServiceName,
    {.name = "PageNumber", .type = Type::kInteger, .min = 1, .max = INT32_MAX, .standard = 1},
    {.name = "PageSize", .type = Type::kInteger, .min = 1, .max = kMostPageSize, .standard = 100},
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
    {.name = "Order",
     .type = Type::kEnum,
     .values = "asc,desc",
     .aliases = "Asc=asc,Desc=desc,ASC=asc,DESC=desc",
     .doc = "By StartTime; default desc."},
    {.name = "QuotaId"},
    {.name = "Resource"},
    {.name = "ReplicaName"},
    {.name = "MemberType"},
    {.name = "ListReplica", .type = Type::kBoolean},
});
constexpr std::array kUpdateParams = {
    kClusterId, kServiceName, Param{.name = "InstanceName", .in_path = true, .required = true},
    Param{.name = "IsReplica", .type = Type::kBoolean}};
constexpr std::array kContainerParams = {
    kClusterId, kServiceName, Param{.name = "InstanceName", .in_path = true, .required = true}};
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

/// Asks for something that no instance of this server is.
bool MatchesNothing(const Args& args) {
  for (const std::string_view name : {"QuotaId", "ReplicaName", "MemberType"}) {
    if (args.Has(name)) return true;
  }
  if (args.Has("Resource") && args.Text("Resource") != kHostResource) return true;
  return args.Boolean("IsSpot") || args.Text("ResourceType") == "DedicatedResource" ||
         (args.Has("Role") && args.Text("Role") != "Standard");
}

Status NotGrouped(const Args& args, std::string_view name) {
  if (!args.Boolean(name)) return Ok();
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
  std::string reason(EnumName(replica.status));
  std::ranges::transform(reason, reason.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return reason;
}

/// A replica runs the one command of its one container, which is what its checks are about.
constexpr std::int64_t kProcesses = 1;

wire::ServiceInstance Encode(const model::Service& service, const model::Replica& replica,
                             const model::Catalogue& catalogue) {
  static const model::Outfit kUnknown;
  const model::Outfit& outfit = replica.outfit ? *replica.outfit : kUnknown;
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

Task<Result<std::string>> ListServiceInstances(Context& context) {
  const Args& args = context.args;
  ATELIER_CO_TRY(const auto service, FindService(context, identity::Access::kRead));
  ATELIER_CO_RETURN_IF_ERROR(NotGrouped(args, "ListReplica"));
  directory::ReplicaQuery query;
  query.keyword = args.Text("Filter");
  query.instance_type = args.Text("InstanceType");
  query.name = args.Text("InstanceName");
  query.inner_ip = args.Text("InstanceIP");
  query.host_ip = args.Text("HostIP");
  query.status = args.Enum<model::ReplicaStatus>("InstanceStatus");
  query.ascending = args.Text("Order") == "asc";
  query.page_number = static_cast<std::uint64_t>(*args.Integer("PageNumber"));
  query.page_size = static_cast<std::uint64_t>(*args.Integer("PageSize"));
  // A status outside the set is one that no instance is in (note 9).
  const bool nothing = MatchesNothing(args) || (args.Has("InstanceStatus") && !query.status);
  directory::ReplicaPage page;
  if (!nothing) {
    page = directory::ListReplicas(context.services.services.ReplicasOf(service->id), query);
  }
  wire::ListServiceInstancesAnswer answer;
  for (const auto& replica : page.replicas)
    answer.Instances.push_back(Encode(*service, *replica, context.services.catalogue));
  answer.PageNumber = *args.Integer("PageNumber");
  answer.PageSize = *args.Integer("PageSize");
  answer.TotalCount = page.total;
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> UpdateServiceInstance(Context& context) {
  ATELIER_CO_TRY(const auto service, FindService(context, identity::Access::kWrite));
  ATELIER_CO_RETURN_IF_ERROR(NotGrouped(context.args, "IsReplica"));
  ATELIER_CO_TRY(const auto request, FromJson<wire::UpdateServiceInstanceRequest>(context.body));
  if (request.Hibernate.value_or(false))
    co_return Error(Code::kUnimplemented, "Hibernate is not supported by this server yet.");
  const std::string& name = context.args.Text("InstanceName");
  if (request.Detach && !*request.Detach && !request.Isolate)
    co_return Invalid("Detach cannot be taken back: it must be true.");
  if (request.Detach.value_or(false)) {
    if (request.Isolate) co_return Invalid("Detach and Isolate exclude each other.");
    ATELIER_CO_RETURN_IF_ERROR(
        co_await context.services.service_control.Detach(service->name, name, context.actor()));
    co_return MessageAnswer(context, fmt::format("Instance {} is detached.", name));
  }
  if (!request.Isolate)
    co_return Error(Code::kInvalidArgument, "Isolate is required.", "MissingIsolate");
  ATELIER_CO_RETURN_IF_ERROR(co_await context.services.service_control.Isolate(
      service->name, name, *request.Isolate, context.actor()));
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
Task<Result<std::string>> ListServiceContainers(Context& context) {
  ATELIER_CO_TRY(const auto service, FindService(context, identity::Access::kRead));
  ATELIER_CO_TRY(const auto replica, FindReplica(context, *service));
  const model::Outfit outfit = replica->outfit.value_or(model::Outfit());
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
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

/// Container names whose process SoftRestart starts again: each instance must have it.
Status HaveContainer(const Args& args) {
  if (!args.Boolean("SoftRestart") || !args.Has("Container")) return Ok();
  for (const std::string& instance : args.List("InstanceList")) {
    if (instance == args.Text("Container")) continue;
    return Invalid(fmt::format("Instance {0} has no container {1}: its only one is {0}.", instance,
                               args.Text("Container")));
  }
  return Ok();
}

Task<Result<std::string>> DeleteServiceInstances(Context& context) {
  ATELIER_CO_TRY(const auto service, FindService(context, identity::Access::kWrite));
  const Args& args = context.args;
  ATELIER_CO_RETURN_IF_ERROR(NotGrouped(args, "IsReplica"));
  if (args.List("InstanceList").empty())
    co_return Error(Code::kInvalidArgument, "InstanceList is required.", "MissingInstanceList");
  ATELIER_CO_RETURN_IF_ERROR(HaveContainer(args));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.services.service_control.Replace(
      service->name, args.List("InstanceList"), args.Boolean("SoftRestart"), context.actor()));
  co_return MessageAnswer(context, "The instances are being restarted.");
}

}  // namespace

std::span<const Operation> ServiceInstanceOperations() {
  static const auto kRows = std::to_array<Operation>({
      {.product = Product::kEas,
       .name = "ListServiceInstances",
       .version = kEasVersion,
       .method = "GET",
       .path = "/api/v2/services/{ClusterId}/{ServiceName}/instances",
       .params = kListParams,
       .resource = "service/{ServiceName}",
       .handler = ListServiceInstances,
       .answer = AnswerSchema<wire::ListServiceInstancesAnswer, EnvelopeForm::kRequestId>,
       .doc = "Lists the instances of a service."},
      {.product = Product::kEas,
       .name = "UpdateServiceInstance",
       .version = kEasVersion,
       .method = "PUT",
       .path = "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}",
       .params = kUpdateParams,
       .resource = "service/{ServiceName}",
       .handler = UpdateServiceInstance,
       .mutates = true,
       .body = BodySchema<wire::UpdateServiceInstanceRequest>,
       .answer = AnswerSchema<wire::MessageAnswer, EnvelopeForm::kRequestId>,
       .doc = "Takes an instance out of traffic, or back in."},
      {.product = Product::kEas,
       .name = "ListServiceContainers",
       .version = kEasVersion,
       .method = "GET",
       .path = "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/containers",
       .params = kContainerParams,
       .resource = "service/{ServiceName}",
       .handler = ListServiceContainers,
       .answer = AnswerSchema<wire::ListServiceContainersAnswer, EnvelopeForm::kRequestId>,
       .doc = "The container of an instance, and how its last run ended."},
      {.product = Product::kEas,
       .name = "DeleteServiceInstances",
       .version = kEasVersion,
       .method = "DELETE",
       .path = "/api/v2/services/{ClusterId}/{ServiceName}/instances",
       .params = kDeleteParams,
       .resource = "service/{ServiceName}",
       .handler = DeleteServiceInstances,
       .mutates = true,
       .answer = AnswerSchema<wire::MessageAnswer, EnvelopeForm::kRequestId>,
       .doc = "Restarts instances: under new names, or in their place."},
  });
  return kRows;
}

}  // namespace atelier::api
