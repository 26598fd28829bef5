#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "control/core/workloads.h"
#include "control/dsw/notebook.h"
#include "directory/directory.h"
#include "model/catalogue.h"

namespace atelier::control {

struct ReconcilerOptions {
  // Longest stay in each transient state before its way out is taken (promise 4).
  Duration allocate_deadline{60'000};
  Duration prepare_deadline{600'000};
  Duration start_deadline{120'000};
  Duration stop_deadline{60'000};
  Duration sample_every{15'000};      // usage samples, for metrics and culling
  std::size_t sample_history = 1440;  // samples kept an instance
  NotebookSite site = {};
  std::size_t max_events = 2000;  // an instance; the oldest go (as in Instances::Options)
  std::size_t sample_budget_bytes =
      32U << 20U;  // of all sample histories (control/dsw/reconcile/usage.h)
};

/// One usage sample, turned into rates.
struct UsagePoint {
  WallTime at;
  MonoTime mono;
  double cpu_percent = 0;  // of the instance's capacity
  double cpu_cores = 0;
  double memory_bytes = 0;
  double memory_percent = 0;   // of the instance's capacity
  double network_in_rate = 0;  // bytes a second
  double network_out_rate = 0;
  double disk_read_rate = 0;
  double disk_write_rate = 0;
  std::optional<double> gpu_percent;
  std::optional<int> executing_kernels;
};

struct LatestUsage {
  std::vector<std::pair<model::InstanceId, UsagePoint>> points;
  std::size_t left_out = 0;  // instances that are not among them
};

/// What instances want of the loop that tends their workloads. Also fires shutdown timers and idle
/// cullers.
///
/// Deadlines (promise 4): ResourceAllocating, EnvPreparing, Starting and Stopping have an option
/// each; Recovering and Updating may take the sum of all four, as they stop and start; Creating
/// goes on at once; a deletion past stop_deadline warns and tries again, for ever. They run on the
/// monotonic clock from when this server first saw the state; after a restart the wall time already
/// spent in it counts, at most the whole. A driver that answers nothing at all delays the way out
/// by at most four of WorkloadsOptions::call_deadline (two looks, a forced stop and its end).
///
/// Idle rules: docs/contract/lifecycle.md section 5, and control/dsw/reconcile/idle.h.
/// Cost: only instances that are on their way or running are looked at; resting ones cost nothing.
/// Threads: the I/O thread; IdleMinutes any.
class Reconciler {
 public:
  /// Before workloads.Start.
  Reconciler(Workloads& workloads, const directory::InstanceDirectory& directory,
             const model::Catalogue& catalogue, ReconcilerOptions options,
             std::string notebook_secret);

  /// Where notebooks that start from here on find the API (NotebookSite).
  void SetEndpoint(std::string endpoint, std::uint16_t server_port);

  /// Oldest first, at most options.sample_history. Empty: not sampled yet.
  std::vector<UsagePoint> History(const model::InstanceId& id) const;
  /// The latest point of each running instance that was sampled, of the first `most` by id.
  LatestUsage Latest(std::size_t most) const;
  /// Whole minutes the instance has been idle by its culler's thresholds (0 without a culler),
  /// measured on the monotonic clock since this server saw it running.
  std::int64_t IdleMinutes(const model::InstanceId& id) const;
  /// options.sample_every.
  Duration sample_every() const;

 private:
  std::shared_ptr<class Engine> engine_;  // the loop's, which it keeps alive
};

}  // namespace atelier::control
