#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/run/command_context.h"

/// What instances and services print, once or as it comes.
namespace atelier::cli {

struct LogsOptions {
  std::string name;
  std::string instance;  // of a service; empty: all
  bool previous = false;
  bool follow = false;
  std::size_t tail = 0;  // lines of each; 0: all
  std::string since;     // a duration, or a time; empty: from the beginning
};

/// The lines of one writer, oldest first, as far back as the server keeps them.
struct LogStream {
  std::string name;
  std::vector<std::string> lines;
};
using LogSource = std::function<Task<Result<std::vector<LogStream>>>()>;

/// The lines of `now` that were not in `before`, of which the oldest may be gone by now.
std::vector<std::string> FreshLines(const std::vector<std::string>& before,
                                    const std::vector<std::string>& now);

/// The last `most` lines; 0: all.
std::vector<std::string> LastLines(std::vector<std::string> lines, std::size_t most);

/// Prints what comes until the command is interrupted. Lines of several writers begin with the
/// writer's name. Ends with the source's error, but bridges a server that restarts.
Task<Status> FollowLogs(CommandContext& context, LogSource source, std::size_t tail);

/// When `since` was: "10m" ago, or a time as it is. Empty: empty. InvalidArgument.
Result<std::string> SinceTime(const CommandContext& context, const std::string& since);

}  // namespace atelier::cli
