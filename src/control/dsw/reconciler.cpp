#include "control/dsw/reconciler.h"

#include <utility>

#include "control/dsw/reconcile/engine.h"

namespace atelier::control {

Reconciler::Reconciler(Workloads& workloads, const directory::InstanceDirectory& directory,
                       const model::Catalogue& catalogue, ReconcilerOptions options,
                       std::string notebook_secret)
    : engine_(workloads.loop(), &workloads.loop()->Own(std::make_unique<Engine>(
                                    *workloads.loop(), directory, catalogue, std::move(options),
                                    std::move(notebook_secret)))) {}

void Reconciler::SetEndpoint(std::string endpoint, std::uint16_t server_port) {
  engine_->SetEndpoint(std::move(endpoint), server_port);
}
std::vector<UsagePoint> Reconciler::History(const model::InstanceId& id) const {
  return engine_->History(id);
}
LatestUsage Reconciler::Latest(std::size_t most) const { return engine_->Latest(most); }
std::int64_t Reconciler::IdleMinutes(const model::InstanceId& id) const {
  return engine_->IdleMinutes(id);
}
Duration Reconciler::sample_every() const { return engine_->sample_every(); }

}  // namespace atelier::control
