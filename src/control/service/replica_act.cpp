#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/change/erase.h"
#include "control/service/engine.h"
#include "control/service/workload.h"

namespace atelier::control {

using model::ReplicaStatus;
using runtime::Phase;
using store::Kind;

namespace {

constexpr Duration kDrainLook{50};  // at the requests that are under way

/// May fail and be tried again: not before the pause.
bool IsRetried(ReplicaAct act) {
  switch (act) {
    case ReplicaAct::kFence:
    case ReplicaAct::kEnsure:
    case ReplicaAct::kStop:
    case ReplicaAct::kRemove:
    case ReplicaAct::kErase:
    case ReplicaAct::kLost:
    case ReplicaAct::kPast:
      return true;
    default:
      return false;
  }
}

void WriteRan(ReplicaDraft& draft, const runtime::WorkloadState& state) {
  draft.MoveTo(ReplicaStatus::Running);
  draft.Edit().started_at = draft.now();
  draft.Edit().restart_at.reset();
  draft.Edit().place = state.place;
  draft.Note(false, "Started", "The process runs.");
}

void WriteChecked(ReplicaDraft& draft, bool ready) {
  draft.Edit().started = true;
  draft.Edit().ready = ready;
  draft.Edit().reason = ready ? "" : "Unhealthy";
  draft.Edit().message = ready ? "" : "Its health check fails.";
  draft.Note(!ready, ready ? "Ready" : "Unhealthy",
             ready ? "Takes traffic." : "Its health check fails: takes no traffic.");
}

void WriteEnded(ReplicaDraft& draft, model::LastRun last) {
  const bool well = last.reason == "Completed";
  const Reason reason{last.reason, last.message};
  BeginNextRun(draft, std::move(last));
  draft.MoveTo(well ? ReplicaStatus::Succeeded : ReplicaStatus::Failed, reason);
  draft.Note(true, "BackOff",
             fmt::format("{} It starts again in {} s.", reason.message,
                         std::chrono::duration_cast<std::chrono::seconds>(
                             *draft.replica().restart_at - draft.now())
                             .count()));
}

/// The run goes on or is unknown, and is not wanted any more.
void WriteUnwell(ReplicaDraft& draft, Reason reason) {
  const model::Replica& present = draft.replica();
  GiveUpRun(draft, reason);
  draft.Note(true, reason.code, reason.message + " It is started again.");
  if (present.status != ReplicaStatus::Pending) {
    draft.MoveTo(ReplicaStatus::Pending, std::move(reason));
  } else {
    draft.Edit().reason = std::move(reason.code);
    draft.Edit().message = std::move(reason.message);
    draft.Edit().status_since = draft.now();
  }
}

Reason WhyUnwell(const model::Replica& replica, const std::optional<ReplicaHealth>& health) {
  if (replica.status == ReplicaStatus::Pending)
    return {"StartTimeout", "It did not run within the time allowed."};
  const bool startup = health && health->failed() == ReplicaHealth::Kind::kStartup;
  return {"Unhealthy", startup ? "Its startup check failed." : "Its liveness check failed."};
}

}  // namespace

ServiceEngine::ReplicaKey* ServiceEngine::KeyIn(const Id& id, std::uint64_t stay) {
  const auto found = replicas_.find(id);
  return found == replicas_.end() || found->second.stay != stay ? nullptr : &found->second;
}

ReplicaFacts ServiceEngine::FactsOf(const model::Replica& replica, const ReplicaKey& key) const {
  const MonoTime now = parts_.clock.Mono();
  const auto& in_flight = parts_.options.in_flight;
  ReplicaFacts facts;
  facts.replica = &replica;
  facts.now = parts_.clock.Wall();
  facts.current = Best(key.seen, replica.generation);
  facts.older_alive = OlderAlive(key.seen, replica.generation);
  const auto* past = Best(key.seen, replica.generation - 1);
  facts.past_ended = past != nullptr && past->phase == Phase::kExited;
  facts.certain = key.complete_at > key.acted_at;
  facts.missing = key.missing_since.has_value();
  facts.lost = key.lost;
  facts.fenced = key.fenced;
  facts.ensured = key.ensured;
  facts.stop_accepted = key.stop_accepted;
  facts.removed = key.removed;
  facts.expired = Past(key.deadline);
  facts.drained = now >= key.drain_until || !in_flight || in_flight(replica.id) == 0;
  if (key.health) facts.verdict = key.health->verdict();
  return facts;
}

Task<bool> ServiceEngine::StepReplica(Id id, Place& place) {
  const directory::ReplicaPtr replica = parts_.directory.FindReplica(id);
  const auto key = replicas_.find(id);
  if (replica == nullptr || key == replicas_.end()) {
    Forget(id);
    co_return false;
  }
  const ReplicaAct act = DecideReplica(FactsOf(*replica, key->second));
  if (IsRetried(act) && parts_.clock.Mono() < key->second.patience.retry_at) co_return false;
  co_return co_await Carry(replica, act, place);
}

Task<bool> ServiceEngine::Carry(directory::ReplicaPtr replica, ReplicaAct act, Place& place) {
  switch (act) {
    case ReplicaAct::kWait:
      co_return false;
    case ReplicaAct::kLook:
      replicas_.at(replica->id).wants_look = true;
      loops_.observer().Soon();
      co_return false;
    case ReplicaAct::kAdmit:
      co_return co_await Admit(std::move(replica));
    case ReplicaAct::kEnsure:
      co_return co_await Ensure(std::move(replica), place);
    case ReplicaAct::kFence:
    case ReplicaAct::kStop:
      co_return co_await StopRun(std::move(replica), act, place);
    case ReplicaAct::kRemove:
      co_return co_await Remove(std::move(replica), place);
    case ReplicaAct::kErase:
      co_return co_await EraseReplica(std::move(replica));
    case ReplicaAct::kLost:
      co_return co_await AskByName(std::move(replica), place);
    case ReplicaAct::kPast:
      co_return co_await NotePast(std::move(replica), place);
    case ReplicaAct::kLate:
      co_return co_await SayLate(std::move(replica));
    default:
      co_return co_await Note(std::move(replica), act);
  }
}

/// Writes down what was seen.
Task<bool> ServiceEngine::Note(directory::ReplicaPtr replica, ReplicaAct act) {
  const ReplicaKey& key = replicas_.at(replica->id);
  const runtime::WorkloadState* current = Best(key.seen, replica->generation);
  const auto state = current != nullptr ? std::optional(*current) : std::nullopt;
  const bool ready = key.health && key.health->verdict() == Verdict::kReady;
  const Reason unwell = WhyUnwell(*replica, key.health);
  return Commit(std::move(replica), [=](ReplicaDraft& draft) {
    switch (act) {
      case ReplicaAct::kRan:
        return WriteRan(draft, *state);
      case ReplicaAct::kChecked:
        return WriteChecked(draft, ready);
      case ReplicaAct::kEnded:
        return WriteEnded(draft, EndOf(draft.replica(), *state, draft.now()));
      case ReplicaAct::kNext:
        ++draft.Edit().generation;
        return draft.MoveTo(ReplicaStatus::Pending, {"Restarting", "It starts again."});
      case ReplicaAct::kUnwell:
        return WriteUnwell(draft, unwell);
      case ReplicaAct::kMissed:
        draft.Edit().ready = false;
        draft.Note(true, "Unknown", "The runtime does not show it.");
        return draft.MoveTo(ReplicaStatus::Unknown, {"Unknown", "The runtime does not show it."});
      case ReplicaAct::kSeen:
        draft.Note(false, "Seen", "The runtime shows it again.");
        return draft.MoveTo(ReplicaStatus::Running);
      default:
        return;
    }
  });
}

Task<bool> ServiceEngine::Commit(directory::ReplicaPtr replica,
                                 std::function<void(ReplicaDraft&)> edit) {
  if (loops_.abandoned()) co_return false;
  // Not the present state any more: what is to be done is to be decided anew.
  if (parts_.directory.FindReplica(replica->id) != replica) co_return true;
  ReplicaDraft draft(*replica, parts_.directory.RevisionOfReplica(replica->id),
                     parts_.clock.Wall());
  edit(draft);
  const auto committed = co_await parts_.store.Commit(std::move(draft).Finish());
  if (loops_.abandoned()) co_return false;
  if (committed) co_return true;
  co_return After(committed.error(), replica->id);
}

Task<Result<directory::ServiceSpecPtr>> ServiceEngine::SpecFor(directory::ReplicaPtr replica) {
  const directory::ServicePtr service = parts_.directory.FindById(replica->service);
  if (service != nullptr && service->current_version == replica->version) {
    if (auto spec = parts_.directory.SpecOf(service->name)) co_return spec;
  }
  const auto record = co_await parts_.store.Get(Kind::kServiceVersion,
                                                VersionKey(replica->service, replica->version));
  if (!record) co_return record.error();
  ATELIER_CO_TRY(const auto version, FromRecord<model::ServiceVersion>(record->body));
  ATELIER_CO_TRY(auto spec, model::ReadStoredSpec(version.config));
  co_return std::make_shared<const model::ServiceSpec>(std::move(spec));
}

Task<bool> ServiceEngine::Admit(directory::ReplicaPtr replica) {
  Reservation kept;
  if (parts_.options.admission != nullptr) {
    auto room = parts_.options.admission->Admit(*replica);
    if (!room) co_return false;  // until some is given back
    kept = *std::move(room);
  }
  co_return co_await Commit(replica, [](ReplicaDraft& draft) {
    draft.Edit().reason.clear();
    draft.Edit().message.clear();
    draft.Edit().status_since = draft.now();
    draft.Note(false, "Admitted", "There is room for it now.");
  });
}

Task<bool> ServiceEngine::Ensure(directory::ReplicaPtr replica, Place& place) {
  const std::uint64_t stay = replicas_.at(replica->id).stay;
  Status accepted = Ok();
  const auto spec = co_await SpecFor(replica);
  if (loops_.abandoned()) co_return false;
  if (!spec) {
    accepted = spec.error();
  } else if (auto want = ReplicaWorkload(*replica, **spec, parts_.catalogue); !want) {
    accepted = want.error();
  } else {
    const Deadline by = parts_.clock.In(parts_.options.call_deadline);
    accepted = co_await loops_.Call(by, &place, parts_.driver.Ensure(*std::move(want), by));
  }
  ReplicaKey* key = KeyIn(replica->id, stay);
  if (key == nullptr || loops_.abandoned()) co_return !loops_.abandoned();
  key->acted_at = loops_.observer().begun();
  if (accepted) {
    if (key->ensured) Postpone(replica->id);  // accepted before, and not there since
    key->ensured = true;
    co_return true;
  }
  if (MayPass(accepted.error().code())) {
    parts_.log.Warn("control.service.ensure_failed",
                    {{"replica", replica->id}, {"error", accepted.error().ToString()}});
    Postpone(replica->id);
    co_return true;  // the deadline may have come meanwhile
  }
  co_return co_await Commit(replica, [why = accepted.error().message()](ReplicaDraft& draft) {
    draft.Edit().reason = kStartRefused;
    draft.Edit().message = why;
    draft.Note(true, std::string(kStartRefused), why);
  });
}

Task<bool> ServiceEngine::StopRun(directory::ReplicaPtr replica, ReplicaAct act, Place& place) {
  const bool fence = act == ReplicaAct::kFence;
  const model::Generation upto = replica->generation - (fence ? 1 : 0);
  const std::uint64_t stay = replicas_.at(replica->id).stay;
  const Deadline by = parts_.clock.In(parts_.options.call_deadline);
  // Told once and still there past its time: it gets none to end in any more.
  const auto mode =
      replicas_.at(replica->id).late_said ? runtime::StopMode::kNow : runtime::StopMode::kGrace;
  const Status stopped =
      co_await loops_.Call(by, &place, parts_.driver.Stop(replica->id, upto, mode, by));
  ReplicaKey* key = KeyIn(replica->id, stay);
  if (key == nullptr || loops_.abandoned()) co_return !loops_.abandoned();
  key->acted_at = loops_.observer().begun();
  if (!stopped) {
    parts_.log.Warn("control.service.stop_failed",
                    {{"replica", replica->id}, {"error", stopped.error().ToString()}});
    Postpone(replica->id);
    co_return true;  // the deadline may have come meanwhile
  }
  (fence ? key->fenced : key->stop_accepted) = true;
  key->patience.failures = 0;
  co_return true;
}

Task<bool> ServiceEngine::Remove(directory::ReplicaPtr replica, Place& place) {
  const std::uint64_t stay = replicas_.at(replica->id).stay;
  const Deadline by = parts_.clock.In(parts_.options.call_deadline);
  const Status removed = co_await loops_.Call(by, &place, parts_.driver.Remove(replica->id, by));
  ReplicaKey* key = KeyIn(replica->id, stay);
  if (key == nullptr || loops_.abandoned()) co_return !loops_.abandoned();
  if (removed) {
    key->removed = true;
    co_return true;
  }
  parts_.log.Warn("control.service.remove_failed",
                  {{"replica", replica->id}, {"error", removed.error().ToString()}});
  key->stop_accepted = false;
  Postpone(replica->id);
  co_return true;
}

Task<bool> ServiceEngine::EraseReplica(directory::ReplicaPtr replica) {
  store::Batch batch;
  batch.push_back(store::Write::Delete(Kind::kServiceReplica, replica->id.str(),
                                       parts_.directory.RevisionOfReplica(replica->id)));
  batch.push_back(Bury(replica->id, replica->generation, parts_.clock.Wall()));
  const auto committed = co_await parts_.store.CommitFromReserve(std::move(batch));
  if (loops_.abandoned()) co_return false;
  if (!committed) co_return After(committed.error(), replica->id);
  steps_.Add(Id(replica->service.str()));
  co_return false;
}

Task<bool> ServiceEngine::AskByName(directory::ReplicaPtr replica, Place& place) {
  // "Not seen" is not "dead": ask for it by name before its run is declared over.
  const std::uint64_t stay = replicas_.at(replica->id).stay;
  const Deadline by = parts_.clock.In(parts_.options.call_deadline);
  const auto probe = co_await loops_.Call(by, &place, parts_.driver.Sample(replica->id, by));
  ReplicaKey* key = KeyIn(replica->id, stay);
  if (key == nullptr || loops_.abandoned()) co_return !loops_.abandoned();
  if (probe) {
    parts_.log.Warn("control.service.observe_misses_a_living_one", {{"replica", replica->id}});
    key->lost = false;
    key->missing_since.reset();
    Postpone(replica->id);
    co_return false;
  }
  if (probe.error().code() != Code::kNotFound) {
    Postpone(replica->id);
    co_return false;
  }
  co_return co_await Commit(replica, [](ReplicaDraft& draft) {
    WriteUnwell(draft, {"Lost", "It was lost without a trace."});
  });
}

Task<bool> ServiceEngine::NotePast(directory::ReplicaPtr replica, Place& place) {
  const runtime::WorkloadState* seen =
      Best(replicas_.at(replica->id).seen, replica->generation - 1);
  const runtime::WorkloadState past = *seen;
  const Deadline by = parts_.clock.In(parts_.options.call_deadline);
  // Its output is the latest there is until the next run is asked for. What cannot be read must not
  // keep the replica from starting.
  const auto log =
      co_await loops_.Call(by, &place, parts_.driver.Logs(replica->id, runtime::kLogTail, by));
  if (loops_.abandoned()) co_return false;
  co_return co_await Commit(
      replica, [past, text = log.value_or("")](ReplicaDraft& draft) { EndRun(draft, past, text); });
}

Task<bool> ServiceEngine::SayLate(directory::ReplicaPtr replica) {
  const std::uint64_t stay = replicas_.at(replica->id).stay;
  parts_.log.Warn("control.service.end_overdue", {{"replica", replica->id}});
  if (!std::exchange(replicas_.at(replica->id).late_said, true)) {
    const bool said = co_await Commit(replica, [](ReplicaDraft& draft) {
      draft.Note(true, "StopTimeout",
                 "It takes longer to end than it may. The server keeps trying.");
    });
    if (!said) co_return false;
  }
  ReplicaKey* key = KeyIn(replica->id, stay);
  if (key == nullptr) co_return true;
  key->stop_accepted = false;
  key->deadline = parts_.clock.In(parts_.options.stop_deadline);
  co_return true;
}

void ServiceEngine::Settle(const Id& id) {
  const MonoTime now = parts_.clock.Mono();
  MonoTime due = MonoTime::max();
  const auto consider = [&](MonoTime when) {
    if (when > now) due = std::min(due, when);
  };
  if (const Patience* patience = PatienceOf(id)) consider(patience->retry_at);
  const auto consider_deadline = [&](MonoTime deadline) {
    consider(deadline);
    if (deadline > now || Past(deadline)) return;
    loops_.observer().Soon();
    consider(deadline + parts_.options.call_deadline);
  };
  if (const auto found = services_.find(id); found != services_.end()) {
    const ServiceKey& service = found->second;
    consider_deadline(service.deadline);
    if (service.late_since) consider(*service.late_since + kSinkIn);
    // The look that makes it past wakes replicas, not services.
    if (service.deadline <= now && !service.late_since) consider(now + kSinkIn);
  }
  if (const auto replica = replicas_.find(id); replica != replicas_.end()) {
    const ReplicaKey& key = replica->second;
    const auto record = parts_.directory.FindReplica(id);
    if (key.leaving || key.status == ReplicaStatus::Pending) consider_deadline(key.deadline);
    if (key.leaving && !key.stop_accepted) consider(std::min(key.drain_until, now + kDrainLook));
    if (record != nullptr && record->restart_at && *record->restart_at > parts_.clock.Wall())
      consider(now + (*record->restart_at - parts_.clock.Wall()));
  }
  SetDue(id, due);
}

}  // namespace atelier::control
