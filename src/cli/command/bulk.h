#pragma once
#include <string>

#include "base/task.h"
#include "cli/run/command_context.h"

namespace atelier::cli {

/// The same to all instances that a query finds, as a job of the server.
struct BulkOptions {
  std::string action;  // Start, Stop, Delete
  std::string verb;    // "stop"
  std::string done;    // "stopped"
  std::string query;   // docs/query.md
  bool dry_run = false;
  bool yes = false;  // without a question
  bool wait = true;  // until the job has ended
};
/// Shows what a dry run says, asks for the count, and follows the job. FailedPrecondition:
/// something failed, or the answer was another count.
Task<Status> RunBulk(CommandContext& context, BulkOptions options);

}  // namespace atelier::cli
