#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/shared_rings.h"
#include "control/dsw/reconciler.h"
#include "model/instance.h"
#include "runtime/driver.h"

namespace atelier::control {

/// Turns the counters of one workload into rates between two looks.
class UsageMeter {
 public:
  /// nullopt: the first look, or the counters went back (another process counts): a new base line.
  std::optional<UsagePoint> Add(const runtime::Usage& usage, MonoTime now,
                                const model::Capacity& capacity);

 private:
  std::optional<runtime::Usage> last_;
  MonoTime last_at_;
};

/// The latest usage points of every instance within one memory budget for all.
///
/// A point is packed into 56 bytes, and kept as SharedRings says. At 32 MiB: the full 1440 points
/// (6 hours at 15 s) up to about 416 running instances, about 59 points (15 minutes) at 10,000.
class UsageHistory {
 public:
  UsageHistory(std::size_t most, std::size_t budget_bytes);

  void Add(const model::InstanceId& id, const UsagePoint& point);
  /// The instance ended: its points stay until others need the room.
  void Retire(const model::InstanceId& id) { rings_.Retire(id); }
  void Forget(const model::InstanceId& id) { rings_.Forget(id); }
  /// Oldest first.
  std::vector<UsagePoint> Get(const model::InstanceId& id) const;
  LatestUsage Latest(std::size_t most) const;
  std::size_t points() const { return rings_.points(); }

 private:
  struct Packed {
    std::int64_t wall_ms;
    std::int64_t mono_ms;
    float cpu_cores;
    float cpu_percent;
    float memory_mib;
    float memory_percent;
    float network_in_rate;
    float network_out_rate;
    float disk_read_rate;
    float disk_write_rate;
    std::int8_t gpu_percent;         // -1: none
    std::int16_t executing_kernels;  // -1: not known
  };
  static_assert(sizeof(Packed) == 56);
  static Packed Pack(const UsagePoint& point);
  static UsagePoint Unpack(const Packed& packed);

  SharedRings<model::InstanceId, Packed> rings_;
};

}  // namespace atelier::control
