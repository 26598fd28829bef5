#include <string>
#include <utility>

#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr Field kName = {
    .flags = "name", .help = "Service name", .target = "{ServiceName}", .required = true};
constexpr Field kNames = {.flags = "name", .help = "Service names", .target = "{ServiceName}"};
constexpr Field kGroupName = {
    .flags = "name", .help = "Group name", .target = "{GroupName}", .required = true};
constexpr Field kInstanceName = {.flags = "instance",
                                 .help = "Instance of the service",
                                 .target = "{InstanceName}",
                                 .required = true};

/// A call about one service: `rest` follows its path.
Verb OfService(std::string_view words, std::string_view help, std::string_view action,
               std::string_view method, std::string_view rest) {
  return {.words = words,
          .help = help,
          .action = action,
          .version = kEasVersion,
          .method = method,
          .path = "/api/v2/services/{ClusterId}/{ServiceName}" + std::string(rest),
          .fields = {kName}};
}

Verb With(Verb verb, std::vector<Field> more) {
  verb.fields.insert(verb.fields.end(), more.begin(), more.end());
  return verb;
}

/// Of several services.
Verb Many(Verb verb, Change change = {}) {
  verb.fields.front() = kNames;
  verb.many = &kServiceSubject;
  verb.change = change;
  return verb;
}

Verb WaitedFor(Verb verb, Goal goal) {
  verb.goal = goal;
  return verb;
}

Verb Made(Verb verb) {
  verb.line = "ServiceName";
  verb.makes_service = true;
  return verb;
}

Verb Listed(Verb verb, std::string_view list, std::vector<Column> columns, Pages pages = {}) {
  verb.list = list;
  verb.columns = std::move(columns);
  verb.pages = pages;
  return verb;
}

Verb Record(Verb verb) {
  verb.record = ".";
  return verb;
}

/// Members one by one go into what the file says.
Verb UpdateVerb() {
  Verb verb =
      With(OfService("update", "Change the configuration of services", "UpdateService", "PUT", ""),
           {{.flags = "-f,--file",
             .help = "File with JSON that is merged into the present configuration",
             .target = "",
             .take = Take::kJsonFile},
            {.flags = "--set",
             .help = "One member, repeatable: metadata.cpu=2",
             .target = "",
             .take = Take::kMembers},
            {.flags = "--replace",
             .help = "The file is the whole configuration",
             .target = "?UpdateType",
             .take = Take::kYes,
             .values = "replace"}});
  verb.needs = "Give --file, or --set, or both.";
  return WaitedFor(Many(std::move(verb), {.verb = "update", .done = "updated"}), Goal::kRunning);
}

