#include "recommender/recommender.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "recommender/answer/answer.h"
#include "unit/recommender/world.h"

namespace atelier::recommender {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using Keys = std::vector<std::string>;

Keys KeysOf(const std::vector<Pick>& picks) {
  Keys keys;
  for (const Pick& pick : picks) keys.push_back(pick.item);
  return keys;
}

/// Two groups of tastes: who takes a1 takes a2 and a3, who takes b1 takes b2 and b3; b is the more
/// popular group.
class TwoTastes : public testing::Test {
 protected:
  TwoTastes() {
    for (const char* item : {"a1", "a2", "a3"}) data().PutItem({.key = item, .category = "a"});
    for (const char* item : {"b1", "b2", "b3"}) data().PutItem({.key = item, .category = "b"});
    for (int i = 0; i < 6; ++i) Take(data(), "a-user" + std::to_string(i), {"a1", "a2", "a3"});
    for (int i = 0; i < 9; ++i) Take(data(), "b-user" + std::to_string(i), {"b1", "b2", "b3"});
    Take(data(), "b-user0", {"b1", "b2"}, "like");
    Take(data(), "b-user1", {"b1"}, "buy");
  }

  Data& data() { return recommender_.data(); }

  void LearnAll() { recommender_.SetModel(Learn(data())); }

  std::vector<Pick> Ask(Query query) {
    query.now = kNow;
    return recommender_.Recommend(query);
  }
  Keys KeysFor(Query query) { return KeysOf(Ask(std::move(query))); }

