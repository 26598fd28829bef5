#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/admission.h"
#include "control/core/due_times.h"
#include "control/core/keyed_queue.h"
#include "control/reconcile/loops.h"
#include "control/reconcile/orphans.h"
#include "control/reconcile/world.h"
#include "control/service/drafts.h"
#include "control/service/health.h"
#include "control/service/plan.h"
#include "control/service/replica_step.h"
#include "control/service_reconciler.h"

namespace atelier::control {

/// Behind ServiceReconciler. One queue takes steps of services (PlanService) and of replicas
/// (DecideReplica), each serially; another asks the replicas how they are.
///
/// Nothing here is truth: all of it is rebuilt from the directory and the driver by Start().
class ServiceEngine : public std::enable_shared_from_this<ServiceEngine> {
 public:
  struct Parts {
    store::Store& store;
    const directory::ServiceDirectory& directory;
    const model::Catalogue& catalogue;
    runtime::Driver& driver;
    HealthProbe& probe;
    Clock& clock;
    Random& random;
    Logger& log;
    asio::any_io_executor io;
    ServiceReconcilerOptions options;
  };
  explicit ServiceEngine(Parts parts);

  void Apply(std::span<const store::Change> changes);
  void Start();
  Task<void> Stop() { return loops_.Stop(); }
  void Abandon() { loops_.Abandon(); }
  bool Idle() const;
  const Orphans& orphans() const { return orphans_; }

 private:
  using Place = WorkerSlot;
  using Id = model::InstanceId;  // of a replica, or the text of a service's id

  /// What both kinds of key have: tries that failed are not repeated before a growing pause.
  struct Patience {
    int failures = 0;
    MonoTime retry_at;
  };
  struct ServiceKey {
    model::ServiceStatus status{};
    WallTime since;
    MonoTime deadline = MonoTime::max();
    std::optional<MonoTime>
        late_since;  // its deadline is past, and what was seen since is sinking in
    Patience patience;
  };
  /// A stay is one run of a replica, its leaving, or its waiting for room. All but the world is new
  /// with each.
  struct ReplicaKey {
    model::Generation generation = 0;
    bool leaving = false;
    bool waiting = false;  // for room
    model::ReplicaStatus status{};
    std::uint64_t stay = 0;
    MonoTime deadline;
    MonoTime drain_until;
    bool fenced = false;
    bool ensured = false;
    bool stop_accepted = false;
    bool removed = false;
    bool late_said = false;
    Patience patience;
    directory::ServiceSpecPtr spec;  // of its version, once it was needed
    std::optional<ReplicaHealth> health;
    // the world
    World seen;
    std::uint64_t acted_at = 0;  // number of the latest look begun when we acted last
    std::uint64_t complete_at = 0;
    bool wants_look = false;
    std::optional<MonoTime> missing_since;
    bool lost = false;
  };

  // engine.cpp: what to look at, and when
  void Track(const model::Service& service, bool adopted);
  void Track(const model::Replica& replica, bool adopted);
  void Forget(const Id& id);
  Task<void> RunLooks();
  Task<void> RunDueTimes();
  Task<void> RunSweeps();
  void OnRoom();
  void SetDue(const Id& id, MonoTime when);
  void Digest(Observer::Look look);
  void NoteMissing(const Id& id, ReplicaKey& key, const Observer::Look& look);
  Ownership OwnershipOf(const runtime::WorkloadState& state) const;
  Task<void> Step(Id id, Place& place);
  Duration GraceOf(std::string_view service) const;
  /// `deadline` passed, and a look since then (or a call's time without one) is in: a server that
  /// was held up must not fail what went well meanwhile.
  bool Past(MonoTime deadline) const;
  bool Expired(ServiceKey& key) const;

  // service_act.cpp: one service
  Task<bool> StepService(Id id);
  Task<bool> Carry(directory::ServicePtr service, ServicePlan plan);
  model::Replica NewReplica(const model::Service& service);
  /// In the place of one that is missing; waits if there is no room. `kept`: the room, until the
  /// transaction has ended.
  ReplicaDraft FreshReplica(const model::Service& service, WallTime now,
                            std::vector<Reservation>& kept);
  Task<bool> Erase(directory::ServicePtr service);

  // replica_act.cpp: one replica
  Task<bool> StepReplica(Id id, Place& place);
  ReplicaFacts FactsOf(const model::Replica& replica, const ReplicaKey& key) const;
  Task<bool> Carry(directory::ReplicaPtr replica, ReplicaAct act, Place& place);
  Task<bool> Admit(directory::ReplicaPtr replica);
  Task<bool> Ensure(directory::ReplicaPtr replica, Place& place);
  Task<bool> StopRun(directory::ReplicaPtr replica, ReplicaAct act, Place& place);
  Task<bool> Remove(directory::ReplicaPtr replica, Place& place);
  Task<bool> EraseReplica(directory::ReplicaPtr replica);
  Task<bool> Note(directory::ReplicaPtr replica, ReplicaAct act);
  Task<bool> AskByName(directory::ReplicaPtr replica, Place& place);
  Task<bool> NotePast(directory::ReplicaPtr replica, Place& place);
  Task<bool> SayLate(directory::ReplicaPtr replica);
  Task<bool> Commit(directory::ReplicaPtr replica, std::function<void(ReplicaDraft&)> edit);
  /// What the configuration of the replica's version means.
  Task<Result<directory::ServiceSpecPtr>> SpecFor(directory::ReplicaPtr replica);
  void Settle(const Id& id);
  ReplicaKey* KeyIn(const Id& id, std::uint64_t stay);

  // probes.cpp: how replicas are
  Task<void> Probe(Id id, Place& place);
  void WatchHealth(const model::Replica& replica, ReplicaKey& key);
  Task<void> LoadSpec(Id id);

  bool After(const Status& committed, const Id& id);
  void Postpone(const Id& id);
  Patience* PatienceOf(const Id& id);

  Parts parts_;
  Loops loops_;
  KeyedQueue<model::InstanceId> steps_;
  KeyedQueue<model::InstanceId> probes_;
  Orphans orphans_;
  std::map<Id, ServiceKey> services_;
  std::map<Id, ReplicaKey> replicas_;
  DueTimes<model::InstanceId> due_;
  DueTimes<model::InstanceId> probes_due_;
  std::string tombstones_from_;  // where the next sweep of them begins
  std::uint64_t stays_ = 0;
  MonoTime room_at_ = MonoTime::max();  // room was given back: when those that wait are asked
};

/// For the replicas' steps to tell what a look has shown, before their service is judged by it.
inline constexpr Duration kSinkIn{1'000};

/// Of the text of a service's id, as the queue of steps has it.
inline bool IsService(const model::InstanceId& id) { return id.str().starts_with("eas-m-"); }

}  // namespace atelier::control
