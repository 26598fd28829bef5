#include "base/wait_queue.h"

#include <functional>
#include <optional>
#include <string>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace atelier {
namespace {

using asio::experimental::awaitable_operators::operator||;

/// Waiters that want numbers.
class WaitQueueTest : public ::testing::Test {
 protected:
  struct Wanted {
    char name = ' ';
    std::optional<int> number = {};
  };
  void Line(char name, Duration patience, Duration cancelled_after = Duration(1'000'000)) {
    Spawn(io_.get_executor(), "wait", Bounded(name, patience, cancelled_after));
    Poll();
  }
  Task<void> Bounded(char name, Duration patience, Duration cancelled_after) {
    co_await (Waiting(name, patience) || clock_.Sleep(cancelled_after));
  }
  Task<void> Waiting(char name, Duration patience) {
    Wanted wanted{.name = name};
    WaitQueue<Wanted>::Waiter waiter(queue_, io_.get_executor(), wanted);
    co_await waiter.Wait(clock_, clock_.In(patience));
    said_ += name;
    said_ += wanted.number ? std::to_string(*wanted.number) : "-";
  }
  Task<void> ServedBeforeItWaits() {
    Wanted wanted{.name = 'a'};
    WaitQueue<Wanted>::Waiter waiter(queue_, io_.get_executor(), wanted);
    EXPECT_TRUE(ServeOne(1));
    co_await waiter.Wait(clock_, clock_.In(Duration(100)));
    said_ += "done";
  }
  bool ServeOne(int number, const std::function<bool(char)>& fits = [](char) { return true; }) {
    return queue_.ServeOne([&](Wanted& wanted) {
      if (fits(wanted.name)) wanted.number = number;
      return wanted.number.has_value();
    });
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
  WaitQueue<Wanted> queue_;
  std::string said_;
  asio::io_context io_;  // last: what it still holds at its end uses the others
};

TEST_F(WaitQueueTest, ServesInTheOrderOfArrivalEachOnce) {
  for (const char name : {'a', 'b', 'c'}) Line(name, Duration(100));
  EXPECT_TRUE(ServeOne(1));
  EXPECT_TRUE(ServeOne(2));
  EXPECT_EQ(queue_.size(), 1U) << "who is served waits no more, woken or not";
  Poll();
  EXPECT_EQ(said_, "a1b2");
  EXPECT_TRUE(ServeOne(3));
  EXPECT_FALSE(ServeOne(4));
  Poll();
  EXPECT_EQ(said_, "a1b2c3");
}

TEST_F(WaitQueueTest, OneThatCannotUseItHoldsUpNobodyAndKeepsItsPlace) {
  for (const char name : {'a', 'b', 'c'}) Line(name, Duration(100));
  EXPECT_TRUE(ServeOne(1, [](char name) { return name != 'a'; }));
  EXPECT_TRUE(ServeOne(2));
  Poll();
  EXPECT_EQ(said_, "b1a2");
  EXPECT_EQ(queue_.size(), 1U);
}

TEST_F(WaitQueueTest, AllThatCanUseItAreServedAtOnce) {
  for (const char name : {'a', 'b', 'c'}) Line(name, Duration(100));
  int next = 0;
  queue_.ServeAll([&](Wanted& wanted) {
    if (wanted.name != 'b') wanted.number = ++next;
    return wanted.number.has_value();
  });
  Poll();
  EXPECT_EQ(said_, "a1c2");
  EXPECT_EQ(queue_.size(), 1U);
}

TEST_F(WaitQueueTest, WhoIsLateOrCancelledLeavesTheQueue) {
  Line('a', Duration(10));
  Line('b', Duration(100), Duration(20));
  Line('c', Duration(100));
  Pass(Duration(10));
  EXPECT_EQ(said_, "a-");
  Pass(Duration(10));
  EXPECT_EQ(queue_.size(), 1U);
  EXPECT_TRUE(ServeOne(1));
  Poll();
  EXPECT_TRUE(said_.ends_with("c1")) << said_;
}

TEST_F(WaitQueueTest, WhatComesBeforeTheWaitBeginsIsNotLost) {
  Spawn(io_.get_executor(), "early", ServedBeforeItWaits());
  Poll();
  EXPECT_EQ(said_, "done");
}

}  // namespace
}  // namespace atelier