  Recommender recommender_;
};

TEST_F(TwoTastes, AUsersHistoryDecides) {
  LearnAll();
  Take(data(), "me", {"a1"});  // after the training: it counts at once
  const std::vector<Pick> picks = Ask({.user = "me", .count = 2});
  ASSERT_EQ(KeysOf(picks), (Keys{"a2", "a3"}));
  for (const Pick& pick : picks) {
    EXPECT_EQ(pick.reason, Reason::kHistory);
    EXPECT_EQ(pick.because, "a1");
    EXPECT_EQ(pick.because_at, kNow);
    EXPECT_GT(pick.score, 0);
  }
}

TEST_F(TwoTastes, WhatWasTakenLastDecides) {
  LearnAll();
  for (int i = 0; i < 12; ++i) Take(data(), "me", {"unknown" + std::to_string(i)});
  Take(data(), "me", {"a1", "b1"});
  // Both groups are learnt; the later one is ahead, for it speaks with more weight.
  const Keys keys = KeysFor({.user = "me", .count = 4});
  ASSERT_EQ(keys.size(), 4u);
  EXPECT_EQ(keys[0].front(), 'b');
  EXPECT_EQ(keys[1].front(), 'b');
  EXPECT_EQ(keys[2].front(), 'a');
}

TEST_F(TwoTastes, AColdUserGetsWhatIsPopular) {
  LearnAll();
  // Strengths add up to 14 and 11 and 9, and 6 for each a, of which the first put comes first.
  const std::vector<Pick> picks = Ask({.user = "nobody", .count = 6});
  EXPECT_EQ(KeysOf(picks), (Keys{"b1", "b2", "b3", "a1", "a2", "a3"}));
  EXPECT_EQ(picks[0].reason, Reason::kPopular);
  EXPECT_DOUBLE_EQ(picks[0].score, 1);
  EXPECT_DOUBLE_EQ(picks[3].score, 6.0 / 14);
}

TEST_F(TwoTastes, AColdUserWithInterestsGetsThemFirst) {
  const std::vector<Pick> picks = Ask({.user = "nobody", .count = 4, .interests = {"a"}});
  // A category fills a third of the list at most: 2 of 4.
  EXPECT_EQ(KeysOf(picks), (Keys{"a1", "a2", "b1", "b2"}));
  EXPECT_EQ(picks[0].reason, Reason::kCategory);
  EXPECT_EQ(picks[0].because, "");
  EXPECT_EQ(picks[2].reason, Reason::kPopular);
}

TEST_F(TwoTastes, WithoutAModelTheCategoryOfTheHistoryDecides) {
  Take(data(), "me", {"a1"});
  const std::vector<Pick> picks = Ask({.user = "me", .count = 6});
  EXPECT_EQ(KeysOf(picks), (Keys{"a2", "a3", "b1", "b2", "b3"}));
  EXPECT_EQ(picks[0].reason, Reason::kCategory);
  EXPECT_EQ(picks[0].because, "a1");
}

TEST_F(TwoTastes, RelatedItemsAreThoseOfTheItemsAskedWith) {
  LearnAll();
  Take(data(), "me", {"b1"});
  const std::vector<Pick> picks =
      Ask({.kind = Kind::kRelated, .user = "me", .items = {"a1", "never heard of"}, .count = 2});
  ASSERT_EQ(KeysOf(picks), (Keys{"a2", "a3"}));
  EXPECT_EQ(picks[0].reason, Reason::kRelated);
  EXPECT_EQ(picks[0].because, "a1");
  EXPECT_EQ(picks[0].because_at, WallTime());
}

TEST_F(TwoTastes, RelatedToAnItemThatTheModelDoesNotKnowIsItsCategory) {
  LearnAll();
  data().PutItem({.key = "a-new", .category = "a_live"});
  const std::vector<Pick> picks = Ask({.kind = Kind::kRelated, .items = {"a-new"}, .count = 3});
  EXPECT_EQ(KeysOf(picks), (Keys{"a1", "b1", "b2"}));
  EXPECT_EQ(picks[0].reason, Reason::kCategory);
  EXPECT_EQ(picks[0].because, "a-new");
}

TEST_F(TwoTastes, PopularIsTheSameForEverybodyButForWhatTheyKnow) {
  LearnAll();
  Take(data(), "me", {"a1"});
  EXPECT_EQ(KeysFor({.kind = Kind::kPopular, .count = 3}), (Keys{"b1", "b2", "b3"}));
  EXPECT_EQ(KeysFor({.kind = Kind::kPopular, .user = "me", .count = 5}),
            (Keys{"b1", "b2", "b3", "a2", "a3"}));
}

TEST_F(TwoTastes, NothingThatWasTakenOrRefused) {
  LearnAll();
  Take(data(), "me", {"a1"});
  Take(data(), "me", {"a2"}, "unlike");
  EXPECT_EQ(KeysFor({.user = "me", .count = 50}), (Keys{"a3", "b1", "b2", "b3"}));
}

TEST_F(TwoTastes, WhatWasShownIsAwayForItsTime) {
  LearnAll();
  data().Add({.user = "me", .item = "b1", .type = "expose", .when = kNow - days(31)});
  data().Add({.user = "me", .item = "b2", .type = "expose", .when = kNow - days(31) + seconds(1)});
  data().MarkServed("me", Keys{"b3"}, kNow - hours(10));
  data().MarkServed("me", Keys{"a1"}, kNow - hours(10) + seconds(1));
  EXPECT_EQ(KeysFor({.user = "me", .count = 50}), (Keys{"b1", "b3", "a2", "a3"}));
}

TEST_F(TwoTastes, NothingThatIsOffTheShelfRemovedOrExpired) {
  LearnAll();
  data().PutItem({.key = "b1", .on_shelf = false});
  data().PutItem({.key = "b2", .expires = kNow});
  data().PutItem({.key = "b3", .expires = kNow + seconds(1)});
  data().RemoveItem("a1");
  EXPECT_EQ(KeysFor({.user = "nobody", .count = 50}), (Keys{"b3", "a2", "a3"}));
}

TEST_F(TwoTastes, OnlyItemsOfTheScene) {
  LearnAll();
  data().PutItem({.key = "a1", .scenes = {"home", "search"}});
  data().PutItem({.key = "b1", .scenes = {"home page"}});
  EXPECT_EQ(KeysFor({.user = "nobody", .count = 50, .scene = "home"}), Keys{"a1"});
  EXPECT_EQ(KeysFor({.user = "nobody", .count = 50, .scene = "nowhere"}), Keys{});
  EXPECT_EQ(KeysFor({.user = "nobody", .count = 50}).size(), 6u);
}

TEST_F(TwoTastes, OnlyWhatTheCallerAdmits) {
  LearnAll();
  Take(data(), "me", {"a1"});
  EXPECT_EQ(KeysFor({.user = "me",
                     .count = 50,
                     .admits = [](std::string_view key) { return key.ends_with('3'); }}),
            (Keys{"a3", "b3"}));
}

TEST_F(TwoTastes, AWeightedItemIsMovedUp) {
  LearnAll();
  Take(data(), "me", {"a1"});
  data().PutItem({.key = "a3", .category = "a", .weight = 100});
  EXPECT_EQ(KeysFor({.user = "me", .count = 2}), (Keys{"a3", "a2"}));
  EXPECT_EQ(KeysFor({.user = "nobody", .count = 1}), Keys{"a3"});  // 6 times 3
}

TEST_F(TwoTastes, ANewItemHasTheLastPlaceOfAShortList) {
  LearnAll();
  data().PutItem({.key = "not new any more", .published = kNow - days(7)});
  data().PutItem({.key = "new", .published = kNow - days(7) + seconds(1)});
  const std::vector<Pick> picks = Ask({.user = "nobody", .count = 5});
  EXPECT_EQ(KeysOf(picks), (Keys{"b1", "b2", "b3", "a1", "new"}));
  EXPECT_EQ(picks[4].reason, Reason::kNew);
  EXPECT_EQ(KeysFor({.user = "nobody", .count = 4}), (Keys{"b1", "b2", "b3", "a1"}));
  // Learnt, it has to win by itself.
  Take(data(), "a-user0", {"new"});
  LearnAll();
  EXPECT_EQ(KeysFor({.user = "nobody", .count = 5}), (Keys{"b1", "b2", "b3", "a1", "a2"}));
}

TEST_F(TwoTastes, NewItemsHaveEveryTenthPlace) {
  for (int i = 0; i < 30; ++i) {
    const std::string number = std::to_string(i);
    data().PutItem({.key = "old" + number});
    data().PutItem({.key = "new" + number, .published = kNow});
    Take(data(), "u", {"old" + number});
  }
  const std::vector<Pick> picks = Ask({.user = "nobody", .count = 25});
  ASSERT_EQ(picks.size(), 25u);
  for (std::size_t place = 0; place < picks.size(); ++place) {
    EXPECT_EQ(picks[place].reason == Reason::kNew, place == 9 || place == 19) << place;
  }
}

TEST_F(TwoTastes, OfNewItemsTheLikedCategoryThenThePopularThenTheNewestComesFirst) {
  data().PutItem({.key = "b", .published = kNow, .category = "b"});
  data().PutItem({.key = "a older", .published = kNow - days(1), .category = "a_live"});
  data().PutItem({.key = "a newer", .published = kNow, .category = "a_live"});
  data().PutItem({.key = "a popular", .published = kNow - days(2), .category = "a"});
  data().PutItem({.key = "later", .published = kNow + seconds(1), .category = "a"});
  Take(data(), "somebody", {"a popular"});
  Take(data(), "me", {"a1"});
  const Query query{.user = "me", .now = kNow};
  const NumberedModel none;
  const std::vector<Seed> seeds = TastesOf(data().HistoryOf(*data().FindUser("me")));
  NewCandidates candidates(data(), none, query, CategoryCandidates(data(), query, seeds));
  Keys keys;
  while (const auto next = candidates.Next()) keys.push_back(data().KeyOf(*next));
  EXPECT_EQ(keys, (Keys{"a popular", "a newer", "a older", "b"}));
}

TEST_F(TwoTastes, ANewModelAnswersFromTheNextCallOn) {
  Take(data(), "me", {"a1"});
  EXPECT_EQ(Ask({.user = "me", .count = 1})[0].reason, Reason::kCategory);
  LearnAll();
  EXPECT_EQ(Ask({.user = "me", .count = 1})[0].reason, Reason::kHistory);
  recommender_.SetModel(nullptr);
  EXPECT_EQ(Ask({.user = "me", .count = 1})[0].reason, Reason::kCategory);
  recommender_.SetModel(std::make_shared<const Model>());
  EXPECT_EQ(Ask({.user = "me", .count = 1})[0].reason, Reason::kCategory);
}

TEST_F(TwoTastes, AModelOfOtherItemsDoesNoHarm) {
  Data other;
  Take(other, "u", {"x", "y"});
  recommender_.SetModel(Learn(other));
  EXPECT_EQ(KeysFor({.user = "nobody", .count = 50}).size(), 6u);
  data().PutItem({.key = "y"});
  Take(data(), "me", {"x"});
  EXPECT_EQ(KeysFor({.user = "me", .count = 1}), Keys{"y"});
}

TEST(Recommender, HasNothingToSayOfNothing) {
  const Recommender recommender;
  EXPECT_TRUE(recommender.Recommend({.user = "u", .now = kNow}).empty());
  EXPECT_TRUE(recommender.Recommend({.kind = Kind::kRelated, .items = {"a"}, .now = kNow}).empty());
}

TEST(Reason, HasANameForTheWire) {
  EXPECT_EQ(ToString(Reason::kHistory), "history");
  EXPECT_EQ(ToString(Reason::kNew), "new");
}

}  // namespace
}  // namespace atelier::recommender
