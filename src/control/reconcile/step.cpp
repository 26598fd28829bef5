#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "control/change/moves.h"
#include "control/reconcile/engine.h"
#include "store/audit.h"

namespace atelier::control {

using model::EventLevel;
using model::InstanceStatus;
using model::Trigger;
using runtime::Phase;
using runtime::WorkloadState;

namespace {

constexpr int kMostSteps = 32;  // of one instance before others have their turn
constexpr Duration kFirstPause{200};
constexpr Duration kLongestPause{10'000};
constexpr Duration kLateTimer{60'000};  // from here on the event says that the timer fired late

/// May fail and be tried again: not before the pause. kForce is tried once.
bool IsRetried(Act act) {
  switch (act) {
    case Act::kRecover:
    case Act::kFence:
    case Act::kEnsure:
    case Act::kStop:
    case Act::kRemove:
    case Act::kErase:
      return true;
    default:
      return false;
  }
}

}  // namespace

Engine::Key* Engine::KeyIn(const model::InstanceId& id, std::uint64_t stay) {
  const auto found = keys_.find(id);
  return found == keys_.end() || found->second.stay != stay ? nullptr : &found->second;
}

std::uint64_t Engine::StayOf(const model::InstanceId& id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? 0 : found->second.stay;
}

Deadline Engine::CallDeadline(const model::InstanceId& id) const {
  const Deadline full = parts_.clock.In(parts_.options.call_deadline);
  const auto found = keys_.find(id);
  if (found == keys_.end() || found->second.deadline <= parts_.clock.Mono()) return full;
  return std::min(full, found->second.deadline);
}

model::Actor Engine::System(std::string operation) {
  return {.principal = "acs:atelier::system",
          .request_id = parts_.random.Uuid(),
          .source_ip = {},
          .operation = std::move(operation)};
}

void Engine::Postpone(const model::InstanceId& id) {
  const auto found = keys_.find(id);
  int failures = 1;
  if (found != keys_.end()) failures = ++found->second.failures;
  const int doublings = std::min(failures - 1, 10);
  Duration pause = std::min(kLongestPause, kFirstPause * (1 << doublings));
  std::uint8_t jitter = 0;
  parts_.random.Fill({&jitter, 1});
  pause += pause * jitter / 1024;  // up to a quarter more
  const MonoTime when = parts_.clock.In(pause);
  if (found != keys_.end()) {
    found->second.retry_at = when;
  } else {
    SetDue(id, when);
  }
}

Task<Status> Engine::Commit(directory::InstancePtr now, std::function<void(Draft&)> edit) {
  if (loops_.abandoned()) co_return Error(Code::kCancelled, "The reconciler is gone.");
  if (parts_.directory.Find(now->id) != now) {
    co_return Error(Code::kAborted, "The instance changed meanwhile.");
  }
  Draft draft(*now, parts_.directory.RevisionOf(now->id), MomentOf(parts_.clock),
              parts_.options.max_events);
  edit(draft);
  const auto committed = co_await control::Commit(parts_.store, std::move(draft));
  if (loops_.abandoned()) co_return Error(Code::kCancelled, "The reconciler is gone.");
  if (!committed) co_return committed.error();
  co_return Ok();
}

bool Engine::After(const Status& committed, const model::InstanceId& id) {
  if (committed) return true;
  if (loops_.abandoned()) return false;
  if (committed.error().code() != Code::kAborted) {
    parts_.log.Warn("control.commit.failed",
                    {{"instance", id}, {"error", committed.error().ToString()}});
  }
  Postpone(id);
  return false;
}

bool Engine::Expired(const Key& key) const {
  const MonoTime now = parts_.clock.Mono();
  if (now < key.deadline) return false;
  return loops_.observer().looked() >= key.deadline ||
         now - key.deadline >= parts_.options.call_deadline;
}

Facts Engine::FactsOf(const model::Instance& instance, const Key& key) const {
  Facts facts;
  facts.status = instance.status;
  facts.desired = instance.desired;
  facts.generation = instance.generation;
  facts.current = Best(key.seen, instance.generation);
  facts.older_alive = OlderAlive(key.seen, instance.generation);
  facts.certain = key.complete_at > key.acted_at;
  facts.lost = key.lost;
  facts.expired = Expired(key);
  facts.fenced = key.fenced;
  facts.ensured = key.ensured;
  facts.stop_accepted = key.stop_accepted;
  facts.forced = key.forced;
  facts.removed = key.removed;
  facts.past_starting = key.past_starting;
  return facts;
}

Task<void> Engine::Step(model::InstanceId id, Place& place) {
  for (int steps = 0; loops_.running(); ++steps) {
    if (steps == kMostSteps) {
      steps_.Add(id);
      break;
    }
    if (!co_await StepOnce(id, place)) break;
  }
  if (!loops_.abandoned()) Settle(id);
}

Task<bool> Engine::StepOnce(model::InstanceId id, Place& place) {
  const directory::InstancePtr now = parts_.directory.Find(id);
  if (now == nullptr) {
    Forget(id);
    co_return false;
  }
  if (const auto& timer = now->timer; timer && timer->due <= parts_.clock.Wall()) {
    const bool resting =
        now->status == InstanceStatus::Stopped || now->status == InstanceStatus::Failed;
    if (resting || model::Accepts(now->status, Trigger::kStop)) co_return co_await FireTimer(now);
  }
  const auto found = keys_.find(id);
  if (found == keys_.end()) co_return false;
  Key& key = found->second;
  if (const WorkloadState* current = Best(key.seen, now->generation)) {
    if (current->phase == Phase::kStarting || current->phase == Phase::kReady) {
      key.past_starting = true;
    }
  }
  if (parts_.clock.Mono() >= key.deadline && !Expired(key)) {
    key.wants_look = true;
    loops_.observer().Soon();
  }
  Decision decision = Decide(FactsOf(*now, key));
  if (IsRetried(decision.act) && parts_.clock.Mono() < key.retry_at) co_return false;
  co_return co_await Carry(now, std::move(decision), place);
}

Task<bool> Engine::Carry(directory::InstancePtr now, Decision decision, Place& place) {
  switch (decision.act) {
    case Act::kWait:
      co_return false;
    case Act::kLook:
      keys_.at(now->id).wants_look = true;
      loops_.observer().Soon();
      co_return false;
    case Act::kMove:
      co_return co_await Move(now, std::move(decision));
    case Act::kFail:
      co_return co_await GiveUp(now, std::move(decision.reason));
    case Act::kRecover:
      co_return co_await Recover(now, place);
    case Act::kEnsure:
      co_return co_await Ensure(now, place);
    case Act::kFence:
    case Act::kStop:
    case Act::kForce:
      co_return co_await StopWorkload(now, decision.act, place);
    case Act::kRemove:
      co_return co_await Remove(now, place);
    case Act::kErase:
      co_return co_await Erase(now);
    case Act::kOverdue:
      co_return co_await SayOverdue(now);
    case Act::kRest:
      DropKey(now->id);
      SetDue(now->id, MonoTime::max());
      co_return false;
  }
  co_return false;
}

Task<bool> Engine::Move(directory::InstancePtr now, Decision decision) {
  const bool intent = now->status == InstanceStatus::Creating;  // the next act starts something
  if (intent) {
    ATELIER_FAILPOINT("control.before_intent");
  } else {
    ATELIER_FAILPOINT("control.before_observed");
  }
  const InstanceStatus to = decision.to;
  const Status committed = co_await Commit(now, [to](Draft& draft) {
    draft.MoveTo(Trigger::kProgress, to);
    if (to == InstanceStatus::Running) draft.Note(EventLevel::Info, "Running.");
    if (to == InstanceStatus::Stopped) draft.Note(EventLevel::Info, "Stopped.");
  });
  if (intent) ATELIER_FAILPOINT("control.after_intent");
  // The generation is past its second Starting, wherever the driver says it is.
  if (committed && now->status == InstanceStatus::EnvPreparing) {
    if (const auto key = keys_.find(now->id); key != keys_.end()) key->second.past_starting = true;
  }
  co_return After(committed, now->id);
}

Task<bool> Engine::GiveUp(directory::InstancePtr now, Reason reason) {
  ATELIER_FAILPOINT("control.before_observed");
  parts_.log.Warn("control.instance.failed", {{"instance", now->id},
                                              {"generation", now->generation},
                                              {"from", EnumName(now->status)},
                                              {"code", reason.code},
                                              {"message", reason.message}});
  co_return After(co_await Commit(now, [reason](Draft& draft) { Fail(draft, reason); }), now->id);
}

Task<bool> Engine::LivesUnseen(directory::InstancePtr now, Place& place) {
  if (NewerAlive(keys_.at(now->id).seen, now->generation)) {
    Postpone(now->id);  // the record is the older of the two: an orphan, reported as such
    co_return true;
  }
  const std::uint64_t stay = StayOf(now->id);
  const Deadline by = CallDeadline(now->id);
  const auto probe = co_await loops_.Call(by, &place, parts_.driver.Sample(now->id, by));
  Key* key = KeyIn(now->id, stay);
  if (key == nullptr || loops_.abandoned()) co_return true;
  if (probe) {
    parts_.log.Warn("control.observe.misses_a_living_one", {{"instance", now->id}});
    key->lost = false;
    key->missing_since.reset();
  } else if (probe.error().code() == Code::kNotFound) {
    co_return false;
  }
  Postpone(now->id);
  co_return true;
}

Task<bool> Engine::Recover(directory::InstancePtr now, Place& place) {
  std::string what = "The instance was lost.";
  const WorkloadState* current = Best(keys_.at(now->id).seen, now->generation);
  if (current != nullptr && current->phase == Phase::kExited) {
    what = current->reason;  // it ended, and the driver knows how
  } else if (co_await LivesUnseen(now, place)) {
    // "Not seen" is not "dead": it was asked for by name before its life is declared over.
    co_return !loops_.abandoned();
  }
  ATELIER_FAILPOINT("control.before_intent");
  const Status committed = co_await Commit(now, [&what](Draft& draft) {
    ++draft.Edit().generation;
    if (draft.instance().status == InstanceStatus::Running) {
      draft.MoveTo(Trigger::kProgress, InstanceStatus::Recovering);
    }
    draft.Note(EventLevel::Warning, what + " Starting it again.");
  });
  ATELIER_FAILPOINT("control.after_intent");
  co_return After(committed, now->id);
}

Task<bool> Engine::FireTimer(directory::InstancePtr now) {
  const model::Actor actor = System("StopInstance");
  const Status committed = co_await Commit(now, [&actor](Draft& draft) {
    const WallTime due = draft.instance().timer->due;
    draft.Edit().timer.reset();
    if (!model::Accepts(draft.instance().status, Trigger::kStop)) {
      draft.Note(EventLevel::Info,
                 fmt::format("The shutdown timer of {} passed: already {}.", FormatSeconds(due),
                             EnumName(draft.instance().status)));
      return;
    }
    std::string why = fmt::format("its shutdown timer was due at {}", FormatSeconds(due));
    if (const Duration late = draft.now() - due; late >= kLateTimer) {
      why += fmt::format(", {} s ago, when the server was not there to see it",
                         std::chrono::duration_cast<std::chrono::seconds>(late).count());
    }
    BeginStop(draft, why + ".");
    draft.Also(store::Audit(actor, draft.instance().id.str(), draft.now()));
  });
  co_return After(committed, now->id);
}

}  // namespace atelier::control
