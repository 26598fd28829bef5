#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "api/operation.h"
#include "base/metrics.h"
#include "base/optional_mutex.h"

namespace atelier::api {

/// Counts what was answered. One row an operation, found by its address in the table; requests
/// without an operation count as "unknown". Threads: one, or, of one made `shared`, any.
class RequestMetrics {
 public:
  explicit RequestMetrics(bool shared = false);

  /// `code`: of the wire, "OK" on success.
  void Record(const Operation* operation, std::string_view code, std::chrono::nanoseconds took);

  /// Appends the Prometheus text of the requests.
  void AppendText(std::string& out) const;

  /// Upper bounds of the latency buckets, in microseconds.
  static constexpr std::array<std::int64_t, 12> kBoundsUs = {
      250, 500, 1000, 2500, 5000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 10'000'000};

 private:
  struct Row {
    std::string labels;  // two products may have an operation of one name
    std::map<std::string, std::uint64_t, std::less<>> by_code;
    metrics::Histogram seconds{kBoundsUs};
  };
  mutable OptionalMutex mutex_;  // guards the rest
  std::vector<Row> rows_;        // as Operations(), then "unknown"
};

/// The whole /metrics page (Prometheus text format 0.0.4). `ready`: the read models are loaded, and
/// no other thread is at them. `named`: with what has names of instances, services or recommenders
/// in it, which are their users' business.
std::string MetricsPage(const RequestMetrics& requests, const Services& services,
                        const Options& options, int under_way, bool ready, bool named);

}  // namespace atelier::api
