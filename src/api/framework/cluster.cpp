#include "api/framework/cluster.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace atelier::api {

namespace {

constexpr std::string_view kCluster = "ClusterId";

/// Pieces of paths, and the errors of what they name.
constexpr auto kKinds = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"GroupName", "UnknownGroup"},
    {"GatewayId", "UnknownGateway"},
    {"ResourceId", "UnknownResource"},
    {"ServiceName", "UnknownService"},
});

}  // namespace

void NameRegion(RawParams& path, const Options& options) {
  const auto& aliases = options.region_aliases;
  if (aliases.empty()) return;
  for (auto& [name, value] : path) {
    const auto is = [&](std::string_view alias) { return alias == value || alias == "*"; };
    if (name == kCluster && std::ranges::any_of(aliases, is)) value = options.region;
  }
}

Status InThisRegion(const Operation& operation, const RawParams& path, const Options& options) {
  const std::string_view cluster = FirstValue(path, kCluster);
  if (operation.product != Product::kEas || cluster.empty() || cluster == options.region)
    return Ok();
  const auto kind = std::ranges::find_if(
      kKinds, [&](const auto& row) { return !FirstValue(path, row.first).empty(); });
  const bool known = kind != kKinds.end();
  return Error(
      Code::kNotFound,
      fmt::format("{} does not exist in {}: this server's region is {}; use it as "
                  "ClusterId.",
                  known ? FirstValue(path, kind->first) : operation.name, cluster, options.region),
      std::string(known ? kind->second : "UnknownService"));
}

}  // namespace atelier::api
