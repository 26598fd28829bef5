#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/failpoint.h"
#include "base/gate.h"
#include "store/common/errors.h"
#include "store/sqlite/bulk.h"
#include "store/sqlite/commit_timeout.h"
#include "store/sqlite/commit_times.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/log_end.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/writer.h"
#include "store/store.h"

namespace atelier::store {

namespace sqlite {

namespace {

/// Everything here runs on the I/O thread, except where it says otherwise.
class SqliteStore final : public Store {
 public:
  SqliteStore(SqliteOptions options, asio::any_io_executor io, Clock& clock, Logger& log,
              Folder folder, GroupWriter disk, std::vector<Reader> readers, Opening opening)
      : options_(std::move(options)),
        opening_(opening),
        io_(std::move(io)),
        clock_(clock),
        folder_(std::move(folder)),
        readers_(std::move(readers)),
        commit_timeout_(std::make_shared<CommitTimeout>(io_, clock, options_.commit_timeout)),
        writer_(folder_, options_, std::move(disk), clock, log,
                [this](auto changes, auto tickets, auto outcomes) {
                  PublishFromWriter(std::move(changes), std::move(tickets), std::move(outcomes));
                }) {}

  Task<Result<model::Revision>> Commit(Batch batch) override {
    return Enqueue(std::move(batch), false);
  }
  Task<Result<model::Revision>> CommitFromReserve(Batch batch) override {
    return Enqueue(std::move(batch), true);
  }

  Task<Result<Record>> Get(Kind kind, std::string key) override {
    if (reads_.inside() >= options_.max_queue) co_return QueueFull();
    const Gate::Pass pass = reads_.Enter();
    if (!pass) co_return Stopping();
    co_return co_await readers_.Read(
        [kind, key = std::move(key)](Reader& reader) { return reader.Get(kind, key); });
  }

  Task<Result<std::vector<Record>>> Scan(Kind kind, Range range) override {
    if (reads_.inside() >= options_.max_queue) co_return QueueFull();
    const Gate::Pass pass = reads_.Enter();
    if (!pass) co_return Stopping();
    co_return co_await readers_.Read(
        [kind, range = std::move(range)](Reader& reader) { return reader.Scan(kind, range); });
  }

  Status LoadBlocking(Kind kind, const std::function<void(Record)>& each) override {
    ATELIER_TRY(Reader reader, Reader::Open(folder_.database()));
    return reader.Load(kind, each);
  }

  Result<std::unique_ptr<Bulk>> OpenBulkBlocking(Kind kind) override {
    return OpenBulk(folder_.database(), kind);
  }

  void AddListener(Listener& listener) override { listeners_.push_back(&listener); }
  Health GetHealth() const override { return writer_.GetHealth(); }
  Opening GetOpening() const override { return opening_; }
  std::vector<double> RecentCommitSeconds() const override { return times_.Recent(); }

  Task<void> Stop() override {
    if (commits_.closed()) co_return;
    commits_.Close();
    reads_.Close();
    auto initiate = [this](auto handler) {
      auto resume = std::make_shared<decltype(handler)>(std::move(handler));
      writer_.Stop([this, resume] {
        // On the writer's thread. What resumes the commits and reads is on its way to the I/O
        // thread already, so it runs before this.
        readers_.JoinBlocking();
        writer_.EmptyLogBlocking();
        asio::post(io_, [resume] { std::move (*resume)(); });
      });
    };
    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(initiate,
                                                                         asio::use_awaitable);
  }

 private:
  Task<Result<model::Revision>> Enqueue(Batch batch, bool from_reserve) {
    if (commits_.inside() >= options_.max_queue) co_return QueueFull();
    const Gate::Pass pass = commits_.Enter();
    if (!pass) co_return Stopping();
    if (writer_.stuck()) co_return SlowDisk(Code::kUnavailable);
    const MonoTime since = clock_.Mono();
    auto initiate = [this, from_reserve](auto handler, Batch&& waiting) {
      // shared: std::function wants to be copyable
      auto resume = std::make_shared<decltype(handler)>(std::move(handler));
      const auto claim = std::make_shared<std::atomic_flag>();
      auto done = commit_timeout_->Wait(
          [resume](Result<model::Revision> outcome) { std::move (*resume)(std::move(outcome)); },
          claim);
      writer_.Enqueue({.batch = std::move(waiting),
                       .from_reserve = from_reserve,
                       .claim = claim,
                       .done = std::move(done)});
    };
    Result<model::Revision> outcome =
        co_await asio::async_initiate<decltype(asio::use_awaitable), void(Result<model::Revision>)>(
            initiate, asio::use_awaitable, std::move(batch));
    if (outcome) times_.Add(std::chrono::duration<double>(clock_.Mono() - since).count());
    co_return outcome;
  }

  void PublishFromWriter(std::vector<Change> changes, std::vector<Writer::Ticket> tickets,
                         std::vector<Result<model::Revision>> outcomes) {
    asio::post(io_, [this, changes = std::move(changes), tickets = std::move(tickets),
                     outcomes = std::move(outcomes)]() mutable {
      ATELIER_FAILPOINT("store.before_apply");
      if (!changes.empty()) {
        for (Listener* listener : listeners_) listener->Apply(changes);
      }
      for (std::size_t i = 0; i < tickets.size(); ++i) tickets[i].done(std::move(outcomes[i]));
    });
  }

  const SqliteOptions options_;
  const Opening opening_;
  const asio::any_io_executor io_;
  Clock& clock_;
  const Folder folder_;
  std::vector<Listener*> listeners_;
  CommitTimes times_;
  Gate commits_;
  Gate reads_;
  ReaderPool readers_;
  const std::shared_ptr<CommitTimeout>
      commit_timeout_;  // shared with the commits that the disk holds up
  Writer writer_;       // last: its thread uses the others
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
  for (std::size_t i = 0; i < ReaderPool::kThreads; ++i) {
    ATELIER_TRY(Reader reader, Reader::Open(folder.database()));
    readers.push_back(std::move(reader));
  }
  return std::make_unique<SqliteStore>(std::move(options), std::move(io), clock, log,
                                       std::move(folder), std::move(disk), std::move(readers),
                                       opening);
}

}  // namespace atelier::store
