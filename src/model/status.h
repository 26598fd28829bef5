#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include <boost/describe.hpp>

namespace atelier::model {

/// The fifteen documented instance states, spelled as documented (docs/contract/dsw-instance.md
/// section 6).
enum class InstanceStatus : std::uint8_t {
  Creating,
  ResourceAllocating,
  EnvPreparing,
  Queuing,
  Starting,
  Running,
  Updating,
  Saving,
  Saved,
  SaveFailed,
  Stopping,
  Stopped,
  Recovering,
  Failed,
  Deleting,
};
BOOST_DESCRIBE_ENUM(InstanceStatus, Creating, ResourceAllocating, EnvPreparing, Queuing, Starting,
                    Running, Updating, Saving, Saved, SaveFailed, Stopping, Stopped, Recovering,
                    Failed, Deleting)
inline constexpr int kInstanceStatusCount = 15;

/// What may ask an instance to move.
enum class Trigger : std::uint8_t {
  kProgress,  // observed by the reconciler
  kStart,
  kStop,
  kUpdate,  // UpdateInstance with a change that needs a restart
  kDelete,
};

/// True if `trigger` may take an instance from `from` to `to` in one step
/// (docs/contract/lifecycle.md section 1; the table is in status.cpp).
bool MoveIsLegal(InstanceStatus from, Trigger trigger, InstanceStatus to);
/// True if `trigger` is accepted in `from` at all: the check behind "wrong state for this
/// operation".
bool Accepts(InstanceStatus from, Trigger trigger);
/// True for states that must end by themselves: each has a deadline (promise 4).
bool IsTransient(InstanceStatus status);

}  // namespace atelier::model
