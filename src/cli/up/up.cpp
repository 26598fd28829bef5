#include "cli/up/up.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <ostream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <variant>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "base/codec.h"
#include "base/file.h"
#include "base/host_port.h"
#include "base/server_file.h"
#include "cli/client/api_client.h"
#include "cli/command/args.h"
#include "cli/command/instance.h"
#include "cli/run/command_context.h"
#include "cli/up/my_notebook.h"
#include "cli/up/server_process.h"
#include "cli/up/stop_requests.h"
#include "http/client.h"

namespace atelier::cli {

namespace {

namespace fs = std::filesystem;
using asio::experimental::awaitable_operators::operator||;

constexpr std::chrono::seconds kReadyWithin{60};
constexpr std::chrono::seconds kEndsWithin{60};
constexpr std::chrono::seconds kProbeTimeout{2};
constexpr std::size_t kMaxProbeBytes = 64U << 10U;
constexpr int kMaxTries = 5;  // to find a server or start one, while others come and go
constexpr int kMaxKills = 2;
constexpr std::size_t kShownLogLines = 5;

Exit ExitOfSignal(int signal) { return static_cast<Exit>(128 + signal); }

/// As shells do: what the caller has set to ignore (nohup, a job in the background) stays ignored.
bool IsIgnored(int signal) {
  struct sigaction now{};
  return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

std::string LastLines(const std::string& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  std::deque<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(std::move(line));
    if (lines.size() > most) lines.pop_front();
  }
  std::string text;
  for (const std::string& line : lines) text += std::string(Printable(line)) + "\n";
  return text;
}

/// nullopt: there is none, or it is half written.
std::optional<ServerFile> ReadServerFile(const std::string& data) {
  const auto text = ReadFile(data + "/" + kServerFileName);
  if (!text) return std::nullopt;
  auto file = FromJson<ServerFile>(*text);
  if (!file) return std::nullopt;
  return *std::move(file);
}

Status MakeData(const std::string& data) {
  if (::mkdir(data.c_str(), S_IRWXU) == 0 || errno == EEXIST) return Ok();
  return FileError("make the folder", data, errno);
}

Status CheckData(const std::string& data) {
  if (!fs::exists(data) || ::access(data.c_str(), W_OK) == 0) return Ok();
  return Error(Code::kFailedPrecondition,
               fmt::format("The data folder {} cannot be used: {}. Be that user, or name another "
                           "folder with --data or ATELIER_DATA.",
                           data, WhyRefused(data, errno)));
}

/// The catalogue of a fresh data folder: the standard image. Its machine types are the server's
/// own, as far as they fit this machine.
Status WriteCatalogue(const std::string& data, const std::string& image) {
  if (image.empty() || fs::exists(data + "/catalogue.json")) return Ok();
  std::error_code failed;
  const fs::path prefix = fs::canonical(image, failed);
  if (failed) {
    return Error(Code::kInvalidArgument,
                 fmt::format("There is no image at {}: {}.", image, failed.message()));
  }
  const json::object catalogue{{"Images", json::array{{{"ImageId", "image-jupyterlab"},
                                                       {"ImageName", "jupyterlab:4"},
                                                       {"ImageUrl", "local/jupyterlab:4"},
                                                       {"Prefix", prefix.string()}}}}};
  return WriteFileDurably(data + "/catalogue.json", json::serialize(catalogue) + "\n");
}

/// Where notebooks are served, an origin of their own, so that somebody can sign in: at the port
/// behind `listen`, the same whenever the server starts, or at any if that is taken or there is
/// none.
std::string AppsListen(const std::string& listen) {
  auto address = ParseHostPort(listen);
  if (!address) return "";  // the server says what is wrong with it
  asio::io_context io;
  asio::ip::tcp::acceptor probe(io);
  boost::system::error_code failed;
  const auto ip = asio::ip::make_address(address->host, failed);
  if (failed) return "";
  const auto next = static_cast<std::uint16_t>(address->port + 1);
  const asio::ip::tcp::endpoint behind(ip, address->port == 0 ? 0 : next);
  probe.open(behind.protocol(), failed);
  probe.set_option(asio::socket_base::reuse_address(true), failed);  // as the server does
  probe.bind(behind, failed);
  return fmt::format("{}:{}", UrlHost(address->host), failed ? 0 : behind.port());
}

/// Both commands: they find or start the server of a data folder, work with it and end it.
class LocalRun {
 public:
  LocalRun(LocalOptions options, CliEnvironment& env)
      : options_(std::move(options)),
        env_(env),
        log_(options_.data + "/serve.log"),
        signals_(io_),
        client_(http::MakeClient({}, io_.get_executor(), env.clock)) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      if (!IsIgnored(signal)) signals_.add(signal);
    }
  }

