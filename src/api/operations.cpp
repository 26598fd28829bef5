#include <array>
#include <vector>

#include "api/operation.h"

namespace atelier::api {

std::span<const Operation> Operations() {
  static const std::vector<Operation> kAll = [] {
    const auto groups = std::to_array<std::span<const Operation>>(
        {InstanceReadOperations(), InstanceWriteOperations(), ShutdownOperations(),
         ObservationOperations(), CatalogueOperations(), SharingOperations(),
         RefusedDswOperations(), ServiceReadOperations(), ServiceWriteOperations(),
         ServiceInstanceOperations(), ServiceObservationOperations(), RefusedEasOperations(),
         WorkspaceOperations(), MemberOperations(), ImageOperations(), RamOperations(),
         StsOperations(), EmulatorOperations()});
    std::vector<Operation> all;
    for (const auto group : groups) all.insert(all.end(), group.begin(), group.end());
    return all;
  }();
  return kAll;
}

}  // namespace atelier::api
