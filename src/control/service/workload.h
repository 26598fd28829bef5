#pragma once
#include "model/catalogue.h"
#include "model/service.h"
#include "model/service_spec.h"
#include "runtime/driver.h"

namespace atelier::control {

/// One replica as a workload. FailedPrecondition: what its configuration names is not offered (any
/// more).
Result<runtime::Workload> ReplicaWorkload(const model::Replica& replica,
                                          const model::ServiceSpec& spec,
                                          const model::Catalogue& catalogue);

}  // namespace atelier::control
