#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/shared_rings.h"

namespace atelier::directory {

class ServiceDirectory;

/// Upper bounds of how long answers take, in microseconds, ascending: from a small model's answer
/// to one that takes minutes. What takes longer is counted behind the last one.
inline constexpr auto kLatencyBoundsUs = std::to_array<std::int64_t>(
    {5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000,
     10'000'000, 30'000'000, 60'000'000, 300'000'000});
inline constexpr std::size_t kLatencyBuckets = kLatencyBoundsUs.size() + 1;

/// What became of a request: the class of its status, of which 429 (too many a second) and 450 (too
/// many wait) are counted apart, or that the client gave it up.
enum class TrafficClass : std::uint8_t { k1xx, k2xx, k3xx, k4xx, k429, k450, k5xx, kGivenUp };
inline constexpr std::size_t kTrafficClasses = 8;
TrafficClass TrafficClassOf(int status);

/// A period of one service or replica. Counts of several add up.
struct TrafficPoint {
  WallTime start;
  Duration measured{0};  // of it: what was not is not in the counts
  std::array<std::uint64_t, kTrafficClasses> requests{};  // that ended, by TrafficClass
  std::array<std::uint64_t, kLatencyBuckets> latency{};   // of answers, by kLatencyBoundsUs
  double under_way = 0;                                   // at replicas, on average
  double waiting = 0;                                     // for a replica, on average
};

/// The latency that the part `quantile` (0 to 1) of the answers was not above, by the counts of
/// kLatencyBoundsUs: linear within a bound; the last bound where it is beyond it. nullopt: there
/// was no answer.
std::optional<std::chrono::microseconds> LatencyAt(
    std::span<const std::uint64_t, kLatencyBuckets> counts, double quantile);

/// What went through the gateway to each service and each replica over the last six hours, in
/// buckets of ten seconds (docs/decisions/0056). In memory: it begins with the server.
///
/// Ids are those of services and of replicas, which have prefixes of their own. One thread.
class TrafficHistory {
 public:
  static constexpr Duration kBucket = std::chrono::seconds(10);
  static constexpr std::int64_t kKept = 2160;  // buckets: six hours

  struct Limits {
    std::size_t budget_bytes = 32U << 20U;  // of the buckets of all
    std::size_t max_series = 10'000;        // services and replicas; more are not measured
  };
  /// `clock`: of the workshop, as events have it.
  TrafficHistory(const ServiceDirectory& directory, const Clock& clock)
      : TrafficHistory(directory, clock, Limits()) {}
  TrafficHistory(const ServiceDirectory& directory, const Clock& clock, Limits limits);

  /// A request ended. `took`: until the end of a replica's answer.
  void Count(const std::string& id, TrafficClass outcome,
             std::optional<std::chrono::nanoseconds> took);
  /// One more, or one less, at the replica or at any replica of the service.
  void AddUnderWay(const std::string& id, int change);
  /// The same of what waits for a replica of the service.
  void AddWaiting(const std::string& id, int change);

  /// What was measured in [from, to], the oldest first, in periods of `step`, a multiple of
  /// kBucket, counted from 1970. Only whole buckets: the present one is not among them. A period of
  /// which nothing was measured is absent; one without requests is not.
  std::vector<TrafficPoint> Get(const std::string& id, WallTime from, WallTime to, Duration step);

  std::size_t series() const { return series_.size(); }

 private:
  /// Of a bucket that is over.
  struct Packed {
    std::int32_t number = 0;  // of the bucket, counted from 1970
    std::array<std::uint32_t, kTrafficClasses> requests{};
    std::array<std::uint32_t, kLatencyBuckets> latency{};
    std::uint32_t under_way_ms = 0;  // of requests, added up
    std::uint32_t waiting_ms = 0;
    bool empty() const;
  };
  static_assert(sizeof(Packed) == 104);
  struct Series {
    std::int64_t since = 0;  // the first bucket that is known
    Packed present = {};
    WallTime counted;  // up to which its levels are in `present`
    std::int64_t under_way = 0;
    std::int64_t waiting = 0;
  };

  static std::int64_t NumberOf(WallTime time);
  static WallTime StartOf(std::int64_t number);
  static void AddLevels(Series& series, WallTime until);

  /// The time, once the clocks were looked at. Only ever goes on.
  WallTime Look();
  void StartAnew(WallTime now);
  /// Closes the buckets that are over.
  void CountUpTo(const std::string& id, Series& series, WallTime now);
  /// Its series, counted up to now; nullptr: there are too many.
  Series* Find(const std::string& id);
  /// Its series if there is one.
  Series* FindKept(const std::string& id);
  bool IsFull(std::int64_t number);
  void ForgetGone();
  bool IsGap(std::int64_t number) const;

  const ServiceDirectory& directory_;
  const Clock& clock_;
  const Limits limits_;
  SharedRings<std::string, Packed> rings_;
  std::map<std::string, Series> series_;
  std::size_t tidy_at_ = 16;  // so many series: perhaps some are of what is gone
  std::int64_t start_ = 0;    // the first bucket that was measured
  std::int64_t turned_away_;  // the last bucket in which there were too many series
  WallTime wall_;             // of the last look
  MonoTime mono_;
  std::deque<std::pair<std::int64_t, std::int64_t>> gaps_;  // first and last bucket, oldest first
};

}  // namespace atelier::directory
