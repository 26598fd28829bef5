#include "control/eas/service/mutations.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/eas/service/group.h"

namespace atelier::control {

using model::Desired;
using model::SafetyLock;
using model::ServiceTrigger;
using store::Kind;
using store::Write;

Status Accepting(const model::Service& service, ServiceTrigger trigger,
                 std::string_view operation) {
  if (model::Accepts(service.status, trigger)) return Ok();
  return Error(Code::kFailedPrecondition,
               fmt::format("Service {} is {}, and {} is not possible in this state.", service.name,
                           EnumName(service.status), operation),
               "WrongState");
}

Status Unlocked(const model::Service& service, bool ends) {
  if (service.lock == SafetyLock::none || (service.lock == SafetyLock::dangerous && !ends))
    return Ok();
  return Error(Code::kFailedPrecondition,
               fmt::format("The safety lock of service {} is {}. UpdateServiceSafetyLock opens it.",
                           service.name, EnumName(service.lock)),
               "Locked");
}

Status Offered(const model::ServiceSpec& spec, const model::Catalogue& catalogue) {
  if (!spec.image.empty() && catalogue.FindImage(spec.image) == nullptr) {
    return Error(
        Code::kInvalidArgument,
        fmt::format("The image {} Without an image, a service has the programs of this server's "
                    "host.",
                    catalogue.WhyNoImage(spec.image)));
  }
  if (spec.instance_type.empty()) return Ok();
  const model::EcsSpec* machine = catalogue.FindSpec(spec.instance_type);
  if (machine == nullptr) {
    return Error(Code::kInvalidArgument,
                 fmt::format("The instance type {} ListEcsSpecs of DSW names what is.",
                             catalogue.WhyNoSpec(spec.instance_type)));
  }
  const model::Capacity whole = model::CapacityOf(*machine);
  if (std::max(spec.limits.milli_cpu, spec.requests.milli_cpu) > whole.milli_cpu ||
      std::max(spec.limits.memory_mib, spec.requests.memory_mib) > whole.memory_mib) {
    return Error(Code::kInvalidArgument,
                 fmt::format("containers[0].resources asks for more than the instance type {} has.",
                             spec.instance_type));
  }
  return Ok();
}

Status Fits(const model::ServiceSpec& spec, std::int64_t replicas,
            const model::Catalogue& catalogue, const Admission* admission) {
  if (admission == nullptr) return Ok();
  const model::EcsSpec* machine = catalogue.FindSpec(spec.instance_type);
  return admission->CanEver(model::CapacityOf(spec, machine), std::max<std::int64_t>(1, replicas));
}

void SetLabels(std::vector<model::Label>& present,
               const std::map<std::string, std::string>& labels) {
  for (const auto& [key, value] : labels) {
    const auto same = std::ranges::find(present, key, &model::Label::key);
    if (same == present.end()) {
      present.push_back({.key = key, .value = value});
    } else {
      same->value = value;
    }
  }
}

void ApplyScale(ServiceDraft& draft, std::int64_t replicas, std::vector<std::string> leave_first,
                Reason cause) {
  model::Service& next = draft.Edit();
  const std::int64_t before = next.replicas;
  json::object config = ParseJson(next.config)->get_object();
  model::SetReplicas(config, replicas);
  next.config = json::serialize(config);
  next.replicas = replicas;
  next.leave_first = std::move(leave_first);
  draft.MoveTo(ServiceTrigger::kScale, model::After(next.status, ServiceTrigger::kScale));
  draft.AddEvent(false, std::move(cause.code),
                 fmt::format("From {} to {} instances{}{}.", before, replicas,
                             cause.message.empty() ? "" : ": ", cause.message));
}

void ApplyVersion(ServiceDraft& draft, const json::object& config, const model::ServiceSpec& spec,
                  std::int64_t number) {
  model::Service& next = draft.Edit();
  next.config = json::serialize(config);
  next.replicas = spec.replicas;
  next.current_version = number;
  next.latest_version = std::max(next.latest_version, number);
  ++next.rollout;
  if (next.status == model::ServiceStatus::Failed) next.desired = Desired::Running;
  draft.MoveTo(ServiceTrigger::kUpdate, model::After(next.status, ServiceTrigger::kUpdate));
}

Write VersionWrite(const model::Service& service, WallTime now) {
  const model::ServiceVersion version{
      .number = service.current_version, .config = service.config, .built = now};
  return Write::Put(Kind::kServiceVersion, VersionKey(service.id, version.number), ToJson(version));
}

namespace {

json::object KeptConfig(const std::string& kept) {
  json::object config = ParseJson(kept)->get_object();
  config.erase("token");  // of a server that kept it there
  return config;
}

}  // namespace

json::object ChangedConfig(const model::Service& present, const json::object& change,
                           bool replace) {
  json::object old = KeptConfig(present.config);
  json::object config = replace ? change : model::MergeConfig(std::move(old), change);
  const bool named =
      config.contains("name") || (config.contains("metadata") && config["metadata"].is_object() &&
                                  config["metadata"].get_object().contains("name"));
  if (!named) config["name"] = present.name;
  return config;
}

void NoteUnknownKeys(ServiceDraft& draft, const json::object& config) {
  const std::string said = model::SayUnknownKeys(config);
  if (!said.empty()) draft.AddEvent(true, "UnknownKeys", said);
}

Status ChangeConfig(ServiceDraft& draft, const json::object& change, bool replace,
                    const ChangeTerms& terms) {
  const model::Service& present = draft.service();
  ATELIER_RETURN_IF_ERROR(Unlocked(present, false));
  json::object config = ChangedConfig(present, change, replace);
  ATELIER_TRY(const model::ServiceSpec spec, model::ParseServiceSpec(config, &change));
  if (spec.name != present.name)
    return Error(Code::kInvalidArgument, "name cannot be changed: it names the service.");
  if (spec.group != present.group)
    return Error(Code::kInvalidArgument, "metadata.group cannot be changed.");
  config.erase("token");
  if (!spec.token.empty() && spec.token != terms.token) {
    SetToken(draft.Edit(), spec.token, terms.seal);
    draft.AddEvent(false, "Token", "Callers present another token from now on.");
  }
  if (model::SameButReplicas(KeptConfig(present.config), config)) {
    if (spec.replicas == present.replicas) return Ok();
    ATELIER_RETURN_IF_ERROR(Accepting(present, ServiceTrigger::kScale, "UpdateService"));
    if (spec.replicas > present.replicas)
      ATELIER_RETURN_IF_ERROR(Fits(spec, spec.replicas, terms.catalogue, terms.admission));
    ApplyScale(draft, spec.replicas, {});
    return Ok();
  }
  ATELIER_RETURN_IF_ERROR(Offered(spec, terms.catalogue));
  ATELIER_RETURN_IF_ERROR(Fits(spec, spec.replicas, terms.catalogue, terms.admission));
  ATELIER_RETURN_IF_ERROR(Accepting(present, ServiceTrigger::kUpdate, "UpdateService"));
  ApplyVersion(draft, config, spec, present.latest_version + 1);
  NoteUnknownKeys(draft, change);
  SetLabels(draft.Edit().labels, spec.labels);
  draft.AddWrite(VersionWrite(draft.service(), draft.now()));
  draft.AddEvent(false, "Updating", fmt::format("To version {}.", draft.service().current_version));
  return Ok();
}

Status ReleaseWeight(ServiceDraft& draft, std::optional<std::int64_t> weight,
                     std::optional<bool> grouping, const directory::ServiceDirectory& directory) {
  const model::Service& present = draft.service();
  ATELIER_RETURN_IF_ERROR(Unlocked(present, false));
  if (weight && (*weight < -1 || *weight > model::kMaxWeight)) {
    return Error(Code::kInvalidArgument,
                 fmt::format("Weight must be from -1 to {}.", model::kMaxWeight));
  }
  const directory::GroupPtr group =
      present.group.empty() ? nullptr : directory.FindGroup(present.group);
  if (group == nullptr) {
    return Error(
        Code::kFailedPrecondition,
        fmt::format("Service {} is in no group, whose requests it could share.", present.name),
        "NoGroup");
  }
  model::Service& next = draft.Edit();
  next.weight = weight.value_or(next.weight);
  next.grouping = grouping.value_or(next.grouping);
  if (weight.value_or(-1) >= 0 && !group->customized) {
    model::ServiceGroup weighed = *group;
    weighed.customized = true;
    weighed.updated = std::max(weighed.updated, draft.now());
    draft.AddWrite(Write::Put(Kind::kServiceGroup, weighed.name, ToJson(weighed),
                              directory.RevisionOfGroup(weighed.name)));
  }
  draft.AddEvent(
      false, "Released",
      next.grouping ? fmt::format("Takes part in group {} with weight {}.", next.group, next.weight)
                    : fmt::format("Takes no part in group {}.", next.group));
  return Ok();
}

}  // namespace atelier::control
