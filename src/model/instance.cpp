#include "model/instance.h"

#include <algorithm>

namespace atelier::model {

std::int64_t RunningTimeMs(const RunningTime& time, const Moment& now) {
  if (!time.since) return time.accumulated_ms;
  const bool same_boot = time.boot != 0 && time.boot == now.boot;
  const std::int64_t span =
      same_boot ? now.mono_ms - time.mono_ms : (now.wall - *time.since).count();
  return time.accumulated_ms + std::max<std::int64_t>(0, span);
}

}  // namespace atelier::model
