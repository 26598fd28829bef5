#include "runtime/process/cgroup.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <set>
#include <signal.h>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "base/text.h"
#include "runtime/process/files.h"

namespace atelier::runtime::process {
namespace {

constexpr std::string_view kBase = "atelier";
constexpr std::string_view kServer = "/server";
constexpr std::array<const char*, 2> kParts = {"/workload", "/keeper"};  // by Part
constexpr const char* kLeaving = "/leaving";  // no life has this name: theirs have dots
constexpr std::chrono::milliseconds kPause{5};
constexpr int kPatience = 1'000;  // pauses: five seconds
constexpr int kCpuPeriodUs = 100'000;
constexpr std::size_t kMaxMembers = 16U << 20U;  // bytes: more than pid_max of them

struct Mount {
  std::string root;
  std::string point;
  std::string type;     // "cgroup" or "cgroup2"
  std::string options;  // of the superblock: names the v1 controllers
};

std::vector<Mount> CgroupMounts(const std::string& self) {
  std::vector<Mount> mounts;
  const auto text = ReadFile(self + "/mountinfo");
  if (!text) return mounts;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    // "36 35 98:0 /root /point options optional... - type source superoptions" (proc(5))
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    Mount mount;
    std::string skip;
    std::istringstream(line) >> skip >> skip >> skip >> mount.root >> mount.point;
    std::istringstream(line.substr(dash + 3)) >> mount.type >> skip >> mount.options;
    if (mount.type.starts_with("cgroup")) mounts.push_back(std::move(mount));
  }
  return mounts;
}

bool HasWord(std::string_view list, std::string_view word, char separator) {
  return std::ranges::any_of(Split(list, separator, Trailing::kDrop),
                             [&](std::string_view each) { return each == word; });
}

/// This process's own cgroup in the hierarchy of `controller` ("" for version 2).
std::optional<std::string> OwnPath(const std::string& self, std::string_view controller) {
  const auto text = ReadFile(self + "/cgroup");
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controllers == controller || HasWord(controllers, controller, ',')) {
      return line.substr(second + 1);
    }
  }
  return std::nullopt;
}

std::string FolderIn(const Mount& mount, const std::string& path) {
  std::string inside = path;
  if (mount.root != "/" && inside.starts_with(mount.root)) inside.erase(0, mount.root.size());
  if (inside == "/") inside.clear();
  return mount.point + inside;
}

bool MakeWritable(const std::string& folder) {
  return (::mkdir(folder.c_str(), 0755) == 0 || errno == EEXIST) &&
         ::access(folder.c_str(), W_OK) == 0;
}

CgroupSet DetectVersion1(const std::string& self, const std::vector<Mount>& mounts) {
  CgroupSet set;
  for (const char* controller : {"cpu", "cpuacct", "memory", "pids"}) {
    const auto own = OwnPath(self, controller);
    if (!own) continue;
    for (const Mount& mount : mounts) {
      if (mount.type != "cgroup" || !HasWord(mount.options, controller, ',')) continue;
      const std::string folder = FolderIn(mount, *own) + "/" + std::string(kBase);
      if (MakeWritable(folder)) set.folders[controller] = folder;
    }
  }
  if (!set.folders.empty()) set.version = 1;
  return set;
}

/// KeyedMutex on what `folder` may hand to its children, and says what that is.
std::vector<std::string> HandOn(const std::string& folder) {
  std::vector<std::string> on;
  for (const char* controller : {"cpu", "memory", "pids"}) {
    (void)WriteInto(folder + "/cgroup.subtree_control", std::string("+") + controller);
    const auto now = ReadFile(folder + "/cgroup.subtree_control");
    if (now && HasWord(now->substr(0, now->find('\n')), controller, ' '))
      on.emplace_back(controller);
  }
  return on;
}

