// EASE: B = I - P / diag(P), with P the inverse of the items' Gram matrix plus a ridge.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <ranges>

#include "recommender/ease/inverse.h"
#include "recommender/ease/model_builder.h"
#include "recommender/ease/weights.h"
#include "recommender/model.h"

namespace atelier::recommender {

namespace {

/// Of each item the strongest influences are kept: the rest is noise, and most of the memory. With
/// all of them MovieLens is not ranked better (docs/recommendations.md).
constexpr std::size_t kMaxInfluences = 200;

constexpr std::uint32_t kOutside = std::numeric_limits<std::uint32_t>::max();

/// Entries of the Gram matrix grow with the users, so the ridge does. 300 at a thousand users.
double RidgeFor(std::size_t users) {
  constexpr double kOfUsers = 0.3;
  return std::clamp(kOfUsers * static_cast<double>(users), 1.0, 500.0);
}

std::size_t BytesFor(std::size_t items) {
  // The edges are there twice for a moment: by item, and in one piece.
  const std::size_t edges = 2 * items * std::min(items, kMaxInfluences) * sizeof(Model::Edge);
  return SymmetricMatrix::BytesFor(items) + edges;
}

/// The items that somebody took, the ones most taken first, as many as the budget holds.
Result<std::vector<Data::Number>> ItemsWithin(const Data::Snapshot& data, const Budget& budget) {
  std::vector<std::uint32_t> takers(data.item_count());
  for (std::size_t user = 0; user < data.user_count(); ++user) {
    for (const auto& taken : data.HistoryOf(static_cast<Data::Number>(user))) {
      if (taken.strength > 0) ++takers[taken.item];
    }
  }
  std::vector<Data::Number> items;
  for (std::size_t item = 0; item < takers.size(); ++item) {
    if (takers[item] > 0) items.push_back(static_cast<Data::Number>(item));
  }
  if (items.size() < 2) {
    return Error(Code::kFailedPrecondition,
                 "There is nothing to learn from: push behaviors with at least two items first.",
                 "NotEnoughData");
  }
  std::ranges::sort(items, [&](Data::Number a, Data::Number b) {
    return takers[a] != takers[b] ? takers[a] > takers[b] : a < b;
  });
  const auto sizes = std::views::iota(std::size_t{1}, items.size() + 1);
  const auto fitting = static_cast<std::size_t>(
      std::ranges::partition_point(
          sizes, [&](std::size_t size) { return BytesFor(size) <= budget.bytes; }) -
      sizes.begin());
  if (fitting < 2) {
    return Error(Code::kResourceExhausted, "The training has not enough memory for two items.",
                 "TrainingBudget");
  }
  items.resize(fitting);
  return items;
}

/// Adds every user's items to `gram`; returns how many users had any. Nothing: stopped.
std::optional<std::size_t> AddHistories(const Data::Snapshot& data,
                                        const std::vector<std::uint32_t>& row_of,
                                        SymmetricMatrix& gram, const std::stop_token& stop,
                                        const Progress& progress) {
  struct Cell {
    std::uint32_t row;
    double taste;
  };
  std::vector<Cell> cells;
  std::size_t users = 0;
  for (std::size_t user = 0; user < data.user_count(); ++user) {
    if (stop.stop_requested()) return std::nullopt;
    cells.clear();
    for (const auto& taken : data.HistoryOf(static_cast<Data::Number>(user))) {
      if (taken.strength > 0 && row_of[taken.item] != kOutside) {
        cells.push_back({.row = row_of[taken.item], .taste = TasteOf(taken.strength)});
      }
    }
    if (!cells.empty()) ++users;
    std::ranges::sort(cells, {}, &Cell::row);
    for (std::size_t right = 0; right < cells.size(); ++right) {
      for (std::size_t left = 0; left <= right; ++left) {
        gram.Add(cells[right].row, cells[left].row, cells[right].taste * cells[left].taste);
      }
    }
    progress(static_cast<double>(user + 1) / static_cast<double>(data.user_count()));
  }
  return users;
}

/// Turns the columns of the inverse into edges, by the item they come from.
class Influences {
 public:
  explicit Influences(std::size_t items) : out_(items), order_(items) {}

  void Take(std::size_t column, const double* inverse) {
    const double pivot = inverse[column];
    order_.resize(out_.size());
    std::iota(order_.begin(), order_.end(), 0U);
    order_.erase(order_.begin() +
                 static_cast<std::ptrdiff_t>(column));  // no item speaks for itself
    const auto stronger = [&](std::uint32_t a, std::uint32_t b) {
      const double left = std::abs(inverse[a]);
      const double right = std::abs(inverse[b]);
      return left != right ? left > right : a < b;
    };
    if (order_.size() > kMaxInfluences) {
      std::ranges::nth_element(order_, order_.begin() + kMaxInfluences, stronger);
      order_.resize(kMaxInfluences);
    }
    for (const std::uint32_t from : order_) {
      const auto weight = static_cast<float>(-inverse[from] / pivot);
      if (weight != 0) {
        out_[from].push_back({.to = static_cast<std::uint32_t>(column), .weight = weight});
      }
    }
  }

  std::vector<std::vector<Model::Edge>> Finish() && { return std::move(out_); }

 private:
  std::vector<std::vector<Model::Edge>> out_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

Model ModelBuilder::Build(std::vector<std::string> keys,
                          const std::vector<std::vector<Model::Edge>>& out) {
  std::vector<std::uint64_t> starts = {0};
  starts.reserve(out.size() + 1);
  for (const auto& edges : out) starts.push_back(starts.back() + edges.size());
  std::vector<Model::Edge> all;
  all.reserve(starts.back());
  for (const auto& edges : out) all.insert(all.end(), edges.begin(), edges.end());
  return Take(std::move(keys), std::move(starts), std::move(all));
}

Result<Model> Train(const Data::Snapshot& data, const Budget& budget, const std::stop_token& stop,
                    const Progress& progress) {
  constexpr double kGram = 0.2;  // of the time, about, for histories of a hundred items
  ATELIER_TRY(const std::vector<Data::Number> items, ItemsWithin(data, budget));
  std::vector<std::uint32_t> row_of(data.item_count(), kOutside);
  std::vector<std::string> keys;
  for (const Data::Number item : items) {
    row_of[item] = static_cast<std::uint32_t>(keys.size());
    keys.push_back(data.KeyOf(item));
  }

  SymmetricMatrix gram(items.size());
  const auto users =
      AddHistories(data, row_of, gram, stop, [&](double done) { progress(kGram * done); });
  if (!users) return Error(Code::kCancelled, "The training was stopped.", "TrainingStopped");
  const double ridge = RidgeFor(*users);
  for (std::size_t row = 0; row < items.size(); ++row) gram.Add(row, row, ridge);

  Influences influences(items.size());
  ATELIER_RETURN_IF_ERROR(gram.InverseColumns(
      stop, [&](double done) { progress(kGram + (1 - kGram) * done); },
      [&](std::size_t column, const double* values) { influences.Take(column, values); }));
  return ModelBuilder::Build(std::move(keys), std::move(influences).Finish());
}

}  // namespace atelier::recommender
