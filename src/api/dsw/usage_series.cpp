#include "api/dsw/usage_series.h"

#include <algorithm>
#include <optional>

namespace atelier::api {

namespace {

std::optional<double> ValueOf(const control::UsagePoint& point, std::string_view metric) {
  if (metric == "CpuCoreUsage") return point.cpu_percent;
  if (metric == "MemoryUsage") return point.memory_percent;
  if (metric == "NetworkInputRate") return point.network_in_rate;
  if (metric == "NetworkOutputRate") return point.network_out_rate;
  if (metric == "DiskReadRate") return point.disk_read_rate;
  if (metric == "DiskWriteRate") return point.disk_write_rate;
  if (metric == "GpuCoreUsage") return point.gpu_percent;
  return std::nullopt;  // GpuMemoryUsage: no driver samples it
}

}  // namespace

std::vector<UsageBucket> UsageSeries(const std::vector<control::UsagePoint>& history,
                                     std::string_view metric, WallTime from, WallTime to,
                                     Duration step) {
  std::vector<UsageBucket> buckets;
  for (const control::UsagePoint& point : history) {
    const std::optional<double> value = ValueOf(point, metric);
    if (!value || point.at < from || point.at > to) continue;
    const WallTime start = step > Duration(0) ? from + (point.at - from) / step * step : point.at;
    if (buckets.empty() || buckets.back().start != start || step <= Duration(0))
      buckets.push_back({.start = start, .sum = 0, .least = *value, .most = *value, .count = 0});
    UsageBucket& bucket = buckets.back();
    bucket.sum += *value;
    bucket.least = std::min(bucket.least, *value);
    bucket.most = std::max(bucket.most, *value);
    ++bucket.count;
  }
  return buckets;
}

}  // namespace atelier::api
