#include "control/eas/service_reconciler.h"

#include <utility>

#include "control/eas/service/engine.h"

namespace atelier::control {

ServiceReconciler::ServiceReconciler(store::Store& store,
                                     const directory::ServiceDirectory& directory,
                                     const model::Catalogue& catalogue, runtime::Driver& driver,
                                     HealthProbe& probe, Clock& clock, Random& random, Logger& log,
                                     asio::any_io_executor io, ServiceReconcilerOptions options)
    : engine_(
          std::make_shared<ServiceEngine>(ServiceEngine::Parts{.store = store,
                                                               .directory = directory,
                                                               .catalogue = catalogue,
                                                               .driver = driver,
                                                               .probe = probe,
                                                               .clock = clock,
                                                               .random = random,
                                                               .log = log,
                                                               .io = std::move(io),
                                                               .options = std::move(options)})) {}

ServiceReconciler::~ServiceReconciler() { engine_->Abandon(); }

void ServiceReconciler::Apply(std::span<const store::Change> changes) { engine_->Apply(changes); }
void ServiceReconciler::Start() { engine_->Start(); }
Task<void> ServiceReconciler::Stop() { return engine_->Stop(); }
bool ServiceReconciler::Idle() const { return engine_->Idle(); }
std::size_t ServiceReconciler::orphans() const { return engine_->orphans().size(); }
std::vector<Orphan> ServiceReconciler::ListOrphans() const { return engine_->orphans().List(); }

}  // namespace atelier::control
