// Shutdown timers, idle cullers and the policies that stop instances: docs/contract/lifecycle.md
// section 5.
#include <algorithm>
#include <array>

#include "api/dsw/instance_common.h"
#include "api/dsw/instance_encoder.h"
#include "api/dsw/instance_rules.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/clock.h"
#include "control/dsw/reconciler.h"

namespace atelier::api {

constexpr std::int64_t kMaxRemainingMs = 10LL * 366 * 24 * 3600 * 1000;  // ten years
constexpr std::size_t kMaxQueried = 100;  // instances of one QueryAutoShutdownPolicies

template <>
inline constexpr auto kRules<wire::PolicyQueryRequest> =
    std::to_array<FieldRule>({{.name = "InstanceIds", .min = 0, .max = kMaxQueried}});

namespace {

constexpr std::array kPolicyParams = {
    Param{.name = "InstanceId",
          .max = kMaxInstanceId,
          .doc = "One more instance, beside those of the body."},
    kToken,
};

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

Answered<wire::InstanceIdOnly> CreateInstanceShutdownTimer(Context& context,
                                                           Args<kOfInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const auto request, FromJson<wire::ShutdownTimerRequest>(context.body));
  ATELIER_CO_TRY(const WallTime due, DueOf(request, context.services.clock.Wall()));
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.dsw.control.PutTimer(id, due, context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()});
}

Answered<wire::ShutdownTimer> GetInstanceShutdownTimer(Context& context, Args<kOfInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const directory::InstancePtr instance, FindInstance(context, id));
  if (!instance->timer) {
    co_return Error(Code::kNotFound, "Instance " + id.str() + " has no shutdown timer.",
                    "UnknownTimer");
  }
  co_return Answer(context, EncodeTimer(id, *instance->timer, context.services.clock.Wall()));
}

// Idle cullers
// ----------------------------------------------------------------------------------------

Answered<wire::InstanceIdOnly> CreateIdleInstanceCuller(Context& context, Args<kOfInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const auto request, BodyOf<wire::IdleCullerRequest>(context));
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.dsw.control.CreateCuller(id, CullerOf(request), context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()});
}

Answered<wire::IdleCuller> GetIdleInstanceCuller(Context& context, Args<kOfInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_TRY(const directory::InstancePtr instance, FindInstance(context, id));
  if (!instance->culler) {
    co_return Error(Code::kNotFound, "Instance " + id.str() + " has no idle culler.",
                    "UnknownCuller");
  }
  const std::int64_t idle_minutes = context.dsw.reconciler.IdleMinutes(id);
  co_return Answer(context, EncodeCuller(id, *instance->culler, idle_minutes));
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
Answered<wire::AutoShutdownPoliciesAnswer> QueryAutoShutdownPolicies(Context& context,
                                                                     Args<kPolicyParams> args) {
  ATELIER_CO_TRY(const std::vector<model::InstanceId> ids, QueriedOf(context, args));
  wire::AutoShutdownPoliciesAnswer answer{.AutoShutdownPolicies = {}};
  for (const model::InstanceId& id : ids) {
    ATELIER_CO_TRY(const directory::InstancePtr instance,
                   FindInstance(context, id, args.Text("Token")));
    if (instance->status != model::InstanceStatus::Running || !instance->culler) continue;
    const wire::PolicyCondition condition =
        ConditionOf(*instance->culler, context.dsw.reconciler.IdleMinutes(id));
    answer.AutoShutdownPolicies.push_back({.InstanceId = id.str(),
                                           .Conditions = {condition},
                                           .Context = condition.Context,
                                           .Expression = condition.Expression,
                                           .SourceType = condition.SourceType});
  }
  co_return Answer(context, answer);
}

// The rows
// --------------------------------------------------------------------------------------------

constexpr std::string_view kTimerPath = "/api/v2/instances/{InstanceId}/shutdowntimer";
constexpr std::string_view kCullerPath = "/api/v2/instances/{InstanceId}/idleinstanceculler";

using control::Instances;

constexpr auto kOperations = std::to_array<Operation>({
    Row<CreateInstanceShutdownTimer>(
        kDswApi, "CreateInstanceShutdownTimer", "POST", kTimerPath,
        "Sets when an instance stops by itself, replacing an earlier timer.",
        BodySchema<wire::ShutdownTimerRequest>)
        .Passes(&PassInstance, identity::Access::kWrite)
        .EnforcesRam(),
    Row<GetInstanceShutdownTimer>(kDswApi, "GetInstanceShutdownTimer", "GET", kTimerPath,
                                  "Shows an instance's shutdown timer.")
        .Passes(&PassInstance, identity::Access::kRead)
        .EnforcesRam(),
    Row<OnInstance<&Instances::DeleteTimer>>(kDswApi, "DeleteInstanceShutdownTimer", "DELETE",
                                             kTimerPath, "Removes an instance's shutdown timer.")
        .Passes(&PassInstance, identity::Access::kWrite)
        .EnforcesRam(),
    Row<CreateIdleInstanceCuller>(kDswApi, "CreateIdleInstanceCuller", "POST", kCullerPath,
                                  "Stops an instance that has been idle for too long.",
                                  BodySchema<wire::IdleCullerRequest>)
        .Passes(&PassInstance, identity::Access::kWrite)
        .In(EnvelopeForm::kNoStatus)
        .EnforcesRam(),
    Row<GetIdleInstanceCuller>(kDswApi, "GetIdleInstanceCuller", "GET", kCullerPath,
                               "Shows an instance's idle rule and how long it has been idle.")
        .Passes(&PassInstance, identity::Access::kRead)
        .In(EnvelopeForm::kNoStatus)
        .EnforcesRam(),
    Row<OnInstance<&Instances::DeleteCuller>>(kDswApi, "DeleteIdleInstanceCuller", "DELETE",
                                              kCullerPath, "Removes an instance's idle rule.")
        .Passes(&PassInstance, identity::Access::kWrite)
        .In(EnvelopeForm::kNoStatus)
        .EnforcesRam(),
    Row<QueryAutoShutdownPolicies>(
        kDswApi, "QueryAutoShutdownPolicies", "PUT", "/api/v2/batch/autoshutdownpolicies/query",
        "Says which rules may stop running instances.", BodySchema<wire::PolicyQueryRequest>)
        .Passes(&PassInstance, identity::Access::kRead)
        .In(EnvelopeForm::kRequestId)
        .ReadOnly()
        .EnforcesRam()
        .BodyOptional(),
});

}  // namespace

std::span<const Operation> ShutdownOperations() { return kOperations; }

}  // namespace atelier::api
