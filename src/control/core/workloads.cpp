#include "control/core/workloads.h"

#include <utility>

#include "control/core/workload_loop.h"

namespace atelier::control {

Workloads::Workloads(store::Store& store, HeldShards& shards, runtime::Driver& driver, Clock& clock,
                     Random& random, Logger& log, asio::any_io_executor io,
                     WorkloadsOptions options)
    : loop_(std::make_shared<WorkloadLoop>(
          WorkloadLoop::Parts{.store = store,
                              .shards = shards,
                              .driver = driver,
                              .clock = clock,
                              .random = random,
                              .log = log,
                              .io = std::move(io),
                              .observe_every = options.observe_every,
                              .call_deadline = options.call_deadline,
                              .width = static_cast<std::size_t>(options.max_concurrent),
                              .admission = options.admission})) {}

Workloads::~Workloads() { loop_->Abandon(); }

void Workloads::Apply(std::span<const store::Change> changes) { loop_->Apply(changes); }
void Workloads::Start() { loop_->Start(); }
Task<void> Workloads::Adopted(Deadline by) { return loop_->Adopted(by); }
Task<void> Workloads::Stop() { return loop_->Stop(); }
double Workloads::LagMs() const { return loop_->LagMs(); }
bool Workloads::Idle() const { return loop_->Idle(); }
std::size_t Workloads::orphans() const { return loop_->orphans().size(); }
std::vector<Orphan> Workloads::ListOrphans() const { return loop_->orphans().List(); }

}  // namespace atelier::control
