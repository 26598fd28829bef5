#include <utility>

#include "control/eas/service/engine.h"

namespace atelier::control {

ServiceEngine::Watched* ServiceEngine::WatchedRun(const model::InstanceId& id,
                                                  model::Generation generation) {
  const auto found = watched_.find(id);
  return found == watched_.end() || found->second.generation != generation ? nullptr
                                                                           : &found->second;
}

/// Begins, or goes on, with the checks of a running replica.
void ServiceEngine::WatchHealth(const model::Replica& replica) {
  Watched& watched = watched_[replica.id];
  if (watched.generation != replica.generation) {
    watched = {.generation = replica.generation, .spec = {}, .health = {}};
  }
  if (watched.spec == nullptr) {
    loop_.Run("control.service.spec", LoadSpec(replica.id));
    return;
  }
  if (!watched.health) {
    watched.health.emplace(*watched.spec, parts_.clock.Mono(), replica.started, replica.ready);
  }
  probes_loop_.SetDue(replica.id, watched.health->Next().when);
}

Task<void> ServiceEngine::LoadSpec(model::InstanceId id) {
  const directory::ReplicaPtr replica = directory_.FindReplica(id);
  if (replica == nullptr || loop_.abandoned()) co_return;
  const auto spec = co_await SpecFor(replica);
  Watched* watched = WatchedRun(id, replica->generation);
  if (loop_.abandoned() || watched == nullptr) co_return;
  if (!spec) {
    // It runs, and nothing is known of its checks: it goes on as it was.
    parts_.log.Warn("control.service.spec_unreadable",
                    {{"replica", id}, {"error", spec.error().ToString()}});
    co_return;
  }
  watched->spec = *spec;
  if (const auto now = directory_.FindReplica(id);
      now != nullptr && now->status == model::ReplicaStatus::Running && !now->leaving) {
    WatchHealth(*now);
  }
}

Task<Result<bool>> ServiceEngine::Ask(model::InstanceId id, model::HealthCheck check) {
  co_return co_await probe_.Ask(std::move(id), std::move(check));
}

/// What does not run is not asked; WatchHealth goes on when it runs again.
Task<MonoTime> ServiceEngine::Probe(model::InstanceId id, WorkerSlot& slot) {
  const auto due_of = [this, &id] {
    const auto replica = directory_.FindReplica(id);
    const auto found = watched_.find(id);
    const bool asked = replica != nullptr && found != watched_.end() && found->second.health &&
                       replica->status == model::ReplicaStatus::Running;
    return asked ? std::optional(found->second.health->Next()) : std::nullopt;
  };
  const auto due = due_of();
  if (!due) co_return MonoTime::max();
  if (due->when > parts_.clock.Mono()) co_return due->when;
  const Watched& before = watched_.at(id);
  const model::Generation run = before.generation;
  // A check may take an hour, if its service says so: a slow one holds up no other.
  static constexpr Duration kBeyondItsTime{1'000};
  const model::HealthCheck check = before.health->CheckOf(due->kind);
  const Deadline by = parts_.clock.In(check.timeout + kBeyondItsTime);
  const auto passed = co_await loop_.Call(by, &slot, Ask(id, check));
  if (!loop_.running()) co_return MonoTime::max();
  if (Watched* watched = WatchedRun(id, run); watched != nullptr && watched->health) {
    const Verdict verdict = watched->health->verdict();
    watched->health->Add(due->kind, passed.value_or(false), parts_.clock.Mono());
    if (watched->health->verdict() != verdict) loop_.Add(id);
  }
  const auto next = due_of();
  co_return next ? next->when : MonoTime::max();
}

}  // namespace atelier::control
