#include <algorithm>

#include <fmt/format.h>

#include "base/loop_watch.h"
#include "base/slice.h"
#include "control/dsw/change/moves.h"
#include "control/dsw/reconcile/engine.h"
#include "store/audit.h"

namespace atelier::control {

using model::EventLevel;
using model::InstanceStatus;

namespace {

constexpr int kSlowestSample =
    4;  // a sample that took over 1/4 of the interval dates its counters too loosely

std::string Minutes(Duration length) {
  return fmt::format("{:.1f} minutes", static_cast<double>(length.count()) / 60'000.0);
}

}  // namespace

Task<void> Engine::RunSamples() {
  while (loop_.running()) {
    sampling_ = true;
    co_await SampleAll();
    sampling_ = false;
    co_await ending_.Wait(parts_.clock, parts_.clock.In(options_.sample_every));
  }
}

Task<void> Engine::SampleAll() {
  Slice slice(parts_.io);
  std::optional<model::InstanceId> last;
  while (loop_.running()) {
    {
      const LoopWatch::Work work("samples");
      auto meter = last ? meters_.upper_bound(*last) : meters_.begin();
      for (last.reset(); meter != meters_.end() && !last; ++meter) {
        SampleAtOnce(meter->first, meter->second);
        if (slice.Spent()) last = meter->first;
      }
    }
    if (!last) co_return;
    co_await slice.Yield();
  }
}

void Engine::SampleAtOnce(const model::InstanceId& id, Meter& meter) {
  const auto usage = parts_.driver.SampleAtOnce(id);
  if (!usage) return samples_.Add(id);
  if (!*usage) return;
  if (const Finding finding = Measure(id, meter, **usage, true)) {
    findings_[id] = finding;
    samples_.Add(id);
  }
}

Task<void> Engine::Sample(model::InstanceId id, WorkerSlot& slot) {
  if (const auto found = findings_.extract(id)) co_return co_await Act(id, found.mapped());
  const Duration every = options_.sample_every;
  const MonoTime begun = parts_.clock.Mono();
  const Deadline by = parts_.clock.In(std::min(parts_.call_deadline, every));
  if (!loop_.running()) co_return;
  const auto usage = co_await loop_.Call(by, &slot, parts_.driver.Sample(id, by));
  if (!usage) co_return;
  const bool in_time = parts_.clock.Mono() - begun <= every / kSlowestSample;
  const auto meter = meters_.find(id);
  if (!loop_.running() || meter == meters_.end()) co_return;
  co_await Act(id, Measure(id, meter->second, *usage, in_time));
}

Engine::Finding Engine::Measure(const model::InstanceId& id, Meter& meter,
                                const runtime::Usage& usage, bool in_time) {
  const MonoTime now = parts_.clock.Mono();
  Finding finding;
  meter.health.Add(usage, now);
  finding.is_ill = meter.health.answers() == meter.is_unreachable ||
                   !meter.health.Losses(meter.capacity).empty();
  if (!in_time) return finding;
  const auto point = meter.usage.Add(usage, now, meter.capacity);
  const std::scoped_lock lock(idle_mutex_);
  if (!point) {
    // Another process than before, or the first look: an idle stretch cannot reach across.
    if (meter.idle) meter.idle.emplace(options_.sample_every);
    return finding;
  }
  history_.Add(id, *point);
  if (meter.idle && meter.rule)
    finding.advice = meter.idle->Add(*point, *meter.rule, meter.has_gpu);
  return finding;
}

Task<void> Engine::Act(model::InstanceId id, Finding finding) {
  auto meter = meters_.find(id);
  const auto lease = loop_.LeaseFor(id);
  if (meter == meters_.end() || !lease || !loop_.running()) co_return;
  const model::Generation generation = meter->second.generation;
  const auto rule = meter->second.rule;
  if (finding.is_ill) co_await NoteHealth(id, *lease);
  if (finding.advice == IdleTracker::Advice::kNothing || !loop_.running()) co_return;
  // What was measured by another rule, or of another run, is no reason any more.
  meter = meters_.find(id);
  const bool same = meter != meters_.end() && meter->second.generation == generation &&
                    meter->second.rule == rule && meter->second.idle;
  if (same) co_await ActOnIdle(id, *lease, finding.advice);
}

Task<void> Engine::NoteHealth(model::InstanceId id, store::Lease lease) {
  const directory::InstancePtr now = directory_.Find(id);
  if (now == nullptr || now->status != InstanceStatus::Running) co_return;
  const RunHealth& health = meters_.at(id).health;
  const bool said = now->reason_code == kUnreachable;
  const bool is_gone = health.answers() == false && !said;
  const bool is_back = health.answers() == true && said;
  const std::string losses = health.Losses(now->capacity);
  if (!is_gone && !is_back && losses.empty()) co_return;
  const std::string silence = is_gone ? health.Silence() : "";
  const Status committed = co_await Commit({now, lease}, [&](Draft& draft) {
    if (is_gone || is_back) {
      draft.Edit().reason_code = is_gone ? kUnreachable : "";
      draft.Edit().reason_message = silence;
    }
    if (is_gone) draft.AddEvent(EventLevel::Warning, silence);
    if (is_back) draft.AddEvent(EventLevel::Info, "It answers again.");
    if (!losses.empty()) draft.AddEvent(EventLevel::Warning, losses);
  });
  if (!committed || losses.empty()) co_return;  // the next sample finds the same
  if (const auto meter = meters_.find(id); meter != meters_.end()) meter->second.health.Told();
}

Task<void> Engine::ActOnIdle(model::InstanceId id, store::Lease lease, IdleTracker::Advice advice) {
  const directory::InstancePtr now = directory_.Find(id);
  const Meter& meter = meters_.at(id);
  if (now == nullptr || now->status != InstanceStatus::Running || !now->culler) co_return;
  const Duration limit = std::chrono::minutes(meter.rule->max_idle_minutes);
  const Duration idle = meter.idle->idle();
  const std::string why = advice == IdleTracker::Advice::kResumed
                              ? meter.idle->Resumption(*meter.rule)
                              : meter.idle->Evidence(*meter.rule);
  const model::Actor actor = System("StopInstance");
  const Status committed = co_await Commit({now, lease}, [&](Draft& draft) {
    switch (advice) {
      case IdleTracker::Advice::kWarn:
        draft.AddEvent(
            EventLevel::Warning,
            fmt::format("Idle for {}: {}. Without use it will be stopped in {}.", Minutes(idle),
                        why, Minutes(std::max(Duration{0}, limit - idle))));
        return;
      case IdleTracker::Advice::kResumed:
        draft.AddEvent(EventLevel::Info, why + ". Idle time counts from zero.");
        return;
      case IdleTracker::Advice::kStop:
        BeginStop(draft, fmt::format("idle for {} of at most {}: {}.", Minutes(idle),
                                     Minutes(limit), why));
        draft.AddWrite(store::Audit(actor, draft.instance().id.str(), draft.now()));
        return;
      case IdleTracker::Advice::kNothing:
        return;
    }
  });
  if (!committed) co_return;  // the next sample gives the same advice
  const auto found = meters_.find(id);
  if (found == meters_.end() || !found->second.idle) co_return;
  if (advice == IdleTracker::Advice::kWarn) found->second.idle->Warned();
}

}  // namespace atelier::control
