#include "gateway/service/service_metrics.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <boost/mp11/algorithm.hpp>

namespace atelier::gateway {

namespace {

using metrics::AppendHead;
using metrics::AppendSample;

/// Replicas of one service by status, as lines of the family.
void AppendReplicas(std::string& out, const std::vector<directory::ReplicaPtr>& replicas,
                    const std::string& label) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<model::ReplicaStatus>>(
      [&](auto d) {
        const auto count = std::ranges::count_if(
            replicas, [&](const auto& replica) { return replica->status == d.value; });
        AppendSample(out, "atelier_service_replicas",
                     label + "," + metrics::Label("status", d.name), count);
      });
}

}  // namespace

void ServiceMetrics::ForgetGone() {
  std::erase_if(rows_,
                [&](const auto& entry) { return directory_.FindById(entry.first) == nullptr; });
}

void ServiceMetrics::Count(const model::ServiceId& id, int status, std::string_view refusal,
                           std::optional<std::chrono::nanoseconds> took) {
  if (rows_.size() > 2 * directory_.size() + 16) ForgetGone();
  Row& row = rows_[id];
  row.outcomes.Count(status, refusal);
  if (took) row.seconds.Record(*took);
}

void ServiceMetrics::AppendText(std::string& out, const Balancer& balancer) {
  ForgetGone();
  const std::vector<directory::ServicePtr> all = directory_.All();
  const std::size_t shown = std::min(all.size(), metrics::kMaxNamed);
  std::string refusals, seconds, queue, in_flight, replicas, ready, wanted;
  AppendHead(out, "atelier_service_requests_total", "counter",
             "Requests with the service's token, by class of their status.");
  for (std::size_t i = 0; i < shown; ++i) {
    const model::Service& service = *all[i];
    const std::string label = metrics::Label("service", service.name);
    if (const auto row = rows_.find(service.id); row != rows_.end()) {
      row->second.outcomes.AppendRequests(out, "atelier_service_requests_total", label);
      row->second.outcomes.AppendRefusals(refusals, "atelier_service_refusals_total", label);
      row->second.seconds.AppendSamples(seconds, "atelier_service_request_seconds", label);
    }
    const auto& of_service = directory_.ReplicasOf(service.id);
    int under_way = 0;
    for (const auto& replica : of_service) under_way += balancer.InFlight(replica->id);
    AppendSample(queue, "atelier_service_queue_length", label,
                 balancer.TrafficOf(service.id).waiting);
    AppendSample(in_flight, "atelier_service_requests_in_flight", label, under_way);
    AppendReplicas(replicas, of_service, label);
    AppendSample(ready, "atelier_service_replicas_ready", label,
                 std::ranges::count_if(of_service, [](const auto& replica) {
                   return model::TakesTraffic(*replica);
                 }));
    AppendSample(wanted, "atelier_service_replicas_wanted", label,
                 service.desired == model::Desired::Running ? service.replicas : 0);
  }
  const auto append = [&](std::string_view name, std::string_view type, std::string_view help,
                          const std::string& samples) {
    AppendHead(out, name, type, help);
    out += samples;
  };
  append("atelier_service_refusals_total", "counter",
         "Of these the ones that the gateway answered itself, by the answer's Code.", refusals);
  append("atelier_service_request_seconds", "histogram",
         "From a request's arrival to the end of a replica's answer.", seconds);
  append("atelier_service_queue_length", "gauge", "Requests that wait for a replica.", queue);
  append("atelier_service_requests_in_flight", "gauge", "Requests under way at replicas.",
         in_flight);
  append("atelier_service_replicas", "gauge", "Replicas by status.", replicas);
  append("atelier_service_replicas_ready", "gauge", "Replicas that take requests.", ready);
  append("atelier_service_replicas_wanted", "gauge", "Replicas that there should be.", wanted);
  metrics::AppendGauge(out, "atelier_services_left_out",
                       "Services without series of their own: there are too many.",
                       all.size() - shown);
}

}  // namespace atelier::gateway
