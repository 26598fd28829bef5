#include "control/eas/service_reconciler.h"

#include <utility>

#include "control/eas/service/engine.h"

namespace atelier::control {

void TendServices(Workloads& workloads, const directory::ServiceDirectory& directory,
                  const model::Catalogue& catalogue, HealthProbe& probe,
                  ServiceReconcilerOptions options) {
  WorkloadLoop& loop = *workloads.loop();
  loop.Own(std::make_unique<ServiceEngine>(loop, directory, catalogue, probe, std::move(options)));
}

}  // namespace atelier::control
