#include "serve/wiring/doors.h"

#include <cstddef>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/host_port.h"
#include "base/metrics.h"
#include "base/text.h"
#include "control/notebook.h"
#include "gateway/metrics.h"
#include "serve/wiring/metrics_token.h"

namespace atelier::serve {

namespace {

api::Services ServicesOf(const Behind& behind, const identity::TokenSigner& signer,
                         identity::Authenticator& authenticator) {
  return {.dsw = behind.notebooks.parts,
          .eas = behind.services.parts,
          .airec = behind.recommenders.parts,
          .store = *behind.state.store,
          .mark = &behind.state.mark,
          .identities = behind.state.identities,
          .identity = behind.state.identity,
          .authenticator = authenticator,
          .signer = signer,
          .catalogue = behind.catalogue,
          .clock = behind.base.clock(),
          .real_clock = behind.base.real_clock,
          .adjustable_clock = behind.base.adjustable_clock(),
          .random = *behind.base.random,
          .log = *behind.base.log};
}

api::Options ApiOptionsOf(const Behind& behind,
                          std::function<void(std::string&, bool)> more_metrics) {
  const ServerConfig& config = behind.base.config;
  return {.region = config.region,
          .region_aliases = SplitList(config.region_aliases),
          .zone = config.zone,
          .public_url = config.public_url,
          .max_body_bytes = static_cast<std::size_t>(config.max_body_kib) << 10U,
          .max_requests_under_way = static_cast<int>(config.max_requests),
          .share_recommenders = config.share_recommenders,
          .controls = behind.drivers.controls,
          .metrics_token = MetricsToken(behind.folder, *behind.base.random, *behind.base.log),
          .more_metrics = std::move(more_metrics),
          .why_not_ready = [&progress = behind.progress] { return progress.Text(); }};
}

identity::AuthenticatorOptions AuthenticatorOptionsOf(const Behind& behind) {
  return {.allow_roa_hmac_sha1 = behind.base.config.allow_roa_signature,
          .nonce_file = behind.folder.Nonces(),
          .log = behind.base.log.get()};
}

http::ServerOptions ServerOptionsOf(const Foundation& base) {
  return {.address = base.listen.host,
          .port = base.listen.port,
          .tls_certificate = base.config.tls_certificate,
          .tls_key = base.config.tls_key,
          .max_connections = static_cast<std::size_t>(base.config.max_connections)};
}

}  // namespace

Doors::Doors(const Behind& behind, const std::string& sharing_secret)
    : base_(behind.base),
      identities_(behind.state.identities),
      signer_(sharing_secret),
      authenticator_(behind.state.identities, behind.base.clock(), behind.base.real_clock,
                     AuthenticatorOptionsOf(behind)),
      api_(ServicesOf(behind, signer_, authenticator_),
           ApiOptionsOf(behind,
                        [this](std::string& page, bool named) { AppendMetrics(page, named); })),
      gateway_(behind.state.instances, behind.state.identities, signer_, behind.client,
               [&notebooks = behind.notebooks](const auto& id) { return notebooks.Locate(id); },
               behind.base.clock(), behind.base.real_clock, *behind.base.log,
               {.upstream_timeout = std::chrono::seconds(behind.base.config.answer_timeout_s),
                .tunnel_idle = std::chrono::seconds(behind.base.config.websocket_idle_s),
                .secure_cookies = behind.base.secure(),
                .public_url = behind.base.config.public_url,
                .idle_minutes =
                    [&notebooks = behind.notebooks](const model::InstanceId& id) {
                      return notebooks.reconciler.IdleMinutes(id);
                    },
                .extend =
                    [&notebooks = behind.notebooks](model::InstanceId id, model::Actor actor) {
                      return notebooks.control.Extend(std::move(id), std::move(actor));
                    }}),
      instance_keys_(std::string(control::kCredentialsPath), behind.state.instances,
                     behind.state.identities, behind.state.identity, behind.base.clock(),
                     behind.base.real_clock, *behind.base.log),
      service_gateway_(behind.services.gateway),
      server_(http::MakeServer(ServerOptionsOf(behind.base), *this, behind.base.executor(),
                               behind.base.real_clock, *behind.base.log)) {
  identities_.SetLending([this](const model::AccessKey& key) { return instance_keys_.Holds(key); });
}

Doors::~Doors() { identities_.SetLending({}); }

std::string Doors::Endpoint() const {
  return fmt::format("{}://{}:{}", base_.tls() ? "https" : "http", UrlHost(base_.listen.host),
                     server_->port());
}

void Doors::AppendMetrics(std::string& page, bool named) const {
  metrics::AppendGauge(page, "atelier_http_connections", "Open connections of clients.",
                       server_->connections());
  gateway::AppendMetrics(page, gateway_, service_gateway_);
  if (named) service_gateway_.AppendMetrics(page);
}

std::string Doors::EndpointInside(bool own_network) const {
  if (own_network) return fmt::format("http://127.0.0.1:{}", control::kServerPort);
  // The host's network: as everybody on this host. A certificate is for the public name.
  return base_.config.public_url.empty() ? Endpoint() : base_.config.public_url;
}

Task<void> Doors::Handle(http::Exchange& exchange) {
  // Until the api is ready it has every request, and refuses all but the probes.
  if (!api_.ready()) return api_.Handle(exchange);
  if (instance_keys_.Owns(exchange.head())) return instance_keys_.Handle(exchange);
  const std::string_view path = exchange.head().path();
  if (gateway::Gateway::Owns(path)) return gateway_.Handle(exchange);
  if (gateway::ServiceGateway::Owns(path)) return service_gateway_.Handle(exchange);
  return api_.Handle(exchange);
}

}  // namespace atelier::serve
