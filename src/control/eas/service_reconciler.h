#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/task.h"
#include "control/core/orphan.h"
#include "control/eas/health_probe.h"
#include "directory/service_directory.h"
#include "model/catalogue.h"
#include "runtime/driver.h"
#include "store/store.h"

namespace atelier::control {

class Admission;

struct ServiceReconcilerOptions {
  Duration start_deadline{120'000};  // for a replica to run
  Duration ready_deadline{600'000};  // for a service to have what was asked for
  Duration stop_deadline{60'000};    // beyond the time that a replica is granted to end
  Duration call_deadline{10'000};    // one driver call
  Duration observe_every{2'000};     // a look at the world even when nothing woke us
  int max_concurrent = 32;           // services and replicas acted on at once
  Duration keep_events = std::chrono::hours(7 * 24);
  /// Requests that the gateway has under way at a replica: one that leaves ends when there are
  /// none, or after its termination grace.
  std::function<int(const model::InstanceId&)> in_flight = {};
  Admission* admission = nullptr;  // outlives it; without one there is room for everything
};

/// Closes the gap between what services want and what their replicas are, one step at a time, each
/// written down before the next. Replicas are workloads of `driver`, which this reconciler has for
/// itself: what it finds there and does not know runs on and is reported, unless its deletion is on
/// record (control/core/orphans.h). Level-triggered: it may be stopped and
/// started anywhere, and adopts what runs.
///
/// Deadlines (promise 4): a replica that does not run in time is started again after its back-off;
/// a service that is not all there in time is Running with a reason if any replica is ready, else
/// Failed (Scaling: Waiting); a stop that takes too long ends Failed, a deletion DeleteFailed, and
/// both are tried on.
/// Threads: the I/O thread. Added to the store after the directory, whose view it relies on.
class ServiceReconciler : public store::Listener {
 public:
  ServiceReconciler(store::Store& store, const directory::ServiceDirectory& directory,
                    const model::Catalogue& catalogue, runtime::Driver& driver, HealthProbe& probe,
                    Clock& clock, Random& random, Logger& log, asio::any_io_executor io,
                    ServiceReconcilerOptions options);
  ~ServiceReconciler() override;
  ServiceReconciler(const ServiceReconciler&) = delete;
  ServiceReconciler& operator=(const ServiceReconciler&) = delete;

  void Apply(std::span<const store::Change> changes) override;

  /// Adopts what runs, then keeps going until Stop.
  void Start();
  /// Waits for steps under way, at most options.call_deadline. Replicas run on (promise 3).
  Task<void> Stop();
  /// True while nothing is under way that goes on without time passing: no step, no check, no look.
  bool Idle() const;
  /// Workloads that run on though no record wants them (control/core/orphans.h).
  std::size_t orphans() const;
  /// These, and those that have ended and left files; by id.
  std::vector<Orphan> ListOrphans() const;

 private:
  std::shared_ptr<class ServiceEngine>
      engine_;  // shared with the steps under way, which may end after us
};

}  // namespace atelier::control
