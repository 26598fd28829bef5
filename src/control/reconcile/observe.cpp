#include <algorithm>
#include <utility>

#include "control/reconcile/engine.h"

namespace atelier::control {

using model::InstanceStatus;
using runtime::Phase;
using runtime::WorkloadState;

namespace {

constexpr Duration kStrayRetry{30'000};  // before the same stray is told to stop again

}  // namespace

Task<void> Engine::RunObservations() {
  // Adoption: the first look comes before the first act.
  co_await loops_.observer().Once();
  if (!loops_.running()) co_return;
  steps_.Open();
  strays_.Open();
  samples_.Open();
  loops_.Run("control.due", RunDueTimes());
  loops_.Run("control.sample", RunSamples());
  co_await loops_.observer().Run();
}

void Engine::Digest(Observer::Look look) {
  const auto& [number, begun, observation] = look;
  std::map<model::InstanceId, World> shown;
  std::map<model::InstanceId, MonoTime> strays = std::exchange(stray_retry_, {});
  for (WorkloadState& state : look.seen.workloads) {
    if (IsStray(state)) {
      const auto known = strays.find(state.id);
      stray_retry_[state.id] = known == strays.end() ? MonoTime::min() : known->second;
      ConsiderStray(state);
    }
    if (keys_.contains(state.id)) shown[state.id].push_back(std::move(state));
  }
  if (!observation.complete) stray_retry_.merge(strays);

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

bool Engine::IsStray(const WorkloadState& state) const {
  if (state.phase == Phase::kExited || state.phase == Phase::kStopping) return false;
  const directory::InstancePtr instance = parts_.directory.Find(state.id);
  if (instance == nullptr) return true;
  if (state.generation > instance->generation) return false;  // not ours to judge
  switch (instance->status) {
    case InstanceStatus::Running:
      return state.generation < instance->generation;
    case InstanceStatus::Stopped:
    case InstanceStatus::Failed:
    case InstanceStatus::Saved:
    case InstanceStatus::SaveFailed:
      return true;
    default:
      return false;  // on its way: its own steps see to every generation
  }
}

void Engine::ConsiderStray(const WorkloadState& state) {
  if (stray_retry_[state.id] > parts_.clock.Mono()) return;
  stray_retry_[state.id] = parts_.clock.In(kStrayRetry);
  stray_generation_[state.id] = state.generation;
  strays_.Add(state.id);
}

Task<void> Engine::StopStray(model::InstanceId id, Place& place) {
  const auto found = stray_generation_.find(id);
  if (found == stray_generation_.end()) co_return;
  const model::Generation generation = found->second;
  stray_generation_.erase(found);
  if (parts_.directory.Find(id) == nullptr) {
    // The directory leaves out what it cannot read; the instance may well be wanted.
    const auto record = co_await parts_.store.Get(store::Kind::kInstance, id.str());
    if (loops_.abandoned()) co_return;
    if (record || record.error().code() != Code::kNotFound) {
      parts_.log.Warn("control.stray.left_alone", {{"instance", id}, {"generation", generation}});
      co_return;
    }
  }
  parts_.log.Warn("control.stray.stop", {{"instance", id}, {"generation", generation}});
  const Deadline by = parts_.clock.In(parts_.options.call_deadline);
  const Status stopped = co_await loops_.Call(
      by, &place, parts_.driver.Stop(id, generation, runtime::StopMode::kGrace, by));
  if (!stopped && !loops_.abandoned()) {
    parts_.log.Warn("control.stray.failed",
                    {{"instance", id}, {"error", stopped.error().ToString()}});
  }
}

}  // namespace atelier::control
