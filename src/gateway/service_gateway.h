#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/shares.h"
#include "directory/service_directory.h"
#include "directory/traffic_history.h"
#include "http/client.h"
#include "http/server.h"
#include "model/scaler.h"

namespace atelier::gateway {

struct Traffic;

/// Where a running replica's own server listens. NotFound: not running.
using ReplicaLocator = std::function<Result<http::Address>(const model::InstanceId&)>;

struct ServiceGatewayOptions {
  Duration upstream_timeout{
      300'000};                   // for an answer to begin, where the service sets no keepalive
  Duration tunnel_idle{600'000};  // of a WebSocket without a byte in either direction
  Duration tunnel_linger{5'000};  // for one side to close after the other has
  Duration activation{300'000};   // for a replica to be ready where the first request brings one
  bool secure = false;            // set when served over TLS
  /// Told of each request that waits for a service without a ready replica.
  std::function<void(const model::ServiceId&)> wanted = {};
  /// Of what is passed on or waits at once, by the service's owner. Unset: no bound.
  std::shared_ptr<Shares> shares = {};
  /// Told of each request, and outlives the gateway. nullptr: none is kept.
  directory::TrafficHistory* history = nullptr;
};

/// Proxies `/api/predict/{ServiceName}/...` to a ready replica of the service, HTTP and WebSockets,
/// streamed both ways; the replica sees the path after the name. The name of a group stands for its
/// services, each of which gets its part of the requests, with the group's token; "<group>.<name>"
/// for one of them, with its own. Who may: who shows the service's token in Authorization, or a
/// signature made with it (service/credential.h); compared in constant time; it does not reach the
/// replica. A stranger learns nothing, not even which services exist. Pages of every origin may
/// call (proxy/cors.h), and clients that look for instances find this gateway
/// (service/discovery.h).
///
/// 401 wrong token or no such service | 429 rate limit | 450 queue full | 408 keepalive over, in
/// the queue or at the replica | 503 no replica is ready | 502 the replica is broken | 504 no
/// answer in upstream_timeout. A service that scales to zero (model::WakesOnDemand) makes its
/// requests wait in the queue instead of 503. A request that no replica can have acted on, because
/// it could not be reached or broke off before it had all of the head and of the body's first 16
/// KiB, is given to another one, three in all; so is a GET or HEAD without a body that was not
/// answered. Any other that was sent is answered 502: whether it had an effect, nobody knows.
///
/// Added to the store after the directory, whose view it relies on: what waits learns of a replica
/// that got ready.
class ServiceGateway : public http::Handler, public store::Listener {
 public:
  ServiceGateway(const directory::ServiceDirectory& services, http::Client& client,
                 ReplicaLocator locate, Clock& clock, Logger& log, ServiceGatewayOptions options);
  ~ServiceGateway() override;

  Task<void> Handle(http::Exchange& exchange) override;
  http::Response Refuse(const Error& error) override;
  void Apply(std::span<const store::Change> changes) override;

  static bool Owns(std::string_view path);
  /// Requests under way at a replica: what its end waits for.
  int InFlight(const model::InstanceId& id) const;
  /// For AppendMetrics (gateway/metrics.h).
  const Traffic& traffic() const;
  /// What each service did, for /metrics: with names of services.
  void AppendMetrics(std::string& out) const;
  /// What an autoscaler goes by.
  model::ServiceTraffic TrafficOf(const model::ServiceId& id) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::gateway
