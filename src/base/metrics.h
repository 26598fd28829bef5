#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace atelier::metrics {

/// Of one family how many series have the name of a service, an instance or the like in them, so
/// that a page stays small whatever there is. AppendLeftOut tells of the rest.
inline constexpr std::size_t kMaxNamed = 1'000;

// The Prometheus text format 0.0.4. A family is its head and then all of its samples.

void AppendHead(std::string& out, std::string_view name, std::string_view type,
                std::string_view help);
/// `service="iris"`; several are joined by commas. The value may be any text.
std::string Label(std::string_view name, std::string_view value);
/// `labels` may be empty.
template <class Number>
void AppendSample(std::string& out, std::string_view name, std::string_view labels, Number value) {
  if (labels.empty())
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
  else
    fmt::format_to(std::back_inserter(out), "{}{{{}}} {}\n", name, labels, value);
}
/// A family of one sample.
template <class Number>
void AppendSingle(std::string& out, std::string_view name, std::string_view type,
                  std::string_view help, Number value) {
  AppendHead(out, name, type, help);
  AppendSample(out, name, {}, value);
}
template <class Number>
void AppendGauge(std::string& out, std::string_view name, std::string_view help, Number value) {
  AppendSingle(out, name, "gauge", help, value);
}

/// How long things took, by upper bounds.
class Histogram {
 public:
  /// `bounds_us`: in microseconds, ascending; outlives it.
  explicit Histogram(std::span<const std::int64_t> bounds_us)
      : bounds_us_(bounds_us), buckets_(bounds_us.size() + 1) {}

  void Record(std::chrono::nanoseconds took);
  /// The samples, without the head.
  void AppendSamples(std::string& out, std::string_view name, std::string_view labels) const;

 private:
  std::span<const std::int64_t> bounds_us_;
  std::vector<std::uint64_t> buckets_;  // the last: longer than every bound
  std::chrono::nanoseconds sum_{0};
};

/// The standard `process_*` families of this process.
void AppendProcess(std::string& out);

}  // namespace atelier::metrics
