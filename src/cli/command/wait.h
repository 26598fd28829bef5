#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/task.h"
#include "cli/run/command_context.h"

namespace atelier::cli {

/// What a wait is for.
/// kSettled: running or stopped, whichever it was before.
enum class Goal : std::uint8_t { kNone, kRunning, kStopped, kSettled, kGone };

/// Whether to wait until what was asked for is so. Default: yes on a terminal.
struct WaitOptions {
  std::optional<bool> wait;
  int timeout_seconds = 900;
};

/// By the options, else: on a terminal.
bool Waits(const CommandContext& context, const WaitOptions& options);

/// What is waited for.
struct Watched {
  std::string kind;  // "Instance", "Service"
  std::string id;
  Call look;                                // answers with its Status
  std::span<const std::string_view> rests;  // states that it does not leave by itself
  std::string_view code;                    // members of the answer with the reason
  std::string_view message;
  Call instances;  // of a service: answers with how they ended; else without an action
};
Watched WatchedInstance(const std::string& id);
Watched WatchedService(const std::string& region, const std::string& name);

/// Looks until the goal is reached, and notes each state as it changes. Aborted: it came to rest in
/// another state, with the server's reason, or the time ran out.
Task<Status> WaitFor(CommandContext& context, Watched watched, Goal goal, int timeout_seconds);

}  // namespace atelier::cli
