#pragma once
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "cli/client/credentials.h"
#include "cli/output/render.h"
#include "cli/run/cli_environment.h"
#include "cli/run/command_context.h"

namespace atelier::cli {

/// What a command line asks for.
struct Plan {
  ConnectionOptions connection;
  Format format = Format::table;
  bool ids_only = false;                                 // of a list
  std::function<Task<Status>(CommandContext&)> command;  // empty: it needs no server that is there
  /// Empty too, and the next: `print` is all there is to do.
  std::function<Exit(const ConnectionOptions&, CliEnvironment&)> local;
  std::function<Status(CliEnvironment&)> on_host;  // of what is on this host, without a server
  std::string print;                               // help, or a completion script
};

/// InvalidArgument: the command line is wrong; the message is what to print. `server_options`: the
/// flags of `atelier serve`, for completion.
Result<Plan> ParseCommandLine(std::vector<std::string> arguments,
                              const std::vector<std::string>& server_options);

}  // namespace atelier::cli
