// Shutdown timers, idle cullers and the policies that stop instances: docs/contract/lifecycle.md
// section 5.
#include <algorithm>
#include <array>

#include "api/dsw/instance_rules.h"
#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/instance_write.h"
#include "base/clock.h"
#include "control/dsw/instances.h"
#include "control/dsw/reconciler.h"
#include "directory/directory.h"

namespace atelier::api {

constexpr std::int64_t kMaxRemainingMs = 10LL * 366 * 24 * 3600 * 1000;  // ten years
constexpr std::size_t kMaxQueried = 100;  // instances of one QueryAutoShutdownPolicies

template <>
inline constexpr auto kRules<wire::PolicyQueryRequest> =
    std::to_array<FieldRule>({{.name = "InstanceIds", .min = 0, .max = kMaxQueried}});

namespace {

constexpr std::array kNamesInstance = {
    Param{.name = "InstanceId",
          .in_path = true,
          .required = true,
          .max = kMaxInstanceId,
          .doc = "Instance id."},
};
constexpr std::array kPolicyParams = {
    Param{.name = "InstanceId",
          .max = kMaxInstanceId,
          .doc = "One more instance, beside those of the body."},
    Param{.name = "Token", .max = kMaxToken, .doc = "Sharing token of GetToken."},
};

model::InstanceId IdOf(Args<kNamesInstance> args) {
  return model::InstanceId(args.Text("InstanceId"));
}

// Timers
// ----------------------------------------------------------------------------------------------

Result<WallTime> DueOf(const wire::ShutdownTimerRequest& request, WallTime now) {
  const bool has_due = !request.DueTime.value_or("").empty();
  // 0 beside a DueTime asks for nothing; alone it is refused below.
  const bool has_remaining =
      request.RemainingTimeInMs && (*request.RemainingTimeInMs != 0 || !has_due);
  if (has_due == has_remaining) return Invalid("Give either DueTime or RemainingTimeInMs.");
  if (has_remaining) {
    if (*request.RemainingTimeInMs < 1 || *request.RemainingTimeInMs > kMaxRemainingMs) {
      return Invalid("RemainingTimeInMs must be positive and at most ten years.");
    }
    return now + Duration(*request.RemainingTimeInMs);
  }
  const std::optional<WallTime> due = ParseIso8601(*request.DueTime);
  if (!due) return Invalid("DueTime must be a time such as 2030-01-31T08:00:00Z.");
  return *due;
}

Task<Result<std::string>> CreateInstanceShutdownTimer(Context& context, Args<kNamesInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const auto request, FromJson<wire::ShutdownTimerRequest>(context.body));
  ATELIER_CO_TRY(const WallTime due, DueOf(request, context.services.clock.Wall()));
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id, identity::Access::kWrite));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.dsw.control.PutTimer(id, due, context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()});
}

Task<Result<std::string>> GetInstanceShutdownTimer(Context& context, Args<kNamesInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const directory::InstancePtr instance,
                 FindInstance(context, id, identity::Access::kRead));
  if (!instance->timer) {
    co_return Error(Code::kNotFound, "Instance " + id.str() + " has no shutdown timer.",
                    "UnknownTimer");
  }
  const model::ShutdownTimer& timer = *instance->timer;
  const Duration remaining = std::max(Duration(0), timer.due - context.services.clock.Wall());
  co_return Answer(context,
                   wire::ShutdownTimerAnswer{.InstanceId = id.str(),
                                             .DueTime = FormatSeconds(timer.due),
                                             .GmtCreateTime = FormatSeconds(timer.created),
                                             .GmtModifiedTime = FormatSeconds(timer.modified),
                                             .RemainingTimeInMs = remaining.count()});
}

Task<Result<std::string>> DeleteInstanceShutdownTimer(Context& context, Args<kNamesInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id, identity::Access::kWrite));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.dsw.control.DeleteTimer(id, context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()});
}

// Idle cullers
// ----------------------------------------------------------------------------------------

Task<Result<std::string>> CreateIdleInstanceCuller(Context& context, Args<kNamesInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const auto request, BodyOf<wire::IdleCullerRequest>(context));
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id, identity::Access::kWrite));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.dsw.control.CreateCuller(id, CullerOf(request), context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()}, EnvelopeForm::kNoStatus);
}

Task<Result<std::string>> GetIdleInstanceCuller(Context& context, Args<kNamesInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const directory::InstancePtr instance,
                 FindInstance(context, id, identity::Access::kRead));
  if (!instance->culler) {
    co_return Error(Code::kNotFound, "Instance " + id.str() + " has no idle culler.",
                    "UnknownCuller");
  }
  co_return Answer(
      context,
      wire::IdleCullerAnswer{.InstanceId = id.str(),
                             .CpuPercentThreshold = instance->culler->cpu_percent_threshold,
                             .GpuPercentThreshold = instance->culler->gpu_percent_threshold,
                             .MaxIdleTimeInMinutes = instance->culler->max_idle_minutes,
                             .IdleTimeInMinutes = context.dsw.reconciler.IdleMinutes(id)},
      EnvelopeForm::kNoStatus);
}

Task<Result<std::string>> DeleteIdleInstanceCuller(Context& context, Args<kNamesInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id, identity::Access::kWrite));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.dsw.control.DeleteCuller(id, context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()}, EnvelopeForm::kNoStatus);
}

// Policies
// --------------------------------------------------------------------------------------------

