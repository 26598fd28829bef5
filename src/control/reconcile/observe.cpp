#include <algorithm>
#include <utility>

#include "control/reconcile/engine.h"

namespace atelier::control {

using model::InstanceStatus;
using runtime::Phase;
using runtime::WorkloadState;

Task<void> Engine::RunObservations() {
  // Adoption: the first look comes before the first act.
  co_await loops_.observer().Once();
  if (!loops_.running()) co_return;
  steps_.Open();
  orphans_.Open();
  samples_.Open();
  loops_.Run("control.due", RunDueTimes());
  loops_.Run("control.sample", RunSamples());
  co_await loops_.observer().Run();
}

void Engine::Digest(Observer::Look look) {
  const auto& [number, begun, observation] = look;
  std::map<model::InstanceId, World> shown;
  orphans_.Digest(observation);
  for (WorkloadState& state : look.seen.workloads) {
    if (keys_.contains(state.id)) shown[state.id].push_back(std::move(state));
  }

  for (auto& [id, key] : keys_) {
    const auto found = shown.find(id);
    World world = observation.complete ? World() : key.seen;
    if (found != shown.end()) MergeWorld(world, std::move(found->second));
    const bool changed = !SameWorld(key.seen, world);
    key.seen = std::move(world);
    if (observation.complete) {
      key.complete_at = number;
      NoteMissing(id, key, number, begun);
    }
    if (changed || (observation.complete && std::exchange(key.wants_look, false))) steps_.Add(id);
  }
}

void Engine::NoteMissing(const model::InstanceId& id, Key& key, std::uint64_t number,
                         MonoTime begun) {
  if (key.status != InstanceStatus::Running || number <= key.acted_at) return;
  const bool here =
      std::ranges::find(key.seen, key.generation, &WorkloadState::generation) != key.seen.end();
  if (here) {
    key.missing_since.reset();
    key.lost = false;
  } else if (!key.missing_since) {
    key.missing_since = begun;
  } else if (!key.lost && begun - *key.missing_since >= parts_.options.observe_every) {
    // Two looks that follow each other at once could both miss it for the same reason.
    key.lost = true;
    steps_.Add(id);
  }
}

Orphans::Claim Engine::ClaimOf(const WorkloadState& state) const {
  using enum Orphans::Claim;
  const directory::InstancePtr instance = parts_.directory.Find(state.id);
  if (instance == nullptr) return kUnknown;
  if (state.generation > instance->generation) return kNewer;
  switch (instance->status) {
    case InstanceStatus::Running:
      return state.generation < instance->generation ? kEnded : kOurs;
    case InstanceStatus::Stopped:
    case InstanceStatus::Failed:
    case InstanceStatus::Saved:
    case InstanceStatus::SaveFailed:
      return kEnded;
    default:
      return kOurs;  // on its way: its own steps see to every generation
  }
}

}  // namespace atelier::control
