#pragma once
#include <chrono>
#include <cstddef>

#include "base/clock.h"
#include "store/store.h"

namespace atelier::store {

/// Removes audit records that are older than they are kept, by RetentionTime.
class AuditRetention {
 public:
  /// At most so many records are removed in one sweep, in batches between which others commit.
  static constexpr std::size_t kBatch = 256;
  static constexpr std::size_t kBatches = 64;

  /// `store` and `clock`, by which the records are written, outlive it.
  AuditRetention(Store& store, const Clock& clock, std::chrono::days keep)
      : store_(store), clock_(clock), keep_(keep) {}

  /// Call it every few minutes. The number of records removed; Unavailable, ResourceExhausted: the
  /// store's reason for stopping early.
  Task<Result<std::size_t>> Sweep();

 private:
  Store& store_;
  const Clock& clock_;
  const Duration keep_;
};

}  // namespace atelier::store
