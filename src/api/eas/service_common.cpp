#include "api/eas/service_common.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/envelope.h"
#include "api/text.h"
#include "base/text.h"
#include "directory/service_directory.h"
#include "identity/identity_directory.h"
#include "model/catalogue.h"

namespace atelier::api {

namespace {

Error UnknownService(std::string_view name) {
  return {Code::kNotFound, fmt::format("Service {} does not exist.", name), "UnknownService"};
}

/// The port in a URL's authority, else its scheme's.
std::int64_t PortOf(std::string_view url) {
  const std::size_t colon = url.rfind(':');
  const std::string_view digits = colon == std::string_view::npos ? "" : url.substr(colon + 1);
  const auto port = ParseNumber<std::int64_t>(digits).value_or(0);
  if (port > 0) return port;
  return url.starts_with("https") ? 443 : 80;
}

/// Counts of replicas that are neither on their way out nor detached.
struct Counts {
  std::int64_t total = 0;
  std::int64_t running = 0;
};

Counts CountReplicas(const Context& context, const model::ServiceId& id) {
  Counts counts;
  for (const auto& replica : context.eas.directory.ReplicasOf(id)) {
    if (!model::IsCounted(*replica)) continue;
    ++counts.total;
    counts.running += replica->ready ? 1 : 0;
  }
  return counts;
}

}  // namespace

std::string ResourceNameOf(const Context& context, std::string_view service) {
  return fmt::format("acs:eas:{}:{}:service/{}", context.options.region,
                     context.caller.account.str(), service);
}

/// docs/contract/lifecycle.md section 2 has the limits for labels of instances.
Status CheckLabels(const std::map<std::string, std::string>& labels) {
  static constexpr std::size_t kMax = 128;
  for (const auto& [key, value] : labels) {
    if (key.empty() || CountCharacters(key) > kMax || CountCharacters(value) > kMax)
      return Invalid("Labels must have keys of 1 to 128 and values of at most 128 characters.");
  }
  return Ok();
}

bool MayKnow(const Context& context, const model::WorkspaceId& workspace) {
  return workspace.empty() ||
         identity::IsMember(context.services.identities, context.caller, workspace);
}

bool MayAccess(const Context& context, const model::WorkspaceId& workspace,
               const model::UserId& owner, identity::Access access) {
  if (workspace.empty()) return true;
  return identity::WorkspaceAllows(context.services.identities, context.caller, access,
                                   {.workspace = workspace, .owner = owner, .shared = true});
}

bool MaySeeSecrets(const Context& context, const model::Service& service) {
  static const std::vector<std::string> kChange = {"eas:UpdateService"};
  return service.owner == context.caller.user ||
         (MayAccess(context, service.workspace, service.owner, identity::Access::kWrite) &&
          RamAllows(context, kChange, ResourceNameOf(context, service.name)));
}

bool MaySeeSecrets(const Context& context, const model::ServiceGroup& group) {
  static const std::vector<std::string> kChange = {"eas:UpdateGroup"};
  return group.owner == context.caller.user ||
         (MayAccess(context, group.workspace, group.owner, identity::Access::kWrite) &&
          RamAllows(context, kChange, "*"));
}

Result<std::map<std::string, std::string>> ParseLabels(const json::value* given,
                                                       std::string_view name) {
  std::map<std::string, std::string> labels;
  if (given == nullptr) return labels;
  Problems problems;
  DecodeJson(*given, labels, std::string(name), Missing::kProblem, problems);
  if (!problems.empty()) return Invalid(problems);
  return labels;
}

Result<directory::ServicePtr> FindService(const Context& context, const std::string& name) {
  directory::ServicePtr service = context.eas.directory.Find(name);
  if (service == nullptr || !MayKnow(context, service->workspace)) return UnknownService(name);
  if (MayAccess(context, service->workspace, service->owner, context.access)) return service;
  return Error(Code::kPermissionDenied,
               fmt::format("No permission {} for resource: {}", context.operation,
                           ResourceNameOf(context, name)),
               "PrivilegeCheckFailed");
}

Result<directory::ReplicaPtr> FindReplica(const Context& context, const std::string& name,
                                          const model::Service& service) {
  directory::ReplicaPtr replica = context.eas.directory.FindReplicaNamed(service.id, name);
  if (replica != nullptr) return replica;
  return Error(Code::kNotFound, fmt::format("Service {} has no instance {}.", service.name, name),
               "UnknownReplica");
}

std::string EndpointOf(const Context& context, std::string_view name) {
  const std::string base = context.services_base();
  if (base.empty()) return "";  // the request names no host that a URL may have
  return fmt::format("{}/api/predict/{}", base, name);
}

std::string_view TrafficStateOf(const model::Service& service) {
  return !service.group.empty() && service.grouping ? "grouping" : "standalone";
}

wire::ServiceEndpointsAnswer EncodeEndpoints(const Context& context, std::string_view token,
                                             std::string_view name, std::string_view kind) {
  return {.AccessToken = token,
          .Endpoints = {{.BackendId = "default",
                         .EndpointType = "DefaultGateway",
                         .InternetEndpoints = {EndpointOf(context, name)},
                         .IntranetEndpoints = {EndpointOf(context, name)},
                         .PathType = kind,
                         .Port = PortOf(context.services_base())}},
          .Message = ""};
}

std::vector<wire::ServiceLabel> EncodeLabels(const std::vector<model::Label>& labels) {
  std::vector<wire::ServiceLabel> out;
  out.reserve(labels.size());
  for (const model::Label& label : labels)
    out.push_back({.LabelKey = label.key, .LabelValue = label.value});
  return out;
}

Result<model::WorkspaceId> WorkspaceToCreateIn(const Context& context, std::string asked) {
  const identity::IdentityDirectory& identities = context.services.identities;
  model::WorkspaceId workspace(asked);
  if (asked.empty()) {
    workspace = identities.DefaultWorkspaceOf(identity::MemberUserOf(context.caller))
                    .value_or(model::WorkspaceId());
    if (workspace.empty()) return workspace;  // of none: the RAM permission is all it takes
  }
  // First, so that one who is no member does not learn which workspaces there are.
  if (!identity::WorkspaceAllows(identities, context.caller, identity::Access::kCreate,
                                 workspace)) {
    return Error(
        Code::kPermissionDenied,
        fmt::format("No permission {} in workspace {}.", context.operation, workspace.str()),
        "PrivilegeCheckFailed");
  }
  if (identities.FindWorkspace(workspace) == nullptr)
    return Invalid(fmt::format("Workspace {} does not exist.", asked));
  return workspace;
}

Status PassService(const Context& context, const std::string& name) {
  ATELIER_RETURN_IF_ERROR(FindService(context, name));
  return Ok();
}

Status PassNewService(const Context& context, const std::string& workspace) {
  ATELIER_RETURN_IF_ERROR(WorkspaceToCreateIn(context, workspace));
  return Ok();
}

wire::EasService EncodeService(const Context& context, const model::Service& service) {
  const directory::ServiceSpecPtr spec = context.eas.directory.SpecOf(service.name);
  const Counts counts = CountReplicas(context, service.id);
  const model::EcsSpec* machine =
      spec ? context.services.catalogue.FindSpec(spec->instance_type) : nullptr;
  const model::Capacity capacity = spec ? model::CapacityOf(*spec, machine) : model::Capacity();
  const bool may_see = MaySeeSecrets(context, service);
  wire::EasService out;
  static_cast<wire::ServiceCore&>(out) = {
      .AccessToken = may_see ? std::string_view(context.eas.directory.TokenOf(service.name)) : "",
      .AutoscalerEnabled = service.autoscaler.has_value(),
      .CallerUid = service.owner,
      .Cpu = (capacity.milli_cpu + model::kMilli - 1) / model::kMilli,
      .CreateTime = FormatSeconds(service.created),
      .CronscalerEnabled = service.cronscaler.has_value(),
      .CurrentVersion = service.current_version,
      .Gpu = capacity.milli_gpu / model::kMilli,
      .Image = spec ? spec->image : std::string(),
      .InstanceCountInResource = {.Dedicated = 0, .Public = counts.total, .Quota = 0},
      .InternetEndpoint = EndpointOf(context, service.name),
      .IntranetEndpoint = EndpointOf(context, service.name),
      .Labels = EncodeLabels(service.labels),
      .LatestVersion = service.latest_version,
      .Memory = capacity.memory_mib,
      .Message = service.message,
      .Namespace = service.name,
      .PendingInstance = counts.total - counts.running,
      .Reason = service.reason,
      .Region = context.options.region,
      .Role = "Standard",
      .RunningInstance = counts.running,
      .SafetyLock = EnumName(service.lock),
      .ServiceConfig = may_see ? service.config : PublicConfig(service.config),
      .ServiceId = service.id,
      .ServiceName = service.name,
      .ServiceType = "Standard",
      .ServiceUid = service.id,
      .Status = EnumName(service.status),
      .TotalInstance = counts.total,
      .TrafficState = TrafficStateOf(service),
      .UpdateTime = FormatSeconds(service.updated),
      .WorkspaceId = service.workspace};
  static_cast<wire::ServiceExtra&>(out) = {};
  out.ServiceGroup = service.group;
  out.Weight = service.group.empty() ? 0 : service.weight;
  return out;
}

Encoded<wire::MessageAnswer> MessageAnswer(const Context& context, std::string message) {
  return Answer(context, wire::MessageAnswer{.Message = std::move(message)});
}

}  // namespace atelier::api
