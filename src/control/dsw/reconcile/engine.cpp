#include "control/dsw/reconcile/engine.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "model/status_moment.h"

namespace atelier::control {

using model::InstanceStatus;
using store::Kind;

Engine::Engine(WorkloadLoop& loop, const directory::InstanceDirectory& directory,
               const model::Catalogue& catalogue, ReconcilerOptions options,
               std::string notebook_secret)
    : loop_(loop),
      directory_(directory),
      catalogue_(catalogue),
      options_(std::move(options)),
      notebook_secret_(std::move(notebook_secret)),
      timers_changed_(parts_.io),
      ending_(parts_.io),
      samples_(parts_.io, "control.sample", parts_.width, loop_.gate(), loop_.owner(),
               [this](WorkloadId id, WorkerSlot& slot) { return Sample(std::move(id), slot); }),
      history_(options_.sample_history, options_.sample_budget_bytes) {}

void Engine::Adopt(const ShardSet& shards) {
  directory_.ForEach([&](const directory::InstancePtr& instance) {
    if (shards.test(store::ShardOf(instance->id))) Track(*instance, true);
  });
}

void Engine::Disown(const ShardSet& shards) {
  const auto goes = [&](const WorkloadId& id) { return shards.test(store::ShardOf(id)); };
  timers_.DropIf(goes);
  std::erase_if(findings_, [&](const auto& finding) { return goes(finding.first); });
  std::vector<WorkloadId> measured;
  for (const auto& [id, meter] : meters_) {
    if (goes(id)) measured.push_back(id);
  }
  for (const WorkloadId& id : measured) Forgotten(id);
}

void Engine::Begin() {
  samples_.Open();
  loop_.Run("control.timers", RunTimers());
  loop_.Run("control.sample", RunSamples());
}

void Engine::End() {
  timers_changed_.Set();
  ending_.Set();
}

void Engine::Apply(const store::Change& change) {
  if (change.record.kind != Kind::kInstance) return;
  const WorkloadId id(change.record.key);
  if (change.op == store::Write::Op::kDelete) {
    loop_.Forget(id);
  } else if (const auto written = change.record.value.As<model::Instance>()) {
    Track(*written, false);
  } else if (const auto instance = directory_.Find(id)) {
    Track(*instance, false);
  }
}

void Engine::Track(const model::Instance& instance, bool adopted) {
  if (!loop_.LeaseFor(instance.id)) return;
  TrackTimer(instance);
  TrackMeter(instance, adopted);
  loop_.Track(*this, instance.id, EpochOf(instance), adopted);
}

void Engine::TrackTimer(const model::Instance& instance) {
  const WallTime due = instance.timer ? instance.timer->due : WallTime::max();
  if (timers_.Set(instance.id, due)) timers_changed_.Set();
}

void Engine::TrackMeter(const model::Instance& instance, bool adopted) {
  const std::scoped_lock lock(idle_mutex_);
  if (instance.status != InstanceStatus::Running) {
    if (meters_.erase(instance.id) > 0) history_.Retire(instance.id);
    return;
  }
  Meter& meter = meters_[instance.id];
  if (meter.generation != instance.generation) {
    meter = Meter{};
    meter.generation = instance.generation;
    meter.health = RunHealth(!adopted);
  }
  meter.capacity = instance.capacity;
  meter.has_gpu = instance.accelerator == model::AcceleratorType::GPU;
  meter.is_unreachable = instance.reason_code == kUnreachable;
  // An idle stretch is measured by one rule from its beginning to its end.
  if (meter.rule == instance.culler) return;
  meter.rule = instance.culler;
  meter.idle.reset();
  if (meter.rule) meter.idle.emplace(options_.sample_every);
}

void Engine::Forgotten(const WorkloadId& id) {
  timers_.Set(id, WallTime::max());
  {
    const std::scoped_lock lock(idle_mutex_);
    meters_.erase(id);
  }
  history_.Forget(id);
}

StateEpoch Engine::EpochOf(const model::Instance& instance) const {
  const bool runs = instance.status == InstanceStatus::Running;
  return {.generation = instance.generation,
          .state = static_cast<std::uint64_t>(instance.status),
          .since = model::StatusMoment(instance),
          .limit = LimitOf(instance.status),
          .runs = runs,
          .at_rest = !runs && !model::IsTransient(instance.status)};
}

Duration Engine::LimitOf(InstanceStatus status) const {
  const ReconcilerOptions& options = options_;
  switch (status) {
    case InstanceStatus::Creating:
    case InstanceStatus::Queuing:
    case InstanceStatus::ResourceAllocating:
      return options.allocate_deadline;
    case InstanceStatus::EnvPreparing:
      return options.prepare_deadline;
    case InstanceStatus::Starting:
      return options.start_deadline;
    case InstanceStatus::Updating:
    case InstanceStatus::Recovering:
      return options.stop_deadline + options.allocate_deadline + options.prepare_deadline +
             options.start_deadline;
    case InstanceStatus::Stopping:
    case InstanceStatus::Deleting:
    case InstanceStatus::Failed:  // its clean-up
      return options.stop_deadline;
    default:
      return Duration::max();
  }
}

std::optional<Ownership> Engine::OwnershipOf(const runtime::WorkloadState& state) const {
  const auto instance = directory_.StandingOf(state.id);
  if (!instance) return std::nullopt;
  if (state.generation > instance->generation) return Ownership::kNewer;
  switch (instance->status) {
    case InstanceStatus::Running:
      return state.generation < instance->generation ? Ownership::kEnded : Ownership::kOurs;
    case InstanceStatus::Stopped:
    case InstanceStatus::Failed:
    case InstanceStatus::Saved:
    case InstanceStatus::SaveFailed:
      return Ownership::kEnded;
    default:
      return Ownership::kOurs;  // on its way: its own steps see to every generation
  }
}

Task<void> Engine::RunTimers() {
  while (loop_.running()) {
    const WallTime wall = parts_.clock.Wall();
    while (const auto id = timers_.Take(wall)) loop_.Add(*id);  // back when its record changes
    MonoTime next = MonoTime::max();
    if (timers_.Next() != WallTime::max()) {
      // Due by the wall clock, which may be stepped: look again soon rather than trust its
      // distance.
      next = parts_.clock.In(std::min(timers_.Next() - wall, parts_.observe_every));
    }
    co_await timers_changed_.Wait(parts_.clock, next);
  }
}

std::vector<UsagePoint> Engine::History(const model::InstanceId& id) const {
  return history_.Get(id);
}

std::int64_t Engine::IdleMinutes(const model::InstanceId& id) const {
  const std::scoped_lock lock(idle_mutex_);
  const auto meter = meters_.find(id);
  if (meter == meters_.end() || !meter->second.idle) return 0;
  return std::chrono::duration_cast<std::chrono::minutes>(meter->second.idle->idle()).count();
}

}  // namespace atelier::control
