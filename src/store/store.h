#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/keyed_mutex.h"
#include "base/log.h"
#include "base/task.h"
#include "store/record.h"
#include "store/snapshot.h"

namespace atelier::store {

/// Receives every committed change, in commit order, on the I/O thread, before Commit returns to
/// the writer: whoever got an answer finds their write in every read model, and whoever lost a race
/// finds there what they lost to. Must be quick and must not fail.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void Apply(std::span<const Change> changes) = 0;
};

/// How the store is doing, for /readyz and /metrics.
struct Health {
  bool writable = true;
  std::string why_not;  // for people, empty when writable
};

/// What a store was like when it was opened.
struct Opening {
  model::Revision revision = 0;  // of the last commit
  /// Commits that its log shows behind a damaged place, and that are lost.
  std::size_t commits_cut = 0;
};

/// Every record of one kind, numbered from 0 in an order of the store's own, for read models to
/// load side by side at start.
class Bulk {
 public:
  virtual ~Bulk() = default;
  virtual std::size_t size() const = 0;
  /// Calls `each` with the records [first, last), in order, on the calling thread. Threads: any,
  /// several at once. DataLoss, Unavailable.
  virtual Status ReadBlocking(std::size_t first, std::size_t last,
                              const std::function<void(const Record&)>& each) const = 0;
};

/// The only truth: revisioned records with atomic batches and an ordered change feed. Knows nothing
/// of queries. Threads: called from the I/O thread; work happens on the store's own threads.
class Store {
 public:
  virtual ~Store() = default;

  /// All of `batch` or nothing, durable (fsynced) before it returns; concurrent commits share a
  /// disk flush. Returns the commit's revision, which every record written now carries. Aborted: an
  /// `expected` revision did not match (nothing written): see below. ResourceExhausted: no space
  /// left; heals
  /// by itself. Unavailable: the store cannot write now, or the queue (bounded) is full. In both
  /// cases nothing was written and reads go on; only if a flush failed and the machine dies before
  /// the store wrote again, the batch may be found there after all, whole. DeadlineExceeded: the
  /// disk is so slow that nobody waits for it any longer; the batch may still be written, whole,
  /// and the listeners then learn of it.
  ///
  /// What the loser of a race (Aborted) may assume: every listener has applied the commit that
  /// refused it, and all commits before that one, so the read models show the revision to expect
  /// next, and nobody has to read the store again. A store that several servers share owes this
  /// too: it answers when its feed has come so far. What the loser may not assume: that the next
  /// try wins. Writer (writer.h) is the one place that tries again.
  virtual Task<Result<model::Revision>> Commit(Batch batch) = 0;
  /// The same, and when the disk is full it spends the space that the store keeps aside: for stops
  /// and deletes, which must go on (promise 10).
  virtual Task<Result<model::Revision>> CommitFromReserve(Batch batch) {
    return Commit(std::move(batch));
  }

  /// NotFound; DataLoss.
  virtual Task<Result<Record>> Get(Kind kind, std::string key) = 0;

  /// Records of `kind` with key in [from, to), ordered by key (reverse: descending), at most
  /// `limit`. An empty `to` means no upper bound.
  struct Range {
    std::string from = {};
    std::string to = {};
    std::size_t limit = 1000;
    bool reverse = false;
  };
  virtual Task<Result<std::vector<Record>>> Scan(Kind kind, Range range) = 0;

  /// Calls `each` with every record of `kind` in key order, on the calling thread; for start-up,
  /// before the first Commit.
  virtual Status LoadBlocking(Kind kind, const std::function<void(Record)>& each) = 0;

  /// The same, in parts. Records must not be written before the last part is read. This one holds
  /// all of them in memory; a store that is on disk does better.
  virtual Result<std::unique_ptr<Bulk>> OpenBulkBlocking(Kind kind);

  /// All records as of now, on a connection of its own. Blocking.
  virtual Result<std::unique_ptr<Snapshot>> OpenSnapshotBlocking();

  /// Fills this store (CopyBlocking in copy.h), before the first Commit. Once Ok, commits are
  /// refused: the store is to be stopped, and opened again. FailedPrecondition/StoreNotEmpty.
  /// Blocking.
  virtual Result<std::unique_ptr<Loading>> OpenLoadBlocking();

  /// Listeners are called in the order they were added. Add all, and load what they show, before
  /// the first Commit or CatchUp.
  virtual void AddListener(Listener& listener) = 0;

  /// Returns once the listeners have every commit that any server answered before this call. Those
  /// who wait share one look at the database. A store that one server has alone is always so far.
  /// Unavailable: the database does not answer, for 250 ms or for longer already; what the
  /// listeners show is then as old as Age. Also when too many wait, and after Stop.
  virtual Task<Status> CatchUp();
  /// How old what the listeners show can be: since the last look that found them to have
  /// everything. 0 for a store that one server has alone.
  virtual Duration Age() const { return {}; }

  virtual Health GetHealth() const = 0;
  virtual Opening GetOpening() const { return {}; }
  /// Seconds that the latest commits took, from enqueue to durable (a small ring), for /metrics.
  virtual std::vector<double> RecentCommitSeconds() const = 0;

  /// Waits for commits under way; later ones get Unavailable. A store on disk is then whole in its
  /// database file.
  virtual Task<void> Stop() = 0;

  /// Those who change one thing through any Writer, one after the other.
  KeyedMutex& locks() { return locks_; }
  /// Where the time of RetentionTime (retention.h) begins.
  struct RetentionStart {
    WallTime wall;
    MonoTime mono;
  };
  std::optional<RetentionStart>& retention_start() { return retention_start_; }

 private:
  KeyedMutex locks_;
  std::optional<RetentionStart> retention_start_;
};

/// The smallest key that is greater than every key starting with `prefix`, for Range::to.
std::string PrefixEnd(std::string_view prefix);

struct SqliteOptions {
  std::string folder;            // holds atelier.db, its log, and a lock file
  std::size_t max_queue = 4096;  // commits waiting; beyond it Unavailable
  std::size_t max_group = 256;   // commits that share one transaction
  /// Commits are refused while the disk has less free; as much again is set aside in a file, for
  /// CommitFromReserve.
  std::uint64_t reserve_bytes = 4U << 20U;
  /// How long a commit waits for the disk.
  Duration commit_timeout{5'000};
};

/// Opens or makes the store in options.folder (mode 0700, files 0600). One process at a time.
/// FailedPrecondition: another process has it, or a newer version wrote it. DataLoss: damaged.
Result<std::unique_ptr<Store>> OpenSqlite(SqliteOptions options, asio::any_io_executor io,
                                          Clock& clock, Logger& log);

/// The same store without any of its locks, for reading beside whatever server has it. NotFound:
/// there is none. FailedPrecondition: another version's. Blocking.
Result<std::unique_ptr<Snapshot>> OpenSqliteSnapshot(const std::string& folder);

/// Keeps nothing. For tests and for benchmarks of everything but the disk; passes the same contract
/// suite.
std::unique_ptr<Store> MakeMemoryStore(asio::any_io_executor io);

}  // namespace atelier::store
