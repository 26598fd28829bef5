#include "serve/serve.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <variant>

#include <CLI/CLI.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "base/data_folder.h"
#include "base/text.h"
#include "serve/last_resort.h"
#include "serve/options.h"
#include "serve/server_app.h"
#include "serve/wiring/server_context.h"
#include "serve/wiring/state.h"

namespace atelier::serve {

namespace {

using asio::experimental::awaitable_operators::operator||;

constexpr int kCannotServe = 1;
constexpr int kWrongOptions = 2;
/// For a shutdown, after the grace of the requests: to end what runs in the background, and to
/// bring the store in order.
constexpr std::chrono::seconds kEndsWithin{20};

LogLevel ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "warn") return LogLevel::kWarn;
  if (text == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

/// A connection through the gateway takes two descriptors; the soft limit that shells and service
/// managers set is for programs that use select(2).
void RaiseDescriptorLimit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);  // refused: the soft limit stays, and bounds what is accepted
}

/// SIGHUP reads the certificate again; SIGINT and SIGTERM end the wait.
Task<void> UntilAsked(asio::signal_set& signals, ServerApp& app, Logger& log) {
  for (;;) {
    const auto [error, number] = co_await signals.async_wait(kNoThrow);
    if (error || number != SIGHUP) co_return;
    const Status reloaded = app.ReloadCertificate();
    if (reloaded)
      log.Info("certificate.reloaded");
    else
      log.Error("certificate.kept", {{"error", reloaded.error().ToString()}});
  }
}

Task<void> ServeUntilAsked(ServerContext& base, ServerApp& app, LastResort& resort, int& code) {
  asio::signal_set signals(base.io, SIGINT, SIGTERM, SIGHUP);  // first: it keeps what comes early
  if (const Status started = co_await app.Start(); !started) {
    base.log->Error("serve.failed", {{"error", started.error().ToString()}});
    WriteToStderr(fmt::format("atelier: {}\n", started.error().message()));
    code = kCannotServe;
    co_return;
  }
  // Before anybody can see that it serves: who then asks it to end gets an end in order.
  resort.Serving();
  co_await app.Open();
  const auto ended = co_await (UntilAsked(signals, app, *base.log) || app.UntilStoreLost() ||
                               app.RunMaintenance());
  if (const Error* lost = std::get_if<Error>(&ended)) {
    base.log->Error("serve.store_lost", {{"error", lost->ToString()}});
    WriteToStderr(fmt::format("atelier: {}\n", lost->message()));
    code = kCannotServe;
  }
  co_await app.Stop();
  base.log->Info("serve.stopped");
}

int Serve(ServerConfig config) {
  LastResort resort(std::chrono::seconds(config.shutdown_grace_s) + kEndsWithin);
  auto log = MakeStderrLogger(ParseLogLevel(config.log_level));
  ServerContext base(std::move(config), std::filesystem::canonical("/proc/self/exe").string(),
                     std::move(log));
  ServerApp app(base);
  int code = 0;
  Spawn(base.io.get_executor(), "serve", ServeUntilAsked(base, app, resort, code));
  base.io.run();
  base.Join();
  return code;
}

Task<void> RunRecoverKey(ServerContext& base, int& code) {
  const auto folder = DataFolder::Find(base.config.data);
  const auto id = folder ? co_await RecoverKey(base, *folder) : Result<std::string>(folder.error());
  if (id) {
    fmt::print("The main account has the new access key {}, in {}. Its earlier keys are ended.\n",
               *id, folder->Credentials());
    co_return;
  }
  WriteToStderr(fmt::format("atelier: No key was made: {}\n", id.error().message()));
  code = kCannotServe;
}

int RecoverKey(ServerConfig config) {
  auto log = MakeStderrLogger(ParseLogLevel(config.log_level));
  ServerContext base(std::move(config), std::filesystem::canonical("/proc/self/exe").string(),
                     std::move(log));
  int code = 0;
  Spawn(base.io.get_executor(), "recover", RunRecoverKey(base, code));
  base.io.run();
  base.Join();
  return code;
}

}  // namespace

int Main(int argc, char** argv) {
  ServerConfig config;
  bool manual = false;
  bool recover_key = false;
  CLI::App app{"Serve the API, the gateway and the reconciler.", "atelier serve"};
  app.set_config("--config", "", "File with lines 'flag = value'");
  app.add_flag("--manual", manual, "Print the manual of all options and exit");
  // Not from the file: each start would make another one.
  app.add_flag(
         "--recover-key", recover_key,
         "Make a new access key of the main account, end its earlier ones, write the new one to "
         "credentials.json, and exit. For when it was lost; no server may run")
      ->configurable(false);
  for (const ConfigOption& option : ConfigOptions()) {
    CLI::Option* added = std::visit(
        [&](auto member) {
          return app.add_option("--" + std::string(option.flag), config.*member,
                                std::string(option.doc));
        },
        option.member);
    added->envname(option.environment())->capture_default_str();
    if (option.range.max > 0) added->check(CLI::Range(option.range.min, option.range.max));
    if (!option.values.empty()) added->check(CLI::IsMember(SplitList(option.values)));
  }
  app.add_option_function<std::string>("--isolate-network",
                                       [](const std::string&) {
                                         throw CLI::ValidationError(
                                             "--isolate-network",
                                             "is now --isolation: `prefer` for true, `off` for "
                                             "false");
                                       })
      ->envname("ATELIER_ISOLATE_NETWORK")
      ->group("");  // of earlier versions: not in the help
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongOptions;
  }
  if (manual) {
    fmt::print("{}", ConfigManual());
    return 0;
  }
  if (const Status valid = ValidateConfig(config); !valid) {
    fmt::print(stderr, "atelier serve: {}\n", valid.error().message());
    return kWrongOptions;
  }
  std::signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();
  return recover_key ? RecoverKey(std::move(config)) : Serve(std::move(config));
}

}  // namespace atelier::serve
