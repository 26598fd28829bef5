#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "directory/service_directory.h"
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
  // From a small model's answer to one that takes minutes.
  static constexpr auto kBoundsUs = std::to_array<std::int64_t>(
      {5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000,
       10'000'000, 30'000'000, 60'000'000, 300'000'000});

  struct Row {
    Outcomes outcomes;
    metrics::Histogram seconds{kBoundsUs};
  };
  void ForgetGone();

  const directory::ServiceDirectory& directory_;
  std::map<model::ServiceId, Row> rows_;
};

}  // namespace atelier::gateway
