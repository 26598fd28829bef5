#include "serve/wiring/frontend.h"

#include <cstddef>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/host_port.h"
#include "base/metrics.h"
#include "base/text.h"
#include "control/dsw/notebook.h"
#include "gateway/metrics.h"
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
          .signer = signer,
          .catalogue = dependencies.catalogue,
          .clock = dependencies.base.clock(),
          .real_clock = dependencies.base.real_clock,
          .adjustable_clock = dependencies.base.adjustable_clock(),
          .random = *dependencies.base.random,
          .log = *dependencies.base.log};
}

api::Options ApiOptionsOf(const Dependencies& dependencies,
                          std::function<void(std::string&, bool)> more_metrics) {
  const ServerConfig& config = dependencies.base.config;
  return {.region = config.region,
          .region_aliases = SplitList(config.region_aliases),
          .zone = config.zone,
          .public_url = config.public_url,
          .max_body_bytes = static_cast<std::size_t>(config.max_body_kib) << 10U,
          .max_requests_under_way = static_cast<int>(config.max_requests),
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

http::ServerOptions ServerOptionsOf(const ServerContext& base) {
  return {.address = base.listen.host,
          .port = base.listen.port,
          .tls_certificate = base.config.tls_certificate,
          .tls_key = base.config.tls_key,
          .max_connections = static_cast<std::size_t>(base.config.max_connections)};
}

}  // namespace

Frontend::Frontend(const Dependencies& dependencies, const std::string& sharing_secret)
    : base_(dependencies.base),
      identities_(dependencies.state.identities),
      signer_(sharing_secret),
      authenticator_(dependencies.state.identities, dependencies.base.clock(),
                     dependencies.base.real_clock, AuthenticatorOptionsOf(dependencies)),
      api_(ServicesOf(dependencies, signer_, authenticator_),
           ApiOptionsOf(dependencies,
                        [this](std::string& page, bool named) { AppendMetrics(page, named); })),
      gateway_(
          dependencies.state.instances, dependencies.state.identities, signer_, dependencies.client,
          [&notebooks = dependencies.notebooks](const auto& id) { return notebooks.Locate(id); },
          dependencies.base.clock(), dependencies.base.real_clock, *dependencies.base.log,
          {.upstream_timeout = std::chrono::seconds(dependencies.base.config.answer_timeout_s),
           .tunnel_idle = std::chrono::seconds(dependencies.base.config.websocket_idle_s),
           .secure_cookies = dependencies.base.secure(),
           .public_url = dependencies.base.config.public_url,
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
      server_(http::MakeServer(ServerOptionsOf(dependencies.base), *this,
                               dependencies.base.executor(), dependencies.base.real_clock,
                               *dependencies.base.log)) {
  identities_.SetLending([this](const model::AccessKey& key) { return instance_keys_.Holds(key); });
}

Frontend::~Frontend() { identities_.SetLending({}); }

std::string Frontend::Endpoint() const {
  return fmt::format("{}://{}:{}", base_.tls() ? "https" : "http", UrlHost(base_.listen.host),
                     server_->port());
}

void Frontend::AppendMetrics(std::string& page, bool named) const {
  metrics::AppendGauge(page, "atelier_http_connections", "Open connections of clients.",
                       server_->connections());
  base_.watch.AppendText(page);
  gateway::AppendMetrics(page, gateway_, service_gateway_);
  if (named) service_gateway_.AppendMetrics(page);
}

std::string Frontend::EndpointInside(bool own_network) const {
  if (own_network) return fmt::format("http://127.0.0.1:{}", control::kServerPort);
  // The host's network: as everybody on this host. A certificate is for the public name.
  return base_.config.public_url.empty() ? Endpoint() : base_.config.public_url;
}

Task<void> Frontend::Handle(http::Exchange& exchange) {
  // Until the api is ready it has every request, and refuses all but the probes.
  if (!api_.ready()) return api_.Handle(exchange);
  if (instance_keys_.Owns(exchange.head())) return instance_keys_.Handle(exchange);
  const std::string_view path = exchange.head().path();
  if (gateway::Gateway::Owns(path)) return gateway_.Handle(exchange);
  if (gateway::ServiceGateway::Owns(path)) return service_gateway_.Handle(exchange);
  return api_.Handle(exchange);
}

}  // namespace atelier::serve
