#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/gate.h"
#include "base/signal.h"
#include "control/core/driver_call.h"
#include "control/core/keyed_loop.h"
#include "control/eas/service/autoscale.h"
#include "control/eas/service/cron_jobs.h"
#include "control/eas/service/drafts.h"
#include "control/eas/service_scaler.h"

namespace atelier::control {

/// Behind ServiceScaler: a loop for each kind of work, each service serially in each. The loads are
/// looked at and the jobs listed now and then, by ticks.
class ScalerEngine : public std::enable_shared_from_this<ScalerEngine> {
 public:
  struct Parts {
    store::Store& store;
    const HeldShards& shards;
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
  void ActivateFromZero(const model::ServiceId& id);
  std::vector<MeasuredMetric> MeasuredOf(const model::ServiceId& id) const;

 private:
  /// Of a service that has an autoscaler.
  struct Watched {
    ScaleState state;
    std::optional<MonoTime> looked;
    model::ServiceTraffic traffic;  // then
    struct Sample {
      runtime::Usage usage;
      MonoTime at;
    };
    std::map<model::InstanceId, Sample> samples;  // then
    std::vector<MeasuredMetric> measured;
  };

  using Loop = KeyedLoop<model::ServiceId>;
  Loop::Parts LoopParts(std::string name);
  void End();
  static Task<void> Tick(std::shared_ptr<ScalerEngine> self, Gate::Pass pass);
  void EvaluateAll();
  Task<MonoTime> Evaluate(model::ServiceId id, WorkerSlot& slot);
  /// Decides on what the gateway says alone.
  Task<MonoTime> StepAtZero(model::ServiceId id);
  Task<std::optional<double>> CpuOf(directory::ServicePtr service, WorkerSlot& slot);
  /// How long until the next time.
  Duration ListDueJobs();
  Task<MonoTime> RunJobs(model::ServiceId id);
  Task<void> Write(store::Lease lease, ServiceDraft draft);
  Task<void> Execute(directory::ServicePtr service, store::Lease lease, ScaleDecision decision);
  model::ServiceTraffic TrafficOf(const model::ServiceId& id) const;
  std::int64_t ReadyOf(const model::ServiceId& id) const;

  Parts parts_;
  bool running_ = false;
  Gate gate_;
  DriverCalls calls_;
  Signal ending_;
  Loop looks_;
  Loop activations_;
  Loop jobs_;
  std::map<model::ServiceId, Watched> watched_;
  CronTimes crons_;
};

}  // namespace atelier::control
