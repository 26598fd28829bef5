#include "gateway/service/group_shares.h"

#include <algorithm>
#include <utility>

namespace atelier::gateway {

namespace {

constexpr std::size_t kMostRemembered = 1'024;  // groups

}  // namespace

/// 0: it gets none.
std::int64_t GroupShares::WeightOf(const model::ServiceGroup& group,
                                   const model::Service& service) const {
  if (!service.grouping || service.desired != model::Desired::Running) return 0;
  std::int64_t ready =
      std::ranges::count_if(directory_.ReplicasOf(service.id),
                            [](const auto& replica) { return model::TakesTraffic(*replica); });
  // A request is what brings its first replica.
  if (ready == 0 && model::WakesOnDemand(service)) ready = 1;
  if (ready == 0) return 0;
  return group.customized && service.weight >= 0 ? service.weight : ready;
}

directory::ServicePtr GroupShares::Pick(const model::ServiceGroup& group) {
  if (credits_.size() > kMostRemembered) credits_.clear();  // no more than evenness is lost
  auto& credits = credits_[group.name];
  std::map<model::ServiceId, std::int64_t> next;  // of those that take part now
  std::int64_t sum = 0;
  directory::ServicePtr best;
  for (const directory::ServicePtr& service : directory_.ServicesIn(group.name)) {
    const std::int64_t weight = WeightOf(group, *service);
    if (weight == 0) continue;
    const auto old = credits.find(service->id);
    const std::int64_t credit = (old == credits.end() ? 0 : old->second) + weight;
    next.emplace(service->id, credit);
    sum += weight;
    if (best == nullptr || credit > next.at(best->id)) best = service;
  }
  if (best != nullptr) next.at(best->id) -= sum;
  credits = std::move(next);
  return best;
}

}  // namespace atelier::gateway
