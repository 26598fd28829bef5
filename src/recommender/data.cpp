#include "recommender/data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

namespace atelier::recommender {

namespace {

struct TypeStrength {
  std::string_view type;
  double strength;
};

/// bhv_type of the behavior tables of all industries. The order is the documents' funnel; the
/// numbers are ours.
constexpr std::array<TypeStrength, 20> kStrengths = {{
    {"expose", 0},     {"avgview", 0.5}, {"click", 1},       {"detail", 1},    {"comment", 1.5},
    {"download", 1.5}, {"search", 1},    {"like", 2},        {"share", 2},     {"favor", 2},
    {"collect", 2.5},  {"cart", 2.5},    {"subscribe", 2.5}, {"tip", 3},       {"buy", 3},
    {"consume", 3},    {"unlike", -1},   {"dislike", -1},    {"negative", -1}, {"uncollect", -1},
}};
constexpr double kUnknownStrength = 1;
constexpr double kFullStaySeconds = 60;

std::uint32_t SecondsOf(WallTime when) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(
      seconds, 1, std::numeric_limits<std::uint32_t>::max()));  // 0 means never
}

}  // namespace

double StrengthOf(std::string_view type, double value) {
  if (type == "stay") {
    // NaN compares false, and a stay of no known length says nothing.
    return value > 0 ? std::min(value / kFullStaySeconds, 1.0) : 0;
  }
  const auto* const known = std::ranges::find(kStrengths, type, &TypeStrength::type);
  return known != kStrengths.end() ? known->strength : kUnknownStrength;
}

double BoostOf(double weight) {
  constexpr double kMaxWeight = 100;
  return weight > 1 ? 1 + std::log10(std::min(weight, kMaxWeight)) : 1;
}

std::vector<std::string_view> LevelsOf(std::string_view category) {
  std::vector<std::string_view> levels;
  for (std::size_t end = 0; end < category.size() && levels.size() < Data::kMaxLevels;) {
    end = std::min(category.find('_', end + 1), category.size());
    levels.push_back(category.substr(0, end));
  }
  std::ranges::reverse(levels);
  return levels;
}

void Data::PutItem(Item item) {
  Known& known = items_[InternItem(item.key)];
  Leave(known);
  known.item = std::move(item);
  known.put = true;
  known.rank.popularity = known.taken * BoostOf(known.item.weight);
  Enter(known);
}

void Data::RemoveItem(std::string_view key) {
  const std::optional<Number> number = FindItem(key);
  if (!number) return;
  Known& known = items_[*number];
  Leave(known);
  known.put = false;
}

Data::Step Data::StepOf(const Behavior& behavior) {
  return {.user = InternUser(behavior.user),
          .item = InternItem(behavior.item),
          .when = behavior.when,
          .strength = StrengthOf(behavior.type, behavior.value),
          .exposed = behavior.type == "expose"};
}

void Data::Add(const Step& step) {
  const std::uint32_t at = SecondsOf(step.when);
  Change(step.user, step.item, [&](Taken& taken) {
    if (step.exposed) {
      taken.shown = std::max(taken.shown, SecondsOf(step.when + kExposureBlock));
      return;
    }
    taken.at = std::max(taken.at, at);
    const auto more = static_cast<float>(step.strength);
    taken.strength = more < 0 ? -1 : std::min(std::max(taken.strength, 0.0F) + more, kMaxStrength);
  });
  if (step.strength > 0) Popularize(step.item, step.strength, step.when);
}

void Data::MarkServed(std::string_view user, std::span<const std::string> items, WallTime now) {
  const Number number = InternUser(user);
  const std::uint32_t until = SecondsOf(now + kServedBlock);
  for (const std::string& key : items) {
    Change(number, InternItem(key),
           [&](Taken& taken) { taken.shown = std::max(taken.shown, until); });
  }
}

Data::Snapshot Data::TakeSnapshot() {
  Snapshot snapshot;
  snapshot.histories_ = histories_.TakeSnapshot();
  snapshot.keys_ = keys_.TakeSnapshot();
  return snapshot;
}

std::optional<Data::Number> Data::FindItem(std::string_view key) const {
  const auto found = item_numbers_.find(key);
  if (found == item_numbers_.end()) return std::nullopt;
  return found->second;
}

