#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/pool.h"
#include "base/task.h"
#include "model/item_filter.h"
#include "model/recommender.h"
#include "model/recommender_use.h"
#include "recommender/recommender.h"
#include "store/quarantine.h"
#include "store/store.h"

namespace atelier::directory {

/// One recommendation that is asked for.
struct RecommendQuery {
  recommender::Kind kind{};
  std::string user;                // empty: nobody in particular
  std::vector<std::string> items;  // kRelated: "<item_id>:<item_type>"
  std::size_t count = 10;
  std::string scene;  // empty: any
  std::optional<model::ItemFilter> filter;
  WallTime now;
};

struct Recommended {
  recommender::Pick pick;
  double weight = 1;  // of the item table
};

struct Recommendation {
  std::string version;  // the dataset version that answered
  std::vector<Recommended> items;
};

/// The documents of every recommender, in memory, and the recommendations made from them: a read
/// model that follows the feed.
///
/// Threads: members are called on the I/O thread. What takes time runs on a strand an instance, in
/// the order it was asked for: a recommendation sees every push that was acknowledged before it,
/// and never holds up the I/O thread.
class RecommenderData : public store::Listener {
 public:
  /// `pool`: works for all instances, and frees what they leave; outlives this. `log`: names what
  /// cannot be read; nullptr: none does.
  explicit RecommenderData(Pool& pool, Logger* log = nullptr);
  ~RecommenderData() override;
  RecommenderData(const RecommenderData&) = delete;
  RecommenderData& operator=(const RecommenderData&) = delete;

  /// Before the first Commit; from any thread.
  Status Load(store::Store& store);
  void Apply(std::span<const store::Change> changes) override;

  /// How often a dataset version answered, and what came of it.
  struct VersionUse {
    std::int64_t recommended = 0;  // items
    std::int64_t traced = 0;       // behaviours that bring back its traceInfo
  };
  struct Counts {
    std::int64_t users = 0;
    std::int64_t items = 0;
    std::int64_t behaviors = 0;
    /// By bhv_type: behaviours that bring back the traceId of a recommendation.
    std::map<std::string, std::int64_t> traced;
    /// Of every version that there is, and of those deleted since the server started or that
    /// recommended something.
    std::map<std::string, VersionUse> versions;
    std::int64_t recommended = 0;  // items; all versions together
  };
  Counts CountsOf(const model::RecommenderId& id) const;
  bool HasUser(const model::RecommenderId& id, const std::string& user) const;
  bool HasItem(const model::RecommenderId& id, const std::string& item) const;
  /// Documents that cannot be read, and count as absent.
  const store::Quarantine& quarantine() const;
  /// Instances that were gone at Load while records of theirs were left, as after a crash.
  std::vector<model::RecommenderId> Orphans() const;

  /// What an instance knew when an import was asked for: every document that was acknowledged
  /// before the record of the data set was, and none after it.
  struct Snapshot {
    recommender::Data::Snapshot histories;
    std::int64_t users = 0;
    std::int64_t items = 0;
    std::int64_t behaviors = 0;
  };
  /// Of an import that is under way; nullptr: it is not.
  Task<std::shared_ptr<const Snapshot>> SnapshotOf(model::RecommenderId id, std::string version);
  /// Answers come from `model` from here on.
  void SetModel(const model::RecommenderId& id, std::string version,
                std::shared_ptr<const recommender::Model> model);
  /// The version that answers; empty: none.
  const std::string& VersionOf(const model::RecommenderId& id) const;
  /// What is returned to a user who is known is blocked for them for a while. Unavailable: no model
  /// is there to answer.
  Task<Result<Recommendation>> Recommend(model::RecommenderId id, RecommendQuery query);
  /// Recommend calls in the whole second before `now`.
  std::int64_t QpsOf(const model::RecommenderId& id, MonoTime now) const;
  void NoteQuery(const model::RecommenderId& id, MonoTime now);

  /// What was recommended and is not in the store yet, whole: a record that is lost is made up for
  /// by the next.
  std::vector<model::RecommenderUse> UnsavedUse() const;
  /// `use` is in the store.
  void NoteSaved(const model::RecommenderUse& use);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::directory
