#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "runtime/process.h"
#include "runtime/process/cgroup.h"
#include "runtime/process/files.h"

namespace atelier::runtime {

namespace {

constexpr std::int64_t kKibPerGib = 1 << 20;
/// Of the process numbers of the host: the rest is for the server, its shims and everybody else.
constexpr std::int64_t kEighths = 7;

std::optional<std::int64_t> NumberIn(const std::string& path) {
  const auto text = process::ReadFile(path);
  std::int64_t value = 0;
  if (!text || !(std::istringstream(*text) >> value)) return std::nullopt;
  return value;
}

/// As its maker counts it: what the kernel keeps for itself is a part of a gigabyte.
std::optional<std::int64_t> InstalledMib() {
  const auto text = process::ReadFile("/proc/meminfo");
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  std::string name;
  std::int64_t kib = 0;
  for (std::string line; std::getline(lines, line);) {
    if (std::istringstream(line) >> name >> kib && name == "MemTotal:")
      return (kib + kKibPerGib - 1) / kKibPerGib * 1024;
  }
  return std::nullopt;
}

}  // namespace

Result<model::Resources> MeasureHost() {
  const auto memory = InstalledMib();
  const auto pids = NumberIn("/proc/sys/kernel/pid_max");
  const auto threads = NumberIn("/proc/sys/kernel/threads-max");
  const std::int64_t cpus = std::thread::hardware_concurrency();
  if (!memory || !pids || !threads || cpus < 1)
    return Error(Code::kUnavailable, "What this host has cannot be read from /proc.");
  const process::CgroupLimits limits = process::LimitsAround();
  return model::Resources{
      .milli_cpu = std::min(cpus * model::kMilli, limits.milli_cpu),
      .memory_mib = std::min(*memory, limits.memory_mib),
      .milli_gpu = 0,
      .processes = std::min({*pids, *threads, limits.processes}) * kEighths / 8,
  };
}

}  // namespace atelier::runtime
