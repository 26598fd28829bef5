#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/log.h"
#include "store/common/commit_queue.h"
#include "store/common/write_health.h"
#include "store/record.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/group_writer.h"
#include "store/store.h"

namespace atelier::store::sqlite {

/// The write connection and what surrounds it: the space of the disk, its health, the log.
///
/// After a failure it answers nothing as committed until the disk proved itself: the connection is
/// closed, and the next commits, or a probe every second when there are none, open it again.
class Writer final : public Committer {
 public:
  Writer(const Folder& folder, const SqliteOptions& options, GroupWriter disk, Logger& log);

  Resolution Commit(std::vector<Ticket>& group) override;
  void AfterCommit() override;
  void Idle() override;
  std::optional<Duration> IdleAfter() const override;

  /// Leaves the whole store in the database file, for who copies that file alone. For the last call
  /// on the committing thread.
  void EmptyLogBlocking();
  /// Threads: any.
  Health GetHealth() const { return health_.Get(); }

 private:
  Result<GroupWriter::Written> Write(std::span<Batch*> batches);
  /// The write connection, opened again if it failed. Unavailable: its files are no longer where
  /// the next start looks for them, or it cannot be opened.
  Result<GroupWriter*> Disk();
  /// Sets space aside again once there is plenty.
  void RefillReserve(std::uint64_t free_bytes);

  const Folder& folder_;
  const Folder::Files files_;  // as they were opened
  const SqliteOptions options_;
  Logger& log_;
  WriteHealth health_{log_};

  // Of the committing thread alone.
  std::optional<GroupWriter> disk_;  // none: it failed and is not open again yet
  model::Revision acknowledged_;     // never decreases
  bool reserve_kept_;
  int checkpoint_at_;  // frames in the log
};

}  // namespace atelier::store::sqlite
