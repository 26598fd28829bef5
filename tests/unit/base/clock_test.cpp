#include "base/clock.h"

#include <gtest/gtest.h>

#include "support/run.h"

namespace atelier {
namespace {

WallTime At(std::int64_t millis) { return WallTime{Duration{millis}}; }

TEST(Clock, ReadsTheDocumentedForm) {
  // 2024-01-12T14:36:01Z is 1705070161 seconds after 1970 (date -u -d ... +%s).
  EXPECT_EQ(ParseIso8601("2024-01-12T14:36:01Z"), At(1705070161000));
  EXPECT_EQ(ParseIso8601("2024-01-12T14:36:01.250Z"), At(1705070161250));
  EXPECT_EQ(ParseIso8601("2024-01-12T22:36:01+08:00"), At(1705070161000));
  EXPECT_EQ(ParseIso8601("2024-01-12T14:06:01-0030"), At(1705070161000));
}

TEST(Clock, RefusesEverythingElse) {
  for (const char* text :
       {"", "2024-01-12", "2024-01-12 14:36:01Z", "2024-01-12T14:36:01", "2024-02-30T00:00:00Z",
        "2024-13-01T00:00:00Z", "2024-01-12T24:00:00Z", "2024-01-12T14:60:00Z",
        "2024-01-12T14:36:01Zjunk", "2024-01-12T14:36:01.Z", "1705070161", "2024-1-2T0:0:0Z",
        "2024-01-12T14:36:01+99:00"}) {
    EXPECT_FALSE(ParseIso8601(text)) << text;
  }
}

TEST(Clock, SetsSecondsWhateverTheTextWas) {
  std::string text = "something longer than a time of day";
  SetSeconds(text, *ParseIso8601("2024-01-12T14:36:01.999Z"));
  EXPECT_EQ(text, "2024-01-12T14:36:01Z");
}

TEST(Clock, WritesSecondsAndMilliseconds) {
  EXPECT_EQ(FormatSeconds(At(1705070161999)), "2024-01-12T14:36:01Z");
  EXPECT_EQ(FormatMillis(At(1705070161009)), "2024-01-12T14:36:01.009Z");
}

TEST(ManualClock, WakesSleepersWhenTurned) {
  asio::io_context io;
  ManualClock clock(At(0));
  std::string order;
  const auto sleeper = [&](Duration length, char name) -> Task<void> {
    co_await clock.Sleep(length);
    order += name;
  };
  Spawn(io.get_executor(), "b", sleeper(Duration(20), 'b'));
  Spawn(io.get_executor(), "a", sleeper(Duration(10), 'a'));
  io.poll();
  EXPECT_EQ(order, "");
  clock.Advance(Duration(10));
  io.poll();
  EXPECT_EQ(order, "a");
  clock.Advance(Duration(10));
  io.poll();
  EXPECT_EQ(order, "ab");
  EXPECT_FALSE(clock.NextWake());
}

}  // namespace
}  // namespace atelier
