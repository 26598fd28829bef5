#pragma once
#include <optional>
#include <string>

#include <boost/describe.hpp>

namespace atelier::api::wire {

/// Without a rule it is the id alone.
struct IdleRuleAnswer {
  std::string WorkspaceId;
  std::optional<int> CpuPercentThreshold = {};
  std::optional<int> GpuPercentThreshold = {};
  std::optional<int> MaxIdleTimeInMinutes = {};
};
BOOST_DESCRIBE_STRUCT(IdleRuleAnswer, (),
                      (WorkspaceId, CpuPercentThreshold, GpuPercentThreshold, MaxIdleTimeInMinutes))

struct ExtendInstanceAnswer {
  std::string InstanceId;
  int MaxIdleTimeInMinutes;  // so long without use, and it is stopped
};
BOOST_DESCRIBE_STRUCT(ExtendInstanceAnswer, (), (InstanceId, MaxIdleTimeInMinutes))

}  // namespace atelier::api::wire
