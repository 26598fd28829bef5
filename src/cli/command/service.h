#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/command/logs.h"
#include "cli/command/wait.h"
#include "cli/run/command_context.h"

/// `atelier service ...`: what is more than one call (verb/service.cpp has the others). Services go
/// by their names.
namespace atelier::cli {

struct ServiceFileOptions {
  std::string file;  // with the service JSON
  WaitOptions wait;
};
Task<Status> CreateService(CommandContext& context, ServiceFileOptions options);
/// Creates the service of the file, or makes it be as the file says.
Task<Status> ApplyService(CommandContext& context, ServiceFileOptions options);

struct RollBackOptions {
  std::string name;
  std::int64_t version = 0;  // 0: the one before the present one
  WaitOptions wait;
};
/// To an earlier version, or to a later one that is kept.
Task<Status> RollBackService(CommandContext& context, RollBackOptions options);

struct ListServicesOptions {
  std::string name;  // part of it
  std::string status;
  std::string workspace;  // name or id; empty: all
  std::string owner;      // login name or id
  std::string group;
  std::vector<std::string> labels;  // KEY=VALUE
  std::string query;                // docs/query.md
};
/// All pages.
Task<Status> ListServices(CommandContext& context, ListServicesOptions options);

Task<Status> GetService(CommandContext& context, std::string name);
Task<Status> ShowServiceToken(CommandContext& context, std::string name);
Task<Status> ShowServiceLogs(CommandContext& context, LogsOptions options);

struct TrafficOptions {
  std::string name;
  std::string instance;  // empty: of the service
  std::string since;     // as SinceTime has it; empty: one hour
  int period = 0;        // seconds; 0: as the server finds fit
};
/// A row of each period that was measured.
Task<Status> ShowServiceTraffic(CommandContext& context, TrafficOptions options);

struct CallServiceOptions {
  std::string name;
  std::string path = "/";
  std::string data;  // sent as a POST; "@file": the file's content
};
/// Calls the model with the service's own token and prints the answer's body.
Task<Status> CallService(CommandContext& context, CallServiceOptions options);

struct AutoscaleOptions {
  std::string name;
  std::string file;  // the rule as JSON; else by the others
  int min = 0;
  int max = 0;
  std::string metric = "qps";
  double threshold = 0;
};
/// Sets the rule, whether there is one by now or not.
Task<Status> SetAutoscale(CommandContext& context, AutoscaleOptions options);

struct CronOptions {
  std::string name;
  std::string file;               // the rule as JSON; else by the others
  std::vector<std::string> jobs;  // "0 0 9 * * *=4"
  std::string time_zone;
};
Task<Status> SetCron(CommandContext& context, CronOptions options);

}  // namespace atelier::cli
