#pragma once
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/command/instance.h"
#include "cli/run/command_line.h"

/// What the commands are built of in CLI11's terms.
namespace atelier::cli {

/// A leaf of the command tree. Its options live in a struct that the leaf owns: CLI11 writes into
/// it while it parses, and the command gets a copy afterwards.
template <class Options>
class Subcommand {
 public:
  Subcommand(CLI::App& group, const std::string& name, const std::string& help)
      : app_(group.add_subcommand(name, help)), options_(std::make_shared<Options>()) {
    // What other tools call them.
    if (name == "list") app_->alias("ls");
    if (name == "delete") app_->alias("rm");
  }

  CLI::App& app() { return *app_; }
  Options& options() { return *options_; }

  /// `command` is called as command(context, options).
  template <class Command>
  void Runs(Plan& plan, Command command) {
    // shared: CLI11 keeps the callback, the plan the command.
    app_->callback([&plan, options = options_, command] {
      plan.command = [options, command](CommandContext& context) {
        return command(context, *options);
      };
    });
  }

  /// Of a command that needs no server that is there: command(options, connection, env).
  template <class Command>
  void RunsHere(Plan& plan, Command command) {
    app_->callback([&plan, options = options_, command] {
      plan.local = [options, command](const ConnectionOptions& connection, CliEnvironment& env) {
        return command(*options, connection, env);
      };
    });
  }

  /// Of one that works on what is on this host: command(options, env).
  void RunsOnHost(Plan& plan, Status (*command)(const Options&, CliEnvironment&)) {
    app_->callback([&plan, options = options_, command] {
      plan.on_host = [options, command](CliEnvironment& env) { return command(*options, env); };
    });
  }

 private:
  CLI::App* app_;  // owned by its group
  std::shared_ptr<Options> options_;
};

struct NoArguments {};
struct OneArgument {
  std::string value;
};
struct TwoArguments {
  std::string first;
  std::string second;
};

/// Of a list.
inline void AddQuiet(CLI::App& app, Plan& plan) {
  app.add_flag("-q,--quiet", plan.ids_only, "Print the ids only, one a line");
}

/// Of a list.
inline void AddQuery(CLI::App& app, std::string& query, const std::string& example) {
  app.add_option("--query", query, "Conditions, for example '" + example + "' (docs/query.md)");
}

/// How many of what there is, up to `most`; `old`: what it was called before, which scripts may
/// use.
template <class T>
void AddLimit(CLI::App& app, T& limit, T most, const std::string& old, const std::string& help) {
  app.add_option("--limit", limit, help)->check(CLI::Range(T{1}, most))->capture_default_str();
  app.add_option(old, limit)->check(CLI::Range(T{1}, most))->group("");
}

inline CLI::App& Group(CLI::App& parent, const std::string& name, const std::string& help) {
  CLI::App* group = parent.add_subcommand(name, help);
  group->require_subcommand(1);
  return *group;
}

inline void AddWait(CLI::App& app, WaitOptions& options) {
  app.add_flag_callback(
      "--wait", [&options] { options.wait = true; },
      "Wait for the result (the default on a terminal)");
  app.add_flag_callback(
      "--no-wait", [&options] { options.wait = false; },
      "Return as soon as the server has accepted the request");
  app.add_option("--timeout", options.timeout_seconds, "Wait at most so many seconds")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
}

inline void AddLogOptions(CLI::App& app, LogsOptions& options) {
  app.add_flag("-f,--follow", options.follow, "Go on printing until Ctrl-C");
  app.add_option("--tail", options.tail, "The last lines only, so many");
  app.add_option("--since", options.since, "Since so long ago (90s, 30m, 2h, 1d), or since a time");
}

}  // namespace atelier::cli
