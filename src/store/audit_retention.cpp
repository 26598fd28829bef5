#include "store/audit_retention.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace atelier::store {

namespace {

constexpr std::size_t kTimeDigits = 20;  // at the start of a key (model/audit.h)

std::string KeyAt(WallTime time) {
  return fmt::format("{:0{}}", time.time_since_epoch().count(), kTimeDigits);
}

WallTime TimeOf(const std::string& key) {
  std::int64_t millis = 0;
  const std::size_t size = std::min(key.size(), kTimeDigits);
  std::from_chars(key.data(), key.data() + size, millis);  // no number: as old as can be
  return WallTime(Duration(millis));
}

}  // namespace

Task<Result<WallTime>> AuditRetention::Now() {
  if (!began_wall_) {
    ATELIER_CO_TRY(const auto newest,
                   co_await store_.Scan(Kind::kAudit, {.limit = 1, .reverse = true}));
    const WallTime wall = clock_.Wall();
    began_wall_ = newest.empty() ? wall : std::min(wall, TimeOf(newest.front().key));
    began_mono_ = clock_.Mono();
  }
  const auto passed = std::chrono::duration_cast<Duration>(clock_.Mono() - began_mono_);
  co_return std::min(clock_.Wall(), *began_wall_ + passed);
}

Task<Result<std::size_t>> AuditRetention::Sweep() {
  ATELIER_CO_TRY(const WallTime now, co_await Now());
  const std::string first_kept = KeyAt(std::max(now - keep_, WallTime(Duration(0))));
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
