#include "control/dsw/reconcile/decide.h"

#include <optional>

namespace atelier::control {

using model::Desired;
using model::InstanceStatus;
using runtime::Phase;

namespace {

Decision Do(Act act) { return {.act = act, .to = {}, .reason = {}}; }
Decision Move(InstanceStatus to) { return {.act = Act::kMove, .to = to, .reason = {}}; }
Decision GiveUp(Reason reason) {
  return {.act = Act::kFail, .to = InstanceStatus::Failed, .reason = std::move(reason)};
}

bool Ended(const Facts& facts) {
  if (facts.older_alive) return false;
  if (facts.current != nullptr) return facts.current->phase == Phase::kExited;
  return facts.certain;  // "not seen" is an end only when all was seen, after our stop
}

/// The state that the workload's phase shows, one step on from `facts.status`; nullopt: no step.
std::optional<InstanceStatus> NextTowards(const Facts& facts, Phase phase) {
  switch (facts.status) {
    case InstanceStatus::ResourceAllocating:
      if (phase == Phase::kPreparing || phase == Phase::kStarting || phase == Phase::kReady) {
        return InstanceStatus::EnvPreparing;
      }
      return std::nullopt;
    case InstanceStatus::EnvPreparing:
      if (phase == Phase::kStarting || phase == Phase::kReady) return InstanceStatus::Starting;
      return std::nullopt;
    case InstanceStatus::Starting:
      if (phase == Phase::kReady) return InstanceStatus::Running;
      // A start from Stopped is Starting from its first moment; the start script has its own state
      // and deadline. Once only, or a driver that goes backwards would never meet a deadline.
      if ((phase == Phase::kAllocating || phase == Phase::kPreparing) && !facts.past_starting) {
        return InstanceStatus::ResourceAllocating;
      }
      return std::nullopt;
    case InstanceStatus::Updating:
    case InstanceStatus::Recovering:
      if (phase == Phase::kReady) return InstanceStatus::Running;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

Reason ReasonOfTimeout(InstanceStatus status) {
  switch (status) {
    case InstanceStatus::ResourceAllocating:
      return {"AllocationTimeout", "No resources were ready within the time allowed."};
    case InstanceStatus::EnvPreparing:
      return {"PreparationTimeout", "The start script did not end within the time allowed."};
    case InstanceStatus::Recovering:
      return {"RecoveryTimeout", "The instance was lost and could not be started again in time."};
    case InstanceStatus::Updating:
      return {"UpdateTimeout", "The restart with the changed settings took too long."};
    default:
      return {"StartTimeout", "The instance did not answer within the time allowed."};
  }
}

/// Towards a running workload of this generation.
Decision Bring(const Facts& facts) {
  if (facts.current != nullptr) {
    if (facts.current->phase == Phase::kExited) {
      // Not renewed by losing its host again: the state's deadline goes on.
      if (facts.current->lost_with_host && !facts.expired) return Do(Act::kRecover);
      return GiveUp(ReasonOfExit(*facts.current, false));
    }
    if (const auto next = NextTowards(facts, facts.current->phase)) return Move(*next);
  }
  if (facts.expired) return GiveUp(ReasonOfTimeout(facts.status));
  if (facts.current != nullptr) return Do(Act::kWait);
  if (facts.generation > 1) {
    // Two lives of one instance would share its files: the old one must be gone, not just unseen.
    if (!facts.fenced) return Do(Act::kFence);
    if (facts.older_alive) return Do(Act::kWait);
    if (!facts.certain) return Do(Act::kObserve);
  }
  if (facts.newer != nullptr)
    return Do(facts.newer->phase == Phase::kStopping ? Act::kWait : Act::kFollow);
  if (!facts.ensured) return Do(Act::kEnsure);
  // Accepted, yet not there: once more, which does nothing if it is merely late.
  return Do(facts.certain ? Act::kEnsure : Act::kObserve);
}

/// Towards no workload at all.
Decision End(const Facts& facts) {
  if (facts.stop_accepted && Ended(facts)) return Move(InstanceStatus::Stopped);
  if (facts.expired) {
    if (!facts.forced) return Do(Act::kForce);
    return GiveUp({"StopTimeout",
                   "The instance did not end when it was told to. It may still be running; start "
                   "or delete it to try again."});
  }
  if (!facts.stop_accepted) return Do(Act::kStop);
  return Do(facts.certain ? Act::kWait : Act::kObserve);
}

Decision Delete(const Facts& facts) {
  if (facts.removed) return Do(Act::kErase);
  if (facts.stop_accepted && Ended(facts)) return Do(Act::kRemove);
  if (facts.expired) return Do(Act::kOverdue);
  if (!facts.stop_accepted) return Do(Act::kStop);
  return Do(facts.certain ? Act::kWait : Act::kObserve);
}

Decision Watch(const Facts& facts) {
  if (facts.current != nullptr && facts.current->phase == Phase::kExited) {
    if (facts.current->lost_with_host && facts.desired == Desired::Running) {
      return Do(Act::kRecover);
    }
    return GiveUp(ReasonOfExit(*facts.current, true));
  }
  return Do(facts.lost ? Act::kRecover : Act::kWait);
}

}  // namespace

Decision Decide(const Facts& facts) {
  switch (facts.status) {
    case InstanceStatus::Creating:
    case InstanceStatus::Queuing:  // no quotas yet: nothing to queue for
      return Move(InstanceStatus::ResourceAllocating);
    case InstanceStatus::ResourceAllocating:
    case InstanceStatus::EnvPreparing:
    case InstanceStatus::Starting:
    case InstanceStatus::Recovering:
      return Bring(facts);
    case InstanceStatus::Updating:
      return facts.desired == Desired::Running ? Bring(facts) : End(facts);
    case InstanceStatus::Running:
      return Watch(facts);
    case InstanceStatus::Stopping:
      return End(facts);
    case InstanceStatus::Deleting:
      return Delete(facts);
    case InstanceStatus::Failed:
      // What failed must not go on in the dark.
      return Do(facts.stop_accepted || facts.expired ? Act::kRest : Act::kStop);
    case InstanceStatus::Stopped:
    case InstanceStatus::Saving:  // no operation of this server enters these three
    case InstanceStatus::Saved:
    case InstanceStatus::SaveFailed:
      return Do(Act::kRest);
  }
  return Do(Act::kRest);
}

}  // namespace atelier::control
