#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "recommender/data.h"
#include "recommender/recommender.h"

namespace atelier::recommender {

/// A model in terms of the data's numbers.
struct NumberedModel {
  static constexpr std::uint32_t kUnknown = std::numeric_limits<std::uint32_t>::max();

  const Model* model = nullptr;            // null: none
  std::span<const Data::Number> items;     // by index in the model
  std::span<const std::uint32_t> indexes;  // by number; numbers made after the model are not there

  std::uint32_t IndexOf(Data::Number item) const {
    return item < indexes.size() ? indexes[item] : kUnknown;
  }
};

/// An item that the list is made from.
struct Seed {
  Data::Number item = 0;
  double taste = 0;
  WallTime at{};       // when the user took it; 0 if it was asked for
  bool asked = false;  // one of Query::items
};

/// Which items may be returned to this query, by the rules alone: Query::admits is not asked.
class Eligibility {
 public:
  Eligibility(const Data& data, const Query& query, std::span<const Data::Taken> history);
  bool operator()(Data::Number item) const;

 private:
  const Data& data_;
  const Query& query_;
  std::vector<Data::Number> blocked_;  // sorted
};

/// What the model says, best first. Of equals the one that came first, so that an answer is the
/// same every time.
class ModelCandidates {
 public:
  ModelCandidates(const Data& data, const NumberedModel& model, const Query& query,
                  std::span<const Seed> seeds);
  struct Scored {
    Data::Number item = 0;
    double score = 0;
  };
  std::optional<Scored> Next();
  /// The seed that speaks most for `item`, which came from Next.
  const Seed& StrongestFor(Data::Number item) const;

 private:
  /// What the seeds say of one item.
  struct Heard {
    double asked = 0;  // those of Query::items together
    double own = 0;    // the others
    double most = 0;
    std::uint32_t loudest = 0;  // the seed that says `most`
  };
  void Listen();

  const NumberedModel& model_;
  std::span<const Seed> seeds_;
  std::vector<Heard> heard_;  // by index in the model
  std::vector<Scored> heap_;
};

/// What is popular in the categories that the seeds, or else the interests, are of; no category
/// gives more than its share.
class CategoryCandidates {
 public:
  CategoryCandidates(const Data& data, const Query& query, std::span<const Seed> seeds);
  struct Found {
    Data::Number item = 0;
    const Seed* because = nullptr;  // null: an interest of the user's document
    std::size_t category = 0;
  };
  std::optional<Found> Next();
  /// The candidate was returned: one less for its category.
  void Count(const Found& found) { --liked_[found.category].left; }
  /// 0 for the most liked category; the number of categories if it is in none of them.
  std::size_t PlaceOf(std::string_view category) const;

 private:
  struct Liked {
    std::string_view path;
    double taste = 0;
    const Seed* because = nullptr;
    std::size_t left = 0;
  };
  struct Cursor {
    std::size_t category = 0;
    Data::Ranking::const_iterator at;
    Data::Ranking::const_iterator end;
  };
  void Like(std::string_view path, double taste, const Seed* because);

  std::vector<Liked> liked_;  // the most liked first
  std::vector<Cursor> cursors_;
  std::size_t cursor_ = 0;
};

/// New items that the model does not know: liked categories first, then popular, then new.
class NewCandidates {
 public:
  NewCandidates(const Data& data, const NumberedModel& model, const Query& query,
                const CategoryCandidates& liked);
  std::optional<Data::Number> Next() {
    return next_ < items_.size() ? std::optional(items_[next_++]) : std::nullopt;
  }

 private:
  std::vector<Data::Number> items_;
  std::size_t next_ = 0;
};

/// The history as seeds, what was taken last first.
std::vector<Seed> TastesOf(std::span<const Data::Taken> history);

}  // namespace atelier::recommender
