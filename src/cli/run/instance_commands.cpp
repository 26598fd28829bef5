#include <string>

#include "cli/command/instance.h"
#include "cli/run/commands.h"
#include "cli/run/leaf.h"

namespace atelier::cli {

namespace {

void AddInstanceCreate(CLI::App& group, Plan& plan) {
  Leaf<CreateOptions> leaf(group, "create", "Make an instance and start it");
  CreateOptions& o = leaf.options();
  CLI::App& app = leaf.app();
  app.add_option("name,--name", o.name, "1 to 27 letters, digits or underscores")->required();
  app.add_option("--spec", o.spec, "Machine type (default: the first CPU type of the catalogue)");
  app.add_option("--image", o.image, "Image id (default: the first of the catalogue)");
  app.add_option("--workspace", o.workspace, "Workspace id (default: your default workspace)");
  app.add_flag("--public", o.is_public, "Let all members of the workspace see it");
  app.add_option("--priority", o.priority, "1 (lowest) to 9")->check(CLI::Range(1, 9));
  app.add_option("--env", o.env, "NAME=VALUE, repeatable; secrets belong in --env-file")
      ->take_all();
  app.add_option("--env-file", o.env_file, "File with lines NAME=VALUE");
  app.add_option("--label", o.labels, "KEY=VALUE, repeatable")->take_all();
  app.add_option("--start-script", o.start_script, "File with a script that runs at each start");
  app.add_option("--client-token", o.client_token,
                 "Makes repeats of this command mean the same instance");
  AddWait(app, o.wait);
  leaf.Runs(plan, &CreateInstance);
}

void AddInstanceList(CLI::App& group, Plan& plan) {
  Leaf<ListOptions> leaf(group, "list", "List instances, newest first");
  ListOptions& o = leaf.options();
  CLI::App& app = leaf.app();
  app.add_flag("--all", o.all, "Every page, oldest first");
  app.add_option("--page", o.page, "From 1")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--page-size", o.page_size, "Instances of a page")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--workspace", o.workspace, "Workspace id (default: all)");
  app.add_option("--status", o.status, "Any of these states, separated by commas");
  app.add_option("--name", o.name, "Part of the name");
  app.add_option("--owner", o.owner, "User id");
  app.add_option("--label", o.labels, "KEY=VALUE, repeatable up to 4 times")->take_all();
  app.add_option("--query", o.query,
                 "Conditions, for example 'status:Running gpu>0 name~train' (docs/query.md)");
  leaf.Runs(plan, &ListInstances);
}

using ChangeFn = Task<Status> (*)(Session&, ChangeOptions);

void AddInstanceChange(CLI::App& group, Plan& plan, const std::string& name,
                       const std::string& help, ChangeFn command) {
  Leaf<ChangeOptions> leaf(group, name, help);
  leaf.app().add_option("id", leaf.options().ids, "Instance ids")->required();
  AddWait(leaf.app(), leaf.options().wait);
  leaf.Runs(plan, command);
}

struct EventsOptions {
  std::string id;
  int most = 2000;
};

void AddInstanceLooks(CLI::App& group, Plan& plan) {
  Leaf<One> get(group, "get", "Show an instance");
  get.app().add_option("id", get.options().value, "Instance id")->required();
  get.Runs(plan, [](Session& s, const One& o) { return GetInstance(s, o.value); });

  Leaf<OpenOptions> open(group, "open", "Print a link that opens its JupyterLab");
  open.app().add_option("id", open.options().id, "Instance id")->required();
  open.app()
      .add_option("--expire", open.options().expire_seconds,
                  "How long the link and the browser session that it begins last, in seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  open.app().add_flag("--browser", open.options().browser,
                      "Open it in the desktop's browser as well");
  open.Runs(plan, &OpenInstance);

  Leaf<EventsOptions> events(group, "events", "Show what happened to an instance");
  events.app().add_option("id", events.options().id, "Instance id")->required();
  events.app()
      .add_option("--most", events.options().most, "At most so many")
      ->check(CLI::Range(1, 2000));
  events.Runs(plan, [](Session& s, const EventsOptions& o) { return ShowEvents(s, o.id, o.most); });

  Leaf<Pair> metrics(group, "metrics", "Show what an instance uses");
  metrics.app().add_option("id", metrics.options().first, "Instance id")->required();
  metrics.app().add_option("--type", metrics.options().second,
                           "One metric, with its history (default: the latest of all)");
  metrics.Runs(plan, [](Session& s, const Pair& o) { return ShowMetrics(s, o.first, o.second); });

  Leaf<One> logs(group, "logs", "Show an instance's log");
  logs.app().add_option("id", logs.options().value, "Instance id")->required();
  logs.Runs(plan, [](Session& s, const One& o) { return ShowLogs(s, o.value); });
}

}  // namespace

void AddInstances(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "instance", "Notebook instances");
  AddInstanceCreate(group, plan);
  AddInstanceList(group, plan);
  AddInstanceLooks(group, plan);
  AddInstanceChange(group, plan, "start", "Start instances", &StartInstances);
  AddInstanceChange(group, plan, "stop", "Stop instances; their files stay", &StopInstances);
  AddInstanceChange(group, plan, "delete", "Delete instances with their files", &DeleteInstances);
}

}  // namespace atelier::cli
