#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/ids.h"
#include "store/record.h"
#include "store/sqlite/database.h"

namespace atelier::store::sqlite {

/// The write connection: puts a group of batches on disk in one transaction.
class GroupWriter {
 public:
  static Result<GroupWriter> Open(const std::string& path);

  /// What became of a group that reached the disk.
  struct Written {
    std::vector<Result<model::Revision>> outcomes;  // one a batch; Aborted: a precondition failed
    std::vector<Change> changes;                    // of the batches that committed, in order
  };
  /// A batch whose preconditions fail is left out and the rest commits. An error means that nothing
  /// is on disk as far as SQLite can tell; the writer must then be thrown away and opened again,
  /// never asked to flush a second time: the kernel forgets what a failed fsync lost.
  Result<Written> Commit(std::span<Batch*> group);

  /// Proves that the disk takes writes again, by a durable one that changes no record.
  Status Probe();
  /// Moves the log into the database file and begins it anew, once the reads under way have ended:
  /// waits a moment for them. Aborted: they did not end, so that the log goes on. A failure loses
  /// nothing: the log keeps all of it.
  Status Checkpoint();
  /// The same, and leaves the log empty: the database file alone is the whole store.
  Status FinalCheckpoint();
  /// Frames in the log after the last commit.
  int log_frames() const { return *log_frames_; }
  /// Of the last commit on disk.
  model::Revision revision() const { return revision_; }

 private:
  GroupWriter(Connection connection, Statement begin, Statement commit, Statement find,
              Statement put, Statement remove, Statement set_revision, model::Revision revision);
  /// Ok; Aborted when the batch may not commit; any other error ends the group.
  Status CheckExpected(const Batch& batch);
  Status Apply(Batch& batch, model::Revision revision, std::vector<Change>& changes);
  Status Run(Statement& statement);
  Status Checkpoint(int mode, int wait_millis);

  Connection connection_;  // first: outlives its statements
  Statement begin_;
  Statement commit_;
  Statement find_;
  Statement put_;
  Statement remove_;
  Statement set_revision_;
  model::Revision revision_;
  std::unique_ptr<int> log_frames_;  // on the heap: SQLite's hook keeps its address
};

}  // namespace atelier::store::sqlite
