#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/result.h"
#include "model/instance.h"
#include "model/resources.h"

/// Control groups, version 1 (a folder a controller) and version 2 (one folder): hard limits,
/// accounting, and a way to find every process of a life. Blocking.
namespace atelier::runtime::process {

/// Where cgroups of workloads may be made, or are. Empty: nowhere, nothing is limited by them.
struct CgroupSet {
  int version = 0;                             // 0: none
  std::map<std::string, std::string> folders;  // "cpu", "cpuacct", "memory", "pids" -> its folder
  friend bool operator==(const CgroupSet&, const CgroupSet&) = default;
};
BOOST_DESCRIBE_STRUCT(CgroupSet, (), (version, folders))

/// The least of what the cgroups that this process is in allow, its own and those around it; a
/// container's host is no larger. kPlenty: no limit. To be asked before DetectCgroups, which may
/// move it.
struct CgroupLimits {
  std::int64_t milli_cpu = model::kPlenty;
  std::int64_t memory_mib = model::kPlenty;
  std::int64_t processes = model::kPlenty;
};
CgroupLimits LimitsAround();

/// A life's cgroup has its limits, and two cgroups within that share the CPU evenly: the workload,
/// and what serves it (shim, pasta), which is so held to the same limits and heard under any
/// load.
enum class Part : std::uint8_t { kWorkload, kKeeper };

/// The folders this process may make cgroups in, by the files `mountinfo` and `cgroup` in `self`.
/// On version 2 a process in a delegated cgroup of its own moves itself one level down first: a
/// cgroup with processes cannot hand its controllers on. Asked again, it stays where it then is.
CgroupSet DetectCgroups(const std::string& self = "/proc/self");

/// The cgroup `name` under each folder of `base`.
CgroupSet CgroupNamed(const CgroupSet& base, const std::string& name);

/// Whether what the memory limit keeps out of memory is kept out of swap too: the kernel counts
/// that, or the host has none (by the table in `swaps`).
bool SwapIsLimited(const CgroupSet& base, const std::string& swaps = "/proc/swaps");

/// Makes it with its limits; Ok when there are no cgroups. Anything half made is removed again.
Status CreateCgroup(const CgroupSet& cgroup, const model::Capacity& capacity);
/// Moves the calling process in.
Status EnterCgroup(const CgroupSet& cgroup, Part part);
/// Moves the calling process out, into one without limits beside `cgroup`: the last step of a
/// shim before it removes its own.
void LeaveCgroup(const CgroupSet& cgroup);
/// Of both parts. Ascending; 0 stands for those that this process's pid namespace does not show.
std::vector<int> MembersOf(const CgroupSet& cgroup);
/// Kills every member but the caller, those that fork meanwhile too. False: some are left
/// (uninterruptible, or in a pid namespace outside ours).
bool KillCgroup(const CgroupSet& cgroup);
/// Removes it, once it is empty. False: it is still there.
bool RemoveCgroup(const CgroupSet& cgroup);

std::optional<std::uint64_t> CgroupCpuMs(const CgroupSet& cgroup);
/// Without page cache that could be dropped at once.
std::optional<std::uint64_t> CgroupMemoryBytes(const CgroupSet& cgroup);
/// How many processes the kernel killed because the limit was reached.
std::uint64_t CgroupOomKills(const CgroupSet& cgroup);

}  // namespace atelier::runtime::process
