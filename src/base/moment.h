#pragma once
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace atelier {

/// One moment on both clocks, as a record may keep it: the monotonic clock goes on from one process
/// to the next, and begins anew with each boot of the host.
struct Moment {
  WallTime wall;
  std::int64_t mono_ms = 0;
  std::int64_t boot = 0;  // names this boot; 0: not known
  friend bool operator==(const Moment&, const Moment&) = default;
};

Moment MomentOf(const Clock& clock);

/// From `since` to `now` by the monotonic clock, never less than 0; nullopt: not in one boot.
std::optional<Duration> Between(const Moment& since, const Moment& now);

}  // namespace atelier
