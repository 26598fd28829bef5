#include "base/places.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace atelier {
namespace {

using Doing = Places::Doing;
using Names = std::vector<std::string>;

/// Sixteen places: a share is two.
class PlacesTest : public ::testing::Test {
 protected:
  using Held = std::unique_ptr<Places::Holder>;

  Held Take(const std::string& source, Doing doing, const std::string& name) {
    auto held =
        std::make_unique<Places::Holder>(places_, source, [this, name] { left_.push_back(name); });
    held->Set(doing);
    return held;
  }
  /// Takes `count` places named `source`0, `source`1 and so on.
  void Take(const std::string& source, Doing doing, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      held_.push_back(Take(source, doing, source + std::to_string(i)));
  }

  ManualClock clock_{WallTime(Duration(0))};
  Places places_{16, clock_};
  Names left_;
  std::vector<Held> held_;
};

TEST_F(PlacesTest, OneSourceMayHaveAllUntilAnotherWantsOne) {
  Take("a", Doing::kNothingYet, 16);
  EXPECT_TRUE(places_.full());
  EXPECT_EQ(left_, Names{});
  EXPECT_TRUE(places_.MakeRoom("b"));
  EXPECT_EQ(left_, Names{"a0"}) << "the longest waiting";
  EXPECT_EQ(places_.taken(), 15U);
}

TEST_F(PlacesTest, WhoHasNoMoreThanTheirShareKeepsItFromACrowd) {
  Take("quiet", Doing::kNothingYet, 2);
  Take("crowd", Doing::kPause, 14);
  EXPECT_TRUE(places_.MakeRoom("new"));
  EXPECT_EQ(left_, Names{"crowd0"}) << "although others have said nothing at all";
}

TEST_F(PlacesTest, ACrowdTakesFromItselfAlone) {
  Take("quiet", Doing::kNothingYet, 2);
  Take("crowd", Doing::kPause, 14);
  EXPECT_TRUE(places_.MakeRoom("crowd"));
  EXPECT_EQ(left_, Names{"crowd0"});
}

TEST_F(PlacesTest, TheIdlestGoesFirst) {
  Take("a", Doing::kPause, 8);
  Take("b", Doing::kPause, 8);
  const auto order = [this] {
    EXPECT_TRUE(places_.MakeRoom("new"));
    return left_.back();
  };
  held_[9]->Set(Doing::kNothingYet);
  held_[0]->Set(Doing::kWork);
  held_[0]->Set(Doing::kPause);  // has just been served
  EXPECT_EQ(order(), "b1");
  EXPECT_EQ(order(), "a1");
}

TEST_F(PlacesTest, WhatIsUnderWayStays) {
  Take("a", Doing::kWork, 16);
  clock_.Advance(Duration(3'600'000));
  EXPECT_FALSE(places_.MakeRoom("b"));
  EXPECT_FALSE(places_.MakeRoom("a"));
  EXPECT_EQ(left_, Names{});
}

TEST_F(PlacesTest, WhoDoesNotTakeAnAnswerGetsSomePatience) {
  Take("a", Doing::kSlowTake, 16);
  clock_.Advance(Duration(1'999));
  EXPECT_FALSE(places_.MakeRoom("b"));
  EXPECT_FALSE(places_.MakeRoom("a"));
  clock_.Advance(Duration(1));
  EXPECT_TRUE(places_.MakeRoom("b"));
  EXPECT_TRUE(places_.MakeRoom("a"));
  EXPECT_EQ(left_, (Names{"a0", "a1"}));
}

TEST_F(PlacesTest, WhoStillAsksGivesWayToOthersAtOnceAndToTheirOwnLater) {
  Take("a", Doing::kSlowAsk, 16);
  EXPECT_FALSE(places_.MakeRoom("a")) << "behind a proxy they may be somebody else's";
  EXPECT_TRUE(places_.MakeRoom("b"));
  clock_.Advance(Duration(2'000));
  EXPECT_TRUE(places_.MakeRoom("a"));
  EXPECT_EQ(left_, (Names{"a0", "a1"}));
}

TEST_F(PlacesTest, WithoutACrowdTheIdlestOfAllGoes) {
  for (const char* source : {"a", "b", "c", "d", "e", "f", "g", "h"})
    Take(source, Doing::kSlowAsk, 2);
  clock_.Advance(Duration(10'000));
  EXPECT_FALSE(places_.MakeRoom("new")) << "what arrives from many is nobody's fault";
  held_[5]->Set(Doing::kPause);
  EXPECT_TRUE(places_.MakeRoom("new"));
  EXPECT_EQ(left_, Names{"c1"});
}

TEST_F(PlacesTest, OneWhoWentDoesNotCountAnyMore) {
  Take("a", Doing::kNothingYet, 16);
  ASSERT_TRUE(places_.MakeRoom("b"));
  held_[0]->Set(Doing::kWork);
  EXPECT_EQ(places_.taken(), 15U);
  held_.erase(held_.begin());
  EXPECT_EQ(places_.taken(), 15U);
  held_.clear();
  EXPECT_EQ(places_.taken(), 0U);
}

}  // namespace
}  // namespace atelier
