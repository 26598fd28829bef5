#include "store/retention.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace atelier::store {

namespace {

/// That an audit record begins its key with (model/audit.h).
WallTime TimeOf(const std::string& key) {
  constexpr std::size_t kDigits = 20;
  std::int64_t millis = 0;
  std::from_chars(key.data(), key.data() + std::min(key.size(), kDigits), millis);
  return WallTime(Duration(millis));  // no number: as old as can be
}

}  // namespace

Task<Result<WallTime>> RetentionTime(Store& store, const Clock& clock) {
  auto& began = store.retention_start();
  if (!began) {
    ATELIER_CO_TRY(const auto newest,
                   co_await store.Scan(Kind::kAudit, {.limit = 1, .reverse = true}));
    const WallTime wall = clock.Wall();
    if (!began) {  // somebody else may have been first
      began = {.wall = newest.empty() ? wall : std::min(wall, TimeOf(newest.front().key)),
               .mono = clock.Mono()};
    }
  }
  const auto passed = std::chrono::duration_cast<Duration>(clock.Mono() - began->mono);
  co_return std::min(clock.Wall(), began->wall + passed);
}

}  // namespace atelier::store
