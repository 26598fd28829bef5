#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <vector>

#include "store/common/commit_timeout.h"
#include "store/record.h"

namespace atelier::store {

/// A commit on its way to the committing thread.
struct Ticket {
  Batch batch;
  bool from_reserve = false;  // goes on when the disk is full
  Claim claim;
  std::function<void(Result<model::Revision>)> done;
};

/// What may share one transaction.
struct GroupRule {
  std::size_t max_batches = 256;
  /// Of keys and bodies; a batch that is larger has a group of its own.
  std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
  /// No batch writes a key that another one of the group names. For a store that judges a group as
  /// a whole, against what was there before it.
  bool disjoint = false;
};

/// Takes the next group out of `queue`. What may not join it stays, in its order: nothing overtakes
/// a batch with which it shares a key. Tickets that were withdrawn go.
std::vector<Ticket> TakeGroup(std::deque<Ticket>& queue, const GroupRule& rule);

}  // namespace atelier::store
