// Wires the rooms together; nothing else. `atelier serve` is here, `atelier keep` and `atelier
// relay` are the process driver's helpers, every other command is a client of the public API.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "api/api.h"
#include "base/config.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/raii.h"
#include "base/version.h"
#include "cli/cli.h"
#include "control/health_probe.h"
#include "control/instances.h"
#include "control/notebook.h"
#include "control/reconciler.h"
#include "control/service_groups.h"
#include "control/service_reconciler.h"
#include "control/service_scaler.h"
#include "control/services.h"
#include "directory/directory.h"
#include "directory/service_directory.h"
#include "gateway/gateway.h"
#include "gateway/service_gateway.h"
#include "http/client.h"
#include "http/server.h"
#include "identity/authenticator.h"
#include "identity/identity_service.h"
#include "identity/sealed_box.h"
#include "identity/token_signer.h"
#include "model/catalogue.h"
#include "runtime/process.h"
#include "runtime/simulated.h"
#include "store/store.h"

namespace atelier {
namespace {

using asio::experimental::awaitable_operators::operator||;

LogLevel ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "warn") return LogLevel::kWarn;
  if (text == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

Result<std::string> ReadFile(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  if (!file) return Error(Code::kNotFound, fmt::format("The file {} cannot be read.", path));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

/// Durable before it returns; only its owner can read it.
Status WritePrivateFile(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(fd.get()) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0) {
    return Error(Code::kUnavailable, fmt::format("The file {} cannot be written.", path));
  }
  return Ok();
}

/// A connection through the gateway takes two descriptors; the soft limit that shells and service
/// managers set is for programs that use select(2).
void RaiseDescriptorLimit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);  // refused: the soft limit stays, and bounds what is accepted
}

/// Machine types of a laptop, and one image that only the simulated runtime can use.
model::Catalogue BuiltInCatalogue(bool with_image) {
  model::Catalogue catalogue;
  struct Size {
    const char* name;
    std::int64_t cpu;
    double memory;
  };
  for (const Size& size :
       {Size{"ecs.c6.large", 2, 4}, Size{"ecs.g6.large", 2, 8}, Size{"ecs.g6.xlarge", 4, 16}}) {
    model::EcsSpec spec;
    spec.InstanceType = size.name;
    spec.Cpu = size.cpu;
    spec.MemoryGb = size.memory;
    catalogue.Specs.push_back(std::move(spec));
  }
  if (with_image) {
    catalogue.Images.push_back({.ImageId = "image-simulated",
                                .ImageName = "simulated:1",
                                .ImageUrl = "local/simulated:1",
                                .Prefix = "/nonexistent"});
  }
  return catalogue;
}

Result<model::Catalogue> LoadCatalogue(const ServerConfig& config) {
  std::string path = config.catalogue;
  if (path.empty() && std::filesystem::exists(config.data + "/catalogue.json"))
    path = config.data + "/catalogue.json";
  if (path.empty()) return BuiltInCatalogue(config.runtime == "simulated");
  ATELIER_TRY(const std::string text, ReadFile(path));
  return model::ParseCatalogue(text);
}

http::Address AddressOf(const runtime::Endpoint& door) {
  return {.unix_path = door.unix_path,
          .host = door.host,
          .port = door.port,
          .tls = false,
          .tls_ca = {}};
}

/// Sends each request to the room that answers it. Until the server is ready that is the api, which
/// refuses them.
class Front final : public http::Handler {
 public:
  Front(api::Api& api, gateway::Gateway& gateway, gateway::ServiceGateway& services)
      : api_(api), gateway_(gateway), services_(services) {}
  Task<void> Handle(http::Exchange& exchange) override {
    if (api_.ready() && gateway::Gateway::Owns(exchange.head().path()))
      return gateway_.Handle(exchange);
    if (api_.ready() && gateway::ServiceGateway::Owns(exchange.head().path()))
      return services_.Handle(exchange);
    return api_.Handle(exchange);
  }
  http::Response Refuse(const Error& error) override { return api_.Refuse(error); }

 private:
  api::Api& api_;
  gateway::Gateway& gateway_;
  gateway::ServiceGateway& services_;
};

/// How far the start has come, for /readyz and the log. Threads: any.
class LoadProgress {
 public:
  explicit LoadProgress(Logger& log) : log_(log) {}

  void Note(std::size_t done, std::size_t all) {
    done_ = done;
    all_ = all;
    const std::size_t tenth = done * 10 / all;
    std::size_t logged = logged_;
    if (tenth > logged && logged_.compare_exchange_strong(logged, tenth))
      log_.Info("serve.loading", {{"instances", done}, {"of", all}});
  }
  std::string Text() const {
    if (all_ == 0) return "starting";
    return fmt::format("loading: {} of about {} instances", done_.load(), all_.load());
  }

