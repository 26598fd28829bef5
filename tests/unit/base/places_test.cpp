#include "base/places.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
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

TEST_F(PlacesTest, WithoutACrowdTheIdlestGoesBeforeTheSlow) {
  for (const char* source : {"a", "b", "c", "d", "e", "f", "g", "h"})
    Take(source, Doing::kSlowAsk, 2);
  held_[5]->Set(Doing::kPause);
  EXPECT_TRUE(places_.MakeRoom("new"));
  EXPECT_EQ(left_, Names{"c1"});
}

TEST_F(PlacesTest, ManySourcesShutANewcomerOutNoMoreThanOne) {
  for (const char* source : {"a", "b", "c", "d", "e", "f", "g", "h"})
    Take(source, Doing::kSlowAsk, 2);
  EXPECT_TRUE(places_.MakeRoom("new"));
  EXPECT_EQ(left_, Names{"a0"}) << "the longest asking of those that hold the most";
  const Held held = Take("new", Doing::kWork, "new");
  EXPECT_FALSE(places_.MakeRoom("new")) << "it has as many as the next one would leave them";
  EXPECT_FALSE(places_.MakeRoom("a")) << "nor does who went come back at the cost of another";
}

TEST_F(PlacesTest, WhoHoldsTheMostGivesWay) {
  Places places(64, clock_);  // a share is eight
  Names left;
  std::vector<Held> held;
  const auto take = [&](const std::string& source, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      held.push_back(std::make_unique<Places::Holder>(
          places, source, [&left, name = source + std::to_string(i)] { left.push_back(name); }));
      held.back()->Set(Doing::kSlowAsk);
    }
  };
  take("a", 5);
  take("b", 7);
  take("c", 6);
  held[5]->Set(Doing::kWork);
  EXPECT_TRUE(places.MakeRoom("new"));
  EXPECT_TRUE(places.MakeRoom("new"));
  EXPECT_EQ(left, (Names{"b1", "c0"})) << "both held six: who has been that for longer";
}

TEST_F(PlacesTest, FromSourcesThatHoldOneEachOnlyWhoIsStuckGoes) {
  for (int i = 0; i < 16; ++i) Take("s" + std::to_string(i) + ".", Doing::kSlowAsk, 1);
  clock_.Advance(Duration(1'999));
  for (const auto& held : held_) held->Set(Doing::kSlowAsk);  // another byte has come
  EXPECT_FALSE(places_.MakeRoom("new"));
  clock_.Advance(Duration(1));
  held_[0]->Set(Doing::kWork);
  EXPECT_TRUE(places_.MakeRoom("new"));
  EXPECT_EQ(left_, Names{"s1.0"});
  const Held held = Take("new", Doing::kWork, "new");
  EXPECT_FALSE(places_.MakeRoom("new")) << "they hold no more than it does";
}

TEST_F(PlacesTest, WhoIsIdleGivesWayToWhoHoldsMore) {
  Take("busy", Doing::kWork, 1);
  for (int i = 0; i < 15; ++i) Take("s" + std::to_string(i) + ".", Doing::kPause, 1);
  EXPECT_TRUE(places_.MakeRoom("busy"));
  EXPECT_EQ(left_, Names{"s0.0"});
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

/// Under ThreadSanitizer: holders on their threads, and newcomers who make some of them go.
TEST(SharedPlaces, HoldersMayBeOnSeveralThreads) {
  constexpr std::size_t kPlaces = 8;
  const SystemClock clock;
  Places places(kPlaces, clock, true);
  std::atomic<int> left = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, source = std::to_string(i)] {
      for (int n = 0; n < 2'000; ++n) {
        if (places.full()) places.MakeRoom(source);
        Places::Holder held(places, source, [&] { ++left; });
        for (const Doing doing :
             {Doing::kNothingYet, Doing::kWork, Doing::kSlowTake, Doing::kPause})
          held.Set(doing);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(places.taken(), 0U);
  EXPECT_FALSE(places.MakeRoom("a"));
}

}  // namespace
}  // namespace atelier
