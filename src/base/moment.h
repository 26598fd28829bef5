#pragma once
#include <cstdint>

#include "base/clock.h"

namespace atelier {

/// One moment on both clocks, as a record may keep it: the monotonic clock goes on from one process
/// to the next, and begins anew with each boot of the host.
struct Moment {
  WallTime wall;
  std::int64_t mono_ms = 0;
  std::int64_t boot = 0;  // names this boot; 0: not known
};

Moment MomentOf(const Clock& clock);

}  // namespace atelier
