#include "control/dsw/reconcile/idle.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/idle_rule.h"

namespace atelier::control {

namespace {

using std::chrono::minutes;

constexpr int kMaxGap = 3;  // of sample_every: beyond it nothing is known of the time between

int GpuThreshold(const model::IdleCuller& rule) {
  return rule.gpu_percent_threshold.value_or(rule.cpu_percent_threshold);
}

bool Busy(const UsagePoint& point, const model::IdleCuller& rule, bool has_gpu) {
  if (point.cpu_percent >= rule.cpu_percent_threshold) return true;
  // Not known is never read as idle.
  if (!point.executing_kernels || *point.executing_kernels > 0) return true;
  if (!has_gpu) return false;
  return !point.gpu_percent || *point.gpu_percent >= GpuThreshold(rule);
}

/// Idle lengths at which to warn: once more 2 minutes before the stop.
std::array<Duration, 2> WarnAt(Duration limit) {
  const Duration first = model::FirstIdleWarning(limit);
  return {first, std::max<Duration>(first, limit - minutes(2))};
}

}  // namespace

IdleTracker::Advice IdleTracker::Restart(std::optional<MonoTime> since) {
  const bool warned = given_ > 0;
  since_ = since;
  given_ = 0;
  due_ = 0;
  samples_ = 0;
  most_cpu_percent_ = 0;
  most_gpu_percent_.reset();
  return warned ? Advice::kResumed : Advice::kNothing;
}

IdleTracker::Advice IdleTracker::Add(const UsagePoint& point, const model::IdleCuller& rule,
                                     bool has_gpu) {
  gap_.reset();
  if (last_ && point.mono - *last_ > kMaxGap * sample_every_) {
    gap_ = std::chrono::duration_cast<Duration>(point.mono - *last_);
  }
  last_ = point.mono;
  latest_ = point;
  has_gpu_ = has_gpu;
  if (Busy(point, rule, has_gpu)) return Restart(std::nullopt);
  Advice advice = Advice::kNothing;
  if (!since_ || gap_) advice = Restart(point.mono);
  ++samples_;
  most_cpu_percent_ = std::max(most_cpu_percent_, point.cpu_percent);
  if (point.gpu_percent) {
    most_gpu_percent_ = std::max(most_gpu_percent_.value_or(0), *point.gpu_percent);
  }

  const Duration limit = minutes(rule.max_idle_minutes);
  const auto warn_at = WarnAt(limit);
  due_ = std::ranges::count_if(warn_at, [&](Duration at) { return idle() >= at; });
  // Never without a warning before: one that is late delays the stop to the next sample.
  if (given_ == 0 && due_ > 0) return Advice::kWarn;
  if (idle() >= limit) return Advice::kStop;
  return due_ > given_ ? Advice::kWarn : advice;
}

void IdleTracker::Warned() { given_ = due_; }

Duration IdleTracker::idle() const {
  if (!since_ || !last_) return Duration{0};
  return std::chrono::duration_cast<Duration>(*last_ - *since_);
}

std::string IdleTracker::Evidence(const model::IdleCuller& rule) const {
  std::string text = fmt::format("CPU at most {:.1f} % (threshold {} %)", most_cpu_percent_,
                                 rule.cpu_percent_threshold);
  if (most_gpu_percent_) {
    text += fmt::format(", GPU at most {:.1f} % (threshold {} %)", *most_gpu_percent_,
                        GpuThreshold(rule));
  }
  text += fmt::format(", no kernel executing, {} samples", samples_);
  return text;
}

std::string IdleTracker::Resumption(const model::IdleCuller& rule) const {
  if (!Busy(latest_, rule, has_gpu_)) {
    return fmt::format(
        "No sample for {} seconds",
        std::chrono::duration_cast<std::chrono::seconds>(gap_.value_or(Duration{0})).count());
  }
  std::string text = fmt::format("In use again: CPU {:.1f} % (threshold {} %)", latest_.cpu_percent,
                                 rule.cpu_percent_threshold);
  if (has_gpu_ && latest_.gpu_percent) {
    text +=
        fmt::format(", GPU {:.1f} % (threshold {} %)", *latest_.gpu_percent, GpuThreshold(rule));
  } else if (has_gpu_) {
    text += ", GPU not known, which counts as use";
  }
  if (!latest_.executing_kernels) return text + ", kernels not known, which counts as use";
  const int kernels = *latest_.executing_kernels;
  return text + fmt::format(", {} {} executing", kernels, kernels == 1 ? "kernel" : "kernels");
}

}  // namespace atelier::control
