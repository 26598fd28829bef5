#include "serve/wiring/frontend.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/host_port.h"
#include "base/metrics.h"
#include "base/text.h"
#include "control/dsw/notebook.h"
#include "gateway/metrics.h"
#include "http/origin.h"
#include "serve/wiring/metrics_token.h"

namespace atelier::serve {

namespace {

api::Services ServicesOf(const Dependencies& dependencies, const identity::TokenSigner& signer,
                         identity::Authenticator& authenticator) {
  return {.dsw = dependencies.notebooks.parts,
          .eas = dependencies.services.parts,
          .airec = dependencies.recommenders.parts,
          .workloads = dependencies.workloads,
          .driver = *dependencies.runtime.driver,
          .store = *dependencies.state.store,
          .mark = &dependencies.state.mark,
          .identities = dependencies.state.identities,
          .identity = dependencies.state.identity,
          .authenticator = authenticator,
          .sessions = dependencies.state.sessions,
          .key_uses = dependencies.state.key_uses,
          .openings = dependencies.state.openings,
          .passwords = dependencies.state.passwords,
          .client = &dependencies.client,
          .signer = signer,
          .catalogue = dependencies.catalogue,
          .clock = dependencies.base.clock(),
          .real_clock = dependencies.base.real_clock,
          .adjustable_clock = dependencies.base.adjustable_clock(),
          .random = *dependencies.base.random,
          .log = *dependencies.base.log,
          .world = &dependencies.state.world};
}

/// Streams stay, so that half of the connections are for requests whatever the option says.
std::size_t MostStreams(const ServerConfig& config) {
  const auto connections = http::MostConnections(static_cast<std::size_t>(config.max_connections)) /
                           (config.apps_listen.empty() ? 1U : 2U);
  return std::min(static_cast<std::size_t>(config.max_streams), connections / 2);
}

api::LiveFeed::Options LiveOptionsOf(const ServerConfig& config) {
  return {.public_url = config.public_url,
          .max_streams = MostStreams(config),
          .max_per_holder = static_cast<std::size_t>(config.max_streams_per_user)};
}

api::Options ApiOptionsOf(const Dependencies& dependencies,
                          std::function<std::uint16_t()> apps_port,
                          std::function<void(std::string&, bool)> more_metrics) {
  const ServerConfig& config = dependencies.base.config;
  return {.region = config.region,
          .region_aliases = SplitList(config.region_aliases),
          .zone = config.zone,
          .public_url = config.public_url,
          .apps_url = config.apps_url,
          .apps_port = std::move(apps_port),
          .console = config.console == "on" && !console::BuiltAssets().empty(),
          .sign_in =
              !config.apps_listen.empty() || !config.apps_url.empty() || config.allow_shared_origin,
          .passwords = config.passwords,
          .oidc = dependencies.oidc,
          .max_body_bytes = static_cast<std::size_t>(config.max_body_kib) << 10U,
          .max_requests_under_way = static_cast<int>(config.max_requests),
          .threads = static_cast<std::size_t>(config.request_threads),
          .share_recommenders = config.share_recommenders,
          .controls = dependencies.runtime.controls,
          .metrics_token =
              MetricsToken(dependencies.folder, *dependencies.base.random, *dependencies.base.log),
          .more_metrics = std::move(more_metrics),
          .why_not_ready = [&progress = dependencies.progress] { return progress.Text(); }};
}

identity::AuthenticatorOptions::Md5 RoaMd5Of(const ServerContext& base) {
  using Md5 = identity::AuthenticatorOptions::Md5;
  const std::string& said = base.config.roa_content_md5;
  if (said == "require") return Md5::kNeeded;
  const bool accept = said == "accept" || base.secure() || base.simulated();
  return accept ? Md5::kOptional : Md5::kNeededFromAfar;
}

identity::AuthenticatorOptions AuthenticatorOptionsOf(const Dependencies& dependencies) {
  return {.allow_roa_hmac_sha1 = dependencies.base.config.allow_roa_signature,
          .roa_md5 = RoaMd5Of(dependencies.base),
          .nonce_file = dependencies.folder.Nonces(),
          .log = dependencies.base.log.get()};
}

http::ServerOptions ServerOptionsOf(const ServerContext& base, const HostPort& listen) {
  return {
      .address = listen.host,
      .port = listen.port,
      .tls_certificate = base.config.tls_certificate,
      .tls_key = base.config.tls_key,
      .max_connections = static_cast<std::size_t>(base.config.max_connections),
      .servers = base.config.apps_listen.empty() ? 1U : 2U,
      // ValidateConfig has read the list.
      .trusted_proxies =
          http::TrustedProxies::Parse(base.config.trusted_proxies).value_or(http::TrustedProxies()),
      .more_loops = base.request_threads.loops()};
}

/// nullptr: there is no second door.
std::unique_ptr<http::Server> MakeAppsServer(ServerContext& base, http::Handler& handler) {
  const auto listen = ParseHostPort(base.config.apps_listen);
  if (!listen) return nullptr;
  return http::MakeServer(ServerOptionsOf(base, *listen), handler, base.executor(), base.real_clock,
                          *base.log);
}

/// Where browsers find notebooks and services.
const std::string& AppsUrlOf(const Dependencies& dependencies) {
  const ServerConfig& config = dependencies.base.config;
  const bool apart = !config.apps_listen.empty() || !config.apps_url.empty();
  return apart ? config.apps_url : config.public_url;
}

/// Hosts of which each is one instance's.
std::optional<http::NamedHosts> NamesOf(const ServerConfig& config) {
  if (!config.apps_url.empty()) return http::NamedHosts::Parse(config.apps_url);
  // Every browser takes such a name for its own host.
  return config.apps_listen.empty() ? std::nullopt : http::NamedHosts::Parse("http://*.localhost");
}

/// Where a client finds this server.
std::optional<http::WebOrigin> OriginOf(const http::RequestHead& head) {
  const std::string scheme = head.tls ? "https://" : "http://";
  auto origin = http::ParseOrigin(scheme + std::string(head.headers.Get("Host")));
  return origin ? origin : http::ParseOrigin(scheme + head.own_address);
}

/// What a page can make a browser send: it would show the answer as a page, or read it.
bool MayBeOfAPage(const http::RequestHead& head) {
  return head.method == "GET" || head.method == "HEAD" || head.headers.Has("Origin") ||
         head.headers.Has("Sec-Fetch-Site");
}

}  // namespace

Frontend::Frontend(const Dependencies& dependencies, const std::string& sharing_secret)
    : base_(dependencies.base),
      identities_(dependencies.state.identities),
      signer_(sharing_secret),
      authenticator_(dependencies.state.identities, dependencies.base.clock(),
                     dependencies.base.real_clock, AuthenticatorOptionsOf(dependencies)),
      names_(NamesOf(dependencies.base.config)),
      named_(names_ && !dependencies.base.config.apps_url.empty()),
      api_(ServicesOf(dependencies, signer_, authenticator_),
           ApiOptionsOf(
               dependencies,
               [this] { return apps_server_ ? apps_server_->port() : std::uint16_t{0}; },
               [this](std::string& page, bool named) { AppendMetrics(page, named); })),
      feed_({.changes = dependencies.state.changes,
             .identities = dependencies.state.identities,
             .authenticator = authenticator_,
             .sessions = dependencies.state.sessions,
             .clock = dependencies.base.clock(),
             .real_clock = dependencies.base.real_clock,
             .random = *dependencies.base.random,
             .log = *dependencies.base.log},
            LiveOptionsOf(dependencies.base.config)),
      gateway_(
          dependencies.state.instances, dependencies.state.identities, signer_, dependencies.client,
          [&notebooks = dependencies.notebooks](const auto& id) { return notebooks.Locate(id); },
          dependencies.base.clock(), dependencies.base.real_clock, *dependencies.base.log,
          {.upstream_timeout = std::chrono::seconds(dependencies.base.config.answer_timeout_s),
           .tunnel_idle = std::chrono::seconds(dependencies.base.config.websocket_idle_s),
           .secure_cookies =
               dependencies.base.tls() || AppsUrlOf(dependencies).starts_with("https"),
           .public_url = AppsUrlOf(dependencies),
           .names = names_,
           .openings = &dependencies.state.openings,
           .idle_minutes =
               [&notebooks = dependencies.notebooks](const model::InstanceId& id) {
                 return notebooks.reconciler.IdleMinutes(id);
               },
           .extend =
               [&notebooks = dependencies.notebooks](model::InstanceId id, model::Actor actor) {
                 return notebooks.control.Extend(std::move(id), std::move(actor));
               },
           .shares = dependencies.base.passing}),
      instance_keys_(std::string(control::kCredentialsPath), dependencies.state.instances,
                     dependencies.state.identities, dependencies.state.identity,
                     dependencies.base.clock(), dependencies.base.real_clock,
                     *dependencies.base.log),
      service_gateway_(dependencies.services.gateway),
      console_(console::BuiltAssets(),
               [this](const http::RequestHead& head) {
                 const std::string base = ServicesApart(head);
                 return base.empty() ? base : base + "/api/predict/";
               }),
      server_(http::MakeServer(ServerOptionsOf(dependencies.base, dependencies.base.listen), *this,
                               dependencies.base.executor(), dependencies.base.real_clock,
                               *dependencies.base.log)),
      apps_server_(MakeAppsServer(dependencies.base, apps_)) {
  identities_.SetLending([this](const model::AccessKey& key) { return instance_keys_.Holds(key); });
}

Frontend::~Frontend() { identities_.SetLending({}); }

Status Frontend::Open() {
  ATELIER_RETURN_IF_ERROR(server_->Start());
  return apps_server_ ? apps_server_->Start() : Ok();
}

Status Frontend::ReloadCertificate() {
  ATELIER_RETURN_IF_ERROR(server_->ReloadCertificate());
  return apps_server_ ? apps_server_->ReloadCertificate() : Ok();
}

Task<void> Frontend::Close(Deadline by) {
  feed_.Stop();
  if (apps_server_) co_await apps_server_->Stop(by);
  co_await server_->Stop(by);
}

std::string Frontend::Endpoint() const {
  return fmt::format("{}://{}:{}", base_.tls() ? "https" : "http", UrlHost(base_.listen.host),
                     server_->port());
}

void Frontend::AppendMetrics(std::string& page, bool named) const {
  metrics::AppendGauge(
      page, "atelier_http_connections", "Open connections of clients.",
      server_->connections() + (apps_server_ ? apps_server_->connections() : std::size_t{0}));
  metrics::AppendGauge(page, "atelier_live_streams", "Browsers that follow what changes.",
                       feed_.streams());
  std::vector<const LoopWatch*> watches = base_.request_threads.watches();
  watches.push_back(&base_.watch);
  LoopWatch::AppendText(page, watches);
  gateway::AppendMetrics(page, gateway_, service_gateway_);
  if (named) service_gateway_.AppendMetrics(page);
}

std::string Frontend::EndpointInside(bool own_network) const {
  if (own_network) return fmt::format("http://127.0.0.1:{}", control::kServerPort);
  // The host's network: as everybody on this host. A certificate is for the public name.
  return base_.config.public_url.empty() ? Endpoint() : base_.config.public_url;
}

Task<void> Frontend::Handle(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  // Before all else: at such a host there is neither the API nor the console.
  if (IsForApps(head)) return HandleApps(exchange);
  // It needs nothing but its files: who comes while the server loads sees how far that is.
  if (IsForConsole(head)) return console_.Handle(exchange);
  // Until the api is ready it has every request, and refuses all but the probes.
  if (!api_.ready()) return api_.Handle(exchange);
  if (api::LiveFeed::Owns(head.path())) return feed_.Handle(exchange);
  if (instance_keys_.Owns(head)) return instance_keys_.Handle(exchange);
  http::Handler* const gateway = GatewayOf(head.path());
  if (gateway == nullptr) return api_.Handle(exchange);
  // Programs and workloads call services by either door; no page is served at this one.
  const bool apart = (apps_server_ || named_) && !head.inside;
  if (apart && (gateway == &gateway_ || MayBeOfAPage(head))) return LeadToApps(exchange);
  return gateway->Handle(exchange);
}

std::optional<http::Response> Frontend::AnswerAtOnce(http::Exchange& exchange, std::size_t loop) {
  const http::RequestHead& head = exchange.head();
  // Only what Handle gives to the api.
  if (IsForApps(head) || IsForConsole(head) || !api_.ready() || api::LiveFeed::Owns(head.path()) ||
      instance_keys_.Owns(head) || GatewayOf(head.path()) != nullptr)
    return std::nullopt;
  return api_.AnswerAtOnce(exchange, loop);
}

http::Handler* Frontend::GatewayOf(std::string_view path) {
  if (gateway::Gateway::Owns(path)) return &gateway_;
  if (gateway::ServiceGateway::Owns(path)) return &service_gateway_;
  return nullptr;
}

Task<void> Frontend::Refuse(http::Exchange& exchange, Error error) {
  // A client that is gone needs no answer.
  static_cast<void>(co_await exchange.Send(Refuse(error)));
}

Task<void> Frontend::NotHere(http::Exchange& exchange) {
  return Refuse(exchange, {Code::kNotFound, "Notebooks and services are here, and nothing else."});
}

Task<void> Frontend::HandleApps(http::Exchange& exchange) {
  if (!api_.ready())
    return Refuse(exchange, {Code::kUnavailable, "The server is starting. Try again soon."});
  const http::RequestHead& head = exchange.head();
  http::Handler* const gateway = GatewayOf(head.path());
  if (gateway == nullptr) return NotHere(exchange);
  const auto label = names_ ? names_->LabelOf(head.headers.Get("Host")) : std::nullopt;
  if (named_ && !label) return LeadToApps(exchange);
  // The gateway of notebooks compares its host with the instance itself.
  if (label && gateway == &service_gateway_ && *label != http::kServicesLabel)
    return NotHere(exchange);
  return gateway->Handle(exchange);
}

std::string Frontend::AppsAt(const http::RequestHead& head) const {
  if (!base_.config.apps_url.empty()) return base_.config.apps_url;
  if (!apps_server_) return "";
  auto origin = http::ParseOrigin(base_.config.public_url);
  if (!origin) origin = OriginOf(head);
  if (!origin) return "";
  return fmt::format("{}://{}:{}", origin->scheme, origin->host, apps_server_->port());
}

std::string Frontend::ServicesApart(const http::RequestHead& head) const {
  return http::AtLabel(AppsAt(head), http::kServicesLabel);
}

Task<void> Frontend::LeadToApps(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  std::string base = base_.config.apps_url;
  if (named_) {
    const bool notebook = GatewayOf(head.path()) == &gateway_;
    const std::string_view label =
        notebook ? gateway::Gateway::IdIn(head.path()) : http::kServicesLabel;
    // What is no id would become somebody else's host.
    if (!http::NamedHosts::IsLabel(label)) co_return co_await NotHere(exchange);
    base = http::AtLabel(base, label);
  } else if (base.empty()) {
    if (const auto origin = OriginOf(head))
      base = fmt::format("{}://{}:{}", origin->scheme, origin->host, apps_server_->port());
  }
  http::Response response{.status = 307, .headers = {}, .body = {}};
  response.headers.Add("Location", base + head.target);
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("Referrer-Policy", "no-referrer");
  static_cast<void>(co_await exchange.Send(std::move(response)));
}

}  // namespace atelier::serve
