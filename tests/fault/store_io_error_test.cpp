// rooms: store
// The disk fails call 1, then call 2, and so on until a run passes clean. Nothing is acknowledged
// that is not there after a restart, a flush that failed is never trusted to a second one, reads go
// on, and the store heals without a restart.
#include <chrono>
#include <filesystem>
#include <map>
#include <sqlite3.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fault/store_fault_vfs.h"
#include "fault/store_harness.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

namespace fs = std::filesystem;

/// A read model of keys only.
class Mirror final : public Listener {
 public:
  void Apply(std::span<const Change> changes) override {
    for (const Change& change : changes) {
      if (change.op == Write::Op::kPut) {
        all[change.record.key] = change.record.revision;
      } else {
        all.erase(change.record.key);
      }
    }
  }
  std::map<std::string, model::Revision> all;
};

struct Fault {
  FaultVfs::Call call;
  int code;
  bool lasting;
  Code answer;
  const char* name;
};

class StoreWithAFailingDisk : public testing::TestWithParam<Fault> {
 protected:
  static void SetUpTestSuite() { UseFastTempDir(); }
  StoreWithAFailingDisk() { FaultVfs::Install(); }
  ~StoreWithAFailingDisk() override { FaultVfs::Heal(); }

  static constexpr int kCommits = 3;
  test::TempDir parent_;
};

class StoreWithABrokenDisk : public StoreWithAFailingDisk {};

/// What the machine would find after losing its power now: no shared memory, no unwritten cache.
std::map<std::string, model::Revision> AfterACrash(const std::string& folder) {
  const std::string copy = folder + "-crashed";
  fs::remove_all(copy);
  fs::create_directory(copy);
  for (const char* file : {"/atelier.db", "/atelier.db-wal"}) {
    if (fs::exists(folder + file)) fs::copy_file(folder + file, copy + file);
  }
  return Opened({.folder = copy}).All();
}

TEST_P(StoreWithAFailingDisk, AtEveryCallInTurn) {
  const Fault& fault = GetParam();
  int runs_with_a_fault = 0;
  for (int nth = 1; nth <= 200; ++nth) {
    const std::string folder = fmt::format("{}/{}", parent_.path(), nth);
    Mirror mirror;
    Opened store({.folder = folder, .reserve_bytes = 0});
    store->AddListener(mirror);
    ASSERT_TRUE(store.Commit(Pair("before")));

    FaultVfs::Fail(fault.call, nth, fault.code, fault.lasting);
    std::map<std::string, model::Revision> acknowledged;
    std::vector<std::string> refused;
    for (int i = 0; i < kCommits; ++i) {
      const std::string name = std::to_string(i);
      const auto revision = store.Commit(Pair(name, 3000));
      if (revision) {
        acknowledged[name] = *revision;
        continue;
      }
      refused.push_back(name);
      EXPECT_EQ(revision.error().code(), fault.answer) << revision.error().ToString();
      EXPECT_FALSE(store->GetHealth().writable);
      EXPECT_NE(store->GetHealth().why_not, "");
      EXPECT_TRUE(store.Get("before/a")) << "reads go on";
      EXPECT_EQ(store.Get(name + "/a").error().code(), Code::kNotFound)
          << "nothing half done shows";
    }
    const int failed = FaultVfs::failed();
    FaultVfs::Heal();
    EXPECT_EQ(refused.empty(), failed == 0) << nth;

    const auto crashed = AfterACrash(folder);
    EXPECT_TRUE(TornPairs(crashed).empty()) << nth;
    ASSERT_TRUE(store.Commit(Pair("after"))) << nth << ": heals without a restart";
    EXPECT_TRUE(store->GetHealth().writable);

    const auto all = store.All();
    EXPECT_EQ(all, mirror.all) << nth << ": the read models and the disk agree";
    for (const auto& [name, revision] : acknowledged) {
      EXPECT_TRUE(all.contains(name + "/a")) << nth;
      EXPECT_TRUE(crashed.contains(name + "/a"))
          << nth << ": acknowledged and lost by a crash: " << name;
    }
    for (const std::string& name : refused)
      EXPECT_FALSE(all.contains(name + "/a")) << nth << " " << name;
    EXPECT_EQ(AfterACrash(folder), all) << nth << ": no refused commit comes back later";
    if (failed == 0) break;
    ++runs_with_a_fault;
  }
  EXPECT_GE(runs_with_a_fault, kCommits);
}

TEST_P(StoreWithABrokenDisk, HealsWithoutACommit) {
  // A server that says it cannot write gets no writes: it has to find out by itself.
  const Fault& fault = GetParam();
  Opened store({.folder = parent_.path() + "/store", .reserve_bytes = 0});
  FaultVfs::Fail(fault.call, 1, fault.code, true);
  ASSERT_FALSE(store.Commit(Pair("refused")));
  ASSERT_FALSE(store->GetHealth().writable);
  FaultVfs::Heal();
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!store->GetHealth().writable && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(store->GetHealth().writable);
}

constexpr Fault kOneWrite{FaultVfs::Call::kWrite, SQLITE_IOERR_WRITE, false, Code::kUnavailable,
                          "OneWrite"};
constexpr Fault kAllWrites{FaultVfs::Call::kWrite, SQLITE_IOERR_WRITE, true, Code::kUnavailable,
                           "AllWrites"};
constexpr Fault kOneFlush{FaultVfs::Call::kSync, SQLITE_IOERR_FSYNC, false, Code::kUnavailable,
                          "OneFlush"};
constexpr Fault kAllFlushes{FaultVfs::Call::kSync, SQLITE_IOERR_FSYNC, true, Code::kUnavailable,
                            "AllFlushes"};
constexpr Fault kOneFull{FaultVfs::Call::kWrite, SQLITE_FULL, false, Code::kResourceExhausted,
                         "OneFull"};
constexpr Fault kStaysFull{FaultVfs::Call::kWrite, SQLITE_FULL, true, Code::kResourceExhausted,
                           "StaysFull"};

INSTANTIATE_TEST_SUITE_P(Every, StoreWithAFailingDisk,
                         testing::Values(kOneWrite, kAllWrites, kOneFlush, kAllFlushes, kOneFull,
                                         kStaysFull),
                         [](const auto& info) { return info.param.name; });
// A fault that passes heals with the next commit.
INSTANTIATE_TEST_SUITE_P(Every, StoreWithABrokenDisk,
                         testing::Values(kAllWrites, kAllFlushes, kStaysFull),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace atelier::store