  Exit Run(Task<Exit> (LocalRun::*command)()) {
    Exit exit = Exit::kRefused;
    Spawn(io_.get_executor(), "command", Finish((this->*command)(), exit));
    io_.run();
    env_.out.flush();
    return exit;
  }
  Task<Exit> Up();
  Task<Exit> Down();

 private:
  Task<void> Finish(Task<Exit> command, Exit& exit) {
    exit = co_await std::move(command);
    io_.stop();  // idle connections of the client would keep it busy
  }
  Task<Status> BringUp();
  Task<Status> StopInstances();
  Task<Status> Connect();
  Status Start();
  Task<bool> AwaitReady();
  Task<bool> IsReady();
  Task<Status> WithSession(Task<Status> (LocalRun::*work)(CommandContext&));
  Task<Status> ShowConsole(CommandContext& context);
  Task<Status> ShowNotebook(CommandContext& context);
  Task<Status> StopAll(CommandContext& context) { return StopAllInstances(context); }
  Task<int> AwaitStop();
  Task<void> AwaitForce();
  Task<Status> EndServer();
  Task<Exit> Abandon(Exit exit);
  Error Ended(std::string_view what);
  Exit Fail(const Error& error);
  void Note(std::string_view line) { Say(env_, line); }

  const LocalOptions options_;
  CliEnvironment& env_;
  const std::string log_;
  asio::io_context io_{1};
  asio::signal_set signals_;  // from the first moment, so that none is lost
  StopRequests requests_;
  std::unique_ptr<http::Client> client_;
  std::optional<ServerProcess> server_;
  bool started_ = false;  // by this command: it ends it too
  std::string endpoint_;
  std::string reason_;  // why it is not ready
};

/// The signal that asks for the end.
Task<int> LocalRun::AwaitStop() {
  for (;;) {
    const auto [error, signal] = co_await signals_.async_wait(kNoThrow);
    if (error) continue;  // cancelled: the next wait ends this coroutine
    if (requests_.Add(signal, env_.clock.Mono()) == StopRequests::Meaning::kStop) co_return signal;
  }
}

/// Returns when somebody will not wait for the server to end in its own time.
Task<void> LocalRun::AwaitForce() {
  for (;;) {
    const auto [error, signal] = co_await signals_.async_wait(kNoThrow);
    if (error) continue;  // as above
    switch (requests_.Add(signal, env_.clock.Mono())) {
      case StopRequests::Meaning::kStop:
        Note("the server is ending; the same again kills it");
        break;
      case StopRequests::Meaning::kSame:
        break;
      case StopRequests::Meaning::kForce:
        co_return;
    }
  }
}

Error LocalRun::Ended(std::string_view what) {
  env_.err << LastLines(log_, kShownLogLines);
  return {Code::kUnavailable, fmt::format("{}; the lines above are the end of {}", what, log_)};
}

Exit LocalRun::Fail(const Error& error) {
  env_.out.flush();
  env_.err << "atelier: " << error.message() << std::endl;
  return Exit::kRefused;
}

Status LocalRun::Start() {
  std::error_code failed;
  const std::string program = fs::canonical("/proc/self/exe", failed).string();
  Note("starting the server on http://" + options_.listen);
  const bool says_otherwise =
      env_.environment("ATELIER_APPS_LISTEN") || env_.environment("ATELIER_APPS_URL") ||
      env_.environment("ATELIER_PUBLIC_URL") || env_.environment("ATELIER_ALLOW_SHARED_ORIGIN");
  ATELIER_TRY(server_, ServerProcess::Start(
                           {.program = program,
                            .data = options_.data,
                            .listen = options_.listen,
                            .apps_listen = says_otherwise ? "" : AppsListen(options_.listen),
                            .log = log_},
                           io_.get_executor()));
  started_ = true;
  return Ok();
}

