// What the documents have no operation for: an idle rule that new instances of a workspace get, and
// the idle time of an instance that begins anew at a word (docs/operating.md).
#include "api/wire/idle.h"

#include <array>

#include "api/dsw/instance_rules.h"
#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/workspace/workspace_common.h"
#include "control/instances.h"
#include "directory/directory.h"
#include "identity/identity_service.h"

namespace atelier::api {

namespace {

constexpr std::array kOfInstance = {
    Param{.name = "InstanceId", .in_path = true, .required = true, .doc = "Instance id."}};
constexpr std::array kOfWorkspace = {
    Param{.name = "WorkspaceId", .in_path = true, .required = true, .doc = "Workspace id."}};

Task<Result<std::string>> ExtendInstance(Context& context, Args<kOfInstance> args) {
  const model::InstanceId id(args.Text("InstanceId"));
  ATELIER_CO_TRY(const directory::InstancePtr instance,
                 FindInstance(context, id, identity::Access::kWrite));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.dsw.control.Extend(id, context.actor()));
  const int most = instance->culler ? instance->culler->max_idle_minutes : 0;
  co_return Answer(context,
                   wire::ExtendInstanceAnswer{.InstanceId = id.str(), .MaxIdleTimeInMinutes = most},
                   EnvelopeForm::kRequestId);
}

model::WorkspaceId WorkspaceOf(Args<kOfWorkspace> args) {
  return model::WorkspaceId(args.Text("WorkspaceId"));
}

Task<Result<std::string>> GetWorkspaceIdleRule(Context& context, Args<kOfWorkspace> args) {
  ATELIER_CO_TRY(const model::Workspace workspace,
                 FindWorkspaceFor(context, WorkspaceOf(args), identity::Access::kList));
  wire::IdleRuleAnswer answer{.WorkspaceId = workspace.id.str()};
  if (const auto& rule = workspace.idle_rule) {
    answer.CpuPercentThreshold = rule->cpu_percent_threshold;
    answer.GpuPercentThreshold = rule->gpu_percent_threshold;
    answer.MaxIdleTimeInMinutes = rule->max_idle_minutes;
  }
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> ChangeRule(Context& context, Args<kOfWorkspace> args,
                                     std::optional<model::IdleCuller> rule) {
  ATELIER_CO_TRY(const model::Workspace workspace,
                 FindWorkspaceFor(context, WorkspaceOf(args), identity::Access::kManage));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.identity.SetIdleRule(workspace.id, rule, context.actor()));
  co_return Answer(context, wire::WorkspaceIdOnly{.WorkspaceId = workspace.id.str()},
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> SetWorkspaceIdleRule(Context& context, Args<kOfWorkspace> args) {
  ATELIER_CO_TRY(const auto request, BodyOf<wire::IdleCullerRequest>(context));
  co_return co_await ChangeRule(context, args, CullerOf(request));
}

Task<Result<std::string>> DeleteWorkspaceIdleRule(Context& context, Args<kOfWorkspace> args) {
  co_return co_await ChangeRule(context, args, std::nullopt);
}

}  // namespace

std::span<const Operation> IdleOperations() {
  static constexpr std::string_view kRulePath = "/atelier/v1/workspaces/{WorkspaceId}/idlerule";
  static const auto kRows = std::to_array<Operation>({
      {.product = Product::kAtelier,
       .name = "ExtendInstance",
       .method = "POST",
       .path = "/atelier/v1/instances/{InstanceId}/extend",
       .handler = kHandler<ExtendInstance>,
       .also_actions = "paidsw:CreateIdleInstanceCuller",
       .settles_ram = true,
       .mutates = true,
       .answer = AnswerSchema<wire::ExtendInstanceAnswer, EnvelopeForm::kRequestId>,
       .doc = "Has the idle time of a running instance begin anew."},
      {.product = Product::kAtelier,
       .name = "GetWorkspaceIdleRule",
       .method = "GET",
       .path = kRulePath,
       .handler = kHandler<GetWorkspaceIdleRule>,
       .also_actions = "paiworkspace:GetWorkspace",
       .answer = AnswerSchema<wire::IdleRuleAnswer, EnvelopeForm::kRequestId>,
       .doc = "Shows the idle rule that new instances of a workspace get."},
      {.product = Product::kAtelier,
       .name = "SetWorkspaceIdleRule",
       .method = "PUT",
       .path = kRulePath,
       .handler = kHandler<SetWorkspaceIdleRule>,
       .also_actions = "paiworkspace:UpdateWorkspace",
       .mutates = true,
       .body = BodySchema<wire::IdleCullerRequest>,
       .answer = AnswerSchema<wire::WorkspaceIdOnly, EnvelopeForm::kRequestId>,
       .doc = "Sets the idle rule that new instances of a workspace get."},
      {.product = Product::kAtelier,
       .name = "DeleteWorkspaceIdleRule",
       .method = "DELETE",
       .path = kRulePath,
       .handler = kHandler<DeleteWorkspaceIdleRule>,
       .also_actions = "paiworkspace:UpdateWorkspace",
       .mutates = true,
       .answer = AnswerSchema<wire::WorkspaceIdOnly, EnvelopeForm::kRequestId>,
       .doc = "Gives new instances of a workspace no idle rule."},
  });
  return kRows;
}

}  // namespace atelier::api
