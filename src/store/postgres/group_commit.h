#pragma once
#include <span>
#include <string>
#include <vector>

#include "store/common/commit_queue.h"
#include "store/postgres/connection.h"
#include "store/postgres/fence.h"

namespace atelier::store::postgres {

/// A group of batches with disjoint keys, as the function atelier.commit_group takes them. Views
/// the batches, which stay as they are until Settle.
class GroupCommit {
 public:
  GroupCommit(std::string id, std::vector<Batch*> batches);

  const std::string& id() const { return id_; }
  std::size_t size() const { return batches_.size(); }
  /// The whole transaction: BEGIN, the lock, the function, COMMIT.
  std::vector<Statement> Statements(const Fence& fence, model::Revision applied) const;

  struct Answer {
    Found found;
    Head head;                      // before this group
    std::vector<Change> of_others;  // after `applied`, before this group
  };
  static Answer ReadAnswer(const Outcome& outcome);

  /// What the group came to. Takes keys and bodies out of the batches.
  Resolution Resolve(const Found& found);
  /// The last revision of the group; `before` if all was refused.
  static model::Revision LastOf(const Found& found, model::Revision before);

 private:
  const std::string id_;
  const std::vector<Batch*> batches_;
};

}  // namespace atelier::store::postgres
