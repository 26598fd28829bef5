// rooms: store
// kill -9 at every failpoint of an import, at every hit: the store that is filled is empty or
// whole, the data folder has a whole one at every moment, and the same command again ends what was
// begun (docs/decisions/0049-moving-house.md).
#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fault/store_child.h"
#include "fault/store_harness.h"
#include "store/export_file.h"
#include "store/move.h"
#include "support/postgres.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

namespace fs = std::filesystem;

constexpr int kCommits = 1;
const Progress kQuiet = [](std::string_view, std::uint64_t) {};

int ImportInChild(const StorePlace& to, const std::string& file, const std::string& failpoint) {
  return RunStoreChild({"import", file, to.folder, to.address}, failpoint).status;
}

std::unique_ptr<Opened> OpenAt(const StorePlace& place) {
  if (place.address.empty())
    return std::make_unique<Opened>(SqliteOptions{.folder = place.folder, .reserve_bytes = 0});
  return std::make_unique<Opened>(place.folder, place.address);
}

/// What is there; empty: nothing, or no store.
Tally At(const StorePlace& place) {
  const SystemClock clock;
  const auto snapshot = OpenSnapshotAt(place, clock);
  if (!snapshot) return {};
  const auto tally = ReadAllBlocking(**snapshot, kQuiet);
  if (!tally) throw std::runtime_error(tally.error().ToString());
  return *tally;
}

/// In the folder, whichever it is: what a server would find there.
Tally InFolder(const std::string& folder, const std::string& address) {
  const auto sqlite = OpenSqliteSnapshot(folder);
  if (sqlite && (*sqlite)->origin().head > 0) return *ReadAllBlocking(**sqlite, kQuiet);
  return IsOfPostgres(folder) ? At({.folder = folder, .address = address}) : Tally();
}

/// kSqlite: from PostgreSQL into SQLite.
enum class To : std::uint8_t { kSqlite, kPostgres };

class ImportKilledAt : public testing::TestWithParam<std::tuple<const char*, To, bool>> {};

TEST_P(ImportKilledAt, LeavesAnEmptyStoreOrTheWholeOneAndEndsWhenItIsRunAgain) {
  const auto& [point, to, same_folder] = GetParam();
  int hits = 0;
  for (int hit = 1; hit <= 100; ++hit) {
    const test::TempDir parent;
    const std::string database = test::Postgres::Shared().NewDatabase();
    const StorePlace old{.folder = parent.path() + "/store",
                         .address = to == To::kSqlite ? database : ""};
    const StorePlace fresh{.folder = same_folder ? old.folder : parent.path() + "/other",
                           .address = to == To::kSqlite ? "" : database};
    const std::string file = parent.path() + "/export";
    {
      const std::unique_ptr<Opened> opened = OpenAt(old);
      for (int i = 0; i < kCommits; ++i) ASSERT_TRUE(opened->Commit(Pair(std::to_string(i))));
    }
    const Tally whole = At(old);
    ASSERT_EQ(whole.at(Kind::kEvent).count, 2U * kCommits);
    {
      const SystemClock clock;
      const auto snapshot = OpenSnapshotAt(old, clock);
      ASSERT_TRUE(snapshot);
      auto writer = ExportWriter::Create(file, (*snapshot)->origin(), clock.Wall());
      ASSERT_TRUE(writer);
      ASSERT_TRUE((*snapshot)->ReadBlocking([&](const Record& r) { return writer->Add(r); }));
      ASSERT_TRUE(writer->Finish());
    }

    const std::string failpoint = fmt::format("{}:{}", point, hit);
    const int status = ImportInChild(fresh, file, failpoint);
    if (status == 0) break;  // not reached so often: every hit has had its turn
    ++hits;
    ASSERT_EQ(status, kKilled) << failpoint;
    const Tally there = At(fresh);
    EXPECT_TRUE(there.empty() || there == whole) << failpoint << ": a part of it";
    if (same_folder) EXPECT_EQ(InFolder(old.folder, database), whole) << failpoint;
    // A server never begins an empty store there.
    if (!same_folder && there.empty()) EXPECT_FALSE(CheckMayServe(fresh)) << failpoint;

    ASSERT_EQ(ImportInChild(fresh, file, ""), 0) << failpoint;
    EXPECT_EQ(At(fresh), whole) << failpoint;
    EXPECT_TRUE(CheckMayServe(fresh)) << failpoint;
    EXPECT_FALSE(fs::exists(fresh.folder + ".new"));
    const std::unique_ptr<Opened> opened = OpenAt(fresh);
    EXPECT_EQ(opened->Commit(Pair("after")).value(), kCommits + 1) << failpoint;
  }
  EXPECT_GT(hits, 0) << "the failpoint was never reached";
}

INSTANTIATE_TEST_SUITE_P(
    Failpoint, ImportKilledAt,
    testing::Combine(testing::Values("store.load.add", "store.load.before_commit",
                                     "store.load.after_commit", "store.settle.between",
                                     "store.settle.end"),
                     testing::Values(To::kSqlite, To::kPostgres), testing::Bool()),
    [](const auto& info) {
      std::string name = std::get<0>(info.param);
      std::ranges::replace(name, '.', '_');
      name += std::get<1>(info.param) == To::kSqlite ? "_ToSqlite" : "_ToPostgres";
      return name + (std::get<2>(info.param) ? "_InPlace" : "_ElseWhere");
    });

}  // namespace
}  // namespace atelier::store
