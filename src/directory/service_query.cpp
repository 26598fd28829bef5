#include "directory/service_query.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/page.h"

namespace atelier::directory {

namespace {

bool FitsExactly(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

bool Fits(const model::Replica& replica, const ReplicaQuery& query) {
  const model::Place& place = replica.place;
  const std::string machine = replica.outfit ? replica.outfit->machine : std::string();
  if (query.status && replica.status != *query.status) return false;
  if (!FitsExactly(query.name, replica.name) || !FitsExactly(query.inner_ip, place.inner_ip) ||
      !FitsExactly(query.host_ip, place.host_ip) || !FitsExactly(query.instance_type, machine)) {
    return false;
  }
  return query.keyword.empty() || ContainsIgnoreCase(replica.name, query.keyword) ||
         ContainsIgnoreCase(place.inner_ip, query.keyword) ||
         ContainsIgnoreCase(place.host_ip, query.keyword) ||
         ContainsIgnoreCase(machine, query.keyword);
}

bool Fits(const model::Service& service, const ServiceQuery& query) {
  if (!FitsExactly(query.name, service.name) || !FitsExactly(query.id, service.id.str()))
    return false;
  if (!ContainsIgnoreCase(service.name, query.keyword)) return false;
  if (query.status && service.status != *query.status) return false;
  if (query.workspace && service.workspace != *query.workspace &&
      !(query.with_no_workspace && service.workspace.empty())) {
    return false;
  }
  return HasLabels(service.labels, query.labels);
}

}  // namespace

std::int64_t CountServing(const std::vector<ReplicaPtr>& replicas) {
  return std::ranges::count_if(
      replicas, [](const ReplicaPtr& replica) { return model::TakesTraffic(*replica); });
}

bool HasLabels(const std::vector<model::Label>& labels,
               const std::map<std::string, std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& pair) {
    return std::ranges::any_of(labels, [&](const model::Label& label) {
      return label.key == pair.first && label.value == pair.second;
    });
  });
}

WallTime StartTimeOf(const model::Replica& replica) {
  return replica.started_at.value_or(replica.created);
}

ReplicaPage ListReplicas(const std::vector<ReplicaPtr>& all, const ReplicaQuery& query) {
  std::vector<ReplicaPtr> hits;
  std::ranges::copy_if(all, std::back_inserter(hits),
                       [&](const ReplicaPtr& replica) { return Fits(*replica, query); });
  std::ranges::sort(hits, [&](const ReplicaPtr& a, const ReplicaPtr& b) {
    const auto key = [](const ReplicaPtr& replica) {
      return std::pair<WallTime, std::string_view>(StartTimeOf(*replica), replica->name);
    };
    return query.ascending ? key(a) < key(b) : key(b) < key(a);
  });
  const std::uint64_t total = hits.size();
  return {.replicas = PageOf(std::move(hits), query.page_number, query.page_size), .total = total};
}

ServicePage ListServices(const ServiceDirectory& directory, const ServiceQuery& query,
                         const std::function<bool(const model::Service&)>& visible) {
  std::vector<ServicePtr> hits;
  for (const ServicePtr& service : directory.All()) {
    if (Fits(*service, query) && visible(*service)) hits.push_back(service);
  }
  std::ranges::sort(hits, [&](const ServicePtr& a, const ServicePtr& b) {
    const auto key = [&](const ServicePtr& service) {
      WallTime time;
      if (query.sort == ServiceSort::kCreateTime) time = service->created;
      if (query.sort == ServiceSort::kUpdateTime) time = service->updated;
      return std::pair<WallTime, std::string_view>(time, service->name);
    };
    return query.ascending ? key(a) < key(b) : key(b) < key(a);
  });
  const std::uint64_t total = hits.size();
  return {.services = PageOf(std::move(hits), query.page_number, query.page_size), .total = total};
}

}  // namespace atelier::directory
