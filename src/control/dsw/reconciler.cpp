#include "control/dsw/reconciler.h"

#include <utility>

#include "control/dsw/reconcile/engine.h"

namespace atelier::control {

Reconciler::Reconciler(store::Store& store, const directory::InstanceDirectory& directory,
                       const model::Catalogue& catalogue, runtime::Driver& driver, Clock& clock,
                       Random& random, Logger& log, asio::any_io_executor io,
                       ReconcilerOptions options, std::string notebook_secret)
    : engine_(
          std::make_shared<Engine>(Engine::Parts{.store = store,
                                                 .directory = directory,
                                                 .catalogue = catalogue,
                                                 .driver = driver,
                                                 .clock = clock,
                                                 .random = random,
                                                 .log = log,
                                                 .io = std::move(io),
                                                 .options = std::move(options),
                                                 .notebook_secret = std::move(notebook_secret)})) {}

Reconciler::~Reconciler() { engine_->Abandon(); }

void Reconciler::Apply(std::span<const store::Change> changes) { engine_->Apply(changes); }
void Reconciler::SetEndpoint(std::string endpoint, std::uint16_t server_port) {
  engine_->SetEndpoint(std::move(endpoint), server_port);
}
void Reconciler::Start() { engine_->Start(); }
Task<void> Reconciler::Stop() { return engine_->Stop(); }

LatestUsage Reconciler::Latest(std::size_t most) const { return engine_->Latest(most); }

std::vector<UsagePoint> Reconciler::History(const model::InstanceId& id) const {
  return engine_->History(id);
}
std::int64_t Reconciler::IdleMinutes(const model::InstanceId& id) const {
  return engine_->IdleMinutes(id);
}
double Reconciler::LagMs() const { return engine_->LagMs(); }
bool Reconciler::Idle() const { return engine_->Idle(); }
std::size_t Reconciler::orphans() const { return engine_->orphans().size(); }
std::vector<Orphan> Reconciler::ListOrphans() const { return engine_->orphans().List(); }
Duration Reconciler::sample_every() const { return engine_->sample_every(); }

}  // namespace atelier::control
