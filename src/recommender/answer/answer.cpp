#include "recommender/answer/answer.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "recommender/ease/weights.h"

namespace atelier::recommender {

namespace {

using Number = Data::Number;

/// Categories that a list may be filled from, each with an equal share of it.
constexpr std::size_t kMaxCategories = 3;

/// Of the items published lately so many are looked at: a first import publishes a million at once.
constexpr std::size_t kMaxNewScanned = 1000;

bool Below(const ModelCandidates::Scored& a, const ModelCandidates::Scored& b) {
  return a.score != b.score ? a.score < b.score : a.item > b.item;
}

}  // namespace

std::vector<Seed> TastesOf(std::span<const Data::Taken> history) {
  std::vector<Seed> seeds;
  for (std::size_t i = history.size(); i-- > 0 && seeds.size() < kMaxScanned;) {
    const Data::Taken& taken = history[i];
    if (taken.strength <= 0) continue;
    const double age = static_cast<double>(seeds.size());
    seeds.push_back({.item = taken.item,
                     .taste = TasteOf(taken.strength) * std::exp2(-age / kTasteHalfLife),
                     .at = WallTime(std::chrono::seconds(taken.at))});
  }
  return seeds;
}

Eligibility::Eligibility(const Data& data, const Query& query, std::span<const Data::Taken> history)
    : data_(data), query_(query) {
  for (const Data::Taken& taken : history) {
    const bool shown = WallTime(std::chrono::seconds(taken.shown)) > query.now;
    if (taken.at != 0 || shown) blocked_.push_back(taken.item);
  }
  for (const std::string& key : query.items) {
    if (const auto item = data.FindItem(key)) blocked_.push_back(*item);
  }
  std::ranges::sort(blocked_);
}

bool Eligibility::operator()(Number item) const {
  const Item* known = data_.ItemAt(item);
  if (known == nullptr || !known->on_shelf) return false;
  if (known->expires && *known->expires <= query_.now) return false;
  if (!query_.scene.empty() &&
      std::ranges::find(known->scenes, query_.scene) == known->scenes.end()) {
    return false;
  }
  return !std::ranges::binary_search(blocked_, item);
}

ModelCandidates::ModelCandidates(const Data& data, const NumberedModel& model, const Query& query,
                                 std::span<const Seed> seeds)
    : model_(model), seeds_(seeds) {
  if (model.model == nullptr || seeds.empty()) return;
  Listen();
  const bool related = query.kind == Kind::kRelated;
  for (std::size_t index = 0; index < heard_.size(); ++index) {
    const Heard& heard = heard_[index];
    // Related means by what was asked for: the user's taste orders these, it adds none.
    if (related && heard.asked <= 0) continue;
    const double score = heard.asked + heard.own;
    const Item* known = data.ItemAt(model.items[index]);
    if (score <= 0 || known == nullptr) continue;
    heap_.push_back({.item = model.items[index], .score = score * BoostOf(known->weight)});
  }
  std::ranges::make_heap(heap_, Below);
}

/// Adds up what the seeds say of each item of the model.
void ModelCandidates::Listen() {
  heard_.resize(model_.items.size());
  for (std::size_t number = 0; number < seeds_.size(); ++number) {
    const Seed& seed = seeds_[number];
    const std::uint32_t index = model_.IndexOf(seed.item);
    if (index == NumberedModel::kUnknown) continue;
    for (const Model::Edge& edge : model_.model->EdgesOf(index)) {
      Heard& heard = heard_[edge.to];
      const double says = seed.taste * static_cast<double>(edge.weight);
      (seed.asked ? heard.asked : heard.own) += says;
      if (says > heard.most) {
        heard.most = says;
        heard.loudest = static_cast<std::uint32_t>(number);
      }
    }
  }
}

std::optional<ModelCandidates::Scored> ModelCandidates::Next() {
  if (heap_.empty()) return std::nullopt;
  std::ranges::pop_heap(heap_, Below);
  const Scored best = heap_.back();
  heap_.pop_back();
  return best;
}

const Seed& ModelCandidates::StrongestFor(Number item) const {
  return seeds_[heard_[model_.IndexOf(item)].loudest];
}

CategoryCandidates::CategoryCandidates(const Data& data, const Query& query,
                                       std::span<const Seed> seeds) {
  for (const Seed& seed : seeds) {
    if (query.kind == Kind::kRelated && !seed.asked) continue;
    if (const Item* known = data.ItemAt(seed.item)) Like(known->category, seed.taste, &seed);
  }
  if (liked_.empty() && query.kind == Kind::kPersonal) {
    for (const std::string& interest : query.interests) Like(interest, 1, nullptr);
  }
  std::ranges::sort(liked_, [](const Liked& a, const Liked& b) {
    return a.taste != b.taste ? a.taste > b.taste : a.path < b.path;
  });
  if (liked_.size() > kMaxCategories) liked_.resize(kMaxCategories);
  const std::size_t share = (query.count + kMaxCategories - 1) / kMaxCategories;
  for (std::size_t i = 0; i < liked_.size(); ++i) {
    liked_[i].left = share;
    for (const std::string_view level : LevelsOf(liked_[i].path)) {
      if (const Data::Ranking* ranking = data.PopularIn(level)) {
        cursors_.push_back({.category = i, .at = ranking->begin(), .end = ranking->end()});
      }
    }
  }
}

void CategoryCandidates::Like(std::string_view path, double taste, const Seed* because) {
  if (path.empty()) return;
  const auto known = std::ranges::find(liked_, path, &Liked::path);
  if (known != liked_.end()) {
    known->taste += taste;
  } else {
    liked_.push_back({.path = path, .taste = taste, .because = because});
  }
}

std::optional<CategoryCandidates::Found> CategoryCandidates::Next() {
  for (; cursor_ < cursors_.size(); ++cursor_) {
    Cursor& cursor = cursors_[cursor_];
    const Liked& liked = liked_[cursor.category];
    if (liked.left == 0 || cursor.at == cursor.end) continue;
    return Found{
        .item = (cursor.at++)->number, .because = liked.because, .category = cursor.category};
  }
  return std::nullopt;
}

std::size_t CategoryCandidates::PlaceOf(std::string_view category) const {
  for (const std::string_view level : LevelsOf(category)) {
    const auto liked = std::ranges::find(liked_, level, &Liked::path);
    if (liked != liked_.end()) return static_cast<std::size_t>(liked - liked_.begin());
  }
  return liked_.size();
}

NewCandidates::NewCandidates(const Data& data, const NumberedModel& model, const Query& query,
                             const CategoryCandidates& liked) {
  const auto& published = data.Published();
  const auto after = published.upper_bound({query.now, std::numeric_limits<Number>::max()});
  std::size_t looked = 0;
  for (auto it = after; it != published.begin() && looked < kMaxNewScanned; ++looked) {
    --it;
    if (it->first + Recommender::kNewFor <= query.now) break;
    if (model.IndexOf(it->second) == NumberedModel::kUnknown) items_.push_back(it->second);
  }
  std::ranges::sort(items_, {}, [&](Number item) {
    const Item& known = *data.ItemAt(item);
    return std::tuple(liked.PlaceOf(known.category), -data.PopularityOf(item),
                      -known.published->time_since_epoch(), item);
  });
}

}  // namespace atelier::recommender
