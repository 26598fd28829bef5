#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "store/common/commit_queue.h"
#include "store/common/write_health.h"
#include "store/postgres.h"
#include "store/postgres/connection.h"
#include "store/postgres/feed.h"
#include "store/postgres/fence.h"
#include "store/postgres/group_commit.h"

namespace atelier::store::postgres {

/// The write connection: commits groups, finds out what became of one that nobody answered, renews
/// the lease, and opens the connection again when it is lost. What others commit comes with every
/// answer, and is looked for with every new connection.
///
/// Lost for good: another server has the database, or the database does not know what it has
/// acknowledged. Then nothing is written any more.
class Writer final : public Committer {
 public:
  /// What others committed, to be shown before whatever is committed later.
  using Show = std::function<void(std::vector<Change>)>;

  /// `lost`: called once; `show`: both on the committing thread. What is referred to outlives it.
  Writer(const PostgresOptions& options, Taken taken, Connection connection, Place& place,
         const Clock& clock, Random& random, Logger& log, Show show,
         std::function<void(const Error&)> lost);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() override { ReleaseBlocking(); }  // of a start that failed, say

  Resolution Commit(std::vector<Ticket>& group) override;
  void AfterCommit() override;
  void Idle() override;
  std::optional<Duration> IdleAfter() const override;

  /// Somebody else has seen that it is lost for good. Threads: any.
  void Tell(const Error& why);
  /// Ends waits for a database that is away within some seconds. Threads: any.
  void Hurry();
  /// Lets go of the database. For the last call on the committing thread.
  void ReleaseBlocking();
  /// Threads: any.
  Health GetHealth() const { return health_.Get(); }
  /// An outcome is not known, and the database cannot be asked: whatever comes now would only wait.
  /// Threads: any.
  bool away() const { return away_; }

 private:
  /// What a group came to: an error means that nothing of it is written, or (DeadlineExceeded) that
  /// nobody knows.
  using Written = Result<Resolution>;

  Written Write(const std::vector<Batch*>& batches);
  Written WriteOneByOne(const std::vector<Batch*>& batches);
  Written Committed(GroupCommit& group, GroupCommit::Answer answer);
  /// Finds out what became of the group, which is behind `before`; as long as that takes, unless
  /// the server is stopping. nullopt: it was not committed, and never will be.
  Result<std::optional<Found>> Resolve(const std::string& group, model::Revision before);
  /// There is a connection, and the database is still ours. Unavailable: not now.
  Status Connect();
  /// Opens a connection, and looks what is there.
  Result<Attached> Reconnect(const std::string& pending, model::Revision before);
  /// Whether the store may go on from what is there.
  Status Accept(const Attached& attached);
  /// Shows what is committed and has not been shown yet, a part at a time.
  Status CatchUp();
  Error Lose(const Error& why);
  bool PauseBeforeTry();
  void NoteFailure(const Failure& failure);

  const PostgresOptions& options_;
  const Clock& clock_;
  Random& random_;
  Logger& log_;
  WriteHealth health_{log_};
  const Show show_;
  const std::function<void(const Error&)> lost_;

  // Of the committing thread alone.
  Fence fence_;
  std::optional<Connection> connection_;  // of the fence's epoch
  Place& place_;
  Head head_;  // all up to it has been handed over, or is about to be
  std::optional<Error> why_lost_;
  bool full_ = false;  // the disk of the database
  Duration pause_{0};  // before the next try to connect
  MonoTime next_try_;
  model::Revision make_partitions_at_;

  std::atomic<bool> away_ = false;
  mutable std::mutex mutex_;
  std::condition_variable hurry_;
  std::optional<MonoTime> end_by_;  // stopping
  std::optional<Error> told_;
};

}  // namespace atelier::store::postgres
