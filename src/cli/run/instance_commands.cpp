#include <string>

#include "cli/command/instance.h"
#include "cli/run/commands.h"
#include "cli/run/subcommand.h"

namespace atelier::cli {

namespace {

void AddInstanceCreate(CLI::App& group, Plan& plan) {
  Subcommand<CreateOptions> subcommand(group, "create", "Create an instance and start it");
  CreateOptions& o = subcommand.options();
  CLI::App& app = subcommand.app();
  app.add_option("name,--name", o.name, "1 to 27 letters, digits or underscores")->required();
  app.add_option("--spec", o.spec, "Machine type (default: the first CPU type of the catalogue)");
  app.add_option("--image", o.image, "Image name or id (default: the first of the catalogue)");
  app.add_option("--workspace", o.workspace,
                 "Workspace name or id (default: your default workspace)");
  app.add_flag("--public", o.is_public, "Let all members of the workspace see it");
  app.add_option("--priority", o.priority, "1 (lowest) to 9")->check(CLI::Range(1, 9));
  app.add_option("--env", o.env, "NAME=VALUE, repeatable; secrets belong in --env-file")
      ->take_all();
  app.add_option("--env-file", o.env_file, "File with lines NAME=VALUE");
  app.add_option("--label", o.labels, "KEY=VALUE, repeatable")->take_all();
  app.add_option("--start-script", o.start_script, "File with a script that runs at each start");
  app.add_option("--client-token", o.client_token,
                 "A command repeated with the same token creates no second instance");
  AddWait(app, o.wait);
  subcommand.Runs(plan, &CreateInstance);
}

void AddInstanceList(CLI::App& group, Plan& plan) {
  Subcommand<ListOptions> subcommand(group, "list", "List instances, newest first");
  ListOptions& o = subcommand.options();
  CLI::App& app = subcommand.app();
  app.add_flag("--all", o.all, "All instances, oldest first");
  app.add_option("--page", o.page, "From 1")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  AddLimit(app, o.page_size, 1000, "--page-size", "At most so many, or so many of a page");
  app.add_option("--workspace", o.workspace, "Workspace name or id (default: all)");
  app.add_option("--status", o.status, "Any of these states, separated by commas");
  app.add_option("--name", o.name, "Part of the name");
  app.add_option("--owner", o.owner, "Login name or user id");
  app.add_option("--label", o.labels, "KEY=VALUE, repeatable up to 4 times")->take_all();
  AddQuery(app, o.query, "status:Running gpu>0 name~train");
  AddQuiet(app, plan);
  app.parse_complete_callback([&app, &o] {
    o.paged = app.count("--page") + app.count("--limit") + app.count("--page-size") > 0;
  });
  subcommand.Runs(plan, &ListInstances);

  Subcommand<OneArgument> states(group, "states", "Count the instances of a query by their states");
  AddQuery(states.app(), states.options().value, "gpu>0 name~train");
  states.Runs(plan,
              [](CommandContext& s, const OneArgument& o) { return CountInstances(s, o.value); });
}

struct EventsOptions {
  std::string id;
  int limit = 2000;
};

void AddInstanceReads(CLI::App& group, Plan& plan) {
  Subcommand<OneArgument> get(group, "get", "Show an instance");
  get.app().add_option("id", get.options().value, "Instance name or id")->required();
  get.Runs(plan, [](CommandContext& s, const OneArgument& o) { return GetInstance(s, o.value); });

  Subcommand<OpenOptions> open(group, "open", "Print a link that opens its JupyterLab");
  open.app().add_option("id", open.options().id, "Instance name or id")->required();
  open.app()
      .add_option("--expire", open.options().expire_seconds,
                  "Lifetime of the link, and of the browser session that it opens, in seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  open.app().add_flag("--browser", open.options().browser,
                      "Open it in the desktop's browser as well");
  open.Runs(plan, &OpenInstance);

  Subcommand<EventsOptions> events(group, "events", "Show what happened to an instance");
  events.app().add_option("id", events.options().id, "Instance name or id")->required();
  AddLimit(events.app(), events.options().limit, 2000, "--most", "At most so many");
  events.Runs(
      plan, [](CommandContext& s, const EventsOptions& o) { return ShowEvents(s, o.id, o.limit); });

  Subcommand<MetricsOptions> metrics(group, "metrics", "Show what an instance uses");
  MetricsOptions& o = metrics.options();
  metrics.app().add_option("id", o.id, "Instance name or id")->required();
  metrics.app().add_option("--type", o.type,
                           "One metric, with its history (default: the latest of all)");
  metrics.app().add_option("--since", o.since,
                           "Its averages and extremes since so long ago (90s, 30m, 2h, 1d), or "
                           "since a time (default with --period: 1h)");
  metrics.app()
      .add_option("--period", o.period, "Seconds of each (default: 60)")
      ->check(CLI::Range(1, 86'400));
  metrics.Runs(plan, &ShowMetrics);

  Subcommand<LogsOptions> logs(group, "logs", "Show an instance's events and what it prints");
  logs.app().add_option("id", logs.options().name, "Instance name or id")->required();
  AddLogOptions(logs.app(), logs.options());
  logs.Runs(plan, &ShowLogs);
}

}  // namespace

void AddInstances(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "instance", "Notebook instances");
  AddInstanceCreate(group, plan);
  AddInstanceList(group, plan);
  AddInstanceReads(group, plan);
  Group(group, "timer", "Stop an instance at a time");
  Group(group, "idle", "Stop instances that are not used");
  Group(group, "label", "Labels of an instance");
  Group(group, "job", "What was begun for all that a query found");
  AddVerbs(group, plan, InstanceVerbs());
}

}  // namespace atelier::cli
