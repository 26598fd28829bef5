#pragma once
#include <vector>

#include "model/catalogue.h"
#include "model/service.h"
#include "model/service_spec.h"
#include "runtime/driver.h"

namespace atelier::control {

/// What of the host its replicas are shown: folders, and archives to unpack.
std::vector<runtime::Mount> MountsOf(const model::ServiceSpec& spec);

/// One replica as a workload. FailedPrecondition: what its configuration names is not offered (any
/// more).
Result<runtime::Workload> ReplicaWorkload(const model::Replica& replica,
                                          const model::ServiceSpec& spec,
                                          const model::Catalogue& catalogue);

}  // namespace atelier::control
