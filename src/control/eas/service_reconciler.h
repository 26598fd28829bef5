#pragma once
#include <chrono>
#include <functional>

#include "base/clock.h"
#include "control/core/workloads.h"
#include "control/eas/health_probe.h"
#include "directory/service_directory.h"
#include "model/catalogue.h"

namespace atelier::control {

class Admission;

struct ServiceReconcilerOptions {
  Duration start_deadline{120'000};  // for a replica to run
  Duration ready_deadline{600'000};  // for a service to have what was asked for
  Duration stop_deadline{60'000};    // beyond the time that a replica is granted to end
  Duration keep_events = std::chrono::hours(7 * 24);
  /// Requests that the gateway has under way at a replica: one that leaves ends when there are
  /// none, or after its termination grace.
  std::function<int(const model::InstanceId&)> in_flight = {};
  Admission* admission = nullptr;  // outlives it; without one there is room for everything
};

/// Adds replicas to what `workloads` tends, and takes the steps of their services beside it, each
/// written down before the next. Before workloads.Start.
///
/// Deadlines (promise 4): a replica that does not run in time is started again after its back-off;
/// a service that is not all there in time is Running with a reason if any replica is ready, else
/// Failed (Scaling: Waiting); a stop that takes too long ends Failed, a deletion DeleteFailed, and
/// both are tried on.
/// Threads: the I/O thread.
void TendServices(Workloads& workloads, const directory::ServiceDirectory& directory,
                  const model::Catalogue& catalogue, HealthProbe& probe,
                  ServiceReconcilerOptions options);

}  // namespace atelier::control
