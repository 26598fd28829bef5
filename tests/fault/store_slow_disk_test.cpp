// rooms: store
// The disk takes seconds for a write, or for ever: commits are answered all the same, reads go on,
// the store says that it is not writable, and heals by itself. What was withdrawn is never written;
// what was under way is written once, and the read models learn of it.
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "fault/store_fault_vfs.h"
#include "fault/store_harness.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

using std::chrono::steady_clock;

class Keys final : public Listener {
 public:
  void Apply(std::span<const Change> changes) override {
    for (const Change& change : changes) all.push_back(change.record.key);
  }
  std::vector<std::string> all;
};

// Long enough for a commit to a disk that is well on a machine that is busy.
constexpr Duration kTimeout{1'000};

class StoreWithASlowDisk : public testing::Test {
 protected:
  static void SetUpTestSuite() { UseFastTempDir(); }
  StoreWithASlowDisk() {
    store_->AddListener(keys_);
    if (!store_.Commit({Write::Put(Kind::kEvent, "before", "")}))
      throw std::runtime_error("cannot write");
  }
  ~StoreWithASlowDisk() override { FaultVfs::Release(); }
  StoreWithASlowDisk(const StoreWithASlowDisk&) = delete;
  StoreWithASlowDisk& operator=(const StoreWithASlowDisk&) = delete;

  struct Answer {
    std::optional<Result<model::Revision>> outcome;
    std::string why() const {
      if (!outcome) return "no answer";
      return *outcome ? "committed"
                      : std::string(ToString(outcome->error().code())) + " " +
                            std::string(outcome->error().reason());
    }
  };
  /// Begins a commit and runs it up to its wait.
  void Begin(const std::string& key, Answer& answer) {
    Spawn(store_.io().get_executor(), "commit", CommitInto(*store_, key, answer));
    store_.io().restart();
    store_.io().poll();
  }
  void AwaitAnswer(const Answer& answer) {
    store_.io().restart();
    while (!answer.outcome && store_.io().run_one() > 0) {
    }
  }
  /// The store has to know that the disk is slow first: else that it is well says nothing.
  void Heal() {
    AwaitWritable(false);
    FaultVfs::Release();
    AwaitWritable(true);
  }
  std::string Commit(const std::string& key) {
    Answer answer;
    Begin(key, answer);
    AwaitAnswer(answer);
    return answer.why();
  }

 private:
  void AwaitWritable(bool writable) {
    for (int i = 0; i < 10'000 && store_->GetHealth().writable != writable; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(store_->GetHealth().writable, writable);
  }
  static Task<void> CommitInto(Store& store, std::string key, Answer& answer) {
    answer.outcome = co_await store.Commit({Write::Put(Kind::kEvent, key, "")});
  }

  static std::string Folder(const test::TempDir& parent) {
    FaultVfs::Install();
    return parent.path() + "/store";
  }

 protected:
  test::TempDir parent_;
  Keys keys_;
  Opened store_{{.folder = Folder(parent_), .reserve_bytes = 0, .commit_timeout = kTimeout}};
};

TEST_F(StoreWithASlowDisk, CommitsAreAnsweredAndReadsGoOn) {
  FaultVfs::Hold(FaultVfs::Call::kSync);
  const auto began = steady_clock::now();
  Answer under_way;
  Begin("under-way", under_way);
  FaultVfs::AwaitHeld();
  AwaitAnswer(under_way);
  EXPECT_EQ(under_way.why(), "DeadlineExceeded StoreSlow");
  EXPECT_EQ(Commit("late"), "Unavailable StoreSlow") << "nothing was written";
  EXPECT_TRUE(store_.Get("before"));
  EXPECT_LT(steady_clock::now() - began, 20 * kTimeout) << "and not when the disk is well again";
  const Health health = store_->GetHealth();
  EXPECT_FALSE(health.writable);
  EXPECT_TRUE(health.why_not.starts_with("The disk has not taken a write for "));
}

TEST_F(StoreWithASlowDisk, ItHealsAndWritesWhatWasUnderWayOnce) {
  FaultVfs::Hold(FaultVfs::Call::kSync);
  Answer under_way;
  Begin("under-way", under_way);
  FaultVfs::AwaitHeld();
  AwaitAnswer(under_way);
  EXPECT_EQ(under_way.why(), "DeadlineExceeded StoreSlow");
  Heal();
  EXPECT_EQ(Commit("after"), "committed");
  EXPECT_TRUE(store_->GetHealth().writable);
  EXPECT_EQ(keys_.all, (std::vector<std::string>{"before", "under-way", "after"}));
}

TEST_F(StoreWithASlowDisk, WhatStillWaitedIsWithdrawn) {
  FaultVfs::Hold(FaultVfs::Call::kSync);
  Answer under_way;
  Answer waiting;
  Begin("under-way", under_way);
  FaultVfs::AwaitHeld();
  Begin("waiting", waiting);
  AwaitAnswer(under_way);
  AwaitAnswer(waiting);
  EXPECT_EQ(waiting.why(), "Unavailable StoreSlow");
  Heal();
  EXPECT_EQ(Commit("after"), "committed");
  EXPECT_EQ(keys_.all, (std::vector<std::string>{"before", "under-way", "after"}));
  EXPECT_FALSE(store_.Get("waiting"));
}

}  // namespace
}  // namespace atelier::store