CgroupSet DetectVersion2(const std::string& self, const std::vector<Mount>& mounts) {
  const auto own = OwnPath(self, "");
  for (const Mount& mount : mounts) {
    if (mount.type != "cgroup2" || !own) continue;
    const std::string home = FolderIn(mount, *own);
    const std::string above = home.substr(0, home.rfind('/'));
    const bool moved = home.ends_with(kServer) && Exists(above + "/" + std::string(kBase));
    std::vector<std::string> candidates;
    const auto members = ReadFile(home + "/cgroup.procs");
    const bool alone = members && *members == std::to_string(::getpid()) + "\n";
    const std::string below = home + std::string(kServer);
    if (moved) {
      candidates.push_back(above);
    } else if (alone && home != mount.point && MakeWritable(below) &&
               WriteInto(below + "/cgroup.procs", "0")) {
      candidates.push_back(home);
    }
    candidates.push_back(
        mount.point);  // root alone may write there, and the top may have processes
    for (const std::string& candidate : candidates) {
      const auto handed = HandOn(candidate);
      const std::string folder = candidate + "/" + std::string(kBase);
      if (handed.empty() || !MakeWritable(folder)) continue;
      CgroupSet set{.version = 2, .folders = {}};
      for (const std::string& controller : HandOn(folder)) set.folders[controller] = folder;
      if (set.folders.contains("cpu")) set.folders["cpuacct"] = folder;
      if (!set.folders.empty()) return set;
    }
  }
  return {};
}

std::set<std::string> Folders(const CgroupSet& cgroup) {
  std::set<std::string> unique;  // controllers may be mounted together
  for (const auto& [controller, folder] : cgroup.folders) unique.insert(folder);
  return unique;
}

/// The file of a controller; nullopt: that controller is not ours to use.
std::optional<std::string> File(const CgroupSet& cgroup, const char* controller, const char* v1,
                                const char* v2) {
  const auto found = cgroup.folders.find(controller);
  if (found == cgroup.folders.end()) return std::nullopt;
  return found->second + "/" + (cgroup.version == 1 ? v1 : v2);
}

