#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/raii.h"

/// What /proc says of processes. Blocking.
namespace atelier::runtime::process {

/// A process for ever: a pid alone is recycled, and start times begin anew with each boot.
struct ProcessRef {
  int pid = 0;
  std::uint64_t start_ticks = 0;  // /proc/<pid>/stat field 22
  std::string boot_id;
  friend bool operator==(const ProcessRef&, const ProcessRef&) = default;
};
BOOST_DESCRIBE_STRUCT(ProcessRef, (), (pid, start_ticks, boot_id))

/// nullopt: no such process.
std::optional<ProcessRef> RefOf(int pid);

/// True while exactly this process exists and has not exited; a zombie is dead.
bool IsAlive(const ProcessRef& process);

/// A pidfd of exactly this process (readable once it exits); empty: it is gone, or out of
/// descriptors.
UniqueFd OpenPidfd(const ProcessRef& process);

/// Sends a signal to exactly this process, with a `word` for it (siginfo_t::si_int) unless that is
/// 0. False: it is gone, or we are out of descriptors.
bool SendSignal(const ProcessRef& process, int signal, int word = 0);

/// SIGKILL, then waits until it is gone, at most a few seconds. True: gone.
bool KillAndWait(const ProcessRef& process);

std::vector<int> AllPids();
std::vector<int> ChildrenOf(int pid);
/// `pid` and all its descendants.
std::vector<int> TreeOf(int pid);

/// Sums over processes; each includes the children it has reaped.
struct TreeUsage {
  std::uint64_t cpu_ms = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;
};
TreeUsage UsageOf(const std::vector<int>& pids);

/// Bytes through every interface but lo of the process's network namespace.
struct NetworkUsage {
  std::uint64_t in_bytes = 0;
  std::uint64_t out_bytes = 0;
};
NetworkUsage NetworkOf(int pid);

/// The pid a process has in its own pid namespace; 0: gone.
int InnerPid(int pid);

}  // namespace atelier::runtime::process
