#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "control/change/draft.h"
#include "control/core/due_times.h"
#include "control/core/keyed_queue.h"
#include "control/reconcile/decide.h"
#include "control/reconcile/idle.h"
#include "control/reconcile/loops.h"
#include "control/reconcile/orphans.h"
#include "control/reconcile/run_health.h"
#include "control/reconcile/usage.h"
#include "control/reconcile/world.h"
#include "control/reconciler.h"
#include "model/audit.h"

namespace atelier::control {

/// Behind Reconciler. Three loops feed two queues: observations and due times bring instances to
/// `steps_`, where StepOnce asks Decide and acts; the sampling loop brings the running ones to
/// `samples_`.
///
/// Nothing here is truth: all of it is rebuilt from the directory and the driver by Start().
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  struct Parts {
    store::Store& store;
    const directory::InstanceDirectory& directory;
    const model::Catalogue& catalogue;
    runtime::Driver& driver;
    Clock& clock;
    Random& random;
    Logger& log;
    asio::any_io_executor io;
    ReconcilerOptions options;
    std::string notebook_secret;
  };
  explicit Engine(Parts parts);

  void Apply(std::span<const store::Change> changes);
  void SetEndpoint(std::string endpoint, std::uint16_t server_port) {
    parts_.options.site.endpoint = std::move(endpoint);
    parts_.options.site.server_port = server_port;
  }
  void Start();
  Task<void> Stop() { return loops_.Stop(); }
  void Abandon() { loops_.Abandon(); }

  std::vector<UsagePoint> History(const model::InstanceId& id) const;
  LatestUsage Latest(std::size_t most) const { return history_.Latest(most); }
  std::int64_t IdleMinutes(const model::InstanceId& id) const;
  double LagMs() const;
  bool Idle() const;
  const Orphans& orphans() const { return orphans_; }
  Duration sample_every() const { return parts_.options.sample_every; }

 private:
  /// What this server remembers of an instance that is on its way, running, or being cleaned up.
  struct Key {
    // The stay in one state. All but the world is new when one of these three changes.
    model::InstanceStatus status{};
    model::Generation generation = 0;
    WallTime since;
    std::uint64_t stay = 0;  // names this stay: what a late answer must match to count
    MonoTime deadline;
    // what was done in this stay (control/reconcile/decide.h)
    bool fenced = false;
    bool ensured = false;
    bool stop_accepted = false;
    bool forced = false;
    bool removed = false;
    bool overdue_said = false;
    int failures = 0;  // of driver and store, in a row
    MonoTime retry_at;
    std::uint64_t acted_at = 0;  // number of the latest observation begun when we acted last
    bool wants_look = false;     // the next complete observation brings it back
    // the world
    World seen;
    std::uint64_t complete_at = 0;  // number of the latest complete observation that is in `seen`
    bool past_starting = false;     // of this generation
    std::optional<MonoTime> missing_since;
    bool lost = false;

    std::optional<MonoTime>
        changed_at;  // when the feed brought the change that is not acted on yet
  };
  struct Meter {
    model::Generation generation = 0;
    UsageMeter usage;
    RunHealth health{false};
    std::optional<model::IdleCuller> rule;  // that `idle` measures by
    std::optional<IdleTracker> idle;
  };
  using Place = WorkerSlot;

  // engine.cpp: what to look at, and when
  void Track(const model::Instance& instance, bool adopted);
  void TrackTimer(const model::Instance& instance);
  void TrackMeter(const model::Instance& instance, bool adopted);
  void Forget(const model::InstanceId& id);
  void DropKey(const model::InstanceId& id);
  /// The key's change has been acted on; when it came, if one was waiting.
  std::optional<MonoTime> ActedOn(Key& key);
  Duration LimitOf(model::InstanceStatus status) const;
  void SetDue(const model::InstanceId& id, MonoTime when);  // max(): not at all
  Task<void> RunDueTimes();
  MonoTime FireDue();

  // observe.cpp: the world
  Task<void> RunObservations();
  void Digest(Observer::Look look);
  void NoteMissing(const model::InstanceId& id, Key& key, std::uint64_t number, MonoTime begun);
  Orphans::Claim ClaimOf(const runtime::WorkloadState& state) const;

  // step.cpp: one instance
  Task<void> Step(model::InstanceId id, Place& place);
  /// True: there may be more to do at once.
  Task<bool> StepOnce(model::InstanceId id, Place& place);
  void Settle(const model::InstanceId& id);
  Facts FactsOf(const model::Instance& instance, const Key& key) const;
  /// Its deadline passed, and a look since then (or a call's time without one) showed no way on: a
  /// server that was held up must not fail what went well meanwhile.
  bool Expired(const Key& key) const;
  Task<bool> Carry(directory::InstancePtr now, Decision decision, Place& place);
  Task<bool> Look(const model::InstanceId& id);
  Task<bool> Move(directory::InstancePtr now, Decision decision);
  Task<bool> GiveUp(directory::InstancePtr now, Reason reason);
  Task<bool> Recover(directory::InstancePtr now, Place& place);
  /// Asks the driver by name for what its observations do not show. True unless it is gone for
  /// sure.
  Task<bool> LivesUnseen(directory::InstancePtr now, Place& place);
  Task<bool> FireTimer(directory::InstancePtr now);

  // act.cpp: its driver calls and its end
  Task<bool> Ensure(directory::InstancePtr now, Place& place);
  Task<bool> StopWorkload(directory::InstancePtr now, Act act, Place& place);
  Task<bool> Remove(directory::InstancePtr now, Place& place);
  Task<bool> Erase(directory::InstancePtr now);
  Task<bool> SayOverdue(directory::InstancePtr now);

  /// One transaction on `now`. Aborted: it is not the present state any more; look again.
  Task<Status> Commit(directory::InstancePtr now, std::function<void(Draft&)> edit);
  /// What Step does next after a commit: go on, or come back later.
  bool After(const Status& committed, const model::InstanceId& id);
  /// Not before a growing, jittered pause.
  void Postpone(const model::InstanceId& id);
  /// The key if it is still in the same stay; nullptr: what was just learnt is about the past.
  Key* KeyIn(const model::InstanceId& id, std::uint64_t stay);
  std::uint64_t StayOf(const model::InstanceId& id) const;
  /// Of one driver call: it does not outlast the state it is made in.
  Deadline CallDeadline(const model::InstanceId& id) const;
  model::Actor System(std::string operation);

  // sample.cpp: usage, health and idle rules
  Task<void> RunSamples();
  Task<void> Sample(model::InstanceId id, Place& place);
  /// Tells what `meter.health` found: on the record whether it answers, as events what it lost.
  Task<void> NoteHealth(model::InstanceId id);
  Task<void> ActOnIdle(model::InstanceId id, IdleTracker::Advice advice);

  Parts parts_;
  Loops loops_;
  KeyedQueue<model::InstanceId> steps_;
  KeyedQueue<model::InstanceId> samples_;
  Orphans orphans_;

  std::map<model::InstanceId, Key> keys_;
  DueTimes<model::InstanceId> due_;
  std::map<model::InstanceId, WallTime> timers_;
  std::set<std::pair<WallTime, model::InstanceId>> timers_due_;
  std::map<model::InstanceId, Meter> meters_;
  UsageHistory history_;

  std::uint64_t stays_ = 0;
  double lag_ms_ = 0;
  std::multiset<MonoTime> unacted_;  // the changed_at of every key that has one
};

}  // namespace atelier::control
