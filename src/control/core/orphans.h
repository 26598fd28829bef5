#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/core/keyed_queue.h"
#include "control/core/observed_state.h"
#include "control/core/orphan.h"
#include "control/core/workload_policy.h"

namespace atelier::control {

class WorkloadLoop;

/// The workloads of one driver that no policy owns, whatever their kind. What is remembered of one
/// is forgotten when it is gone, or has not been shown for ten minutes by a driver that shows its
/// world in parts. One is ended only if its end is on record: by the record's own history, by the
/// tombstone of its deletion, or by an operator. All others are orphans: they run on and are
/// reported, for the absence of a record is never an order (promise 3). An older store put back
/// knows nothing of what was made since, and must not end it. Every server lists them; who holds
/// the shard ends them.
///
/// Threads: the I/O thread.
class Orphans {
 public:
  /// `loop` owns this, and is kept alive while one is looked at.
  explicit Orphans(WorkloadLoop& loop);

  void Open() { queue_.Open(); }
  /// A look is digested between these two: all states of one workload at a time. What is known
  /// stays listed until EndObservation, which forgets what a complete look did not show.
  void BeginObservation() { ++look_; }
  void Ingest(const ObservedState& states);
  void EndObservation(bool complete);
  /// Something was ordered for this workload: it is looked at again with the next Ingest. True: it
  /// is known, so a look is worth it.
  bool Reconsider(const model::InstanceId& id);
  /// Workloads that run without a record.
  std::size_t size() const;
  /// These, and those that have ended and left files; by id.
  std::vector<Orphan> List() const;
  /// What one of them may use that has not ended; nullopt: there is none.
  std::optional<model::Capacity> LivingOf(const model::InstanceId& id) const;
  bool Idle() const { return queue_.idle(); }

 private:
  struct Entry {
    model::Generation generation = 0;
    Ownership ownership = Ownership::kUnknown;
    bool ended = false;   // the workload has
    bool orphan = false;  // nothing orders its end
    MonoTime look_at;     // not before then
    MonoTime seen_at;
    std::uint64_t seen_in = 0;  // the number of that look
    model::Capacity capacity;
    std::string image_prefix;
  };

  Task<void> Examine(model::InstanceId id, WorkerSlot& slot);
  /// True: the end of this life is on record.
  Task<bool> IsOrdered(model::InstanceId id, Entry entry);
  Task<void> End(model::InstanceId id, Entry entry, WorkerSlot& slot);
  void Report(const model::InstanceId& id, const Entry& entry);

  WorkloadLoop& loop_;
  KeyedQueue<model::InstanceId> queue_;
  std::map<model::InstanceId, Entry> entries_;
  std::uint64_t look_ = 0;
};

}  // namespace atelier::control
