#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/moment.h"
#include "base/task.h"
#include "control/core/held_shards.h"
#include "control/core/worker_slot.h"
#include "runtime/driver.h"
#include "store/store.h"

namespace atelier::control {

using WorkloadId = model::InstanceId;  // of an instance, a replica, ...

/// One state of one life of a workload, as its record has it.
struct StateEpoch {
  model::Generation generation = 0;
  std::uint64_t state = 0;  // names it among the states of its kind
  Moment since;
  Duration limit = Duration::max();  // of its length; from here on it is expired
  bool runs = false;                 // it is a loss if the world does not show it
  bool at_rest = false;              // nothing is to be done, unless something is under way
};

/// What was done about a workload in its present epoch, by this server.
struct WorkloadProgress {
  bool fenced = false;         // earlier generations were told to stop
  bool ensured = false;        // the driver accepted this generation
  bool stop_accepted = false;  // the driver accepted the stop
  bool forced = false;         // the last stop, past the limit, was tried
  bool removed = false;        // the driver deleted the data
  bool past_starting = false;  // this generation was already seen starting its command
  /// A life of this generation is the record's own: it was asked for or seen alive, or may have
  /// been by an earlier server. Else one that has ended is of a history that the store has lost.
  bool own = false;
};

/// All that the loop knows of a workload in its present epoch.
struct WorkloadFacts : WorkloadProgress {
  // the world as last seen
  const runtime::WorkloadState* current = nullptr;  // of this generation; nullptr: not seen
  const runtime::WorkloadState* past = nullptr;     // of the generation before, the same
  /// The record is the older of the two: of a later generation, or an ended one of this that is not
  /// the record's own. One that runs before one that has ended.
  const runtime::WorkloadState* newer = nullptr;
  bool older_alive = false;  // an earlier generation has not ended
  bool past_ended = false;   // `past` has
  bool certain = false;      // a complete look that began after our last act is in
  bool missing = false;      // it runs, and a complete look did not show it
  bool lost = false;         // two did not, apart in time
  bool expired = false;      // past its limit
  Duration age{0};           // of the epoch, and what of it an earlier server saw
};

enum class WorkloadAct : std::uint8_t {
  kWait,     // for the world or the record to change, the limit, or WorkloadPolicy::NextObservation
  kObserve,  // a complete look is needed to go on
  kFence,    // stop every earlier generation
  kEnsure,
  kStop,
  kForce,  // kStop past the limit, without grace: the last one
  kRemove,
  kWrite,
  kAskByName,  // "not seen" is not "dead": kWrite only if the driver says that it is gone
  kOverdue,    // its end is past its limit: kWrite, once an epoch, and stop it again, without grace
  kRest,       // nothing left to do: forget it
};

/// What a step is taken with, from its decision to its write.
struct Turn {
  WorkerSlot& slot;
  store::Lease lease;  // of the workload's shard: guards each write
};

struct WorkloadStep {
  using Write = std::function<Task<Status>(Turn)>;

  WorkloadAct act = WorkloadAct::kWait;
  /// Writes down what was decided. Aborted: the record has changed, look again.
  Write write = {};
  bool retried = false;     // kWrite: not before the pause after a failure
  bool intent = false;      // kWrite: what comes next starts something
  bool every_life = false;  // kStop: also of lives that only the host knows of
};

/// Whose workload it is, if nobody's own steps see to it (control/core/orphans.h).
enum class Ownership : std::uint8_t {
  kOurs,     // its own steps see to it
  kEnded,    // its record says that this life has ended
  kUnknown,  // no record that can be read
  kNewer,    // its record is older than this life
};

/// What one kind of workload wants. The loop calls it on the I/O thread and outlives none of its
/// answers; it may be asked again at any time, so it answers from the read models.
class WorkloadPolicy {
 public:
  virtual ~WorkloadPolicy() = default;

  /// Of the records that own such workloads.
  virtual store::Kind kind() const = 0;
  /// Whose shard the workload is in (store::ShardOf); nullopt: its own, or not of this kind.
  virtual std::optional<std::string> ShardKeyOf(const WorkloadId& /*id*/) const {
    return std::nullopt;
  }
  /// nullopt: not of this kind, as far as is known.
  virtual std::optional<Ownership> OwnershipOf(const runtime::WorkloadState& state) const = 0;
  /// The next step; nullopt: no record of this kind that can be read. `facts` are for this call;
  /// nullptr: it rests.
  virtual std::optional<WorkloadStep> Decide(const WorkloadId& id, const WorkloadFacts* facts) = 0;
  /// When to decide again though nothing has happened; max(): no need.
  virtual MonoTime NextObservation(const WorkloadId& id, const WorkloadFacts& facts) const = 0;
  /// What is to run. An error that may pass (MayPass) is tried again, any other is a refusal.
  virtual Task<Result<runtime::Workload>> SpecOf(WorkloadId id) = 0;
  /// Writes down, under `lease`, that it can never start: `why` is SpecOf's error or the driver's.
  virtual Task<Status> WriteRefused(WorkloadId id, store::Lease lease, Error why) = 0;
  /// After kOverdue: until it is overdue again.
  virtual Duration overdue_again() const = 0;
  /// Tracks every record of `shards`, which this server has begun to hold, as adopted
  /// (WorkloadLoop::Track). Before Begin, too.
  virtual void Adopt(const ShardSet& shards) = 0;
  /// Drops what it remembers of `shards` beside the loop; the loop's own go next (Forgotten).
  virtual void Disown(const ShardSet& shards) = 0;
  /// The first look at the world is in: adopted, and steps begin.
  virtual void Begin() = 0;
  /// Begins nothing any more.
  virtual void End() = 0;
  /// A record of any kind was committed, and the read models show it. What is in the shard of
  /// another server is that one's.
  virtual void Apply(const store::Change& change) = 0;
  /// Nothing that it runs beside the loop goes on without time passing.
  virtual bool idle() const = 0;
  /// Its record is gone, or another server acts for it.
  virtual void Forgotten(const WorkloadId& id) = 0;
};

}  // namespace atelier::control
