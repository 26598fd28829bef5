#include "control/core/keyed_loop.h"

#include <map>
#include <string>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace atelier::control {
namespace {

class KeyedLoopTest : public ::testing::Test {
 protected:
  void SetUp() override {
    loop_.Start();
    Poll();
  }
  void TearDown() override {
    loop_.End();
    Poll();
    EXPECT_EQ(gate_.inside(), stuck_) << "nothing is left behind";
  }
  Task<MonoTime> Step(std::string key, WorkerSlot& slot) {
    said_ += key;
    if (key.starts_with("slow")) {
      ++stuck_;
      slot.GiveUp();
      co_await clock_.SleepUntil(MonoTime::max());
    }
    const auto pause = pauses_.find(key);
    co_return pause == pauses_.end() ? MonoTime::max() : clock_.In(pause->second);
  }
  void Poll() {
    io_.restart();
    io_.poll();
  }
  void Pass(Duration length) {
    clock_.Advance(length);
    Poll();
  }

  ManualClock clock_{WallTime{}};
  Gate gate_;
  std::size_t stuck_ = 0;
  std::string said_;
  std::map<std::string, Duration> pauses_;  // from one step of a key to the next
  asio::io_context io_;
  KeyedLoop<std::string> loop_{
      {.clock = clock_,
       .io = io_.get_executor(),
       .name = "test",
       .width = 1,
       .gate = gate_,
       .owner = [] { return std::shared_ptr<void>(); }},
      [this](std::string key, WorkerSlot& slot) { return Step(std::move(key), slot); }};
};

TEST_F(KeyedLoopTest, AStepSaysWhenTheNextIsDue) {
  pauses_ = {{"a", Duration(10)}, {"b", Duration(15)}};
  loop_.Add("a");
  loop_.Add("b");
  loop_.Add("c");
  Poll();
  EXPECT_EQ(said_, "abc");
  Pass(Duration(10));
  EXPECT_EQ(said_, "abca");
  Pass(Duration(5));
  EXPECT_EQ(said_, "abcab");
  pauses_.clear();
  Pass(Duration(20));
  EXPECT_EQ(said_, "abcabab") << "the last steps";
  Pass(Duration(1'000));
  EXPECT_EQ(said_, "abcabab");
}

TEST_F(KeyedLoopTest, SlowStepsHoldUpTheirOwnKeyOnly) {
  for (int i = 0; i < 3; ++i) loop_.Add("slow" + std::to_string(i));
  loop_.Add("a");
  loop_.Add("slow0");
  Poll();
  EXPECT_EQ(said_, "slow0slow1slow2a");
  EXPECT_TRUE(loop_.idle());
}

TEST_F(KeyedLoopTest, WhatIsDueCanBeBroughtForwardAndCalledOff) {
  pauses_ = {{"a", Duration(100)}, {"b", Duration(100)}};
  loop_.Add("a");
  loop_.Add("b");
  Poll();
  loop_.SetDue("a", clock_.In(Duration(10)));
  loop_.SetDue("b", MonoTime::max());
  Pass(Duration(10));
  EXPECT_EQ(said_, "aba");
  Pass(Duration(99));
  EXPECT_EQ(said_, "aba");
}

TEST_F(KeyedLoopTest, NothingBeginsAfterItsEnd) {
  pauses_ = {{"a", Duration(10)}};
  loop_.Add("a");
  Poll();
  loop_.End();
  loop_.Add("b");
  Pass(Duration(10));
  EXPECT_EQ(said_, "a");
}

}  // namespace
}  // namespace atelier::control
