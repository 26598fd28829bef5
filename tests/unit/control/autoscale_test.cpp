// How many replicas a load asks for, and when: days of it without a clock.
#include "control/eas/service/autoscale.h"

#include <gtest/gtest.h>

namespace atelier::control {
namespace {

using model::ScaleMetric;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class AutoScale : public ::testing::Test {
 protected:
  AutoScale() {
    rule_.min = 1;
    rule_.max = 10;
    rule_.strategies = {{.metric = ScaleMetric::qps, .threshold = 10}};
  }
  /// One look, after which the decision is carried out; the event's text, or nothing.
  std::string Look(std::optional<double> total, std::int64_t waiting = 0) {
    ScaleInput input{.now = now_,
                     .replicas = replicas_,
                     .busy = total.value_or(0) > 0,
                     .waiting = waiting,
                     .totals = {total}};
    const auto decision = DecideScale(rule_, input, memory_);
    if (!decision) return "";
    replicas_ = decision->replicas;
    return decision->why;
  }
  /// A look every 5 s.
  void Pass(Duration length, double total) {
    for (const MonoTime end = now_ + length; now_ < end; now_ += seconds(5)) Look(total);
  }

  model::AutoScaler rule_;
  ScaleState memory_;
  std::int64_t replicas_ = 1;
  MonoTime now_{hours(1)};
};

TEST_F(AutoScale, TheDocumentsExample) {
  // Two replicas at 23 requests a second each, 10 allowed: ceil(2 * 23 / 10) = 5.
  replicas_ = 2;
  Look(0);
  now_ += seconds(5);
  EXPECT_EQ(Look(46), "qps is 46.0 over all instances, 10 each is the threshold");
  EXPECT_EQ(replicas_, 5);
}

TEST_F(AutoScale, ATenthAboveOrBelowChangesNothing) {
  replicas_ = 2;
  Look(20);
  for (const double total : {22.0, 18.0, 20.0}) {
    now_ += hours(1);
    EXPECT_EQ(Look(total), "") << total;
  }
  now_ += seconds(5);
  EXPECT_NE(Look(22.1), "");
  EXPECT_EQ(replicas_, 3);
}

TEST_F(AutoScale, FewerOnlyAfterTheWindowAskedForFewer) {
  replicas_ = 5;
  Pass(minutes(1), 50);
  Pass(seconds(295), 20);
  EXPECT_EQ(replicas_, 5);
  // One busy moment begins the window anew.
  Pass(seconds(5), 50);
  Pass(seconds(295), 20);
  EXPECT_EQ(replicas_, 5);
  Pass(seconds(15), 20);
  EXPECT_EQ(replicas_, 2);
}

TEST_F(AutoScale, MoreOnlyAfterTheWindowAskedForMore) {
  rule_.up_window = 60;
  Pass(minutes(2), 10);
  Pass(seconds(55), 80);
  EXPECT_EQ(replicas_, 1);
  // As many as the least of these moments asked for.
  Pass(seconds(5), 30);
  Pass(seconds(10), 80);
  EXPECT_EQ(replicas_, 3);
}

TEST_F(AutoScale, StaysWithinItsBounds) {
  Look(0);
  now_ += seconds(5);
  Look(1e12);
  EXPECT_EQ(replicas_, 10);
  rule_.max = 4;
  EXPECT_EQ(Look(1e12), "the autoscaler's most is 4");
  rule_.min = 3;
  replicas_ = 1;
  EXPECT_EQ(Look(0), "the autoscaler's least is 3");
  now_ += hours(10);
  EXPECT_EQ(Look(0), "");
  EXPECT_EQ(replicas_, 3);
}

TEST_F(AutoScale, TheMetricThatAsksForMostDecides) {
  rule_.strategies.push_back({.metric = ScaleMetric::cpu, .threshold = 50});
  ScaleInput input{.now = now_, .replicas = 2, .busy = true, .waiting = 0, .totals = {10.0, 180.0}};
  EXPECT_FALSE(DecideScale(rule_, input, memory_));
  input.now += seconds(5);
  const auto decision = DecideScale(rule_, input, memory_);
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->replicas, 4);
  EXPECT_EQ(decision->why, "cpu is 180.0 over all instances, 50 each is the threshold");
}

TEST_F(AutoScale, WhatCannotBeMeasuredChangesNothing) {
  replicas_ = 4;
  for (int day = 0; day < 3; ++day) {
    now_ += hours(24);
    EXPECT_EQ(Look(std::nullopt), "");
  }
  EXPECT_EQ(replicas_, 4);
}

TEST_F(AutoScale, TheLastOneGoesAfterTheGraceAndComesBackAtOnce) {
  rule_.min = 0;
  rule_.activation = 2;
  Pass(minutes(10), 5);
  Pass(seconds(600), 0);
  EXPECT_EQ(replicas_, 1);
  EXPECT_EQ(Look(0), "no request for 600 s");
  EXPECT_EQ(replicas_, 0);
  Pass(hours(48), 0);
  EXPECT_EQ(replicas_, 0);
  EXPECT_EQ(Look(0, 3), "3 waiting requests ask for the first instance");
  EXPECT_EQ(replicas_, 2);
}

TEST_F(AutoScale, WithAMinimumTheLastOneStays) {
  Pass(hours(24), 0);
  EXPECT_EQ(replicas_, 1);
}

TEST_F(AutoScale, ADayOfLoadIsFollowed) {
  Pass(hours(8), 5);  // night
  EXPECT_EQ(replicas_, 1);
  Pass(hours(1), 65);  // morning
  EXPECT_EQ(replicas_, 7);
  Pass(hours(1), 20);  // noon
  EXPECT_EQ(replicas_, 2);
  Pass(hours(6), 95);  // afternoon
  EXPECT_EQ(replicas_, 10);
  Pass(hours(8), 5);
  EXPECT_EQ(replicas_, 1);
  EXPECT_LT(memory_.asked.size(), 100u);
}

}  // namespace
}  // namespace atelier::control
