#include "directory/traffic_history.h"

#include <algorithm>
#include <limits>

#include "directory/service_directory.h"

namespace atelier::directory {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

void Increment(std::uint32_t& count) {
  if (count < std::numeric_limits<std::uint32_t>::max()) ++count;
}

void AddTime(std::uint32_t& sum, std::int64_t level, Duration time) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  sum = static_cast<std::uint32_t>(std::min(kMost, sum + level * time.count()));
}

}  // namespace

TrafficClass TrafficClassOf(int status) {
  switch (status) {
    case 429:
      return TrafficClass::k429;
    case 450:
      return TrafficClass::k450;
    default:
      break;
  }
  switch (status / 100) {
    case 1:
      return TrafficClass::k1xx;
    case 2:
      return TrafficClass::k2xx;
    case 3:
      return TrafficClass::k3xx;
    case 4:
      return TrafficClass::k4xx;
    default:
      return TrafficClass::k5xx;
  }
}

std::optional<std::chrono::microseconds> LatencyAt(
    std::span<const std::uint64_t, kLatencyBuckets> counts, double quantile) {
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts) total += count;
  if (total == 0) return std::nullopt;
  const double rank = quantile * static_cast<double>(total);
  double before = 0;
  std::int64_t lower = 0;
  for (std::size_t i = 0; i < kLatencyBoundsUs.size(); ++i) {
    const auto here = static_cast<double>(counts[i]);
    const std::int64_t upper = kLatencyBoundsUs[i];
    if (here > 0 && before + here >= rank) {
      const double part = (rank - before) / here;
      return std::chrono::microseconds(
          lower + static_cast<std::int64_t>(part * static_cast<double>(upper - lower)));
    }
    before += here;
    lower = upper;
  }
  return std::chrono::microseconds(kLatencyBoundsUs.back());
}

bool TrafficHistory::Packed::empty() const {
  return under_way_ms == 0 && waiting_ms == 0 &&
         std::ranges::all_of(requests, [](std::uint32_t count) { return count == 0; });
}

TrafficHistory::TrafficHistory(const ServiceDirectory& directory, const Clock& clock, Limits limits)
    : directory_(directory),
      clock_(clock),
      limits_(limits),
      rings_(kKept, limits.budget_bytes / sizeof(Packed)),
      turned_away_(kNever),
      wall_(clock.Wall()),
      mono_(clock.Mono()) {
  StartAnew(wall_);
}

std::int64_t TrafficHistory::NumberOf(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch() / kBucket;
}

WallTime TrafficHistory::StartOf(std::int64_t number) { return WallTime(number * kBucket); }

void TrafficHistory::StartAnew(WallTime now) {
  start_ = NumberOf(now) + 1;  // of the present one a part has passed
  gaps_.clear();
  turned_away_ = kNever;
  for (auto& [id, series] : series_) {
    rings_.Forget(id);
    series.since = start_;
    series.present = {.number = static_cast<std::int32_t>(NumberOf(now))};
    series.counted = now;
  }
  wall_ = now;
}

WallTime TrafficHistory::Look() {
  const WallTime now = clock_.Wall();
  const MonoTime mono = clock_.Mono();
  const Duration passed = now - wall_;
  const Duration ran = std::chrono::duration_cast<Duration>(mono - mono_);
  mono_ = mono;
  if (passed < -kBucket) {
    StartAnew(now);
  } else if (passed > ran + kBucket) {
    gaps_.emplace_back(NumberOf(wall_), NumberOf(now));
  }
  while (!gaps_.empty() && gaps_.front().second < NumberOf(now) - kKept) gaps_.pop_front();
  return wall_ = std::max(wall_, now);
}

bool TrafficHistory::IsGap(std::int64_t number) const {
  return std::ranges::any_of(
      gaps_, [&](const auto& gap) { return gap.first <= number && number <= gap.second; });
}

void TrafficHistory::AddLevels(Series& series, WallTime until) {
  const Duration time = until - series.counted;
  AddTime(series.present.under_way_ms, series.under_way, time);
  AddTime(series.present.waiting_ms, series.waiting, time);
  series.counted = until;
}

void TrafficHistory::CountUpTo(const std::string& id, Series& series, WallTime now) {
  const std::int64_t number = NumberOf(now);
  while (series.present.number < number) {
    const std::int64_t next = series.present.number + 1;
    AddLevels(series, StartOf(next));
    const bool quiet = series.under_way == 0 && series.waiting == 0;
    if (!series.present.empty()) rings_.Add(id, series.present);
    const std::int64_t from = quiet ? number : std::max(next, number - kKept);
    series.present = {.number = static_cast<std::int32_t>(from)};
    series.counted = StartOf(from);
  }
  AddLevels(series, now);
}

