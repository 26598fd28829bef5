#pragma once
#include "cli/run/session.h"

namespace atelier::cli {

/// Whether the server is ready, and what an operator should know of its host. FailedPrecondition:
/// it is not ready.
Task<Status> ShowStatus(Session& session);

}  // namespace atelier::cli
