#include "serve/wiring/notebooks.h"

#include <chrono>
#include <utility>

#include "control/dsw/notebook.h"
#include "serve/wiring/address.h"
#include "serve/wiring/claim.h"

namespace atelier::serve {

namespace {

control::ReconcilerOptions OptionsOf(const ServerConfig& config) {
  return {.allocate_deadline = std::chrono::seconds(config.allocate_deadline_s),
          .prepare_deadline = std::chrono::seconds(config.prepare_deadline_s),
          .start_deadline = std::chrono::seconds(config.start_deadline_s),
          .stop_deadline = std::chrono::seconds(config.stop_deadline_s),
          .sample_every = std::chrono::seconds(config.sample_every_s),
          .site = {.region = config.region}};
}

std::optional<model::IdleCuller> StandardRule(const ServerConfig& config) {
  if (config.idle_minutes == 0) return std::nullopt;
  return model::IdleCuller{.cpu_percent_threshold = static_cast<int>(config.idle_cpu_percent),
                           .gpu_percent_threshold = {},
                           .max_idle_minutes = static_cast<int>(config.idle_minutes)};
}

}  // namespace

Notebooks::Notebooks(ServerContext& base, State& state, const model::Catalogue& catalogue,
                     control::Admission& admission, control::Workloads& workloads,
                     const runtime::Driver& driver, std::string secret)
    : control(*state.store, state.instances, catalogue, base.clock(), *base.random,
              {.max_instances = static_cast<std::size_t>(base.config.max_instances),
               .admission = &admission,
               .claim = ClaimIn(state.identities),
               .idle_rule = [this](const model::WorkspaceId& id) { return IdleRuleOf(id); }}),
      reconciler(workloads, state.instances, catalogue, OptionsOf(base.config), secret),
      bulk_jobs({.store = *state.store,
                 .shards = state.shards,
                 .jobs = state.bulk_jobs,
                 .instances = state.instances,
                 .control = control,
                 .clock = base.clock(),
                 .random = *base.random,
                 .log = *base.log,
                 .io = base.executor()}),
      parts{.directory = state.instances,
            .control = control,
            .reconciler = reconciler,
            .bulk_directory = state.bulk_jobs,
            .bulk_jobs = bulk_jobs},
      driver_(driver),
      identities_(state.identities),
      standard_rule_(StandardRule(base.config)),
      secret_(std::move(secret)) {}

std::optional<model::IdleCuller> Notebooks::IdleRuleOf(const model::WorkspaceId& id) const {
  const model::Workspace* workspace = identities_.FindWorkspace(id);
  return workspace != nullptr && workspace->idle_rule ? workspace->idle_rule : standard_rule_;
}

Result<gateway::Target> Notebooks::Locate(const model::InstanceId& id) const {
  ATELIER_TRY(const runtime::Endpoint door, driver_.EndpointOf(id));
  const directory::InstancePtr instance = parts.directory.Find(id);
  if (instance == nullptr) return Error(Code::kNotFound, "The instance is gone.");
  return gateway::Target{
      .address = AddressOf(door),
      .authorization = "token " + control::NotebookToken(secret_, id, instance->generation)};
}

}  // namespace atelier::serve
