#pragma once
#include <string>
#include <vector>

#include "runtime/process/paths.h"
#include "runtime/process/records.h"

/// What a workload sees of the host, and how it gets there. docs/security.md says the same in
/// prose.
namespace atelier::runtime::process {

inline constexpr std::string_view kInsideHome = "/home/atelier";
inline constexpr std::string_view kInsideBox = "/run/atelier";
inline constexpr int kInsideUid = 1000;

/// Descriptors of bubblewrap, by number. The status pipe reaches the bootstrap script inside.
inline constexpr int kStatusFd =
    3;  // "inside", then "started" or "failed <code>" of the start script
inline constexpr int kArgsFd = 4;    // bubblewrap's arguments: argv would show secrets to `ps`
inline constexpr int kInfoFd = 5;    // bubblewrap says the pid of the sandbox's first process
inline constexpr int kGateFd = 6;    // nothing of the workload runs before a line arrives here
inline constexpr int kFilterFd = 7;  // the system calls that are refused inside
inline constexpr int kFirstFreeFd = 8;

/// Whether a path of the host is there in every sandbox: of its programs, or of /etc.
bool IsShownToAll(std::string_view path);

struct Bind {
  std::string from;  // on the host
  std::string to;    // inside
  bool writable = false;
  std::string root = {};  // not empty: opened by OpenBeneath
};

/// What this life sees beside the host's programs: home, box, its /etc, its image.
std::vector<Bind> BindsOf(const Spec& spec, const RunPaths& run);

/// Leaves the session keyring that was inherited for a fresh, empty one, which processes started
/// from here on share. False: no room for one. True on a kernel that keeps no keys.
bool LeaveSessionKeyring();

/// Whether it may not start in the session that was inherited: where the host gives each one of its
/// own (`keyring` of docs/security.md), or where somebody inside could look at it.
inline bool NeedsKeyring(const Spec& spec) { return spec.own_keyring || !spec.filter_calls; }

/// The options of bubblewrap, for the descriptor kArgsFd. Looks which of /bin, /lib... are links
/// here.
std::vector<std::string> SandboxArguments(const Spec& spec, const std::vector<Bind>& binds);

/// The command line of bubblewrap itself, as every `ps` may see it.
std::vector<std::string> SandboxCommand(const Spec& spec);

/// In a forked child: enters the cgroup, gives up root, becomes bubblewrap. The descriptors above
/// are in place; errors go to stderr. Never returns.
[[noreturn]] void BecomeSandbox(const Spec& spec, const RunPaths& run);

/// In a forked child with the network namespace as descriptor 0 and its user namespace as 1:
/// becomes pasta, which goes to the background and exits 0 once the network is up. Never returns.
[[noreturn]] void BecomeUplink(const Spec& spec);

/// In a forked child with the same descriptors and a unix socket as descriptor 3: sends a TCP
/// socket there that listens on `port` of the network's loopback, then exits 0. Never returns.
[[noreturn]] void ListenInside(std::uint16_t port);

/// In a forked child with the same descriptors: ForbidMetadata, then exits 0. Never returns.
[[noreturn]] void GuardNetwork(const RunPaths& run);

/// How many pseudoterminals a sandbox may have open.
inline constexpr int kMaxTerminals = 64;

/// In a forked child with the mount namespace as descriptor 0 and its user namespace as 1: holds
/// the sandbox to kMaxTerminals, then exits 0. Never returns.
[[noreturn]] void LimitTerminals();

}  // namespace atelier::runtime::process
