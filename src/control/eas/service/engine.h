#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/signal.h"
#include "control/core/admission.h"
#include "control/core/workload_loop.h"
#include "control/eas/service/drafts.h"
#include "control/eas/service/health.h"
#include "control/eas/service/plan.h"
#include "control/eas/service/replica_step.h"
#include "control/eas/service_reconciler.h"

namespace atelier::control {

/// Behind TendServices: what replicas want of the loop that tends their workloads
/// (DecideReplica). Beside it, one keyed loop takes steps of services (PlanService), and another
/// asks the replicas how they are.
///
/// Nothing here is truth: all of it is rebuilt from the directory and the driver by Adopt.
class ServiceEngine final : public WorkloadPolicy {
 public:
  ServiceEngine(WorkloadLoop& loop, const directory::ServiceDirectory& directory,
                const model::Catalogue& catalogue, HealthProbe& probe,
                ServiceReconcilerOptions options);

  // engine.cpp: what to look at, and when
  store::Kind kind() const override { return store::Kind::kServiceReplica; }
  std::optional<std::string> ShardKeyOf(const WorkloadId& id) const override;
  std::optional<Ownership> OwnershipOf(const runtime::WorkloadState& state) const override;
  MonoTime NextObservation(const WorkloadId& id, const WorkloadFacts& facts) const override;
  Duration overdue_again() const override { return options_.stop_deadline; }
  void Adopt(const ShardSet& shards) override;
  void Disown(const ShardSet& shards) override;
  void Begin() override;
  void End() override;
  void Apply(const store::Change& change) override;
  bool idle() const override { return services_loop_.idle() && probes_loop_.idle(); }
  void Forgotten(const WorkloadId& id) override;

  // replica_act.cpp: what one replica wants next
  std::optional<WorkloadStep> Decide(const WorkloadId& id, const WorkloadFacts* facts) override;
  Task<Result<runtime::Workload>> SpecOf(WorkloadId id) override;
  Task<Status> WriteRefused(WorkloadId id, store::Lease lease, Error why) override;

 private:
  struct ServiceKey {
    model::ServiceStatus status{};
    Moment since;
    MonoTime deadline = MonoTime::max();
    // Its deadline is past, and its replicas' steps have until kSettle later to tell what was seen.
    std::optional<MonoTime> late_since;
    Backoff backoff;
  };
  /// The checks of one run of a replica.
  struct Watched {
    model::Generation generation = 0;
    directory::ServiceSpecPtr spec;  // of its version, once it was read
    std::optional<ReplicaHealth> health;
  };

  void Track(const model::Service& service, bool adopted);
  void Track(const model::Replica& replica, bool adopted);
  StateEpoch EpochOf(const model::Replica& replica) const;
  Task<void> RunRoom();
  Task<void> RunSweeps();
  Task<Status> Sweep();
  void OnRoom();
  Duration GraceOf(std::string_view service) const;

  // service_act.cpp: one service
  Task<MonoTime> Step(model::ServiceId id);
  Task<bool> StepOnce(model::ServiceId id);
  MonoTime ScheduleNext(const model::ServiceId& id);
  bool Expired(ServiceKey& key) const;
  bool After(const Status& committed, const model::ServiceId& id);
  Task<bool> Execute(directory::ServicePtr service, store::Lease lease, ServicePlan plan);
  model::Replica NewReplica(const model::Service& service);
  /// In the place of one that is missing; waits if there is no room. `kept`: the room, until the
  /// transaction has ended.
  ReplicaDraft FreshReplica(const model::Service& service, const Moment& now,
                            std::vector<Reservation>& kept);
  Task<bool> Erase(directory::ServicePtr service, store::Lease lease);

  // replica_act.cpp
  WorkloadStep StepOf(const directory::ReplicaPtr& replica, const WorkloadFacts& seen);
  WorkloadStep Admit(const directory::ReplicaPtr& replica);
  WorkloadStep Record(const directory::ReplicaPtr& replica, ReplicaAct act,
                      const WorkloadFacts& facts);
  Task<Status> NotePast(directory::ReplicaPtr replica, runtime::WorkloadState past, Turn turn);
  Task<Status> EraseReplica(directory::ReplicaPtr replica, store::Lease lease);
  Task<Status> Commit(directory::ReplicaPtr replica, store::Lease lease,
                      std::function<void(ReplicaDraft&)> edit);
  /// What the configuration of the replica's version means.
  Task<Result<directory::ServiceSpecPtr>> SpecFor(directory::ReplicaPtr replica);

  // probes.cpp: how replicas are
  Task<MonoTime> Probe(model::InstanceId id, WorkerSlot& slot);
  Task<Result<bool>> Ask(model::InstanceId id, model::HealthCheck check);
  void WatchHealth(const model::Replica& replica);
  Task<void> LoadSpec(model::InstanceId id);
  Watched* WatchedRun(const model::InstanceId& id, model::Generation generation);

  WorkloadLoop& loop_;
  const WorkloadLoop::Parts& parts_ = loop_.parts();
  const directory::ServiceDirectory& directory_;
  const model::Catalogue& catalogue_;
  HealthProbe& probe_;
  const ServiceReconcilerOptions options_;
  Signal room_changed_;
  Signal ending_;
  KeyedLoop<model::ServiceId> services_loop_;
  KeyedLoop<model::InstanceId> probes_loop_;
  std::map<model::ServiceId, ServiceKey> services_;
  std::map<model::InstanceId, Watched> watched_;
  std::string tombstones_from_;         // where the next sweep of them begins
  MonoTime room_at_ = MonoTime::max();  // room was given back: when those that wait are asked
};

}  // namespace atelier::control
