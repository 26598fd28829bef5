// The one place that knows CLI11: every command, its options and its help.
#include "cli/run/command_line.h"

#include <memory>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/config.h"
#include "base/version.h"
#include "cli/command/completion.h"
#include "cli/command/instance.h"
#include "cli/command/ram.h"
#include "cli/command/recommender.h"
#include "cli/command/service.h"
#include "cli/command/workspace.h"

namespace atelier::cli {

namespace {

/// A leaf of the command tree. Its options live in a struct that the leaf owns: CLI11 writes into
/// it while it parses, and the command gets a copy afterwards.
template <class Options>
class Leaf {
 public:
  Leaf(CLI::App& group, const std::string& name, const std::string& help)
      : app_(group.add_subcommand(name, help)), options_(std::make_shared<Options>()) {}

  CLI::App& app() { return *app_; }
  Options& options() { return *options_; }

  /// `command` is called as command(session, options).
  template <class Command>
  void Runs(Plan& plan, Command command) {
    // shared: CLI11 keeps the callback, the plan the command.
    app_->callback([&plan, options = options_, command] {
      plan.command = [options, command](Session& session) { return command(session, *options); };
    });
  }

 private:
  CLI::App* app_;  // owned by its group
  std::shared_ptr<Options> options_;
};

struct None {};
struct One {
  std::string value;
};
struct Many {
  std::vector<std::string> values;
};
struct Pair {
  std::string first;
  std::string second;
};

CLI::App& Group(CLI::App& parent, const std::string& name, const std::string& help) {
  CLI::App* group = parent.add_subcommand(name, help);
  group->require_subcommand(1);
  return *group;
}

void AddWait(CLI::App& app, WaitOptions& options) {
  app.add_flag_callback(
      "--wait", [&options] { options.wait = true; }, "Wait until it is so (default on a terminal)");
  app.add_flag_callback(
      "--no-wait", [&options] { options.wait = false; },
      "Return as soon as the server has accepted");
  app.add_option("--timeout", options.timeout_seconds, "Longest wait, in seconds")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
}

// instance
// --------------------------------------------------------------------------------------------

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
  app.add_option("--env", o.env, "NAME=VALUE, repeatable; secrets belong into --env-file")
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

void AddInstances(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "instance", "Notebook instances");
  AddInstanceCreate(group, plan);
  AddInstanceList(group, plan);
  AddInstanceLooks(group, plan);
  AddInstanceChange(group, plan, "start", "Start instances", &StartInstances);
  AddInstanceChange(group, plan, "stop", "Stop instances; their files stay", &StopInstances);
  AddInstanceChange(group, plan, "delete", "Delete instances with their files", &DeleteInstances);
}

// service
// ---------------------------------------------------------------------------------------------

void AddServiceChanges(CLI::App& group, Plan& plan) {
  Leaf<CreateServiceOptions> create(group, "create", "Make a service and deploy it");
  create.app()
      .add_option("-f,--file", create.options().file, "File with the service JSON")
      ->required();
  AddWait(create.app(), create.options().wait);
  create.Runs(plan, &CreateService);

  Leaf<ScaleServiceOptions> scale(group, "scale", "Set the number of instances");
  scale.app().add_option("name", scale.options().name, "Service name")->required();
  scale.app()
      .add_option("instances", scale.options().instances, "0 to 1000")
      ->required()
      ->check(CLI::Range(0, 1000));
  AddWait(scale.app(), scale.options().wait);
  scale.Runs(plan, &ScaleService);

  Leaf<DeleteServicesOptions> remove(group, "delete", "End and delete services");
  remove.app().add_option("name", remove.options().names, "Service names")->required();
  AddWait(remove.app(), remove.options().wait);
  remove.Runs(plan, &DeleteServices);
}

void AddServiceLooks(CLI::App& group, Plan& plan) {
  Leaf<ListServicesOptions> list(group, "list", "List services, newest first");
  list.app().add_option("--name", list.options().name, "Part of the name");
  list.app().add_option("--status", list.options().status, "A state");
  list.Runs(plan, &ListServices);

  const auto add_look = [&](const char* name, const char* help, auto command) {
    Leaf<One> leaf(group, name, help);
    leaf.app().add_option("name", leaf.options().value, "Service name")->required();
    leaf.Runs(plan, [command](Session& s, const One& o) { return command(s, o.value); });
  };
  add_look("get", "Show a service", &GetService);
  add_look("instances", "List a service's instances", &ListServiceInstances);
  add_look("events", "Show what happened to a service", &ShowServiceEvents);

  Leaf<ServiceLogsOptions> logs(group, "logs", "Show what a service's instances print");
  logs.app().add_option("name", logs.options().name, "Service name")->required();
  logs.app().add_option("--instance", logs.options().instance, "One instance (default: all)");
  logs.app().add_flag("--previous", logs.options().previous, "Of the run before the present one");
  logs.Runs(plan, &ShowServiceLogs);

  Leaf<CallServiceOptions> call(group, "call", "Call a service with its own token");
  call.app().add_option("name", call.options().name, "Service name")->required();
  call.app().add_option("--path", call.options().path, "Path at the model server (default: /)");
  call.app().add_option("--data", call.options().data,
                        "Body of a POST; @FILE: what the file holds (default: a GET)");
  call.Runs(plan, &CallService);
}

void AddServices(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "service", "Model services");
  AddServiceChanges(group, plan);
  AddServiceLooks(group, plan);
}

