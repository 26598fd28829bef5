#include "control/eas/service_scaler.h"

#include <utility>

#include "control/eas/service/scaler_engine.h"

namespace atelier::control {

ServiceScaler::ServiceScaler(store::Store& store, const HeldShards& shards,
                             const directory::ServiceDirectory& directory,
                             const model::Catalogue& catalogue, runtime::Driver& driver,
                             Clock& clock, Logger& log, asio::any_io_executor io,
                             ServiceScalerOptions options)
    : engine_(std::make_shared<ScalerEngine>(ScalerEngine::Parts{.store = store,
                                                                 .shards = shards,
                                                                 .directory = directory,
                                                                 .catalogue = catalogue,
                                                                 .driver = driver,
                                                                 .clock = clock,
                                                                 .log = log,
                                                                 .io = std::move(io),
                                                                 .options = std::move(options)})) {}

ServiceScaler::~ServiceScaler() { engine_->Abandon(); }

void ServiceScaler::Start() { engine_->Start(); }
Task<void> ServiceScaler::Stop() { return engine_->Stop(); }
void ServiceScaler::ActivateFromZero(const model::ServiceId& id) { engine_->ActivateFromZero(id); }
std::vector<MeasuredMetric> ServiceScaler::MeasuredOf(const model::ServiceId& id) const {
  return engine_->MeasuredOf(id);
}

}  // namespace atelier::control
