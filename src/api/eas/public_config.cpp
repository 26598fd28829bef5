// What a service JSON says to those who may not change the service.
#include <array>
#include <span>
#include <string_view>

#include "api/eas/service_common.h"

namespace atelier::api {

namespace {

// Keys whose values nobody has a reason to put a secret into. What is not named here is left out,
// keys that nobody knows included: variables, scripts, arguments, tokens, addresses of data.
constexpr auto kTop = std::to_array<std::string_view>({"name", "labels", "processor_type"});
constexpr auto kMetadata =
    std::to_array<std::string_view>({"name", "group", "instance", "cpu", "gpu", "memory",
                                     "workspace_id", "rpc", "rolling_strategy"});
constexpr auto kContainer = std::to_array<std::string_view>({"image", "port", "resources"});
constexpr auto kComputing = std::to_array<std::string_view>({"instance_type", "instances"});

json::object Only(const json::object& object, std::span<const std::string_view> keys) {
  json::object out;
  for (const std::string_view key : keys) {
    if (const json::value* value = object.if_contains(key)) out[key] = *value;
  }
  return out;
}

const json::object* ObjectIn(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

}  // namespace

std::string PublicConfig(const std::string& config) {
  const auto parsed = ParseJson(config);
  if (!parsed || !parsed->is_object()) return "{}";
  const json::object& all = parsed->get_object();
  json::object out = Only(all, kTop);
  if (const json::object* metadata = ObjectIn(all, "metadata"))
    out["metadata"] = Only(*metadata, kMetadata);
  const json::object* cloud = ObjectIn(all, "cloud");
  if (const json::object* computing = cloud == nullptr ? nullptr : ObjectIn(*cloud, "computing"))
    out["cloud"] = {{"computing", Only(*computing, kComputing)}};
  const json::value* containers = all.if_contains("containers");
  if (containers != nullptr && containers->is_array()) {
    json::array& shown = out["containers"].emplace_array();
    for (const json::value& container : containers->get_array()) {
      shown.push_back(container.is_object() ? Only(container.get_object(), kContainer)
                                            : json::object());
    }
  }
  return json::serialize(out);
}

}  // namespace atelier::api
