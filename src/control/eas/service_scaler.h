#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "control/core/held_shards.h"
#include "directory/service_directory.h"
#include "model/catalogue.h"
#include "model/scaler.h"
#include "runtime/driver.h"
#include "store/store.h"

namespace atelier::control {

struct ServiceScalerOptions {
  Duration every{5'000};          // a look at every service that has an autoscaler
  Duration call_deadline{2'000};  // for the driver to say what the replicas use, all of one service
  std::function<model::ServiceTraffic(const model::ServiceId&)> traffic = {};
};

/// One metric of a strategy, as it was measured last.
struct MeasuredMetric {
  model::ScaleMetric metric{};
  double average = 0;  // over the ready replicas
};

/// Changes the numbers of replicas of services whose users left that to the server. Decides nothing
/// but numbers: each decision is one transaction, as a ScaleService would be, with an event that
/// has its reasons, and the reconciler does the rest.
///
/// Of services whose shards this server holds, and of no other. What it remembers of the load is in
/// memory only: after a restart, or at another server, windows begin anew.
/// Threads: the I/O thread.
class ServiceScaler {
 public:
  ServiceScaler(store::Store& store, const HeldShards& shards,
                const directory::ServiceDirectory& directory, const model::Catalogue& catalogue,
                runtime::Driver& driver, Clock& clock, Logger& log, asio::any_io_executor io,
                ServiceScalerOptions options);
  ~ServiceScaler();
  ServiceScaler(const ServiceScaler&) = delete;
  ServiceScaler& operator=(const ServiceScaler&) = delete;

  void Start();
  /// Waits for what is under way, at most two call deadlines.
  Task<void> Stop();

  /// A request waits for a service without a ready replica.
  void ActivateFromZero(const model::ServiceId& id);

  /// Of the strategies of its autoscaler that could be measured, in their order.
  std::vector<MeasuredMetric> MeasuredOf(const model::ServiceId& id) const;

 private:
  std::shared_ptr<class ScalerEngine> engine_;  // shared with the look under way
};

}  // namespace atelier::control