std::optional<Data::Number> Data::FindUser(std::string_view user) const {
  const auto found = user_numbers_.find(user);
  if (found == user_numbers_.end()) return std::nullopt;
  return found->second;
}

const Item* Data::ItemAt(Number item) const {
  return items_[item].put ? &items_[item].item : nullptr;
}

const Data::Ranking* Data::PopularIn(std::string_view category) const {
  const auto found = popular_in_.find(category);
  return found == popular_in_.end() ? nullptr : &found->second;
}

Data::Number Data::InternItem(std::string_view key) {
  if (const auto found = FindItem(key)) return *found;
  const auto number = static_cast<Number>(items_.size());
  items_.emplace_back().rank.number = number;
  keys_.PushBack(std::string(key));
  item_numbers_.emplace(key, number);
  return number;
}

Data::Number Data::InternUser(std::string_view user) {
  if (const auto found = FindUser(user)) return *found;
  const auto number = static_cast<Number>(histories_.size());
  histories_.PushBack({});
  user_numbers_.emplace(user, number);
  return number;
}

/// Finds or makes the entry of `item`, changes it, and puts it where its time belongs.
void Data::Change(Number user, Number item, const std::function<void(Taken&)>& change) {
  std::vector<Taken>& history = histories_.Edit(user);
  Taken taken{.item = item};
  // From the back: what is taken again was mostly taken lately.
  const auto found = std::ranges::find(history.rbegin(), history.rend(), item, &Taken::item);
  if (found != history.rend()) {
    const std::uint32_t before = found->at;
    change(*found);
    if (found->at == before && before != 0) return;
    taken = *found;
    history.erase(std::next(found).base());
  } else {
    change(taken);
  }
  history.insert(std::ranges::upper_bound(history, taken.at, {}, &Taken::at), taken);

  const auto first_taken = std::ranges::upper_bound(history, 0U, {}, &Taken::at);
  if (std::cmp_greater(first_taken - history.begin(), kMaxShown)) {
    history.erase(history.begin());
  } else if (std::cmp_greater(history.end() - first_taken, kMaxTaken)) {
    history.erase(first_taken);
  }
}

/// Forward decay (Cormode et al., "Forward Decay", 2009): a later behaviour counts for more instead
/// of earlier ones for less, so that nothing has to be touched as time passes.
void Data::Popularize(Number item, double strength, WallTime when) {
  if (!epoch_) epoch_ = when;
  using Days = std::chrono::duration<double, std::chrono::days::period>;
  constexpr double kMaxDoublings = 900;  // 74 years away: below what a double holds
  const double doublings = Days(when - *epoch_) / Days(kPopularityHalfLife);
  Known& known = items_[item];
  known.taken += strength * std::exp2(std::clamp(doublings, -kMaxDoublings, kMaxDoublings));
  Rerank(known, known.taken * BoostOf(known.item.weight));
}

/// With every behaviour: the nodes of the orders are moved, and mostly not far.
void Data::Rerank(Known& known, double popularity) {
  const Rank before = std::exchange(known.rank, {popularity, known.rank.number});
  if (!known.put || !known.item.on_shelf) return;
  const auto move = [&](Ranking& ranking) {
    const auto next = std::next(ranking.find(before));
    auto node = ranking.extract(std::prev(next));
    node.value() = known.rank;
    ranking.insert(next, std::move(node));
  };
  move(popular_);
  for (const std::string_view level : LevelsOf(known.item.category)) {
    move(popular_in_.find(level)->second);
  }
}

void Data::Enter(const Known& known) {
  if (!known.put || !known.item.on_shelf) return;
  popular_.insert(known.rank);
  for (const std::string_view level : LevelsOf(known.item.category)) {
    popular_in_[std::string(level)].insert(known.rank);
  }
  if (known.item.published) published_.emplace(*known.item.published, known.rank.number);
}

void Data::Leave(const Known& known) {
  if (!known.put || !known.item.on_shelf) return;
  popular_.erase(known.rank);
  for (const std::string_view level : LevelsOf(known.item.category)) {
    const auto ranking = popular_in_.find(level);
    ranking->second.erase(known.rank);
    if (ranking->second.empty()) popular_in_.erase(ranking);
  }
  if (known.item.published) published_.erase({*known.item.published, known.rank.number});
}

}  // namespace atelier::recommender
