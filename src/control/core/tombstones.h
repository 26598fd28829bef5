#pragma once
#include <span>
#include <string>

#include "base/clock.h"
#include "base/codec.h"
#include "model/ids.h"
#include "store/shards.h"
#include "store/store.h"

namespace atelier::control {

/// Deletes a bounded number of records of the first of `kinds` that has any whose key begins with
/// `prefix`, also when the disk is full. True: call again, there may be more. Aborted: `lease` is
/// lost.
Task<Result<bool>> ErasePage(store::Store& store, store::Lease lease,
                             std::span<const store::Kind> kinds, std::string prefix);

/// What is left of a deleted instance or replica, or what an operator ordered for one without a
/// record: the order to end whatever still runs of it. Body
/// of a kTombstone record, key: the id.
struct Tombstone {
  model::Generation generation = 0;  // the last one that the deletion was about
  WallTime when;
  bool keep_files = false;  // an operator ended it, and deleted nothing
};
BOOST_DESCRIBE_STRUCT(Tombstone, (), (generation, when, keep_files))

/// Belongs into the transaction that deletes the record.
store::Write Bury(const model::InstanceId& id, model::Generation generation, WallTime now,
                  bool keep_files = false);

/// Looks at one page of tombstones and deletes those older than 30 days, also when the disk is
/// full: without one, a workload that shows up again is reported instead of ended. `from`: where to
/// go on, empty at first; moves.
Task<Status> SweepTombstones(store::Store& store, WallTime now, std::string& from);

}  // namespace atelier::control
