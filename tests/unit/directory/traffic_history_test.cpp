// What is known of a service's requests over time, and what is not.
#include "directory/traffic_history.h"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "directory/service_directory.h"

namespace atelier::directory {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kStart = *ParseIso8601("2026-01-31T12:00:00Z");
constexpr Duration kTen = seconds(10);

std::size_t At(TrafficClass outcome) { return static_cast<std::size_t>(outcome); }

/// A clock of which the two hands can be moved apart, as by a sleep of the machine.
class TwoHands final : public Clock {
 public:
  WallTime Wall() const override { return wall; }
  MonoTime Mono() const override { return mono; }
  Task<void> SleepUntil(MonoTime) override { co_return; }
  void Pass(Duration time) {
    wall += time;
    mono += time;
  }
  WallTime wall = kStart;
  MonoTime mono{std::chrono::hours(1)};
};

class TrafficHistoryTest : public testing::Test {
 protected:
  void PutService(const std::string& id) {
    model::Service service;
    service.id = model::ServiceId(id);
    service.name = id;
    const store::Change change{.record = {.kind = store::Kind::kService,
                                          .key = id,
                                          .revision = ++revision_,
                                          .body = ToJson(service)}};
    services_.Apply({&change, 1});
  }
  static void Answer(TrafficHistory& history, const std::string& id = "a",
                     Duration took = milliseconds(7)) {
    history.Count(id, TrafficClass::k2xx, took);
  }
  std::vector<TrafficPoint> All(TrafficHistory& history, const std::string& id = "a",
                                Duration step = kTen) const {
    return history.Get(id, WallTime(), clock_.wall + std::chrono::hours(1), step);
  }
  static std::vector<int> Begins(const std::vector<TrafficPoint>& points) {
    std::vector<int> begins;
    for (const TrafficPoint& point : points)
      begins.push_back(static_cast<int>((point.start - kStart) / seconds(1)));
    return begins;
  }

