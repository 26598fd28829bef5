#include "model/spec/keys.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/ascii.h"
#include "base/empty_json.h"
#include "base/text.h"
#include "model/service_spec.h"

namespace atelier::model {

namespace {

constexpr std::size_t kMaxUnknown = 10;
constexpr std::size_t kMax = 2;  // changes of a letter: beyond that it is another word
constexpr std::string_view kCheck = "check";
constexpr std::string_view kVendors = "eas.aliyun.com/";
constexpr std::string_view kAnyOfVendor = "eas.aliyun.com/*";

constexpr std::string_view kUseFolder =
    "copy it into a folder below --shared-folders, and name that in model_path or storage[].path";
constexpr std::string_view kUseImage =
    "containers[0].image names one of the catalogue's images, and no registry is asked";
constexpr std::string_view kUseSize = "say metadata.cpu and memory, or cloud.computing";
constexpr std::string_view kOneHost = "all instances run on this server's host";

constexpr KeyUse kRefused = KeyUse::kRefused;
constexpr KeyUse kIdle = KeyUse::kIdle;

constexpr auto kKeys = std::to_array<DocumentedKey>({
    {.path = "name"},
    {.path = "token"},
    {.path = "labels"},
    {.path = "model_path"},
    {.path = "model_entry"},
    {.path = "model_config"},
    {.path = "processor_path"},
    {.path = "processor_type"},
    {.path = "processor_entry"},
    {.path = "data_image"},
    {.path = "processor",
     .use = kRefused,
     .instead = "give containers, or your own processor_path"},
    {.path = "processor_mainclass", .use = kRefused, .instead = "processors are cpp or python"},
    {.path = "aimaster", .use = kRefused},
    {.path = "autoscaler", .use = kRefused},
    {.path = "confidential", .use = kRefused},
    {.path = "dockerAuth", .use = kRefused, .instead = kUseImage},
    {.path = "features.eas.aliyun.com/*", .use = kRefused},
    {.path = "networking", .use = kRefused},
    {.path = "options", .use = kRefused},
    {.path = "oss_endpoint", .use = kRefused, .instead = kUseFolder},
    {.path = "queue", .use = kRefused},
    {.path = "role_arn", .use = kRefused},
    {.path = "sinker", .use = kRefused},
    {.path = "unit", .use = kRefused},
    {.path = "warm_up_data_path", .use = kRefused},

    {.path = "metadata.name"},
    {.path = "metadata.instance"},
    {.path = "metadata.cpu"},
    {.path = "metadata.memory"},
    {.path = "metadata.workspace_id"},
    {.path = "metadata.group"},
    {.path = "metadata.rpc.worker_threads"},
    {.path = "metadata.rpc.max_queue_size"},
    {.path = "metadata.rpc.keepalive"},
    {.path = "metadata.rpc.rate_limit"},
    {.path = "metadata.rpc.batching", .use = kRefused},
    {.path = "metadata.rpc.max_batch_size", .use = kIdle},  // of batching alone
    {.path = "metadata.rpc.max_batch_timeout", .use = kIdle},
    {.path = "metadata.rpc.io_threads", .use = kRefused, .standard = "4"},
    {.path = "metadata.rpc.enable_sigterm",
     .use = kRefused,
     .instead = "every program is sent SIGTERM, and ends in its grace period"},
    {.path = "metadata.rolling_strategy.max_surge"},
    {.path = "metadata.rolling_strategy.max_unavailable"},
    {.path = "metadata.eas.termination_grace_period"},
    {.path = "metadata.cuda", .use = kRefused},
    {.path = "metadata.disk", .use = kRefused},
    {.path = "metadata.enable_grpc", .use = kRefused},
    {.path = "metadata.enable_webservice", .use = kRefused},
    {.path = "metadata.gpu", .use = kRefused},
    {.path = "metadata.gpu_core_percentage", .use = kRefused},
    {.path = "metadata.gpu_memory", .use = kRefused},
    {.path = "metadata.hybrid_resource", .use = kRefused},
    {.path = "metadata.qos", .use = kRefused},
    {.path = "metadata.quota_id", .use = kRefused, .instead = kUseSize},
    {.path = "metadata.rdma", .use = kRefused},
    {.path = "metadata.release", .use = kRefused},
    {.path = "metadata.resource", .use = kRefused, .instead = kUseSize},
    {.path = "metadata.resource_burstable", .use = kRefused},
    {.path = "metadata.resource_rebalancing", .use = kRefused},
    {.path = "metadata.scheduling.spread.policy",
     .use = kRefused,
     .instead = kOneHost,
     .standard = "default"},
    {.path = "metadata.shm_size", .use = kRefused},
    {.path = "metadata.spot", .use = kRefused},
    {.path = "metadata.type", .use = kRefused, .standard = "Standard"},
    {.path = "metadata.workload_type", .use = kRefused},

    {.path = "cloud.computing.instance_type"},
    {.path = "cloud.computing.instances[].type"},
    {.path = "cloud.computing.instances[].capacity", .use = kRefused, .instead = kOneHost},
    {.path = "cloud.computing.instances[].spot_price_limit", .use = kRefused},
    {.path = "cloud.computing.disable_spot_protection_period", .use = kRefused},
    {.path = "cloud.networking", .use = kRefused},

    {.path = "runtime.termination_grace_period"},
    {.path = "runtime.enable_crash_block", .use = kRefused},

    {.path = "containers[].image"},
    {.path = "containers[].script"},
    {.path = "containers[].command"},
    {.path = "containers[].args"},
    {.path = "containers[].port"},
    {.path = "containers[].env[].name"},
    {.path = "containers[].env[].value"},
    {.path = "containers[].resources"},
    {.path = "containers[].ports", .use = kRefused, .instead = "give port, one number"},
    {.path = "containers[].prepare",
     .use = kRefused,
     .instead = "install them into the image, or from the script"},
    {.path = "containers[].check.http_get.path"},
    {.path = "containers[].check.http_get.port"},
    {.path = "containers[].check.tcp_socket.port"},
    {.path = "containers[].check.initial_delay_seconds"},
    {.path = "containers[].check.period_seconds"},
    {.path = "containers[].check.timeout_seconds"},
    {.path = "containers[].check.success_threshold"},
    {.path = "containers[].check.failure_threshold"},
    {.path = "containers[].check.exec", .use = kRefused, .instead = "give http_get or tcp_socket"},

    {.path = "storage[].path"},
    {.path = "storage[].mount_path"},
    {.path = "storage[].read_only"},
    {.path = "storage[].dataset", .use = kRefused, .instead = kUseFolder},
    {.path = "storage[].empty_dir", .use = kRefused, .instead = "write below /tmp or the home"},
    {.path = "storage[].git", .use = kRefused, .instead = kUseFolder},
    {.path = "storage[].nfs", .use = kRefused, .instead = kUseFolder},
    {.path = "storage[].oss", .use = kRefused, .instead = kUseFolder},
    {.path = "storage[].properties", .use = kRefused},
});

/// What is above keys that are documented is walked through.
bool IsAbove(std::string_view pattern) {
  return std::ranges::any_of(kKeys, [&](const DocumentedKey& key) {
    return key.path.starts_with(pattern) && key.path.size() > pattern.size() &&
           (key.path[pattern.size()] == '.' || key.path[pattern.size()] == '[');
  });
}

/// Calls `visit` for every member that is a documented key (then below it no more) or unknown
/// (null).
class Walk {
 public:
  using Visit = std::function<void(const std::string& path, std::string_view pattern,
                                   const DocumentedKey* key, const json::value& value)>;
  explicit Walk(Visit visit) : visit_(std::move(visit)) {}

