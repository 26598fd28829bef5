// What changes a service. Everything is accepted or refused at once and done by the reconciler.
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/field_rules.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/clock.h"
#include "control/eas/services.h"
#include "identity/identity_directory.h"

namespace atelier::api {

// The handlers ask for them by a code of their own, MissingInstance and MissingVersion.
template <>
inline constexpr auto kRules<wire::ScaleServiceRequest> =
    std::to_array<FieldRule>({{.name = "Instance", .required = true}});
template <>
inline constexpr auto kRules<wire::UpdateServiceVersionRequest> =
    std::to_array<FieldRule>({{.name = "Version", .required = true}});

namespace {

using Type = Param::Type;

constexpr auto kCreateParams = std::to_array<Param>({
    {.name = "Develop", .type = Type::kBoolean},
    {.name = "Labels", .type = Type::kJsonMap, .pattern = kTextMap},
    {.name = "WorkspaceId", .doc = "Omitted: metadata.workspace_id, else the caller's default."},
});
constexpr std::array kCloneParams = {kClusterId, kServiceName,
                                     Param{.name = "Labels", .type = Type::kJsonMap}};
constexpr std::array kUpdateParams = {
    kClusterId,
    kServiceName,
    Param{.name = "UpdateType",
          .type = Type::kEnum,
          .values = "merge,replace",
          .doc = "Default merge."},
    Param{.name = "MemberToUpdate"},
};
constexpr std::array kDeleteLabelParams = {
    kClusterId,
    kServiceName,
    Param{.name = "Keys", .type = Type::kList},
    Param{.name = "LabelKeys",
          .type = Type::kJson,
          .pattern = R"({"type":"array","items":{"type":"string"}})"},
};

/// The service JSON as it came. Some clients quote it once more.
Result<json::object> BodyObject(const Context& context) {
  ATELIER_TRY(json::value value, ParseJson(context.body));
  if (const json::string* quoted = value.if_string()) {
    ATELIER_TRY(value, ParseJson(std::string(quoted->data(), quoted->size())));
  }
  if (!value.is_object()) return Invalid("The body must be the service's JSON object.");
  return std::move(value.get_object());
}

/// Of the request, else of the configuration, else the caller's own; it must let them create.
Result<model::WorkspaceId> WorkspaceFor(const Context& context, Args<kCreateParams> args,
                                        const json::object& config) {
  std::string asked = args.Text("WorkspaceId");
  if (asked.empty()) {
    const json::value* metadata = config.if_contains("metadata");
    const json::value* named = metadata != nullptr && metadata->is_object()
                                   ? metadata->get_object().if_contains("workspace_id")
                                   : nullptr;
    if (named != nullptr && named->is_string()) asked = named->get_string();
  }
  return WorkspaceToCreateIn(context, std::move(asked));
}

wire::CloneServiceAnswer Made(const Context& context, const std::string& name,
                              const model::ServiceId& id) {
  return {.InternetEndpoint = EndpointOf(context, name),
          .IntranetEndpoint = EndpointOf(context, name),
          .ServiceId = id,
          .ServiceName = name,
          .Status = "Creating"};
}

Answered<wire::CreateServiceAnswer> CreateService(Context& context, Args<kCreateParams> args) {
  if (args.Boolean("Develop"))
    co_return Error(Code::kUnimplemented, "Develop mode is not supported by this server yet.");
  ATELIER_CO_TRY(json::object config, BodyObject(context));
  control::NewService fresh;
  ATELIER_CO_TRY(fresh.workspace, WorkspaceFor(context, args, config));
  ATELIER_CO_TRY(fresh.labels, ParseLabels(args.Json("Labels"), "Labels"));
  const auto rule = TakeAutoScaler(config);
  ATELIER_CO_TRY(const model::ServiceSpec spec, model::ParseServiceSpec(config));
  ATELIER_CO_TRY(fresh.autoscaler, ReadTaken(rule, spec.name));
  fresh.config = std::move(config);
  fresh.owner = context.caller.user;
  ATELIER_CO_TRY(const model::ServiceId id,
                 co_await context.eas.control.Create(std::move(fresh), context.actor()));
  co_return Answer(context, wire::CreateServiceAnswer{Made(context, spec.name, id),
                                                      std::string_view(context.options.region)});
}

/// What CloneService asks for beside its own right: that to see all of the configuration that is
/// copied, and that to make a service.
Status MayCopy(const Context& context, const model::Service& source) {
  static const std::vector<std::string> kCreate = {"eas:CreateService"};
  if (!MaySeeSecrets(context, source)) {
    return Error(Code::kPermissionDenied,
                 fmt::format("Service {} can be cloned by who may see its whole configuration: its "
                             "owner, and who may change it.",
                             source.name),
                 "PrivilegeCheckFailed");
  }
  return context.gate.Enforce(
      identity::Evaluate(context.services.identities, context.caller, kCreate,
                         ResourceNameOf(context, "*"), {}, context.services.clock.Wall()),
      kCreate.front());
}

Status PassSource(const Context& context, const std::string& name) {
  ATELIER_TRY(const directory::ServicePtr source, FindService(context, name));
  return MayCopy(context, *source);
}

/// A service with another name, of the configuration of this one with the body merged into it. Its
/// token, its tags, its scalers and its part in a group are its own.
Answered<wire::CloneServiceAnswer> CloneService(Context& context, Args<kCloneParams> args) {
  ATELIER_CO_TRY(const auto source, FindService(context, args));
  ATELIER_CO_RETURN_IF_ERROR(MayCopy(context, *source));
  ATELIER_CO_TRY(const json::object change, BodyObject(context));
  ATELIER_CO_TRY(json::value base, ParseJson(source->config));
  json::object& config = base.as_object();
  for (const char* own : {"name", "token"}) config.erase(own);
  if (json::value* metadata = config.if_contains("metadata"); metadata && metadata->is_object()) {
    for (const char* own : {"name", "group"}) metadata->get_object().erase(own);
  }
  config = model::MergeConfig(std::move(config), change);
  const auto rule = TakeAutoScaler(config);
  ATELIER_CO_TRY(const model::ServiceSpec spec, model::ParseServiceSpec(config));
  control::NewService fresh;
  ATELIER_CO_TRY(fresh.workspace,
                 WorkspaceToCreateIn(
                     context, spec.workspace.empty() ? source->workspace.str() : spec.workspace));
  ATELIER_CO_TRY(fresh.labels, ParseLabels(args.Json("Labels"), "Labels"));
  ATELIER_CO_TRY(fresh.autoscaler, ReadTaken(rule, spec.name));
  fresh.config = std::move(config);
  fresh.owner = context.caller.user;
  ATELIER_CO_TRY(const model::ServiceId id,
                 co_await context.eas.control.Create(std::move(fresh), context.actor()));
  co_return Answer(context, Made(context, spec.name, id));
}

Answered<wire::MessageAnswer> UpdateService(Context& context, Args<kUpdateParams> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  if (args.Has("MemberToUpdate"))
    co_return Error(Code::kUnimplemented,
                    "MemberToUpdate: members of services are not supported by this server yet.");
  ATELIER_CO_TRY(json::object change, BodyObject(context));
  const bool replace = args.Text("UpdateType") == "replace";
  ATELIER_CO_TRY(auto autoscaler, ReadTaken(TakeAutoScaler(change), service->name));
  std::string message = fmt::format("Service {} is being updated.", service->name);
  if (const std::string unknown = model::SayUnknownKeys(change); !unknown.empty())
    message += " " + unknown;
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.control.Update(
      service->name, std::move(change), replace, std::move(autoscaler), context.actor()));
  co_return MessageAnswer(context, std::move(message));
}

using Plain = Task<Status> (control::Services::*)(std::string, model::Actor);

/// The operations that have nothing but a name.
template <Plain kChange>
Answered<wire::MessageAnswer> Change(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await (context.eas.control.*kChange)(service->name, context.actor()));
  co_return MessageAnswer(context,
                          fmt::format("{} of {} was accepted.", context.operation, service->name));
}

