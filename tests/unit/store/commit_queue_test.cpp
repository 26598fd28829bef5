// In what order, and how much at a time, what is committed is shown and answered.
#include "store/common/commit_queue.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "store/common/errors.h"
#include "support/run.h"

namespace atelier::store {
namespace {

/// Commits of `each` changes.
std::vector<Change> Changes(model::Revision first, model::Revision last, std::size_t each = 1) {
  std::vector<Change> changes;
  for (model::Revision revision = first; revision <= last; ++revision) {
    for (std::size_t i = 0; i < each; ++i) {
      changes.push_back(
          {.op = Write::Op::kPut,
           .record = {.kind = Kind::kEvent, .key = "k", .revision = revision, .body = {}}});
    }
  }
  return changes;
}

/// Answers the next group with what it was told to.
class Told final : public Committer {
 public:
  Resolution Commit(std::vector<Ticket>& /*group*/) override { return std::move(next); }
  void Idle() override {}
  std::optional<Duration> IdleAfter() const override { return std::nullopt; }
  Resolution next;
};

class Recorder final : public Listener {
 public:
  void Apply(std::span<const Change> changes) override {
    most = std::max(most, changes.size());
    for (const Change& change : changes) seen.push_back(change.record.revision);
  }
  std::vector<model::Revision> seen;
  std::size_t most = 0;  // at once
};

class Queue : public testing::Test {
 protected:
  Queue() { queue_.AddListener(feed_); }
  Result<model::Revision> Commit() { return test::Run(io_, queue_.Commit({}, false)); }
  /// Runs one turn of the I/O thread after the other until all that is there is shown; how many.
  int ShowAll() {
    io_.restart();
    return static_cast<int>(io_.poll());
  }

  asio::io_context io_;
  SystemClock clock_;
  Told committer_;
  Recorder feed_;
  CommitQueue queue_{{.group = {}, .slow = SlowDisk}, io_.get_executor(), clock_, committer_};
};

TEST_F(Queue, WhatOthersCommittedIsShownInWholeCommitsAFewAtATime) {
  bool shown = false;
  queue_.Show(Changes(1, 1000), [&] {
    shown = true;
    EXPECT_EQ(feed_.seen.size(), 1000U);
  });
  EXPECT_EQ(ShowAll(), 16) << "turns of 64, between which others have the thread";
  EXPECT_TRUE(shown);
  EXPECT_EQ(feed_.most, 64U);
  queue_.Show(Changes(1001, 1010, 40), {});
  EXPECT_EQ(ShowAll(), 5);
  EXPECT_EQ(feed_.most, 80U) << "two commits of 40: none is cut";
  queue_.Show(Changes(1011, 1011, 500), {});
  EXPECT_EQ(ShowAll(), 1);
  EXPECT_TRUE(std::ranges::is_sorted(feed_.seen));
}

TEST_F(Queue, AGroupBringsHomeWhatOthersCommittedBeforeAndBehindIt) {
  committer_.next.changes = Changes(1, 400);
  committer_.next.outcomes.emplace_back(200);
  EXPECT_EQ(Commit().value(), 200);
  EXPECT_GE(feed_.seen.size(), 200U);
  EXPECT_LT(feed_.seen.size(), 400U) << "it need not wait for what came behind it";
  ShowAll();
  EXPECT_EQ(feed_.seen.size(), 400U);
  EXPECT_EQ(feed_.most, 64U);
}

TEST_F(Queue, WhoLostARaceIsAnsweredOnceWhatTheyLostToIsShown) {
  committer_.next.changes = Changes(1, 300);
  committer_.next.outcomes.emplace_back(Conflict());
  committer_.next.before = 300;
  EXPECT_EQ(Commit().error().code(), Code::kAborted);
  EXPECT_EQ(feed_.seen.size(), 300U);
  EXPECT_EQ(feed_.most, 64U);
}

TEST_F(Queue, WhatIsShownTwiceIsDropped) {
  queue_.Show(Changes(1, 3), {});
  queue_.Show(Changes(2, 4), {});
  queue_.Show(Changes(1, 4), {});
  queue_.Show(Changes(4, 5), {});
  ShowAll();
  EXPECT_EQ(feed_.seen, (std::vector<model::Revision>{1, 2, 3, 4, 5}));
}

TEST(QueueThatIsGone, ShowsNothing) {
  asio::io_context io;
  SystemClock clock;
  Told committer;
  Recorder feed;
  {
    CommitQueue queue({.group = {}, .slow = SlowDisk}, io.get_executor(), clock, committer);
    queue.AddListener(feed);
    queue.Show(Changes(1, 3), [] { FAIL(); });
  }
  io.poll();
  EXPECT_TRUE(feed.seen.empty());
}

}  // namespace
}  // namespace atelier::store
