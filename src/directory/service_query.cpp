#include "directory/service_query.h"

#include <algorithm>

namespace atelier::directory {

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

}  // namespace atelier::directory
