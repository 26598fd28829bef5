#pragma once
#include <string>

#include "base/task.h"
#include "cli/run/command_context.h"

/// What the server warns of although it accepts a change, for example keys that have no effect.
namespace atelier::cli {

/// What an answer says beyond its first sentence, which is that the change was accepted.
void NoteWarnings(CommandContext& context, const json::object& answer);

/// The same of a new service, of which its first events tell and not the answer. What cannot be
/// asked for is not noted: the service is there.
Task<void> NoteWarningsOfService(CommandContext& context, std::string region, std::string name);

}  // namespace atelier::cli
