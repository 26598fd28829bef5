#pragma once
#include <cstdint>

#include "control/core/workload_policy.h"
#include "model/service.h"
#include "runtime/driver.h"

namespace atelier::control {

/// The reason of a replica that its driver can never start: its service fails at once.
inline constexpr std::string_view kStartRefused = "StartRefused";

/// The reason of a replica between two runs: why the last one ended stands in `last`.
inline constexpr std::string_view kRestarting = "Restarting";

/// What the checks of a replica say.
enum class Verdict : std::uint8_t {
  kUnknown,  // not asked yet, or not often enough
  kReady,
  kNotReady,
  kDead,  // the startup or liveness check failed for good: start it again
};

/// All that the next step of one replica depends on.
struct ReplicaFacts : WorkloadFacts {
  const model::Replica* replica = nullptr;
  bool drained = false;  // no request is under way there, or none is waited for any longer
  Verdict verdict = Verdict::kUnknown;
};

enum class ReplicaAct : std::uint8_t {
  kWait,
  kObserve,
  kFollow,  // write down a generation above `newer`, which has ended
  kFence,   // stop every earlier generation
  kEnsure,
  kStop,
  kRemove,
  kErase,
  kRan,      // write down: it runs
  kChecked,  // write down what the checks say
  kEnded,    // write down how it ended
  kNext,     // write down a new generation: it is time to start again
  kUnwell,   // write down a new generation: its checks or its deadline failed it
  kMissed,   // write down Unknown
  kPast,     // write down how the run that was given up ended
  kSeen,     // write down that it is there again
  kLost,     // ask for it by name, then as kUnwell
  kLate,     // it does not end: say so and tell it again
  kAdmit,    // write down that there is room for it now, if there is
};

/// The next step. Pure.
ReplicaAct DecideReplica(const ReplicaFacts& facts);

/// Before the next start after `failures` ends in a row: 1 s, 2 s, 4 s... at most 5 minutes.
Duration BackOff(std::int64_t failures);

/// Of the time in its present state: what it waits before its next start, at most 5 minutes. The
/// times in the record differ by that, whatever the wall clock did before and after.
Duration PauseOf(const model::Replica& replica);

/// When its present run began, as far as that is known: not before it was asked for.
WallTime RunStart(const model::Replica& replica);

/// How the run in `state` ended, for LastState.
model::LastRun EndOf(const model::Replica& replica, const runtime::WorkloadState& state,
                     WallTime now);

}  // namespace atelier::control
