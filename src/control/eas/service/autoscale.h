#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/scaler.h"

namespace atelier::control {

/// What an autoscaler decides by, at one moment.
struct ScaleInput {
  MonoTime now;
  std::int64_t replicas = 0;  // wanted at present
  bool busy = false;          // a request came or was under way since the last look
  std::int64_t waiting = 0;   // requests that wait for a replica
  /// Of each strategy, in the rule's order: over all replicas together. Empty: not known.
  std::vector<std::optional<double>> totals;
};

/// What it remembers of earlier moments.
struct ScaleState {
  std::deque<std::pair<MonoTime, std::int64_t>> asked;  // numbers the load asked for, oldest first
  std::optional<MonoTime> quiet_since;
};

struct ScaleDecision {
  std::int64_t replicas = 0;
  std::string why;  // with its numbers, for the event
};

/// Another number of replicas, or nothing to do. Depends on nothing but its arguments.
///
/// The documented rule: ceil(replicas x measured / threshold) of the strategy that asks for most,
/// within min and max; a tenth above or below the threshold changes nothing. More are taken once
/// every moment of up_window asked for more, fewer once every moment of down_window asked for
/// fewer. With min 0 the last replica goes after zero_grace without a request, and the first
/// request brings `activation` of them at once.
std::optional<ScaleDecision> DecideScale(const model::AutoScaler& rule, const ScaleInput& input,
                                         ScaleState& state);

}  // namespace atelier::control
