#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text_hash.h"
#include "recommender/shared_vector.h"

namespace atelier::recommender {

/// What can be recommended, as far as this room needs it. `key` names it for ever; here it is an
/// opaque text (the API joins item_id and item_type).
struct Item {
  std::string key;
  bool on_shelf = true;                    // status of the item table: false is never recommended
  std::optional<WallTime> published = {};  // pub_time
  std::optional<WallTime> expires = {};    // expire_time: from then on never recommended
  std::vector<std::string> scenes = {};    // scene_id, split at its commas
  std::string category = {};               // category_path, levels joined by '_'; may be empty
  double weight = 1;                       // above 1: the operator wants it shown more; at most 100
};

/// One line of the behavior table.
struct Behavior {
  std::string user;
  std::string item;
  std::string type;  // bhv_type as documented: expose, click, like, buy ... (see StrengthOf)
  double value = 1;  // bhv_value; seconds for the type stay, else not looked at
  WallTime when{};   // bhv_time; not later than its arrival: the caller sees to that
};

/// How much a behaviour says about its user's taste: 0 for what was only shown, below 0 for what
/// they refuses, 1 for a click. An unknown type counts as a click. Source: our choice in the order
/// of the documented types, weakest first: expose; stay (up to 1, with a minute); click; comment,
/// download; like, share; collect, cart, subscribe; tip, buy, consume. Refusals: unlike, dislike,
/// negative.
double StrengthOf(std::string_view type, double value);

/// What an operator's weight multiplies scores with: 1 for a weight up to 1, 2 for 10, 3 for 100.
double BoostOf(double weight);

/// The path and the levels above it, longest first: "1_2_3" has "1_2_3", "1_2", "1". None for "".
std::vector<std::string_view> LevelsOf(std::string_view category);

/// Items and what each user did with them: what a request is answered from, and what the snapshots
/// are of that models are trained on.
///
/// Memory: of each user the kMaxTaken items they took last are kept, and the kMaxShown that they
/// were last shown without taking them. Threads: const members from any number of threads; no call
/// beside one that changes it.
class Data {
 public:
  static constexpr std::size_t kMaxTaken = 1000;
  static constexpr std::size_t kMaxShown = 1000;

  /// Of an item or a user, counted from 0 in the order of their first appearance; never reused.
  using Number = std::uint32_t;

  /// One item in a user's history.
  struct Taken {
    Number item = 0;
    float strength = 0;       // sum of their behaviours, within -1 and kMaxStrength
    std::uint32_t at = 0;     // UNIX seconds of the latest behaviour that is not an exposure, or 0
    std::uint32_t shown = 0;  // UNIX seconds until which it is blocked as already shown, or 0
  };
  static constexpr float kMaxStrength = 5;

 private:
  using Histories = SharedVector<std::vector<Taken>, 64>;
  using Keys = SharedVector<std::string, 1024>;

 public:
  /// What all users had done at one instant. Immutable; any number of threads may read it.
  class Snapshot {
   public:
    std::size_t item_count() const { return keys_.size(); }
    std::size_t user_count() const { return histories_.size(); }
    const std::string& KeyOf(Number item) const { return keys_[item]; }
    std::span<const Taken> HistoryOf(Number user) const { return histories_[user]; }

   private:
    friend class Data;
    Histories::Snapshot histories_;
    Keys::Snapshot keys_;
  };
  /// Takes a pointer for every 64 users and every 1,024 items: of 100,000 users a millisecond. What
  /// is changed afterwards is copied first, 64 users at a time.
  Snapshot TakeSnapshot();

  /// Adds the item or replaces what was known of it.
  void PutItem(Item item);
  /// It is not recommended any more. Histories keep it, for what it says of its users' taste.
  void RemoveItem(std::string_view key);

