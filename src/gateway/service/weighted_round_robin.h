#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "directory/service_directory.h"

namespace atelier::gateway {

/// Which service of a group gets the next request: by their weights, and as evenly in time as these
/// allow (each gains its weight, the richest is taken and pays the sum). One thread.
class WeightedRoundRobin {
 public:
  explicit WeightedRoundRobin(const directory::ServiceDirectory& directory)
      : directory_(directory) {}

  /// nullptr: none of them could take a request.
  directory::ServicePtr Pick(const model::ServiceGroup& group);

 private:
  std::int64_t WeightOf(const model::ServiceGroup& group, const model::Service& service) const;

  const directory::ServiceDirectory& directory_;
  std::map<std::string, std::map<model::ServiceId, std::int64_t>> credits_;  // by group
};

}  // namespace atelier::gateway
