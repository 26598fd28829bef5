#pragma once
#include <vector>

#include "runtime/driver.h"

namespace atelier::control {

/// What has been seen of one workload: at most one state for each generation, if drivers behave.
using ObservedState = std::vector<runtime::WorkloadState>;

/// The same generations in the same phases.
bool SamePhases(const ObservedState& a, const ObservedState& b);
/// An incomplete look tells of what it shows and says nothing of the rest. The latest 16
/// lives are kept.
void MergeObserved(ObservedState& known, ObservedState news);
/// The likeliest of several reports about one generation: alive wins over ended, further over less
/// far. nullptr: not seen.
const runtime::WorkloadState* Best(const ObservedState& seen, model::Generation generation);
/// An earlier generation has not ended.
bool OlderAlive(const ObservedState& seen, model::Generation generation);
/// The latest of the later generations, those that have not ended first. nullptr: there is none.
const runtime::WorkloadState* Newer(const ObservedState& seen, model::Generation generation);

}  // namespace atelier::control
