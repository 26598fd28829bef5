#include "runtime/process/trial.h"

#include <filesystem>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "runtime/process/files.h"
#include "runtime/process/sandbox.h"
#include "runtime/process/trial_folder.h"

namespace atelier::runtime {
namespace process {
namespace {

constexpr int kTrialMs = 15'000;
constexpr std::uint64_t kMinDescriptors = 1024;  // what every shell gives

std::string WhyItFailed(const Inspection& found) {
  switch (found.status) {
    case RunStatus::kEnded:
      return found.outcome.reason + "\n" + found.log_tail;
    case RunStatus::kKept:
      return "A trial sandbox did not end in time.";
    case RunStatus::kNotStarted:
    case RunStatus::kLost:
      return "The shim of a trial sandbox ended without a result. The host may be short of "
             "memory or of processes (ulimit -u, pids.max of its cgroup).";
    case RunStatus::kUnreadable:
    case RunStatus::kUnknown:
      break;
  }
  return "The records of a trial sandbox cannot be read.";
}

/// `host.folder` is that of the instances.
Status RunTrial(Host host) {
  ATELIER_TRY(const auto folder, TrialFolder::Make(host.folder));
  host.folder = folder.path();
  Workload trial;
  trial.id = model::InstanceId("trial-" + std::to_string(::getpid()));
  trial.command = {"/bin/true"};
  const RunPaths run = RunFolder(host.folder, trial.id, trial.generation);
  ATELIER_TRY(const auto spec, PlanRun(host, trial));
  ATELIER_RETURN_IF_ERROR(PrepareRun(host, spec, ""));
  ATELIER_RETURN_IF_ERROR(StartKeeper(host, run));
  Inspection found = Inspect(run, trial.id, trial.generation);
  if (found.status == RunStatus::kKept) {
    const UniqueFd exit = OpenPidfd(found.shim);
    pollfd wait{exit.get(), POLLIN, 0};
    if (exit && ::poll(&wait, 1, kTrialMs) != 1) {
      return Error(Code::kFailedPrecondition, "a trial sandbox did not end in time");
    }
    found = Inspect(run, trial.id, trial.generation);
  }
  if (found.status == RunStatus::kEnded && found.outcome.exit_code == 0) return Ok();
  return Error(Code::kFailedPrecondition, WhyItFailed(found));
}

/// In a child: this process stays in its session.
bool KeyringIsToBeHad() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(LeaveSessionKeyring() ? 0 : 1);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::uint64_t Descriptors() {
  rlimit files{};
  return ::getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 0;
}

std::string LastLine(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

/// Finds the best sandbox that works here. Returns what the full one said; empty: it works.
Result<std::string> Fit(Host& host, const HostProbe& probe) {
  auto tried = probe.sandbox(host);
  if (!tried) tried = probe.sandbox(host);  // isolation is not given up for a passing fault
  if (tried) return std::string();
  std::string why = LastLine(tried.error().message());
  const bool network = host.isolate_network;
  struct Less {
    bool network;
    bool guard;
    bool filter;
  };
  for (const Less less : {Less{network, false, true}, Less{false, false, true},
                          Less{network, true, false}, Less{false, false, false}}) {
    host.isolate_network = less.network;
    host.forbid_metadata = less.guard;
    host.filter_calls = less.filter;
    tried = probe.sandbox(host);
    if (tried) return why;
  }
  return Error(
      Code::kFailedPrecondition,
      "This host cannot run sandboxes. Install bubblewrap and allow unprivileged user namespaces "
      "(sysctl kernel.unprivileged_userns_clone=1). What it said: " +
          LastLine(tried.error().message()));
}

std::vector<Control> ControlsOf(const Host& host, Isolation want, const HostProbe& probe,
                                const std::string& why) {
  std::vector<Control> controls;
  const auto add = [&controls](std::string name, bool on, std::string effect, std::string remedy) {
    if (on) effect = remedy = "";
    controls.push_back({std::move(name), on, std::move(effect), std::move(remedy)});
  };
  const bool off = want == Isolation::kOff;
  add("network", host.isolate_network,
      fmt::format("Instances share the host's network, its loopback included ({}).",
                  off ? "isolation is off" : why),
      off ? "Start without --isolation off."
          : "Install passt, and see that the host has a default route and that /dev/net/tun can be "
            "opened.");
  const bool guarded = host.isolate_network && host.forbid_metadata;
  add("metadata", guarded,
      host.isolate_network
          ? fmt::format("Instances reach the metadata services of a cloud, which give away the "
                        "host's credentials ({}).",
                        why)
          : "Instances reach the metadata services of a cloud as the host does.",
      host.isolate_network ? "Run a kernel that routes by rules (CONFIG_IP_MULTIPLE_TABLES)."
                           : "Give them a network of their own, as above.");
  add("calls", host.filter_calls,
      fmt::format("Instances can make every system call of the host's kernel ({}).", why),
      "Run a kernel with seccomp filters (CONFIG_SECCOMP_FILTER).");
  add("keyring", probe.keyring(),
      "Instances get no session keyring of their own; that they can make no calls about keys is "
      "all that keeps them from the server's.",
      "Allow keyctl(2) to the server, and look whether its user is at kernel.keys.maxkeys.");
  const auto limited = [&](std::string name, const char* controller, const char* effect) {
    add(std::move(name), host.cgroups.folders.contains(controller), effect,
        "Let the server make cgroups: as root with /sys/fs/cgroup mounted writable, else by "
        "Delegate=yes in its systemd unit.");
  };
  limited("cpu", "cpu", "Instances take as much CPU as there is.");
  limited("memory", "memory", "Memory is limited for each process of an instance, not for all.");
  limited("processes", "pids", "Processes are limited by their user alone (RLIMIT_NPROC).");
  const std::uint64_t descriptors = probe.descriptors();
  add("descriptors", descriptors >= kMinDescriptors,
      fmt::format("The server may have {} files and connections open, of the {} that it needs at "
                  "least.",
                  descriptors, kMinDescriptors),
      "Raise the hard limit (LimitNOFILE= in its unit, or ulimit -Hn).");
  return controls;
}

}  // namespace

HostProbe RealProbe() {
  return {.cgroups = [] { return DetectCgroups(); },
          .sandbox = &RunTrial,
          .keyring = &KeyringIsToBeHad,
          .descriptors = &Descriptors};
}

Result<HostTrial> TryHost(Host host, Isolation want, const HostProbe& probe, Logger& log) {
  host.isolate_network = want != Isolation::kOff;
  host.cgroups = probe.cgroups();
  ATELIER_TRY(const std::string why, Fit(host, probe));
  HostTrial trial;
  trial.controls = ControlsOf(host, want, probe, why);
  std::string on;
  std::string missing;
  for (const Control& control : trial.controls) {
    if (control.on) {
      on += (on.empty() ? "" : " ") + control.name;
      continue;
    }
    missing += fmt::format("\n- {}: {} {}", control.name, control.effect, control.remedy);
    log.Warn("process.not_isolated",
             {{"control", control.name}, {"effect", control.effect}, {"remedy", control.remedy}});
  }
  log.Info("process.host", {{"controls", on}, {"cgroup_version", host.cgroups.version}});
  if (want == Isolation::kRequire && !missing.empty()) {
    return Error(Code::kFailedPrecondition,
                 "This host does not isolate or limit instances in every way, which --isolation "
                 "require (the standard beyond loopback) asks for. Repair what follows, or start "
                 "with --isolation prefer." +
                     missing);
  }
  trial.host = std::make_shared<const Host>(std::move(host));
  return trial;
}

}  // namespace process

Result<HostTrial> TryHost(const ProcessOptions& options, Logger& log) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  process::Host host{.folder = std::filesystem::canonical(options.folder, error).string(),
                     .program = options.program,
                     .cgroups = {}};
  if (error) {
    return process::SystemError(Code::kFailedPrecondition, "use the folder of the instances",
                                error.value());
  }
  return process::TryHost(std::move(host), options.isolation, process::RealProbe(), log);
}

}  // namespace atelier::runtime