Answered<wire::MessageAnswer> ScaleService(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(auto request, FromJson<wire::ScaleServiceRequest>(context.body));
  if (!request.Instance)
    co_return Error(Code::kInvalidArgument, "Instance is required.", "MissingInstance");
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.control.Scale(
      service->name, *request.Instance,
      std::move(request.InstancesToDelete).value_or(std::vector<std::string>()), context.actor()));
  co_return MessageAnswer(context, fmt::format("Service {} is being scaled.", service->name));
}

Answered<wire::MessageAnswer> UpdateServiceVersion(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(const auto request, FromJson<wire::UpdateServiceVersionRequest>(context.body));
  if (!request.Version)
    co_return Error(Code::kInvalidArgument, "Version is required.", "MissingVersion");
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.eas.control.RollBack(service->name, *request.Version, context.actor()));
  co_return MessageAnswer(
      context, fmt::format("Service {} goes to version {}.", service->name, *request.Version));
}

Answered<wire::MessageAnswer> UpdateServiceSafetyLock(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(const auto request, FromJson<wire::UpdateServiceSafetyLockRequest>(context.body));
  const auto lock = ParseEnum<model::SafetyLock>(request.Lock);
  if (!lock) co_return Invalid("Lock must be one of " + EnumNames<model::SafetyLock>() + ".");
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.eas.control.SetLock(service->name, *lock, context.actor()));
  co_return MessageAnswer(context,
                          fmt::format("The safety lock of {} is {}.", service->name, request.Lock));
}

