#include "control/reconcile/engine.h"

#include <algorithm>
#include <chrono>

namespace atelier::control {

using model::InstanceStatus;
using store::Kind;

namespace {

double MillisBetween(MonoTime from, MonoTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

}  // namespace

Engine::Engine(Parts parts)
    : parts_(std::move(parts)),
      loops_(
          {.driver = parts_.driver,
           .clock = parts_.clock,
           .log = parts_.log,
           .io = parts_.io,
           .name = "control",
           .observe_every = parts_.options.observe_every,
           .call_deadline = parts_.options.call_deadline},
          [this] { return shared_from_this(); },
          [this](Observer::Look look) { Digest(std::move(look)); }),
      steps_(
          parts_.io, "control.step", static_cast<std::size_t>(parts_.options.max_concurrent),
          loops_.gate(), [this] { return shared_from_this(); },
          [this](model::InstanceId id, Place& place) { return Step(std::move(id), place); }),
      samples_(
          parts_.io, "control.sample", static_cast<std::size_t>(parts_.options.max_concurrent),
          loops_.gate(), [this] { return shared_from_this(); },
          [this](model::InstanceId id, Place& place) { return Sample(std::move(id), place); }),
      orphans_(
          {.store = parts_.store,
           .driver = parts_.driver,
           .clock = parts_.clock,
           .log = parts_.log,
           .io = parts_.io,
           .name = "control.orphan",
           .kind = Kind::kInstance,
           .call_deadline = parts_.options.call_deadline},
          loops_, [this] { return shared_from_this(); },
          [this](const runtime::WorkloadState& state) { return ClaimOf(state); }),
      history_(parts_.options.sample_history, parts_.options.sample_budget_bytes) {}

void Engine::Start() {
  loops_.Start();
  parts_.directory.ForEach(
      [this](const directory::InstancePtr& instance) { Track(*instance, true); });
  loops_.Run("control.observe", RunObservations());
}

void Engine::Apply(std::span<const store::Change> changes) {
  if (!loops_.running()) return;
  for (const store::Change& change : changes) {
    const model::InstanceId id(change.record.key);
    if (change.record.kind == Kind::kTombstone && orphans_.Reconsider(id)) loops_.observer().Soon();
    if (change.record.kind != Kind::kInstance) continue;
    if (change.op == store::Write::Op::kDelete) {
      Forget(id);
      continue;
    }
    const directory::InstancePtr instance = parts_.directory.Find(id);
    if (instance != nullptr) Track(*instance, false);
  }
}

void Engine::Track(const model::Instance& instance, bool adopted) {
  TrackTimer(instance);
  TrackMeter(instance, adopted);
  const bool live =
      model::IsTransient(instance.status) || instance.status == InstanceStatus::Running;
  const auto found = keys_.find(instance.id);
  if (!live && found == keys_.end()) return;

  Key& key = keys_[instance.id];
  if (key.stay != 0 && key.status == instance.status && key.generation == instance.generation &&
      key.since == instance.status_since) {
    return;
  }
  const bool same_life = key.generation == instance.generation;
  // A new life in the same state (Recover) does not get the state's time anew.
  const bool same_state =
      key.stay != 0 && key.status == instance.status && key.since == instance.status_since;
  const Duration limit = LimitOf(instance.status);
  const Duration spent =
      adopted ? std::clamp(parts_.clock.Wall() - instance.status_since, Duration{0}, limit)
              : Duration{0};
  Key fresh;
  fresh.status = instance.status;
  fresh.generation = instance.generation;
  fresh.since = instance.status_since;
  fresh.stay = ++stays_;
  fresh.deadline = limit == Duration::max() ? MonoTime::max() : parts_.clock.In(limit - spent);
  if (same_state) fresh.deadline = key.deadline;
  fresh.fenced = same_life && key.fenced;
  fresh.ensured = same_life && key.ensured;
  fresh.past_starting = same_life && key.past_starting;
  fresh.acted_at = loops_.observer().begun();
  fresh.seen = std::move(key.seen);
  fresh.complete_at = key.complete_at;
  ActedOn(key);
  if (!adopted) {
    fresh.changed_at = parts_.clock.Mono();
    unacted_.insert(*fresh.changed_at);
  }
  key = std::move(fresh);
  SetDue(instance.id, key.deadline);
  steps_.Add(instance.id);
}

void Engine::TrackTimer(const model::Instance& instance) {
  if (const auto old = timers_.find(instance.id); old != timers_.end()) {
    timers_due_.erase({old->second, instance.id});
    timers_.erase(old);
  }
  if (!instance.timer) return;
  timers_[instance.id] = instance.timer->due;
  timers_due_.emplace(instance.timer->due, instance.id);
  loops_.due_changed().Set();
}

void Engine::TrackMeter(const model::Instance& instance, bool adopted) {
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
  // An idle stretch is measured by one rule from its beginning to its end.
  if (meter.rule == instance.culler) return;
  meter.rule = instance.culler;
  meter.idle.reset();
  if (meter.rule) meter.idle.emplace(parts_.options.sample_every);
}

std::optional<MonoTime> Engine::ActedOn(Key& key) {
  const std::optional<MonoTime> changed_at = std::exchange(key.changed_at, std::nullopt);
  if (changed_at) unacted_.erase(unacted_.find(*changed_at));
  return changed_at;
}

void Engine::DropKey(const model::InstanceId& id) {
  const auto key = keys_.find(id);
  if (key == keys_.end()) return;
  ActedOn(key->second);
  keys_.erase(key);
}

/// A reconciler that hangs shows it: the change that has waited longest counts, too.
double Engine::LagMs() const {
  if (unacted_.empty()) return lag_ms_;
  return std::max(lag_ms_, MillisBetween(*unacted_.begin(), parts_.clock.Mono()));
}

void Engine::Forget(const model::InstanceId& id) {
  DropKey(id);
  SetDue(id, MonoTime::max());
  if (const auto timer = timers_.find(id); timer != timers_.end()) {
    timers_due_.erase({timer->second, id});
    timers_.erase(timer);
  }
  meters_.erase(id);
  history_.Forget(id);
}

Duration Engine::LimitOf(InstanceStatus status) const {
  const ReconcilerOptions& options = parts_.options;
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

void Engine::SetDue(const model::InstanceId& id, MonoTime when) {
  if (due_.Set(id, when)) loops_.due_changed().Set();
}

MonoTime Engine::FireDue() {
  const MonoTime now = parts_.clock.Mono();
  while (const auto id = due_.Take(now)) steps_.Add(*id);
  const WallTime wall = parts_.clock.Wall();
  while (!timers_due_.empty() && timers_due_.begin()->first <= wall) {
    steps_.Add(timers_due_.begin()->second);
    timers_due_.erase(timers_due_.begin());  // back when its record changes, or by Postpone
  }
  MonoTime next = due_.Next();
  if (!timers_due_.empty()) {
    // Due by the wall clock, which may be stepped: look again soon rather than trust its distance.
    const Duration left = timers_due_.begin()->first - wall;
    next = std::min<MonoTime>(next, now + std::min(left, parts_.options.observe_every));
  }
  return next;
}

Task<void> Engine::RunDueTimes() {
  while (loops_.running()) {
    const MonoTime next = FireDue();
    co_await loops_.due_changed().Wait(parts_.clock, next);
  }
}

void Engine::Settle(const model::InstanceId& id) {
  const auto found = keys_.find(id);
  if (found == keys_.end()) return;
  Key& key = found->second;
  const MonoTime now = parts_.clock.Mono();
  if (const auto changed_at = ActedOn(key)) lag_ms_ = MillisBetween(*changed_at, now);
  MonoTime due = MonoTime::max();
  if (key.deadline > now) {
    due = key.deadline;
  } else if (!Expired(key)) {
    due = key.deadline + parts_.options.call_deadline;
  }
  if (key.retry_at > now) due = std::min(due, key.retry_at);
  SetDue(id, due);
}

std::vector<UsagePoint> Engine::History(const model::InstanceId& id) const {
  return history_.Get(id);
}

bool Engine::Idle() const {
  return steps_.idle() && samples_.idle() && orphans_.Idle() && !loops_.observer().looking();
}

std::int64_t Engine::IdleMinutes(const model::InstanceId& id) const {
  const auto meter = meters_.find(id);
  if (meter == meters_.end() || !meter->second.idle) return 0;
  return std::chrono::duration_cast<std::chrono::minutes>(meter->second.idle->idle()).count();
}

}  // namespace atelier::control
