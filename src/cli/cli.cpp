#include "cli/cli.h"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <unistd.h>
#include <utility>

#include "cli/run/cli_environment.h"

namespace atelier::cli {

int Main(int argc, char** argv, std::vector<std::string> server_options) {
  if (argc < 1) return static_cast<int>(Exit::kUsage);
  std::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  const auto random = MakeSystemRandom();
  const auto environment = [](const char* name) -> std::optional<std::string> {
    const char* value =
        std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread, and nobody sets any
    if (value == nullptr) return std::nullopt;
    return value;
  };
  CliEnvironment env{.out = std::cout,
                     .err = std::cerr,
                     .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                     .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                     .environment = environment,
                     .clock = clock,
                     .random = *random,
                     .server_options = std::move(server_options),
                     .in = ::isatty(STDIN_FILENO) == 1 ? &std::cin : nullptr};
  return static_cast<int>(Run({argv + 1, argv + argc}, env));
}

}  // namespace atelier::cli
