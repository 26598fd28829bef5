// One program: the server, the helpers that its sandboxes run it as, and the client commands.
#include <string_view>

#include "cli/cli.h"
#include "processor/processor.h"
#include "runtime/process.h"
#include "serve/options.h"
#include "serve/serve.h"

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "serve") return atelier::serve::Main(argc - 1, argv + 1);
  if (command == "keep") return atelier::runtime::ShimMain(argc - 1, argv + 1);
  if (command == "sweep") return atelier::runtime::SweepMain(argc - 1, argv + 1);
  if (command == "relay") return atelier::runtime::RelayMain(argc - 1, argv + 1);
  if (command == "processor") return atelier::processor::ProcessorMain(argc - 1, argv + 1);
  return atelier::cli::Main(argc, argv, atelier::serve::OptionNames());
}
