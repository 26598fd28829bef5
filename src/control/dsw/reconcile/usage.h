#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "control/dsw/reconciler.h"
#include "model/instance.h"
#include "runtime/driver.h"

namespace atelier::control {

/// KeyedMutex the counters of one workload into rates between two looks.
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
/// A point is packed into 56 bytes. While the budget lasts each instance keeps up to `most` points;
/// then the histories of instances that no longer run go first, the longest ended first, and what
/// runs shares the budget evenly. At 32 MiB: the full 1440 points (6 hours at 15 s) up to about 416
/// running instances, about 59 points (15 minutes) at 10,000.
class UsageHistory {
 public:
  static constexpr std::size_t kMin =
      8;  // points that a running instance keeps whatever the budget

  UsageHistory(std::size_t most, std::size_t budget_bytes);

  void Add(const model::InstanceId& id, const UsagePoint& point);
  /// The instance ended: its points stay until others need the room.
  void Retire(const model::InstanceId& id);
  void Forget(const model::InstanceId& id);
  /// Oldest first.
  std::vector<UsagePoint> Get(const model::InstanceId& id) const;
  LatestUsage Latest(std::size_t most) const;
  std::size_t points() const { return points_; }

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
  struct Ring {
    std::deque<Packed> points;
    std::optional<std::list<model::InstanceId>::iterator> retired;
  };
  static Packed Pack(const UsagePoint& point);
  static UsagePoint Unpack(const Packed& packed);
  void Trim(Ring& ring, std::size_t keep);

  const std::size_t most_;
  const std::size_t budget_;  // in points
  std::size_t points_ = 0;
  std::map<model::InstanceId, Ring> rings_;
  std::list<model::InstanceId> retired_;  // longest ended first
};

}  // namespace atelier::control
