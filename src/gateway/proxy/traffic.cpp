#include "gateway/proxy/traffic.h"

#include <algorithm>

#include "gateway/proxy/forward.h"

namespace atelier::gateway {

namespace {

constexpr std::array<std::string_view, 6> kClassNames = {"1xx", "2xx", "3xx",
                                                         "4xx", "5xx", "client_gone"};

std::string With(const std::string& labels, std::string_view name, std::string_view value) {
  return labels + "," + metrics::Label(name, value);
}

}  // namespace

void Outcomes::Count(int status, std::string_view refusal) {
  const int at = status == kGivenUpStatus ? static_cast<int>(kClasses) : status / 100;
  ++by_class_[static_cast<std::size_t>(std::clamp(at, 1, static_cast<int>(kClasses))) - 1];
  if (!refusal.empty()) ++refusals_[refusal];
}

void Outcomes::AppendRequests(std::string& out, std::string_view name,
                              const std::string& labels) const {
  for (std::size_t i = 0; i < kClasses; ++i) {
    if (by_class_[i] > 0)
      metrics::AppendSample(out, name, With(labels, "class", kClassNames[i]), by_class_[i]);
  }
}

void Outcomes::AppendRefusals(std::string& out, std::string_view name,
                              const std::string& labels) const {
  for (const auto& [reason, count] : refusals_)
    metrics::AppendSample(out, name, With(labels, "reason", reason), count);
}

}  // namespace atelier::gateway
