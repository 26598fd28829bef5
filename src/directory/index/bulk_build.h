#pragma once
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "directory/index/index.h"
#include "store/store.h"

namespace atelier::directory {

struct BulkBuilt {
  std::vector<std::pair<store::Record, Error>> unreadable;  // without their bodies, and why
  model::Revision revision = 0;                             // the greatest
};

/// Fills an empty index with every record of `bulk`, `threads` of them reading and decoding side by
/// side: views are sorted once instead of grown. Calls `progress(records so far)` now and then,
/// from any of the threads. Errors are those of the store.
Result<BulkBuilt> BulkBuild(Index& index, const store::Bulk& bulk, std::size_t threads,
                            const std::function<void(std::size_t)>& progress);

}  // namespace atelier::directory
