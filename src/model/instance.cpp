#include "model/instance.h"

#include <algorithm>

namespace atelier::model {

std::int64_t RunningTimeMs(const Instance& instance, WallTime now) {
  if (!instance.running_since) return instance.accumulated_running_ms;
  return instance.accumulated_running_ms +
         std::max<std::int64_t>(0, (now - *instance.running_since).count());
}

}  // namespace atelier::model
