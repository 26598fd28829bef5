#include "base/another_loop.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "support/run.h"

namespace atelier {
namespace {

using asio::experimental::awaitable_operators::operator||;

/// A loop with a thread of its own.
class Loop {
 public:
  Loop() : thread_([this] { io_.run(); }) {}
  ~Loop() {
    work_.reset();
    thread_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  asio::any_io_executor executor() { return io_.get_executor(); }
  std::thread::id id() const { return thread_.get_id(); }

 private:
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

Task<std::pair<std::thread::id, std::string>> WhereAmI(std::string text) {
  SystemClock clock;
  co_await clock.Sleep(Duration(1));
  co_return std::pair(std::this_thread::get_id(), text + text);
}

Task<bool> AskThere(Loop& loop) {
  const std::thread::id here = std::this_thread::get_id();
  for (int i = 0; i < 100; ++i) {
    const auto [there, text] = co_await AwaitOn(loop.executor(), WhereAmI("ab"));
    EXPECT_EQ(there, loop.id());
    EXPECT_EQ(text, "abab");
    EXPECT_EQ(std::this_thread::get_id(), here);
  }
  co_return true;
}

TEST(AnotherLoop, ATaskRunsThereAndItsCallerGoesOnHere) {
  asio::io_context io{1};
  Loop loop;  // ends before the one that it posts to
  EXPECT_TRUE(test::Run(io, AskThere(loop)));
}

Task<bool> Fails() {
  SystemClock clock;
  co_await clock.Sleep(Duration(1));
  throw std::runtime_error("no");
}

TEST(AnotherLoop, AnExceptionComesBack) {
  asio::io_context io{1};
  Loop loop;  // ends before the one that it posts to
  EXPECT_THROW(test::Run(io, AwaitOn(loop.executor(), Fails())), std::runtime_error);
}

Task<bool> ForEver(std::atomic<int>& ended) {
  SystemClock clock;
  co_await clock.SleepUntil(Deadline::max());
  ++ended;
  co_return false;
}

Task<bool> GivesUp(Loop& loop, std::atomic<int>& ended, Duration after) {
  SystemClock clock;
  const auto first = co_await (AwaitOn(loop.executor(), ForEver(ended)) || clock.Sleep(after));
  co_return first.index() == 1;
}

TEST(AnotherLoop, WhoCancelsTheCallerCancelsTheTask) {
  asio::io_context io{1};
  Loop loop;  // ends before the one that it posts to
  std::atomic<int> ended = 0;
  EXPECT_TRUE(test::Run(io, GivesUp(loop, ended, Duration(5))));
  EXPECT_EQ(ended, 1) << "it was waited for";
}

TEST(AnotherLoop, CancellingRacesWithTheEndOfTheTask) {
  // Under ThreadSanitizer: whoever is first, nothing is touched on two threads.
  asio::io_context io{1};
  Loop loop;  // ends before the one that it posts to
  std::atomic<int> ended = 0;
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(test::Run(io, GivesUp(loop, ended, Duration(0))));
  EXPECT_EQ(ended, 200);
}

}  // namespace
}  // namespace atelier
