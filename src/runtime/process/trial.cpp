#include "runtime/process/trial.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <poll.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
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

/// Each open file counts as memory of who opened it.
bool MemoryBoundsFiles() {
  constexpr std::uint64_t kBytesPerFile = 200;
  struct sysinfo host{};
  const auto most = ReadFile("/proc/sys/fs/file-max");
  if (!most || ::sysinfo(&host) != 0) return false;
  const auto files = ParseNumber<std::uint64_t>(most->substr(0, most->find('\n')));
  return files && *files >= std::uint64_t{host.totalram} * host.mem_unit / kBytesPerFile;
}

std::string LastLine(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

/// What a sandbox can be had without. One that builds on another comes after it.
struct Choice {
  bool Host::* on;
  bool Host::* needs = nullptr;
};
constexpr auto kChoices = std::to_array<Choice>({
    {.on = &Host::isolate_network},
    {.on = &Host::forbid_metadata, .needs = &Host::isolate_network},
    {.on = &Host::filter_calls},
    {.on = &Host::limit_terminals},
});

/// What was said of a choice that does not work here.
struct Refusal {
  bool Host::* of;
  std::string why;
};
using Refusals = std::vector<Refusal>;

/// Turns off what does not work here, and nothing else.
Result<Refusals> Fit(Host& host, const HostProbe& probe) {
  const auto try_out = [&probe](const Host& one) {
    const Status tried = probe.sandbox(one);
    return tried ? tried : probe.sandbox(one);  // isolation is not given up for a passing fault
  };
  if (try_out(host)) return Refusals();
  Host less = host;
  for (const Choice& choice : kChoices) less.*choice.on = false;
  if (const Status tried = try_out(less); !tried) {
    return Error(
        Code::kFailedPrecondition,
        "This host cannot run sandboxes. Install bubblewrap and allow unprivileged user namespaces "
        "(sysctl kernel.unprivileged_userns_clone=1). What it said: " +
            LastLine(tried.error().message()));
  }
  Refusals refusals;
  for (const Choice& choice : kChoices) {
    if (!(host.*choice.on) || (choice.needs != nullptr && !(less.*choice.needs))) continue;
    less.*choice.on = true;
    const Status tried = try_out(less);
    if (tried) continue;
    less.*choice.on = false;
    refusals.push_back({choice.on, LastLine(tried.error().message())});
  }
  host = std::move(less);
  return refusals;
}

std::string WhyNot(const Refusals& refusals, bool Host::* choice) {
  const auto found = std::ranges::find(refusals, choice, &Refusal::of);
  return found == refusals.end() ? "" : found->why;
}

std::vector<Control> ControlsOf(const Host& host, Isolation want, const HostProbe& probe,
                                const Refusals& refusals) {
  std::vector<Control> controls;
  const auto add = [&controls](std::string name, bool on, std::string effect, std::string remedy) {
    if (on) effect = remedy = "";
    controls.push_back({std::move(name), on, std::move(effect), std::move(remedy)});
  };
  const bool off = want == Isolation::kOff;
  add("network", host.isolate_network,
      fmt::format("Instances share the host's network, its loopback included ({}).",
                  off ? "isolation is off" : WhyNot(refusals, &Host::isolate_network)),
      off ? "Start without --isolation off."
          : "Install passt, and see that the host has a default route and that /dev/net/tun can be "
            "opened.");
  const bool guarded = host.isolate_network && host.forbid_metadata;
  add("metadata", guarded,
      host.isolate_network
          ? fmt::format("Instances reach the metadata services of a cloud, which give away the "
                        "host's credentials ({}).",
                        WhyNot(refusals, &Host::forbid_metadata))
          : "Instances reach the metadata services of a cloud as the host does.",
      host.isolate_network ? "Run a kernel that routes by rules (CONFIG_IP_MULTIPLE_TABLES)."
                           : "Give them a network of their own, as above.");
  add("calls", host.filter_calls,
      fmt::format("Instances can make every system call of the host's kernel ({}).",
                  WhyNot(refusals, &Host::filter_calls)),
      "Run a kernel with seccomp filters (CONFIG_SECCOMP_FILTER).");
  add("terminals", host.limit_terminals,
      fmt::format("One instance can take the terminals of all others ({}).",
                  WhyNot(refusals, &Host::limit_terminals)),
      "Allow the server setns(2) and mount(2) in namespaces that it made, in the profile of the "
      "container that it runs in.");
  add("keyring", host.own_keyring,
      "Instances get no session keyring of their own; that they can make no calls about keys is "
      "all that keeps them from the server's.",
      "Allow keyctl(2) to the server, and look whether its user is at kernel.keys.maxkeys.");
  add("users", probe.users(),
      "Instances and the server are one user to the kernel: each can take from all what is counted "
      "by user, and who gets out of a sandbox has what is the server's.",
      "Run the server as root: then each instance gets a user of its own.");
  const auto limited = [&](std::string name, const char* controller, const char* effect) {
    add(std::move(name), host.cgroups.folders.contains(controller), effect,
        "Let the server make cgroups: as root with /sys/fs/cgroup mounted writable, else by "
        "Delegate=yes in its systemd unit.");
  };
  limited("cpu", "cpu", "Instances take as much CPU as there is.");
  if (host.cgroups.folders.contains("memory") && !probe.swap(host.cgroups)) {
    add("memory", false,
        "What is beyond the limit of an instance goes to the host's swap, which has none.",
        "Have the kernel count swap by cgroups (boot with swapaccount=1), or do without swap "
        "(swapoff -a).");
  } else {
    limited("memory", "memory", "Memory is limited for each process of an instance, not for all.");
  }
  limited("processes", "pids", "Processes are limited by their user alone (RLIMIT_NPROC).");
  const std::uint64_t descriptors = probe.descriptors();
  add("descriptors", descriptors >= kMinDescriptors,
      fmt::format("The server may have {} files and connections open, of the {} that it needs at "
                  "least.",
                  descriptors, kMinDescriptors),
      "Raise the hard limit (LimitNOFILE= in its unit, or ulimit -Hn).");
  // Of the host's set-up, and no harm to the server: root may go beyond.
  add("files", probe.files(),
      "Instances have few open files to share (fs.file-max): one can take them from all others.",
      "Let their memory limits bound them, as systemd does: sysctl "
      "fs.file-max=9223372036854775807.");
  controls.back().required = false;
  return controls;
}

}  // namespace

HostProbe RealProbe() {
  return {.cgroups = [] { return DetectCgroups(); },
          .sandbox = &RunTrial,
          .keyring = &KeyringIsToBeHad,
          .users = [] { return ::geteuid() == 0; },
          .swap = [](const CgroupSet& base) { return SwapIsLimited(base); },
          .descriptors = &Descriptors,
          .files = &MemoryBoundsFiles};
}

Result<HostTrial> TryHost(Host host, Isolation want, const HostProbe& probe, Logger& log) {
  host.isolate_network = want != Isolation::kOff;
  host.cgroups = probe.cgroups();
  ATELIER_TRY(const Refusals refusals, Fit(host, probe));
  host.own_keyring = probe.keyring();
  HostTrial trial;
  trial.controls = ControlsOf(host, want, probe, refusals);
  std::string on;
  std::string missing;
  for (const Control& control : trial.controls) {
    if (control.on) {
      on += (on.empty() ? "" : " ") + control.name;
      continue;
    }
    if (control.required)
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