 private:
  Logger& log_;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<std::size_t> all_ = 0;
  std::atomic<std::size_t> logged_ = 0;  // tenths
};

/// Puts the first key where only its owner can read it. The pending mark survives a crash between
/// the two steps: the key is then written out on the next start, for it is in the store already.
Task<Status> WriteFirstCredentials(const ServerConfig& config, identity::IdentityService& service,
                                   const identity::IdentityDirectory& directory,
                                   std::string endpoint) {
  const std::string file = config.data + "/credentials.json";
  const std::string pending = config.data + "/credentials.pending";
  if (directory.account() == nullptr) {
    ATELIER_CO_RETURN_IF_ERROR(WritePrivateFile(pending, ""));
    auto made = co_await service.Bootstrap(config.account_name);
    if (!made) co_return std::move(made).error();
  }
  if (!std::filesystem::exists(pending)) co_return Ok();
  const model::Account* account = directory.account();
  const auto keys = directory.KeysOf(model::UserId(account->id.str()));
  const identity::KeyEntry* key = keys.empty() ? nullptr : directory.FindKey(keys.front().id);
  if (key == nullptr) co_return Error(Code::kInternal, "The main account has no access key.");
  const json::object credentials{{"account_id", account->id.str()},
                                 {"access_key_id", key->key.id},
                                 {"access_key_secret", key->secret},
                                 {"endpoint", endpoint}};
  ATELIER_CO_RETURN_IF_ERROR(WritePrivateFile(file, json::serialize(credentials) + "\n"));
  std::error_code ignored;  // a mark that stays only makes the next start write the same file again
  std::filesystem::remove(pending, ignored);
  co_return Ok();
}

Status LoadReadModels(store::Store& store, identity::IdentityDirectory& identities,
                      directory::InstanceDirectory& instances,
                      directory::ServiceDirectory& services,
                      directory::RecommenderDirectory& recommenders,
                      control::RecommenderData& recommender_data,
                      control::RecommenderEngine& recommender_engine, LoadProgress& progress) {
  ATELIER_RETURN_IF_ERROR(identities.Load(store));
  ATELIER_RETURN_IF_ERROR(services.Load(store));
  ATELIER_RETURN_IF_ERROR(recommenders.Load(store));
  ATELIER_RETURN_IF_ERROR(recommender_data.Load(store));
  recommender_engine.LoadModels();
  return instances.Load(
      store, {.threads = std::max(1U, std::thread::hardware_concurrency()),
              .progress = [&](std::size_t done, std::size_t all) { progress.Note(done, all); }});
}

/// Everything one `atelier serve` is made of, in the order it is made and taken down.
class Installation {
 public:
  Installation(ServerConfig config, std::string program)
      : config_(std::move(config)),
        program_(std::move(program)),
        log_(MakeStderrLogger(ParseLogLevel(config_.log_level))),
        random_(MakeSystemRandom()) {}

  /// Returns the process's exit code.
  int Run() {
    int code = 0;
    Spawn(io_.get_executor(), "serve", Serve(code));
    io_.run();
    blocking_.join();
    recommending_.join();
    return code;
  }

 private:
  Clock& clock() { return simulated() ? static_cast<Clock&>(offset_clock_) : real_clock_; }
  bool simulated() const { return config_.runtime == "simulated"; }

  Task<void> Serve(int& code) {
    const Status served = co_await ServeUntilAsked();
    if (!served) {
      log_->Error("serve.failed", {{"error", served.error().ToString()}});
      fmt::print(stderr, "atelier: {}\n", served.error().message());
      code = 1;
    }
  }

