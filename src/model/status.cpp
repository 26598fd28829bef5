#include "model/status.h"

#include <array>

#include "model/moves/table.h"

namespace atelier::model {

namespace {

using Move = MoveRow<InstanceStatus, Trigger>;

using enum InstanceStatus;
using enum Trigger;

// docs/contract/lifecycle.md section 1, one row a move. Saving, Saved and SaveFailed belong to
// snapshots, which this server refuses today; their way out (a start or a stop) is here so that
// such a record is never stuck.
constexpr auto kMoves = std::to_array<Move>({
    // creation
    {Creating, kProgress, ResourceAllocating},
    {Creating, kProgress, Queuing},
    {Queuing, kProgress, ResourceAllocating},
    {ResourceAllocating, kProgress, EnvPreparing},
    {EnvPreparing, kProgress, Starting},
    {Starting, kProgress, ResourceAllocating},
    {Starting, kProgress, Running},
    {Creating, kProgress, Failed},
    {Queuing, kProgress, Failed},
    {ResourceAllocating, kProgress, Failed},
    {EnvPreparing, kProgress, Failed},
    {Starting, kProgress, Failed},
    // a running instance that ends or is lost
    {Running, kProgress, Failed},
    {Running, kProgress, Recovering},
    {Recovering, kProgress, Running},
    {Recovering, kProgress, Failed},
    // start
    {Stopped, kStart, Starting},
    {Failed, kStart, Starting},
    {SaveFailed, kStart, Starting},
    {Saved, kStart, Starting},
    // stop
    {Running, kStop, Stopping},
    {Queuing, kStop, Stopping},
    {ResourceAllocating, kStop, Stopping},
    {EnvPreparing, kStop, Stopping},
    {Starting, kStop, Stopping},
    {Recovering, kStop, Stopping},
    {Saved, kStop, Stopping},
    {SaveFailed, kStop, Stopping},
    {Stopping, kProgress, Stopped},
    {Stopping, kProgress, Failed},
    // update
    {Running, kUpdate, Updating},
    {Stopped, kUpdate, Updating},
    {Failed, kUpdate, Updating},
    {Updating, kProgress, Running},
    {Updating, kProgress, Stopped},
    {Updating, kProgress, Starting},
    {Updating, kProgress, Failed},
    // deletion, from anywhere but Deleting
    {Creating, kDelete, Deleting},
    {ResourceAllocating, kDelete, Deleting},
    {EnvPreparing, kDelete, Deleting},
    {Queuing, kDelete, Deleting},
    {Starting, kDelete, Deleting},
    {Running, kDelete, Deleting},
    {Updating, kDelete, Deleting},
    {Saving, kDelete, Deleting},
    {Saved, kDelete, Deleting},
    {SaveFailed, kDelete, Deleting},
    {Stopping, kDelete, Deleting},
    {Stopped, kDelete, Deleting},
    {Recovering, kDelete, Deleting},
    {Failed, kDelete, Deleting},
});

}  // namespace

bool MoveIsLegal(InstanceStatus from, Trigger trigger, InstanceStatus to) {
  return HasMove(std::span<const Move>(kMoves), from, trigger, to);
}

bool Accepts(InstanceStatus from, Trigger trigger) {
  return FirstMove(std::span<const Move>(kMoves), from, trigger) != nullptr;
}

bool IsTransient(InstanceStatus status) {
  switch (status) {
    case Running:
    case Saved:
    case SaveFailed:
    case Stopped:
    case Failed:
      return false;
    case Creating:
    case ResourceAllocating:
    case EnvPreparing:
    case Queuing:
    case Starting:
    case Updating:
    case Saving:
    case Stopping:
    case Recovering:
    case Deleting:
      return true;
  }
  return true;
}

}  // namespace atelier::model
