#pragma once
#include "directory/index/conjunction.h"
#include "directory/index/index.h"

namespace atelier::directory {

/// Adds to `all` every condition of `query` but the workspace that a set of slots stands for. The
/// others, and names that only look alike, are left to KeepAfterFilter.
void AddFilters(const Index& index, const InstanceQuery& query, Conjunction& all);

/// True when the sets of AddFilters do not decide `query` alone.
bool NeedsFilter(const InstanceQuery& query);
/// Drops from `matches`, which are in `scope`, what only a look at each row can tell.
void KeepAfterFilter(const Index& index, const Scope& scope, const InstanceQuery& query,
                     Bitmap& matches);

}  // namespace atelier::directory
