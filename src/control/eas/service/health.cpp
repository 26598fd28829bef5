#include "control/eas/service/health.h"

#include <algorithm>

namespace atelier::control {

namespace {

constexpr Duration kStandardStartupPeriod{250};

/// A start that has no check of its own is over with the first yes, and may take as long as its
/// service is waited for.
model::HealthCheck StandardStartup(const model::HealthCheck& health) {
  model::HealthCheck check = health;
  check.period = std::min(check.period, kStandardStartupPeriod);
  check.success_threshold = 1;
  check.failure_threshold = 1 << 30;
  return check;
}

}  // namespace

ReplicaHealth::ReplicaHealth(const model::ServiceSpec& spec, MonoTime now, bool started, bool ready)
    : health_{.check = spec.health, .due = now}, started_(started) {
  if (started) {
    ready_ = ready;
  } else {
    const auto check = spec.startup ? *spec.startup : StandardStartup(spec.health);
    startup_ = ProbeState{.check = check, .due = now + check.initial_delay};
    health_.due = now + spec.health.initial_delay;
  }
  if (spec.liveness)
    liveness_ = ProbeState{.check = *spec.liveness, .due = now + spec.liveness->initial_delay};
}

ReplicaHealth::Due ReplicaHealth::Next() const {
  if (dead_) return {.kind = failed_, .when = MonoTime::max()};
  if (!started_) return {.kind = Kind::kStartup, .when = startup_->due};
  if (liveness_ && liveness_->due < health_.due)
    return {.kind = Kind::kLiveness, .when = liveness_->due};
  return {.kind = Kind::kHealth, .when = health_.due};
}

const model::HealthCheck& ReplicaHealth::CheckOf(Kind kind) const {
  if (kind == Kind::kStartup) return startup_->check;
  return kind == Kind::kLiveness ? liveness_->check : health_.check;
}

void ReplicaHealth::Add(Kind kind, bool passed, MonoTime now) {
  ProbeState& probe = kind == Kind::kStartup  ? *startup_
                      : kind == Kind::kHealth ? health_
                                              : *liveness_;
  probe.passes = passed ? probe.passes + 1 : 0;
  probe.fails = passed ? 0 : probe.fails + 1;
  probe.due = now + probe.check.period;
  const bool good = probe.passes >= probe.check.success_threshold;
  const bool bad = probe.fails >= probe.check.failure_threshold;
  if (kind == Kind::kHealth) {
    if (good) ready_ = true;
    // It was never ready: there is nothing to be patient about.
    if (bad || (!passed && !ready_)) ready_ = false;
    return;
  }
  if (kind == Kind::kStartup && good) {
    started_ = true;
    health_.due = std::min(health_.due, now);
    // Without a check of its own the startup was the health check's first yes.
    if (probe.check.path == health_.check.path &&
        probe.check.any_answer == health_.check.any_answer)
      ready_ = health_.check.success_threshold <= 1 ? std::optional(true) : ready_;
  }
  if (bad) {
    dead_ = true;
    failed_ = kind;
  }
}

Verdict ReplicaHealth::verdict() const {
  if (dead_) return Verdict::kDead;
  if (!started_ || !ready_) return Verdict::kUnknown;
  return *ready_ ? Verdict::kReady : Verdict::kNotReady;
}

}  // namespace atelier::control
