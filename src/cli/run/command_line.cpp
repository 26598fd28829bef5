// With the groups of commands (commands.h) the one place that knows CLI11.
#include "cli/run/command_line.h"

#include <algorithm>
#include <memory>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "base/version.h"
#include "cli/command/completion.h"
#include "cli/run/commands.h"

namespace atelier::cli {

namespace {

/// Only its name is the client's business: main has taken every line that begins with it.
constexpr const char* kServe = "serve";
constexpr const char* kHelp = "help";

CommandNode TreeOf(const CLI::App& app, const std::vector<std::string>& server_options) {
  CommandNode node{
      .name = app.get_name(), .help = app.get_description(), .options = {}, .children = {}};
  if (app.get_name() == kServe) {
    node.is_client = false;
    node.options = server_options;
    return node;
  }
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // an old spelling, for scripts
    for (const std::string& name : option->get_lnames()) node.options.push_back("--" + name);
  }
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    node.children.push_back(TreeOf(*child, server_options));
  }
  return node;
}

void AddCompletion(CLI::App& root, Plan& plan, const std::vector<std::string>& server_options) {
  auto shell = std::make_shared<std::string>();  // shared: CLI11 writes it, the callback reads it
  CLI::App* app = root.add_subcommand("completion", "Print a completion script for a shell");
  app->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app->callback([&root, &plan, &server_options, shell] {
    plan.print = CompletionScript(*shell, TreeOf(root, server_options));
  });
}

void AddRoot(CLI::App& root, Plan& plan, const std::vector<std::string>& server_options) {
  root.require_subcommand(1);
  root.fallthrough();
  root.set_version_flag("-v,--version", "atelier " + std::string(kVersion));
  root.add_option("--endpoint", plan.connection.endpoint,
                  "Server, as http://host:port (or ATELIER_ENDPOINT)");
  root.add_option("--credentials", plan.connection.credentials,
                  "File with the access key (or ATELIER_CREDENTIALS, or "
                  "ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET)");
  root.add_option("--ca-file", plan.connection.ca_file, "Certificates to trust for https");
  root.add_option_function<std::string>(
          "-o,--output",
          [&plan](const std::string& text) { plan.format = *ParseEnum<Format>(text); },
          "table (the default), json, yaml or csv")
      ->check(CLI::IsMember({"table", "json", "yaml", "csv"}));
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
  AddCatalogue(root, plan);
  AddStatus(root, plan);
  AddVerbs(root, plan, RootVerbs());
  AddOrphans(root, plan);
  AddStore(root, plan);
  AddLocal(root, plan);
  AddCompletion(root, plan, server_options);
  root.add_subcommand(kHelp, "Show the help of a command: atelier help service update");
  root.footer(
      "The server writes an access key to credentials.json in its data folder at its first start;\n"
      "data/credentials.json and ~/.atelier/credentials.json are found without being named.\n"
      "Exit codes: 0 done; 1 refused by the server; 2 wrong command line or input; 3 server not\n"
      "reached; 4 ended in another state, or not in time; 5 not found.");
}

/// The command that the line is about: the last one named.
const CLI::App& Named(const CLI::App& root) {
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return *app;
}

/// The one of `known` that `typed` was probably meant to be; empty: none is near.
std::string Nearest(std::string_view typed, const std::vector<std::string>& known) {
  const std::size_t most = typed.size() < 4 ? 1 : 2;
  std::string nearest;
  std::size_t least = most + 1;
  for (const std::string& word : known) {
    const std::size_t distance =
        word.starts_with(typed) && typed.size() > 1 ? 1 : EditDistance(typed, word);
    if (distance < least) {
      least = distance;
      nearest = word;
    }
  }
  return nearest;
}

std::string PathOfCommand(const CLI::App& app) {
  return app.get_parent() == nullptr ? "atelier"
                                     : PathOfCommand(*app.get_parent()) + " " + app.get_name();
}

/// CLI11 only says that a subcommand is required.
std::string NeedsCommand(const CLI::App& root, const CLI::App& group) {
  std::vector<std::string> commands;
  std::string listed;
  for (const CLI::App* child : group.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(child->get_name());
    listed += (listed.empty() ? "" : ", ") + child->get_name();
  }
  const std::vector<std::string> rest = root.remaining(true);
  const auto unknown =
      std::ranges::find_if(rest, [](const std::string& word) { return !word.starts_with('-'); });
  std::string what = PathOfCommand(group);
  if (unknown == rest.end()) {
    what += " needs a command.";
  } else {
    what += " has no command " + *unknown + ".";
    if (const std::string nearest = Nearest(*unknown, commands); !nearest.empty())
      what += " Did you mean " + nearest + "?";
  }
  return what + " There are: " + listed + ".\nRun with --help for more information.\n";
}

}  // namespace

Result<Plan> ParseCommandLine(std::vector<std::string> arguments,
                              const std::vector<std::string>& server_options) {
  Plan plan;
  CLI::App root{
      "Notebooks, model services and recommenders on your own hardware, behind the API of "
      "PAI.",
      "atelier"};
  AddRoot(root, plan, server_options);
  if (!arguments.empty() && arguments.front() == kHelp) {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
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
