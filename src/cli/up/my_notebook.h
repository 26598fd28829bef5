#pragma once
#include <string>
#include <string_view>

#include "base/task.h"
#include "cli/run/command_context.h"

/// The notebook that `atelier up` shows, and the end of all that run for `atelier down`. Both look
/// at what is there and take one step, again and again: others may do the same at the same time.
namespace atelier::cli {

/// A line for people about what is being done.
void Say(CliEnvironment& env, std::string_view line);

/// Brings the instance `my_notebook` to Running from whatever it is in, and makes it if there is
/// none; its id. Aborted: it does not run, and why.
Task<Result<std::string>> RunMyNotebook(CommandContext& context);

/// Stops every instance that runs, and waits until none does. Aborted: some do not stop.
Task<Status> StopAllInstances(CommandContext& context);

}  // namespace atelier::cli
