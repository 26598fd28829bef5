#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "model/instance.h"

namespace atelier::model {

/// What a host has for workloads, or what workloads take of it.
struct Resources {
  std::int64_t milli_cpu = 0;
  std::int64_t memory_mib = 0;
  std::int64_t milli_gpu = 0;
  std::int64_t processes = 0;  // threads, too: the kernel numbers both alike

  Resources& operator+=(const Resources& other) {
    milli_cpu += other.milli_cpu;
    memory_mib += other.memory_mib;
    milli_gpu += other.milli_gpu;
    processes += other.processes;
    return *this;
  }
  Resources& operator-=(const Resources& other) {
    milli_cpu -= other.milli_cpu;
    memory_mib -= other.memory_mib;
    milli_gpu -= other.milli_gpu;
    processes -= other.processes;
    return *this;
  }
  friend bool operator==(const Resources&, const Resources&) = default;
};

/// Of a host that has more than anybody asks for; sums with it do not overflow.
inline constexpr std::int64_t kPlenty = std::numeric_limits<std::int64_t>::max() / 1'000'000;

/// Processes and threads one workload may have: 1024 a vCPU, at least 1024. No field of the API
/// says: enough for any notebook, far from what would hurt the host.
inline std::int64_t MostProcesses(const Capacity& capacity) {
  constexpr std::int64_t kPerCpu = 1024;
  return std::clamp<std::int64_t>(capacity.milli_cpu * kPerCpu / kMilli, kPerCpu, 1 << 20);
}

/// A workload whose memory is not limited counts as one that may use so much.
inline constexpr std::int64_t kMemoryOfUnlimitedMib = 1024;

/// The most of a host that a workload may use.
inline Resources ResourcesOf(const Capacity& capacity) {
  return {
      .milli_cpu = capacity.milli_cpu,
      .memory_mib = capacity.memory_mib > 0 ? capacity.memory_mib : kMemoryOfUnlimitedMib,
      .milli_gpu = capacity.milli_gpu,
      .processes = MostProcesses(capacity),
  };
}

}  // namespace atelier::model