  Task<Status> ServeUntilAsked() {
    const auto began = real_clock_.Mono();
    const auto io = io_.get_executor();
    std::error_code made;
    std::filesystem::create_directories(config_.data, made);
    if (made || ::chmod(config_.data.c_str(), 0700) != 0) {
      co_return Error(
          Code::kFailedPrecondition,
          fmt::format("The data folder {} cannot be made or is not yours.", config_.data));
    }
    config_.data = std::filesystem::canonical(config_.data).string();

    ATELIER_CO_TRY(model::Catalogue catalogue, LoadCatalogue(config_));
    ATELIER_CO_TRY(const auto store,
                   store::OpenSqlite({.folder = config_.data + "/store"}, io, real_clock_, *log_));
    ATELIER_CO_TRY(const identity::SealedBox box,
                   identity::SealedBox::Open(config_.data + "/secret.key", true, *random_));
    identity::IdentityDirectory identities(box);
    directory::InstanceDirectory instances;
    directory::ServiceDirectory services([&box](std::string_view sealed, std::string_view context) {
      return box.OpenBox(sealed, context).value_or("");
    });
    directory::RecommenderDirectory recommenders;
    control::RecommenderData recommender_data(recommending_);
    LoadProgress progress(*log_);
    store->AddListener(identities);
    store->AddListener(instances);
    store->AddListener(services);
    store->AddListener(recommenders);
    store->AddListener(recommender_data);
    identity::IdentityService identity(*store, identities, box, clock(), *random_);

    ATELIER_CO_TRY(const HostPort listen, ParseHostPort(config_.listen));
    const std::string scheme = config_.tls_certificate.empty() ? "http" : "https";
    const auto client = http::MakeClient({}, io, real_clock_);
    // A driver each: neither reconciler meets the workloads of the other.
    ATELIER_CO_TRY(const auto driver, MakeDriver(*client, "instances", listen.host, false));
    ATELIER_CO_TRY(const auto service_driver, MakeDriver(*client, "services", listen.host, true));

    ATELIER_CO_TRY(const std::string token_secret,
                   co_await identity.ServerSecret("sharing-tokens"));
    ATELIER_CO_TRY(const std::string notebook_secret, co_await identity.ServerSecret("notebooks"));
    const identity::TokenSigner signer(token_secret);
    identity::Authenticator authenticator(
        identities, clock(), real_clock_,
        {.allow_roa_hmac_sha1 = config_.allow_roa_signature,
         .not_before = std::chrono::floor<std::chrono::seconds>(real_clock_.Wall())});
    control::Instances control(*store, instances, catalogue, clock(), *random_, *log_,
                               {.max_instances = static_cast<std::size_t>(config_.max_instances)});
    control::Reconciler reconciler(
        *store, instances, catalogue, *driver, clock(), *random_, *log_, io,
        {.allocate_deadline = std::chrono::seconds(config_.allocate_deadline_s),
         .prepare_deadline = std::chrono::seconds(config_.prepare_deadline_s),
         .start_deadline = std::chrono::seconds(config_.start_deadline_s),
         .stop_deadline = std::chrono::seconds(config_.stop_deadline_s),
         .sample_every = std::chrono::seconds(config_.sample_every_s)},
        notebook_secret);
    store->AddListener(reconciler);

    const control::SealToken seal_token = [&](std::string_view token, std::string_view context) {
      return box.Seal(token, context, *random_);
    };
    control::Services service_control(
        *store, services, catalogue, clock(), *random_,
        {.max_services = static_cast<std::size_t>(config_.max_services), .seal = seal_token});
    control::ServiceGroups service_groups(*store, services, clock(), *random_, seal_token);
    const auto locate_replica = [&](const model::InstanceId& id) -> Result<http::Address> {
      ATELIER_TRY(const runtime::Endpoint door, service_driver->EndpointOf(id));
      return AddressOf(door);
    };
    std::unique_ptr<control::ServiceScaler> service_scaler;  // it and the gateway know each other
    gateway::ServiceGateway service_gateway(
        services, *client, locate_replica, io, real_clock_, *log_,
        {.secure = scheme == "https" || config_.public_url.starts_with("https://"),
         .wanted = [&](const model::ServiceId& id) { service_scaler->Wanted(id); }});
    store->AddListener(service_gateway);
    service_scaler = std::make_unique<control::ServiceScaler>(
        *store, services, catalogue, *service_driver, clock(), *log_, io,
        control::ServiceScalerOptions{
            .traffic = [&](const model::ServiceId& id) { return service_gateway.TrafficOf(id); }});
    const auto probe = simulated() ? control::MakeTrustingProbe()
                                   : control::MakeHttpProbe(*client, *service_driver, real_clock_);
    control::ServiceReconciler service_reconciler(
        *store, services, catalogue, *service_driver, *probe, clock(), *random_, *log_, io,
        {.start_deadline = std::chrono::seconds(config_.start_deadline_s),
         .ready_deadline = std::chrono::seconds(config_.ready_deadline_s),
         .stop_deadline = std::chrono::seconds(config_.stop_deadline_s),
         .in_flight = [&](const model::InstanceId& id) { return service_gateway.InFlight(id); }});
    store->AddListener(service_reconciler);

    control::Recommenders recommender_control(
        *store, recommenders, recommender_data, clock(), *random_,
        {.max_recommenders = static_cast<std::size_t>(config_.max_recommenders)});
    control::RecommenderEngine recommender_engine(
        *store, recommenders, recommender_data, clock(), *log_, io,
        {.folder = config_.data + "/recommenders",
         .training_bytes = static_cast<std::size_t>(config_.training_mib) << 20U});
    store->AddListener(recommender_engine);
    control::RecommenderImports recommender_imports(*store, recommenders, recommender_data,
                                                    recommender_engine, clock());

    api::Api api({.store = *store,
                  .instances = instances,
                  .identities = identities,
                  .identity = identity,
                  .authenticator = authenticator,
                  .signer = signer,
                  .control = control,
                  .reconciler = reconciler,
                  .driver = *driver,
                  .services = services,
                  .service_control = service_control,
                  .service_groups = service_groups,
                  .service_reconciler = service_reconciler,
                  .service_scaler = *service_scaler,
                  .service_driver = *service_driver,
                  .recommenders = recommenders,
                  .recommender_control = recommender_control,
                  .recommender_data = recommender_data,
                  .recommender_imports = recommender_imports,
                  .recommender_engine = recommender_engine,
                  .catalogue = catalogue,
                  .clock = clock(),
                  .real_clock = real_clock_,
                  .adjustable_clock = simulated() ? &offset_clock_ : nullptr,
                  .random = *random_,
                  .log = *log_},
                 {.region = config_.region,
                  .public_url = config_.public_url,
                  .max_body_bytes = static_cast<std::size_t>(config_.max_body_kib) << 10U,
                  .max_requests_under_way = static_cast<int>(config_.max_requests),
                  .why_not_ready = [&progress] { return progress.Text(); }});
    const auto locate = [&](const model::InstanceId& id) -> Result<gateway::Target> {
      ATELIER_TRY(const runtime::Endpoint door, driver->EndpointOf(id));
      const directory::InstancePtr instance = instances.Find(id);
      if (instance == nullptr) return Error(Code::kNotFound, "The instance is gone.");
      return gateway::Target{
          .address = AddressOf(door),
          .authorization =
              "token " + control::NotebookToken(notebook_secret, id, instance->generation)};
    };
    gateway::Gateway gateway(
        instances, identities, signer, *client, locate, clock(), real_clock_, *log_,
        {.secure_cookies = scheme == "https" || config_.public_url.starts_with("https://")});
    Front front(api, gateway, service_gateway);
    const auto server =
        http::MakeServer({.address = listen.host,
                          .port = listen.port,
                          .tls_certificate = config_.tls_certificate,
                          .tls_key = config_.tls_key,
                          .max_connections = static_cast<std::size_t>(config_.max_connections)},
                         front, io, real_clock_, *log_);
    // Listens before the read models are there, so that who asks /readyz learns how far they are.
    ATELIER_CO_RETURN_IF_ERROR(server->Start());
    const std::string endpoint = fmt::format("{}://{}:{}", scheme, listen.host, server->port());
    ATELIER_CO_RETURN_IF_ERROR(co_await RunOn(blocking_, [&] {
      return LoadReadModels(*store, identities, instances, services, recommenders, recommender_data,
                            recommender_engine, progress);
    }));
    ATELIER_CO_RETURN_IF_ERROR(
        co_await WriteFirstCredentials(config_, identity, identities, endpoint));
    reconciler.Start();
    service_reconciler.Start();
    recommender_engine.Start();
    service_scaler->Start();
    api.SetReady();
    const auto took = std::chrono::duration_cast<Duration>(real_clock_.Mono() - began);
    log_->Info("serve.ready",
               {{"version", kVersion},
                {"endpoint", endpoint},
                {"runtime", config_.runtime},
                {"instances", instances.size()},
                {"services", services.size()},
                {"recommenders", recommenders.size()},
                {"quarantined", instances.quarantined() + services.quarantined() +
                                    recommenders.quarantined() + recommender_data.quarantined()},
                {"took_ms", took.count()}});

    asio::signal_set signals(io_, SIGINT, SIGTERM, SIGHUP);
    co_await (UntilAsked(signals, *server) || SweepKeys(identity));

    // Reverse order of start. Instances run on (promise 3).
    Spawn(io, "force", EndWhenAskedAgain(signals));
    const Deadline by = real_clock_.In(std::chrono::seconds(config_.shutdown_grace_s));
    co_await server->Stop(by);
    co_await recommender_engine.Stop();
    co_await service_scaler->Stop();
    co_await service_reconciler.Stop();
    co_await reconciler.Stop();
    co_await service_driver->Stop();
    co_await driver->Stop();
    co_await store->Stop();
    log_->Info("serve.stopped");
    co_return Ok();
  }

