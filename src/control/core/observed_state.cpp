#include "control/core/observed_state.h"

#include <algorithm>
#include <utility>

namespace atelier::control {

using runtime::Phase;
using runtime::WorkloadState;

bool SamePhases(const ObservedState& a, const ObservedState& b) {
  return std::ranges::equal(a, b, [](const WorkloadState& x, const WorkloadState& y) {
    return x.generation == y.generation && x.phase == y.phase;
  });
}

void MergeObserved(ObservedState& known, ObservedState news) {
  if (known.empty() && news.size() <= 1) {
    known = std::move(news);
    return;
  }
  for (WorkloadState& state : news) {
    const auto same = std::ranges::find(known, state.generation, &WorkloadState::generation);
    if (same == known.end()) {
      known.push_back(std::move(state));
    } else {
      *same = std::move(state);
    }
  }
  // A driver that never shows all would leave us one for each run there ever was.
  static constexpr std::size_t kMax = 16;
  if (known.size() <= kMax) return;
  std::ranges::sort(known, std::ranges::greater(), &WorkloadState::generation);
  known.resize(kMax);
}

const WorkloadState* Best(const ObservedState& seen, model::Generation generation) {
  const WorkloadState* best = nullptr;
  for (const WorkloadState& state : seen) {
    if (state.generation != generation) continue;
    const bool better = best == nullptr || best->phase == Phase::kExited ||
                        (state.phase != Phase::kExited && state.phase > best->phase);
    if (better) best = &state;
  }
  return best;
}

bool OlderAlive(const ObservedState& seen, model::Generation generation) {
  return std::ranges::any_of(seen, [&](const WorkloadState& state) {
    return state.generation < generation && state.phase != Phase::kExited;
  });
}

const WorkloadState* Newer(const ObservedState& seen, model::Generation generation) {
  const auto rank = [](const WorkloadState& state) {
    return std::pair(state.phase != Phase::kExited, state.generation);
  };
  const WorkloadState* newer = nullptr;
  for (const WorkloadState& state : seen) {
    if (state.generation <= generation) continue;
    if (newer == nullptr || rank(state) > rank(*newer)) newer = &state;
  }
  return newer;
}

}  // namespace atelier::control