std::vector<Verb> Changes() {
  return {
      WaitedFor(Many(OfService("start", "Start services", "StartService", "PUT", "/start"),
                     {.verb = "start", .done = "started", .done_state = "Running"}),
                Goal::kRunning),
      WaitedFor(Many(OfService("stop", "Stop services", "StopService", "PUT", "/stop"),
                     {.verb = "stop", .done = "stopped", .done_state = "Stopped"}),
                Goal::kStopped),
      WaitedFor(Many(OfService("restart", "Replace every instance of services, as an update does",
                               "RestartService", "PUT", "/restart"),
                     {.verb = "restart", .done = "restarted"}),
                Goal::kRunning),
      WaitedFor(
          Many(OfService("delete", "Delete services", "DeleteService", "DELETE", ""),
               {.verb = "delete", .done = "deleted", .done_state = "Deleting", .is_final = true}),
          Goal::kGone),
      UpdateVerb(),
      WaitedFor(Many(With(OfService("scale", "Set the number of instances", "ScaleService", "PUT",
                                    "/scale"),
                          {{.flags = "instances",
                            .help = "0 to 1000",
                            .target = "Instance",
                            .take = Take::kInteger,
                            .required = true,
                            .min = 0,
                            .max = 1000}}),
                     {.verb = "scale", .done = "scaled"}),
                Goal::kRunning),
      // The name last: it decides, whatever the file says.
      Made(With(OfService("clone", "Create a service with the configuration of another one",
                          "CloneService", "POST", "/clone"),
                {{.flags = "-f,--file",
                  .help = "File with JSON that is merged into the configuration",
                  .target = "",
                  .take = Take::kJsonFile},
                 {.flags = "new",
                  .help = "Name of the new service",
                  .target = "name",
                  .required = true}})),
      Many(With(
          OfService("release", "Set a service's share of its group's requests", "ReleaseService",
                    "PUT", "/release"),
          {{.flags = "--weight",
            .help =
                "Weight beside the other services of the group; -1: the number of its instances",
            .target = "Weight",
            .take = Take::kInteger},
           {.flags = "--state",
            .help = "grouping (takes requests of the group) or standalone",
            .target = "TrafficState",
            .values = "grouping,standalone"}})),
      Many(With(OfService("lock", "Protect services from changes", "UpdateServiceSafetyLock", "PUT",
                          "/lock"),
                {{.flags = "from",
                  .help = "none, dangerous (stops and deletion) or all (every change)",
                  .target = "Lock",
                  .required = true,
                  .values = "none,dangerous,all"}})),
      Many(With(OfService("label set", "Add labels, or change those of the same key",
                          "UpdateServiceLabel", "PUT", "/label"),
                {{.flags = "label",
                  .help = "KEY=VALUE",
                  .target = "Labels",
                  .take = Take::kPairs,
                  .required = true}})),
      Many(
          With(OfService("label remove", "Remove labels", "DeleteServiceLabel", "DELETE", "/label"),
               {{.flags = "key",
                 .help = "Keys",
                 .target = "?Keys",
                 .take = Take::kTexts,
                 .required = true}})),
      With(OfService("isolate", "Take an instance out of traffic, or back in",
                     "UpdateServiceInstance", "PUT", "/instances/{InstanceName}"),
           {kInstanceName,
            {.flags = "--undo",
             .help = "Back into traffic",
             .target = "Isolate",
             .take = Take::kNo}}),
      With(OfService("replace", "Restart single instances of a service", "DeleteServiceInstances",
                     "DELETE", "/instances"),
           {{.flags = "instance",
             .help = "Instances of the service",
             .target = "?InstanceList",
             .take = Take::kTexts,
             .required = true},
            {.flags = "--in-place",
             .help = "Under their present names",
             .target = "?SoftRestart",
             .take = Take::kYes}}),
  };
}

std::vector<Verb> Reads() {
  return {
      Listed(OfService("instances", "List a service's instances", "ListServiceInstances", "GET",
                       "/instances"),
             "Instances",
             {{"NAME", "InstanceName"},
              {"STATUS", "Status"},
              {"READY", "ReadyProcesses/TotalProcesses"},
              {"RESTARTS", "RestartCount"},
              {"REASON", "Reason"},
              {"STARTED", "StartTime"}},
             kPages),
      Listed(With(OfService("containers", "Show the container of an instance, and its last end",
                            "ListServiceContainers", "GET", "/instances/{InstanceName}/containers"),
                  {kInstanceName}),
             "Containers",
             {{"NAME", "Name"},
              {"STATUS", "CurrentStatus"},
              {"READY", "Ready"},
              {"RESTARTS", "RestartCount"},
              {"LAST", "LastStatus"},
              {"REASON", "LastReason"}}),
      Listed(OfService("events", "Show what happened to a service", "DescribeServiceEvent", "GET",
                       "/events"),
             "Events",
             {{"TIME", "Time"}, {"TYPE", "Type"}, {"REASON", "Reason"}, {"MESSAGE", "Message"}},
             kEventPages),
      Listed(OfService("versions", "List a service's configurations, newest first",
                       "ListServiceVersions", "GET", "/versions"),
             "Versions", {{"VERSION", "ImageId"}, {"BUILT", "BuildTime"}}, kPages),
      Listed(OfService("endpoints", "Show where a service is called", "DescribeServiceEndpoints",
                       "GET", "/endpoints"),
             "Endpoints",
             {{"TYPE", "EndpointType"}, {"ADDRESS", "InternetEndpoints"}, {"PORT", "Port"}}),
      Listed(OfService("diagnose", "Show what is wrong with a service, and what to do",
                       "DescribeServiceDiagnosis", "GET", "/diagnosis"),
             "DiagnosisList", {{"ERROR", "Error"}, {"CAUSES", "Causes"}, {"ADVICE", "Advices"}}),
      Record(With(OfService("diagnose-instance", "The same of one instance",
                            "DescribeServiceInstanceDiagnosis", "GET",
                            "/instances/{InstanceName}/diagnosis"),
                  {kInstanceName})),
      Record(OfService("autoscale show", "Show the rule and the present measures",
                       "DescribeServiceAutoScaler", "GET", "/autoscaler")),
      Many(OfService("autoscale delete", "Delete the rule; the number of instances stays",
                     "DeleteServiceAutoScaler", "DELETE", "/autoscaler")),
      Listed(OfService("cron show", "Show the rule and when it ran last",
                       "DescribeServiceCronScaler", "GET", "/cronscaler"),
             "ScaleJobs",
             {{"NAME", "Name"},
              {"SCHEDULE", "Schedule"},
              {"TIME ZONE", "TimeZone"},
              {"INSTANCES", "TargetSize"},
              {"STATE", "State"},
              {"LAST", "LastProbeTime"}}),
      Many(OfService("cron delete", "Delete the rule; the number of instances stays",
                     "DeleteServiceCronScaler", "DELETE", "/cronscaler")),
  };
}

