#pragma once
#include "cli/run/command_context.h"

namespace atelier::cli {

/// Whether the server is ready, and what an operator should know of its host. FailedPrecondition:
/// it is not ready.
Task<Status> ShowStatus(CommandContext& context);

}  // namespace atelier::cli
