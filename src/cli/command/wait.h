#pragma once
#include <cstdint>
#include <string>

#include "base/task.h"
#include "cli/command/instance.h"
#include "cli/run/session.h"

namespace atelier::cli {

/// What a wait is for.
enum class Goal : std::uint8_t { kRunning, kStopped, kGone };

/// By the options, else: on a terminal.
bool Waits(const Session& session, const WaitOptions& options);

/// Looks at the instance until the goal is reached, and notes each state as it changes. Aborted: it
/// came to rest in another state, with the server's reason, or the time ran out.
Task<Status> WaitFor(Session& session, std::string id, Goal goal, int timeout_seconds);

}  // namespace atelier::cli
