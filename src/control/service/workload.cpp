#include "control/service/workload.h"

#include <fmt/format.h>

namespace atelier::control {

namespace {

constexpr std::string_view kSocket = "http.sock";

Error NotOffered(std::string_view what, std::string_view name) {
  return {Code::kFailedPrecondition,
          fmt::format("The {} {} is not offered any more. Choose another with UpdateService.", what,
                      name)};
}

}  // namespace

Result<runtime::Workload> ReplicaWorkload(const model::Replica& replica,
                                          const model::ServiceSpec& spec,
                                          const model::Catalogue& catalogue) {
  runtime::Workload want;
  want.id = replica.id;
  want.generation = replica.generation;
  const model::EcsSpec* machine = catalogue.FindSpec(spec.instance_type);
  if (machine == nullptr && !spec.instance_type.empty())
    return NotOffered("instance type", spec.instance_type);
  want.capacity = model::CapacityOf(spec, machine);
  if (!spec.image.empty()) {
    const model::Image* image = catalogue.FindImage(spec.image);
    if (image == nullptr) return NotOffered("image", spec.image);
    want.image_prefix = image->Prefix;
  }
  if (!spec.script.empty()) {
    want.command = {"/bin/sh", "-c", spec.script};
  } else {
    want.command = spec.command;
    // Found on the sandbox's PATH, the image's programs first.
    if (!want.command.front().starts_with('/'))
      want.command.insert(want.command.begin(), "/usr/bin/env");
  }
  want.environment = spec.environment;
  want.socket_name = kSocket;
  want.port = static_cast<std::uint16_t>(spec.port);
  for (const model::MountSpec& mount : spec.mounts)
    want.mounts.push_back({.from = mount.path, .inside = mount.inside});
  want.stop_grace = spec.termination_grace;
  return want;
}

}  // namespace atelier::control
