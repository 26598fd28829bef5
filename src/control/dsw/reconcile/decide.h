#pragma once
#include <cstdint>

#include "control/core/reason.h"
#include "control/core/workload_policy.h"
#include "model/instance.h"

namespace atelier::control {

/// All that the next step of one instance depends on.
struct Facts : WorkloadFacts {
  model::InstanceStatus status{};
  model::Desired desired{};
  model::Generation generation = 1;
};

enum class Act : std::uint8_t {
  kWait,     // for the world to change or the deadline to come
  kObserve,  // a complete look is needed to go on
  kMove,     // write down `to`
  kFail,     // write down Failed with `reason`
  kRecover,  // write down a new generation; a Running instance is Recovering from here on
  kFollow,   // write down the generation of `newer`, or the one after it if it has ended
  kFence,    // stop every earlier generation
  kEnsure,
  kStop,
  kForce,  // kStop past the deadline, without grace: the last one
  kRemove,
  kErase,    // delete the records
  kOverdue,  // a deletion past its deadline: say so and try again
  kRest,     // nothing left to do: forget it
};

struct Decision {
  Act act = Act::kWait;
  model::InstanceStatus to{};  // kMove
  Reason reason;               // kFail
};

/// The next step. Pure: all of the reconciler's policy is here, and its table is the test's.
Decision Decide(const Facts& facts);

}  // namespace atelier::control
