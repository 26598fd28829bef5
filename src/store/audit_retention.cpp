#include "store/audit_retention.h"

#include <algorithm>
#include <string>
#include <utility>

#include "store/audit.h"
#include "store/retention.h"

namespace atelier::store {

Task<Result<std::size_t>> AuditRetention::Sweep() {
  ATELIER_CO_TRY(const WallTime now, co_await RetentionTime(store_, clock_));
  const std::string first_kept = AuditKeysFrom(std::max(now - keep_, WallTime(Duration(0))));
  std::size_t removed = 0;
  for (std::size_t i = 0; i < kBatches; ++i) {
    ATELIER_CO_TRY(const auto old,
                   co_await store_.Scan(Kind::kAudit, {.to = first_kept, .limit = kBatch}));
    if (old.empty()) break;
    Batch batch;
    for (const Record& record : old) batch.push_back(Write::Delete(Kind::kAudit, record.key));
    ATELIER_CO_TRY([[maybe_unused]] const model::Revision done,
                   co_await store_.Commit(std::move(batch)));
    removed += old.size();
    if (old.size() < kBatch) break;
  }
  co_return removed;
}

}  // namespace atelier::store
