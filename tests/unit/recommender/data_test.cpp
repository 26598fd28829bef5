#include "recommender/data.h"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "unit/recommender/world.h"

namespace atelier::recommender {
namespace {

using std::chrono::days;
using std::chrono::seconds;

Behavior Click(std::string user, std::string item, WallTime when = kNow) {
  return {.user = std::move(user), .item = std::move(item), .type = "click", .when = when};
}

std::vector<std::string> HistoryOf(const Data& data, std::string_view user) {
  std::vector<std::string> keys;
  for (const auto& taken : data.HistoryOf(*data.FindUser(user))) {
    keys.push_back(data.KeyOf(taken.item));
  }
  return keys;
}

std::vector<std::string> KeysOf(const Data& data, const Data::Ranking& ranking) {
  std::vector<std::string> keys;
  for (const Data::Rank& rank : ranking) keys.push_back(data.KeyOf(rank.number));
  return keys;
}

double PopularityOf(const Data& data, std::string_view key) {
  return data.PopularityOf(*data.FindItem(key));
}

TEST(Strength, RisesFromWhatIsShownToWhatIsBought) {
  EXPECT_EQ(StrengthOf("expose", 1), 0);
  EXPECT_EQ(StrengthOf("click", 1), 1);
  EXPECT_LT(StrengthOf("click", 1), StrengthOf("like", 1));
  EXPECT_LT(StrengthOf("like", 1), StrengthOf("collect", 1));
  EXPECT_LT(StrengthOf("collect", 1), StrengthOf("buy", 1));
  EXPECT_LT(StrengthOf("unlike", 1), 0);
  EXPECT_EQ(StrengthOf("a type of tomorrow", 1), 1);
}

TEST(Strength, OfAStayGrowsUpToAMinute) {
  EXPECT_DOUBLE_EQ(StrengthOf("stay", 30), 0.5);
  EXPECT_DOUBLE_EQ(StrengthOf("stay", 3600), 1);
  EXPECT_EQ(StrengthOf("stay", -1), 0);
  EXPECT_EQ(StrengthOf("stay", std::numeric_limits<double>::quiet_NaN()), 0);
}

TEST(Boost, IsOneMoreForEveryTenfoldWeight) {
  EXPECT_DOUBLE_EQ(BoostOf(0), 1);
  EXPECT_DOUBLE_EQ(BoostOf(1), 1);
  EXPECT_DOUBLE_EQ(BoostOf(10), 2);
  EXPECT_DOUBLE_EQ(BoostOf(100), 3);
  EXPECT_DOUBLE_EQ(BoostOf(1e9), 3);
}

TEST(Levels, AreThePathAndWhatIsAboveIt) {
  EXPECT_EQ(LevelsOf("1_2_3"), (std::vector<std::string_view>{"1_2_3", "1_2", "1"}));
  EXPECT_EQ(LevelsOf("film"), std::vector<std::string_view>{"film"});
  EXPECT_TRUE(LevelsOf("").empty());
  EXPECT_EQ(LevelsOf("1_2_3_4_5_6").size(), Data::kMaxLevels);
}

TEST(History, IsInTheOrderOfTheBehaviorsNotOfTheirArrival) {
  Data data;
  data.Add(Click("u", "second", kNow + seconds(2)));
  data.Add(Click("u", "first", kNow + seconds(1)));
  data.Add(Click("u", "third", kNow + seconds(3)));
  EXPECT_EQ(HistoryOf(data, "u"), (std::vector<std::string>{"first", "second", "third"}));
}

TEST(History, OfOneSecondIsInTheOrderOfArrival) {
  Data data;
  for (const char* item : {"a", "b", "c"}) data.Add(Click("u", item));
  EXPECT_EQ(HistoryOf(data, "u"), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(History, HasEachItemOnceWhereItWasTakenLast) {
  Data data;
  data.Add(Click("u", "a", kNow + seconds(1)));
  data.Add(Click("u", "b", kNow + seconds(2)));
  data.Add(Click("u", "a", kNow + seconds(3)));
  EXPECT_EQ(HistoryOf(data, "u"), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(data.HistoryOf(0).back().strength, 2);
}

TEST(History, AnExposureOfATakenItemDoesNotMakeItRecent) {
  Data data;
  data.Add(Click("u", "a", kNow));
  data.Add(Click("u", "b", kNow));
  data.Add({.user = "u", .item = "a", .type = "expose", .when = kNow + days(1)});
  EXPECT_EQ(HistoryOf(data, "u"), (std::vector<std::string>{"a", "b"}));
}

TEST(History, ARefusalOutweighsWhatWasBeforeIt) {
  Data data;
  data.Add({.user = "u", .item = "a", .type = "buy", .when = kNow});
  data.Add({.user = "u", .item = "a", .type = "unlike", .when = kNow});
  EXPECT_EQ(data.HistoryOf(0).front().strength, -1);
  data.Add(Click("u", "a"));
  EXPECT_EQ(data.HistoryOf(0).front().strength, 1);
}

TEST(History, StrengthHasABound) {
  Data data;
  for (int i = 0; i < 10; ++i) data.Add(Click("u", "a"));
  EXPECT_EQ(data.HistoryOf(0).front().strength, Data::kMaxStrength);
}

TEST(History, KeepsWhatWasTakenLastAndWhatWasShownLast) {
  Data data;
  for (std::size_t i = 0; i < Data::kMaxTaken + 5; ++i) {
    data.Add(Click("u", "taken" + std::to_string(i), kNow + seconds(i)));
  }
  for (std::size_t i = 0; i < Data::kMaxShown + 5; ++i) {
    const std::vector<std::string> shown = {"shown" + std::to_string(i)};
    data.MarkServed("u", shown, kNow);
  }
  const std::vector<std::string> history = HistoryOf(data, "u");
  ASSERT_EQ(history.size(), Data::kMaxShown + Data::kMaxTaken);
  EXPECT_EQ(history.front(), "shown5");
  EXPECT_EQ(history[Data::kMaxShown], "taken5");
  EXPECT_EQ(history.back(), "taken1004");
}

TEST(Snapshot, StaysAsItWasTaken) {
  Data data;
  // More users and items than share a chunk, so that some chunks are changed and some are not.
  for (int user = 0; user < 200; ++user) {
    Take(data, "u" + std::to_string(user), {"i" + std::to_string(7 * user), "all"});
  }
  const Data::Snapshot before = data.TakeSnapshot();
  Take(data, "u0", {"late"});
  Take(data, "u199", {"all"}, "buy");
  Take(data, "new", {"all"});
  const Data::Snapshot after = data.TakeSnapshot();
  Take(data, "u0", {"later"});

  EXPECT_EQ(before.user_count(), 200u);
  EXPECT_EQ(before.item_count(), 201u);
  EXPECT_EQ(before.KeyOf(1), "all");
  EXPECT_EQ(before.KeyOf(200), "i1393");
  EXPECT_EQ(before.HistoryOf(0).size(), 2u);
  EXPECT_EQ(before.HistoryOf(199).back().strength, 1);
  EXPECT_EQ(after.user_count(), 201u);
  EXPECT_EQ(after.KeyOf(201), "late");
  EXPECT_EQ(after.HistoryOf(0).size(), 3u);
  EXPECT_EQ(after.HistoryOf(199).back().strength, 4);
  EXPECT_EQ(after.HistoryOf(100).data(), before.HistoryOf(100).data()) << "shared";
  EXPECT_EQ(HistoryOf(data, "u0").size(), 4u);
}

TEST(Snapshot, OutlivesTheData) {
  auto data = std::make_unique<Data>();
  Take(*data, "u", {"a"});
  const Data::Snapshot snapshot = data->TakeSnapshot();
  data.reset();
  EXPECT_EQ(snapshot.KeyOf(snapshot.HistoryOf(0).front().item), "a");
}

TEST(Popularity, IsHalvedByItsHalfLife) {
  Data data;
  data.Add(Click("u", "older", kNow));
  data.Add(Click("u", "newer", kNow + Data::kPopularityHalfLife));
  EXPECT_DOUBLE_EQ(PopularityOf(data, "newer"), 2 * PopularityOf(data, "older"));
}

TEST(Popularity, StaysFiniteWhateverTheTimes) {
  Data data;
  data.Add(Click("u", "a", WallTime(seconds(0))));
  data.Add(Click("u", "b", WallTime(days(4'000'000))));
  data.Add(Click("u", "c", WallTime(-days(4'000'000))));
  for (const char* item : {"a", "b", "c"}) EXPECT_TRUE(std::isfinite(PopularityOf(data, item)));
  EXPECT_GT(PopularityOf(data, "b"), PopularityOf(data, "a"));
}

TEST(Popularity, OfWhatIsShownOrRefusedDoesNotRise) {
  Data data;
  data.Add({.user = "u", .item = "a", .type = "expose", .when = kNow});
  data.Add({.user = "u", .item = "a", .type = "unlike", .when = kNow});
  EXPECT_EQ(PopularityOf(data, "a"), 0);
}

TEST(Popular, HasWhatIsPutAndOnTheShelfMostPopularFirst) {
  Data data;
  data.Add(Click("u", "never put"));
  for (const char* item : {"once", "twice", "removed"}) data.PutItem({.key = item});
  data.PutItem({.key = "off", .on_shelf = false});
  data.RemoveItem("removed");
  for (const char* item : {"twice", "once", "twice", "off", "removed"}) {
    data.Add(Click("u", item));
  }
  EXPECT_EQ(KeysOf(data, data.Popular()), (std::vector<std::string>{"twice", "once"}));
}

TEST(Popular, InACategoryHasWhatIsBelowItToo) {
  Data data;
  data.PutItem({.key = "drama", .category = "film_drama"});
  data.PutItem({.key = "film", .category = "film"});
  data.PutItem({.key = "book", .category = "book"});
  data.Add(Click("u", "film"));
  EXPECT_EQ(KeysOf(data, *data.PopularIn("film")), (std::vector<std::string>{"film", "drama"}));
  EXPECT_EQ(KeysOf(data, *data.PopularIn("film_drama")), std::vector<std::string>{"drama"});
  data.PutItem({.key = "drama", .category = "book"});
  EXPECT_EQ(data.PopularIn("film_drama"), nullptr);
}

TEST(Popular, IsBoostedByTheItemsWeight) {
  Data data;
  data.PutItem({.key = "plain"});
  data.PutItem({.key = "weighted", .weight = 100});
  for (const char* item : {"plain", "plain", "weighted"}) data.Add(Click("u", item));
  EXPECT_EQ(KeysOf(data, data.Popular()), (std::vector<std::string>{"weighted", "plain"}));
  data.PutItem({.key = "weighted", .weight = 1});
  EXPECT_EQ(KeysOf(data, data.Popular()), (std::vector<std::string>{"plain", "weighted"}));
}

/// After any operations the orders hold what a scan of all items finds.
TEST(Popular, AgreesWithAScanAfterAnything) {
  std::mt19937 dice(7);
  const auto below = [&](std::uint32_t end) { return static_cast<std::uint32_t>(dice() % end); };
  Data data;
  for (int step = 0; step < 3000; ++step) {
    const std::string key = "i" + std::to_string(below(40));
    switch (below(4)) {
      case 0: {
        std::optional<WallTime> published;
        if (below(2) == 0) published = kNow - days(below(20));
        data.PutItem({.key = key,
                      .on_shelf = below(4) != 0,
                      .published = published,
                      .category = std::to_string(below(3)) + "_" + std::to_string(below(3)),
                      .weight = below(2) == 0 ? 1.0 : 50.0});
        break;
      }
      case 1:
        data.RemoveItem(key);
        break;
      default:
        data.Add(Click("u" + std::to_string(below(5)), key, kNow + days(below(60))));
    }
  }
  Data::Ranking all;
  Data::Ranking in_one;
  Data::Publications published;
  for (Data::Number number = 0; number < data.item_count(); ++number) {
    const Item* item = data.ItemAt(number);
    if (item == nullptr || !item->on_shelf) continue;
    const Data::Rank rank{.popularity = data.PopularityOf(number), .number = number};
    all.insert(rank);
    if (item->category.starts_with("1_")) in_one.insert(rank);
    if (item->published) published.emplace(*item->published, number);
  }
  EXPECT_EQ(KeysOf(data, data.Popular()), KeysOf(data, all));
  EXPECT_EQ(KeysOf(data, *data.PopularIn("1")), KeysOf(data, in_one));
  EXPECT_EQ(data.Published(), published);
}

}  // namespace
}  // namespace atelier::recommender
