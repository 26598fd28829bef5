#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/server.h"
#include "identity/provider_rules.h"
#include "runtime/isolation.h"

namespace atelier {
class AdjustableClock;
class Clock;
class Logger;
class Random;
}  // namespace atelier

namespace atelier::control {
class BulkJobs;
class Instances;
class Reconciler;
class RecommenderEngine;
class RecommenderImports;
class Recommenders;
class ServiceGroups;
class Services;
class ServiceScaler;
class Workloads;
}  // namespace atelier::control

namespace atelier::directory {
class BulkJobDirectory;
class InstanceDirectory;
class RecommenderData;
class RecommenderDirectory;
class ServiceDirectory;
class TrafficHistory;
}  // namespace atelier::directory

namespace atelier::http {
class Client;
}  // namespace atelier::http

namespace atelier::identity {
class Authenticator;
class IdentityDirectory;
class IdentityService;
class KeyUses;
class Passwords;
class Sessions;
class Tickets;
class TokenSigner;
}  // namespace atelier::identity

namespace atelier::model {
struct Catalogue;
}  // namespace atelier::model

namespace atelier::runtime {
class Driver;
}  // namespace atelier::runtime

namespace atelier::store {
class Mark;
class Store;
}  // namespace atelier::store

namespace atelier::api {

class World;

// What the operations work with, by product. Every reference outlives the Api.

/// Instances.
struct Dsw {
  directory::InstanceDirectory& directory;
  control::Instances& control;
  control::Reconciler& reconciler;
  directory::BulkJobDirectory& bulk_directory;
  control::BulkJobs& bulk_jobs;
};

/// Services, their groups and replicas.
struct Eas {
  directory::ServiceDirectory& directory;
  control::Services& control;
  control::ServiceGroups& groups;
  const control::ServiceScaler& scaler;
  directory::TrafficHistory& traffic;
};

/// Recommenders.
struct Airec {
  directory::RecommenderDirectory& directory;
  control::Recommenders& control;
  directory::RecommenderData& data;
  control::RecommenderImports& imports;
  const control::RecommenderEngine& engine;
};

/// All of them, and what they share.
struct Services {
  Dsw dsw;
  Eas eas;
  Airec airec;
  const control::Workloads& workloads;
  runtime::Driver& driver;  // of all workloads
  store::Store& store;
  store::Mark* mark = nullptr;  // none: the store has no mark
  identity::IdentityDirectory& identities;
  identity::IdentityService& identity;
  identity::Authenticator& authenticator;
  identity::Sessions& sessions;
  identity::KeyUses& key_uses;
  identity::Tickets& openings;  // that open an instance in a browser
  identity::Passwords& passwords;
  http::Client* client = nullptr;  // to the OpenID provider; only where Options name one
  const identity::TokenSigner& signer;
  const model::Catalogue& catalogue;
  Clock& clock;                                 // of the workshop: simulated in the emulator
  Clock& real_clock;                            // of signatures and latencies
  AdjustableClock* adjustable_clock = nullptr;  // set in the emulator: the admin call advances it
  Random& random;
  Logger& log;
  World* world = nullptr;  // none: all requests are answered on one thread
};

/// An OpenID provider by which users sign in (docs/decisions/0052).
struct Oidc {
  std::string issuer = {};  // an URL; empty: there is none
  std::string client_id = {};
  std::string client_secret = {};  // empty: a public client, held by PKCE alone
  std::string ca = {};             // PEM file; empty: the system's
  std::string name = {};           // shown on the button
  std::string scopes = "openid profile email";
  std::string user_claim = "preferred_username";  // becomes the login name
  std::string groups_claim = "groups";
  bool make_users = false;  // at their first sign-in
  identity::ProviderRules rules = {};
};

struct Options {
  std::string region = "local";
  /// Further names of the region that `ClusterId` may have; one that is "*": any.
  std::vector<std::string> region_aliases = {};
  std::string zone = {};  // of this host; empty: it has no name
  /// Base of the URLs in answers, without a trailing slash; empty: "http(s)://" and the request's
  /// Host if that is signed, else the address that its connection has reached.
  std::string public_url = {};
  /// The same of notebooks and services, where they have an origin of their own, or, with a '*' for
  /// its name, each has; empty: as `public_url`, at `apps_port`.
  std::string apps_url = {};
  /// Where that origin is another port of the same host. 0: they are served on this one.
  std::function<std::uint16_t()> apps_port = [] { return std::uint16_t{0}; };
  /// The web console is served, with a page for each instance.
  bool console = false;
  /// Browsers may sign in. Not where pages of notebooks share the origin: they could act as whoever
  /// looks at them.
  bool sign_in = true;
  bool passwords = false;  // are a way to
  Oidc oidc = {};          // as is a provider
  std::size_t max_body_bytes = 1U << 20U;
  int max_requests_under_way = 512;  // beyond it 503 (read-only probes excepted)
  /// Of them with the keys of one user, or of the sessions of one role, and no more than seven
  /// times what is left for others; beyond it 429.
  int max_requests_per_holder = 256;
  /// RPC style forms whose signature is in the body, and that are still arriving: the only bodies
  /// that the server waits for before it knows who sends them. Beyond it 503.
  int max_unsigned_forms = 64;
  /// That answer requests: the control thread, and those of AnswerAtOnce. They share one limit of
  /// each kind.
  std::size_t threads = 1;
  /// Every identity may do everything to every recommender; otherwise to its own, and to those that
  /// RAM allows it.
  bool share_recommenders = false;
  /// Of the host: what is off is a warning of /readyz, and all are in /metrics.
  std::vector<runtime::Control> controls = {};
  /// Who presents it as a bearer token sees in /metrics what has names in it: of services,
  /// instances and recommenders. Empty: nobody does.
  std::string metrics_token = {};
  /// Appends to /metrics what is not the API's; `named`: with names.
  std::function<void(std::string& page, bool named)> more_metrics = [](std::string&, bool) {};
  /// What /readyz gives as the reason until SetReady.
  std::function<std::string()> why_not_ready = [] { return std::string("starting"); };
};

/// The public API and the operational pages (/healthz, /readyz, /metrics, /openapi.json). One row
/// an operation; see operation.h.
///
/// Threads: the control thread; AnswerAtOnce and what a server asks beside requests (http::Handler)
/// on those of the server.
class Api : public http::Handler {
 public:
  Api(Services services, Options options);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;
  ~Api() override;

  Task<void> Handle(http::Exchange& exchange) override;
  /// What handlers for every thread answer (AnsweredAnywhere), of signed requests without a body.
  std::optional<http::Response> AnswerAtOnce(http::Exchange& exchange, std::size_t thread) override;
  http::Response Refuse(const Error& error) override;
  bool AnswersWhenFull(const http::RequestHead& head) const override;

  /// Until called, /readyz says 503 and operations answer ServiceUnavailable; neither touches the
  /// read models, which another thread may be loading meanwhile.
  void SetReady();
  bool ready() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::api
