#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/api.h"
#include "api/live_feed.h"
#include "base/data_folder.h"
#include "base/raii.h"
#include "console/console.h"
#include "gateway/gateway.h"
#include "gateway/instance_keys.h"
#include "http/client.h"
#include "http/origin.h"
#include "http/server.h"
#include "identity/authenticator.h"
#include "identity/token_signer.h"
#include "model/catalogue.h"
#include "serve/wiring/drivers.h"
#include "serve/wiring/load_progress.h"
#include "serve/wiring/model_services.h"
#include "serve/wiring/notebooks.h"
#include "serve/wiring/recommenders.h"
#include "serve/wiring/server_context.h"
#include "serve/wiring/state.h"

namespace atelier::serve {

/// What the frontend needs.
struct Dependencies {
  ServerContext& base;
  const DataFolder& folder;
  State& state;
  const model::Catalogue& catalogue;
  const Runtime& runtime;
  const control::Workloads& workloads;
  http::Client& client;
  Notebooks& notebooks;
  ModelServices& services;
  Recommenders& recommenders;
  const LoadProgress& progress;
  const api::Oidc& oidc;
};

/// What the world can reach: the API, the console, the two gateways, and the server that hands each
/// request to one of them.
class Frontend : public http::Handler {
 public:
  /// `sharing_secret` signs the links to instances. What is behind outlives this.
  Frontend(const Dependencies& dependencies, const std::string& sharing_secret);
  ~Frontend() override;
  Frontend(const Frontend&) = delete;
  Frontend& operator=(const Frontend&) = delete;

  /// Listens. Unavailable: the address cannot be bound; InvalidArgument: a bad certificate.
  Status Open();
  /// From here on operations are answered.
  void SetReady() { api_.SetReady(); }
  Status ReloadCertificate();
  /// Lets requests under way finish until `by`.
  Task<void> Close(Deadline by);

  /// A URL, without a slash at its end; the port is known once the frontend is open.
  std::string Endpoint() const;
  /// The same for those inside an instance. `own_network`: there is a way from there (ServeInside).
  std::string EndpointInside(bool own_network) const;
  /// Serves those inside instance `id` on a socket that listens there, until the answer is dropped.
  std::shared_ptr<void> ServeInside(const model::InstanceId& id, UniqueFd listening) {
    return server_->Serve(std::move(listening), id.str());
  }

  Task<void> Handle(http::Exchange& exchange) override;
  std::optional<http::Response> AnswerAtOnce(http::Exchange& exchange, std::size_t loop) override;
  http::Response Refuse(const Error& error) override { return api_.Refuse(error); }
  bool AnswersWhenFull(const http::RequestHead& head) const override {
    return api_.AnswersWhenFull(head);
  }

 private:
  /// The door of notebooks and services, where they have an origin of their own.
  class Apps : public http::Handler {
   public:
    explicit Apps(Frontend& frontend) : frontend_(frontend) {}
    Task<void> Handle(http::Exchange& exchange) override { return frontend_.HandleApps(exchange); }
    http::Response Refuse(const Error& error) override { return frontend_.Refuse(error); }

   private:
    Frontend& frontend_;
  };

  /// Whether it is for notebooks and services, by its host.
  bool IsForApps(const http::RequestHead& head) const {
    return named_ && names_->LabelOf(head.headers.Get("Host")).has_value();
  }
  bool IsForConsole(const http::RequestHead& head) const {
    return base_.config.console == "on" && console::Console::Owns(head);
  }
  /// Whether it is a gateway's, which then answers it; else nullptr.
  http::Handler* GatewayOf(std::string_view path);
  /// On an origin of notebooks and services, where there is nothing else.
  Task<void> HandleApps(http::Exchange& exchange);
  /// Where browsers find that origin, as URLs in answers have it, with the '*' of a name for each;
  /// empty: there is none.
  std::string AppsAt(const http::RequestHead& head) const;
  /// The one of services.
  std::string ServicesApart(const http::RequestHead& head) const;
  /// Sends a browser to that origin.
  Task<void> LeadToApps(http::Exchange& exchange);
  Task<void> NotHere(http::Exchange& exchange);
  Task<void> Refuse(http::Exchange& exchange, Error error);
  void AppendMetrics(std::string& page, bool named) const;

  const ServerContext& base_;
  identity::IdentityDirectory& identities_;
  const identity::TokenSigner signer_;
  identity::Authenticator authenticator_;
  const std::optional<http::NamedHosts> names_;  // each is one instance's
  const bool named_;                             // by --apps-url, so that every client knows them
  api::Api api_;
  api::LiveFeed feed_;
  gateway::Gateway gateway_;
  gateway::InstanceKeys instance_keys_;
  gateway::ServiceGateway& service_gateway_;
  const console::Console console_;
  const std::unique_ptr<http::Server> server_;
  Apps apps_{*this};
  const std::unique_ptr<http::Server> apps_server_;  // nullptr: all is served by the one
};

}  // namespace atelier::serve
