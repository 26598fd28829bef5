#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/core/tombstones.h"
#include "control/eas/service/engine.h"
#include "control/eas/service/workload.h"

namespace atelier::control {

using model::ReplicaStatus;
using runtime::WorkloadState;
using store::Kind;

namespace {

void WriteRan(ReplicaDraft& draft, const runtime::WorkloadState& state) {
  draft.MoveTo(ReplicaStatus::Running);
  draft.Edit().started_at = draft.now();
  draft.Edit().restart_at.reset();
  draft.Edit().place = state.place;
  draft.AddEvent(false, "Started", "The process runs.");
}

void WriteChecked(ReplicaDraft& draft, bool ready) {
  draft.Edit().started = true;
  draft.Edit().ready = ready;
  draft.Edit().reason = ready ? "" : "Unhealthy";
  draft.Edit().message = ready ? "" : "Its health check fails.";
  draft.AddEvent(!ready, ready ? "Ready" : "Unhealthy",
                 ready ? "Takes traffic." : "Its health check fails: takes no traffic.");
}

void WriteEnded(ReplicaDraft& draft, model::LastRun last) {
  const bool well = last.reason == "Completed";
  const Reason reason{last.reason, last.message};
  BeginNextRun(draft, std::move(last));
  draft.MoveTo(well ? ReplicaStatus::Succeeded : ReplicaStatus::Failed, reason);
  draft.AddEvent(true, "BackOff",
                 fmt::format("{} It starts again in {} s.", reason.message,
                             std::chrono::duration_cast<std::chrono::seconds>(
                                 *draft.replica().restart_at - draft.now())
                                 .count()));
}

/// The run goes on or is unknown, and is not wanted any more.
void WriteUnwell(ReplicaDraft& draft, Reason reason) {
  const model::Replica& present = draft.replica();
  GiveUpRun(draft, reason);
  draft.AddEvent(true, reason.code, reason.message + " It is started again.");
  if (present.status != ReplicaStatus::Pending) {
    draft.MoveTo(ReplicaStatus::Pending, std::move(reason));
  } else {
    draft.Edit().reason = std::move(reason.code);
    draft.Edit().message = std::move(reason.message);
    draft.RestartStatus();
  }
}

Reason WhyUnwell(const model::Replica& replica, const std::optional<ReplicaHealth>& health) {
  if (replica.status == ReplicaStatus::Pending)
    return {"StartTimeout", "It did not run within the time allowed."};
  const bool startup = health && health->failed() == ReplicaHealth::Kind::kStartup;
  return {"Unhealthy", startup ? "Its startup check failed." : "Its liveness check failed."};
}

}  // namespace

std::optional<WorkloadStep> ServiceEngine::Decide(const WorkloadId& id,
                                                  const WorkloadFacts* facts) {
  const directory::ReplicaPtr replica = directory_.FindReplica(id);
  if (replica == nullptr) return std::nullopt;
  return facts == nullptr ? WorkloadStep() : StepOf(replica, *facts);
}

WorkloadStep ServiceEngine::StepOf(const directory::ReplicaPtr& replica,
                                   const WorkloadFacts& seen) {
  const auto& in_flight = options_.in_flight;
  ReplicaFacts facts;
  static_cast<WorkloadFacts&>(facts) = seen;
  facts.replica = replica.get();
  facts.drained =
      seen.age >= GraceOf(replica->service_name) || !in_flight || in_flight(replica->id) == 0;
  const Watched* watched = WatchedRun(replica->id, replica->generation);
  if (watched != nullptr && watched->health) facts.verdict = watched->health->verdict();
  const ReplicaAct act = DecideReplica(facts);
  switch (act) {
    case ReplicaAct::kWait:
      return {.act = WorkloadAct::kWait};
    case ReplicaAct::kObserve:
      return {.act = WorkloadAct::kObserve};
    case ReplicaAct::kFence:
      return {.act = WorkloadAct::kFence};
    case ReplicaAct::kEnsure:
      return {.act = WorkloadAct::kEnsure};
    case ReplicaAct::kStop:
      return {.act = WorkloadAct::kStop};
    case ReplicaAct::kRemove:
      return {.act = WorkloadAct::kRemove};
    case ReplicaAct::kErase:
      return {.act = WorkloadAct::kWrite,
              .write = [this, replica](Turn turn) { return EraseReplica(replica, turn.lease); },
              .retried = true};
    case ReplicaAct::kPast:
      return {.act = WorkloadAct::kWrite,
              .write = [this, replica,
                        past = *seen.past](Turn turn) { return NotePast(replica, past, turn); },
              .retried = true};
    case ReplicaAct::kAdmit:
      return Admit(replica);
    default:
      return Record(replica, act, seen);
  }
}

/// Writes down what was seen.
WorkloadStep ServiceEngine::Record(const directory::ReplicaPtr& replica, ReplicaAct act,
                                   const WorkloadFacts& facts) {
  const auto state =
      facts.current != nullptr ? std::optional(*facts.current) : std::optional<WorkloadState>();
  const model::Generation newer = facts.newer != nullptr ? facts.newer->generation : 0;
  const Watched* watched = WatchedRun(replica->id, replica->generation);
  const auto health = watched != nullptr ? watched->health : std::optional<ReplicaHealth>();
  const bool ready = health && health->verdict() == Verdict::kReady;
  const Reason unwell = WhyUnwell(*replica, health);
  const auto edit = [=](ReplicaDraft& draft) {
    switch (act) {
      case ReplicaAct::kFollow:
        draft.Edit().generation = newer + 1;
        return;
      case ReplicaAct::kRan:
        return WriteRan(draft, *state);
      case ReplicaAct::kChecked:
        return WriteChecked(draft, ready);
      case ReplicaAct::kEnded:
        return WriteEnded(draft, EndOf(draft.replica(), *state, draft.now()));
      case ReplicaAct::kNext:
        ++draft.Edit().generation;
        draft.Edit().restart_at = draft.now();  // its pause is over
        return draft.MoveTo(ReplicaStatus::Pending, {std::string(kRestarting), "It starts again."});
      case ReplicaAct::kUnwell:
        return WriteUnwell(draft, unwell);
      case ReplicaAct::kMissed:
        draft.Edit().ready = false;
        draft.AddEvent(true, "Unknown", "The runtime does not show it.");
        return draft.MoveTo(ReplicaStatus::Unknown, {"Unknown", "The runtime does not show it."});
      case ReplicaAct::kSeen:
        draft.AddEvent(false, "Seen", "The runtime shows it again.");
        return draft.MoveTo(ReplicaStatus::Running);
      case ReplicaAct::kLost:
        return WriteUnwell(draft, {"Lost", "It was lost without a trace."});
      case ReplicaAct::kLate:
        return draft.AddEvent(true, "StopTimeout",
                              "It takes longer to end than it may. The server keeps trying.");
      default:
        return;
    }
  };
  const bool starts =
      act == ReplicaAct::kNext || act == ReplicaAct::kUnwell || act == ReplicaAct::kLost;
  return {.act = act == ReplicaAct::kLost   ? WorkloadAct::kAskByName
                 : act == ReplicaAct::kLate ? WorkloadAct::kOverdue
                                            : WorkloadAct::kWrite,
          .write = [this, replica, edit](Turn turn) { return Commit(replica, turn.lease, edit); },
          .intent = starts};
}

Task<Status> ServiceEngine::Commit(directory::ReplicaPtr replica, store::Lease lease,
                                   std::function<void(ReplicaDraft&)> edit) {
  // Not the present state any more: what is to be done is to be decided anew.
  if (directory_.FindReplica(replica->id) != replica) co_return Ok();
  ReplicaDraft draft(*replica, directory_.RevisionOfReplica(replica->id), MomentOf(parts_.clock));
  edit(draft);
  co_return co_await control::Commit(parts_.store, lease, std::move(draft));
}

Task<Result<directory::ServiceSpecPtr>> ServiceEngine::SpecFor(directory::ReplicaPtr replica) {
  const directory::ServicePtr service = directory_.FindById(replica->service);
  if (service != nullptr && service->current_version == replica->version) {
    if (auto spec = directory_.SpecOf(service->name)) co_return spec;
  }
  ATELIER_CO_TRY(const auto record,
                 co_await parts_.store.Get(Kind::kServiceVersion,
                                           VersionKey(replica->service, replica->version)));
  ATELIER_CO_TRY(const auto version, FromRecord<model::ServiceVersion>(record.body));
  ATELIER_CO_TRY(auto spec, model::ReadStoredSpec(version.config));
  co_return std::make_shared<const model::ServiceSpec>(std::move(spec));
}

WorkloadStep ServiceEngine::Admit(const directory::ReplicaPtr& replica) {
  auto kept = std::make_shared<Reservation>();  // shared: a step can be copied
  if (options_.admission != nullptr) {
    auto room = options_.admission->Admit(*replica);
    if (!room) return {.act = WorkloadAct::kWait};  // until some is given back
    *kept = *std::move(room);
  }
  return {.act = WorkloadAct::kWrite,
          .write =
              [this, replica, kept](Turn turn) {
                return Commit(replica, turn.lease, [kept](ReplicaDraft& draft) {
                  draft.Edit().reason.clear();
                  draft.Edit().message.clear();
                  draft.RestartStatus();
                  draft.AddEvent(false, "Admitted", "There is room for it now.");
                });
              },
          .intent = true};
}

Task<Result<runtime::Workload>> ServiceEngine::SpecOf(WorkloadId id) {
  const directory::ReplicaPtr replica = directory_.FindReplica(id);
  if (replica == nullptr) co_return Error(Code::kAborted, "The replica is gone.");
  ATELIER_CO_TRY(const auto spec, co_await SpecFor(replica));
  co_return ReplicaWorkload(*replica, *spec, catalogue_);
}

Task<Status> ServiceEngine::WriteRefused(WorkloadId id, store::Lease lease, Error why) {
  const directory::ReplicaPtr replica = directory_.FindReplica(id);
  if (replica == nullptr) co_return Ok();
  co_return co_await Commit(replica, lease, [text = why.message()](ReplicaDraft& draft) {
    draft.Edit().reason = kStartRefused;
    draft.Edit().message = text;
    draft.AddEvent(true, std::string(kStartRefused), text);
  });
}

Task<Status> ServiceEngine::NotePast(directory::ReplicaPtr replica, WorkloadState past, Turn turn) {
  const Deadline by = parts_.clock.In(parts_.call_deadline);
  // Its output is the latest there is until the next run is asked for. What cannot be read must not
  // keep the replica from starting.
  const auto log =
      co_await loop_.Call(by, &turn.slot, parts_.driver.Logs(replica->id, runtime::kLogTail, by));
  if (loop_.abandoned()) co_return Ok();
  co_return co_await Commit(
      replica, turn.lease,
      [&past, text = log.value_or("")](ReplicaDraft& draft) { EndRun(draft, past, text); });
}

Task<Status> ServiceEngine::EraseReplica(directory::ReplicaPtr replica, store::Lease lease) {
  store::Batch batch;
  batch.push_back(store::Write::Delete(Kind::kServiceReplica, replica->id.str(),
                                       directory_.RevisionOfReplica(replica->id)));
  batch.push_back(Bury(replica->id, replica->generation, parts_.clock.Wall()));
  batch.push_back(store::Guard(lease));
  ATELIER_CO_RETURN_IF_ERROR(co_await parts_.store.CommitFromReserve(std::move(batch)));
  services_loop_.Add(replica->service);
  co_return Ok();
}

}  // namespace atelier::control
