#include "model/scaler.h"

#include <cmath>

#include <fmt/format.h>

#include "model/service.h"

namespace atelier::model {

namespace {

constexpr std::int64_t kMaxWindow = 86'400;  // s
constexpr double kHighestThreshold = 1e9;

}  // namespace

Status CheckAutoScaler(const AutoScaler& rule) {
  Problems problems;
  if (rule.min < 0) problems.Add("min", "must not be negative");
  if (rule.max <= rule.min || rule.max > kMaxReplicas)
    problems.Add("max", fmt::format("must be above min and at most {}", kMaxReplicas));
  if (rule.strategies.empty()) problems.Add("scaleStrategies", "must name at least one metric");
  for (std::size_t i = 0; i < rule.strategies.size(); ++i) {
    const double threshold = rule.strategies[i].threshold;
    if (!std::isfinite(threshold) || threshold <= 0 || threshold > kHighestThreshold)
      problems.Add(fmt::format("scaleStrategies[{}].threshold", i), "must be above 0");
    for (std::size_t j = 0; j < i; ++j) {
      if (rule.strategies[j].metric == rule.strategies[i].metric)
        problems.Add(fmt::format("scaleStrategies[{}].metricName", i), "is there twice");
    }
  }
  const auto window = [&](std::string_view name, std::int64_t seconds) {
    if (seconds < 0 || seconds > kMaxWindow)
      problems.Add(name, fmt::format("must be from 0 to {}", kMaxWindow));
  };
  window("behavior.scaleUp.stabilizationWindowSeconds", rule.up_window);
  window("behavior.scaleDown.stabilizationWindowSeconds", rule.down_window);
  window("behavior.onZero.scaleDownGracePeriodSeconds", rule.zero_grace);
  if (rule.activation < 1 || rule.activation > rule.max)
    problems.Add("behavior.onZero.scaleUpActivationReplicas", "must be from 1 to max");
  if (problems.empty()) return Ok();
  return Error(Code::kInvalidArgument, problems.Join());
}

}  // namespace atelier::model
