// CreateInstance to DeleteInstanceLabels: docs/contract/lifecycle.md sections 1 to 3 and 6.
#include "api/wire/instance_write.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "api/dsw/instance_common.h"
#include "api/dsw/instance_rules.h"
#include "api/dsw/new_instance.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/ascii.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "http/message.h"

namespace atelier::api {

constexpr std::size_t kMaxBatch = 100;       // instances of one StopInstances or DeleteInstances
constexpr std::size_t kMaxClientToken = 64;  // printable ASCII characters
constexpr std::string_view kClientTokenPattern = "^[!-~]*$";

template <>
inline constexpr auto kRules<wire::InstanceIdsRequest> =
    std::to_array<FieldRule>({{.name = "InstanceIds", .min = 1, .max = kMaxBatch}});

// Checked by instance_rules.h, all problems at once.
constexpr FieldRule kNameRule{
    .name = "InstanceName", .min = 1, .max = kMaxInstanceName, .pattern = "^[A-Za-z0-9_]+$"};
constexpr FieldRule kPriorityRule{.name = "Priority", .min = 1, .max = 9};
constexpr FieldRule kDriverRule{
    .name = "Driver", .max = kMaxDriverBytes, .pattern = "^[A-Za-z0-9_.-]*$"};
template <>
inline constexpr auto kRules<wire::CreateInstanceRequest> = std::to_array<FieldRule>({
    kNameRule,
    kPriorityRule,
    kDriverRule,
    {.name = "Labels", .max = model::kMaxLabels},
    {.name = "Tag", .max = model::kMaxLabels},
    {.name = "ClientToken", .max = kMaxClientToken, .pattern = kClientTokenPattern},
});
template <>
inline constexpr auto kRules<wire::UpdateInstanceRequest> =
    std::to_array<FieldRule>({kNameRule, kPriorityRule, kDriverRule});
template <>
inline constexpr auto kRules<wire::UpdateInstanceLabelsRequest> =
    std::to_array<FieldRule>({{.name = "Labels", .min = 1, .max = model::kMaxLabels}});

namespace {

// The fresh
// --------------------------------------------------------------------------------------------

/// Image to start from: ImageId wins over ImageUrl (docs/contract/lifecycle.md section 2).
std::optional<std::string> ImageOf(const wire::InstanceSpec& spec, Problems& problems) {
  const bool by_id = spec.ImageId && !spec.ImageId->empty();
  const std::optional<std::string>& image = by_id ? spec.ImageId : spec.ImageUrl;
  if (!image || image->empty()) return std::nullopt;
  if (image->size() > kMaxImageNameBytes)
    problems.Add(by_id ? "ImageId" : "ImageUrl", "is too long");
  return image;
}

std::optional<std::string> OnStartOf(const wire::InstanceSpec& spec, Problems& problems) {
  if (!spec.UserCommand || !spec.UserCommand->OnStart) return std::nullopt;
  const std::optional<std::string>& content = spec.UserCommand->OnStart->Content;
  if (!content || content->empty()) return std::nullopt;
  CheckUserCommand(*content, problems);
  return content;
}

/// The rules that hold for whatever is sent, in CreateInstance and UpdateInstance alike.
void CheckSpec(const wire::InstanceSpec& spec, Problems& problems) {
  CheckUnsupported(spec, problems);
  if (spec.InstanceName) CheckInstanceName(*spec.InstanceName, problems);
  if (spec.Priority) CheckPriority(*spec.Priority, problems);
  if (spec.Driver) CheckDriver(*spec.Driver, problems);
  if (spec.MigrationOptions) CheckMigrationOptions(*spec.MigrationOptions, problems);
}

constexpr std::array kCreateParams = {
    Param{.name = "ClientToken",
          .max = kMaxClientToken,
          .pattern = kClientTokenPattern,
          .doc = "Makes repeats of this request within 24 hours mean the same one; also as a "
                 "header of this "
                 "name or in the body."},
};
constexpr std::array kStopParams = {
    kInstanceId,
    Param{.name = "SaveImage",
          .type = Param::Type::kBoolean,
          .standard = 0,
          .doc = "Saving the environment first is not supported yet: true is refused."},
};
constexpr std::array kDeleteLabelsParams = {
    kInstanceId,
    Param{.name = "LabelKeys",
          .type = Param::Type::kList,
          .required = true,
          .max = kMaxLabelKey,
          .doc = "Keys to remove, separated by commas; unknown ones are ignored."},
};

// CreateInstance
// --------------------------------------------------------------------------------------

/// The client token of the header, the query or the body; they must agree.
Result<std::optional<control::ClientToken>> ClientTokenOf(
    const Context& context, Args<kCreateParams> args, const std::optional<std::string>& in_body) {
  std::set<std::string> tokens;
  // Every signature of this operation covers x-acs- headers, none needs to cover this one.
  if (context.head.headers.Has("ClientToken"))
    return Invalid(
        "The header ClientToken is not signed: name it x-acs-client-token, or send a parameter.");
  for (const auto& [name, value] : context.head.headers.entries()) {
    if (EqualsIgnoreCase(name, "x-acs-client-token") && !value.empty()) tokens.emplace(value);
  }
  if (args.Has("ClientToken")) tokens.insert(args.Text("ClientToken"));
  if (in_body && !in_body->empty()) tokens.insert(*in_body);
  if (tokens.empty()) return std::optional<control::ClientToken>();
  if (tokens.size() > 1) return Invalid("ClientToken differs between header, query and body.");
  const std::string& token = *tokens.begin();
  const auto printable = [](char c) { return c > 0x20 && c < 0x7F; };
  if (token.size() > kMaxClientToken || !std::ranges::all_of(token, printable)) {
    return Invalid("ClientToken must be 1 to 64 printable ASCII characters without blanks.");
  }
  return std::optional(control::ClientToken{
      .token = token, .caller = context.caller.arn, .fingerprint = Hex(Sha256(context.body))});
}

Result<control::NewInstance> NewInstanceOf(const wire::CreateInstanceRequest& request) {
  Problems problems;
  CheckSpec(request, problems);
  control::NewInstance fresh;
  if (!request.InstanceName) problems.Add("InstanceName", "is required");
  fresh.name = request.InstanceName.value_or("");
  if (!request.EcsSpec || request.EcsSpec->empty()) problems.Add("EcsSpec", "is required");
  fresh.ecs_spec = request.EcsSpec.value_or("");
  const std::optional<std::string> image = ImageOf(request, problems);
  if (!image) problems.Add("ImageId", "or ImageUrl is required");
  fresh.image = image.value_or("");
  fresh.accessibility = request.Accessibility.value_or(model::Accessibility::PRIVATE);
  fresh.priority = request.Priority.value_or(1);
  if (request.EnvironmentVariables) {
    fresh.environment = CheckEnvironment(*request.EnvironmentVariables, problems);
  }
  if (request.Labels) fresh.labels = CheckLabels(*request.Labels, "Labels", problems);
  if (request.Tag) fresh.tags = CheckLabels(*request.Tag, "Tag", problems);
  fresh.on_start = OnStartOf(request, problems);
  fresh.driver = request.Driver.value_or("");
  fresh.image_auth = MaskImageAuth(request.ImageAuth.value_or(""), problems);
  fresh.oversold_type = request.OversoldType;
  if (request.MigrationOptions) fresh.migration_options = *request.MigrationOptions;
  if (!problems.empty()) return Invalid(problems);
  return fresh;
}

/// Whoever may open an instance has its keys, so nobody but the owner lends them, and none beyond
/// those they came with.
Result<std::optional<model::CredentialConfig>> CredentialsOf(
    const Context& context, const std::optional<wire::CredentialInput>& input,
    const model::UserId& owner) {
  if (!input) return std::optional<model::CredentialConfig>();
  Problems problems;
  auto config = CheckCredentials(*input, context.caller.account, problems);
  if (!problems.empty()) return Invalid(problems);
  if (!config) return config;
  const auto& controls = context.options.controls;
  const bool shared = std::ranges::any_of(
      controls, [](const auto& one) { return one.name == "network" && !one.on; });
  if (shared) {
    return Error(Code::kFailedPrecondition,
                 "CredentialConfig needs instances with a network of their own, which this host "
                 "does not give them (docs/security.md).");
  }
  const bool by_role = context.caller.type == identity::PrincipalType::kRoleSession;
  if (by_role || context.caller.user != owner || !context.caller.session_policy.empty()) {
    return Error(Code::kPermissionDenied,
                 "CredentialConfig lends the owner's rights to the instance: only its owner can "
                 "ask for it, and not with a temporary key.",
                 "NoPermissionError");
  }
  return config;
}

Answered<wire::InstanceIdOnly> CreateInstance(Context& context, Args<kCreateParams> args) {
  ATELIER_CO_TRY(const auto request, FromJson<wire::CreateInstanceRequest>(context.body));
  ATELIER_CO_TRY(auto token, ClientTokenOf(context, args, request.ClientToken));
  ATELIER_CO_TRY(control::NewInstance fresh, NewInstanceOf(request));
  ATELIER_CO_TRY(fresh.workspace,
                 WorkspaceToCreateIn(context, request.WorkspaceId.value_or(""), fresh.tags));
  ATELIER_CO_TRY(fresh.owner,
                 OwnerOf(context, fresh.workspace, request.UserId, context.caller.user));
  ATELIER_CO_TRY(fresh.credentials, CredentialsOf(context, request.CredentialConfig, fresh.owner));
  ATELIER_CO_TRY(
      const model::InstanceId id,
      co_await context.dsw.control.Create(std::move(fresh), std::move(token), context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()});
}

// UpdateInstance
// --------------------------------------------------------------------------------------

/// A part cannot be set and removed in one request.
void CheckNotBoth(bool set, const std::optional<bool>& removed, std::string_view part,
                  Problems& problems) {
  if (set && removed.value_or(false)) {
    problems.Add(part, "cannot be given together with Disassociate" + std::string(part));
  }
}

/// Disassociate flags of features that this server does not have need no work: nothing is
/// associated.
Result<control::InstanceChange> ChangeOf(const wire::UpdateInstanceRequest& request) {
  Problems problems;
  CheckSpec(request, problems);
  control::InstanceChange change;
  change.name = request.InstanceName;
  if (request.EcsSpec && !request.EcsSpec->empty()) change.ecs_spec = request.EcsSpec;
  change.image = ImageOf(request, problems);
  change.accessibility = request.Accessibility;
  change.priority = request.Priority;
  if (request.ImageAuth) change.image_auth = MaskImageAuth(*request.ImageAuth, problems);
  if (request.OversoldType) change.oversold_type = request.OversoldType;

  if (request.EnvironmentVariables) {
    change.environment = CheckEnvironment(*request.EnvironmentVariables, problems);
  }
  CheckNotBoth(change.environment.has_value(), request.DisassociateEnvironmentVariables,
               "EnvironmentVariables", problems);
  if (request.DisassociateEnvironmentVariables.value_or(false)) change.environment.emplace();

  const std::optional<std::string> on_start = OnStartOf(request, problems);
  if (on_start) change.on_start = on_start;
  CheckNotBoth(on_start.has_value(), request.DisassociateUserCommand, "UserCommand", problems);
  if (request.DisassociateUserCommand.value_or(false)) {
    change.on_start = std::optional<std::string>();
  }

  change.driver = request.Driver;
  CheckNotBoth(request.Driver && !request.Driver->empty(), request.DisassociateDriver, "Driver",
               problems);
  if (request.DisassociateDriver.value_or(false)) change.driver = "";

  change.migration_options = request.MigrationOptions;
  CheckNotBoth(request.MigrationOptions.has_value(), request.DisassociateMigrationOptions,
               "MigrationOptions", problems);
  if (request.DisassociateMigrationOptions.value_or(false)) change.migration_options.emplace();

  change.start_afterwards = request.StartInstance.value_or(false);
  if (!problems.empty()) return Invalid(problems);
  return change;
}

Answered<wire::InstanceIdOnly> UpdateInstance(Context& context, Args<kOfInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const auto request, FromJson<wire::UpdateInstanceRequest>(context.body));
  ATELIER_CO_TRY(control::InstanceChange change, ChangeOf(request));
  ATELIER_CO_TRY(const directory::InstancePtr instance, FindInstance(context, id));
  if (request.UserId) {
    ATELIER_CO_TRY(const model::UserId owner,
                   OwnerOf(context, instance->workspace, request.UserId, instance->owner));
    if (owner != instance->owner) change.owner = owner;
  }
  if (request.CredentialConfig) {
    ATELIER_CO_TRY(change.credentials, CredentialsOf(context, request.CredentialConfig,
                                                     change.owner.value_or(instance->owner)));
  }
  if (request.DisassociateCredential.value_or(false)) {
    if (change.credentials && *change.credentials)
      co_return Invalid("CredentialConfig cannot be given together with DisassociateCredential.");
    change.credentials.emplace();
  }
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.dsw.control.Update(id, std::move(change), context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()});
}

