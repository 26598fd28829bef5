#include "gateway/service/weighted_round_robin.h"

#include <algorithm>
#include <vector>

#include "directory/service_query.h"

namespace atelier::gateway {

namespace {

constexpr std::size_t kMaxRemembered = 1'024;  // groups

using Credits = std::map<model::ServiceId, std::int64_t>;

/// Of services that have left the group.
void DropStrangers(Credits& credits, const std::vector<directory::ServicePtr>& members) {
  std::erase_if(credits, [&](const auto& entry) {
    return std::ranges::none_of(
        members, [&](const directory::ServicePtr& member) { return member->id == entry.first; });
  });
}

}  // namespace

/// 0: it gets none.
std::int64_t WeightedRoundRobin::WeightOf(const model::ServiceGroup& group,
                                          const model::Service& service) const {
  if (!service.grouping || service.desired != model::Desired::Running) return 0;
  std::int64_t ready = directory::CountServing(directory_.ReplicasOf(service.id));
  // A request is what brings its first replica.
  if (ready == 0 && model::WakesOnDemand(service)) ready = 1;
  if (ready == 0) return 0;
  return group.customized && service.weight >= 0 ? service.weight : ready;
}

directory::ServicePtr WeightedRoundRobin::Pick(const model::ServiceGroup& group) {
  if (credits_.size() > kMaxRemembered) credits_.clear();  // no more than evenness is lost
  Credits& credits = credits_[group.name];
  const auto& members = directory_.ServicesIn(group.name);
  std::int64_t sum = 0;
  std::int64_t* most = nullptr;
  const directory::ServicePtr* best = nullptr;
  for (const directory::ServicePtr& service : members) {
    const std::int64_t weight = WeightOf(group, *service);
    if (weight == 0) {
      credits.erase(service->id);  // it begins anew when it comes back
      continue;
    }
    std::int64_t& credit = credits[service->id];
    credit += weight;
    sum += weight;
    if (most != nullptr && credit <= *most) continue;
    most = &credit;
    best = &service;
  }
  if (credits.size() > members.size()) DropStrangers(credits, members);
  if (best == nullptr) return nullptr;
  *most -= sum;
  return *best;
}

}  // namespace atelier::gateway
