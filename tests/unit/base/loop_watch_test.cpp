#include "base/loop_watch.h"

#include <chrono>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include "base/slice.h"
#include "support/recorded_log.h"

namespace atelier {
namespace {

using std::chrono::milliseconds;

/// A loop whose time is what the test says.
class LoopWatchTest : public ::testing::Test {
 public:
  static void Take(std::chrono::microseconds length) { now_ += length; }

 protected:
  LoopWatchTest() { now_ = {}; }

  static LoopWatch::Clock::time_point Now() { return now_; }
  template <class Body>
  void Post(Body body) {
    asio::post(io_, std::move(body));
  }
  /// Until nothing is left; then the loop looks once more.
  void Run() {
    Post([this] { Post([] {}); });
    io_.restart();
    io_.run();
  }

  test::RecordedLog log_;
  asio::io_context io_{1};
  asio::steady_timer timer_{io_};  // a loop without one has nothing to wait for
  LoopWatch watch_{log_, &Now};

 private:
  static inline LoopWatch::Clock::time_point now_;
};

TEST_F(LoopWatchTest, ALoopThatIsHeldLongerThanFiveMillisecondsIsCountedByWhatHeldIt) {
  Post([] {
    const LoopWatch::Work work("digest");
    Take(milliseconds(6));
  });
  Run();
  EXPECT_EQ(watch_.Times("digest"), 1U);
  EXPECT_EQ(watch_.Times("other"), 0U);
  std::string page;
  watch_.AppendText(page);
  EXPECT_NE(page.find("atelier_loop_held_total{by=\"digest\"} 1\n"), std::string::npos) << page;
  EXPECT_NE(page.find("atelier_loop_held_seconds_total{by=\"digest\"} 0.006\n"), std::string::npos)
      << page;
}

TEST_F(LoopWatchTest, WhatTakesNoLongerIsNotCounted) {
  Post([] {
    const LoopWatch::Work work("digest");
    Take(milliseconds(5));
  });
  Run();
  EXPECT_EQ(watch_.Times("digest"), 0U);
}

TEST_F(LoopWatchTest, TheLongestWorkOfABatchIsBlamedAndNobodyForWhatHasNoName) {
  Post([] {
    const LoopWatch::Work work("short");
    Take(milliseconds(2));
  });
  Post([] {
    const LoopWatch::Work work("long");
    Take(milliseconds(4));
  });
  Run();
  EXPECT_EQ(watch_.Times("long"), 1U);
  Post([] {
    const LoopWatch::Work work("short");
    Take(milliseconds(2));
  });
  Post([] { Take(milliseconds(7)); });
  Run();
  EXPECT_EQ(watch_.Times("other"), 1U);
  EXPECT_EQ(watch_.Times("short"), 0U);
}

TEST_F(LoopWatchTest, AWaitHoldsNothing) {
  watch_.Before();
  Take(milliseconds(100));
  watch_.After();
  Run();
  EXPECT_EQ(watch_.Times("other"), 0U);
}

Task<void> InSlices(asio::any_io_executor io, std::size_t items) {
  Slice slice(io);
  for (std::size_t i = 0; i < items; ++i) {
    LoopWatchTest::Take(std::chrono::microseconds(15));
    if (slice.Spent()) co_await slice.Yield();
  }
}

TEST_F(LoopWatchTest, WorkInSlicesHoldsNobodyHoweverMuchItIs) {
  bool asked = false;
  Spawn(io_.get_executor(), "sliced", InSlices(io_.get_executor(), 10'000));
  Post([&] { asked = true; });
  for (int turns = 0; turns < 5 && !asked; ++turns) io_.run_one();
  EXPECT_TRUE(asked) << "whoever was ready has their turn after the first slice";
  Run();
  EXPECT_EQ(watch_.Times("other"), 0U) << "it took 150 ms in all";
}

}  // namespace
}  // namespace atelier
