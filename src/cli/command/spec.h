#pragma once
#include <string>

#include "base/task.h"
#include "cli/run/command_context.h"

/// `atelier spec ...`.
namespace atelier::cli {

/// The machine types of `accelerator`, CPU or GPU; empty: of both.
Task<Status> ListSpecs(CommandContext& context, std::string accelerator);

}  // namespace atelier::cli