/// Whether it has loaded and can write. An answer on the port alone could be another server's.
Task<bool> LocalRun::IsReady() {
  const auto file = ReadServerFile(options_.data);
  if (file && file->pid == server_->pid()) {
    endpoint_ = file->endpoint;
  } else if (started_) {
    co_return false;
  } else {
    endpoint_ = "http://" + options_.listen;  // one of an earlier version does not say
  }
  auto address = ParseEndpoint(endpoint_);
  if (!address) co_return false;
  address->tls_ca = options_.ca_file;
  http::RequestHead head;
  head.method = "GET";
  head.target = "/readyz";
  head.headers.Add("Host", address->host);
  const auto page = co_await client_->Fetch(*std::move(address), std::move(head), "",
                                            kMaxProbeBytes, env_.clock.In(kProbeTimeout));
  if (!page) {
    reason_ = page.error().message();
    co_return false;
  }
  reason_ = page->body;
  co_return page->status == 200 && server_->Serves(options_.data);
}

Task<bool> LocalRun::AwaitReady() {
  const Deadline by = env_.clock.In(kReadyWithin);
  while (server_->IsAlive() && env_.clock.Mono() < by) {
    if (co_await IsReady()) co_return true;
    co_await env_.clock.Sleep(env_.poll_every);
  }
  co_return false;
}

/// Finds the server or starts one, and waits until it is ready. Another may be ending, or start at
/// this very moment: then it looks again.
Task<Status> LocalRun::Connect() {
  for (int tries = 0; tries < kMaxTries; ++tries) {
    started_ = false;
    server_ = ServerProcess::Find(options_.data, io_.get_executor());
    if (!server_) ATELIER_CO_RETURN_IF_ERROR(Start());
    if (co_await AwaitReady()) co_return Ok();
    if (server_->IsAlive()) {
      co_return Error(
          Code::kUnavailable,
          fmt::format("the server (pid {}) is not ready yet; its log is {}; /readyz says: {}",
                      server_->pid(), log_, reason_));
    }
    // A signal that ended it at its birth is here too, and then is what there is to say.
    co_await env_.clock.Sleep(env_.poll_every);
    if (started_ && !ServerProcess::Find(options_.data, io_.get_executor())) break;
  }
  co_return Ended(
      "the server did not start (if its address is taken, name another with --listen or "
      "ATELIER_LISTEN)");
}

Task<Status> LocalRun::WithSession(Task<Status> (LocalRun::*work)(CommandContext&)) {
  ATELIER_CO_TRY(const Connection connection,
                 FindConnection({.endpoint = endpoint_,
                                 .credentials = options_.data + "/credentials.json",
                                 .ca_file = options_.ca_file},
                                env_));
  ApiClient api(*client_, connection, env_);
  CommandContext context{.env = env_, .api = api};
  co_return co_await (this->*work)(context);
}

/// The way in for a browser comes first: it is good while the notebook starts.
Task<Status> LocalRun::ShowConsole(CommandContext& context) {
  const auto link = co_await context.api.Send(
      {.action = "CreateSignInLink", .method = "POST", .path = "/atelier/v1/sign-in-links"});
  // An older server, or one that was told otherwise; the notebook is there all the same.
  if (!link && (link.error().code() == Code::kNotFound || link.error().reason() == "SharedOrigin"))
    co_return Ok();
  if (!link) co_return link.error();
  env_.out << fmt::format(
                  "\nConsole:       {}\n               (for one browser, within a minute; `atelier "
                  "console` prints another)",
                  TextOf(*link, "Url"))
           << std::endl;
  co_return Ok();
}

Task<Status> LocalRun::ShowNotebook(CommandContext& context) {
  ATELIER_CO_RETURN_IF_ERROR(co_await ShowConsole(context));
  ATELIER_CO_TRY(const std::string id, co_await RunMyNotebook(context));
  OpenOptions open;
  open.id = id;
  ATELIER_CO_TRY(const std::string link, co_await LinkOf(context, std::move(open)));
  env_.out << fmt::format(
      "\nJupyterLab:    {}\nAPI endpoint:  {}\nAccess key:    {}/credentials.json (only you can "
      "read it)\n\n",
      link, endpoint_, options_.data);
  ATELIER_CO_RETURN_IF_ERROR(co_await ListInstances(context, {}));
  env_.out << std::endl;
  co_return Ok();
}

