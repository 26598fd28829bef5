#include "serve/wiring/model_services.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/core/seal_token.h"
#include "serve/wiring/address.h"
#include "serve/wiring/claim.h"

namespace atelier::serve {

namespace {

control::SealToken SealWith(ServerContext& base, const State& state) {
  return [&box = state.box, &random = *base.random](std::string_view token,
                                                    std::string_view context) -> std::string {
    return box.Seal(token, context, random);
  };
}

gateway::ReplicaLocator LocatorOf(const runtime::Driver& driver) {
  return [&driver](const model::InstanceId& id) -> Result<http::Address> {
    ATELIER_TRY(const runtime::Endpoint door, driver.EndpointOf(id));
    return AddressOf(door);
  };
}

std::function<Task<Status>(std::vector<runtime::Mount>)> ChecksOf(ServerContext& base,
                                                                  runtime::Driver& driver) {
  static constexpr std::chrono::seconds kMaxCheck{5};  // of folders that may lie on a network
  return [&base, &driver](std::vector<runtime::Mount> mounts) {
    return driver.CheckMounts(std::move(mounts), base.real_clock.In(kMaxCheck));
  };
}

std::unique_ptr<control::HealthProbe> MakeProbe(ServerContext& base, const runtime::Driver& driver,
                                                http::Client& client) {
  if (base.simulated()) return control::MakeTrustingProbe();
  return control::MakeHttpProbe(client, driver, base.real_clock);
}

}  // namespace

ModelServices::ModelServices(ServerContext& base, State& state, const model::Catalogue& catalogue,
                             control::Admission& admission, control::Workloads& workloads,
                             runtime::Driver& driver, http::Client& client)
    : control(*state.store, state.services, catalogue, base.clock(), *base.random,
              {.max_services = static_cast<std::size_t>(base.config.max_services),
               .seal = SealWith(base, state),
               .admission = &admission,
               .check_mounts = ChecksOf(base, driver),
               .claim = ClaimIn(state.identities)}),
      groups(*state.store, state.services, base.clock(), *base.random, SealWith(base, state),
             ClaimIn(state.identities)),
      traffic(state.services, base.clock()),
      gateway(state.services, client, LocatorOf(driver), base.real_clock, *base.log,
              {.upstream_timeout = std::chrono::seconds(base.config.answer_timeout_s),
               .tunnel_idle = std::chrono::seconds(base.config.websocket_idle_s),
               .secure = base.secure(),
               .wanted = [this](const model::ServiceId& id) { scaler.ActivateFromZero(id); },
               .shares = base.passing,
               .history = &traffic}),
      scaler(*state.store, state.shards, state.services, catalogue, driver, base.clock(), *base.log,
             base.executor(),
             {.traffic = [this](const model::ServiceId& id) { return gateway.TrafficOf(id); }}),
      probe(MakeProbe(base, driver, client)),
      parts{.directory = state.services,
            .control = control,
            .groups = groups,
            .scaler = scaler,
            .traffic = traffic} {
  state.store->AddListener(gateway);
  control::TendServices(
      workloads, state.services, catalogue, *probe,
      {.start_deadline = std::chrono::seconds(base.config.start_deadline_s),
       .ready_deadline = std::chrono::seconds(base.config.ready_deadline_s),
       .stop_deadline = std::chrono::seconds(base.config.stop_deadline_s),
       .in_flight = [this](const model::InstanceId& id) { return gateway.InFlight(id); },
       .admission = &admission});
}

}  // namespace atelier::serve