  void Members(const json::object& object, const std::string& path, const std::string& pattern) {
    for (const auto& [name, value] : object)
      Member(value, codec::Join(path, name), codec::Join(pattern, Step(pattern, name)));
  }

 private:
  /// What the table calls a member of what matches `pattern`.
  static std::string_view Step(std::string_view pattern, std::string_view name) {
    if (pattern == "containers[]" && IsCheck(name)) return kCheck;
    if (pattern == "features" && name.starts_with(kVendors)) return kAnyOfVendor;
    return name;
  }
  static bool IsCheck(std::string_view name) {
    return name == "startup_check" || name == "liveness_check" || name == "health_check";
  }

  void Member(const json::value& value, const std::string& path, const std::string& pattern) {
    const auto* const key = std::ranges::find(kKeys, pattern, &DocumentedKey::path);
    if (key != kKeys.end()) return visit_(path, pattern, key, value);
    if (!IsAbove(pattern)) return visit_(path, pattern, nullptr, value);
    if (const json::object* object = value.if_object()) return Members(*object, path, pattern);
    const json::array* array = value.if_array();
    // Of another type than what is documented below it.
    if (array == nullptr) visit_(path, pattern, nullptr, value);
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      if (const json::object* object = (*array)[i].if_object())
        Members(*object, fmt::format("{}[{}]", path, i), pattern + "[]");
    }
  }

