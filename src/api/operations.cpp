#include <array>
#include <vector>

#include "api/operation.h"

namespace atelier::api {

std::string_view ProductName(Product product) {
  switch (product) {
    case Product::kDsw:
      return "DSW";
    case Product::kEas:
      return "EAS";
    case Product::kAirec:
      return "AIRec";
    case Product::kWorkspace:
      return "AIWorkSpace";
    case Product::kStudio:
      return "PaiStudio";
    case Product::kRam:
      return "RAM";
    case Product::kSts:
      return "STS";
    case Product::kAtelier:
      return "Atelier";
  }
  return "";
}

std::span<const Operation> Operations() {
  static const std::vector<Operation> kAll = [] {
    const auto groups =
        std::to_array<std::span<const Operation>>({InstanceReadOperations(),
                                                   InstanceWriteOperations(),
                                                   ShutdownOperations(),
                                                   ObservationOperations(),
                                                   CatalogueOperations(),
                                                   SharingOperations(),
                                                   UnimplementedDswOperations(),
                                                   ServiceReadOperations(),
                                                   ServiceWriteOperations(),
                                                   ServiceInstanceOperations(),
                                                   ServiceObservationOperations(),
                                                   ServiceScalerOperations(),
                                                   ServiceGroupOperations(),
                                                   ServiceDiagnosisOperations(),
                                                   ServiceFactOperations(),
                                                   ServiceResourceOperations(),
                                                   ServiceTagOperations(),
                                                   UnimplementedEasOperations(),
                                                   RecommenderReadOperations(),
                                                   RecommenderWriteOperations(),
                                                   RecommenderDataOperations(),
                                                   RecommendOperations(),
                                                   UnimplementedAirecOperations(),
                                                   WorkspaceOperations(),
                                                   MemberOperations(),
                                                   ImageOperations(),
                                                   WorkspaceConfigOperations(),
                                                   UnimplementedWorkspaceOperations(),
                                                   UnimplementedStudioOperations(),
                                                   UserOperations(),
                                                   KeyOperations(),
                                                   PolicyOperations(),
                                                   RoleOperations(),
                                                   StsOperations(),
                                                   UnimplementedRamOperations(),
                                                   UnimplementedStsOperations(),
                                                   EmulatorOperations(),
                                                   RecommenderOperatorOperations(),
                                                   OrphanOperations(),
                                                   IdleOperations(),
                                                   InstanceFitOperations(),
                                                   ServiceTrafficOperations(),
                                                   BulkOperations(),
                                                   AuditOperations(),
                                                   SessionOperations(),
                                                   OpenLinkOperations(),
                                                   PermissionOperations()});
    std::vector<Operation> all;
    for (const auto group : groups) all.insert(all.end(), group.begin(), group.end());
    return all;
  }();
  return kAll;
}

}  // namespace atelier::api