/// Of services together, as their tags.
Verb LabelListVerb() {
  return {.words = "label list",
          .help = "List the labels of services",
          .action = "ListTagResources",
          .version = kEasTagVersion,
          .method = "POST",
          .path = "/",
          .fields = {{.flags = "name",
                      .help = "Service names or ids, at most 50 (default: all)",
                      .target = "?ResourceId",
                      .take = Take::kServices}},
          .query = {{"ResourceType", "service"}},
          .list = "TagResources.TagResource",
          .pages = {.size = "MaxResult",
                    .most = 1000,
                    .next = "NextToken",
                    .by = NextPage::kMark,
                    .mark = "NextToken"},
          .columns = {{"SERVICE", "ResourceId"}, {"KEY", "TagKey"}, {"VALUE", "TagValue"}}};
}

/// Groups are under the services whose requests they share.
std::vector<Verb> Groups() {
  constexpr std::string_view kGroups = "/api/v2/groups";
  constexpr std::string_view kGroup = "/api/v2/groups/{ClusterId}/{GroupName}";
  const auto of_group = [](std::string_view words, std::string_view help, std::string_view action,
                           std::string_view method, std::string_view path,
                           std::vector<Field> fields) {
    return Verb{.words = words,
                .help = help,
                .action = action,
                .version = kEasVersion,
                .method = method,
                .path = std::string(path),
                .fields = std::move(fields)};
  };
  const Field labels = {.flags = "--label",
                        .help = "KEY=VALUE, repeatable",
                        .target = "Labels",
                        .take = Take::kPairs};
  return {
      of_group("group create", "Create a group without services", "CreateGroup", "POST", kGroups,
               {{.flags = "name", .help = "Group name", .target = "Name", .required = true},
                {.flags = "--workspace",
                 .help = "Workspace name or id (default: your default workspace)",
                 .target = "WorkSpaceId",
                 .take = Take::kWorkspace},
                labels}),
      Listed(of_group("group list", "List groups", "ListGroups", "GET", kGroups,
                      {{.flags = "--name", .help = "Part of the name", .target = "?Filter"}}),
             "Groups",
             {{"NAME", "Name"},
              {"TRAFFIC", "TrafficMode"},
              {"ENDPOINT", "InternetEndpoint"},
              {"CREATED", "CreateTime"}},
             kPages),
      Record(of_group("group get", "Show a group", "DescribeGroup", "GET", kGroup, {kGroupName})),
      of_group("group update", "Change how a group shares its requests, or its labels",
               "UpdateGroup", "PUT", kGroup,
               {kGroupName,
                {.flags = "--traffic",
                 .help = "auto (by the number of instances) or customized (by weight)",
                 .target = "TrafficMode",
                 .values = "auto,customized"},
                labels}),
      of_group("group delete", "Delete a group that has no services", "DeleteGroup", "DELETE",
               kGroup, {kGroupName}),
      Listed(of_group("group endpoints", "Show where a group is called", "DescribeGroupEndpoints",
                      "GET", "/api/v2/groups/{ClusterId}/{GroupName}/endpoints", {kGroupName}),
             "Endpoints",
             {{"TYPE", "EndpointType"}, {"ADDRESS", "InternetEndpoints"}, {"PORT", "Port"}}),
  };
}

}  // namespace

std::span<const Verb> ServiceVerbs() {
  static const std::vector<Verb> kAll = [] {
    std::vector<Verb> all = Changes();
    all.push_back(LabelListVerb());
    for (const auto& some : {Reads(), Groups()}) all.insert(all.end(), some.begin(), some.end());
    return all;
  }();
  return kAll;
}

}  // namespace atelier::cli
