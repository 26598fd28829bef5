#pragma once
#include <chrono>
#include <cstddef>
#include <optional>

#include "base/clock.h"
#include "store/store.h"

namespace atelier::store {

/// Removes audit records that are older than they are kept.
///
/// A wall clock that is wrong must not remove what is young: time passes here as the monotonic
/// clock says, from the start, or from the newest record if the start says it is later than that.
/// A record may so be kept longer, until the next start.
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
  Task<Result<WallTime>> Now();

  Store& store_;
  const Clock& clock_;
  const Duration keep_;
  std::optional<WallTime> began_wall_;
  MonoTime began_mono_;
};

}  // namespace atelier::store
