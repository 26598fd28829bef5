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
ScaleDecision Ask(const model::AutoScaler& rule, const ScaleInput& input) {
  std::optional<ScaleDecision> most;
  for (std::size_t i = 0; i < rule.strategies.size() && i < input.totals.size(); ++i) {
    if (!input.totals[i]) continue;
    const model::ScaleStrategy& strategy = rule.strategies[i];
    const double needed = std::min(*input.totals[i] / strategy.threshold, kBeyondAll);
    const double ratio = needed / static_cast<double>(input.replicas);
    const std::int64_t number = std::abs(ratio - 1) <= kTolerance + kRounding
                                    ? input.replicas
                                    : static_cast<std::int64_t>(std::ceil(needed - kRounding));
    if (most && most->replicas >= number) continue;
    most = {.replicas = number,
            .why = fmt::format("{} is {:.1f} over all instances, {:g} each is the threshold",
                               EnumName(strategy.metric), *input.totals[i], strategy.threshold)};
  }
  if (!most) return {.replicas = input.replicas, .why = {}};
  most->replicas = std::clamp(most->replicas, std::max<std::int64_t>(rule.min, 1), rule.max);
  return *std::move(most);
}

/// The number nearest to the present one that any moment since `begin` asked for.
std::int64_t Steady(const ScaleState& state, MonoTime begin, std::int64_t present,
                    std::int64_t asked) {
  for (const auto& [when, number] : state.asked) {
    if (when < begin) continue;
    asked = asked > present ? std::max(present, std::min(asked, number))
                            : std::min(present, std::max(asked, number));
  }
  return asked;
}

/// There has been no request for the grace.
bool LongQuiet(const model::AutoScaler& rule, const ScaleInput& input, ScaleState& state) {
  if (input.busy || input.waiting > 0) {
    state.quiet_since.reset();
    return false;
  }
  if (!state.quiet_since) state.quiet_since = input.now;
  return input.now - *state.quiet_since >= std::chrono::seconds(rule.zero_grace);
}

}  // namespace

std::optional<ScaleDecision> DecideScale(const model::AutoScaler& rule, const ScaleInput& input,
                                         ScaleState& state) {
  const bool quiet = LongQuiet(rule, input, state);
  if (input.replicas == 0 && rule.min == 0) {
    state.asked.clear();
    if (input.waiting == 0) return std::nullopt;
    return ScaleDecision{
        .replicas = std::min(rule.activation, rule.max),
        .why = fmt::format("{} waiting requests ask for the first instance", input.waiting)};
  }
  if (input.replicas < rule.min)
    return ScaleDecision{.replicas = rule.min,
                         .why = fmt::format("the autoscaler's least is {}", rule.min)};
  if (input.replicas > rule.max)
    return ScaleDecision{.replicas = rule.max,
                         .why = fmt::format("the autoscaler's most is {}", rule.max)};
  if (rule.min == 0 && quiet) {
    return ScaleDecision{.replicas = 0, .why = fmt::format("no request for {} s", rule.zero_grace)};
  }
  // What was before the first look is not known: it asked for what there was.
  if (state.asked.empty()) state.asked.emplace_back(input.now, input.replicas);
  ScaleDecision decision = Ask(rule, input);
  state.asked.emplace_back(input.now, decision.replicas);
  const MonoTime up = input.now - std::chrono::seconds(rule.up_window);
  const MonoTime down = input.now - std::chrono::seconds(rule.down_window);
  while (state.asked.front().first < std::min(up, down)) state.asked.pop_front();
  decision.replicas = Steady(state, decision.replicas > input.replicas ? up : down, input.replicas,
                             decision.replicas);
  if (decision.replicas == input.replicas) return std::nullopt;
  return decision;
}

}  // namespace atelier::control