  /// `folder`: in the data folder; `host`: that the server listens on; `stamp_lines`: of output.
  Result<std::unique_ptr<runtime::Driver>> MakeDriver(http::Client& client,
                                                      const std::string& folder,
                                                      const std::string& host, bool stamp_lines) {
    if (simulated()) {
      auto driver = runtime::MakeSimulatedDriver({}, io_.get_executor(), clock());
      ATELIER_RETURN_IF_ERROR(driver->Listen(real_clock_, *log_));
      return std::unique_ptr<runtime::Driver>(std::move(driver));
    }
    return runtime::MakeProcessDriver({.folder = config_.data + "/" + folder,
                                       .program = program_,
                                       .isolate_network = config_.isolate_network,
                                       .shared_folders = SharedFolders(),
                                       .stamp_lines = stamp_lines,
                                       .host_ip = host},
                                      io_.get_executor(), blocking_, client, real_clock_, *log_);
  }

  std::vector<std::string> SharedFolders() const {
    if (config_.shared_folders.empty()) return {config_.data + "/models"};
    return CLI::detail::split(config_.shared_folders, ',');
  }

  /// Temporary keys that ran out are removed now and then, for ever, by the clock they expire by.
  Task<void> SweepKeys(identity::IdentityService& identity) {
    static constexpr std::chrono::minutes kEvery{5};
    for (;;) {
      co_await clock().Sleep(kEvery);
      const Status swept = co_await identity.SweepExpiredKeys();
      if (!swept) log_->Warn("keys.not_swept", {{"error", swept.error().ToString()}});
    }
  }

