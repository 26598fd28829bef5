#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"
#include "model/ids.h"
#include "model/instance.h"
#include "model/placement.h"
#include "model/scaler.h"
#include "model/service_status.h"

namespace atelier::model {

/// What a service is protected from: `dangerous` from stops and deletion, `all` from every change.
enum class SafetyLock : std::uint8_t { none, dangerous, all };
BOOST_DESCRIBE_ENUM(SafetyLock, none, dangerous, all)

/// One EAS service as stored: what its user asked for, and where it stands. Record key: the name.
/// What its JSON means is model::ServiceSpec; counts of replicas are taken when asked for.
struct Service {
  ServiceId id;
  std::string name;
  UserId owner;
  WorkspaceId workspace;  // empty: of no workspace
  std::string config;     // the effective service JSON, unknown keys and all
  std::vector<Label> labels;
  SafetyLock lock = SafetyLock::none;
  /// What callers of the model present, as it is sealed for the store (TokenContext). `token` has
  /// it in the clear instead in records of servers that sealed none.
  std::string sealed_token;
  std::string token;
  std::int64_t replicas = 1;             // wanted, 0 to kMaxReplicas
  std::vector<std::string> leave_first;  // names of replicas that a smaller number takes first
  Desired desired = Desired::Running;
  std::int64_t current_version = 1;  // of `config`
  std::int64_t latest_version = 1;   // the highest there ever was
  /// Counts what makes every replica anew: updates, roll-backs and restarts. A replica of another
  /// rollout is on its way out.
  std::int64_t rollout = 1;
  ServiceStatus status = ServiceStatus::Creating;
  WallTime status_since;
  std::int64_t status_boot = 0;  // of that moment (base/moment.h); 0: not noted
  std::int64_t status_mono_ms = 0;
  std::string reason;   // a short word, empty when all is well
  std::string message;  // the same in a sentence
  WallTime created;
  WallTime updated;
  std::int64_t next_event = 1;
  std::optional<AutoScaler> autoscaler;
  std::optional<CronScaler> cronscaler;
  std::string group;         // metadata.group; empty: of none
  bool grouping = true;      // takes part in the requests to its group
  std::int64_t weight = -1;  // of its part, 0 to kMaxWeight; -1: its ready replicas count
};
BOOST_DESCRIBE_STRUCT(Service, (),
                      (id, name, owner, workspace, config, labels, lock, sealed_token, token,
                       replicas, leave_first, desired, current_version, latest_version, rollout,
                       status, status_since, status_boot, status_mono_ms, reason, message, created,
                       updated, next_event, autoscaler, cronscaler, group, grouping, weight))

/// True if a request may wait for a replica while there is none: its scaler brings one.
inline bool WakesOnDemand(const Service& service) {
  return service.desired == Desired::Running && service.autoscaler && service.autoscaler->min == 0;
}

/// Services that share one address and one token, and the requests to it. Record key: the name,
/// which no service has.
struct ServiceGroup {
  std::string name;
  UserId owner;
  WorkspaceId workspace;  // of its services, too
  std::string sealed_token;
  std::vector<Label> labels;
  bool customized = false;  // parts by weight, else by the numbers of ready replicas
  WallTime created;
  WallTime updated;
};
BOOST_DESCRIBE_STRUCT(ServiceGroup, (),
                      (name, owner, workspace, sealed_token, labels, customized, created, updated))

/// What a sealed token is bound to: none opens in the place of another.
inline std::string TokenContext(const Service& service) { return "service/" + service.id.str(); }
inline std::string TokenContext(const ServiceGroup& group) { return "group/" + group.name; }

inline constexpr std::int64_t kMaxWeight = 1000;

/// A configuration that a service had. Record key: "<service id>/<12-digit number>".
struct ServiceVersion {
  std::int64_t number = 0;
  std::string config;
  WallTime built;
};
BOOST_DESCRIBE_STRUCT(ServiceVersion, (), (number, config, built))

/// How the previous run of a replica ended.
struct LastRun {
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string reason;  // a short word: Error, OOMKilled, Completed, Unhealthy, Lost, Restarted
  std::string message;
  WallTime started;
  WallTime finished;    // not settled: when it was given up
  bool settled = true;  // false: it was told to end, and how it did is not known (yet)
  std::string log;      // the last lines of its output, at most 4 KiB
};
BOOST_DESCRIBE_STRUCT(LastRun, (),
                      (exit_code, signal, reason, message, started, finished, settled, log))

/// What of its version's configuration is told of a replica.
struct ReplicaTemplate {
  std::string machine;  // cloud.computing; empty: cpu and memory are asked for
  std::string image;
  std::int64_t port = 0;
};
BOOST_DESCRIBE_STRUCT(ReplicaTemplate, (), (machine, image, port))

/// Before the rest of every replica's id: workloads of other kinds have other prefixes.
inline constexpr std::string_view kReplicaPrefix = "easr-";
inline bool IsReplicaId(const InstanceId& id) { return id.str().starts_with(kReplicaPrefix); }

/// One replica of a service: a workload of the runtime that is started again when it ends. Record
/// key: the id.
struct Replica {
  InstanceId id;     // kReplicaPrefix + lower-case alphanumerics: names the workload
  std::string name;  // InstanceName of the wire: <service>-<hash of the rollout>-<suffix>
  ServiceId service;
  std::string service_name;
  std::int64_t version = 1;
  std::optional<ReplicaTemplate>
      outfit;         // what it runs with; empty in records of servers that kept none
  Capacity capacity;  // what it may use; all 0 likewise
  std::int64_t rollout = 1;
  bool leaving = false;       // takes no new requests, ends, and is not replaced under its name
  bool isolated = false;      // takes no requests
  bool detached = false;      // takes no requests, and another one has its place; for good
  Generation generation = 1;  // the run it is in; the next start is one more
  ReplicaStatus status = ReplicaStatus::Pending;
  WallTime status_since;
  std::int64_t status_boot = 0;  // of that moment (base/moment.h); 0: not noted
  std::int64_t status_mono_ms = 0;
  std::string reason;
  std::string message;
  bool started = false;  // this run passed its startup check
  bool ready = false;    // and its health check says yes
  WallTime created;
  std::optional<WallTime> started_at;  // when this run began to run
  std::int64_t restarts = 0;           // runs that ended without being asked to, or by SoftRestart
  std::int64_t failures = 0;           // of them in a row, without a long good run between
  std::optional<WallTime> restart_at;  // not before then
  std::optional<LastRun> last;
  Placement place;
  std::int64_t next_event = 1;
};
BOOST_DESCRIBE_STRUCT(Replica, (),
                      (id, name, service, service_name, version, outfit, capacity, rollout, leaving,
                       isolated, detached, generation, status, status_since, status_boot,
                       status_mono_ms, reason, message, started, ready, created, started_at,
                       restarts, failures, restart_at, last, place, next_event))

/// True if the gateway may send a new request there.
inline bool TakesTraffic(const Replica& replica) {
  return replica.ready && !replica.leaving && !replica.isolated && !replica.detached;
}
/// True if it is one of those that the service's number of replicas counts.
inline bool IsCounted(const Replica& replica) { return !replica.leaving && !replica.detached; }

/// Something that happened to a service or to one of its replicas.
struct ServiceEvent {
  WallTime time;
  bool warning = false;
  std::string reason;    // a short word: Created, Started, BackOff, Unhealthy...
  std::string instance;  // InstanceName; empty: the service itself
  std::string message;
};
BOOST_DESCRIBE_STRUCT(ServiceEvent, (), (time, warning, reason, instance, message))

inline constexpr std::int64_t kMaxReplicas = 1000;

}  // namespace atelier::model
