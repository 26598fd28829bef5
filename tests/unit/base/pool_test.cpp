#include "base/pool.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <gtest/gtest.h>

#include "support/run.h"

namespace atelier {
namespace {

struct Threads {
  std::thread::id before;
  std::thread::id inside;
  std::thread::id after;
};

Task<Threads> Observe(Pool& pool) {
  Threads threads;
  threads.before = std::this_thread::get_id();
  threads.inside = co_await RunOn(pool, [] { return std::this_thread::get_id(); });
  threads.after = std::this_thread::get_id();
  co_return threads;
}

TEST(RunOn, WorksOnThePoolAndResumesOnTheCallersExecutor) {
  asio::io_context io;
  Pool pool(2);
  const Threads threads = test::Run(io, Observe(pool));
  EXPECT_EQ(threads.before, std::this_thread::get_id());
  EXPECT_NE(threads.inside, std::this_thread::get_id());
  EXPECT_EQ(threads.after, std::this_thread::get_id());
}

TEST(RunOn, HandsOverValuesThatOnlyMove) {
  asio::io_context io;
  Pool pool(1);
  const auto task = [&pool]() -> Task<std::unique_ptr<int>> {
    auto input = std::make_unique<int>(20);
    co_return co_await RunOn(
        pool, [input = std::move(input)] { return std::make_unique<int>(*input + 1); });
  };
  EXPECT_EQ(*test::Run(io, task()), 21);
}

// Else a worker may be the last to let go of what its caller owned: of the pool itself, at worst.
TEST(RunOn, WhatTheWorkOwnsIsGoneWhenTheCallerGoesOn) {
  asio::io_context io;
  Pool pool(1);
  std::promise<void> caller_went_on;
  std::atomic<bool> gone = false;
  const auto task = [&]() -> Task<bool> {
    // Its end gives a caller that does not wait for it time to go on.
    std::shared_ptr<void> owned(nullptr, [&](void*) {
      caller_went_on.get_future().wait_for(std::chrono::milliseconds(50));
      gone = true;
    });
    co_await RunOn(pool, [owned = std::move(owned)] { return 0; });
    const bool was_gone = gone;
    caller_went_on.set_value();
    co_return was_gone;
  };
  EXPECT_TRUE(test::Run(io, task()));
  pool.join();
}

// What a strand is for: its work is done in the order it was asked for, on whatever thread.
TEST(RunOn, AStrandKeepsTheOrder) {
  asio::io_context io;
  Pool pool(2);
  auto strand = asio::make_strand(pool.get_executor());
  std::string order;
  const auto task = [&]() -> Task<int> {
    for (const char c : {'a', 'b', 'c'}) asio::post(strand, [&order, c] { order += c; });
    co_return co_await RunOn(strand, [&order] {
      order += 'd';
      return 4;
    });
  };
  EXPECT_EQ(test::Run(io, task()), 4);
  EXPECT_EQ(order, "abcd");
}

TEST(RunOn, ABlockedWorkerDoesNotHoldUpTheIoThread) {
  asio::io_context io;
  Pool pool(1);
  std::promise<void> release;
  bool blocked_done = false;
  const auto blocked = [&]() -> Task<void> {
    co_await RunOn(pool, [future = release.get_future().share()] {
      future.wait();
      return 0;
    });
    blocked_done = true;
  };
  Spawn(io.get_executor(), "blocked", blocked());
  bool other_done = false;
  const auto other = [&]() -> Task<void> {
    other_done = true;
    co_return;
  };
  Spawn(io.get_executor(), "other", other());
  io.poll();
  EXPECT_TRUE(other_done);
  EXPECT_FALSE(blocked_done);
  release.set_value();
  io.restart();
  io.run();
  EXPECT_TRUE(blocked_done);
}

}  // namespace
}  // namespace atelier
