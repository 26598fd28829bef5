#include "control/change/erase.h"

#include <utility>

namespace atelier::control {

Task<Result<bool>> ErasePage(store::Store& store, std::span<const store::Kind> kinds,
                             std::string prefix) {
  static constexpr std::size_t kMost = 200;  // records a transaction
  for (const store::Kind kind : kinds) {
    ATELIER_CO_TRY(const auto page, co_await store.Scan(kind, {.from = prefix,
                                                               .to = store::PrefixEnd(prefix),
                                                               .limit = kMost,
                                                               .reverse = false}));
    if (page.empty()) continue;
    store::Batch batch;
    for (const store::Record& record : page)
      batch.push_back(store::Write::Delete(kind, record.key));
    const auto committed = co_await store.CommitFromReserve(std::move(batch));
    if (!committed) co_return committed.error();
    co_return true;
  }
  co_return false;
}

}  // namespace atelier::control
