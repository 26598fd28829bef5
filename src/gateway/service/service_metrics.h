#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "directory/service_directory.h"
#include "directory/traffic_history.h"
#include "gateway/proxy/traffic.h"
#include "gateway/service/balancer.h"

namespace atelier::gateway {

/// What each service did since the server started, for /metrics. Services that are deleted are
/// forgotten; of those there are, metrics::kMaxNamed are shown, by name. One thread.
class ServiceMetrics {
 public:
  explicit ServiceMetrics(const directory::ServiceDirectory& directory) : directory_(directory) {}

  /// A request that was answered, refused (`refusal`: the code of our own answer) or given up.
  /// `took`: from its arrival to the end of a replica's answer.
  void Count(const model::ServiceId& id, int status, std::string_view refusal,
             std::optional<std::chrono::nanoseconds> took);
  void AppendText(std::string& out, const Balancer& balancer);

 private:
  struct Row {
    Outcomes outcomes;
    metrics::Histogram seconds{directory::kLatencyBoundsUs};
  };
  void ForgetGone();

  const directory::ServiceDirectory& directory_;
  std::map<model::ServiceId, Row> rows_;
};

}  // namespace atelier::gateway
