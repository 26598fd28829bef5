#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "runtime/driver.h"
#include "runtime/simulated.h"

namespace atelier::runtime {

/// One run of a simulated workload. What it does is a function of its script and the time, so that
/// the clock may jump anywhere.
class SimulatedRun {
 public:
  SimulatedRun(model::Generation generation, model::Capacity capacity, Script script,
               MonoTime began);

  model::Generation generation() const { return generation_; }
  const Script& script() const { return script_; }
  /// CPU time used so far is kept; from `now` on the new script counts.
  void SetScript(Script script, MonoTime now);
  /// Asked to end; later calls change nothing but the first that forces it.
  void Stop(MonoTime now, StopMode mode);

  /// nullopt: gone without a trace.
  std::optional<Phase> PhaseAt(MonoTime now) const;
  bool AliveAt(MonoTime now) const;
  /// When it does something by itself next, after `now`.
  std::optional<MonoTime> NextChange(MonoTime now) const;
  WorkloadState StateAt(const model::InstanceId& id, MonoTime now, WallTime wall) const;
  /// nullopt: not ready, or gone.
  std::optional<Usage> UsageAt(MonoTime now, WallTime wall) const;
  /// What it has printed so far: one line for each thing it did.
  std::string Output(MonoTime now) const;

 private:
  struct Moments {
    std::optional<MonoTime> prepares, starts, ready, ends;  // empty: never
    bool failed = false;                                    // `ends` is a failure to start,
    int signal = 0;                                         // or, not 0, the answer to a stop
  };
  Moments Timeline() const;
  std::uint64_t CpuMs(MonoTime now) const;

  model::Generation generation_;
  model::Capacity capacity_;
  Script script_;
  MonoTime began_;
  std::optional<MonoTime> stop_asked_;
  std::optional<MonoTime> killed_;  // forced to end
  MonoTime script_since_;
  std::uint64_t cpu_ms_before_ = 0;  // under earlier scripts
  Moments at_;                       // of all the above
};

}  // namespace atelier::runtime
