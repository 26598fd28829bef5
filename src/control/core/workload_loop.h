#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/gate.h"
#include "base/log.h"
#include "base/random.h"
#include "base/signal.h"
#include "control/core/backoff.h"
#include "control/core/driver_call.h"
#include "control/core/held_shards.h"
#include "control/core/keyed_loop.h"
#include "control/core/observed_state.h"
#include "control/core/observer.h"
#include "control/core/orphans.h"
#include "control/core/workload_policy.h"
#include "store/store.h"

namespace atelier::control {

class Admission;

/// Tends the workloads behind one driver, whatever their kinds: observations, changes of records
/// and due times bring each to its next step, which its policy decides and this carries out.
/// Level-triggered: it may end anywhere and begin again.
///
/// Of each shard that this server holds, and of no other: it takes them up and lets them go as it
/// is told (control/core/held_shards.h). A step has one lease from its decision to its write.
///
/// What nobody's policy knows is an orphan (control/core/orphans.h). Nothing here is truth:
/// all is rebuilt from the read models and the driver. One thread.
class WorkloadLoop : public ShardWatcher, public std::enable_shared_from_this<WorkloadLoop> {
 public:
  struct Parts {
    store::Store& store;
    HeldShards& shards;
    runtime::Driver& driver;
    Clock& clock;
    Random& random;
    Logger& log;
    asio::any_io_executor io;
    Duration observe_every;          // when nothing wakes us
    Duration call_deadline;          // of one driver call
    std::size_t width;               // workloads acted on at once
    Admission* admission = nullptr;  // is told what runs without a record that says so
  };
  /// Owned by a shared_ptr: it is kept alive while anything is under way.
  explicit WorkloadLoop(Parts parts);
  WorkloadLoop(const WorkloadLoop&) = delete;
  WorkloadLoop& operator=(const WorkloadLoop&) = delete;
  ~WorkloadLoop() override = default;

  /// Before Start. What the policy uses outlives Abandon.
  template <class Policy>
  Policy& Own(std::unique_ptr<Policy> policy) {
    Policy& owned = *policy;
    policies_.push_back(std::move(policy));
    return owned;
  }
  /// Adopts what runs: no step is taken before the first look at the world is in.
  void Start();
  /// Waits for steps under way, at most call_deadline. Workloads run on (promise 3).
  Task<void> Stop();
  /// As kill -9 would: nothing is begun any more, calls under way are forgotten.
  void Abandon();
  void Apply(std::span<const store::Change> changes);
  void Lost(const ShardSet& shards) override;
  void Gained(const ShardSet& shards) override;
  /// Returns when no record says any more that something runs which the first look did not show
  /// alive, or `by`. Its home is asked for: what has none is not brought back as if it had. Once.
  Task<void> Adopted(Deadline by);

  /// The record of `id` is new or has changed, and says this. `adopted`: this server has just
  /// begun to hold its shard. Nothing, while another holds it.
  void Track(WorkloadPolicy& policy, const WorkloadId& id, const StateEpoch& epoch, bool adopted);
  void Forget(const WorkloadId& id);
  /// What to act under for `key`'s shard (store::ShardOf); nullopt: not at all.
  std::optional<store::Lease> LeaseFor(std::string_view key) const {
    return parts_.shards.LeaseFor(key);
  }
  /// The same of a workload, which may have no record.
  std::optional<store::Lease> LeaseOf(const WorkloadId& id) const;
  bool Holds(const store::Lease& lease) const { return parts_.shards.Holds(lease); }
  /// A step soon.
  void Add(const WorkloadId& id) { steps_.Add(id); }

  /// `deadline` has passed, and a look since then (or a call's time without one) is in: a server
  /// that was held up must not fail what went well meanwhile.
  bool Past(MonoTime deadline) const;
  /// What of `id` has not ended, as last seen; nullopt: nothing.
  std::optional<model::Capacity> LivingOf(const WorkloadId& id) const;
  /// Of what no policy owns: kUnknown.
  Ownership OwnershipOf(const runtime::WorkloadState& state) const;
  /// Milliseconds from a change to its being acted on: of the latest, or the age of the oldest
  /// that still waits if that is more.
  double LagMs() const;
  /// Nothing goes on without time passing.
  bool Idle() const;
  const Orphans& orphans() const { return orphans_; }

  // For what a policy runs beside the loop, and for its own steps.
  /// Until the end; not once it has come: then `task` is dropped.
  void Run(std::string_view name, Task<void> task);
  bool running() const { return running_; }  // Start was called, Stop and Abandon were not
  bool abandoned() const { return abandoned_; }
  Gate& gate() { return gate_; }
  Observer& observer() { return observer_; }
  const Parts& parts() const { return parts_; }
  const std::vector<std::unique_ptr<WorkloadPolicy>>& policies() const { return policies_; }
  /// What a queue or a loop of a policy keeps alive (KeyedQueue).
  std::function<std::shared_ptr<void>()> owner() {
    return [this] { return shared_from_this(); };
  }
  /// Of a loop that a policy runs beside this one.
  template <class Key>
  typename KeyedLoop<Key>::Parts LoopParts(const std::string& name, std::size_t width) {
    return {.clock = parts_.clock,
            .io = parts_.io,
            .name = name,
            .width = width,
            .gate = gate_,
            .owner = owner()};
  }
  /// One driver call (DriverCalls::Within). Cancelled: this server acts no more.
  template <class T>
  Task<T> Call(Deadline by, WorkerSlot* slot, Task<T> call) {
    auto answer = co_await calls_.Within(by, slot, std::move(call));
    if (abandoned_) co_return Error(Code::kCancelled, "The reconciler is gone.");
    co_return answer;
  }

