// rooms: model
// Arbitrary bytes as a service JSON. What is understood stays within the bounds that control and
// the drivers build on, and can be scaled without becoming another configuration.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/codec.h"
#include "model/service.h"
#include "model/service_spec.h"

namespace atelier::model {
namespace {

void CheckBounds(const ServiceSpec& spec) {
  ATELIER_CHECK(IsServiceName(spec.name), "a service has a name that can be a path");
  ATELIER_CHECK(spec.replicas >= 0 && spec.replicas <= kMaxReplicas, "replicas have a limit");
  ATELIER_CHECK(spec.port > 0 && spec.port <= 65'535, "a port is one");
  ATELIER_CHECK(spec.max_queue >= 0, "no queue is shorter than empty");
  ATELIER_CHECK(spec.termination_grace >= Duration{0}, "no grace ends before it begins");
  const Capacity capacity = CapacityOf(spec, nullptr);
  ATELIER_CHECK(capacity.milli_cpu > 0 && capacity.memory_mib >= 0, "a replica can compute");
  for (const MountSpec& mount : spec.mounts) {
    ATELIER_CHECK(mount.inside.starts_with('/'), "a mount has its place");
    ATELIER_CHECK((mount.inside + '/').find("/../") == std::string::npos, "and stays there");
    ATELIER_CHECK(mount.inside.find('\0') == std::string::npos, "and is one argument");
  }
}

void Try(std::string_view text) {
  const auto value = ParseJson(text);
  if (!value || !value->is_object()) return;
  const json::object& config = value->get_object();
  const auto spec = ParseServiceSpec(config);
  if (!spec) return;
  CheckBounds(*spec);
  ATELIER_CHECK(MergeConfig(config, {}) == config, "merging nothing changes nothing");
  json::object scaled = config;
  SetReplicas(scaled, 3);
  const auto after = ParseServiceSpec(scaled);
  ATELIER_CHECK(after && after->replicas == 3, "what can be understood can be scaled");
  ATELIER_CHECK(SameButReplicas(config, scaled), "and is the same but for that");
}

}  // namespace
}  // namespace atelier::model

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  atelier::model::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
