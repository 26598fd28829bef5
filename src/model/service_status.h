#pragma once
#include <cstdint>

#include <boost/describe.hpp>

namespace atelier::model {

/// The documented states of a service (docs/contract/lifecycle.md section 10). This server enters
/// neither Pending nor HotUpdate.
enum class ServiceStatus : std::uint8_t {
  Creating,
  Deploying,
  Pending,
  Waiting,
  Running,
  Updating,
  HotUpdate,
  Scaling,
  Starting,
  Stopping,
  Stopped,
  Deleting,
  DeleteFailed,
  Failed,
};
BOOST_DESCRIBE_ENUM(ServiceStatus, Creating, Deploying, Pending, Waiting, Running, Updating,
                    HotUpdate, Scaling, Starting, Stopping, Stopped, Deleting, DeleteFailed, Failed)

/// What may ask a service to move.
enum class ServiceTrigger : std::uint8_t {
  kProgress,  // observed by the reconciler
  kUpdate,    // another version, forwards or back
  kScale,
  kRestart,
  kStart,
  kStop,
  kDelete,
};

/// True if `trigger` may take a service from `from` to `to` in one step; the table is in
/// service_status.cpp. Staying where one is counts as a move: a stopped service takes a new
/// version and stays stopped.
bool MoveIsLegal(ServiceStatus from, ServiceTrigger trigger, ServiceStatus to);
/// True if `trigger` is accepted in `from` at all.
bool Accepts(ServiceStatus from, ServiceTrigger trigger);
/// Where an accepted request leads; CHECKs that it is accepted and is not kProgress.
ServiceStatus After(ServiceStatus from, ServiceTrigger trigger);
/// True for states that must end by themselves: each has a deadline (promise 4). Waiting is none of
/// them: a service without a ready replica is retried for as long as it is wanted.
bool IsTransient(ServiceStatus status);

/// The documented states of one replica, which the wire calls a service instance. Failed and
/// Succeeded last until the replica is started again.
enum class ReplicaStatus : std::uint8_t {
  Pending,
  Running,
  Succeeded,
  Failed,
  Terminating,
  Unknown
};
BOOST_DESCRIBE_ENUM(ReplicaStatus, Pending, Running, Succeeded, Failed, Terminating, Unknown)

/// True if a replica may go from `from` to `to` in one step. Terminating is the end: nothing leads
/// out of it.
bool MoveIsLegal(ReplicaStatus from, ReplicaStatus to);

}  // namespace atelier::model