// Start, stop, delete
// ---------------------------------------------------------------------------------

std::string StopReason(const Context& context) {
  return "Stopped by " + context.caller.display_name + " with " + std::string(context.operation) +
         ".";
}

/// In Creating nothing can be stopped yet (docs/contract/lifecycle.md section 1), and the
/// reconciler ends it within milliseconds: waits for that, so that a stop right after a creation is
/// not refused by chance.
Task<void> PastCreating(Context& context, std::vector<model::InstanceId> ids) {
  static constexpr std::chrono::milliseconds kBetween{5};
  static constexpr int kMaxPolls = 400;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int look = 0; look < kMaxPolls; ++look) {
    const bool creating = std::ranges::any_of(ids, [&](const model::InstanceId& id) {
      const directory::InstancePtr instance = context.dsw.directory.Find(id);
      return instance != nullptr && instance->status == model::InstanceStatus::Creating;
    });
    if (!creating) co_return;
    timer.expires_after(kBetween);
    (void)co_await timer.async_wait(kNoThrow);  // nothing cancels it
  }
}

Answered<wire::InstanceIdOnly> StopInstance(Context& context, Args<kStopParams> args) {
  const model::InstanceId id = IdOf(args);
  if (args.Boolean("SaveImage")) {
    co_return Invalid("SaveImage is not supported by this server yet: saving images.");
  }
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id));
  co_await PastCreating(context, {id});
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.dsw.control.Stop(id, StopReason(context), context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()});
}

