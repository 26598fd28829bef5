#include <string>

#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr Field kId = {.flags = "id",
                       .help = "Instance name or id",
                       .target = "{InstanceId}",
                       .take = Take::kInstance,
                       .required = true};
constexpr Field kIds = {.flags = "id",
                        .help = "Instance names or ids",
                        .target = "{InstanceId}",
                        .take = Take::kInstance};
constexpr std::string_view kInstance = "/api/v2/instances/{InstanceId}";
constexpr std::string_view kTimer = "/api/v2/instances/{InstanceId}/shutdowntimer";
constexpr std::string_view kIdle = "/api/v2/instances/{InstanceId}/idleinstanceculler";
constexpr std::string_view kLabels = "/api/v2/instances/{InstanceId}/labels";

Verb Dsw(Verb verb) {
  if (!verb.path.starts_with("/atelier/")) verb.version = kDswVersion;
  return verb;
}

Verb UpdateVerb() {
  return {.words = "update",
          .help = "Change instances; one that runs restarts if it has to",
          .action = "UpdateInstance",
          .method = "PUT",
          .path = std::string(kInstance),
          .fields = {kIds,
                     {.flags = "--name", .help = "New name", .target = "InstanceName"},
                     {.flags = "--spec", .help = "Machine type", .target = "EcsSpec"},
                     {.flags = "--image",
                      .help = "Image name or id",
                      .target = "ImageId",
                      .take = Take::kImage},
                     {.flags = "--access",
                      .help = "PUBLIC (members of the workspace see it) or PRIVATE",
                      .target = "Accessibility",
                      .values = "PUBLIC,PRIVATE"},
                     {.flags = "--priority",
                      .help = "1 (lowest) to 9",
                      .target = "Priority",
                      .take = Take::kInteger,
                      .min = 1,
                      .max = 9},
                     {.flags = "--env-file",
                      .help = "File with lines NAME=VALUE: replaces the variables",
                      .target = "EnvironmentVariables",
                      .take = Take::kPairsFile},
                     {.flags = "--env",
                      .help = "NAME=VALUE, repeatable: replaces the variables",
                      .target = "EnvironmentVariables",
                      .take = Take::kPairs},
                     {.flags = "--no-env",
                      .help = "Remove the variables",
                      .target = "DisassociateEnvironmentVariables",
                      .take = Take::kYes},
                     {.flags = "--start-script",
                      .help = "File with a script that runs at each start",
                      .target = "UserCommand.OnStart.Content",
                      .take = Take::kTextFile},
                     {.flags = "--no-start-script",
                      .help = "Remove the script",
                      .target = "DisassociateUserCommand",
                      .take = Take::kYes},
                     {.flags = "--start",
                      .help = "Start the instance if it is stopped",
                      .target = "StartInstance",
                      .take = Take::kYes}},
          .many = &kInstanceSubject,
          .goal = Goal::kSettled};
}

std::vector<Verb> States() {
  return {
      {.words = "start",
       .help = "Start instances",
       .action = "StartInstance",
       .method = "PUT",
       .path = std::string(kInstance) + "/start",
       .fields = {kIds},
       .many = &kInstanceSubject,
       .change = {.verb = "start", .done = "started", .done_state = "Running"},
       .goal = Goal::kRunning},
      {.words = "stop",
       .help = "Stop instances; their files stay",
       .action = "StopInstance",
       .method = "PUT",
       .path = std::string(kInstance) + "/stop",
       .fields = {kIds},
       .many = &kInstanceSubject,
       .change = {.verb = "stop", .done = "stopped", .done_state = "Stopped"},
       .goal = Goal::kStopped},
      {.words = "delete",
       .help = "Delete instances with their files",
       .action = "DeleteInstance",
       .method = "DELETE",
       .path = std::string(kInstance),
       .fields = {kIds},
       .many = &kInstanceSubject,
       .change = {.verb = "delete", .done = "deleted", .done_state = "Deleting", .is_final = true},
       .goal = Goal::kGone},
  };
}

