#include "model/instance.h"

#include <algorithm>

namespace atelier::model {

std::int64_t RunningTimeMs(std::optional<WallTime> running_since, std::int64_t accumulated_ms,
                           WallTime now) {
  if (!running_since) return accumulated_ms;
  return accumulated_ms + std::max<std::int64_t>(0, (now - *running_since).count());
}

}  // namespace atelier::model