  model::Revision revision_ = 0;
  ServiceDirectory services_;
  TwoHands clock_;
};

TEST_F(TrafficHistoryTest, CountsByClassAndLatencyInTheBucketOfTheEnd) {
  TrafficHistory history(services_, clock_);
  clock_.Pass(seconds(12));
  Answer(history, "a", milliseconds(5));        // not above the first bound
  Answer(history, "a", milliseconds(6));        // in the second
  Answer(history, "a", std::chrono::hours(1));  // behind the last
  history.Count("a", TrafficClassOf(429), {});
  history.Count("a", TrafficClassOf(450), {});
  history.Count("a", TrafficClassOf(404), {});
  history.Count("a", TrafficClassOf(302), milliseconds(1));
  history.Count("a", TrafficClassOf(101), milliseconds(1));
  clock_.Pass(seconds(10));
  history.Count("a", TrafficClassOf(503), {});
  history.Count("a", TrafficClass::kGivenUp, {});
  clock_.Pass(seconds(8));
  const auto points = All(history);
  ASSERT_EQ(Begins(points), (std::vector<int>{10, 20}));
  EXPECT_EQ(points[0].requests, (std::array<std::uint64_t, 8>{1, 3, 1, 1, 1, 1, 0, 0}));
  EXPECT_EQ(points[1].requests, (std::array<std::uint64_t, 8>{0, 0, 0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(points[0].latency,
            (std::array<std::uint64_t, 15>{3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(points[0].measured, kTen);
}

TEST_F(TrafficHistoryTest, QuietIsZeroAndWhatWasNotMeasuredIsAbsent) {
  clock_.Pass(seconds(3));  // the server starts within a bucket: that one is not whole
  TrafficHistory history(services_, clock_);
  clock_.Pass(seconds(36));
  Answer(history);
  clock_.Pass(seconds(1));  // 40
  const auto points = All(history);
  ASSERT_EQ(Begins(points), (std::vector<int>{10, 20, 30}));  // and not the present one
  EXPECT_EQ(points[0].requests[At(TrafficClass::k2xx)], 0U);
  EXPECT_EQ(points[2].requests[At(TrafficClass::k2xx)], 1U);
  // Who had no request at all had none in a time that was measured.
  EXPECT_EQ(Begins(All(history, "b")), (std::vector<int>{10, 20, 30}));
  EXPECT_EQ(Begins(history.Get("a", kStart + seconds(15), kStart + seconds(35), kTen)),
            (std::vector<int>{20}));
}

TEST_F(TrafficHistoryTest, WhileTheMachineSleepsNothingIsKnown) {
  TrafficHistory history(services_, clock_);
  clock_.Pass(seconds(25));
  Answer(history);
  clock_.Pass(seconds(10));
  Answer(history);            // at 35
  clock_.wall += minutes(1);  // asleep: 35 to 95
  clock_.Pass(seconds(10));
  Answer(history);  // at 105
  clock_.Pass(seconds(15));
  EXPECT_EQ(Begins(All(history)), (std::vector<int>{10, 20, 110}));
}

TEST_F(TrafficHistoryTest, ASleepBeforeALookIsAGapBackToTheLastOne) {
  TrafficHistory history(services_, clock_);
  clock_.Pass(seconds(21));
  Answer(history);
  clock_.Pass(seconds(30));
  clock_.wall += minutes(1);
  clock_.Pass(seconds(8));  // 119
  Answer(history);
  clock_.Pass(seconds(11));
  EXPECT_EQ(Begins(All(history)), (std::vector<int>{10, 120}));
}

TEST_F(TrafficHistoryTest, AClockThatIsSetBackBeginsAnew) {
  TrafficHistory history(services_, clock_);
  clock_.Pass(seconds(45));
  Answer(history);
  clock_.wall -= seconds(3);  // slewed: nothing is lost
  Answer(history);
  clock_.Pass(seconds(10));
  EXPECT_EQ(All(history).back().requests[At(TrafficClass::k2xx)], 2U);
  clock_.wall -= std::chrono::hours(2);
  Answer(history);
  EXPECT_TRUE(All(history).empty());
  clock_.Pass(seconds(20));
  const auto points = All(history);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].requests[At(TrafficClass::k2xx)], 0U);
}

TEST_F(TrafficHistoryTest, LevelsAreMeansOverTheTimeAlsoOfQuietBuckets) {
  TrafficHistory history(services_, clock_);
  clock_.Pass(seconds(15));
  history.AddUnderWay("a", 1);
  history.AddWaiting("a", 1);
  clock_.Pass(seconds(2));
  history.AddWaiting("a", -1);
  clock_.Pass(seconds(8));  // 25
  history.AddUnderWay("a", 1);
  clock_.Pass(seconds(10));  // 35
  history.AddUnderWay("a", -1);
  history.AddUnderWay("a", -1);
  clock_.Pass(seconds(15));  // 50
  const auto points = All(history);
  ASSERT_EQ(Begins(points), (std::vector<int>{10, 20, 30, 40}));
  EXPECT_DOUBLE_EQ(points[0].under_way, 0.5);
  EXPECT_DOUBLE_EQ(points[0].waiting, 0.2);
  EXPECT_DOUBLE_EQ(points[1].under_way, 1.5);
  EXPECT_DOUBLE_EQ(points[2].under_way, 1.0);
  EXPECT_DOUBLE_EQ(points[3].under_way, 0.0);
  // Longer periods are the means of what they are made of, counted from 1970.
  const auto merged = All(history, "a", seconds(30));
  ASSERT_EQ(Begins(merged), (std::vector<int>{0, 30}));
  EXPECT_EQ(merged[0].measured, seconds(20));
  EXPECT_DOUBLE_EQ(merged[0].under_way, 1.0);
  EXPECT_EQ(merged[1].measured, seconds(20));
  EXPECT_DOUBLE_EQ(merged[1].under_way, 0.5);
}

TEST_F(TrafficHistoryTest, KeepsSixHours) {
  TrafficHistory history(services_, clock_);
  history.AddUnderWay("a", 1);
  clock_.Pass(std::chrono::hours(24));
  const auto points = All(history);
  ASSERT_EQ(points.size(), 2160U);
  EXPECT_EQ(points.front().start, clock_.wall - std::chrono::hours(6));
  EXPECT_DOUBLE_EQ(points.front().under_way, 1);
}

TEST_F(TrafficHistoryTest, WhatTheBudgetGivesUpIsAbsent) {
  TrafficHistory history(services_, clock_, {.budget_bytes = 104 * 100, .max_series = 10});
  for (int i = 0; i < 100; ++i) {
    clock_.Pass(kTen);
    Answer(history, "a");
    Answer(history, "b");
  }
  clock_.Pass(kTen);
  const auto points = All(history);  // half of the budget
  EXPECT_GE(points.size(), 45U);
  EXPECT_LE(points.size(), 55U);
  for (const auto& point : points) EXPECT_EQ(point.requests[At(TrafficClass::k2xx)], 1U);
}

TEST_F(TrafficHistoryTest, BeyondTheMostSeriesNothingIsKnownUntilThereIsRoom) {
  TrafficHistory history(services_, clock_, {.budget_bytes = 1U << 20U, .max_series = 2});
  PutService("a");
  PutService("c");
  clock_.Pass(kTen);
  Answer(history, "a");
  Answer(history, "gone");
  clock_.Pass(kTen);
  // There is none of the name "gone": it makes room.
  Answer(history, "c");
  EXPECT_EQ(history.series(), 2U);
  Answer(history, "d");
  clock_.Pass(kTen);  // 30
  EXPECT_EQ(history.series(), 2U);
  EXPECT_EQ(Begins(All(history, "a")), (std::vector<int>{10, 20}));
  EXPECT_EQ(Begins(All(history, "c")), (std::vector<int>{10, 20}));
  EXPECT_TRUE(All(history, "d").empty());
}

TEST(LatencyAt, IsLinearWithinABound) {
  std::array<std::uint64_t, kLatencyBuckets> counts{};
  EXPECT_FALSE(LatencyAt(counts, 0.5));
  counts[0] = 2;  // up to 5 ms
  counts[4] = 8;  // 50 to 100 ms
  EXPECT_EQ(LatencyAt(counts, 0.1), std::chrono::microseconds(2'500));
  EXPECT_EQ(LatencyAt(counts, 0.2), milliseconds(5));
  EXPECT_EQ(LatencyAt(counts, 0.6), milliseconds(75));
  EXPECT_EQ(LatencyAt(counts, 1), milliseconds(100));
  counts[kLatencyBuckets - 1] = 90;
  EXPECT_EQ(LatencyAt(counts, 0.99), minutes(5));
}

}  // namespace
}  // namespace atelier::directory
