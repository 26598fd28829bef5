#include "model/recommender_use.h"

#include <fmt/format.h>

#include "base/ascii.h"

namespace atelier::model {

std::string TraceInfoOf(std::string_view version, std::string_view request_id,
                        std::int64_t position) {
  return fmt::format("{}.{}.{}", version, request_id, position);
}

std::optional<Trace> TraceOf(const DocumentFields& behavior) {
  const auto id = behavior.find("trace_id");
  if (id == behavior.end() || id->second != kTraceId) return std::nullopt;
  const auto found = behavior.find("trace_info");
  if (found == behavior.end()) return Trace{};
  const std::string_view info = found->second;
  const std::size_t first = info.find('.');
  const std::size_t last = info.rfind('.');
  if (first == std::string_view::npos || last <= first + 1) return Trace{};
  if (!IsDigits(info.substr(0, first)) || !IsDigits(info.substr(last + 1))) return Trace{};
  return Trace{.version = info.substr(0, first)};
}

}  // namespace atelier::model
