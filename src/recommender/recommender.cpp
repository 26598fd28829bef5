#include "recommender/recommender.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "recommender/answer/answer.h"

namespace atelier::recommender {

namespace {

using Number = Data::Number;

/// Places in a list that new items have: every tenth, and the last of a list that is too short for
/// a tenth but long enough to spare one.
bool IsPlaceOfNew(std::size_t place, std::size_t count) {
  constexpr std::size_t kEvery = 10;
  constexpr std::size_t kMin = 5;
  if (count < kEvery) return count >= kMin && place + 1 == count;
  return place % kEvery == kEvery - 1;
}

/// One list in the making.
class Answer {
 public:
  Answer(const Data& data, const NumberedModel& model, const Query& query)
      : data_(data),
        model_(model),
        query_(query),
        history_(HistoryOf(data, query)),
        may_return_(data, query, history_),
        seeds_(SeedsOf(data, query, history_)),
        from_model_(data, model, query, seeds_),
        from_categories_(data, query, seeds_),
        popular_(data.Popular().begin()) {}

  std::vector<Pick> Compose() && {
    while (picks_.size() < query_.count) {
      if (IsPlaceOfNew(picks_.size(), query_.count) && AppendNew()) continue;
      if (!AppendFromModel() && !AppendFromCategories() && !AppendPopular()) break;
    }
    return std::move(picks_);
  }

 private:
  static std::span<const Data::Taken> HistoryOf(const Data& data, const Query& query) {
    const auto user = query.user.empty() ? std::nullopt : data.FindUser(query.user);
    return user ? data.HistoryOf(*user) : std::span<const Data::Taken>();
  }

  static std::vector<Seed> SeedsOf(const Data& data, const Query& query,
                                   std::span<const Data::Taken> history) {
    if (query.kind == Kind::kPopular) return {};
    std::vector<Seed> seeds = TastesOf(history);
    if (query.kind != Kind::kRelated) return seeds;
    // In a list of related items the user's own taste is a hint beside the items they look at.
    constexpr double kOwnTaste = 0.2;
    for (Seed& seed : seeds) seed.taste *= kOwnTaste;
    for (const std::string& key : query.items) {
      if (const auto item = data.FindItem(key)) {
        seeds.push_back({.item = *item, .taste = 1, .asked = true});
      }
    }
    return seeds;
  }

  /// Appends the item unless a rule or the caller is against it.
  bool Append(Number item, double score, Reason reason, const Seed* because) {
    if (!may_return_(item) || std::ranges::find(picked_, item) != picked_.end()) return false;
    const std::string& key = data_.KeyOf(item);
    if (query_.admits && !query_.admits(key)) return false;
    picked_.push_back(item);
    picks_.push_back({.item = key,
                      .score = score,
                      .reason = reason,
                      .because = because != nullptr ? data_.KeyOf(because->item) : std::string(),
                      .because_at = because != nullptr ? because->at : WallTime()});
    return true;
  }

  bool AppendFromModel() {
    while (const auto next = from_model_.Next()) {
      const Seed& because = from_model_.StrongestFor(next->item);
      const Reason reason = because.asked ? Reason::kRelated : Reason::kHistory;
      if (Append(next->item, next->score, reason, &because)) return true;
    }
    return false;
  }

  bool AppendFromCategories() {
    while (const auto next = from_categories_.Next()) {
      if (Append(next->item, ShareOfPopularity(next->item), Reason::kCategory, next->because)) {
        from_categories_.Count(*next);
        return true;
      }
    }
    return false;
  }

  bool AppendPopular() {
    while (popular_ != data_.Popular().end()) {
      const Number item = (popular_++)->number;
      if (Append(item, ShareOfPopularity(item), Reason::kPopular, nullptr)) return true;
    }
    return false;
  }

  bool AppendNew() {
    if (query_.kind != Kind::kPersonal) return false;
    if (!new_) new_.emplace(data_, model_, query_, from_categories_);
    while (const auto next = new_->Next()) {
      if (Append(*next, ShareOfPopularity(*next), Reason::kNew, nullptr)) return true;
    }
    return false;
  }

  /// Of the most popular item's popularity: 0 to 1.
  double ShareOfPopularity(Number item) const {
    const double most = data_.Popular().begin()->popularity;
    return most > 0 ? data_.PopularityOf(item) / most : 0;
  }

  const Data& data_;
  const NumberedModel& model_;
  const Query& query_;
  std::span<const Data::Taken> history_;
  Eligibility may_return_;
  std::vector<Seed> seeds_;
  ModelCandidates from_model_;
  CategoryCandidates from_categories_;
  Data::Ranking::const_iterator popular_;
  std::optional<NewCandidates> new_;
  std::vector<Number> picked_;
  std::vector<Pick> picks_;
};

}  // namespace

std::string_view ToString(Reason reason) {
  switch (reason) {
    case Reason::kHistory:
      return "history";
    case Reason::kRelated:
      return "related";
    case Reason::kCategory:
      return "category";
    case Reason::kPopular:
      return "popular";
    case Reason::kNew:
      return "new";
  }
  return "popular";
}

Recommender::Recommender(Data data) : data_(std::move(data)) {}

void Recommender::SetModel(std::shared_ptr<const Model> model) {
  model_ = std::move(model);
  of_model_.clear();
  in_model_.clear();
  if (model_ == nullptr) return;
  for (std::size_t index = 0; index < model_->size(); ++index) {
    of_model_.push_back(data_.InternItem(model_->KeyOf(index)));
  }
  in_model_.assign(data_.item_count(), NumberedModel::kUnknown);
  for (std::size_t index = 0; index < of_model_.size(); ++index) {
    in_model_[of_model_[index]] = static_cast<std::uint32_t>(index);
  }
}

std::vector<Pick> Recommender::Recommend(const Query& query) const {
  const NumberedModel model{.model = model_.get(), .items = of_model_, .indexes = in_model_};
  return Answer(data_, model, query).Compose();
}

}  // namespace atelier::recommender
