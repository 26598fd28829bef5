#pragma once
#include <chrono>
#include <functional>

#include "store/store.h"

namespace atelier::control {

/// Each lost race means that another writer won, so this many rounds see this many others through.
inline constexpr int kMostRounds = 100;
/// Longest wait for a turn with a thing (base/turns.h). Then the revision decides who is first.
inline constexpr std::chrono::seconds kLongestTurn{20};

/// What one step writes, made from what the read models show; empty: nothing is to be done.
using Plan = std::function<Result<store::Batch>()>;

/// Commits what `plan` makes, and plans anew after a lost race: by then the read models show who
/// won. The errors of `plan` and of Store::Commit; `too_many_races` after kMostRounds of them.
Task<Status> CommitPlan(store::Store& store, Plan plan, Error too_many_races);

}  // namespace atelier::control
