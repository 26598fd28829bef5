// What went through the gateway to a service, over time (docs/decisions/0056): the documents have
// numbers of the present moment alone.
#include "api/wire/service_traffic.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/schema.h"
#include "base/clock.h"
#include "directory/traffic_history.h"

namespace atelier::api {

namespace {

using Type = Param::Type;
using directory::TrafficClass;
using directory::TrafficHistory;

constexpr Duration kDefaultSpan = std::chrono::hours(1);
constexpr std::int64_t kMaxPeriod = 3600;
constexpr std::int64_t kUsualPoints = 360;  // at most, where no period is asked for
constexpr std::int64_t kBucketSeconds =
    std::chrono::duration_cast<std::chrono::seconds>(TrafficHistory::kBucket).count();

constexpr std::array kTrafficParams = {
    kServiceName,
    Param{.name = "InstanceName", .doc = "Of this instance; default: of the service."},
    Param{.name = "StartTime", .type = Type::kTime, .doc = "Default: one hour before EndTime."},
    Param{.name = "EndTime", .type = Type::kTime, .doc = "Default: now."},
    Param{.name = "Period",
          .type = Type::kInteger,
          .min = kBucketSeconds,
          .max = kMaxPeriod,
          .doc = "Seconds, a multiple of 10. Default: the shortest with at most 360 points."},
};

/// Of the usual lengths the shortest that cuts `span` into at most kUsualPoints.
std::int64_t PeriodFor(Duration span) {
  constexpr auto kUsual = std::to_array<std::int64_t>({kBucketSeconds, 30, 60});
  for (const std::int64_t period : kUsual) {
    if (span <= std::chrono::seconds(period) * kUsualPoints) return period;
  }
  return kUsual.back();  // six hours are kept
}

/// The begin of the bucket in which it was.
WallTime BucketOf(WallTime time) {
  return time - time.time_since_epoch() % TrafficHistory::kBucket;
}

std::optional<wire::Float> MillisAt(const directory::TrafficPoint& point, double quantile) {
  const auto latency = directory::LatencyAt(point.latency, quantile);
  if (!latency) return std::nullopt;
  return wire::Float{std::chrono::duration<double, std::milli>(*latency).count()};
}

wire::TrafficPoint EncodePoint(const directory::TrafficPoint& point) {
  const auto seconds = [](auto time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  };
  const auto count = [&](TrafficClass outcome) {
    return static_cast<std::int64_t>(point.requests[static_cast<std::size_t>(outcome)]);
  };
  return {.Time = seconds(point.start.time_since_epoch()),
          .Seconds = seconds(point.measured),
          .Status1xx = count(TrafficClass::k1xx),
          .Status2xx = count(TrafficClass::k2xx),
          .Status3xx = count(TrafficClass::k3xx),
          .Status4xx = count(TrafficClass::k4xx),
          .Status429 = count(TrafficClass::k429),
          .Status450 = count(TrafficClass::k450),
          .Status5xx = count(TrafficClass::k5xx),
          .GivenUp = count(TrafficClass::kGivenUp),
          .P50 = MillisAt(point, 0.5),
          .P95 = MillisAt(point, 0.95),
          .P99 = MillisAt(point, 0.99),
          .Latency = {point.latency.begin(), point.latency.end()},
          .UnderWay = {point.under_way},
          .Waiting = {point.waiting}};
}

AnsweredAtOnce<wire::ServiceTrafficAnswer> GetServiceTraffic(Context& context,
                                                             Args<kTrafficParams> args) {
  const std::int64_t asked = args.Integer("Period").value_or(kBucketSeconds);
  if (asked % kBucketSeconds != 0) return Invalid("Period must be a multiple of 10 seconds.");
  ATELIER_TRY(const auto service, FindService(context, args.Text("ServiceName")));
  const std::string& name = args.Text("InstanceName");
  std::string id = service->id.str();
  WallTime made = service->created;
  if (!name.empty()) {
    ATELIER_TRY(const auto replica, FindReplica(context, name, *service));
    id = replica->id.str();
    made = replica->created;
  }
  const WallTime to = args.Time("EndTime").value_or(context.services.clock.Wall());
  const WallTime from = args.Time("StartTime").value_or(to - kDefaultSpan);
  const std::int64_t period = args.Has("Period") ? asked : PeriodFor(to - from);
  wire::ServiceTrafficAnswer answer{.ServiceName = service->name,
                                    .InstanceName = name,
                                    .Period = period,
                                    .LatencyBounds = {},
                                    .Points = {}};
  for (const std::int64_t bound : directory::kLatencyBoundsUs)
    answer.LatencyBounds.push_back(bound / 1000);
  for (const auto& point : context.eas.traffic.Get(id, std::max(from, BucketOf(made)), to,
                                                   std::chrono::seconds(period)))
    answer.Points.push_back(EncodePoint(point));
  return Answer(context, answer);
}

}  // namespace

std::span<const Operation> ServiceTrafficOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<GetServiceTraffic>(kAtelierApi, "GetServiceTraffic", "GET",
                             "/atelier/v1/services/{ServiceName}/traffic",
                             "What went through the gateway to a service or one of its instances "
                             "over the last six hours: requests by class, latencies, waiting.")
          .Passes(&PassService, identity::Access::kRead)
          .On("service/{ServiceName}", Product::kEas)
          .Also("eas:DescribeService"),
  });
  return kRows;
}

}  // namespace atelier::api
