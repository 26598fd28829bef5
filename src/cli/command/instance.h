#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/command/logs.h"
#include "cli/command/wait.h"
#include "cli/run/command_context.h"

/// `atelier instance ...`. Options come by value: each struct is what the command line said.
namespace atelier::cli {

struct CreateOptions {
  std::string name;
  std::string spec;       // empty: the first of the catalogue
  std::string image;      // empty: the first of the catalogue
  std::string workspace;  // empty: the default one
  bool is_public = false;
  int priority = 0;              // 0: the server's default
  std::vector<std::string> env;  // NAME=VALUE
  std::string env_file;  // lines NAME=VALUE: for values that must not show in a process list
  std::vector<std::string> labels;  // KEY=VALUE
  std::string start_script;         // file
  std::string client_token;         // empty: a random one
  WaitOptions wait;
};
Task<Status> CreateInstance(CommandContext& context, CreateOptions options);

struct ListOptions {
  bool all = false;    // every page
  bool paged = false;  // a page, or the length of one, was asked for
  int page = 1;
  int page_size = 50;
  std::string workspace;  // empty: all
  std::string status;
  std::string name;
  std::string owner;
  std::vector<std::string> labels;  // KEY=VALUE
  std::string query;                // docs/query.md
};
Task<Status> ListInstances(CommandContext& context, ListOptions options);
/// The same as the API lists them, whatever page is asked for: all, the oldest first.
Task<Result<json::array>> EveryInstance(CommandContext& context, ListOptions options);

/// The parameters of ListInstances for a query, without its order. `query`: docs/query.md.
Task<Result<Query>> InstanceConditions(CommandContext& context, std::string query);
/// How many a query finds, by state. `query`: docs/query.md; empty: all.
Task<Status> CountInstances(CommandContext& context, std::string query);

Task<Status> GetInstance(CommandContext& context, std::string id);

struct OpenOptions {
  std::string id;
  int expire_seconds = 8 * 3600;  // a working day: the browser session ends with its link
  bool browser = false;
};
Task<Status> OpenInstance(CommandContext& context, OpenOptions options);
/// The link alone. Aborted: the instance does not run.
Task<Result<std::string>> LinkOf(CommandContext& context, OpenOptions options);

Task<Status> ShowEvents(CommandContext& context, std::string id, int limit);
struct MetricsOptions {
  std::string id;
  std::string type;   // empty: the latest value of every metric
  std::string since;  // with these two, of one metric: its course from then on
  int period = 0;     // seconds of a row; 0: a minute
};
Task<Status> ShowMetrics(CommandContext& context, MetricsOptions options);
Task<Status> ShowLogs(CommandContext& context, LogsOptions options);

}  // namespace atelier::cli
