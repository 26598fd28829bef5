#include "gateway/metrics.h"

#include <array>

#include "base/metrics.h"
#include "gateway/proxy/traffic.h"

namespace atelier::gateway {

namespace {

struct BackendTraffic {
  std::string label;
  const Traffic& traffic;
};

}  // namespace

void AppendMetrics(std::string& out, const Gateway& notebooks, const ServiceGateway& services) {
  using metrics::AppendHead;
  using metrics::AppendSample;
  using metrics::Label;
  const std::array<BackendTraffic, 2> targets{
      BackendTraffic{.label = Label("target", "notebook"), .traffic = notebooks.traffic()},
      BackendTraffic{.label = Label("target", "service"), .traffic = services.traffic()}};
  AppendHead(out, "atelier_gateway_requests_total", "counter",
             "Requests to notebooks and services, by class of their status.");
  for (const auto& [label, traffic] : targets)
    traffic.outcomes.AppendRequests(out, "atelier_gateway_requests_total", label);
  AppendHead(out, "atelier_gateway_refusals_total", "counter",
             "Of these the ones that the gateway answered itself, by the answer's Code.");
  for (const auto& [label, traffic] : targets)
    traffic.outcomes.AppendRefusals(out, "atelier_gateway_refusals_total", label);
  AppendHead(out, "atelier_gateway_bytes_total", "counter",
             "Bytes of bodies and WebSockets that passed.");
  for (const auto& [label, traffic] : targets) {
    AppendSample(out, "atelier_gateway_bytes_total",
                 label + "," + Label("direction", "from_client"), traffic.flow.from_clients);
    AppendSample(out, "atelier_gateway_bytes_total", label + "," + Label("direction", "to_client"),
                 traffic.flow.to_clients);
  }
  AppendHead(out, "atelier_gateway_websockets", "gauge", "Open WebSockets.");
  for (const auto& [label, traffic] : targets)
    AppendSample(out, "atelier_gateway_websockets", label, traffic.websockets);
}

}  // namespace atelier::gateway
