#include "control/eas/service/workload.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/shell_text.h"
#include "processor/processor.h"

namespace atelier::control {

namespace {

constexpr std::string_view kSocket = "http.sock";
constexpr std::string_view kPackages = "/packages";
static_assert(model::kMaxNativeThreads == processor::kMaxThreads);

Error NotOffered(std::string_view what, std::string_view name) {
  return {Code::kFailedPrecondition,
          fmt::format("The {} {} is not offered any more. Choose another with UpdateService.", what,
                      name)};
}

std::string ArchiveInside(std::size_t number) { return fmt::format("{}/{}", kPackages, number); }

/// The server's own program runs the user's library.
void Host(const model::ServiceSpec& spec, runtime::Workload& want) {
  const model::NativeProcessor& native = *spec.processor;
  const processor::Invocation call =
      processor::InvocationOf({.library = native.library,
                               .model_entry = native.model_entry,
                               .model_config = native.model_config,
                               .port = static_cast<std::uint16_t>(spec.port),
                               .threads = spec.workers.value_or(1)});
  want.command = {runtime::kProgramInside};
  want.command.insert(want.command.end(), call.arguments.begin(), call.arguments.end());
  want.environment.insert(call.environment.begin(), call.environment.end());
}

/// Then its words are scripts, or what scripts are given.
bool IsShell(std::string_view program) {
  static constexpr auto kShells =
      std::to_array<std::string_view>({"ash", "bash", "dash", "ksh", "sh", "zsh"});
  const std::string_view name = program.substr(program.rfind('/') + 1);
  return std::ranges::find(kShells, name) != kShells.end();
}

/// Anew before each start: what a run left of them is no part of the next one.
void Unpack(const model::ServiceSpec& spec, runtime::Workload& want) {
  if (spec.packages.empty()) return;
  std::string script = "set -e\n";
  for (std::size_t i = 0; i < spec.packages.size(); ++i) {
    const model::PackageSpec& package = spec.packages[i];
    const std::string archive = ArchiveInside(i);
    script += fmt::format(
        "if [ -e {0} ]; then chmod -R u+rwX {0}; rm -rf {0}; fi\n"
        "mkdir {0}\ntar -xf {1} -C {0}\n",
        package.folder, archive);
  }
  want.on_start = std::move(script);
}

}  // namespace

std::vector<runtime::Mount> MountsOf(const model::ServiceSpec& spec) {
  std::vector<runtime::Mount> mounts;
  mounts.reserve(spec.mounts.size() + spec.packages.size());
  for (const model::MountSpec& mount : spec.mounts)
    mounts.push_back({.from = mount.path, .inside = mount.inside});
  for (std::size_t i = 0; i < spec.packages.size(); ++i)
    mounts.push_back({.from = spec.packages[i].path, .inside = ArchiveInside(i)});
  return mounts;
}

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
  want.environment = spec.environment;
  if (spec.processor) {
    Host(spec, want);
  } else if (!spec.script.empty()) {
    want.command = {"/bin/sh", "-c", ShellText(spec.script)};
  } else {
    want.command = spec.command;
    if (IsShell(want.command.front())) {
      for (std::string& word : want.command) word = ShellText(word);
    }
    // Found on the sandbox's PATH, the image's programs first.
    if (!want.command.front().starts_with('/'))
      want.command.insert(want.command.begin(), "/usr/bin/env");
  }
  want.socket_name = kSocket;
  want.port = static_cast<std::uint16_t>(spec.port);
  want.mounts = MountsOf(spec);
  Unpack(spec, want);
  want.stop_grace = spec.termination_grace;
  want.stamp_lines = true;
  return want;
}

}  // namespace atelier::control
