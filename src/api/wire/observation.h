#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "api/wire/float.h"
#include "base/codec.h"

/// Answers of the operations that look at an instance over time, names as documented
/// (docs/contract/lifecycle.md section 7).
namespace atelier::api::wire {

struct LifecycleStep {
  std::string_view Status;
  std::string_view ReasonCode;
  std::string_view ReasonMessage;
  std::string GmtCreateTime;
  std::string GmtEndTime;  // empty for the present state
  std::string LifecycleId;
};
BOOST_DESCRIBE_STRUCT(LifecycleStep, (),
                      (Status, ReasonCode, ReasonMessage, GmtCreateTime, GmtEndTime, LifecycleId))

struct LifecycleAnswer {
  std::vector<std::vector<LifecycleStep>> Lifecycle;  // sessions, then steps
  std::int64_t TotalCount;                            // sessions
};
BOOST_DESCRIBE_STRUCT(LifecycleAnswer, (), (Lifecycle, TotalCount))

struct EventsAnswer {
  std::string_view InstanceId;
  std::vector<std::string> Events;
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(EventsAnswer, (), (InstanceId, Events, TotalCount))

struct MetricPoint {
  std::int64_t Time;  // seconds since 1970
  Float Value;
};
BOOST_DESCRIBE_STRUCT(MetricPoint, (), (Time, Value))

struct PodMetric {
  std::string_view PodId;
  std::vector<MetricPoint> Metrics;
};
BOOST_DESCRIBE_STRUCT(PodMetric, (), (PodId, Metrics))

struct InstanceMetricsAnswer {
  std::string_view InstanceId;
  std::vector<PodMetric> PodMetrics;
};
BOOST_DESCRIBE_STRUCT(InstanceMetricsAnswer, (), (InstanceId, PodMetrics))

/// One element of Datapoints, which is JSON text inside a string.
struct Datapoint {
  std::int64_t timestamp;  // milliseconds since 1970
  std::string_view instanceId;
  double Average;
  double Minimum;
  double Maximum;
};
BOOST_DESCRIBE_STRUCT(Datapoint, (), (timestamp, instanceId, Average, Minimum, Maximum))

/// Has an envelope of its own kind: Code "200", Message "Succeed".
struct MetricsAnswer {
  std::string_view RequestId;
  bool Success;
  std::string_view Code;
  std::string_view Message;
  std::string Datapoints;
  std::string NextToken;
  std::string Period;
};
BOOST_DESCRIBE_STRUCT(MetricsAnswer, (),
                      (RequestId, Success, Code, Message, Datapoints, NextToken, Period))

struct SystemLog {
  std::string Content;
  std::string
      GmtCreateTime;  // with milliseconds; empty for output, which carries no times of its own
  std::string Level;
};
BOOST_DESCRIBE_STRUCT(SystemLog, (), (Content, GmtCreateTime, Level))

struct SystemLogsAnswer {
  std::vector<SystemLog> SystemLogs;
  std::string Offset;  // of the next page; empty on the last
};
BOOST_DESCRIBE_STRUCT(SystemLogsAnswer, (), (SystemLogs, Offset))

}  // namespace atelier::api::wire
