#include <string>
#include <utility>

#include "cli/run/commands.h"
#include "cli/run/subcommand.h"
#include "cli/up/up.h"

namespace atelier::cli {

namespace {

using LocalCommand = Exit (*)(LocalOptions, CliEnvironment&);

void AddLocalCommand(CLI::App& root, Plan& plan, const std::string& name, const std::string& help,
                     LocalCommand command) {
  Subcommand<LocalOptions> subcommand(root, name, help);
  LocalOptions& o = subcommand.options();
  subcommand.app()
      .add_option("--data", o.data, "Folder of the server")
      ->envname("ATELIER_DATA")
      ->capture_default_str();
  subcommand.app()
      .add_option("--listen", o.listen, "Where a server that is started listens, host:port")
      ->envname("ATELIER_LISTEN")
      ->capture_default_str();
  if (name == "up") {
    subcommand.app().add_option(
        "--image", o.image, "Environment with JupyterLab, for the catalogue of a new data folder");
  }
  subcommand.RunsHere(plan, [command](LocalOptions options, const ConnectionOptions& connection,
                                      CliEnvironment& env) {
    options.ca_file = connection.ca_file;
    return command(std::move(options), env);
  });
}

}  // namespace

void AddLocal(CLI::App& root, Plan& plan) {
  AddLocalCommand(root, plan, "up",
                  "Start a server and a notebook on this machine, or show those that run", &Up);
  AddLocalCommand(root, plan, "down", "End every notebook on this machine, and its server", &Down);
}

}  // namespace atelier::cli