wire::PolicyCondition ConditionOf(const model::IdleCuller& culler, std::int64_t idle_minutes) {
  std::string expression = "CpuUtilization < " + std::to_string(culler.cpu_percent_threshold) + "%";
  if (culler.gpu_percent_threshold) {
    expression += " AND GpuUtilization < " + std::to_string(*culler.gpu_percent_threshold) + "%";
  }
  expression += " AND IdleTimeInMinutes >= " + std::to_string(culler.max_idle_minutes);
  return {.Context = {.CpuPercentThreshold = culler.cpu_percent_threshold,
                      .GpuPercentThreshold = culler.gpu_percent_threshold,
                      .MaxIdleTimeInMinutes = culler.max_idle_minutes,
                      .IdleTimeInMinutes = idle_minutes},
          .Expression = std::move(expression),
          .SourceType = culler.standard ? "Workspace" : "Instance"};
}

/// The instances of the body and of the query, each once. A sharing token speaks for the instance
/// of the query alone, so it goes with no other.
Result<std::vector<model::InstanceId>> QueriedOf(const Context& context, Args<kPolicyParams> args) {
  std::vector<std::string> texts;
  if (!context.body.empty()) {
    ATELIER_TRY(auto request, BodyOf<wire::PolicyQueryRequest>(context));
    texts = std::move(request.InstanceIds).value_or(std::vector<std::string>());
  }
  if (args.Has("InstanceId")) texts.push_back(args.Text("InstanceId"));
  const bool others = std::ranges::any_of(
      texts, [&](const std::string& text) { return text != args.Text("InstanceId"); });
  if (args.Has("Token") && others) {
    return Invalid("With a Token, InstanceIds may hold nothing but InstanceId.");
  }
  if (texts.empty() || texts.size() > kMaxQueried)
    return Invalid("InstanceIds must have 1 to 100 members; without them InstanceId is required.");
  std::vector<model::InstanceId> ids;
  for (std::string& text : texts) {
    model::InstanceId id(std::move(text));
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(std::move(id));
  }
  return ids;
}

/// Running instances only: nothing is going to stop the others.
Task<Result<std::string>> QueryAutoShutdownPolicies(Context& context, Args<kPolicyParams> args) {
  ATELIER_CO_TRY(const std::vector<model::InstanceId> ids, QueriedOf(context, args));
  wire::AutoShutdownPoliciesAnswer answer{.AutoShutdownPolicies = {}};
  for (const model::InstanceId& id : ids) {
    ATELIER_CO_TRY(const directory::InstancePtr instance,
                   FindInstance(context, id, identity::Access::kRead, args.Text("Token")));
    if (instance->status != model::InstanceStatus::Running || !instance->culler) continue;
    const wire::PolicyCondition condition =
        ConditionOf(*instance->culler, context.dsw.reconciler.IdleMinutes(id));
    answer.AutoShutdownPolicies.push_back({.InstanceId = id.str(),
                                           .Conditions = {condition},
                                           .Context = condition.Context,
                                           .Expression = condition.Expression,
                                           .SourceType = condition.SourceType});
  }
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

// The rows
// --------------------------------------------------------------------------------------------

constexpr std::string_view kTimerPath = "/api/v2/instances/{InstanceId}/shutdowntimer";
constexpr std::string_view kCullerPath = "/api/v2/instances/{InstanceId}/idleinstanceculler";

constexpr SchemaFn kTimerDone = &AnswerSchema<wire::InstanceIdOnly>;
constexpr SchemaFn kCullerDone = &AnswerSchema<wire::InstanceIdOnly, EnvelopeForm::kNoStatus>;

constexpr auto kOperations = std::to_array<Operation>({
    DswRow("CreateInstanceShutdownTimer", "POST", kTimerPath, kHandler<CreateInstanceShutdownTimer>,
           kTimerDone, "Sets when an instance stops by itself, replacing an earlier timer.",
           BodySchema<wire::ShutdownTimerRequest>)
        .SettlesRam(),
    DswRow("GetInstanceShutdownTimer", "GET", kTimerPath, kHandler<GetInstanceShutdownTimer>,
           AnswerSchema<wire::ShutdownTimerAnswer>, "Shows an instance's shutdown timer.")
        .SettlesRam(),
    DswRow("DeleteInstanceShutdownTimer", "DELETE", kTimerPath,
           kHandler<DeleteInstanceShutdownTimer>, kTimerDone,
           "Removes an instance's shutdown timer.")
        .SettlesRam(),
    DswRow("CreateIdleInstanceCuller", "POST", kCullerPath, kHandler<CreateIdleInstanceCuller>,
           kCullerDone, "Stops an instance that has been idle for too long.",
           BodySchema<wire::IdleCullerRequest>)
        .SettlesRam(),
    DswRow("GetIdleInstanceCuller", "GET", kCullerPath, kHandler<GetIdleInstanceCuller>,
           AnswerSchema<wire::IdleCullerAnswer, EnvelopeForm::kNoStatus>,
           "Shows an instance's idle rule and how long it has been idle.")
        .SettlesRam(),
    DswRow("DeleteIdleInstanceCuller", "DELETE", kCullerPath, kHandler<DeleteIdleInstanceCuller>,
           kCullerDone, "Removes an instance's idle rule.")
        .SettlesRam(),
    DswRow("QueryAutoShutdownPolicies", "PUT", "/api/v2/batch/autoshutdownpolicies/query",
           kHandler<QueryAutoShutdownPolicies>,
           AnswerSchema<wire::AutoShutdownPoliciesAnswer, EnvelopeForm::kRequestId>,
           "Says which rules may stop running instances.", BodySchema<wire::PolicyQueryRequest>)
        .ReadOnly()
        .SettlesRam()
        .BodyOptional(),
});

}  // namespace

std::span<const Operation> ShutdownOperations() { return kOperations; }

}  // namespace atelier::api
