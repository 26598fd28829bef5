#include "base/keyed_mutex.h"

#include <chrono>
#include <string>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/clock.h"

namespace atelier {
namespace {

using asio::experimental::awaitable_operators::operator||;

class TurnsTest : public ::testing::Test {
 protected:
  /// Takes a turn with `key` for `length`; `said_` gets the name when it begins, with a question
  /// mark if there was none to have.
  void Visit(char name, std::string key, Duration length) {
    Spawn(io_.get_executor(), "visit", Visiting(name, std::move(key), length));
    Pass(Duration(0));
  }
  Task<void> Visiting(char name, std::string key, Duration length) {
    const KeyedMutex::Lock turn =
        co_await turns_.Take(std::move(key), clock_, clock_.In(kPatience));
    said_ += name;
    if (!turn) said_ += '?';
    co_await clock_.Sleep(length);
  }
  Task<void> Impatient(char name, std::string key, Duration patience) {
    co_await (Visiting(name, std::move(key), Duration(0)) || clock_.Sleep(patience));
  }
  void Pass(Duration length) {
    clock_.Advance(length);
    io_.restart();
    io_.poll();
  }

  static constexpr Duration kPatience{100};
  ManualClock clock_{WallTime{}};
  KeyedMutex turns_;
  std::string said_;
  asio::io_context io_;  // last: what it still holds at its end uses the others
};

TEST_F(TurnsTest, GoInTheOrderOfArrival) {
  for (const char name : {'a', 'b', 'c'}) Visit(name, "key", Duration(10));
  EXPECT_EQ(said_, "a");
  Pass(Duration(10));
  EXPECT_EQ(said_, "ab");
  Visit('d', "key", Duration(10));
  Pass(Duration(10));
  Pass(Duration(10));
  EXPECT_EQ(said_, "abcd");
  Pass(Duration(10));
  Visit('e', "key", Duration(0));
  EXPECT_EQ(said_, "abcde") << "nobody has it any more";
}

TEST_F(TurnsTest, OfDifferentThingsDoNotMeet) {
  Visit('a', "one", Duration(10));
  Visit('b', "two", Duration(10));
  EXPECT_EQ(said_, "ab");
}

TEST_F(TurnsTest, WhoHasWaitedLongEnoughGoesWithout) {
  Visit('a', "key", Duration(150));
  Visit('b', "key", Duration(10));
  Pass(Duration(50));
  Visit('c', "key", Duration(10));
  Pass(Duration(50));
  EXPECT_EQ(said_, "ab?");
  Pass(Duration(50));  // a ends at the moment that c's patience does: either may be first
  EXPECT_TRUE(said_ == "ab?c" || said_ == "ab?c?") << said_;
  Pass(Duration(100));
  Visit('d', "key", Duration(0));
  EXPECT_EQ(said_.back(), 'd') << "whoever left the line holds up nobody";
}

TEST_F(TurnsTest, WhoIsCancelledLeavesTheLine) {
  Visit('a', "key", Duration(50));
  Spawn(io_.get_executor(), "impatient", Impatient('b', "key", Duration(10)));
  Pass(Duration(0));
  Visit('c', "key", Duration(10));
  Pass(Duration(10));
  EXPECT_EQ(said_, "ab?") << "cancelled: an empty turn";
  Pass(Duration(40));
  EXPECT_EQ(said_, "ab?c");
}

}  // namespace
}  // namespace atelier
