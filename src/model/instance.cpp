#include "model/instance.h"

#include <algorithm>

namespace atelier::model {

std::int64_t RunningTimeMs(const RunningTime& time, const Moment& now) {
  if (!time.since) return time.accumulated_ms;
  const Moment since{.wall = *time.since, .mono_ms = time.mono_ms, .boot = time.boot};
  const Duration span = Between(since, now).value_or(now.wall - since.wall);
  return time.accumulated_ms + std::max<std::int64_t>(0, span.count());
}

}  // namespace atelier::model
