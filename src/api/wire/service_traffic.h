#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "api/wire/float.h"

namespace atelier::api::wire {

/// Requests that ended in a period. Status4xx is without 429 and 450, which the gateway answers
/// where too many come or wait.
struct TrafficPoint {
  std::int64_t Time;       // when the period begins: seconds since 1970
  std::int64_t Seconds;    // of it that were measured: what a rate is to be divided by
  std::int64_t Status1xx;  // WebSockets that were opened
  std::int64_t Status2xx;
  std::int64_t Status3xx;
  std::int64_t Status4xx;
  std::int64_t Status429;
  std::int64_t Status450;
  std::int64_t Status5xx;
  std::int64_t GivenUp;  // by the client
  // Milliseconds from a request's arrival to the end of the answer; absent: there was none.
  std::optional<Float> P50 = {};
  std::optional<Float> P95 = {};
  std::optional<Float> P99 = {};
  std::vector<std::int64_t> Latency;  // answers by LatencyBounds, and behind them those that took
                                      // longer
  Float UnderWay;                     // at replicas, on average
  Float Waiting;                      // for a replica, on average
};
BOOST_DESCRIBE_STRUCT(TrafficPoint, (),
                      (Time, Seconds, Status1xx, Status2xx, Status3xx, Status4xx, Status429,
                       Status450, Status5xx, GivenUp, P50, P95, P99, Latency, UnderWay, Waiting))

struct ServiceTrafficAnswer {
  std::string_view ServiceName;
  std::string InstanceName;                 // empty: of the service
  std::int64_t Period;                      // seconds
  std::vector<std::int64_t> LatencyBounds;  // milliseconds
  std::vector<TrafficPoint> Points;  // oldest first; a period that was not measured is absent
};
BOOST_DESCRIBE_STRUCT(ServiceTrafficAnswer, (),
                      (ServiceName, InstanceName, Period, LatencyBounds, Points))

}  // namespace atelier::api::wire
