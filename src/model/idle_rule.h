#pragma once
#include <optional>

#include <boost/describe.hpp>

#include "base/clock.h"

namespace atelier::model {

/// When an instance that is not used is stopped: its own rule, or the one that a workspace gives to
/// its new instances.
struct IdleCuller {
  int cpu_percent_threshold = 0;             // 1 to 100
  std::optional<int> gpu_percent_threshold;  // 1 to 100, GPU instances only
  int max_idle_minutes = 0;                  // >= 1
  bool standard = false;                     // given by the workspace, not asked for
  std::optional<WallTime> extended = {};     // when somebody last had its idle time begin anew
  friend bool operator==(const IdleCuller&, const IdleCuller&) = default;
};
BOOST_DESCRIBE_STRUCT(IdleCuller, (),
                      (cpu_percent_threshold, gpu_percent_threshold, max_idle_minutes, standard,
                       extended))

/// How long an instance is idle when its users are first warned: 10 minutes before it is stopped,
/// or half way where that is too short. `limit`: the rule's.
constexpr Duration FirstIdleWarning(Duration limit) {
  constexpr Duration kBefore = std::chrono::minutes(10);
  return limit > kBefore ? limit - kBefore : limit / 2;
}

}  // namespace atelier::model
