// What the documents have no operation for: an idle rule that new instances of a workspace get, and
// the idle time of an instance that begins anew at a word (docs/operating.md).
#include "api/wire/idle.h"

#include <array>

#include "api/dsw/instance_common.h"
#include "api/dsw/instance_rules.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/workspace.h"
#include "api/workspace/workspace_common.h"
#include "identity/identity_service.h"

namespace atelier::api {

namespace {

constexpr std::array kOfWorkspace = {kWorkspaceId};

Answered<wire::ExtendInstanceAnswer> ExtendInstance(Context& context, Args<kOfInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const directory::InstancePtr instance, FindInstance(context, id));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.dsw.control.Extend(id, context.actor()));
  const int most = instance->culler ? instance->culler->max_idle_minutes : 0;
  co_return Answer(
      context, wire::ExtendInstanceAnswer{.InstanceId = id.str(), .MaxIdleTimeInMinutes = most});
}

model::WorkspaceId WorkspaceOf(Args<kOfWorkspace> args) {
  return model::WorkspaceId(args.Text("WorkspaceId"));
}

Answered<wire::IdleRuleAnswer> GetWorkspaceIdleRule(Context& context, Args<kOfWorkspace> args) {
  ATELIER_CO_TRY(const model::Workspace workspace, FindWorkspaceFor(context, WorkspaceOf(args)));
  wire::IdleRuleAnswer answer{.WorkspaceId = workspace.id.str()};
  if (const auto& rule = workspace.idle_rule) {
    answer.CpuPercentThreshold = rule->cpu_percent_threshold;
    answer.GpuPercentThreshold = rule->gpu_percent_threshold;
    answer.MaxIdleTimeInMinutes = rule->max_idle_minutes;
  }
  co_return Answer(context, answer);
}

Answered<wire::WorkspaceIdOnly> ChangeRule(Context& context, Args<kOfWorkspace> args,
                                           std::optional<model::IdleCuller> rule) {
  ATELIER_CO_TRY(const model::Workspace workspace, FindWorkspaceFor(context, WorkspaceOf(args)));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.identity.SetIdleRule(workspace.id, rule, context.actor()));
  co_return Answer(context, wire::WorkspaceIdOnly{.WorkspaceId = workspace.id.str()});
}

Answered<wire::WorkspaceIdOnly> SetWorkspaceIdleRule(Context& context, Args<kOfWorkspace> args) {
  ATELIER_CO_TRY(const auto request, BodyOf<wire::IdleCullerRequest>(context));
  co_return co_await ChangeRule(context, args, CullerOf(request));
}

Answered<wire::WorkspaceIdOnly> DeleteWorkspaceIdleRule(Context& context, Args<kOfWorkspace> args) {
  co_return co_await ChangeRule(context, args, std::nullopt);
}

}  // namespace

std::span<const Operation> IdleOperations() {
  static constexpr std::string_view kRulePath = "/atelier/v1/workspaces/{WorkspaceId}/idlerule";
  static const auto kRows = std::to_array<Operation>({
      Row<ExtendInstance>(kAtelierApi, "ExtendInstance", "POST",
                          "/atelier/v1/instances/{InstanceId}/extend",
                          "Has the idle time of a running instance begin anew.")
          .Passes(&PassInstance, identity::Access::kWrite)
          .EnforcesRam()
          .Also("paidsw:CreateIdleInstanceCuller"),
      Row<GetWorkspaceIdleRule>(kAtelierApi, "GetWorkspaceIdleRule", "GET", kRulePath,
                                "Shows the idle rule that new instances of a workspace get.")
          .Passes(&PassWorkspace, identity::Access::kList)
          .Also("paiworkspace:GetWorkspace"),
      Row<SetWorkspaceIdleRule>(kAtelierApi, "SetWorkspaceIdleRule", "PUT", kRulePath,
                                "Sets the idle rule that new instances of a workspace get.",
                                BodySchema<wire::IdleCullerRequest>)
          .Passes(&PassWorkspace, identity::Access::kManage)
          .Also("paiworkspace:UpdateWorkspace"),
      Row<DeleteWorkspaceIdleRule>(kAtelierApi, "DeleteWorkspaceIdleRule", "DELETE", kRulePath,
                                   "Gives new instances of a workspace no idle rule.")
          .Passes(&PassWorkspace, identity::Access::kManage)
          .Also("paiworkspace:UpdateWorkspace"),
  });
  return kRows;
}

}  // namespace atelier::api