// Batches: all or nothing (docs/contract/lifecycle.md section 3)
// -------------------------------------------

/// The instances named, each once, if the caller may write all of them.
Result<std::vector<model::InstanceId>> BatchOf(const Context& context) {
  ATELIER_TRY(const auto request, BodyOf<wire::InstanceIdsRequest>(context));
  std::vector<model::InstanceId> ids;
  std::string denied;
  for (const std::string& text : request.InstanceIds) {
    model::InstanceId id(text);
    if (std::ranges::find(ids, id) != ids.end()) continue;
    const auto found = FindInstance(context, id);
    const bool by_role =
        !context.gate.denial() && !found && found.error().code() == Code::kPermissionDenied;
    if (by_role) {
      denied += (denied.empty() ? "" : ", ") + text;
    } else if (!found) {
      return found.error();
    }
    ids.push_back(std::move(id));
  }
  if (!denied.empty()) {
    return Error(
        Code::kPermissionDenied,
        "No permission " + std::string(context.operation) + " for instances: " + denied + ".",
        "PermissionError");
  }
  return ids;
}

Encoded<wire::InstancesDone> BatchDone(const Context& context,
                                       const std::vector<model::InstanceId>& ids) {
  wire::InstancesDone done{.InstanceIds = {}, .AccessDeniedDetail = {}};
  for (const model::InstanceId& id : ids) done.InstanceIds.push_back(id.str());
  return Answer(context, done);
}

