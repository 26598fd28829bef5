#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "control/dsw/reconciler.h"

namespace atelier::api {

/// The documented MetricType values, comma-joined for a parameter's row.
inline constexpr std::string_view kMetricTypes =
    "GpuCoreUsage,GpuMemoryUsage,CpuCoreUsage,MemoryUsage,NetworkInputRate,NetworkOutputRate,"
    "DiskReadRate,DiskWriteRate";

/// Several samples put together.
struct UsageBucket {
  WallTime start;
  double sum = 0;
  double least = 0;
  double most = 0;
  std::int64_t count = 0;
  double average() const { return sum / static_cast<double>(count); }
};

/// One metric of a sample history within [from, to], in buckets of `step` counted from `from`; a
/// step of zero keeps every sample by itself. Usages are percent of the instance's capacity, rates
/// bytes a second. Empty for a metric this instance has no source of, such as a GPU's.
std::vector<UsageBucket> UsageSeries(const std::vector<control::UsagePoint>& history,
                                     std::string_view metric, WallTime from, WallTime to,
                                     Duration step);

}  // namespace atelier::api
