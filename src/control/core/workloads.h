#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/task.h"
#include "control/core/held_shards.h"
#include "control/core/orphan.h"
#include "runtime/driver.h"
#include "store/store.h"

namespace atelier::control {

class Admission;
class WorkloadLoop;

struct WorkloadsOptions {
  Duration call_deadline{10'000};  // one driver call
  Duration observe_every{2'000};   // a look at the world even when nothing woke us
  int max_concurrent = 64;         // workloads acted on at once
  Admission* admission = nullptr;  // is told what holds room without a record that says so
};

/// Tends the workloads of all kinds behind one driver, which it has for itself: closes the gap
/// between what the records want and what runs, one step at a time, each written down before the
/// next. Of the shards that this server holds, and of no other. What no kind owns runs on and is
/// reported, unless its end is on record (control/core/orphans.h). Level-triggered: it may be
/// stopped and started anywhere.
///
/// Threads: the I/O thread. Added to the store after the read models and the shards, whose view it
/// relies on. What it and its kinds are given outlives it; calls that hang are forgotten.
class Workloads : public store::Listener {
 public:
  Workloads(store::Store& store, HeldShards& shards, runtime::Driver& driver, Clock& clock,
            Random& random, Logger& log, asio::any_io_executor io, WorkloadsOptions options);
  ~Workloads() override;
  Workloads(const Workloads&) = delete;
  Workloads& operator=(const Workloads&) = delete;

  void Apply(std::span<const store::Change> changes) override;

  /// Adopts what runs, then keeps going until Stop.
  void Start();
  /// Returns when the first look is in and the records say of nothing any more that it runs which
  /// that look showed ended, or whose home is not there; or `by`. Once, after Start.
  Task<void> Adopted(Deadline by);
  /// Waits for steps under way, at most options.call_deadline. Workloads run on (promise 3).
  Task<void> Stop();

  /// Milliseconds from a change to its having been acted on, for /metrics: of the latest, or the
  /// age of the oldest that still waits if that is more.
  double LagMs() const;
  /// True while nothing is under way that goes on without time passing: no step, no sample, no
  /// look. A driver call that hangs counts for its first second only.
  bool Idle() const;
  /// Workloads that run on though no record wants them.
  std::size_t orphans() const;
  /// These, and those that have ended and left files; by id.
  std::vector<Orphan> ListOrphans() const;

  /// For those that add a kind.
  const std::shared_ptr<WorkloadLoop>& loop() const { return loop_; }

 private:
  std::shared_ptr<WorkloadLoop> loop_;  // shared with the steps under way, which may end after us
};

}  // namespace atelier::control
