#include "control/dsw/reconcile/usage.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace atelier::control {

namespace {

constexpr double kMib = 1024.0 * 1024.0;
constexpr double kMilli = 1000.0;
constexpr double kPercent = 100.0;

double Rate(std::uint64_t before, std::uint64_t now, double seconds) {
  return now < before ? 0.0 : static_cast<double>(now - before) / seconds;
}

template <class Small>
Small Clamped(int value) {
  return static_cast<Small>(std::clamp<int>(value, 0, std::numeric_limits<Small>::max()));
}

std::int64_t Millis(MonoTime time) {
  return std::chrono::duration_cast<Duration>(time.time_since_epoch()).count();
}

}  // namespace

std::optional<UsagePoint> UsageMeter::Add(const runtime::Usage& usage, MonoTime now,
                                          const model::Capacity& capacity) {
  const std::optional<runtime::Usage> before = last_;
  const double seconds = std::chrono::duration<double>(now - last_at_).count();
  last_ = usage;
  last_at_ = now;
  if (!before || seconds <= 0 || usage.cpu_ms < before->cpu_ms) return std::nullopt;

  UsagePoint point;
  point.at = usage.at;
  point.mono = now;
  point.cpu_cores = Rate(before->cpu_ms, usage.cpu_ms, seconds) / kMilli;
  if (capacity.milli_cpu > 0) {
    point.cpu_percent =
        point.cpu_cores * kMilli / static_cast<double>(capacity.milli_cpu) * kPercent;
  }
  point.memory_bytes = static_cast<double>(usage.memory_bytes);
  if (capacity.memory_mib > 0) {
    point.memory_percent =
        point.memory_bytes / kMib / static_cast<double>(capacity.memory_mib) * kPercent;
  }
  point.network_in_rate = Rate(before->network_in_bytes, usage.network_in_bytes, seconds);
  point.network_out_rate = Rate(before->network_out_bytes, usage.network_out_bytes, seconds);
  point.disk_read_rate = Rate(before->disk_read_bytes, usage.disk_read_bytes, seconds);
  point.disk_write_rate = Rate(before->disk_write_bytes, usage.disk_write_bytes, seconds);
  if (usage.gpu_percent) point.gpu_percent = *usage.gpu_percent;
  point.executing_kernels = usage.executing_kernels;
  return point;
}

UsageHistory::UsageHistory(std::size_t most, std::size_t budget_bytes)
    : rings_(most, budget_bytes / sizeof(Packed)) {}

UsageHistory::Packed UsageHistory::Pack(const UsagePoint& point) {
  const auto small = [](double value) { return static_cast<float>(value); };
  return {
      .wall_ms = point.at.time_since_epoch().count(),
      .mono_ms = Millis(point.mono),
      .cpu_cores = small(point.cpu_cores),
      .cpu_percent = small(point.cpu_percent),
      .memory_mib = small(point.memory_bytes / kMib),
      .memory_percent = small(point.memory_percent),
      .network_in_rate = small(point.network_in_rate),
      .network_out_rate = small(point.network_out_rate),
      .disk_read_rate = small(point.disk_read_rate),
      .disk_write_rate = small(point.disk_write_rate),
      .gpu_percent = point.gpu_percent ? Clamped<std::int8_t>(static_cast<int>(*point.gpu_percent))
                                       : std::int8_t{-1},
      .executing_kernels = point.executing_kernels ? Clamped<std::int16_t>(*point.executing_kernels)
                                                   : std::int16_t{-1}};
}

UsagePoint UsageHistory::Unpack(const Packed& packed) {
  UsagePoint point{.at = WallTime{Duration{packed.wall_ms}},
                   .mono = MonoTime{Duration{packed.mono_ms}},
                   .cpu_percent = packed.cpu_percent,
                   .cpu_cores = packed.cpu_cores,
                   .memory_bytes = packed.memory_mib * kMib,
                   .memory_percent = packed.memory_percent,
                   .network_in_rate = packed.network_in_rate,
                   .network_out_rate = packed.network_out_rate,
                   .disk_read_rate = packed.disk_read_rate,
                   .disk_write_rate = packed.disk_write_rate,
                   .gpu_percent = std::nullopt,
                   .executing_kernels = std::nullopt};
  if (packed.gpu_percent >= 0) point.gpu_percent = packed.gpu_percent;
  if (packed.executing_kernels >= 0) point.executing_kernels = packed.executing_kernels;
  return point;
}

void UsageHistory::Add(const model::InstanceId& id, const UsagePoint& point) {
  rings_.Add(id, Pack(point));
}

LatestUsage UsageHistory::Latest(std::size_t most) const {
  LatestUsage latest;
  const std::size_t running = rings_.all().size() - rings_.retired();
  for (const auto& [id, ring] : rings_.all()) {
    if (latest.points.size() == std::min(most, running)) break;
    if (!ring.retired) latest.points.emplace_back(id, Unpack(ring.points.back()));
  }
  latest.left_out = running - latest.points.size();
  return latest;
}

std::vector<UsagePoint> UsageHistory::Get(const model::InstanceId& id) const {
  std::vector<UsagePoint> points;
  const auto* ring = rings_.Find(id);
  if (ring == nullptr) return points;
  points.reserve(ring->points.size());
  for (const Packed& packed : ring->points) points.push_back(Unpack(packed));
  return points;
}

}  // namespace atelier::control