std::optional<std::uint64_t> KeyedNumber(const std::string& path, std::string_view key) {
  const auto text = ReadFile(path);
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  std::string name;
  std::uint64_t value = 0;
  while (lines >> name >> value) {
    if (name == key) return value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> OneNumber(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  std::istringstream(*text) >> value;
  return value;
}

/// nullopt: not there, or "max".
std::optional<std::int64_t> Limit(const std::string& path) {
  const auto text = ReadFile(path);
  std::int64_t value = 0;
  if (!text || !(std::istringstream(*text) >> value) || value <= 0) return std::nullopt;
  return value;
}

std::optional<std::int64_t> CpuLimit(const std::string& folder, bool second) {
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> period;
  if (second) {  // "max 100000" or "150000 100000"
    const auto text = ReadFile(folder + "/cpu.max");
    std::int64_t numbers[2] = {};
    if (text && std::istringstream(*text) >> numbers[0] >> numbers[1]) {
      quota = numbers[0];
      period = numbers[1];
    }
  } else {
    quota = Limit(folder + "/cpu.cfs_quota_us");  // -1: none
    period = Limit(folder + "/cpu.cfs_period_us");
  }
  if (!quota || !period || *period <= 0) return std::nullopt;
  return *quota * model::kMilli / *period;
}

std::optional<std::string> SwapFile(const CgroupSet& cgroup) {
  return File(cgroup, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max");
}

Status SetLimits(const CgroupSet& cgroup, const model::Capacity& capacity) {
  if (const auto file = File(cgroup, "pids", "pids.max", "pids.max")) {
    ATELIER_RETURN_IF_ERROR(WriteInto(*file, std::to_string(model::MostProcesses(capacity))));
  }
  if (capacity.milli_cpu > 0) {
    const std::string quota = std::to_string(capacity.milli_cpu * kCpuPeriodUs / 1000);
    if (const auto file = File(cgroup, "cpu", "cpu.cfs_quota_us", "cpu.max")) {
      const std::string period = cgroup.version == 1 ? "" : " " + std::to_string(kCpuPeriodUs);
      ATELIER_RETURN_IF_ERROR(WriteInto(*file, quota + period));
    }
  }
  if (capacity.memory_mib > 0) {
    const std::string bytes = std::to_string(capacity.memory_mib << 20);
    if (const auto file = File(cgroup, "memory", "memory.limit_in_bytes", "memory.max")) {
      ATELIER_RETURN_IF_ERROR(WriteInto(*file, bytes));
    }
    // No way around the limit by swapping. A kernel that does not count it: SwapIsLimited.
    if (const auto file = SwapFile(cgroup); file && Exists(*file)) {
      ATELIER_RETURN_IF_ERROR(WriteInto(*file, cgroup.version == 1 ? bytes : "0"));
    }
  }
  return Ok();
}

}  // namespace

CgroupLimits LimitsAround() {
  CgroupLimits least;
  const auto lower = [](std::int64_t& limit, std::optional<std::int64_t> value) {
    if (value) limit = std::min(limit, *value);
  };
  const auto look = [&](const std::string& folder, bool second) {
    lower(least.milli_cpu, CpuLimit(folder, second));
    lower(least.processes, Limit(folder + "/pids.max"));
    auto memory = Limit(folder + (second ? "/memory.max" : "/memory.limit_in_bytes"));
    if (memory) *memory >>= 20U;
    lower(least.memory_mib, memory);
  };
  for (const Mount& mount : CgroupMounts("/proc/self")) {
    const bool second = mount.type == "cgroup2";
    for (const char* controller : {"cpu", "memory", "pids"}) {
      if (!second && !HasWord(mount.options, controller, ',')) continue;
      const auto own = OwnPath("/proc/self", second ? "" : controller);
      if (!own) continue;
      // From our own up to the top of the mount; what a controller does not have is not there.
      std::string folder = FolderIn(mount, *own);
      for (; folder.size() > mount.point.size(); folder.erase(folder.rfind('/')))
        look(folder, second);
      look(mount.point, second);
    }
  }
  return least;
}

CgroupSet DetectCgroups(const std::string& self) {
  const auto mounts = CgroupMounts(self);
  CgroupSet set = DetectVersion1(self, mounts);
  return set.version != 0 ? set : DetectVersion2(self, mounts);
}

bool SwapIsLimited(const CgroupSet& base, const std::string& swaps) {
  const auto file = SwapFile(base);
  if (!file || Exists(*file)) return file.has_value();
  const auto table = ReadFile(swaps);  // a line of titles, then one for each; absent: no swap
  return !table || std::ranges::count(*table, '\n') <= 1;
}

CgroupSet CgroupNamed(const CgroupSet& base, const std::string& name) {
  CgroupSet named = base;
  for (auto& [controller, folder] : named.folders) folder += "/" + name;
  return named;
}

Status CreateCgroup(const CgroupSet& cgroup, const model::Capacity& capacity) {
  const auto make = [](const std::string& folder) {
    return ::mkdir(folder.c_str(), 0755) == 0 || errno == EEXIST;
  };
  for (const std::string& folder : Folders(cgroup)) {
    bool made = make(folder);
    // So that the two share the CPU evenly: a shim is not one among thousands of threads.
    if (made && cgroup.version == 2) (void)WriteInto(folder + "/cgroup.subtree_control", "+cpu");
    for (const char* part : kParts) made = made && make(folder + part);
    if (!made) {
      const Error error = SystemError(Code::kUnavailable, "make a control group", errno);
      RemoveCgroup(cgroup);
      return error;
    }
  }
  auto limited = SetLimits(cgroup, capacity);
  if (!limited) RemoveCgroup(cgroup);
  return limited;
}

Status EnterCgroup(const CgroupSet& cgroup, Part part) {
  for (const std::string& folder : Folders(cgroup)) {
    const std::string within = folder + kParts.at(static_cast<std::size_t>(part));
    ATELIER_RETURN_IF_ERROR(WriteInto(within + "/cgroup.procs", "0"));
  }
  return Ok();
}

void LeaveCgroup(const CgroupSet& cgroup) {
  for (const std::string& folder : Folders(cgroup)) {
    const std::string leaving = folder.substr(0, folder.rfind('/')) + kLeaving;
    ::mkdir(leaving.c_str(), 0755);
    (void)WriteInto(leaving + "/cgroup.procs", "0");
  }
}

std::vector<int> MembersOf(const CgroupSet& cgroup) {
  std::set<int> members;
  for (const std::string& folder : Folders(cgroup)) {
    // Those of the folder itself were put there by a server before this one.
    for (const char* part : {"", kParts[0], kParts[1]}) {
      const auto text = ReadFile(folder + part + "/cgroup.procs", kMaxMembers);
      if (!text) continue;
      std::istringstream pids(*text);
      for (int pid = 0; pids >> pid;) members.insert(pid);
    }
  }
  return {members.begin(), members.end()};
}

bool KillCgroup(const CgroupSet& cgroup) {
  // No forks from here on: else a fork bomb outruns the loop.
  if (const auto file = File(cgroup, "pids", "pids.max", "pids.max")) (void)WriteInto(*file, "0");
  for (int i = 0; i < kPatience; ++i) {
    auto members = MembersOf(cgroup);
    std::erase(members, ::getpid());
    if (members.empty()) return true;
    // Ascending. 0 is a member in a pid namespace outside ours, and kill(0) would end ourselves.
    if (members.back() <= 0) return false;
    for (const int pid : members) {
      if (pid > 0) ::kill(pid, SIGKILL);
    }
    std::this_thread::sleep_for(kPause);
  }
  return false;
}

bool RemoveCgroup(const CgroupSet& cgroup) {
  bool gone = true;
  for (const std::string& folder : Folders(cgroup)) {
    // Busy for a moment after its last process is gone.
    int tries = 0;
    for (const char* part : {kParts[0], kParts[1], ""}) {
      while (::rmdir((folder + part).c_str()) != 0 && errno == EBUSY && tries++ < kPatience) {
        std::this_thread::sleep_for(kPause);
      }
    }
    gone = gone && !Exists(folder);
  }
  return gone;
}

std::optional<std::uint64_t> CgroupCpuMs(const CgroupSet& cgroup) {
  const auto file = File(cgroup, "cpuacct", "cpuacct.usage", "cpu.stat");
  if (!file) return std::nullopt;
  const auto value = cgroup.version == 1 ? OneNumber(*file) : KeyedNumber(*file, "usage_usec");
  if (!value) return std::nullopt;
  return *value / (cgroup.version == 1 ? 1'000'000 : 1'000);
}

std::optional<std::uint64_t> CgroupMemoryBytes(const CgroupSet& cgroup) {
  const auto used = File(cgroup, "memory", "memory.usage_in_bytes", "memory.current");
  const auto stat = File(cgroup, "memory", "memory.stat", "memory.stat");
  if (!used || !stat) return std::nullopt;
  const auto total = OneNumber(*used);
  if (!total) return std::nullopt;
  const auto idle =
      KeyedNumber(*stat, cgroup.version == 1 ? "total_inactive_file" : "inactive_file").value_or(0);
  return *total > idle ? *total - idle : 0;
}

std::uint64_t CgroupOomKills(const CgroupSet& cgroup) {
  const auto file = File(cgroup, "memory", "memory.oom_control", "memory.events");
  if (!file) return 0;
  const std::uint64_t own = KeyedNumber(*file, "oom_kill").value_or(0);
  if (cgroup.version == 2) return own;  // with all below
  const std::string within = cgroup.folders.at("memory") + kParts[0] + "/memory.oom_control";
  return own + KeyedNumber(within, "oom_kill").value_or(0);
}

}  // namespace atelier::runtime::process
