#pragma once
#include "directory/index/conjunction.h"
#include "directory/index/index.h"

namespace atelier::directory {

/// Adds to `all` every condition of `query` but the workspace, as sets of slots of `scope` (or
/// beyond it). The name condition may let names through that only look alike: see NameNeedsCheck.
void AddFilters(const Index& index, const Scope& scope, const InstanceQuery& query,
                Conjunction& all);

/// True when the sets of AddFilters do not decide `name_contains` alone, and the names have to be
/// looked at.
bool NameNeedsCheck(const InstanceQuery& query);

}  // namespace atelier::directory