Answered<wire::MessageAnswer> UpdateServiceLabel(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(auto request, FromJson<wire::UpdateServiceLabelRequest>(context.body));
  ATELIER_CO_RETURN_IF_ERROR(CheckLabels(request.Labels));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.control.PutLabels(
      service->name, std::move(request.Labels), context.actor()));
  co_return MessageAnswer(context, fmt::format("The labels of {} are set.", service->name));
}

Answered<wire::MessageAnswer> DeleteServiceLabel(Context& context, Args<kDeleteLabelParams> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  const auto& listed = args.List("Keys");
  std::set<std::string> keys(listed.begin(), listed.end());
  if (const json::value* more = args.Json("LabelKeys")) {
    std::vector<std::string> names;
    Problems problems;
    DecodeJson(*more, names, "LabelKeys", Missing::kProblem, problems);
    if (!problems.empty()) co_return Invalid(problems);
    keys.insert(names.begin(), names.end());
  }
  if (keys.empty()) co_return Error(Code::kInvalidArgument, "Keys is required.", "MissingKeys");
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.eas.control.DeleteLabels(service->name, std::move(keys), context.actor()));
  co_return MessageAnswer(context, fmt::format("The labels of {} are removed.", service->name));
}

}  // namespace

std::span<const Operation> ServiceWriteOperations() {
  using control::Services;
  static const auto kRows = std::to_array<Operation>({
      Row<CreateService>(kEasApi, "CreateService", "POST", "/api/v2/services",
                         "Makes a service of the service JSON and deploys it.",
                         BodySchema<NoFields>)
          .Passes(&PassNewService, identity::Access::kCreate)
          .On("service/*"),
      Row<CloneService>(kEasApi, "CloneService", "POST",
                        "/api/v2/services/{ClusterId}/{ServiceName}/clone",
                        "Makes a service of another name of the same configuration, with changes.",
                        BodySchema<NoFields>)
          .Passes(&PassSource, identity::Access::kRead),
      Row<UpdateService>(
          kEasApi, "UpdateService", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}",
          "Merges a service JSON into the present one, or replaces it.", BodySchema<NoFields>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<Change<&Services::Delete>>(kEasApi, "DeleteService", "DELETE",
                                     "/api/v2/services/{ClusterId}/{ServiceName}",
                                     "Ends and deletes a service.")
          .Passes(&PassService, identity::Access::kWrite),
      Row<Change<&Services::Start>>(kEasApi, "StartService", "PUT",
                                    "/api/v2/services/{ClusterId}/{ServiceName}/start",
                                    "Starts a stopped or failed service.")
          .Passes(&PassService, identity::Access::kWrite),
      Row<Change<&Services::Stop>>(kEasApi, "StopService", "PUT",
                                   "/api/v2/services/{ClusterId}/{ServiceName}/stop",
                                   "Stops a service.")
          .Passes(&PassService, identity::Access::kWrite),
      Row<Change<&Services::Restart>>(kEasApi, "RestartService", "PUT",
                                      "/api/v2/services/{ClusterId}/{ServiceName}/restart",
                                      "Replaces every instance, as an update would.")
          .Passes(&PassService, identity::Access::kWrite),
      Row<ScaleService>(kEasApi, "ScaleService", "PUT",
                        "/api/v2/services/{ClusterId}/{ServiceName}/scale",
                        "Sets the number of instances.", BodySchema<wire::ScaleServiceRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<UpdateServiceVersion>(kEasApi, "UpdateServiceVersion", "PUT",
                                "/api/v2/services/{ClusterId}/{ServiceName}/version",
                                "Goes to another version that is kept.",
                                BodySchema<wire::UpdateServiceVersionRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<UpdateServiceSafetyLock>(kEasApi, "UpdateServiceSafetyLock", "PUT",
                                   "/api/v2/services/{ClusterId}/{ServiceName}/lock",
                                   "Guards a service from stops, or from every change.",
                                   BodySchema<wire::UpdateServiceSafetyLockRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<UpdateServiceLabel>(kEasApi, "UpdateServiceLabel", "PUT",
                              "/api/v2/services/{ClusterId}/{ServiceName}/label",
                              "Adds labels, overwriting those of the same key.",
                              BodySchema<wire::UpdateServiceLabelRequest>)
          .Passes(&PassService, identity::Access::kWrite),
      Row<DeleteServiceLabel>(kEasApi, "DeleteServiceLabel", "DELETE",
                              "/api/v2/services/{ClusterId}/{ServiceName}/label",
                              "Removes labels by their keys.")
          .Passes(&PassService, identity::Access::kWrite),
  });
  return kRows;
}

}  // namespace atelier::api
