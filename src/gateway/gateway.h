#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/shares.h"
#include "directory/directory.h"
#include "http/client.h"
#include "http/origin.h"
#include "http/server.h"
#include "identity/identity_directory.h"
#include "identity/tickets.h"
#include "identity/token_signer.h"
#include "model/audit.h"

namespace atelier::gateway {

struct Traffic;

/// Where a running instance's own server listens, and what to say to it. NotFound: not running.
struct Target {
  http::Address address;
  std::string authorization;  // value of the Authorization header upstream
};
using Locator = std::function<Result<Target>(const model::InstanceId&)>;

struct GatewayOptions {
  Duration session{8 * 3'600'000};     // life of a browser cookie; never beyond its token
  Duration upstream_timeout{300'000};  // for an upstream to begin its answer
  Duration tunnel_idle{600'000};       // of a WebSocket without a byte in either direction
  Duration tunnel_linger{5'000};       // for one side to close after the other has
  bool secure_cookies = false;         // set when served over TLS
  std::string public_url = {};         // where browsers find it; empty: it is not said
  /// Hosts that are an instance's own, by its id: they serve it and nothing else.
  std::optional<http::NamedHosts> names = {};
  identity::Tickets* openings = nullptr;  // outlives the gateway; nullptr: there are none
  /// Whole minutes that an instance has been idle by its rule, and what has them begin anew: for
  /// the page inside JupyterLab that warns of its stop (IdlePages). Unset: there are no such pages.
  std::function<std::int64_t(const model::InstanceId&)> idle_minutes = {};
  std::function<Task<Status>(model::InstanceId, model::Actor)> extend = {};
  /// Of what is passed on at once, WebSockets as long as they are open, by whose right it is: the
  /// link's issuer. Unset: no bound.
  std::shared_ptr<Shares> shares = {};
};

/// Proxies `/{InstanceId}/...` to the instance, HTTP and WebSockets, streamed both ways. Who may:
/// the bearer of a sharing token (`?Token=`, Type=Access), which becomes a cookie for this instance
/// and is taken out of the URL by a redirect, or of that cookie. The right of the token's issuer is
/// checked again at each request and, in an open WebSocket, twice a minute. Everyone else gets 403
/// before a byte reaches the instance. The gateway's cookie and the client's Authorization never
/// reach the instance; it gets its own. What the instance answers is confined to its own path
/// (proxy/headers.h). Of upgrades only a WebSocket's is passed on.
/// Below `/{InstanceId}/atelier/` it answers itself: `idle` (GET) and `extend` (POST). At `/_open`
/// is the page that makes the ticket of a link of CreateOpenLink into the same cookie.
class Gateway : public http::Handler {
 public:
  /// `clock` is the workshop's, by which links and cookies expire; `real_clock` bounds waits.
  Gateway(const directory::InstanceDirectory& instances,
          const identity::IdentityDirectory& identities, const identity::TokenSigner& signer,
          http::Client& client, Locator locate, Clock& clock, Clock& real_clock, Logger& log,
          GatewayOptions options);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway() override;

  Task<void> Handle(http::Exchange& exchange) override;
  /// For AppendMetrics (gateway/metrics.h).
  const Traffic& traffic() const;
  http::Response Refuse(const Error& error) override;

  /// True for paths that are an instance's, whose first segment begins with "dsw-", and `/_open`.
  static bool Owns(std::string_view path);
  /// "dsw-1" of "/dsw-1/lab/tree"; of another path its first segment, whatever that is.
  static std::string_view IdIn(std::string_view path);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::gateway