// recommender
// -----------------------------------------------------------------------------------------

void AddRecommenderChanges(CLI::App& group, Plan& plan) {
  Leaf<CreateRecommenderOptions> create(group, "create", "Make a recommender");
  CreateRecommenderOptions& o = create.options();
  create.app()
      .add_option("--industry", o.industry, "content, item or news")
      ->required()
      ->check(CLI::IsMember({"content", "item", "news"}));
  create.app().add_option("--name", o.name, "At most 30 letters, digits, '_' or '-'");
  create.app().add_option("--scene", o.scene, "gul, rr, hot or focus");
  create.app()
      .add_option("--months", o.months, "Term: 1 to 10, or 12")
      ->check(CLI::Range(1, 12))
      ->capture_default_str();
  create.app().add_flag("--auto-renew", o.auto_renew, "Further terms follow by themselves");
  create.Runs(plan, &CreateRecommender);

  Leaf<Many> remove(group, "delete", "Delete recommenders and all they hold");
  remove.app().add_option("id", remove.options().values, "Recommender ids")->required();
  remove.Runs(plan, [](Session& s, const Many& o) { return DeleteRecommenders(s, o.values); });

  Leaf<ExtendRecommenderOptions> extend(group, "extend", "Extend a term, also one that is over");
  extend.app().add_option("id", extend.options().id, "Recommender id")->required();
  extend.app()
      .add_option("--months", extend.options().months, "1 to 10, or 12")
      ->check(CLI::Range(1, 12))
      ->capture_default_str();
  extend.Runs(plan, &ExtendRecommender);
}

void AddRecommenderData(CLI::App& group, Plan& plan) {
  Leaf<PushOptions> push(group, "push", "Push documents into a table");
  push.app().add_option("id", push.options().id, "Recommender id")->required();
  push.app()
      .add_option("table", push.options().table, "user, item or behavior")
      ->required()
      ->check(CLI::IsMember({"user", "item", "behavior"}));
  push.app()
      .add_option("-f,--file", push.options().file,
                  "File with a JSON array, or with one JSON object a line: the fields of each, or "
                  "{\"cmd\": ..., \"fields\": ...}")
      ->required();
  push.Runs(plan, &PushDocuments);

  Leaf<ImportOptions> import(group, "import", "Learn from what was pushed, and answer with it");
  import.app().add_option("id", import.options().id, "Recommender id")->required();
  AddWait(import.app(), import.options().wait);
  import.Runs(plan, &ImportDocuments);

  Leaf<RecommendOptions> recommend(group, "recommend", "Recommend items to a user");
  RecommendOptions& o = recommend.options();
  recommend.app().add_option("id", o.id, "Recommender id")->required();
  recommend.app().add_option("user", o.user, "User id")->required();
  recommend.app()
      .add_option("--count", o.count, "At most so many")
      ->check(CLI::Range(0, 50))
      ->capture_default_str();
  recommend.app()
      .add_option("--type", o.type, "gul, rr or hot")
      ->check(CLI::IsMember({"gul", "rr", "hot"}));
  recommend.app().add_option("--items", o.items, "ITEM:TYPE,... that it starts from (--type rr)");
  recommend.app().add_option("--scene", o.scene, "Only items of this scene");
  recommend.Runs(plan, &Recommend);
}

