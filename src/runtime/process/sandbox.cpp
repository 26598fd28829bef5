#include "runtime/process/sandbox.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/raii.h"
#include "runtime/process/call_filter.h"
#include "runtime/process/files.h"
#include "runtime/process/metadata.h"
#include "runtime/process/server_door.h"
#include "runtime/process/shared.h"

namespace atelier::runtime::process {
namespace {

// What of the host's /etc a program needs to run: nothing that says who uses the host or holds a
// secret.
constexpr std::array kEtc = {
    "alternatives",
    "bash.bashrc",
    "ca-certificates",
    "ca-certificates.conf",
    "debian_version",
    "fonts",
    "gai.conf",
    "host.conf",
    "inputrc",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "locale.alias",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "pki",
    "protocols",
    "python3",
    "python3.11",
    "python3.12",
    "python3.13",
    "services",
    "ssl",
    "terminfo",
    "timezone",
};
constexpr std::array kOwnEtc = {"passwd",  "group",  "hosts",   "resolv.conf",
                                "profile", "set_up", "on_start"};

// What no namespace divides, and everybody may read.
constexpr std::array kHostWide = {"/proc/keys", "/proc/key-users", "/proc/timer_list",
                                  "/proc/sched_debug", "/proc/latency_stats"};

// The last step before the workload's command, as pid 2 of the sandbox: runs what sets it up, then
// the start script, says how that went on descriptor 3, then becomes the command. $1: most
// processes (0: cgroups see to it), $2: KiB of data each process may have (0: likewise), $3:
// "script" or "", $4: the port that a relay leads the socket $5 to, or "".
constexpr const char* kBootstrap = R"(
echo inside >&3
read -r go <&6 || exit 1
exec 6<&-
[ "$1" = 0 ] || ulimit -u "$1" 2>/dev/null || ulimit -p "$1" 2>/dev/null
[ "$2" = 0 ] || ulimit -d "$2" 2>/dev/null
[ ! -e /etc/set_up ] || /bin/sh /etc/set_up "$6" 3>&-
if [ "$3" = script ]; then
  shell=/bin/sh
  [ -x /bin/bash ] && shell=/bin/bash
  "$shell" /etc/on_start 3>&-
  code=$?
  if [ "$code" != 0 ]; then echo "failed $code" >&3; exit "$code"; fi
fi
if [ "$4" ]; then /run/atelier-relay relay "$5" "$4" 3>&- || exit 1; fi
shift 5
program=/run/atelier/bin/${1##*/}
if [ -e /etc/set_up ] && [ -x "$program" ]; then shift; set -- "$program" "$@"; fi
echo started >&3
exec 3>&- "$@"
)";

constexpr std::int64_t kDefaultTmpfsMib = 1024;  // without a memory limit
constexpr int kServerBacklog = 128;  // connections that wait, also while the server is restarted
constexpr int kOomScore = 500;       // if the host runs out, workloads go before the server

[[noreturn]] void Die(const char* step) {
  std::fprintf(stderr, "atelier: cannot %s: %s\n", step, std::strerror(errno));
  ::_exit(127);
}

[[noreturn]] void Exec(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  Die("run a program");
}

/// A mount namespace of our own, with an empty folder at /tmp: whatever root mounts there, a lesser
/// user can then reach although the folders above its source are closed to it.
void StageMounts(std::vector<Bind>& binds) {
  if (::unshare(CLONE_NEWNS) != 0) Die("make a mount namespace");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) Die("detach mounts");
  std::vector<UniqueFd> sources;  // held open: the sources may lie under /tmp themselves
  for (const Bind& bind : binds) {
    sources.push_back(bind.root.empty() ? UniqueFd(::open(bind.from.c_str(), O_PATH | O_CLOEXEC))
                                        : OpenBeneath(bind.root, bind.from));
    if (!sources.back()) Die(("open " + bind.from).c_str());
  }
  if (::mount("atelier", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0)
    Die("mount tmpfs");
  for (std::size_t i = 0; i < binds.size(); ++i) {
    const std::string staged = "/tmp/" + std::to_string(i);
    const std::string source = "/proc/self/fd/" + std::to_string(sources[i].get());
    struct stat info{};
    if (::fstat(sources[i].get(), &info) != 0) Die("look at a mount source");
    if (S_ISDIR(info.st_mode)) {
      if (::mkdir(staged.c_str(), 0755) != 0) Die("make a mount point");
    } else {
      UniqueFd(::open(staged.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    }
    if (::mount(source.c_str(), staged.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) {
      Die("bind a folder");
    }
    binds[i].from = staged;
  }
}

/// pasta runs as the workload's user, who may not open the host's tun device: a copy of the node
/// will do.
void StageTun() {
  constexpr const char* kTun = "/dev/net/tun";
  if (::mount("atelier", "/tmp", "tmpfs", MS_NOSUID, "mode=0755") != 0) Die("mount tmpfs");
  if (::mknod("/tmp/tun", S_IFCHR | 0666, makedev(10, 200)) != 0) Die("make a tun device");
  if (::chmod("/tmp/tun", 0666) != 0) Die("open the tun device to others");
  if (::mount("/tmp/tun", kTun, nullptr, MS_BIND, nullptr) != 0) Die("bind the tun device");
}

/// That of descriptor 0 and of this `kind`. Whoever made the user namespace (1) administers it
/// inside; root does so from here.
void EnterNamespace(int kind) {
  if (::geteuid() != 0 && ::setns(1, CLONE_NEWUSER) != 0) Die("enter the sandbox's user namespace");
  // Mounts cannot be those of a thread that shares its folders with another: with the one that
  // ThreadSanitizer runs beside this.
  if (kind == CLONE_NEWNS && ::unshare(CLONE_FS) != 0) Die("have folders of its own");
  if (::setns(0, kind) != 0) Die("enter a namespace of the sandbox");
}

void GiveUpRoot(std::uint32_t uid) {
  if (::setgroups(0, nullptr) != 0 || ::setresgid(uid, uid, uid) != 0 ||
      ::setresuid(uid, uid, uid) != 0) {
    Die("give up root");
  }
}

/// Those that hold for the server's own code in this child and for bubblewrap too. The limits of
/// the workload are kBootstrap's: a build with AddressSanitizer, say, reserves more than any of
/// them.
void SetResourceLimits() {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  (void)WriteInto("/proc/self/oom_score_adj", std::to_string(kOomScore));
}

void AppendSystem(std::vector<std::string>& args, std::int64_t tmpfs_bytes) {
  const auto add = [&args](std::initializer_list<std::string> words) {
    args.insert(args.end(), words);
  };
  add({"--ro-bind", "/usr", "/usr"});
  for (const char* folder : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    std::array<char, 256> target{};
    const ssize_t n = ::readlink(folder, target.data(), target.size());
    if (n > 0)
      add({"--symlink", std::string(target.data(), static_cast<std::size_t>(n)), folder});
    else
      add({"--ro-bind-try", folder, folder});
  }
  for (const std::string name : kEtc) add({"--ro-bind-try", "/etc/" + name, "/etc/" + name});
  const std::string size = std::to_string(tmpfs_bytes);
  add({"--proc", "/proc", "--dev", "/dev"});
  // Opening one fails: it is a device, in a mount without devices.
  for (const char* file : kHostWide) {
    if (Exists(file)) add({"--ro-bind", "/dev/null", file});
  }
  for (const char* folder : {"/dev/shm", "/tmp", "/var/tmp"}) {
    add({"--perms", "1777", "--size", size, "--tmpfs", folder});
  }
}

void AppendEnvironment(std::vector<std::string>& args, const Spec& spec) {
  std::map<std::string, std::string> environment = spec.environment;
  const std::string own_bin = spec.image_prefix.empty() ? "" : spec.image_prefix + "/bin:";
  environment.try_emplace("PATH", own_bin + "/usr/local/bin:/usr/bin:/bin");
  environment.try_emplace("HOME", kInsideHome);
  environment.try_emplace("USER", "atelier");
  environment.try_emplace("LOGNAME", "atelier");
  environment.try_emplace("SHELL", Exists("/bin/bash") ? "/bin/bash" : "/bin/sh");
  environment.try_emplace("LANG", "C.UTF-8");
  args.emplace_back("--clearenv");
  for (const auto& [name, value] : environment) {
    args.insert(args.end(), {"--setenv", name, value});
  }
}

}  // namespace

bool IsShownToAll(std::string_view path) {
  const auto in = [&](const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
  };
  return in("/usr") || std::any_of(kEtc.begin(), kEtc.end(),
                                   [&](const std::string& name) { return in("/etc/" + name); });
}

std::vector<Bind> BindsOf(const Spec& spec, const RunPaths& run) {
  std::vector<Bind> binds;
  binds.push_back({spec.home, std::string(kInsideHome), true});
  binds.push_back({run.Box(), std::string(kInsideBox), true});
  for (const std::string name : kOwnEtc) {
    if (name == "set_up" && spec.set_up.empty()) continue;
    if (name == "on_start" && !spec.has_on_start) continue;
    binds.push_back({run.Etc() + "/" + name, "/etc/" + name, false});
  }
  if (!spec.files.empty()) binds.push_back({run.Files(), kFilesInside, false});
  for (const std::string& path : spec.image_paths) binds.push_back({path, path, false});
  if (spec.port != 0) binds.push_back({spec.program, kProgramInside, false});
  for (const SharedPath& shared : spec.shared) {
    binds.push_back({shared.from, shared.inside, false, shared.root});
  }
  return binds;
}

bool LeaveSessionKeyring() {
  return ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) >= 0 || errno == ENOSYS;
}

std::vector<std::string> SandboxArguments(const Spec& spec, const std::vector<Bind>& binds) {
  std::vector<std::string> args = {"--unshare-user",
                                   "--unshare-pid",
                                   "--unshare-ipc",
                                   "--unshare-uts",
                                   "--disable-userns",
                                   "--unshare-cgroup-try",
                                   "--new-session",
                                   "--die-with-parent",
                                   "--cap-drop",
                                   "ALL",
                                   "--hostname",
                                   spec.id.str(),
                                   "--uid",
                                   std::to_string(kInsideUid),
                                   "--gid",
                                   std::to_string(kInsideUid),
                                   "--info-fd",
                                   std::to_string(kInfoFd)};
  if (spec.isolate_network) args.emplace_back("--unshare-net");
  if (spec.filter_calls) args.insert(args.end(), {"--seccomp", std::to_string(kFilterFd)});
  const std::int64_t mib =
      spec.capacity.memory_mib > 0 ? spec.capacity.memory_mib : kDefaultTmpfsMib;
  AppendSystem(args, mib << 20);
  for (const Bind& bind : binds) {
    args.insert(args.end(), {bind.writable ? "--bind" : "--ro-bind", bind.from, bind.to});
  }
  // /proc too: there a process may write its own oom_score_adj, and the kernel lets it go below
  // what a server without CAP_SYS_RESOURCE started it with.
  args.insert(args.end(),
              {"--remount-ro", "/proc", "--remount-ro", "/", "--chdir", std::string(kInsideHome)});
  AppendEnvironment(args, spec);
  return args;
}

std::vector<std::string> SandboxCommand(const Spec& spec) {
  const bool cgroup_counts = spec.cgroup.folders.contains("pids");
  const bool cgroup_holds_memory = spec.cgroup.folders.contains("memory");
  const std::int64_t data_kib = cgroup_holds_memory ? 0 : spec.capacity.memory_mib * 1024;
  std::vector<std::string> command = {
      "bwrap",
      "--args",
      std::to_string(kArgsFd),
      "--",
      "/bin/sh",
      "-c",
      kBootstrap,
      "atelier",
      std::to_string(cgroup_counts ? 0 : model::MostProcesses(spec.capacity)),
      std::to_string(data_kib),
      spec.has_on_start ? "script" : "",
      spec.port != 0 ? std::to_string(spec.port) : "",
      std::string(kInsideBox) + "/" + spec.socket_name};
  command.insert(command.end(), spec.command.begin(), spec.command.end());
  return command;
}

void BecomeSandbox(const Spec& spec, const RunPaths& run) {
  if (!EnterCgroup(spec.cgroup, Part::kWorkload)) Die("enter the control group");
  SetResourceLimits();
  auto binds = BindsOf(spec, run);
  if (::geteuid() == 0) {
    StageMounts(binds);
    GiveUpRoot(spec.host_uid);
    // Its own user's, not the shim's, which is root's.
    if (!LeaveSessionKeyring() && NeedsKeyring(spec)) Die("leave the session keyring");
  }
  const UniqueFd list(::memfd_create("arguments", 0));
  if (!list) Die("make a memory file");
  for (const std::string& word : SandboxArguments(spec, binds)) {
    // It would be two arguments. Whoever made `spec` has seen to it; this is the last who can.
    if (word.find('\0') != std::string::npos) Die("take an argument with a NUL in it");
    const std::size_t size = word.size() + 1;  // with its NUL
    if (::write(list.get(), word.c_str(), size) != static_cast<ssize_t>(size))
      Die("write arguments");
  }
  ::lseek(list.get(), 0, SEEK_SET);
  if (::dup2(list.get(), kArgsFd) < 0) Die("hand over arguments");
  if (spec.filter_calls) {
    const auto filter = MakeCallFilter();
    if (!filter || ::dup2(filter->get(), kFilterFd) < 0) Die("filter system calls");
  }
  ::close_range(spec.filter_calls ? kFirstFreeFd : kFilterFd, ~0U, 0);
  Exec(SandboxCommand(spec));
}

void BecomeUplink(const Spec& spec) {
  if (::geteuid() == 0) {
    std::vector<Bind> nothing;
    StageMounts(nothing);
    StageTun();
    GiveUpRoot(spec.host_uid);
  }
  ::close_range(kStatusFd, ~0U, 0);
  // No port of the host leads in (-t, -u), none of the host's loopback leads out (-T, -U,
  // --no-map-gw).
  Exec({"pasta", "--config-net", "--quiet", "--stderr", "-t", "none", "-u", "none", "-T", "none",
        "-U", "none", "--no-map-gw", "--userns", "/proc/self/fd/1", "--netns", "/proc/self/fd/0"});
}

void ListenInside(std::uint16_t port) {
  constexpr int kSender = 3;
  EnterNamespace(CLONE_NEWNET);
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;  // what was accepted in an earlier life of the address may linger
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      ::listen(socket.get(), kServerBacklog) != 0) {
    Die("listen inside");
  }
  ::_exit(SendDescriptor(kSender, socket.get()) ? 0 : 1);
}

void GuardNetwork(const RunPaths& run) {
  const std::string resolver = ReadFile(run.Etc() + "/resolv.conf").value_or("");
  EnterNamespace(CLONE_NEWNET);
  const Status forbidden = ForbidMetadata(resolver);
  if (!forbidden) std::fprintf(stderr, "atelier: %s\n", forbidden.error().message().c_str());
  ::_exit(forbidden ? 0 : 1);
}

void LimitTerminals() {
  EnterNamespace(CLONE_NEWNS);
  // The rest is what bubblewrap mounted it with.
  const std::string options = "max=" + std::to_string(kMaxTerminals) + ",ptmxmode=0666,mode=620";
  if (::mount("devpts", "/dev/pts", "devpts", MS_REMOUNT | MS_NOSUID | MS_NOEXEC,
              options.c_str()) != 0) {
    Die("limit the terminals");
  }
  ::_exit(0);
}

}  // namespace atelier::runtime::process
