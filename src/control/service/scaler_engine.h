#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/gate.h"
#include "base/signal.h"
#include "control/reconcile/driver_call.h"
#include "control/service/autoscale.h"
#include "control/service/cron_jobs.h"
#include "control/service/drafts.h"
#include "control/service_scaler.h"

namespace atelier::control {

/// Behind ServiceScaler: one loop, which looks at all services now and then, and at those that are
/// wanted at once.
class ScalerEngine : public std::enable_shared_from_this<ScalerEngine> {
 public:
  struct Parts {
    store::Store& store;
    const directory::ServiceDirectory& directory;
    const model::Catalogue& catalogue;
    runtime::Driver& driver;
    Clock& clock;
    Logger& log;
    asio::any_io_executor io;
    ServiceScalerOptions options;
  };
  explicit ScalerEngine(Parts parts);

  void Start();
  Task<void> Stop();
  /// As kill -9 would.
  void Abandon();
  void Wanted(const model::ServiceId& id);
  std::vector<MeasuredMetric> MeasuredOf(const model::ServiceId& id) const;

 private:
  /// Of a service that has an autoscaler.
  struct Watched {
    ScaleMemory memory;
    std::optional<MonoTime> looked;
    model::ServiceTraffic traffic;                      // then
    std::map<model::InstanceId, runtime::Usage> usage;  // then
    std::vector<MeasuredMetric> measured;
  };

  static Task<void> Run(std::shared_ptr<ScalerEngine> self, Gate::Pass pass);
  Task<void> LookAtAll();
  Task<void> Look(directory::ServicePtr service);
  /// Decides on what the gateway says alone.
  Task<void> Hurry(model::ServiceId id);
  Task<std::optional<double>> CpuOf(directory::ServicePtr service);
  /// How long until the next time.
  Task<Duration> RunAllJobs();
  Task<void> RunJobs(directory::ServicePtr service);
  Task<void> Write(ServiceDraft draft);
  Task<void> Carry(directory::ServicePtr service, ScaleDecision decision);
  model::ServiceTraffic TrafficOf(const model::ServiceId& id) const;
  std::int64_t ReadyOf(const model::ServiceId& id) const;

  Parts parts_;
  bool running_ = false;
  Gate gate_;
  DriverCalls calls_;
  Signal wake_;
  std::set<model::ServiceId> wanted_;
  std::map<model::ServiceId, Watched> watched_;
  CronTimes crons_;
};

}  // namespace atelier::control
