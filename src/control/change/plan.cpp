#include "control/change/plan.h"

#include <utility>

namespace atelier::control {

Task<Status> CommitPlan(store::Store& store, Plan plan, Error too_many_races) {
  for (int round = 0; round < kMostRounds; ++round) {
    ATELIER_CO_TRY(store::Batch batch, plan());
    if (batch.empty()) co_return Ok();
    const auto committed = co_await store.Commit(std::move(batch));
    if (committed) co_return Ok();
    if (committed.error().code() != Code::kAborted) co_return committed.error();
  }
  co_return too_many_races;
}

}  // namespace atelier::control
