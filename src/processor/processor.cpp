#include "processor/processor.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "http/server.h"
#include "processor/host/handler.h"
#include "processor/host/library.h"

namespace atelier::processor {

namespace {

constexpr std::string_view kCommand = "processor";
constexpr const char* kConfigVariable = "ATELIER_MODEL_CONFIG";
constexpr std::chrono::hours kFinish{24};  // whoever asked for the end forces it when it is time

template <class T>
bool ReadAboveZero(std::string_view text, T& into) {
  into = ParseNumber<T>(text).value_or(0);
  return into > 0;
}

/// nullopt: not what InvocationOf makes.
std::optional<HostOptions> ParseArguments(int argc, char** argv) {
  HostOptions options;
  if (argc != 5 || !ReadAboveZero(argv[1], options.port) ||
      !ReadAboveZero(argv[2], options.threads) || options.threads > kMaxThreads)
    return std::nullopt;
  options.library = argv[3];
  options.model_entry = argv[4];
  if (const char* config = std::getenv(kConfigVariable)) options.model_config = config;
  return options;
}

int Fail(const HostOptions& options, const Error& error) {
  fmt::print(stderr, "atelier processor: {}: {}\n", options.library, error.message());
  return 1;
}

Task<void> UntilAsked(http::Server& server, Clock& clock, asio::io_context& io) {
  asio::signal_set signals(io, SIGTERM, SIGINT);
  (void)co_await signals.async_wait(kNoThrow);
  co_await server.Stop(clock.In(kFinish));
  io.stop();
}

}  // namespace

Invocation InvocationOf(const HostOptions& options) {
  return {.arguments = {std::string(kCommand), std::to_string(options.port),
                        std::to_string(options.threads), options.library, options.model_entry},
          .environment = {{kConfigVariable, options.model_config}}};
}

int ProcessorMain(int argc, char** argv) {
  const auto options = ParseArguments(argc, argv);
  if (!options) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  // Into a pipe, what a library prints would be kept back until there are kilobytes of it.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  auto library = Library::Open(options->library);
  if (!library) return Fail(*options, library.error());
  if (const Status ready = library->Initialize(options->model_entry, options->model_config); !ready)
    return Fail(*options, ready.error());

  const auto log = MakeStderrLogger(LogLevel::kWarn);
  SystemClock clock;
  asio::io_context io{1};
  Pool workers(static_cast<std::size_t>(options->threads));
  Handler handler(*library, workers);
  const auto server = http::MakeServer({.address = "127.0.0.1", .port = options->port}, handler,
                                       io.get_executor(), clock, *log);
  if (const Status bound = server->Start(); !bound) return Fail(*options, bound.error());
  fmt::print(stderr, "atelier processor: {} serves on port {} with {} threads\n", options->library,
             options->port, options->threads);
  Spawn(io.get_executor(), "processor", UntilAsked(*server, clock, io));
  io.run();
  workers.join();
  return 0;
}

}  // namespace atelier::processor
