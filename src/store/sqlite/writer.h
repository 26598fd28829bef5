#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "store/record.h"
#include "store/sqlite/commit_timeout.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/group_writer.h"
#include "store/store.h"

namespace atelier::store::sqlite {

/// The thread that owns the write connection. Takes all batches that wait, up to a bound, commits
/// them as one group, and hands the outcome over.
///
/// After a failure it answers nothing as committed until the disk proved itself: the connection is
/// closed, and the next commits, or a probe every second when there are none, open it again.
class Writer {
 public:
  struct Ticket {
    Batch batch;
    bool from_reserve = false;  // goes on when the disk is full
    Claim claim;
    std::function<void(Result<model::Revision>)> done;
  };
  /// Called on the writer's thread, in commit order: pass `changes` to the listeners, then call
  /// each ticket's `done` with the outcome beside it.
  using Publish = std::function<void(std::vector<Change> changes, std::vector<Ticket> tickets,
                                     std::vector<Result<model::Revision>> outcomes)>;

  Writer(const Folder& folder, const SqliteOptions& options, GroupWriter disk, const Clock& clock,
         Logger& log, Publish publish);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // commits what waits, then ends the thread

  /// Threads: any. The caller bounds how many wait.
  void Enqueue(Ticket ticket);
  /// The thread commits what waits, calls `last` and ends. Once.
  void Stop(std::function<void()> last);
  /// For `last`: leaves the whole store in the database file, for who copies that file alone.
  void EmptyLogBlocking();
  /// Threads: any.
  Health GetHealth() const;
  /// What the thread does with the disk takes longer than anybody waits. Threads: any.
  bool stuck() const { return BusyFor() > options_.commit_timeout; }

 private:
  /// What became of a group.
  struct Settled {
    std::vector<Change> changes;
    std::vector<Result<model::Revision>> outcomes;  // one a ticket
  };

  void Loop();
  /// The next group; empty: stopping, or it is time to probe.
  std::vector<Ticket> NextGroup();
  Settled Commit(std::vector<Ticket>& group);
  Result<GroupWriter::Written> Write(std::span<Batch*> batches);
  /// The write connection, opened again if it failed. Unavailable: its files are no longer where
  /// the next start looks for them, or it cannot be opened.
  Result<GroupWriter*> Disk();
  void Probe();
  /// Sets space aside again once there is plenty.
  void RefillReserve(std::uint64_t free_bytes);
  void CheckpointIfLong();
  void NoteHealth(const Status& outcome);
  Duration BusyFor() const;

  const Folder& folder_;
  const Folder::Files files_;  // as they were opened
  const SqliteOptions options_;
  const Clock& clock_;
  Logger& log_;
  const Publish publish_;

  // Of the thread alone.
  std::optional<GroupWriter> disk_;  // none: it failed and is not open again yet
  model::Revision acknowledged_;     // never decreases
  bool reserve_kept_;
  int checkpoint_at_;  // frames in the log

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Ticket> queue_;
  Health health_;
  std::optional<MonoTime> busy_since_;  // the thread may wait for the disk
  bool stopping_ = false;
  std::function<void()> last_;

  std::thread thread_;  // last: starts when all else is there
};

}  // namespace atelier::store::sqlite
