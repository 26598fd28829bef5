// What the SQLite store promises beyond the contract: it outlives the process, and guards its
// folder.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/raii.h"
#include "store/store.h"
#include "support/run.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

namespace fs = std::filesystem;

class SqliteStore : public testing::Test {
 protected:
  Result<std::unique_ptr<Store>> TryOpen(SqliteOptions options) {
    return OpenSqlite(std::move(options), io_.get_executor(), clock_, *log_);
  }
  Result<std::unique_ptr<Store>> TryOpen() { return TryOpen({.folder = path_}); }
  std::unique_ptr<Store> Open() {
    auto store = TryOpen();
    if (!store) throw std::runtime_error(store.error().ToString());
    return *std::move(store);
  }
  void Close(std::unique_ptr<Store>& store) {
    test::Run(io_, store->Stop());
    store.reset();
  }
  model::Revision Commit(Store& store, Batch batch) {
    return test::Run(io_, store.Commit(std::move(batch))).value();
  }
  void Write80Megabytes(Store& store) {
    // SQLite writes no page again whose bytes stay the same.
    for (int i = 0; i < 80; ++i) {
      const std::string body(1U << 20U, static_cast<char>('A' + i % 2));
      Commit(store, {Write::Put(Kind::kEvent, "same", body)});
    }
  }
  /// Runs SQL behind the store's back.
  void Execute(const char* sql) const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((path_ + "/atelier.db").c_str(), &handle), SQLITE_OK);
    const std::unique_ptr<sqlite3, Call<sqlite3_close_v2>> database(handle);
    ASSERT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
  }
  static unsigned Mode(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
  }

  asio::io_context io_;
  SystemClock clock_;
  std::unique_ptr<Logger> log_ = MakeNullLogger();
  test::TempDir parent_;
  std::string path_ = parent_.path() + "/data/store";  // neither folder is there yet
};

TEST_F(SqliteStore, TellsTheLastRevisionOfBefore) {
  auto store = Open();
  EXPECT_EQ(store->GetOpening().revision, 0);
  Commit(*store, {Write::Put(Kind::kInstance, "dsw-1", "{}")});
  const model::Revision last = Commit(*store, {Write::Delete(Kind::kInstance, "dsw-1")});
  EXPECT_EQ(store->GetOpening().revision, 0);
  Close(store);
  store = Open();
  EXPECT_EQ(store->GetOpening().revision, last);
  EXPECT_EQ(store->GetOpening().commits_cut, 0U);
  Close(store);
}

/// Remembers what each call brought, and whether the commits before were answered by then.
struct Followed final : Listener {
  void Apply(std::span<const Change> changes) override {
    calls.push_back(changes.size());
    for (const Change& change : changes) revisions.push_back(change.record.revision);
  }
  std::vector<std::size_t> calls;
  std::vector<model::Revision> revisions;
};

Task<void> CommitInto(Store& store, int n, std::vector<model::Revision>& answers,
                      const Followed& followed) {
  Batch batch;
  for (int part = 0; part < 5; ++part)
    batch.push_back(Write::Put(Kind::kEvent, fmt::format("{}/{}", n, part), "{}"));
  const auto revision = co_await store.Commit(std::move(batch));
  EXPECT_TRUE(revision);
  EXPECT_EQ(std::ranges::count(followed.revisions, *revision), 5) << "applied before the answer";
  answers.push_back(*revision);
}

/// A hundred commits share a flush; the thread is not held until all of them are applied.
TEST_F(SqliteStore, CommitsOfOneFlushAreAppliedAFewAtATimeEachAsAWhole) {
  auto store = Open();
  Followed followed;
  store->AddListener(followed);
  std::vector<model::Revision> answers;
  for (int n = 0; n < 100; ++n)
    Spawn(io_.get_executor(), "commit", CommitInto(*store, n, answers, followed));
  io_.restart();
  while (answers.size() < 100 && io_.run_one() > 0) {
  }
  ASSERT_EQ(answers.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(answers));
  EXPECT_TRUE(std::ranges::is_sorted(followed.revisions));
  for (const std::size_t changes : followed.calls) {
    EXPECT_EQ(changes % 5, 0U);
    EXPECT_LE(changes, 68U);
  }
  Close(store);
}