Answered<wire::InstancesDone> StopInstances(Context& context) {
  ATELIER_CO_TRY(const std::vector<model::InstanceId> ids, BatchOf(context));
  co_await PastCreating(context, ids);
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.dsw.control.StopAll(ids, StopReason(context), context.actor()));
  co_return BatchDone(context, ids);
}

Answered<wire::InstancesDone> DeleteInstances(Context& context) {
  ATELIER_CO_TRY(const std::vector<model::InstanceId> ids, BatchOf(context));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.dsw.control.DeleteAll(ids, context.actor()));
  co_return BatchDone(context, ids);
}

// Labels
// ----------------------------------------------------------------------------------------------

Answered<NoFields> UpdateInstanceLabels(Context& context, Args<kOfInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const auto request, FromJson<wire::UpdateInstanceLabelsRequest>(context.body));
  Problems problems;
  std::vector<model::Label> labels = CheckLabels(request.Labels, "Labels", problems);
  for (std::size_t i = 0; i < request.Labels.size(); ++i) {
    if (!request.Labels[i].Value)
      problems.Add("Labels[" + std::to_string(i) + "].Value", "is required");
  }
  if (labels.empty()) problems.Add("Labels", "must have at least one member");
  if (!problems.empty()) co_return Invalid(problems);

  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id));
  co_return Done(context,
                 co_await context.dsw.control.PutLabels(id, std::move(labels), context.actor()));
}

