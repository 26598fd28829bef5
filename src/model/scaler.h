#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"

/// What a user may let the server decide about the number of a service's replicas.
namespace atelier::model {

/// What an autoscaler may go by, each as an average over the ready replicas.
enum class ScaleMetric : std::uint8_t {
  qps,          // requests a second
  cpu,          // use of the vCPUs it may use, in percent
  concurrency,  // requests under way or waiting at once
};
BOOST_DESCRIBE_ENUM(ScaleMetric, qps, cpu, concurrency)

struct ScaleStrategy {
  ScaleMetric metric = ScaleMetric::qps;
  double threshold = 1;  // > 0: more than this, and more replicas are wanted
};
BOOST_DESCRIBE_STRUCT(ScaleStrategy, (), (metric, threshold))

/// Horizontal scaling by load. Windows are in seconds, with their documented defaults.
struct AutoScaler {
  std::int64_t min = 1;  // 0: down to no replica at all; the next request brings one
  std::int64_t max = 1;  // above min
  std::vector<ScaleStrategy> strategies;
  std::int64_t up_window = 0;  // all of this time must have asked for more
  std::int64_t down_window = 300;
  std::int64_t zero_grace = 600;  // without a request, before the last replica goes
  std::int64_t activation = 1;    // replicas that the first request brings
};
BOOST_DESCRIBE_STRUCT(AutoScaler, (),
                      (min, max, strategies, up_window, down_window, zero_grace, activation))

/// What became of a job of a cron scaler so far: the documents' words for it.
enum class CronState : std::uint8_t { Submitted, Succeed, Failed };
BOOST_DESCRIBE_ENUM(CronState, Submitted, Succeed, Failed)

/// A number of replicas that is set at certain times.
struct CronJob {
  std::string name;       // unique in its scaler
  std::string schedule;   // six fields (control/eas/service/cron.h)
  std::string time_zone;  // of the IANA database; empty: UTC
  std::int64_t target = 0;
  WallTime created;
  std::optional<WallTime> ran;  // last
  CronState state = CronState::Submitted;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(CronJob, (),
                      (name, schedule, time_zone, target, created, ran, state, message))

struct CronScaler {
  std::vector<std::string> exclude;  // schedules of times at which no job runs
  std::vector<CronJob> jobs;
};
BOOST_DESCRIBE_STRUCT(CronScaler, (), (exclude, jobs))

/// InvalidArgument with every problem, by the names of the wire.
Status CheckAutoScaler(const AutoScaler& rule);

/// What went through the gateway to one service since it began to count.
struct ServiceTraffic {
  std::uint64_t requests = 0;  // admitted by token and rate limit
  double request_seconds = 0;  // of requests under way or waiting, added up
  std::int64_t waiting = 0;    // now, for a replica
};

}  // namespace atelier::model
