#include "control/eas/service/replica_step.h"

#include <algorithm>

#include "control/core/admission.h"
#include "control/core/reason.h"

namespace atelier::control {

using model::ReplicaStatus;
using runtime::Phase;
using enum ReplicaAct;

namespace {

constexpr Duration kFirstPause{1'000};
constexpr Duration kMaxPause{300'000};

bool Ended(const ReplicaFacts& facts) {
  if (facts.older_alive) return false;
  if (facts.current != nullptr) return facts.current->phase == Phase::kExited;
  return facts.certain;  // "not seen" is an end only when all was seen, after our stop
}

ReplicaAct Leave(const ReplicaFacts& facts) {
  if (facts.removed) return kErase;
  if (facts.stop_accepted && Ended(facts)) return kRemove;
  if (!facts.drained) return kWait;
  if (!facts.stop_accepted) return kStop;
  if (facts.expired) return kLate;
  return facts.certain ? kWait : kObserve;
}

ReplicaAct Bring(const ReplicaFacts& facts) {
  if (facts.current != nullptr) {
    if (facts.current->phase == Phase::kExited) return kEnded;
    if (facts.current->phase == Phase::kReady) return kRan;
    return facts.expired ? kUnwell : kWait;
  }
  if (facts.replica->generation > 1) {
    // Two runs of one replica would share its files: the old one must be gone, not just unseen.
    if (!facts.fenced) return kFence;
    if (facts.older_alive) return kWait;
    if (!facts.certain) return kObserve;
    // The start of the next run takes what the earlier one left.
    if (facts.past_ended && facts.replica->last && !facts.replica->last->settled) return kPast;
  }
  if (facts.newer != nullptr && facts.newer->phase == Phase::kExited) return kFollow;
  if (facts.age < PauseOf(*facts.replica)) return kWait;
  if (facts.expired) return kUnwell;
  if (!facts.ensured) return kEnsure;
  // Accepted, yet not there: once more, which does nothing if it is merely late.
  return facts.certain ? kEnsure : kObserve;
}

ReplicaAct Watch(const ReplicaFacts& facts) {
  const model::Replica& replica = *facts.replica;
  if (facts.current == nullptr) {
    if (facts.lost) return kLost;
    return facts.missing && replica.status != ReplicaStatus::Unknown ? kMissed : kWait;
  }
  if (facts.current->phase == Phase::kExited) return kEnded;
  if (replica.status == ReplicaStatus::Unknown) return kSeen;
  if (facts.verdict == Verdict::kDead) return kUnwell;
  if (facts.verdict == Verdict::kUnknown) return kWait;
  return replica.ready == (facts.verdict == Verdict::kReady) ? kWait : kChecked;
}

}  // namespace

ReplicaAct DecideReplica(const ReplicaFacts& facts) {
  const model::Replica& replica = *facts.replica;
  if (replica.leaving) return Leave(facts);
  switch (replica.status) {
    case ReplicaStatus::Pending:
      if (IsWaitingForRoom(replica)) return kAdmit;
      return replica.reason == kStartRefused ? kWait : Bring(facts);
    case ReplicaStatus::Running:
    case ReplicaStatus::Unknown:
      return Watch(facts);
    case ReplicaStatus::Succeeded:
    case ReplicaStatus::Failed:
      return facts.age < PauseOf(replica) ? kWait : kNext;
    case ReplicaStatus::Terminating:
      return Leave(facts);
  }
  return kWait;
}

Duration BackOff(std::int64_t failures) {
  const auto doublings = std::clamp<std::int64_t>(failures - 1, 0, 20);
  return std::min(kMaxPause, kFirstPause * (std::int64_t{1} << doublings));
}

Duration PauseOf(const model::Replica& replica) {
  if (!replica.restart_at) return Duration{0};
  return std::clamp(*replica.restart_at - replica.status_since, Duration{0}, kMaxPause);
}

WallTime RunStart(const model::Replica& replica) {
  const bool runs =
      replica.status == ReplicaStatus::Running || replica.status == ReplicaStatus::Unknown;
  if (runs && replica.started_at) return *replica.started_at;
  return std::max(replica.status_since, replica.restart_at.value_or(replica.status_since));
}

model::LastRun EndOf(const model::Replica& replica, const runtime::WorkloadState& state,
                     WallTime now) {
  model::LastRun last;
  last.exit_code = state.exit_code;
  last.signal = state.signal;
  const bool well = state.exit_code == 0 && !state.signal && !state.out_of_memory;
  last.reason = state.out_of_memory ? "OOMKilled" : well ? "Completed" : "Error";
  last.message = ReasonOfExit(state, replica.status == ReplicaStatus::Running).message;
  last.started = RunStart(replica);
  last.finished = state.ended.value_or(now);
  last.log = state.log_tail;
  return last;
}

}  // namespace atelier::control