void AddRecommenders(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "recommender", "Recommenders");
  AddRecommenderChanges(group, plan);
  Leaf<ListRecommendersOptions> list(group, "list", "List recommenders, newest first");
  list.app().add_option("--name", list.options().name, "Part of the name");
  list.app()
      .add_option("--status", list.options().status, "Initializing, Ready or Running")
      ->check(CLI::IsMember({"Initializing", "Ready", "Running"}));
  list.Runs(plan, &ListRecommenders);
  Leaf<One> get(group, "get", "Show a recommender, its data and its versions");
  get.app().add_option("id", get.options().value, "Recommender id")->required();
  get.Runs(plan, [](Session& s, const One& o) { return GetRecommender(s, o.value); });
  AddRecommenderData(group, plan);
}

// workspace
// -------------------------------------------------------------------------------------------

void AddMemberOptions(Leaf<MemberOptions>& leaf) {
  leaf.app().add_option("workspace", leaf.options().workspace, "Workspace id")->required();
  leaf.app().add_option("user", leaf.options().user, "User id or login name")->required();
}

void AddWorkspaces(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "workspace", "Workspaces and their members");
  Leaf<None> list(group, "list", "List your workspaces");
  list.Runs(plan, [](Session& s, None) { return ListWorkspaces(s); });

  Leaf<One> get(group, "get", "Show a workspace");
  get.app().add_option("id", get.options().value, "Workspace id")->required();
  get.Runs(plan, [](Session& s, const One& o) { return GetWorkspace(s, o.value); });

  Leaf<CreateWorkspaceOptions> create(group, "create", "Make a workspace");
  create.app()
      .add_option("name", create.options().name, "3 to 23 letters, digits or underscores")
      ->required();
  create.app().add_option("--display-name", create.options().display_name, "Name to show");
  create.app().add_option("--description", create.options().description, "At most 80 characters");
  create.app().add_flag("--with-dev", create.options().with_dev,
                        "A development environment beside production");
  create.Runs(plan, &CreateWorkspace);

  Leaf<One> members(group, "members", "List a workspace's members");
  members.app().add_option("id", members.options().value, "Workspace id")->required();
  members.Runs(plan, [](Session& s, const One& o) { return ListMembers(s, o.value); });

  Leaf<MemberOptions> add(group, "add-member", "Add a user to a workspace");
  AddMemberOptions(add);
  add.app()
      .add_option("--role", add.options().roles,
                  "AlgoDeveloper, AlgoOperator, WorkspaceAdmin, ...; repeatable")
      ->take_all()
      ->default_val("AlgoDeveloper");
  add.Runs(plan, &AddMember);

  Leaf<MemberOptions> remove(group, "remove-member", "Remove a user from a workspace");
  AddMemberOptions(remove);
  remove.Runs(plan, &RemoveMember);

  Leaf<One> standard(group, "default", "Show or choose your default workspace");
  standard.app().add_option("id", standard.options().value, "Workspace id to choose");
  standard.Runs(plan, [](Session& s, const One& o) { return DefaultWorkspace(s, o.value); });
}

// user, key, policy
// -----------------------------------------------------------------------------------