Answered<NoFields> DeleteInstanceLabels(Context& context, Args<kDeleteLabelsParams> args) {
  const model::InstanceId id = IdOf(args);
  const std::vector<std::string>& keys = args.List("LabelKeys");
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id));
  co_return Done(context,
                 co_await context.dsw.control.DeleteLabels(
                     id, std::set<std::string>(keys.begin(), keys.end()), context.actor()));
}

// The rows
// --------------------------------------------------------------------------------------------

using control::Instances;

constexpr auto kOperations = std::to_array<Operation>({
    Row<CreateInstance>(kDswApi, "CreateInstance", "POST", "/api/v2/instances",
                        "Makes an instance and starts it.", BodySchema<wire::CreateInstanceRequest>)
        .Passes(&PassNewInstance, identity::Access::kCreate)
        .EnforcesRam()
        .Also("paidsw:CreatePostPaidInstance"),
    Row<UpdateInstance>(kDswApi, "UpdateInstance", "PUT", "/api/v2/instances/{InstanceId}",
                        "Changes what is sent of an instance, restarting it when that is needed.",
                        BodySchema<wire::UpdateInstanceRequest>)
        .Passes(&PassInstance, identity::Access::kWrite)
        .EnforcesRam()
        .Also("paidsw:UpdatePostPaidInstance"),
    Row<OnInstance<&Instances::Start>>(kDswApi, "StartInstance", "PUT",
                                       "/api/v2/instances/{InstanceId}/start",
                                       "Starts a stopped or failed instance.")
        .Passes(&PassInstance, identity::Access::kWrite)
        .EnforcesRam(),
    Row<StopInstance>(kDswApi, "StopInstance", "PUT", "/api/v2/instances/{InstanceId}/stop",
                      "Stops an instance; its files stay.")
        .Passes(&PassInstance, identity::Access::kWrite)
        .EnforcesRam(),
    Row<StopInstances>(kDswApi, "StopInstances", "PUT", "/api/v2/batch/instances/stop",
                       "Stops up to 100 instances, or none of them.",
                       BodySchema<wire::InstanceIdsRequest>)
        .Passes(&PassInstance, identity::Access::kWrite)
        .EnforcesRam()
        .Also("paidsw:StopInstance"),
    Row<OnInstance<&Instances::Delete>>(kDswApi, "DeleteInstance", "DELETE",
                                        "/api/v2/instances/{InstanceId}",
                                        "Deletes an instance with its files.")
        .Passes(&PassInstance, identity::Access::kWrite)
        .EnforcesRam()
        .Also("paidsw:DeletePostPaidInstance"),
    Row<DeleteInstances>(kDswApi, "DeleteInstances", "PUT", "/api/v2/batch/instances/delete",
                         "Deletes up to 100 instances with their files, or none of them.",
                         BodySchema<wire::InstanceIdsRequest>)
        .Passes(&PassInstance, identity::Access::kWrite)
        .EnforcesRam()
        .Also("paidsw:DeleteInstance,paidsw:DeletePostPaidInstance"),
    Row<UpdateInstanceLabels>(kDswApi, "UpdateInstanceLabels", "PUT",
                              "/api/v2/instances/{InstanceId}/labels",
                              "Adds labels to an instance, overwriting those of the same key.",
                              BodySchema<wire::UpdateInstanceLabelsRequest>)
        .Passes(&PassInstance, identity::Access::kWrite)
        .In(EnvelopeForm::kRequestId)
        .EnforcesRam(),
    Row<DeleteInstanceLabels>(kDswApi, "DeleteInstanceLabels", "DELETE",
                              "/api/v2/instances/{InstanceId}/labels",
                              "Removes labels of an instance by their keys.")
        .Passes(&PassInstance, identity::Access::kWrite)
        .In(EnvelopeForm::kRequestId)
        .EnforcesRam(),
});

}  // namespace

std::span<const Operation> InstanceWriteOperations() { return kOperations; }

}  // namespace atelier::api