 private:
  struct Key {
    WorkloadPolicy* policy = nullptr;
    store::Lease lease;
    StateEpoch epoch;
    // This epoch. All but the world is new with each, unless it is about the same life.
    std::uint64_t number = 0;  // names this epoch: what a late answer must match to count
    MonoTime began;
    MonoTime deadline;
    WorkloadProgress done;
    bool overdue_said = false;
    Backoff backoff;
    std::uint64_t acted_at = 0;  // number of the latest observation begun when we acted last
    bool wants_look = false;     // the next complete observation brings it back
    // the world
    ObservedState seen;
    std::uint64_t complete_at = 0;  // number of the latest complete observation that is in `seen`
    std::optional<MonoTime> missing_since;
    bool lost = false;

    std::optional<MonoTime> changed_at;  // of the record, and not acted on yet
  };

  static Task<void> Keep(std::shared_ptr<void> owner, Gate::Pass pass, Task<void> task);
  Task<void> Observe();
  void TakeUp(const ShardSet& shards);
  /// A look has ended: steps about the workloads that waited for one may be taken.
  void OnLooked();
  /// What the records say runs, and the first look did not show.
  Task<void> CheckRunning();
  Task<void> CheckHome(WorkloadId id, Deadline by);
  void Believe(const WorkloadId& id);
  void End();
  /// A slice at a time: between two of them records come, change and go.
  Task<void> Ingest(Observer::Observed look);
  /// `key`: nullptr if nobody tends it.
  void IngestOne(const WorkloadId& id, Key* key, ObservedState shown,
                 const Observer::Observed& look);
  void NoteMissing(const WorkloadId& id, Key& key, std::uint64_t number, MonoTime begun);
  void BeginEpoch(Key& key, const StateEpoch& epoch, bool adopted);
  void DropKey(const WorkloadId& id);
  /// The key's change has been acted on; when it came, if one was waiting.
  std::optional<MonoTime> ActedOn(Key& key);
  WorkloadFacts FactsOf(const Key& key) const;

  Task<MonoTime> Step(WorkloadId id, WorkerSlot& slot);
  /// True: there may be more to do at once. `resting`: the back-off of one without a key.
  Task<bool> StepOnce(WorkloadId id, WorkerSlot& slot, Backoff& resting);
  Task<bool> StepAtRest(WorkloadId id, WorkerSlot& slot, Backoff& resting);
  Task<bool> Execute(WorkloadId id, WorkloadStep step, Turn turn);
  Task<bool> Write(WorkloadId id, WorkloadStep step, Turn turn, Backoff& backoff);
  Task<bool> Ensure(WorkloadId id, Turn turn);
  Task<bool> StopWorkload(WorkloadId id, WorkloadStep step, Turn turn);
  Task<bool> Remove(WorkloadId id, Turn turn);
  Task<bool> AskByName(WorkloadId id, WorkloadStep step, Turn turn);
  Task<bool> SayOverdue(WorkloadId id, WorkloadStep step, Turn turn);
  /// When the next step is due.
  MonoTime ScheduleNext(const WorkloadId& id, const Backoff& resting);

  /// What a step does next after a commit: go on, or come back later.
  bool After(const Status& written, const WorkloadId& id, Backoff& backoff);
  void Warn(std::string_view what, const WorkloadId& id, const Error& error);
  void Postpone(Key& key) { key.backoff.Fail(parts_.clock, parts_.random); }
  /// The key if it is still in the same epoch; nullptr: what was just learnt is about the past.
  Key* KeyIn(const WorkloadId& id, std::uint64_t epoch);
  /// Of one driver call: it does not outlast the epoch it is made in.
  Deadline CallDeadline(const Key& key) const;

  const Parts parts_;
  bool running_ = false;
  bool abandoned_ = false;
  Gate gate_;
  DriverCalls calls_;
  Observer observer_;
  KeyedLoop<WorkloadId> steps_;
  Orphans orphans_;
  std::map<WorkloadId, Key> keys_;
  /// Of each shard: the number of the latest look that had begun when it was taken.
  std::array<std::uint64_t, store::kShards> taken_in_{};
  ShardSet unseen_;  // no look has ended yet that began after they were taken
  std::uint64_t stays_ = 0;
  double lag_ms_ = 0;
  std::set<WorkloadId> doubted_;  // of the first look
  bool checked_ = false;          // doubted_ gets no more of them
  Signal adopted_;
  std::multiset<MonoTime> unacted_;  // the changed_at of every key that has one
  std::vector<std::unique_ptr<WorkloadPolicy>> policies_;  // gone before what they use
};

}  // namespace atelier::control