void AddUsers(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "user", "Users of the account");
  Leaf<None> list(group, "list", "List users");
  list.Runs(plan, [](Session& s, None) { return ListUsers(s); });

  Leaf<Pair> create(group, "create", "Make a user");
  create.app().add_option("name", create.options().first, "Login name")->required();
  create.app().add_option("--display-name", create.options().second, "Name to show");
  create.Runs(plan, [](Session& s, const Pair& o) { return CreateUser(s, o.first, o.second); });

  Leaf<One> remove(group, "delete", "Delete a user that has no keys");
  remove.app().add_option("name", remove.options().value, "Login name")->required();
  remove.Runs(plan, [](Session& s, const One& o) { return DeleteUser(s, o.value); });
}

void AddKeyOwner(CLI::App& app, std::string& user) {
  app.add_option("--user", user, "Login name (default: your own keys)");
}

void AddKeys(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "key", "Access keys");
  Leaf<One> list(group, "list", "List access keys");
  AddKeyOwner(list.app(), list.options().value);
  list.Runs(plan, [](Session& s, const One& o) { return ListKeys(s, o.value); });

  Leaf<Pair> create(group, "create", "Make an access key");
  AddKeyOwner(create.app(), create.options().first);
  create.app().add_option("--save", create.options().second,
                          "Write it to a new credentials file instead of printing its secret");
  create.Runs(plan, [](Session& s, const Pair& o) { return CreateKey(s, o.first, o.second); });

  const auto add_change = [&](const char* name, const char* help, auto command) {
    Leaf<Pair> leaf(group, name, help);
    leaf.app().add_option("id", leaf.options().second, "Access key id")->required();
    AddKeyOwner(leaf.app(), leaf.options().first);
    leaf.Runs(plan, command);
  };
  add_change("disable", "Make an access key sign nothing until it is enabled",
             [](Session& s, const Pair& o) { return SetKeyState(s, o.first, o.second, false); });
  add_change("enable", "Enable an access key again",
             [](Session& s, const Pair& o) { return SetKeyState(s, o.first, o.second, true); });
  add_change("delete", "Delete an access key",
             [](Session& s, const Pair& o) { return DeleteKey(s, o.first, o.second); });
}

void AddAttach(CLI::App& group, Plan& plan, const std::string& name, const std::string& help,
               bool attach) {
  Leaf<AttachOptions> leaf(group, name, help);
  leaf.options().attach = attach;
  leaf.app().add_option("policy", leaf.options().policy, "Policy name")->required();
  leaf.app().add_option("--user", leaf.options().user, "Login name");
  leaf.app().add_option("--role", leaf.options().role, "Role name");
  leaf.Runs(plan, &AttachPolicy);
}

void AddPolicies(CLI::App& root, Plan& plan) {
  CLI::App& group = Group(root, "policy", "Access policies");
  Leaf<None> list(group, "list", "List policies");
  list.Runs(plan, [](Session& s, None) { return ListPolicies(s); });

  Leaf<One> get(group, "get", "Show a policy's document");
  get.app().add_option("name", get.options().value, "Policy name")->required();
  get.Runs(plan, [](Session& s, const One& o) { return GetPolicy(s, o.value); });

  Leaf<CreatePolicyOptions> create(group, "create", "Make a policy");
  create.app().add_option("name", create.options().name, "Policy name")->required();
  create.app()
      .add_option("--document", create.options().document, "File with the policy's JSON")
      ->required();
  create.app().add_option("--description", create.options().description, "For people");
  create.Runs(plan, &CreatePolicy);

  Leaf<One> remove(group, "delete", "Delete a policy that is attached nowhere");
  remove.app().add_option("name", remove.options().value, "Policy name")->required();
  remove.Runs(plan, [](Session& s, const One& o) { return DeletePolicy(s, o.value); });

  AddAttach(group, plan, "attach", "Give a user or role what a policy allows", true);
  AddAttach(group, plan, "detach", "Take a policy from a user or role", false);
}

// The root
// --------------------------------------------------------------------------------------------

/// Only its name is the client's business: main has taken every line that begins with it.
constexpr const char* kServe = "serve";

