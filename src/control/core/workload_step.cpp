#include <algorithm>
#include <utility>

#include "base/failpoint.h"
#include "control/core/workload_loop.h"

namespace atelier::control {

using runtime::Phase;
using runtime::StopMode;

namespace {

constexpr int kMaxStepsInARow = 32;  // of one workload before others have their turn

/// Not before the pause after a failure. kForce is tried once.
bool IsRetried(const WorkloadStep& step) {
  switch (step.act) {
    case WorkloadAct::kFence:
    case WorkloadAct::kEnsure:
    case WorkloadAct::kStop:
    case WorkloadAct::kRemove:
    case WorkloadAct::kAskByName:
      return true;
    default:
      return step.retried;
  }
}

}  // namespace

WorkloadLoop::Key* WorkloadLoop::KeyIn(const WorkloadId& id, std::uint64_t epoch) {
  const auto found = keys_.find(id);
  return found == keys_.end() || found->second.number != epoch ? nullptr : &found->second;
}

Deadline WorkloadLoop::CallDeadline(const Key& key) const {
  const Deadline full = parts_.clock.In(parts_.call_deadline);
  return key.deadline <= parts_.clock.Mono() ? full : std::min(full, key.deadline);
}

void WorkloadLoop::Warn(std::string_view what, const WorkloadId& id, const Error& error) {
  parts_.log.Warn("control." + std::string(what), {{"id", id}, {"error", error.ToString()}});
}

bool WorkloadLoop::After(const Status& written, const WorkloadId& id, Backoff& backoff) {
  if (abandoned_) return false;
  if (written) return true;
  if (written.error().code() != Code::kAborted) Warn("write_failed", id, written.error());
  backoff.Fail(parts_.clock, parts_.random);
  return false;
}

Task<MonoTime> WorkloadLoop::Step(WorkloadId id, WorkerSlot& slot) {
  Backoff resting;
  for (int steps = 0; running_; ++steps) {
    if (steps == kMaxStepsInARow) {
      steps_.Add(id);
      break;
    }
    if (!co_await StepOnce(id, slot, resting)) break;
  }
  if (abandoned_) co_return MonoTime::max();
  co_return ScheduleNext(id, resting);
}

Task<bool> WorkloadLoop::StepOnce(WorkloadId id, WorkerSlot& slot, Backoff& resting) {
  const auto found = keys_.find(id);
  if (found == keys_.end()) co_return co_await StepAtRest(id, slot, resting);
  Key& key = found->second;
  // One that goes by unnoticed is begun anew with the next lease.
  if (!Holds(key.lease) || unseen_.test(key.lease.shard)) co_return false;
  const auto* current = Best(key.seen, key.epoch.generation);
  if (current != nullptr &&
      (current->phase == Phase::kStarting || current->phase == Phase::kReady)) {
    key.done.past_starting = true;
  }
  if (current != nullptr && current->phase != Phase::kExited) key.done.own = true;
  if (parts_.clock.Mono() >= key.deadline && !Past(key.deadline)) {
    key.wants_look = true;
    observer_.Soon();
  }
  const WorkloadFacts facts = FactsOf(key);
  auto step = key.policy->Decide(id, &facts);
  if (!step) {
    Forget(id);
    co_return false;
  }
  if (IsRetried(*step) && parts_.clock.Mono() < key.backoff.retry_at()) co_return false;
  co_return co_await Execute(id, *std::move(step), {.slot = slot, .lease = key.lease});
}

Task<bool> WorkloadLoop::StepAtRest(WorkloadId id, WorkerSlot& slot, Backoff& resting) {
  const auto lease = LeaseOf(id);
  if (!lease) co_return false;
  for (const auto& policy : policies_) {
    auto step = policy->Decide(id, nullptr);
    if (!step) continue;
    if (step->act != WorkloadAct::kWrite) co_return false;
    co_return co_await Write(id, *std::move(step), {.slot = slot, .lease = *lease}, resting);
  }
  Forget(id);
  co_return false;
}

Task<bool> WorkloadLoop::Execute(WorkloadId id, WorkloadStep step, Turn turn) {
  switch (step.act) {
    case WorkloadAct::kWait:
      co_return false;
    case WorkloadAct::kObserve:
      keys_.at(id).wants_look = true;
      observer_.Soon();
      co_return false;
    case WorkloadAct::kEnsure:
      co_return co_await Ensure(id, turn);
    case WorkloadAct::kFence:
    case WorkloadAct::kStop:
    case WorkloadAct::kForce:
      co_return co_await StopWorkload(id, std::move(step), turn);
    case WorkloadAct::kRemove:
      co_return co_await Remove(id, turn);
    case WorkloadAct::kWrite: {
      Backoff gone;  // of a key that goes while this is written
      co_return co_await Write(id, std::move(step), turn, gone);
    }
    case WorkloadAct::kAskByName:
      co_return co_await AskByName(id, std::move(step), turn);
    case WorkloadAct::kOverdue:
      co_return co_await SayOverdue(id, std::move(step), turn);
    case WorkloadAct::kRest:
      DropKey(id);
      co_return false;
  }
  co_return false;
}

Task<bool> WorkloadLoop::Write(WorkloadId id, WorkloadStep step, Turn turn, Backoff& resting) {
  if (abandoned_ || !Holds(turn.lease)) co_return false;
  if (step.intent) {
    ATELIER_FAILPOINT("control.before_intent");
  } else {
    ATELIER_FAILPOINT("control.before_observed");
  }
  const Status written = co_await step.write(turn);
  if (step.intent) ATELIER_FAILPOINT("control.after_intent");
  const auto key = keys_.find(id);
  co_return After(written, id, key == keys_.end() ? resting : key->second.backoff);
}

Task<bool> WorkloadLoop::Ensure(WorkloadId id, Turn turn) {
  const Key& before = keys_.at(id);
  const std::uint64_t epoch = before.number;
  WorkloadPolicy& policy = *before.policy;
  const Deadline by = CallDeadline(before);
  auto want = co_await policy.SpecOf(id);
  if (abandoned_ || !Holds(turn.lease)) co_return false;
  Status accepted = Ok();
  if (want) {
    const auto asked = keys_.find(id);
    if (asked != keys_.end() && asked->second.epoch.generation == want->generation)
      asked->second.done.own = true;  // whatever the answer: it may have been done
    accepted = co_await Call(by, &turn.slot, parts_.driver.Ensure(*std::move(want), by));
    ATELIER_FAILPOINT("control.after_ensure");
  } else {
    accepted = want.error();
  }
  Key* key = KeyIn(id, epoch);
  if (key == nullptr || abandoned_) co_return !abandoned_;
  key->acted_at = observer_.begun();
  if (accepted) {
    if (key->done.ensured) Postpone(*key);  // accepted before, and not there since
    key->done.ensured = true;
    co_return true;
  }
  if (MayPass(accepted.error().code())) {
    Warn("ensure_failed", id, accepted.error());
    Postpone(*key);
    co_return true;  // the deadline may have come meanwhile
  }
  co_return co_await Execute(
      id,
      {.act = WorkloadAct::kWrite,
       .write = [&policy, id, why = accepted.error()](
                    Turn at) { return policy.WriteRefused(id, at.lease, why); }},
      turn);
}

Task<bool> WorkloadLoop::StopWorkload(WorkloadId id, WorkloadStep step, Turn turn) {
  const Key& before = keys_.at(id);
  const std::uint64_t epoch = before.number;
  const bool fence = step.act == WorkloadAct::kFence;
  const bool force = step.act == WorkloadAct::kForce;
  model::Generation upto = before.epoch.generation - (fence ? 1 : 0);
  if (step.every_life) {
    for (const auto& state : before.seen) upto = std::max(upto, state.generation);
  }
  // Told once and still there past its time: it gets none to end in any more.
  const StopMode mode = force || before.overdue_said ? StopMode::kNow : StopMode::kGrace;
  const Deadline by = CallDeadline(before);
  const Status stopped = co_await Call(by, &turn.slot, parts_.driver.Stop(id, upto, mode, by));
  Key* key = KeyIn(id, epoch);
  if (key == nullptr || abandoned_) co_return !abandoned_;
  key->acted_at = observer_.begun();
  if (force) {
    // Whatever it answered: one more look within the time of a call, then the state ends.
    key->done.forced = true;
    key->done.stop_accepted = key->done.stop_accepted || stopped.has_value();
    key->deadline = parts_.clock.In(parts_.call_deadline);
    co_return true;
  }
  if (!stopped) {
    Warn("stop_failed", id, stopped.error());
    Postpone(*key);
    co_return true;  // the deadline may have come meanwhile
  }
  (fence ? key->done.fenced : key->done.stop_accepted) = true;
  key->backoff.Succeed();
  co_return true;
}

Task<bool> WorkloadLoop::Remove(WorkloadId id, Turn turn) {
  const Key& before = keys_.at(id);
  const std::uint64_t epoch = before.number;
  const Deadline by = CallDeadline(before);
  const Status removed = co_await Call(by, &turn.slot, parts_.driver.Remove(id, by));
  Key* key = KeyIn(id, epoch);
  if (key == nullptr || abandoned_) co_return !abandoned_;
  if (removed) {
    key->done.removed = true;
    co_return true;
  }
  Warn("remove_failed", id, removed.error());
  key->done.stop_accepted = false;
  Postpone(*key);
  co_return true;
}

/// "Not seen" is not "dead": it is asked for by name before its life is declared over.
Task<bool> WorkloadLoop::AskByName(WorkloadId id, WorkloadStep step, Turn turn) {
  Key& before = keys_.at(id);
  const auto* newer = Newer(before.seen, before.epoch.generation);
  if (newer != nullptr && newer->phase != Phase::kExited) {
    Postpone(before);  // the record is the older of the two: an orphan, reported as such
    co_return true;
  }
  const std::uint64_t epoch = before.number;
  const Deadline by = CallDeadline(before);
  const auto probe = co_await Call(by, &turn.slot, parts_.driver.Sample(id, by));
  Key* key = KeyIn(id, epoch);
  if (key == nullptr || abandoned_) co_return !abandoned_;
  if (!probe && probe.error().code() == Code::kNotFound) {
    step.act = WorkloadAct::kWrite;
    co_return co_await Execute(id, std::move(step), turn);
  }
  if (probe) {
    parts_.log.Warn("control.observe_misses_a_living_one", {{"id", id}});
    key->lost = false;
    key->missing_since.reset();
  }
  Postpone(*key);
  co_return true;
}

Task<bool> WorkloadLoop::SayOverdue(WorkloadId id, WorkloadStep step, Turn turn) {
  const Key& before = keys_.at(id);
  const std::uint64_t epoch = before.number;
  const Duration again = before.policy->overdue_again();
  parts_.log.Warn("control.end_overdue", {{"id", id}});
  if (!before.overdue_said) {
    step.act = WorkloadAct::kWrite;
    if (!co_await Execute(id, std::move(step), turn)) co_return false;
  }
  Key* key = KeyIn(id, epoch);
  if (key == nullptr) co_return true;
  key->overdue_said = true;
  key->done.stop_accepted = false;
  key->deadline = parts_.clock.In(again);
  co_return true;
}

}  // namespace atelier::control