std::vector<Verb> Rules() {
  return {
      {.words = "timer set",
       .help = "Stop instances at a time",
       .action = "CreateInstanceShutdownTimer",
       .method = "POST",
       .path = std::string(kTimer),
       .fields = {kIds,
                  {.flags = "--in",
                   .help = "After this long: 90s, 30m, 2h, 1d",
                   .target = "RemainingTimeInMs",
                   .take = Take::kDuration},
                  {.flags = "--at", .help = "2026-01-31T18:00:00Z", .target = "DueTime"}},
       .many = &kInstanceSubject},
      {.words = "timer show",
       .help = "Show when an instance will be stopped",
       .action = "GetInstanceShutdownTimer",
       .method = "GET",
       .path = std::string(kTimer),
       .fields = {kId},
       .record = "."},
      {.words = "timer delete",
       .help = "Delete the timers of instances",
       .action = "DeleteInstanceShutdownTimer",
       .method = "DELETE",
       .path = std::string(kTimer),
       .fields = {kIds},
       .many = &kInstanceSubject},
      {.words = "idle set",
       .help = "Stop instances when they are not used",
       .action = "CreateIdleInstanceCuller",
       .method = "POST",
       .path = std::string(kIdle),
       .fields = IdleRuleFields(kIds),
       .many = &kInstanceSubject},
      {.words = "idle show",
       .help = "Show the idle rule of an instance, and how long it is idle",
       .action = "GetIdleInstanceCuller",
       .method = "GET",
       .path = std::string(kIdle),
       .fields = {kId},
       .record = "."},
      {.words = "idle delete",
       .help = "Delete the idle rules of instances",
       .action = "DeleteIdleInstanceCuller",
       .method = "DELETE",
       .path = std::string(kIdle),
       .fields = {kIds},
       .many = &kInstanceSubject},
      {.words = "extend",
       .help = "Let the idle time of running instances begin again",
       .action = "ExtendInstance",
       .method = "POST",
       .path = "/atelier/v1/instances/{InstanceId}/extend",
       .fields = {kIds},
       .many = &kInstanceSubject,
       .record = "."},
      {.words = "idle list",
       .help = "Show the idle rules of running instances",
       .action = "QueryAutoShutdownPolicies",
       .method = "PUT",
       .path = "/api/v2/batch/autoshutdownpolicies/query",
       .fields = {{.flags = "id",
                   .help = "Instance names or ids, at most 100",
                   .target = "InstanceIds",
                   .take = Take::kInstances,
                   .required = true}},
       .list = "AutoShutdownPolicies",
       .columns = {{"ID", "InstanceId"},
                   {"IDLE MINUTES", "Context.IdleTimeInMinutes"},
                   {"STOPS WHEN", "Expression"}}},
  };
}

std::vector<Verb> Others() {
  return {
      {.words = "label set",
       .help = "Add labels, or change those of the same key",
       .action = "UpdateInstanceLabels",
       .method = "PUT",
       .path = std::string(kLabels),
       .fields = {kIds,
                  {.flags = "label",
                   .help = "KEY=VALUE",
                   .target = "Labels",
                   .take = Take::kLabels,
                   .required = true}},
       .many = &kInstanceSubject},
      {.words = "label remove",
       .help = "Remove labels",
       .action = "DeleteInstanceLabels",
       .method = "DELETE",
       .path = std::string(kLabels),
       .fields = {kIds,
                  {.flags = "key",
                   .help = "Keys",
                   .target = "?LabelKeys",
                   .take = Take::kTexts,
                   .required = true}},
       .many = &kInstanceSubject},
      {.words = "lifecycle",
       .help = "Show the states an instance went through",
       .action = "GetLifecycle",
       .method = "GET",
       .path = "/api/v2/instances/{InstanceId}/lifecycle",
       .fields = {kId},
       .list = "Lifecycle",
       .pages = {.size = "Limit", .most = 1000, .next = "SessionNumber", .by = NextPage::kSkip},
       .columns = {{"FROM", "GmtCreateTime"},
                   {"TO", "GmtEndTime"},
                   {"STATUS", "Status"},
                   {"REASON", "ReasonCode"},
                   {"MESSAGE", "ReasonMessage"}}},
      {.words = "count",
       .help = "Count instances by their states",
       .action = "ListInstanceStatistics",
       .method = "GET",
       .path = "/api/v2/instancestatistics",
       .fields = {{.flags = "workspace",
                   .help = "Workspace names or ids",
                   .target = "?WorkspaceIds",
                   .take = Take::kWorkspaces,
                   .required = true}},
       .record = "Statistics"},
      {.words = "script",
       .help = "Show the start script of an instance",
       .action = "GetUserCommand",
       .method = "GET",
       .path = "/api/v2/usercommands/{UserCommandId}",
       .fields = {{.flags = "id",
                   .help = "Instance name or id, or the id of the script",
                   .target = "{UserCommandId}",
                   .take = Take::kScript,
                   .required = true}},
       .record = "."},
  };
}

}  // namespace

std::vector<Field> IdleRuleFields(Field whose) {
  return {whose,
          {.flags = "--minutes",
           .help = "Stop an instance after so many minutes without use",
           .target = "MaxIdleTimeInMinutes",
           .take = Take::kInteger,
           .required = true,
           .min = 1,
           .max = 525'600},
          {.flags = "--cpu",
           .help = "Below so many percent of its CPUs it is idle (default: 10)",
           .target = "CpuPercentThreshold",
           .take = Take::kInteger,
           .min = 0,
           .max = 100,
           .standard = "10"},
          {.flags = "--gpu",
           .help = "The same of its GPUs",
           .target = "GpuPercentThreshold",
           .take = Take::kInteger,
           .min = 0,
           .max = 100}};
}

std::span<const Verb> InstanceVerbs() {
  static const std::vector<Verb> kAll = [] {
    std::vector<Verb> all{Dsw(UpdateVerb())};
    for (const auto& some : {States(), Rules(), Others()}) {
      for (const Verb& verb : some) all.push_back(Dsw(verb));
    }
    return all;
  }();
  return kAll;
}

}  // namespace atelier::cli
