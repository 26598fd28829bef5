#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/core/keyed_queue.h"
#include "control/core/orphan.h"
#include "control/core/workload_policy.h"
#include "store/store.h"

namespace atelier::control {

class WorkloadLoop;

/// The workloads of one driver that no record wants. What is remembered of one is forgotten when it
/// is gone, or has not been shown for ten minutes by a driver that shows its world in parts. One is
/// ended only if its end is on record: by the record's own history, by the tombstone of its
/// deletion, or by an operator. All others are orphans: they run on and are reported, for the
/// absence of a record is never an order (promise 3). An older store put back knows nothing of what
/// was made since, and must not end it.
///
/// Threads: the I/O thread.
class Orphans {
 public:
  struct Parts {
    store::Store& store;
    runtime::Driver& driver;
    Clock& clock;
    Logger& log;
    asio::any_io_executor io;
    std::string name;                // before the names of its log events
    std::vector<store::Kind> kinds;  // of the records that own workloads
    Duration call_deadline;
  };
  /// `owner` is kept alive while one is looked at; it owns `loop`, too.
  Orphans(Parts parts, WorkloadLoop& loop, std::function<std::shared_ptr<void>()> owner,
          std::function<Ownership(const runtime::WorkloadState&)> ownership);

  void Open() { queue_.Open(); }
  void Digest(const runtime::Observation& seen);
  /// Something was ordered for this workload: it is looked at again with the next Digest. True: it
  /// is known, so a look is worth it.
  bool Reconsider(const model::InstanceId& id);
  /// Workloads that run without a record.
  std::size_t size() const;
  /// These, and those that have ended and left files; by id.
  std::vector<Orphan> List() const;
  bool Idle() const { return queue_.idle(); }

 private:
  struct Entry {
    model::Generation generation = 0;
    Ownership ownership = Ownership::kUnknown;
    bool ended = false;   // the workload has
    bool orphan = false;  // nothing orders its end
    MonoTime look_at;     // not before then
    MonoTime seen_at;
    model::Capacity capacity;
    std::string image_prefix;
  };

  Task<void> Look(model::InstanceId id, WorkerSlot& place);
  /// True: the end of this life is on record.
  Task<bool> IsOrdered(model::InstanceId id, Entry entry);
  Task<void> End(model::InstanceId id, Entry entry, WorkerSlot& place);
  void Report(const model::InstanceId& id, const Entry& entry);

  Parts parts_;
  WorkloadLoop& loop_;
  const std::function<Ownership(const runtime::WorkloadState&)> ownership_;
  KeyedQueue<model::InstanceId> queue_;
  std::map<model::InstanceId, Entry> entries_;
};

}  // namespace atelier::control
