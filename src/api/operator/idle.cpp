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
#include "control/dsw/instances.h"
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
      AtelierRow("ExtendInstance", "POST", "/atelier/v1/instances/{InstanceId}/extend",
                 kHandler<ExtendInstance>,
                 AnswerSchema<wire::ExtendInstanceAnswer, EnvelopeForm::kRequestId>,
                 "Has the idle time of a running instance begin anew.")
          .SettlesRam()
          .Also("paidsw:CreateIdleInstanceCuller"),
      AtelierRow("GetWorkspaceIdleRule", "GET", kRulePath, kHandler<GetWorkspaceIdleRule>,
                 AnswerSchema<wire::IdleRuleAnswer, EnvelopeForm::kRequestId>,
                 "Shows the idle rule that new instances of a workspace get.")
          .Also("paiworkspace:GetWorkspace"),
      AtelierRow("SetWorkspaceIdleRule", "PUT", kRulePath, kHandler<SetWorkspaceIdleRule>,
                 AnswerSchema<wire::WorkspaceIdOnly, EnvelopeForm::kRequestId>,
                 "Sets the idle rule that new instances of a workspace get.",
                 BodySchema<wire::IdleCullerRequest>)
          .Also("paiworkspace:UpdateWorkspace"),
      AtelierRow("DeleteWorkspaceIdleRule", "DELETE", kRulePath, kHandler<DeleteWorkspaceIdleRule>,
                 AnswerSchema<wire::WorkspaceIdOnly, EnvelopeForm::kRequestId>,
                 "Gives new instances of a workspace no idle rule.")
          .Also("paiworkspace:UpdateWorkspace"),
  });
  return kRows;
}

}  // namespace atelier::api
