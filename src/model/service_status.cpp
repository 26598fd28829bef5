#include "model/service_status.h"

#include <array>

#include "base/check.h"
#include "model/moves/table.h"

namespace atelier::model {

namespace {

using ServiceMove = MoveRow<ServiceStatus, ServiceTrigger>;

using enum ServiceStatus;
using enum ServiceTrigger;

// docs/contract/lifecycle.md section 10, one row a move.
constexpr auto kServiceMoves = std::to_array<ServiceMove>({
    // what is observed
    {Creating, kProgress, Deploying},
    {Deploying, kProgress, Running},
    {Deploying, kProgress, Failed},
    {Starting, kProgress, Running},
    {Starting, kProgress, Failed},
    {Updating, kProgress, Running},
    {Updating, kProgress, Failed},
    {Scaling, kProgress, Running},
    {Scaling, kProgress, Waiting},
    {Running, kProgress, Waiting},
    {Waiting, kProgress, Running},
    {Stopping, kProgress, Stopped},
    {Stopping, kProgress, Failed},
    {Deleting, kProgress, DeleteFailed},
    // another version
    {Creating, kUpdate, Creating},
    {Deploying, kUpdate, Deploying},
    {Running, kUpdate, Updating},
    {Waiting, kUpdate, Updating},
    {Updating, kUpdate, Updating},
    {Scaling, kUpdate, Updating},
    {Starting, kUpdate, Starting},
    {Failed, kUpdate, Updating},
    {Stopped, kUpdate, Stopped},
    // another number of replicas
    {Creating, kScale, Creating},
    {Deploying, kScale, Deploying},
    {Running, kScale, Scaling},
    {Waiting, kScale, Scaling},
    {Updating, kScale, Updating},
    {Scaling, kScale, Scaling},
    {Starting, kScale, Starting},
    {Stopped, kScale, Stopped},
    // restart, start, stop
    {Running, kRestart, Starting},
    {Waiting, kRestart, Starting},
    {Stopped, kStart, Starting},
    {Failed, kStart, Starting},
    {Creating, kStop, Stopping},
    {Deploying, kStop, Stopping},
    {Running, kStop, Stopping},
    {Waiting, kStop, Stopping},
    {Updating, kStop, Stopping},
    {Scaling, kStop, Stopping},
    {Starting, kStop, Stopping},
    // deletion, from anywhere but Deleting
    {Creating, kDelete, Deleting},
    {Deploying, kDelete, Deleting},
    {Pending, kDelete, Deleting},
    {Waiting, kDelete, Deleting},
    {Running, kDelete, Deleting},
    {Updating, kDelete, Deleting},
    {HotUpdate, kDelete, Deleting},
    {Scaling, kDelete, Deleting},
    {Starting, kDelete, Deleting},
    {Stopping, kDelete, Deleting},
    {Stopped, kDelete, Deleting},
    {DeleteFailed, kDelete, Deleting},
    {Failed, kDelete, Deleting},
});

}  // namespace

bool MoveIsLegal(ServiceStatus from, ServiceTrigger trigger, ServiceStatus to) {
  return HasMove(std::span<const ServiceMove>(kServiceMoves), from, trigger, to);
}

bool Accepts(ServiceStatus from, ServiceTrigger trigger) {
  return FirstMove(std::span<const ServiceMove>(kServiceMoves), from, trigger) != nullptr;
}

ServiceStatus After(ServiceStatus from, ServiceTrigger trigger) {
  ATELIER_CHECK(trigger != kProgress, "progress is observed, not wished for");
  const auto* move = FirstMove(std::span<const ServiceMove>(kServiceMoves), from, trigger);
  ATELIER_CHECK(move != nullptr, "callers ask Accepts first");
  return move->to;
}

bool IsTransient(ServiceStatus status) {
  switch (status) {
    case Creating:
    case Deploying:
    case Updating:
    case Scaling:
    case Starting:
    case Stopping:
    case Deleting:
    case Pending:
    case HotUpdate:
      return true;
    case Waiting:
    case Running:
    case Stopped:
    case DeleteFailed:
    case Failed:
      return false;
  }
  return true;
}

bool MoveIsLegal(ReplicaStatus from, ReplicaStatus to) {
  switch (from) {
    case ReplicaStatus::Pending:
      return to != ReplicaStatus::Pending;
    case ReplicaStatus::Running:  // Pending: told to start anew without having ended
      return to != ReplicaStatus::Running;
    case ReplicaStatus::Succeeded:
    case ReplicaStatus::Failed:  // Pending: its next start
      return to == ReplicaStatus::Pending || to == ReplicaStatus::Terminating;
    case ReplicaStatus::Unknown:  // Running: seen again
      return to != ReplicaStatus::Unknown;
    case ReplicaStatus::Terminating:
      return false;
  }
  return false;
}

}  // namespace atelier::model
