#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include "runtime/process/driver.h"
#include "runtime/process/files.h"
#include "runtime/process/sweep.h"

namespace atelier::runtime {
namespace {

using process::Found;
using process::Host;
using process::RunPaths;
using process::Standing;

constexpr int kTrialMs = 15'000;

/// The text of an error is for the operator.
Status TryOnce(Host host) {
  host.folder += "/.trial";
  ATELIER_RETURN_IF_ERROR(process::RemoveTree(host.folder));
  ATELIER_RETURN_IF_ERROR(process::MakeFolder(host.folder));
  Workload trial;
  trial.id = model::InstanceId("trial-" + std::to_string(::getpid()));
  trial.command = {"/bin/true"};
  const RunPaths run = process::RunFolder(host.folder, trial.id, trial.generation);
  ATELIER_TRY(const auto spec, process::PlanRun(host, trial));
  ATELIER_RETURN_IF_ERROR(process::PrepareRun(host, spec, ""));
  ATELIER_RETURN_IF_ERROR(process::StartKeeper(host, run));
  Found found = process::Inspect(run, trial.id, trial.generation);
  if (found.standing == Standing::kKept) {
    const UniqueFd exit = process::OpenPidfd(found.keeper);
    pollfd wait{exit.get(), POLLIN, 0};
    if (exit && ::poll(&wait, 1, kTrialMs) != 1) {
      return Error(Code::kFailedPrecondition, "a trial sandbox did not end in time");
    }
    found = process::Inspect(run, trial.id, trial.generation);
  }
  const bool worked = found.standing == Standing::kEnded && found.outcome.exit_code == 0;
  const std::string why = found.outcome.reason + "\n" + found.log_tail;
  (void)process::RemoveTree(host.folder);
  if (!worked) return Error(Code::kFailedPrecondition, why);
  return Ok();
}

/// What a failed trial said last.
std::string LastLine(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

Result<HostTrial> TryHost(const ProcessOptions& options, Logger& log) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  const std::string folder = std::filesystem::canonical(options.folder, error).string();
  if (error) {
    return process::SystemError(Code::kFailedPrecondition, "use the folder of the instances",
                                error.value());
  }
  Host host{.folder = folder,
            .program = options.program,
            .isolate_network = options.isolate_network,
            .cgroups = process::DetectCgroups()};
  auto tried = TryOnce(host);
  if (!tried) tried = TryOnce(host);  // isolation is not given up for a passing fault
  if (!tried && host.isolate_network) {
    const std::string why = LastLine(tried.error().message());
    host.isolate_network = false;
    tried = TryOnce(host);
    if (tried) {
      log.Warn(
          "process.network_not_isolated",
          {{"why", why}, {"effect", "instances share the host's network; see docs/security.md"}});
    }
  }
  if (!tried) {
    return Error(
        Code::kFailedPrecondition,
        "This host cannot run sandboxes. Install bubblewrap and allow unprivileged user namespaces "
        "(sysctl kernel.unprivileged_userns_clone=1). What it said: " +
            LastLine(tried.error().message()));
  }
  std::string limits;
  for (const auto& [controller, where] : host.cgroups.folders)
    limits += (limits.empty() ? "" : " ") + controller;
  log.Info("process.host", {{"network_isolated", host.isolate_network},
                            {"cgroup_version", host.cgroups.version},
                            {"cgroup_controllers", limits}});
  return HostTrial{.network_isolated = host.isolate_network};
}

Result<std::unique_ptr<Driver>> MakeProcessDriver(ProcessOptions options, asio::any_io_executor io,
                                                  Pool& blocking, http::Client& probes,
                                                  Clock& clock, Logger& log) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  const std::string folder = std::filesystem::canonical(options.folder, error).string();
  UniqueFd lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock || ::chmod(folder.c_str(), 0700) != 0) {
    return process::SystemError(Code::kFailedPrecondition, "use the folder of the instances",
                                errno);
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error(Code::kFailedPrecondition, "Another server uses the folder of the instances.");
  }
  if (!options.trial) {
    ATELIER_TRY(options.trial, TryHost(options, log));
  }
  Host host{.folder = folder,
            .program = std::move(options.program),
            .isolate_network = options.trial->network_isolated,
            .cgroups = process::DetectCgroups(),
            .shared_folders = std::move(options.shared_folders),
            .stamp_lines = options.stamp_lines,
            .host_ip = std::move(options.host_ip),
            .zone = std::move(options.zone)};
  auto driver = std::make_unique<process::ProcessDriver>(
      std::move(host), std::move(lock), std::move(io), blocking, probes, clock, log);
  driver->Adopt();
  return std::unique_ptr<Driver>(std::move(driver));
}

}  // namespace atelier::runtime
