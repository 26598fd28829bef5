#include <utility>

#include "control/service/engine.h"

namespace atelier::control {

/// Begins, or goes on, with the checks of a running replica.
void ServiceEngine::WatchHealth(const model::Replica& replica, ReplicaKey& key) {
  if (key.leaving) return;
  if (key.spec == nullptr) {
    loops_.Run("control.service.spec", LoadSpec(replica.id));
    return;
  }
  if (!key.health) {
    key.health.emplace(*key.spec, parts_.clock.Mono(), replica.started, replica.ready);
  }
  if (probes_due_.Set(replica.id, key.health->Next().when)) loops_.due_changed().Set();
}

Task<void> ServiceEngine::LoadSpec(Id id) {
  const directory::ReplicaPtr replica = parts_.directory.FindReplica(id);
  if (replica == nullptr || loops_.abandoned()) co_return;
  const auto spec = co_await SpecFor(replica);
  const auto key = replicas_.find(id);
  if (loops_.abandoned() || key == replicas_.end()) co_return;
  if (!spec) {
    // It runs, and nothing is known of its checks: it goes on as it was.
    parts_.log.Warn("control.service.spec_unreadable",
                    {{"replica", id}, {"error", spec.error().ToString()}});
    co_return;
  }
  key->second.spec = *spec;
  if (const auto now = parts_.directory.FindReplica(id);
      now != nullptr && now->status == model::ReplicaStatus::Running) {
    WatchHealth(*now, key->second);
  }
}

Task<void> ServiceEngine::Probe(Id id, Place& /*place*/) {
  const auto found = replicas_.find(id);
  if (!loops_.running() || found == replicas_.end() || !found->second.health ||
      found->second.leaving)
    co_return;
  // What does not run is not asked; WatchHealth begins anew when it runs again.
  if (found->second.status != model::ReplicaStatus::Running) co_return;
  const std::uint64_t stay = found->second.stay;
  const ReplicaHealth::Due due = found->second.health->Next();
  if (due.when <= parts_.clock.Mono()) {
    const bool passed = co_await parts_.probe.Ask(id, found->second.health->CheckOf(due.kind));
    ReplicaKey* key = KeyIn(id, stay);
    if (!loops_.running() || key == nullptr || !key->health) co_return;
    const Verdict before = key->health->verdict();
    key->health->Add(due.kind, passed, parts_.clock.Mono());
    if (key->health->verdict() != before) steps_.Add(id);
  }
  if (ReplicaKey* key = KeyIn(id, stay); key != nullptr && key->health) {
    if (probes_due_.Set(id, key->health->Next().when)) loops_.due_changed().Set();
  }
}

}  // namespace atelier::control
