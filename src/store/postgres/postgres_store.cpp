#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/boot.h"
#include "store/common/commit_queue.h"
#include "store/common/errors.h"
#include "store/common/folder_lock.h"
#include "store/common/reader_pool.h"
#include "store/postgres.h"
#include "store/postgres/connection.h"
#include "store/postgres/errors.h"
#include "store/postgres/feed.h"
#include "store/postgres/fence.h"
#include "store/postgres/follower.h"
#include "store/postgres/membership.h"
#include "store/postgres/reader.h"
#include "store/postgres/schema.h"
#include "store/postgres/snapshot.h"
#include "store/postgres/writer.h"

namespace atelier::store {

namespace postgres {

namespace {

constexpr Duration kConnectWithin{5'000};

std::vector<Reader> MakeReaders(const std::string& address, const Clock& clock) {
  std::vector<Reader> readers;
  readers.reserve(ReaderPool<Reader>::kThreads);
  for (std::size_t i = 0; i < ReaderPool<Reader>::kThreads; ++i)
    readers.emplace_back(address, clock);
  return readers;
}

/// Everything here runs on the I/O thread, except where it says otherwise.
class PostgresStore final : public Store {
 public:
  PostgresStore(PostgresOptions options, asio::any_io_executor io, const Clock& clock,
                Random& random, Logger& log, FolderLock folder, Taken taken, Connection connection,
                std::optional<Exported> load_from)
      : options_(std::move(options)),
        opening_({.revision = taken.head.revision, .commits_cut = 0}),
        io_(std::move(io)),
        clock_(clock),
        log_(log),
        folder_(std::move(folder)),
        fence_(taken.fence),
        load_from_(std::move(load_from)),
        place_(taken.head),
        readers_(MakeReaders(options_.address, clock), options_.max_queue),
        writer_(
            options_, std::move(taken), std::move(connection), place_, clock, random, log,
            [this](std::vector<Change> changes) { queue_.Show(std::move(changes), {}); },
            [this](const Error& why) {
              asio::post(io_, [lost = options_.lost, why] { lost(why); });
            }),
        queue_({.max_waiting = options_.max_queue,
                .group = {.max_batches = options_.max_group,
                          .max_bytes = options_.max_group_bytes,
                          .disjoint = true},
                .commit_timeout = options_.commit_timeout,
                .slow = SlowDatabase},
               io_, clock, writer_) {}

  PostgresStore(const PostgresStore&) = delete;
  PostgresStore& operator=(const PostgresStore&) = delete;
  ~PostgresStore() override {
    writer_.Hurry();
  }  // or its thread might wait for a database for ever

  Task<Result<model::Revision>> Commit(Batch batch) override {
    return CommitUnlessAway(std::move(batch), false);
  }
  Task<Result<model::Revision>> CommitFromReserve(Batch batch) override {
    return CommitUnlessAway(std::move(batch), true);
  }

  Task<Result<Record>> Get(Kind kind, std::string key) override {
    return readers_.Get(kind, std::move(key));
  }
  Task<Result<std::vector<Record>>> Scan(Kind kind, Range range) override {
    return readers_.Scan(kind, std::move(range));
  }

  Status LoadBlocking(Kind kind, const std::function<void(Record)>& each) override {
    return Reader(options_.address, clock_, SnapshotToLoad()).Load(kind, each);
  }

  Result<std::unique_ptr<Bulk>> OpenBulkBlocking(Kind kind) override {
    return OpenBulk(options_.address, clock_, kind, SnapshotToLoad());
  }

  Result<std::unique_ptr<Snapshot>> OpenSnapshotBlocking() override {
    return OpenSnapshot(options_.address, clock_);
  }
  Result<std::unique_ptr<Loading>> OpenLoadBlocking() override {
    auto loading = OpenLoading(options_.address, options_.folder, clock_, fence_);
    loaded_ = loaded_ || loading;
    return loading;
  }

  void AddListener(Listener& listener) override { queue_.AddListener(listener); }
  Task<Status> CatchUp() override {
    if (!options_.shared) co_return Ok();
    if (stopped_) co_return Stopping();
    Follow();
    co_return co_await follower_->CatchUp();
  }
  Duration Age() const override { return follower_ ? follower_->Age() : Duration(0); }
  Health GetHealth() const override {
    if (!queue_.stuck()) return writer_.GetHealth();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(queue_.BusyFor());
    return {.writable = false,
            .why_not = fmt::format("The database has not answered for {} s.", seconds.count())};
  }
  Opening GetOpening() const override { return opening_; }
  std::vector<double> RecentCommitSeconds() const override { return queue_.RecentSeconds(); }

  Task<void> Stop() override {
    stopped_ = true;
    readers_.Close();
    writer_.Hurry();
    if (follower_) follower_->Close();
    co_await queue_.Stop([this] {
      readers_.JoinBlocking();
      if (follower_) follower_->JoinBlocking();
      writer_.ReleaseBlocking();
    });
  }

 private:
  Task<Result<model::Revision>> CommitUnlessAway(Batch batch, bool from_reserve) {
    if (loaded_) co_return Stopping();
    if (writer_.away()) co_return Unreachable();
    Follow();
    co_return co_await queue_.Commit(std::move(batch), from_reserve);
  }

  std::string SnapshotToLoad() const { return load_from_ ? load_from_->name : std::string(); }

  /// From the end of loading on.
  void Follow() {
    if (!options_.shared || follower_ || stopped_) return;
    load_from_.reset();
    follower_ = std::make_unique<Follower>(
        options_, fence_, place_, io_, clock_, log_,
        [this](std::vector<Change> changes, std::function<void()> then) {
          queue_.Show(std::move(changes), std::move(then));
        },
        [this](const Error& why) { writer_.Tell(why); });
  }

  const PostgresOptions options_;
  const Opening opening_;
  const asio::any_io_executor io_;
  const Clock& clock_;
  Logger& log_;
  const FolderLock folder_;
  const Fence fence_;    // as it was taken
  bool loaded_ = false;  // behind the writer's back
  bool stopped_ = false;
  std::optional<Exported> load_from_;  // what a store that is shared shows at its start
  Place place_;
  ReaderPool<Reader> readers_;
  Writer writer_;
  CommitQueue queue_;                   // behind what its thread uses, as also:
  std::unique_ptr<Follower> follower_;  // of a store that is shared, once it is loaded
};

/// Who holds the same lock of the same file on this boot of this machine is an earlier life of this
/// server, and has ended.
std::string OwnerOf(const FolderLock& folder) {
  const auto [device, inode] = folder.Identity();
  return fmt::format("{}/{}/{}", BootId(), device, inode);
}

std::string NameOfThis() {
  std::string host(256, '\0');
  if (::gethostname(host.data(), host.size() - 1) != 0) host = "?";
  return fmt::format("process {} on {}", ::getpid(), host.c_str());
}

}  // namespace

}  // namespace postgres

bool IsOfPostgres(const std::string& folder) {
  std::error_code ignored;  // what cannot be looked at is refused by whoever opens the store there
  return std::filesystem::exists(postgres::MembershipFile(folder), ignored);
}

Result<std::unique_ptr<Snapshot>> OpenPostgresSnapshot(const std::string& folder,
                                                       const std::string& address,
                                                       const Clock& clock) {
  ATELIER_TRY(const postgres::Membership member, postgres::ReadMembership(folder));
  ATELIER_TRY(auto snapshot, postgres::OpenSnapshot(address, clock));
  ATELIER_RETURN_IF_ERROR(postgres::CheckMembership(member, snapshot->origin()));
  return snapshot;
}

Result<std::unique_ptr<Store>> OpenPostgres(PostgresOptions options, asio::any_io_executor io,
                                            Clock& clock, Random& random, Logger& log) {
  using namespace postgres;
  ATELIER_TRY(FolderLock folder, FolderLock::Take(options.folder));
  std::error_code ignored;
  if (std::filesystem::exists(options.folder + "/atelier.db", ignored)) {
    return Error(Code::kFailedPrecondition,
                 "This data folder has a store of its own, in SQLite. Serve it without the option "
                 "store, or choose another data folder for the database.",
                 "OtherStore");
  }
  ATELIER_TRY(const Membership member, ReadMembership(options.folder));
  ATELIER_TRY(Connection connection, Connection::Open(options.address, clock, kConnectWithin));
  ATELIER_RETURN_IF_ERROR(CheckDatabase(connection, log));
  ATELIER_RETURN_IF_ERROR(PrepareSchema(connection, member.installation.empty()));
  ATELIER_TRY(const Origin origin, ReadOrigin(connection));
  ATELIER_RETURN_IF_ERROR(CheckMembership(member, origin));
  const Claimant claimant{.owner = OwnerOf(folder),
                          .life = random.Hex(16),
                          .name = NameOfThis(),
                          .shared = options.shared};
  ATELIER_TRY(Taken taken, TakeFence(connection, origin.installation, claimant, options.lease));
  const Status kept = KeepMembership(options.folder, member, origin);
  if (!kept && member.installation.empty()) {  // else on a full disk, say, it is known well enough
    ReleaseFence(connection, taken.fence);
    return kept.error();
  }
  std::optional<Exported> load_from;
  if (options.shared) {
    ATELIER_TRY(load_from, ExportSnapshot(options.address, clock));
    taken.head = load_from->head;
  }
  return std::make_unique<PostgresStore>(std::move(options), std::move(io), clock, random, log,
                                         std::move(folder), std::move(taken), std::move(connection),
                                         std::move(load_from));
}

}  // namespace atelier::store
