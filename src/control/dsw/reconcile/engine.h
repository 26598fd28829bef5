#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/signal.h"
#include "control/core/due_times.h"
#include "control/core/keyed_queue.h"
#include "control/core/workload_loop.h"
#include "control/dsw/change/draft.h"
#include "control/dsw/reconcile/decide.h"
#include "control/dsw/reconcile/idle.h"
#include "control/dsw/reconcile/run_health.h"
#include "control/dsw/reconcile/usage.h"
#include "control/dsw/reconciler.h"
#include "model/audit.h"

namespace atelier::control {

/// Behind Reconciler: what instances want of the loop that tends their workloads. Beside it, the
/// sampling loop brings the running ones to `samples_`, and timers fire by the wall clock.
///
/// Nothing here is truth: all of it is rebuilt from the directory and the driver by Adopt.
class Engine final : public WorkloadPolicy {
 public:
  Engine(WorkloadLoop& loop, const directory::InstanceDirectory& directory,
         const model::Catalogue& catalogue, ReconcilerOptions options, std::string notebook_secret);

  void SetEndpoint(std::string endpoint, std::uint16_t server_port) {
    options_.site.endpoint = std::move(endpoint);
    options_.site.server_port = server_port;
  }
  std::vector<UsagePoint> History(const model::InstanceId& id) const;
  LatestUsage Latest(std::size_t most) const { return history_.Latest(most); }
  std::int64_t IdleMinutes(const model::InstanceId& id) const;
  Duration sample_every() const { return options_.sample_every; }

  // engine.cpp: what to look at, and when
  store::Kind kind() const override { return store::Kind::kInstance; }
  std::optional<Ownership> OwnershipOf(const runtime::WorkloadState& state) const override;
  MonoTime NextObservation(const WorkloadId&, const WorkloadFacts&) const override {
    return MonoTime::max();
  }
  Duration overdue_again() const override { return options_.stop_deadline; }
  void Adopt(const ShardSet& shards) override;
  void Disown(const ShardSet& shards) override;
  void Begin() override;
  void End() override;
  void Apply(const store::Change& change) override;
  bool idle() const override { return samples_.idle() && !sampling_; }
  void Forgotten(const WorkloadId& id) override;

  // step.cpp: what one instance wants next
  std::optional<WorkloadStep> Decide(const WorkloadId& id, const WorkloadFacts* facts) override;
  Task<Result<runtime::Workload>> SpecOf(WorkloadId id) override;
  Task<Status> WriteRefused(WorkloadId id, store::Lease lease, Error why) override;

 private:
  struct Meter {
    model::Generation generation = 0;
    UsageMeter usage;
    RunHealth health{false};
    std::optional<model::IdleCuller> rule;  // that `idle` measures by
    std::optional<IdleTracker> idle;
    // of the record
    model::Capacity capacity;
    bool has_gpu = false;
    bool is_unreachable = false;  // it says so
  };

  void Track(const model::Instance& instance, bool adopted);
  void TrackTimer(const model::Instance& instance);
  void TrackMeter(const model::Instance& instance, bool adopted);
  StateEpoch EpochOf(const model::Instance& instance) const;
  Duration LimitOf(model::InstanceStatus status) const;
  Task<void> RunTimers();

  /// What a step is about: the instance as it was decided on, and what it is decided under.
  struct Matter {
    directory::InstancePtr now;
    store::Lease lease;
  };
  WorkloadStep StepOf(const directory::InstancePtr& now, const WorkloadFacts& seen);
  Task<Status> Move(Matter matter, model::InstanceStatus to);
  Task<Status> GiveUp(Matter matter, Reason reason);
  Task<Status> Recover(Matter matter, const std::string& what);
  Task<Status> Follow(Matter matter, const runtime::WorkloadState& newer);
  Task<Status> FireTimer(Matter matter);
  Task<Status> Erase(Matter matter);
  Task<Status> SayOverdue(Matter matter);
  /// One transaction on the instance. Aborted: it is not in that state any more, or another server
  /// acts for it; look again.
  Task<Status> Commit(Matter matter, std::function<void(Draft&)> edit);
  model::Actor System(std::string operation);

  // sample.cpp: usage, health and idle rules
  /// What a sample has shown that is to be acted on.
  struct Finding {
    bool is_ill = false;  // or well again: NoteHealth
    IdleTracker::Advice advice = IdleTracker::Advice::kNothing;
    explicit operator bool() const { return is_ill || advice != IdleTracker::Advice::kNothing; }
  };
  Task<void> RunSamples();
  /// All at once where the driver has the answers in memory, a slice at a time; what is left, one
  /// by one, is for `samples_`.
  Task<void> SampleAll();
  void SampleAtOnce(const model::InstanceId& id, Meter& meter);
  Task<void> Sample(model::InstanceId id, WorkerSlot& slot);
  /// `in_time`: it did not take so long that nobody knows of when the counters are.
  Finding Measure(const model::InstanceId& id, Meter& meter, const runtime::Usage& usage,
                  bool in_time);
  Task<void> Act(model::InstanceId id, Finding finding);
  /// Tells what `meter.health` found: on the record whether it answers, as events what it lost.
  Task<void> NoteHealth(model::InstanceId id, store::Lease lease);
  Task<void> ActOnIdle(model::InstanceId id, store::Lease lease, IdleTracker::Advice advice);

  WorkloadLoop& loop_;
  const WorkloadLoop::Parts& parts_ = loop_.parts();
  const directory::InstanceDirectory& directory_;
  const model::Catalogue& catalogue_;
  ReconcilerOptions options_;
  const std::string notebook_secret_;
  Signal timers_changed_;
  Signal ending_;
  KeyedQueue<model::InstanceId> samples_;
  std::map<model::InstanceId, Finding> findings_;  // to be acted on by `samples_`
  bool sampling_ = false;
  DueTimes<model::InstanceId, WallTime> timers_;
  /// Held to change which meters there are or how long an instance was idle, and to read that on
  /// another thread; this one reads without.
  mutable std::mutex idle_mutex_;
  std::map<model::InstanceId, Meter> meters_;
  UsageHistory history_;
};

}  // namespace atelier::control
