// What holds for every answer, whatever the data and the question.
#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recommender/recommender.h"
#include "unit/recommender/world.h"

namespace atelier::recommender {
namespace {

using std::chrono::days;
using std::chrono::seconds;

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t Below(std::uint32_t end) { return static_cast<std::uint32_t>(engine_() % end); }
  bool OneIn(std::uint32_t parts) { return Below(parts) == 0; }
  std::string Item() { return "i" + std::to_string(Below(60)); }
  std::string User() { return "u" + std::to_string(Below(12)); }

 private:
  std::mt19937 engine_;
};

Item SomeItem(Dice& dice) {
  Item item{.key = dice.Item(), .on_shelf = !dice.OneIn(5)};
  if (dice.OneIn(2)) item.published = kNow - days(dice.Below(30));
  if (dice.OneIn(2)) item.expires = kNow - days(10) + days(dice.Below(30));
  for (const char* scene : {"home", "detail"}) {
    if (dice.OneIn(2)) item.scenes.emplace_back(scene);
  }
  item.category = std::to_string(dice.Below(3)) + "_" + std::to_string(dice.Below(3));
  item.weight = dice.OneIn(5) ? 20 : 1;
  return item;
}

void AddSome(Data& data, Dice& dice, int steps) {
  constexpr std::array<const char*, 5> kTypes = {"expose", "click", "buy", "unlike", "stay"};
  for (int step = 0; step < steps; ++step) {
    if (dice.OneIn(5)) data.PutItem(SomeItem(dice));
    if (dice.OneIn(40)) data.RemoveItem(dice.Item());
    if (dice.OneIn(20)) data.MarkServed(dice.User(), std::vector{dice.Item()}, kNow);
    data.Add({.user = dice.User(),
              .item = dice.Item(),
              .type = kTypes[dice.Below(kTypes.size())],
              .value = static_cast<double>(dice.Below(90)),
              .when = kNow - days(dice.Below(60))});
  }
}

Query SomeQuery(Dice& dice) {
  Query query{.kind = static_cast<Kind>(dice.Below(3)), .count = dice.Below(51), .now = kNow};
  for (std::uint32_t i = dice.Below(3); i > 0; --i) query.items.push_back(dice.Item());
  if (dice.OneIn(2)) query.scene = dice.OneIn(2) ? "home" : "detail";
  if (dice.OneIn(2)) query.interests = {"1", "2_0"};
  if (dice.OneIn(4)) query.admits = [](std::string_view key) { return key.ends_with('1'); };
  return query;
}

/// Why the rules of recommender.h forbid the pick; empty if they do not.
std::string Fault(const Data& data, const Query& query, const Pick& pick) {
  const auto number = data.FindItem(pick.item);
  const Item* item = number ? data.ItemAt(*number) : nullptr;
  if (item == nullptr) return "not put";
  if (!item->on_shelf) return "off the shelf";
  if (item->expires && *item->expires <= kNow) return "expired";
  if (!query.scene.empty() && std::ranges::count(item->scenes, query.scene) == 0) return "scene";
  if (query.admits && !query.admits(pick.item)) return "not admitted";
  if (std::ranges::count(query.items, pick.item) > 0) return "one of those asked with";
  if (const auto user = data.FindUser(query.user)) {
    for (const auto& taken : data.HistoryOf(*user)) {
      if (taken.item != *number) continue;
      if (taken.at != 0) return "taken";
      if (WallTime(seconds(taken.shown)) > kNow) return "shown";
    }
  }
  return "";
}

bool Same(const std::vector<Pick>& a, const std::vector<Pick>& b) {
  return std::ranges::equal(a, b, [](const Pick& left, const Pick& right) {
    return left.item == right.item && left.score == right.score && left.reason == right.reason &&
           left.because == right.because && left.because_at == right.because_at;
  });
}

TEST(Properties, EveryAnswerKeepsTheRules) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Recommender recommender;
    AddSome(recommender.data(), dice, 400);
    if (!dice.OneIn(5)) {
      recommender.SetModel(Learn(recommender.data()));
    }
    AddSome(recommender.data(), dice, 50);
    for (int asked = 0; asked < 50; ++asked) {
      const std::string user = dice.User();
      Query query = SomeQuery(dice);
      query.user = user;
      const std::vector<Pick> picks = recommender.Recommend(query);
      ASSERT_LE(picks.size(), query.count);
      std::set<std::string> seen;
      for (const Pick& pick : picks) {
        ASSERT_EQ(Fault(recommender.data(), query, pick), "") << pick.item;
        ASSERT_TRUE(seen.insert(pick.item).second) << pick.item << " twice";
      }
      ASSERT_TRUE(Same(picks, recommender.Recommend(query)));
    }
  }
}

