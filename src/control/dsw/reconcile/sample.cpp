#include <algorithm>

#include <fmt/format.h>

#include "control/dsw/change/moves.h"
#include "control/dsw/reconcile/engine.h"
#include "store/audit.h"

namespace atelier::control {

using model::EventLevel;
using model::InstanceStatus;

namespace {

constexpr int kSlowestSample =
    4;  // a sample that took over 1/4 of the interval dates its counters too loosely

constexpr const char* kUnreachable = "Unreachable";  // ReasonCode of what runs without an answer

std::string Minutes(Duration length) {
  return fmt::format("{:.1f} minutes", static_cast<double>(length.count()) / 60'000.0);
}

}  // namespace

Task<void> Engine::RunSamples() {
  while (loop_.running()) {
    for (const auto& [id, meter] : meters_) samples_.Add(id);
    co_await ending_.Wait(parts_.clock, parts_.clock.In(options_.sample_every));
  }
}

Task<void> Engine::Sample(model::InstanceId id, WorkerSlot& slot) {
  const Duration every = options_.sample_every;
  const MonoTime begun = parts_.clock.Mono();
  const Deadline by = parts_.clock.In(std::min(parts_.call_deadline, every));
  if (!loop_.running()) co_return;
  const auto usage = co_await loop_.Call(by, &slot, parts_.driver.Sample(id, by));
  const MonoTime now = parts_.clock.Mono();
  if (!usage) co_return;
  if (const auto meter = meters_.find(id); loop_.running() && meter != meters_.end()) {
    meter->second.health.Add(*usage, now);
    co_await NoteHealth(id);
  }
  if (now - begun > every / kSlowestSample) co_return;

  const directory::InstancePtr instance = directory_.Find(id);
  const auto found = meters_.find(id);
  if (!loop_.running() || instance == nullptr || found == meters_.end()) co_return;
  Meter& meter = found->second;
  const auto point = meter.usage.Add(*usage, now, instance->capacity);
  if (!point) {
    // Another process than before, or the first look: an idle stretch cannot reach across.
    if (meter.idle) meter.idle.emplace(every);
    co_return;
  }
  history_.Add(id, *point);
  if (!meter.idle || !meter.rule) co_return;
  const auto advice =
      meter.idle->Add(*point, *meter.rule, instance->accelerator == model::AcceleratorType::GPU);
  if (advice != IdleTracker::Advice::kNothing) co_await ActOnIdle(id, advice);
}

Task<void> Engine::NoteHealth(model::InstanceId id) {
  const directory::InstancePtr now = directory_.Find(id);
  if (now == nullptr || now->status != InstanceStatus::Running) co_return;
  const RunHealth& health = meters_.at(id).health;
  const bool said = now->reason_code == kUnreachable;
  const bool is_gone = health.answers() == false && !said;
  const bool is_back = health.answers() == true && said;
  const std::string losses = health.Losses(now->capacity);
  if (!is_gone && !is_back && losses.empty()) co_return;
  const std::string silence = is_gone ? health.Silence() : "";
  const Status committed = co_await Commit(now, [&](Draft& draft) {
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

Task<void> Engine::ActOnIdle(model::InstanceId id, IdleTracker::Advice advice) {
  const directory::InstancePtr now = directory_.Find(id);
  const Meter& meter = meters_.at(id);
  if (now->status != InstanceStatus::Running || !now->culler) co_return;
  const Duration limit = std::chrono::minutes(meter.rule->max_idle_minutes);
  const Duration idle = meter.idle->idle();
  const std::string why = advice == IdleTracker::Advice::kResumed
                              ? meter.idle->Resumption(*meter.rule)
                              : meter.idle->Evidence(*meter.rule);
  const model::Actor actor = System("StopInstance");
  const Status committed = co_await Commit(now, [&](Draft& draft) {
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
