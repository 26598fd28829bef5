#include "control/eas/service/autoscale.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/codec.h"

namespace atelier::control {

namespace {

constexpr double kTolerance = 0.1;
constexpr double kBeyondAll = 1e6;  // more than any max
constexpr double kRounding = 1e-9;  // 3.0000000001 replicas are three

/// What the load asks for, whatever the windows say.
ScaleDecision Ask(const model::AutoScaler& rule, const ScaleSight& sight) {
  std::optional<ScaleDecision> most;
  for (std::size_t i = 0; i < rule.strategies.size() && i < sight.totals.size(); ++i) {
    if (!sight.totals[i]) continue;
    const model::ScaleStrategy& strategy = rule.strategies[i];
    const double needed = std::min(*sight.totals[i] / strategy.threshold, kBeyondAll);
    const double ratio = needed / static_cast<double>(sight.replicas);
    const std::int64_t number = std::abs(ratio - 1) <= kTolerance + kRounding
                                    ? sight.replicas
                                    : static_cast<std::int64_t>(std::ceil(needed - kRounding));
    if (most && most->replicas >= number) continue;
    most = {.replicas = number,
            .why = fmt::format("{} is {:.1f} over all instances, {:g} each is the threshold",
                               EnumName(strategy.metric), *sight.totals[i], strategy.threshold)};
  }
  if (!most) return {.replicas = sight.replicas, .why = {}};
  most->replicas = std::clamp(most->replicas, std::max<std::int64_t>(rule.min, 1), rule.max);
  return *std::move(most);
}

/// The number nearest to the present one that any moment since `begin` asked for.
std::int64_t Steady(const ScaleMemory& memory, MonoTime begin, std::int64_t present,
                    std::int64_t asked) {
  for (const auto& [when, number] : memory.asked) {
    if (when < begin) continue;
    asked = asked > present ? std::max(present, std::min(asked, number))
                            : std::min(present, std::max(asked, number));
  }
  return asked;
}

/// There has been no request for the grace.
bool LongQuiet(const model::AutoScaler& rule, const ScaleSight& sight, ScaleMemory& memory) {
  if (sight.busy || sight.waiting > 0) {
    memory.quiet_since.reset();
    return false;
  }
  if (!memory.quiet_since) memory.quiet_since = sight.now;
  return sight.now - *memory.quiet_since >= std::chrono::seconds(rule.zero_grace);
}

}  // namespace

std::optional<ScaleDecision> DecideScale(const model::AutoScaler& rule, const ScaleSight& sight,
                                         ScaleMemory& memory) {
  const bool quiet = LongQuiet(rule, sight, memory);
  if (sight.replicas == 0 && rule.min == 0) {
    memory.asked.clear();
    if (sight.waiting == 0) return std::nullopt;
    return ScaleDecision{
        .replicas = std::min(rule.activation, rule.max),
        .why = fmt::format("{} waiting requests ask for the first instance", sight.waiting)};
  }
  if (sight.replicas < rule.min)
    return ScaleDecision{.replicas = rule.min,
                         .why = fmt::format("the autoscaler's least is {}", rule.min)};
  if (sight.replicas > rule.max)
    return ScaleDecision{.replicas = rule.max,
                         .why = fmt::format("the autoscaler's most is {}", rule.max)};
  if (rule.min == 0 && quiet) {
    return ScaleDecision{.replicas = 0, .why = fmt::format("no request for {} s", rule.zero_grace)};
  }
  // What was before the first look is not known: it asked for what there was.
  if (memory.asked.empty()) memory.asked.emplace_back(sight.now, sight.replicas);
  ScaleDecision decision = Ask(rule, sight);
  memory.asked.emplace_back(sight.now, decision.replicas);
  const MonoTime up = sight.now - std::chrono::seconds(rule.up_window);
  const MonoTime down = sight.now - std::chrono::seconds(rule.down_window);
  while (memory.asked.front().first < std::min(up, down)) memory.asked.pop_front();
  decision.replicas = Steady(memory, decision.replicas > sight.replicas ? up : down, sight.replicas,
                             decision.replicas);
  if (decision.replicas == sight.replicas) return std::nullopt;
  return decision;
}

}  // namespace atelier::control