TEST_F(SqliteStore, IsThereAgainAfterAReopen) {
  auto store = Open();
  const auto revision = Commit(*store, {Write::Put(Kind::kInstance, "a", "body")});
  Close(store);
  store = Open();
  const auto record = test::Run(io_, store->Get(Kind::kInstance, "a"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->body, "body");
  EXPECT_EQ(record->revision, revision);
  Close(store);
}

TEST_F(SqliteStore, RevisionsNeverRepeatAfterDeletesAndReopens) {
  auto store = Open();
  Commit(*store, {Write::Put(Kind::kInstance, "a", "1")});
  const auto last = Commit(*store, {Write::Delete(Kind::kInstance, "a")});
  Close(store);
  store = Open();
  EXPECT_EQ(Commit(*store, {Write::Put(Kind::kInstance, "a", "2")}), last + 1);
  Close(store);
}

TEST_F(SqliteStore, OnlyTheOwnerCanReadItsFiles) {
  const mode_t before = ::umask(0);
  auto store = Open();
  Commit(*store, {Write::Put(Kind::kInstance, "a", "1")});
  EXPECT_EQ(Mode(path_), 0700U);
  for (const char* file : {"atelier.db", "atelier.db-wal", "atelier.db-shm", "atelier.lock"}) {
    EXPECT_EQ(Mode(path_ + "/" + file), 0600U) << file;
  }
  ::umask(before);
  Close(store);
}

TEST_F(SqliteStore, ClosesAFolderThatStoodOpen) {
  std::filesystem::create_directories(path_);
  ASSERT_EQ(::chmod(path_.c_str(), 0755), 0);
  auto store = Open();
  EXPECT_EQ(Mode(path_), 0700U);
  Close(store);
}

TEST_F(SqliteStore, RefusesASecondUserOfItsFolder) {
  auto store = Open();
  const auto second = TryOpen();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(second.error().reason(), "FolderInUse");
  Close(store);
  store = Open();
  Close(store);
}

/// What somebody did to the files of a store that is open.
struct Meddling {
  const char* name;
  std::function<void(const std::string& folder)> with;
  std::string second;  // the path that a second process then opens
};

class SqliteStoreMeddledWith : public SqliteStore, public testing::WithParamInterface<Meddling> {};

TEST_P(SqliteStoreMeddledWith, StillRefusesASecondUser) {
  auto store = Open();
  Commit(*store, {Write::Put(Kind::kInstance, "a", "body")});
  GetParam().with(path_);
  const std::string second = parent_.path() + "/data/" + GetParam().second;
  // By another process: of its own, POSIX locks keep nobody out.
  const pid_t child = ::fork();
  if (child == 0) {
    const auto opened = TryOpen({.folder = second});
    ::_exit(!opened && opened.error().reason() == "FolderInUse" ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  Close(store);
}

void RemoveLock(const std::string& folder) { fs::remove(folder + "/atelier.lock"); }
void ReplaceLock(const std::string& folder) {
  std::ofstream(folder + "/new") << "";
  fs::rename(folder + "/new", folder + "/atelier.lock");
}
void ReplaceDatabase(const std::string& folder) {
  RemoveLock(folder);
  fs::copy(folder + "/atelier.db", folder + "/new");
  fs::rename(folder + "/new", folder + "/atelier.db");
}
void RenameFolder(const std::string& folder) {
  RemoveLock(folder);
  fs::rename(folder, folder + "2");
}
void LinkDatabase(const std::string& folder) {
  fs::create_directory(folder + "2");
  fs::create_hard_link(folder + "/atelier.db", folder + "2/atelier.db");
}
void LinkFolder(const std::string& folder) {
  RemoveLock(folder);
  fs::create_directory_symlink(folder, folder + "2");
}

INSTANTIATE_TEST_SUITE_P(Files, SqliteStoreMeddledWith,
                         testing::Values(Meddling{"LockRemoved", RemoveLock, "store"},
                                         Meddling{"LockReplaced", ReplaceLock, "store"},
                                         Meddling{"DatabaseReplaced", ReplaceDatabase, "store"},
                                         Meddling{"FolderRenamed", RenameFolder, "store2"},
                                         Meddling{"DatabaseLinked", LinkDatabase, "store2"},
                                         Meddling{"FolderLinked", LinkFolder, "store2"}),
                         [](const auto& info) { return info.param.name; });

// A commit that goes into a file without a name is acknowledged and gone after the next start.
TEST_F(SqliteStore, RefusesCommitsWhileItsFilesAreNotInTheirPlace) {
  for (const char* file : {"/atelier.db", "/atelier.db-wal"}) {
    auto store = Open();
    Commit(*store, {Write::Put(Kind::kInstance, "a", "before")});
    fs::rename(path_ + file, parent_.path() + "/away");
    const auto refused = test::Run(io_, store->Commit({Write::Put(Kind::kInstance, "a", "lost")}));
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().code(), Code::kUnavailable);
    EXPECT_EQ(refused.error().reason(), "StoreMoved");
    EXPECT_FALSE(store->GetHealth().writable);
    EXPECT_EQ(test::Run(io_, store->Get(Kind::kInstance, "a"))->body, "before") << "reads go on";
    fs::rename(parent_.path() + "/away", path_ + file);
    Commit(*store, {Write::Put(Kind::kInstance, "a", "after")});
    EXPECT_TRUE(store->GetHealth().writable);
    Close(store);
  }
}

TEST_F(SqliteStore, RefusesANewerSchemaAndLeavesItAlone) {
  auto store = Open();
  Close(store);
  Execute("UPDATE meta SET value=99 WHERE name='schema'");
  const auto refused = TryOpen();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(refused.error().reason(), "NewerSchema");
  Execute("UPDATE meta SET value=1 WHERE name='schema'");
  store = Open();
  Close(store);
}

TEST_F(SqliteStore, RefusesTheDatabaseOfAnotherProgram) {
  std::filesystem::create_directories(path_);
  Execute("CREATE TABLE bookmarks(url TEXT)");
  EXPECT_EQ(TryOpen().error().code(), Code::kFailedPrecondition);
}

TEST_F(SqliteStore, SaysThatAFileIsDamaged) {
  std::filesystem::create_directories(path_);
  std::ofstream(path_ + "/atelier.db") << std::string(100'000, 'x');
  EXPECT_EQ(TryOpen().error().code(), Code::kDataLoss);
}

TEST_F(SqliteStore, SaysThatAFolderCannotBeMade) {
  std::ofstream(parent_.path() + "/file") << "in the way";
  const auto refused = TryOpen({.folder = parent_.path() + "/file/store"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kUnavailable);
}

TEST_F(SqliteStore, RefusesCommitsBeyondItsQueueAtOnce) {
  auto opened = TryOpen({.folder = path_, .max_queue = 8});
  ASSERT_TRUE(opened);
  std::vector<Result<model::Revision>> outcomes;
  const auto commit = [](Store& store, int i,
                         std::vector<Result<model::Revision>>& all) -> Task<void> {
    all.push_back(co_await store.Commit({Write::Put(Kind::kEvent, std::to_string(i), "")}));
  };
  // The I/O thread hands no answer back before it has run all twenty up to their wait.
  for (int i = 0; i < 20; ++i) Spawn(io_.get_executor(), "commit", commit(**opened, i, outcomes));
  while (outcomes.size() < 20 && io_.run_one() > 0) {
  }
  int refused = 0;
  for (const auto& outcome : outcomes) {
    if (outcome) continue;
    EXPECT_EQ(outcome.error().code(), Code::kUnavailable);
    ++refused;
  }
  EXPECT_EQ(refused, 12);
  EXPECT_GT(Commit(**opened, {Write::Put(Kind::kEvent, "later", "")}), 0) << "and takes more later";
  Close(*opened);
}

TEST_F(SqliteStore, GroupsLargerThanTheirBoundAreSplit) {
  auto opened = TryOpen({.folder = path_, .max_group = 3});
  ASSERT_TRUE(opened);
  std::vector<Result<model::Revision>> outcomes;
  const auto commit = [](Store& store, int i,
                         std::vector<Result<model::Revision>>& all) -> Task<void> {
    all.push_back(co_await store.Commit({Write::Put(Kind::kEvent, std::to_string(i), "")}));
  };
  for (int i = 0; i < 20; ++i) Spawn(io_.get_executor(), "commit", commit(**opened, i, outcomes));
  while (outcomes.size() < 20 && io_.run_one() > 0) {
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(outcomes[i].value(), static_cast<model::Revision>(i) + 1) << "in the order they came";
  }
  Close(*opened);
}

TEST_F(SqliteStore, KeepsItsLogShortByCheckpoints) {
  auto store = Open();
  Write80Megabytes(*store);
  EXPECT_LT(std::filesystem::file_size(path_ + "/atelier.db-wal"), 50U << 20U)
      << "of 80 MB written";
  Close(store);
}

// Who copies the database file alone has a whole backup.
TEST_F(SqliteStore, ACleanStopLeavesAllInTheDatabaseFile) {
  auto store = Open();
  const auto revision = Commit(*store, {Write::Put(Kind::kInstance, "a", "body")});
  Close(store);
  const std::string log = path_ + "/atelier.db-wal";
  EXPECT_TRUE(!fs::exists(log) || fs::file_size(log) == 0);
  const std::string restored = parent_.path() + "/restored";
  fs::create_directory(restored);
  fs::copy(path_ + "/atelier.db", restored + "/atelier.db");
  path_ = restored;
  store = Open();
  const auto record = test::Run(io_, store->Get(Kind::kInstance, "a"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->body, "body");
  EXPECT_EQ(record->revision, revision);
  Close(store);
}

/// Reads a database without a pause: the next read begins before the last has ended.
class OverlappingReads {
 public:
  explicit OverlappingReads(const std::string& path)
      : connections_{Connect(path), Connect(path)}, thread_([this] { Run(); }) {}
  OverlappingReads(const OverlappingReads&) = delete;
  OverlappingReads& operator=(const OverlappingReads&) = delete;
  ~OverlappingReads() {
    end_ = true;
    thread_.join();
  }

 private:
  using Handle = std::unique_ptr<sqlite3, Call<sqlite3_close_v2>>;
  static Handle Connect(const std::string& path) {
    sqlite3* handle = nullptr;
    sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    return Handle(handle);
  }
  void Run() {
    Begin(0);
    for (std::size_t turn = 1; !end_; ++turn) {
      Begin(turn % 2);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // what a read takes
      sqlite3_exec(connections_.at((turn + 1) % 2).get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
  }
  void Begin(std::size_t which) {
    sqlite3_exec(connections_.at(which).get(), "BEGIN; SELECT count(*) FROM meta", nullptr, nullptr,
                 nullptr);
  }

  std::array<Handle, 2> connections_;
  std::atomic<bool> end_ = false;
  std::thread thread_;
};

TEST_F(SqliteStore, KeepsItsLogShortThoughReadsOverlap) {
  auto store = Open();
  const OverlappingReads reads(path_ + "/atelier.db");
  Write80Megabytes(*store);
  EXPECT_LT(fs::file_size(path_ + "/atelier.db-wal"), 50U << 20U) << "of 80 MB written";
  Close(store);
}

TEST_F(SqliteStore, TellsHowLongCommitsTook) {
  auto store = Open();
  EXPECT_TRUE(store->RecentCommitSeconds().empty());
  Commit(*store, {Write::Put(Kind::kEvent, "e", "")});
  const auto seconds = store->RecentCommitSeconds();
  ASSERT_EQ(seconds.size(), 1U);
  EXPECT_GT(seconds[0], 0);
  Close(store);
}

}  // namespace
}  // namespace atelier::store
