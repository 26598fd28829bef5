#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/run/command_context.h"

namespace atelier::cli {

struct CanOptions {
  std::string action;                  // as policies name it
  std::vector<std::string> resources;  // none: the operation is about nothing in particular
};

/// What the caller may do, as the server itself would decide.
Task<Status> Can(CommandContext& context, CanOptions options);

}  // namespace atelier::cli
