#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "control/dsw/reconciler.h"
#include "model/instance.h"

namespace atelier::control {

/// How long one instance has been idle by its rule, by evidence only: a stretch counts from a
/// sample that showed it idle to a later one, on the monotonic clock, with no busy or missing
/// sample in between. The wall clock plays no part, and a new server begins at zero, so the length
/// is never overstated.
class IdleTracker {
 public:
  explicit IdleTracker(Duration sample_every) : sample_every_(sample_every) {}

  enum class Advice : std::uint8_t {
    kNothing,
    kWarn,     // tell the user; answer with Warned() once that is durable
    kStop,     // idle for as long as the rule says, and warned before
    kResumed,  // busy again after a warning
  };
  Advice Add(const UsagePoint& point, const model::IdleCuller& rule, bool has_gpu);
  void Warned();

  Duration idle() const;
  /// "CPU at most 2.1 % (threshold 10 %), no kernel executing, 121 samples": the numbers of a
  /// decision.
  std::string Evidence(const model::IdleCuller& rule) const;
  /// After kResumed, what ended the stretch: "In use again: CPU 52.3 % (threshold 10 %), 1 kernel
  /// executing", or "No sample for 61 seconds" where nothing is known of the time between.
  std::string Resumption(const model::IdleCuller& rule) const;

 private:
  Advice Restart(std::optional<MonoTime> since);

  Duration sample_every_;
  std::optional<MonoTime> since_;  // first sample of the idle stretch
  std::optional<MonoTime> last_;   // latest sample of any kind
  std::ptrdiff_t due_ = 0;         // warnings that this stretch is long enough for
  std::ptrdiff_t given_ = 0;       // of these, how many the user got
  std::size_t samples_ = 0;
  double most_cpu_percent_ = 0;
  std::optional<double> most_gpu_percent_;
  UsagePoint latest_;
  bool has_gpu_ = false;
  std::optional<Duration> gap_;  // before the latest sample, if it was too long
};

}  // namespace atelier::control