  /// SIGHUP reads the certificate again; SIGINT and SIGTERM end the wait.
  Task<void> UntilAsked(asio::signal_set& signals, http::Server& server) {
    for (;;) {
      const auto [error, number] = co_await signals.async_wait(kNoThrow);
      if (error || number != SIGHUP) co_return;
      const Status reloaded = server.ReloadCertificate();
      if (reloaded)
        log_->Info("certificate.reloaded");
      else
        log_->Error("certificate.kept", {{"error", reloaded.error().ToString()}});
    }
  }

  /// During the shutdown: SIGINT and SIGTERM stay caught, so that a second one (of a terminal that
  /// signals everybody, say) cuts nothing short in silence. It ends the process with the code that
  /// the signal itself would have given; the store is then as after a kill -9. Returns when
  /// `signals` goes.
  Task<void> EndWhenAskedAgain(asio::signal_set& signals) {
    static constexpr std::chrono::milliseconds kLogWrites{100};  // it writes from another thread
    for (;;) {
      const auto [error, number] = co_await signals.async_wait(kNoThrow);
      if (error) co_return;
      if (number == SIGHUP) continue;
      log_->Error("serve.forced", {{"signal", number}});
      co_await real_clock_.Sleep(kLogWrites);
      std::_Exit(128 + number);
    }
  }

  ServerConfig config_;
  std::string program_;
  asio::io_context io_{1};
  Pool blocking_{4};
  Pool recommending_{2};
  std::unique_ptr<Logger> log_;
  std::unique_ptr<Random> random_;
  SystemClock real_clock_;
  OffsetClock offset_clock_;
};

int ServeMain(int argc, char** argv) {
  ServerConfig config;
  bool manual = false;
  CLI::App app{"Serve the API, the gateway and the reconciler.", "atelier serve"};
  app.set_config("--config", "", "File with lines 'flag = value'");
  app.add_flag("--manual", manual, "Print the manual of all options and exit");
  for (const ConfigOption& option : ConfigOptions()) {
    CLI::Option* added = std::visit(
        [&](auto member) {
          return app.add_option("--" + std::string(option.flag), config.*member,
                                std::string(option.doc));
        },
        option.member);
    added->envname(std::string(option.environment))->capture_default_str();
    if (option.max > 0) added->check(CLI::Range(option.min, option.max));
    if (!option.values.empty())
      added->check(CLI::IsMember(CLI::detail::split(std::string(option.values), ',')));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (manual) {
    fmt::print("{}", ConfigManual());
    return 0;
  }
  if (const Status valid = ValidateConfig(config); !valid) {
    fmt::print(stderr, "atelier serve: {}\n", valid.error().message());
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();
  return Installation(std::move(config), std::filesystem::canonical("/proc/self/exe").string())
      .Run();
}

}  // namespace
}  // namespace atelier

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "serve") return atelier::ServeMain(argc - 1, argv + 1);
  if (command == "keep") return atelier::runtime::KeeperMain(argc - 1, argv + 1);
  if (command == "relay") return atelier::runtime::RelayMain(argc - 1, argv + 1);
  return atelier::cli::Main(argc, argv);
}
