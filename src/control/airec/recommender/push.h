#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "directory/recommender_data.h"
#include "model/recommender_document.h"
#include "store/store.h"

namespace atelier::control {

/// Makes one commit of the documents of a push, the later of two with one key counting on top of
/// the earlier. For one try: after a lost race a new plan is made.
class PushPlan {
 public:
  /// `optimistic`: behaviours are taken for new, as most are, and not looked for one by one; if one
  /// is there already the commit is Aborted, and the next plan looks.
  PushPlan(store::Store& store, const directory::RecommenderData& data,
           const model::Recommender& recommender, model::DocumentTable table, WallTime now,
           bool optimistic)
      : store_(store),
        data_(data),
        recommender_(recommender),
        table_(table),
        now_(now),
        optimistic_(optimistic) {}

  /// Empty: nothing would change. The errors of RecommenderImports::Push and of Store::Get.
  Task<Result<store::Batch>> Make(const std::vector<model::Document>& documents);

 private:
  /// What becomes of one record.
  struct Change {
    std::optional<model::DocumentFields> fields;  // nothing: it goes
    std::optional<model::Revision> expected;      // nothing: whatever it is
    bool writes = true;
    std::size_t order = 0;  // of its first document in the push
  };
  Status CheckItems(const std::vector<model::Document>& documents) const;
  Status CheckQuota() const;
  store::Batch ToBatch();
  Task<Status> Add(std::string key, const model::Document& document);
  Task<Result<std::optional<store::Record>>> Find(std::string key);

  store::Store& store_;
  const directory::RecommenderData& data_;
  const model::Recommender& recommender_;
  model::DocumentTable table_;
  WallTime now_;
  bool optimistic_;
  std::map<std::string, Change> changes_;  // by record key
};

}  // namespace atelier::control