void TrafficHistory::ForgetGone() {
  std::erase_if(series_, [&](const auto& entry) {
    const std::string& id = entry.first;
    if (directory_.FindById(model::ServiceId(id)) != nullptr ||
        directory_.FindReplica(model::InstanceId(id)) != nullptr)
      return false;
    rings_.Forget(id);
    return true;
  });
  tidy_at_ = std::max<std::size_t>(16, 2 * series_.size());
}

bool TrafficHistory::IsFull(std::int64_t number) {
  if (turned_away_ == number) return true;  // it was looked at in this bucket
  if (series_.size() >= std::min(tidy_at_, limits_.max_series)) ForgetGone();
  if (series_.size() < limits_.max_series) return false;
  turned_away_ = number;
  return true;
}

TrafficHistory::Series* TrafficHistory::FindKept(const std::string& id) {
  const WallTime now = Look();
  const auto found = series_.find(id);
  if (found == series_.end()) return nullptr;
  CountUpTo(id, found->second, now);
  return &found->second;
}

TrafficHistory::Series* TrafficHistory::Find(const std::string& id) {
  if (Series* const kept = FindKept(id)) return kept;
  const std::int64_t number = NumberOf(wall_);
  if (IsFull(number)) return nullptr;
  Series& series = series_[id];
  series.since = std::max(start_, turned_away_ == kNever ? kNever : turned_away_ + 1);
  series.present.number = static_cast<std::int32_t>(number);
  series.counted = wall_;
  return &series;
}

void TrafficHistory::Count(const std::string& id, TrafficClass outcome,
                           std::optional<std::chrono::nanoseconds> took) {
  Series* const series = Find(id);
  if (series == nullptr) return;
  Increment(series->present.requests[static_cast<std::size_t>(outcome)]);
  if (!took) return;
  const auto bound = std::ranges::lower_bound(
      kLatencyBoundsUs, std::chrono::ceil<std::chrono::microseconds>(*took).count());
  Increment(series->present.latency[static_cast<std::size_t>(bound - kLatencyBoundsUs.begin())]);
}

void TrafficHistory::AddUnderWay(const std::string& id, int change) {
  // What ended has begun before: without a series that was not measured.
  Series* const series = change > 0 ? Find(id) : FindKept(id);
  if (series != nullptr) series->under_way = std::max<std::int64_t>(0, series->under_way + change);
}

void TrafficHistory::AddWaiting(const std::string& id, int change) {
  Series* const series = change > 0 ? Find(id) : FindKept(id);
  if (series != nullptr) series->waiting = std::max<std::int64_t>(0, series->waiting + change);
}

std::vector<TrafficPoint> TrafficHistory::Get(const std::string& id, WallTime from, WallTime to,
                                              Duration step) {
  const Series* const series = FindKept(id);
  const std::int64_t present = NumberOf(wall_);
  const auto* const ring = rings_.Find(id);
  std::int64_t first = series != nullptr        ? series->since
                       : turned_away_ == kNever ? start_
                                                : std::max(start_, turned_away_ + 1);
  if (ring != nullptr && ring->cut)
    first = std::max(first, static_cast<std::int64_t>(ring->points.front().number));
  first = std::max({first, present - kKept, NumberOf(from + kBucket - Duration(1))});
  const std::int64_t end = std::min(present, NumberOf(to));

  const std::int64_t size = std::max<std::int64_t>(1, step / kBucket);
  std::vector<TrafficPoint> points;
  const auto seconds = [](std::uint32_t ms) { return static_cast<double>(ms) / 1000; };
  std::size_t next = 0;
  for (std::int64_t number = first; number < end; ++number) {
    if (IsGap(number)) continue;
    const WallTime start = StartOf(number / size * size);
    if (points.empty() || points.back().start != start) points.push_back({.start = start});
    TrafficPoint& point = points.back();
    point.measured += kBucket;
    while (ring != nullptr && next < ring->points.size() && ring->points[next].number < number)
      ++next;
    if (ring == nullptr || next == ring->points.size() || ring->points[next].number != number)
      continue;
    const Packed& bucket = ring->points[next];
    for (std::size_t i = 0; i < kTrafficClasses; ++i) point.requests[i] += bucket.requests[i];
    for (std::size_t i = 0; i < kLatencyBuckets; ++i) point.latency[i] += bucket.latency[i];
    point.under_way += seconds(bucket.under_way_ms);
    point.waiting += seconds(bucket.waiting_ms);
  }
  for (TrafficPoint& point : points) {
    const double measured = std::chrono::duration<double>(point.measured).count();
    point.under_way /= measured;
    point.waiting /= measured;
  }
  return points;
}

}  // namespace atelier::directory
