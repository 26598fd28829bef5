#include <string>

#include "cli/command/service.h"
#include "cli/run/commands.h"
#include "cli/run/subcommand.h"

namespace atelier::cli {

namespace {

void AddServiceFile(CLI::App& group, Plan& plan) {
  Subcommand<ServiceFileOptions> create(group, "create", "Create a service and deploy it");
  create.app()
      .add_option("-f,--file", create.options().file, "File with the service JSON")
      ->required();
  AddWait(create.app(), create.options().wait);
  create.Runs(plan, &CreateService);

  Subcommand<ServiceFileOptions> apply(group, "apply",
                                       "Create a service, or make it be as a file says");
  apply.app()
      .add_option("-f,--file", apply.options().file, "File with the whole service JSON")
      ->required();
  AddWait(apply.app(), apply.options().wait);
  apply.Runs(plan, &ApplyService);

  Subcommand<RollBackOptions> back(group, "rollback", "Go back to a version, or forward to one");
  back.app().add_option("name", back.options().name, "Service name")->required();
  back.app()
      .add_option("version", back.options().version, "Version (default: the one before)")
      ->check(CLI::PositiveNumber);
  AddWait(back.app(), back.options().wait);
  back.Runs(plan, &RollBackService);
}

void AddServiceReads(CLI::App& group, Plan& plan) {
  Subcommand<ListServicesOptions> list(group, "list", "List services, newest first");
  list.app().add_option("--name", list.options().name, "Part of the name");
  list.app().add_option("--status", list.options().status, "A state");
  list.app().add_option("--workspace", list.options().workspace,
                        "Workspace name or id (default: all)");
  list.app().add_option("--owner", list.options().owner, "Login name or user id");
  list.app().add_option("--group", list.options().group, "Group name");
  list.app()
      .add_option("--label", list.options().labels, "KEY=VALUE, repeatable")
      ->allow_extra_args(false)
      ->take_all();
  AddQuery(list.app(), list.options().query, "status:Running owner:ada label:team=vision");
  AddQuiet(list.app(), plan);
  list.Runs(plan, &ListServices);

  Subcommand<OneArgument> get(group, "get", "Show a service");
  get.app().add_option("name", get.options().value, "Service name")->required();
  get.Runs(plan, [](CommandContext& s, const OneArgument& o) { return GetService(s, o.value); });

  Subcommand<OneArgument> token(group, "token", "Print the token that callers of a service need");
  token.app().add_option("name", token.options().value, "Service name")->required();
  token.Runs(plan,
             [](CommandContext& s, const OneArgument& o) { return ShowServiceToken(s, o.value); });

  Subcommand<LogsOptions> logs(group, "logs", "Show what a service's instances print");
  logs.app().add_option("name", logs.options().name, "Service name")->required();
  logs.app().add_option("--instance", logs.options().instance, "One instance (default: all)");
  logs.app().add_flag("--previous", logs.options().previous, "Of the run before the present one");
  AddLogOptions(logs.app(), logs.options());
  logs.Runs(plan, &ShowServiceLogs);

  Subcommand<TrafficOptions> traffic(group, "traffic",
                                     "Show a service's requests and latencies over time");
  TrafficOptions& o = traffic.options();
  traffic.app().add_option("name", o.name, "Service name")->required();
  traffic.app().add_option("--instance", o.instance, "One instance (default: the service)");
  traffic.app().add_option(
      "--since", o.since,
      "Since so long ago (90s, 30m, 2h), or since a time; six hours are kept (default: 1h)");
  traffic.app()
      .add_option("--period", o.period, "Seconds of a row, a multiple of 10")
      ->check(CLI::Range(10, 3600));
  traffic.Runs(plan, &ShowServiceTraffic);

  Subcommand<CallServiceOptions> call(group, "call", "Call a service with its own token");
  call.app().add_option("name", call.options().name, "Service name")->required();
  call.app().add_option("--path", call.options().path, "Path at the model server (default: /)");
  call.app().add_option("--data", call.options().data,
                        "Body of a POST; @FILE: what the file holds (default: a GET)");
  call.Runs(plan, &CallService);
}

void AddServiceScaling(CLI::App& group, Plan& plan) {
  CLI::App& autoscale = Group(group, "autoscale", "Set the number of instances by the load");
  Subcommand<AutoscaleOptions> set(autoscale, "set", "Create the rule, or change it");
  AutoscaleOptions& o = set.options();
  set.app().add_option("name", o.name, "Service name")->required();
  set.app().add_option("--min", o.min, "Fewest instances (default: 0)")->check(CLI::Range(0, 1000));
  set.app().add_option("--max", o.max, "Most instances")->check(CLI::Range(1, 1000));
  set.app()
      .add_option("--metric", o.metric, "qps, cpu or concurrency")
      ->check(CLI::IsMember({"qps", "cpu", "concurrency"}))
      ->capture_default_str();
  set.app()
      .add_option("--threshold", o.threshold, "What one instance shall have of it")
      ->check(CLI::PositiveNumber);
  set.app().add_option("-f,--file", o.file, "File with the whole rule as JSON instead");
  set.Runs(plan, &SetAutoscale);

  CLI::App& cron = Group(group, "cron", "Set the number of instances by the time");
  Subcommand<CronOptions> jobs(cron, "set", "Create the rule, or change it");
  jobs.app().add_option("name", jobs.options().name, "Service name")->required();
  jobs.app()
      .add_option("--job", jobs.options().jobs,
                  "'CRON=INSTANCES', repeatable: '0 0 9 * * *=4' is four from 9:00 on")
      ->allow_extra_args(false)
      ->take_all();
  jobs.app().add_option("--time-zone", jobs.options().time_zone,
                        "Of the jobs, for example Europe/Berlin (default: UTC)");
  jobs.app().add_option("-f,--file", jobs.options().file,
                        "File with the whole rule as JSON instead");
  jobs.Runs(plan, &SetCron);
}

}  // namespace

void AddServices(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "service", "Model services");
  AddServiceFile(group, plan);
  AddServiceReads(group, plan);
  AddServiceScaling(group, plan);
  Group(group, "group", "Services that share their requests");
  Group(group, "label", "Labels of a service");
  AddVerbs(group, plan, ServiceVerbs());
}

}  // namespace atelier::cli
