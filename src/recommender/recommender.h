#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "recommender/data.h"
#include "recommender/model.h"

namespace atelier::recommender {

/// What the list is to be made of (recType).
enum class Kind : std::uint8_t {
  kPersonal,  // gul: from the user's history
  kRelated,   // rr: from Query::items, ordered by the user's taste where they say the same
  kPopular,   // hot: the same for everybody, without what the user was shown
};

struct Query {
  Kind kind = Kind::kPersonal;
  std::string_view user = {};  // empty or never seen: a cold user
  std::vector<std::string> items =
      {};                       // kRelated: keys to start from; unknown ones count for nothing
  std::size_t count = 10;       // at most so many picks
  std::string_view scene = {};  // empty: every scene; else only items that name it
  /// Category paths the user is said to like (their document); for when they have no history.
  std::vector<std::string> interests = {};
  /// Whether an item may be returned; empty: every one. Asked about few: candidates come best
  /// first.
  std::function<bool(std::string_view key)> admits = {};
  WallTime now{};
};

/// Which rule chose an item: matchInfo of the API.
enum class Reason : std::uint8_t {
  kHistory,   // the model, from what the user did
  kRelated,   // the model, from Query::items
  kCategory,  // popular in a category that they like, or that Query::items are of
  kPopular,
  kNew,  // published within kNewFor, and the model does not know it yet
};
std::string_view ToString(Reason reason);  // "history", "related", "category", "popular", "new"

struct Pick {
  std::string item;
  double score = 0;  // to compare within one answer and one reason only
  Reason reason = Reason::kPopular;
  std::string because = {};  // key of the item that spoke most for it; empty for kPopular and kNew
  WallTime because_at{};     // when the user took that one; 0 if they did not
};

/// Answers requests from data that change and a model that is replaced now and then.
///
/// Threads: Recommend from any number of threads; no call beside one that changes it. One call
/// takes time linear in the items of the model, and in those that are refused where few are left:
/// 0.14 ms of processor time for the 1,682 items of MovieLens.
class Recommender {
 public:
  explicit Recommender(Data data = {});

  Data& data() { return data_; }
  const Data& data() const { return data_; }

  /// From the next call on answers come from `model`; null: from popularity and category alone.
  void SetModel(std::shared_ptr<const Model> model);

  /// Best first, each item once. Never more than asked for; fewer if there are not so many left.
  /// Never an item that is removed, off the shelf, expired at `now`, of another scene, refused by
  /// `admits`, one of Query::items, taken or refused by the user, or blocked as shown to them.
  ///
  /// Every tenth place goes to the most popular new item, best category first, if there is one: the
  /// model could never learn of it otherwise. The same state and query give the same answer.
  std::vector<Pick> Recommend(const Query& query) const;

  /// How long after its publication an item that no model knows has those places.
  static constexpr Duration kNewFor = std::chrono::days(7);

 private:
  Data data_;
  std::shared_ptr<const Model> model_;
  std::vector<Data::Number> of_model_;   // by index in the model
  std::vector<std::uint32_t> in_model_;  // by number of the item; its index, or that it has none
};

}  // namespace atelier::recommender