CommandNode TreeOf(const CLI::App& app) {
  CommandNode node{
      .name = app.get_name(), .help = app.get_description(), .options = {}, .children = {}};
  if (app.get_name() == kServe) {
    node.is_client = false;
    node.options = {"--config", "--manual", "--help"};
    for (const ConfigOption& option : ConfigOptions())
      node.options.push_back("--" + std::string(option.flag));
    return node;
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) node.options.push_back("--" + name);
  }
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    node.children.push_back(TreeOf(*child));
  }
  return node;
}

void AddCompletion(CLI::App& root, Plan& plan) {
  auto shell = std::make_shared<std::string>();  // shared: CLI11 writes it, the callback reads it
  CLI::App* app = root.add_subcommand("completion", "Print a completion script for a shell");
  app->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app->callback([&root, &plan, shell] { plan.print = CompletionScript(*shell, TreeOf(root)); });
}

void AddRoot(CLI::App& root, Plan& plan) {
  root.require_subcommand(1);
  root.fallthrough();
  root.set_version_flag("--version", "atelier " + std::string(kVersion));
  root.add_option("--endpoint", plan.connection.endpoint,
                  "Server, as http://host:port (or ATELIER_ENDPOINT)");
  root.add_option("--credentials", plan.connection.credentials,
                  "File with the access key (or ATELIER_CREDENTIALS, or "
                  "ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET)");
  root.add_option("--ca-file", plan.connection.ca_file, "Certificates to trust for https");
  root.add_option_function<std::string>(
          "-o,--output",
          [&plan](const std::string& text) { plan.format = *ParseEnum<Format>(text); },
          "table (the default), json or yaml")
      ->check(CLI::IsMember({"table", "json", "yaml"}));
  root.add_subcommand(kServe, "Run the server; see: atelier serve --help")->callback([] {
    throw CLI::ParseError("The options of serve stand behind it: atelier serve --help",
                          CLI::ExitCodes::InvalidError);
  });
  AddInstances(root, plan);
  AddServices(root, plan);
  AddRecommenders(root, plan);
  AddWorkspaces(root, plan);
  AddUsers(root, plan);
  AddKeys(root, plan);
  AddPolicies(root, plan);
  AddCompletion(root, plan);
  root.footer(
      "The server writes an access key to credentials.json in its data folder at its first start;\n"
      "data/credentials.json and ~/.atelier/credentials.json are found without being named.");
}

/// The command that the line is about: the last one named.
const CLI::App& Named(const CLI::App& root) {
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return *app;
}

/// CLI11 only says that a subcommand is required.
std::string NeedsCommand(const CLI::App& root, const CLI::App& group) {
  std::string commands;
  for (const CLI::App* child : group.get_subcommands([](const CLI::App*) { return true; }))
    commands += (commands.empty() ? "" : ", ") + child->get_name();
  const std::vector<std::string> rest = root.remaining(true);
  const auto unknown =
      std::ranges::find_if(rest, [](const std::string& word) { return !word.starts_with('-'); });
  const std::string path = &group == &root ? "atelier" : "atelier " + group.get_name();
  const std::string what =
      unknown == rest.end() ? " needs a command" : " has no command " + *unknown;
  return path + what + ". There are: " + commands + ".\nRun with --help for more information.\n";
}

}  // namespace

Result<Plan> ParseCommandLine(std::vector<std::string> arguments) {
  Plan plan;
  CLI::App root{
      "Notebooks, model services and recommenders on your own hardware, behind the API of "
      "PAI.",
      "atelier"};
  AddRoot(root, plan);
  std::ranges::reverse(arguments);  // CLI11 takes them last first
  try {
    root.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    const CLI::App& named = Named(root);
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
        named.get_require_subcommand_min() > 0)
      return Error(Code::kInvalidArgument, NeedsCommand(root, named));
    std::ostringstream out;
    std::ostringstream err;
    if (root.exit(error, out, err) != 0) return Error(Code::kInvalidArgument, err.str());
    plan.print = out.str();
  }
  return plan;
}

}  // namespace atelier::cli