  Visit visit_;
};

/// The same word or the same number: 0, 0.0; False.
bool IsSameValue(std::string_view a, std::string_view b) {
  const auto number = ParseNumber<double>(a);
  return EqualsIgnoreCase(a, b) || (number && number == ParseNumber<double>(b));
}

/// JSON written by hand often quotes numbers and flags.
bool AsksForMore(const json::value& value, const DocumentedKey& key) {
  if (IsEmptyJson(value)) return false;
  const auto text = ScalarText(value);
  if (!text) return true;
  return !std::ranges::any_of(std::to_array<std::string_view>({key.standard, "0", "false"}),
                              [&](std::string_view none) { return IsSameValue(*text, none); });
}

std::string_view Parent(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}
std::string_view Leaf(std::string_view path) { return path.substr(path.rfind('.') + 1); }

/// The names that are documented in the same place: of keys, and of what is above them.
std::vector<std::string_view> Siblings(std::string_view parent) {
  std::vector<std::string_view> names;
  for (const DocumentedKey& key : kKeys) {
    if (!parent.empty() && !(key.path.starts_with(parent) && key.path.size() > parent.size() &&
                             key.path[parent.size()] == '.'))
      continue;
    const std::string_view rest = key.path.substr(parent.empty() ? 0 : parent.size() + 1);
    names.push_back(rest.substr(0, rest.find_first_of(".[")));
  }
  return names;
}

/// The only place that has a key, or what is above keys, of this name; not one within arrays.
std::optional<std::string> OnlyPlaceOf(std::string_view name) {
  std::set<std::string_view> places;
  for (const DocumentedKey& key : kKeys) {
    if (key.use != KeyUse::kRead || key.path.find('[') != std::string_view::npos) continue;
    for (std::string_view path = key.path; !path.empty(); path = Parent(path)) {
      if (Leaf(path) == name) places.insert(path);
    }
  }
  if (places.size() != 1) return std::nullopt;
  return std::string(*places.begin());
}

/// The documented key that the one at `path` may stand for: spelt alike in the same place, or of
/// the same name in another.
std::optional<std::string> Meant(std::string_view path, std::string_view pattern) {
  const std::string_view leaf = Leaf(pattern);
  std::size_t nearest = std::min(kMax, leaf.size() / 2) + 1;
  std::string_view best;
  for (const std::string_view name : Siblings(Parent(pattern))) {
    if (name == kCheck || name == leaf) continue;
    if (const std::size_t distance = EditDistance(ToLower(leaf), ToLower(name));
        distance < nearest) {
      nearest = distance;
      best = name;
    }
  }
  if (best.empty()) return OnlyPlaceOf(leaf);
  return codec::Join(std::string(Parent(path)), best);
}

void MergeStep(json::object& into, std::string_view path, const json::value& value) {
  const std::size_t dot = path.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == path.size()) {
    into[path] = value;
    return;
  }
  json::value& next = into[path.substr(0, dot)];
  if (!next.is_object()) next = json::object();
  MergeStep(next.get_object(), path.substr(dot + 1), value);
}

json::object Stepped(const json::object& object) {
  json::object steps;
  json::object plain;
  for (const auto& [name, value] : object) {
    if (name.find('.') != json::string_view::npos) {
      MergeStep(steps, name, value);
    } else {
      plain[name] = value;
    }
  }
  return steps.empty() ? plain : MergeConfig(std::move(steps), plain);
}

}  // namespace

std::span<const DocumentedKey> DocumentedKeys() { return kKeys; }

void RefuseKeys(const json::object& config, Problems& problems) {
  Walk([&](const std::string& path, std::string_view, const DocumentedKey* key,
           const json::value& value) {
    if (key == nullptr || key->use != KeyUse::kRefused || !AsksForMore(value, *key)) return;
    problems.Add(path, fmt::format("is not supported by this server yet{}{}",
                                   key->instead.empty() ? "" : ": ", key->instead));
  }).Members(config, "", "");
}

std::vector<std::string> UnknownKeys(const json::object& config) {
  std::vector<std::string> unknown;
  Walk([&](const std::string& path, std::string_view pattern, const DocumentedKey* key,
           const json::value& value) {
    if (key != nullptr || IsEmptyJson(value) || unknown.size() == kMaxUnknown) return;
    const auto meant = Meant(path, pattern);
    if (!meant && path == pattern && pattern.find('.') == std::string_view::npos) return;
    unknown.push_back(meant ? fmt::format("{} ({}?)", path, *meant) : path);
  }).Members(WithSteps(config), "", "");
  return unknown;
}

std::string SayUnknownKeys(const json::object& config) {
  const auto unknown = UnknownKeys(config);
  if (unknown.empty()) return {};
  return fmt::format("Unknown keys have no effect: {}.", fmt::join(unknown, ", "));
}

json::object WithSteps(const json::object& config) {
  json::object out = Stepped(config);
  if (const auto found = out.find("metadata"); found != out.end() && found->value().is_object())
    found->value() = Stepped(found->value().get_object());
  return out;
}

}  // namespace atelier::model