Task<Status> LocalRun::BringUp() {
  ATELIER_CO_RETURN_IF_ERROR(CheckData(options_.data));
  ATELIER_CO_RETURN_IF_ERROR(MakeData(options_.data));
  ATELIER_CO_RETURN_IF_ERROR(WriteCatalogue(options_.data, options_.image));
  ATELIER_CO_RETURN_IF_ERROR(co_await Connect());
  if (!started_) Note(fmt::format("the server runs already (pid {})", server_->pid()));
  auto shown = co_await (WithSession(&LocalRun::ShowNotebook) || server_->AwaitEnd());
  if (Status* status = std::get_if<0>(&shown)) co_return std::move(*status);
  co_return Ended("the server ended");
}

/// Asks the server to end and waits until it has. Unavailable: not even killing it helps.
Task<Status> LocalRun::EndServer() {
  int next = SIGTERM;  // to a server that is asked already it says: at once
  int kills = 0;
  server_->Signal(SIGTERM);
  Deadline by = env_.clock.In(kEndsWithin);
  while (server_->IsAlive()) {
    const auto what = co_await (server_->AwaitEnd() || AwaitForce() || env_.clock.SleepUntil(by));
    if (what.index() == 0) break;
    if (what.index() == 1) {
      Note("ending it at once");
      server_->Signal(std::exchange(next, SIGKILL));
      continue;
    }
    if (kills++ == kMaxKills) {
      co_return Error(Code::kUnavailable,
                      fmt::format("The server (pid {}) does not end.", server_->pid()));
    }
    Note("it does not end; killing it");
    server_->Signal(SIGKILL);
    by = env_.clock.In(kEndsWithin);
  }
  co_return Ok();
}

/// Gives up what is under way: the server goes if it was started for it.
Task<Exit> LocalRun::Abandon(Exit exit) {
  if (!started_) co_return exit;
  if (server_->IsAlive()) {
    Note(
        "stopping the server; its notebooks live on: `up` (make run) adopts them, `down` (make "
        "stop) ends them too");
  }
  if (const Status ended = co_await EndServer(); !ended) co_return Fail(ended.error());
  co_return exit;
}

Task<Exit> LocalRun::Up() {
  auto up = co_await (BringUp() || AwaitStop());
  if (const int* signal = std::get_if<1>(&up)) co_return co_await Abandon(ExitOfSignal(*signal));
  if (const Status& status = std::get<0>(up); !status)
    co_return co_await Abandon(Fail(status.error()));
  if (!started_) {
    if (!server_->Runs("/proc/self/exe")) {
      env_.out << "The server that runs is not the build of now. To change over: Ctrl-C in its "
                  "terminal (or 'make stop'), then 'make run'.\n";
    }
    env_.out << "'make stop' ends the server and the notebook.\n";
    co_return Exit::kDone;
  }
  env_.out << "Ctrl-C stops the server and leaves the notebook running; 'make stop' ends both."
           << std::endl;
  const auto end = co_await (server_->AwaitEnd() || AwaitStop());
  if (end.index() == 1) co_return co_await Abandon(Exit::kDone);
  const int code = server_->ExitCode().value_or(0);
  if (code != 0) co_return Fail(Ended(fmt::format("the server ended with code {}", code)));
  Note("the server was asked to end, and did");
  co_return Exit::kDone;
}

Task<Status> LocalRun::StopInstances() {
  ATELIER_CO_RETURN_IF_ERROR(CheckData(options_.data));
  ATELIER_CO_RETURN_IF_ERROR(co_await Connect());
  co_return co_await WithSession(&LocalRun::StopAll);
}

Task<Exit> LocalRun::Down() {
  if (!fs::exists(options_.data)) {
    Note("nothing runs");
    co_return Exit::kDone;
  }
  auto stopped = co_await (StopInstances() || AwaitStop());
  if (const int* signal = std::get_if<1>(&stopped)) {
    Note("interrupted: what still runs, runs on; the same command again goes on here");
    co_return co_await Abandon(ExitOfSignal(*signal));
  }
  if (const Status& status = std::get<0>(stopped); !status)
    co_return co_await Abandon(Fail(status.error()));
  if (const Status ended = co_await EndServer(); !ended) co_return Fail(ended.error());
  Note("stopped");
  co_return Exit::kDone;
}

}  // namespace

Exit Up(LocalOptions options, CliEnvironment& env) {
  return LocalRun(std::move(options), env).Run(&LocalRun::Up);
}

Exit Down(LocalOptions options, CliEnvironment& env) {
  return LocalRun(std::move(options), env).Run(&LocalRun::Down);
}

}  // namespace atelier::cli