  /// Behaviours may come in any order and for items that are not put yet. Adding one twice counts
  /// twice: the caller knows which it has given. An exposure blocks its item for kExposureBlock.
  ///
  /// Of two behaviours of a user the later one is later in their history, and of one second the one
  /// that was added later. Strengths are added up in the order of adding: so who adds the same in
  /// the same order gets the same data.
  void Add(const Behavior& behavior) { Add(StepOf(behavior)); }

  /// A behaviour in numbers: small, for those who have to hold many before they are in order.
  struct Step {
    Number user = 0;
    Number item = 0;
    WallTime when{};
    double strength = 0;
    bool exposed = false;
  };
  /// Names its user and its item, if they are new; changes nothing else.
  Step StepOf(const Behavior& behavior);
  void Add(const Step& step);

  /// The items were returned to `user` at `now`: they are blocked for the user for kServedBlock.
  void MarkServed(std::string_view user, std::span<const std::string> items, WallTime now);

  /// How long an item stays away from who was shown it. Source: AIRec help, "Item validity".
  static constexpr Duration kExposureBlock = std::chrono::days(31);
  static constexpr Duration kServedBlock = std::chrono::hours(10);

  std::size_t item_count() const {
    return items_.size();
  }  // removed ones and forward references too
  std::size_t user_count() const { return histories_.size(); }
  /// Nothing for a text that was never given.
  std::optional<Number> FindItem(std::string_view key) const;
  std::optional<Number> FindUser(std::string_view user) const;
  const std::string& KeyOf(Number item) const { return keys_[item]; }
  /// The item as put last; nothing if it is removed or was only named by behaviours.
  const Item* ItemAt(Number item) const;
  /// Each item once: first those only shown, then those taken, oldest first; of one second in the
  /// order they came.
  std::span<const Taken> HistoryOf(Number user) const { return histories_[user]; }
  /// Sum of the strengths of all behaviours with the item, each halved by kPopularityHalfLife of
  /// age, times BoostOf. Good only to compare items with each other: its unit changes with the
  /// data.
  double PopularityOf(Number item) const { return items_[item].rank.popularity; }
  static constexpr Duration kPopularityHalfLife = std::chrono::days(30);

  /// An item in an order. `popularity` falling, then `number` rising.
  struct Rank {
    double popularity = 0;
    Number number = 0;
    friend bool operator<(const Rank& a, const Rank& b) {
      return a.popularity != b.popularity ? a.popularity > b.popularity : a.number < b.number;
    }
  };
  using Ranking = std::set<Rank>;
  /// What is put and on the shelf, most popular first: all of it, or what is in a category or below
  /// it ("1" has "1_2"; of a path the first kMaxLevels levels count). Null: nothing is there.
  const Ranking& Popular() const { return popular_; }
  const Ranking* PopularIn(std::string_view category) const;
  static constexpr std::size_t kMaxLevels = 4;

  /// What is put, on the shelf and has a time of publication, by that time, oldest first.
  using Publications = std::set<std::pair<WallTime, Number>>;
  const Publications& Published() const { return published_; }

  /// The number of `key`, which is new if need be: a model names items that are not put yet.
  Number InternItem(std::string_view key);

 private:
  struct Known {
    Item item;
    bool put = false;
    double taken = 0;  // popularity before the boost
    Rank rank;         // as it is in the orders
  };
  using Numbers = std::unordered_map<std::string, Number, TextHash, std::equal_to<>>;

  Number InternUser(std::string_view user);
  void Change(Number user, Number item, const std::function<void(Taken&)>& change);
  void Popularize(Number item, double strength, WallTime when);
  void Rerank(Known& known, double popularity);
  void Enter(const Known& known);
  void Leave(const Known& known);

  std::vector<Known> items_;
  Numbers item_numbers_;
  Keys keys_;
  Histories histories_;
  Numbers user_numbers_;
  std::optional<WallTime> epoch_;  // of the first behaviour: popularity doubles from here on
  Ranking popular_;
  std::unordered_map<std::string, Ranking, TextHash, std::equal_to<>> popular_in_;
  Publications published_;
};

}  // namespace atelier::recommender
