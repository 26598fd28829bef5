#include <chrono>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "store/common/commit_queue.h"
#include "store/common/errors.h"
#include "store/common/reader_pool.h"
#include "store/sqlite/bulk.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/log_end.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/snapshot.h"
#include "store/sqlite/writer.h"
#include "store/store.h"

namespace atelier::store {

namespace sqlite {

namespace {

/// Everything here runs on the I/O thread, except where it says otherwise.
class SqliteStore final : public Store {
 public:
  SqliteStore(SqliteOptions options, asio::any_io_executor io, const Clock& clock, Logger& log,
              Folder folder, GroupWriter disk, std::vector<Reader> readers, Opening opening)
      : options_(std::move(options)),
        opening_(opening),
        folder_(std::move(folder)),
        readers_(std::move(readers), options_.max_queue),
        writer_(folder_, options_, std::move(disk), log),
        queue_({.max_waiting = options_.max_queue,
                .group = {.max_batches = options_.max_group},
                .commit_timeout = options_.commit_timeout,
                .slow = SlowDisk},
               std::move(io), clock, writer_) {}

  Task<Result<model::Revision>> Commit(Batch batch) override {
    return CommitUnlessLoaded(std::move(batch), false);
  }
  Task<Result<model::Revision>> CommitFromReserve(Batch batch) override {
    return CommitUnlessLoaded(std::move(batch), true);
  }

  Task<Result<Record>> Get(Kind kind, std::string key) override {
    return readers_.Get(kind, std::move(key));
  }
  Task<Result<std::vector<Record>>> Scan(Kind kind, Range range) override {
    return readers_.Scan(kind, std::move(range));
  }

  Status LoadBlocking(Kind kind, const std::function<void(Record)>& each) override {
    ATELIER_TRY(Reader reader, Reader::Open(folder_.database()));
    return reader.Load(kind, each);
  }

  Result<std::unique_ptr<Bulk>> OpenBulkBlocking(Kind kind) override {
    return OpenBulk(folder_.database(), kind);
  }

  Result<std::unique_ptr<Snapshot>> OpenSnapshotBlocking() override {
    return OpenSnapshot(folder_.database());
  }
  Result<std::unique_ptr<Loading>> OpenLoadBlocking() override {
    auto loading = OpenLoading(folder_.database());
    loaded_ = loaded_ || loading;
    return loading;
  }

  void AddListener(Listener& listener) override { queue_.AddListener(listener); }
  Health GetHealth() const override {
    if (!queue_.stuck()) return writer_.GetHealth();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(queue_.BusyFor());
    return {.writable = false,
            .why_not = fmt::format("The disk has not taken a write for {} s.", seconds.count())};
  }
  Opening GetOpening() const override { return opening_; }
  std::vector<double> RecentCommitSeconds() const override { return queue_.RecentSeconds(); }

  Task<void> Stop() override {
    readers_.Close();
    co_await queue_.Stop([this] {
      readers_.JoinBlocking();
      writer_.EmptyLogBlocking();
    });
  }

 private:
  Task<Result<model::Revision>> CommitUnlessLoaded(Batch batch, bool from_reserve) {
    return loaded_ ? Refuse() : queue_.Commit(std::move(batch), from_reserve);
  }
  static Task<Result<model::Revision>> Refuse() { co_return Stopping(); }

  const SqliteOptions options_;
  const Opening opening_;
  const Folder folder_;
  ReaderPool<Reader> readers_;
  bool loaded_ = false;  // behind the writer's back
  Writer writer_;
  CommitQueue queue_;  // last: its thread uses the others
};

}  // namespace

}  // namespace sqlite

Result<std::unique_ptr<Store>> OpenSqlite(SqliteOptions options, asio::any_io_executor io,
                                          Clock& clock, Logger& log) {
  using namespace sqlite;
  ATELIER_TRY(Folder folder, Folder::Open(options.folder));
  // Looked at before SQLite writes behind the place where it ends the log.
  Opening opening{.revision = 0, .commits_cut = CommitsCut(folder.database() + "-wal")};
  ATELIER_TRY(const Connection connection,
              Connection::Open(folder.database(), Connection::Mode::kWrite));
  ATELIER_RETURN_IF_ERROR(PrepareSchema(connection));
  // With what lies behind the damage, or the next start would find it again.
  if (opening.commits_cut > 0) ATELIER_RETURN_IF_ERROR(EmptyLog(connection));
  ATELIER_TRY(GroupWriter disk, GroupWriter::Open(folder.database()));
  opening.revision = disk.revision();
  std::vector<Reader> readers;
  for (std::size_t i = 0; i < ReaderPool<Reader>::kThreads; ++i) {
    ATELIER_TRY(Reader reader, Reader::Open(folder.database()));
    readers.push_back(std::move(reader));
  }
  return std::make_unique<SqliteStore>(std::move(options), std::move(io), clock, log,
                                       std::move(folder), std::move(disk), std::move(readers),
                                       opening);
}

}  // namespace atelier::store