/// Whoever asks for all gets all that the rules allow: no rule hides an item by accident.
TEST(Properties, NothingThatMayBeReturnedIsForgotten) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Recommender recommender;
    AddSome(recommender.data(), dice, 400);
    recommender.SetModel(Learn(recommender.data()));
    const Data& data = recommender.data();
    const std::string user = dice.User();
    Query query = SomeQuery(dice);
    query.user = user;
    query.count = 1000;
    std::size_t allowed = 0;
    for (Data::Number number = 0; number < data.item_count(); ++number) {
      if (Fault(data, query, {.item = data.KeyOf(number)}).empty()) ++allowed;
    }
    EXPECT_EQ(recommender.Recommend(query).size(), allowed);
  }
}

TEST(Properties, ADecodedModelGivesTheSameAnswers) {
  Recommender before;
  Recommender after;
  for (Recommender* each : {&before, &after}) {
    Dice same(3);
    AddSome(each->data(), same, 500);
  }
  const auto model = Learn(before.data());
  auto decoded = Model::Decode(model->Encode());
  ASSERT_TRUE(decoded);
  before.SetModel(model);
  after.SetModel(std::make_shared<const Model>(*std::move(decoded)));
  Dice dice(4);
  for (int asked = 0; asked < 100; ++asked) {
    const std::string user = dice.User();
    Query query = SomeQuery(dice);
    query.user = user;
    ASSERT_TRUE(Same(before.Recommend(query), after.Recommend(query)));
  }
}

/// 200 users of 10 tastes: each takes most of the eight items of his own, and the two that
/// everybody takes. The one he took last is held out; the model must find it far more often than
/// popularity.
TEST(Quality, TheModelBeatsPopularity) {
  Dice dice(5);
  Recommender recommender;
  std::vector<std::pair<std::string, std::string>> held_out;
  for (std::uint32_t user = 0; user < 200; ++user) {
    const std::string name = "u" + std::to_string(user);
    std::vector<std::string> items = {"all0", "all1"};
    for (std::uint32_t i = 0; i < 8; ++i) {
      const std::string item = "t" + std::to_string(user % 10) + "-" + std::to_string(i);
      recommender.data().PutItem({.key = item});
      if (!dice.OneIn(4)) items.push_back(item);
    }
    if (items.size() == 2) continue;
    std::swap(items[2 + dice.Below(static_cast<std::uint32_t>(items.size() - 2))], items.back());
    held_out.emplace_back(name, items.back());
    items.pop_back();
    for (const std::string& item : items) {
      recommender.data().Add({.user = name, .item = item, .type = "click", .when = kNow});
    }
  }
  recommender.SetModel(Learn(recommender.data()));
  const auto hits = [&](Kind kind) {
    int found = 0;
    for (const auto& [user, item] : held_out) {
      const auto picks =
          recommender.Recommend({.kind = kind, .user = user, .count = 4, .now = kNow});
      found += static_cast<int>(std::ranges::count(picks, item, &Pick::item));
    }
    return found;
  };
  // Of 80 items four are asked for, of which at most eight can be of his taste.
  EXPECT_GT(hits(Kind::kPersonal), 180);
  EXPECT_LT(hits(Kind::kPopular), 40);
}

}  // namespace
}  // namespace atelier::recommender
