#include "serve/wiring/admission.h"

#include <string>

namespace atelier::serve {

namespace {

control::AdmissionCap CapOf(std::int64_t workloads, std::int64_t cpus, std::int64_t memory_gib) {
  return {
      .workloads = workloads, .milli_cpu = cpus * model::kMilli, .memory_mib = memory_gib * 1024};
}

}  // namespace

std::unique_ptr<control::Admission> MakeAdmission(ServerContext& base, State& state,
                                                  const model::Catalogue& catalogue,
                                                  const model::Resources& host) {
  const ServerConfig& config = base.config;
  auto admission = std::make_unique<control::Admission>(
      state.instances, state.services, catalogue,
      control::AdmissionOptions{
          .host = host,
          .cpu_percent = config.cpu_overcommit_percent,
          .memory_percent = config.memory_overcommit_percent,
          .per_user = CapOf(config.max_running_per_user, config.max_cpus_per_user,
                            config.max_memory_gib_per_user),
          .per_workspace = CapOf(config.max_running_per_workspace, config.max_cpus_per_workspace,
                                 config.max_memory_gib_per_workspace)});
  state.store->AddListener(*admission);
  base.log->Info("host.capacity", {{"milli_cpu", host.milli_cpu},
                                   {"memory_mib", host.memory_mib},
                                   {"milli_gpu", host.milli_gpu},
                                   {"processes", host.processes}});
  return admission;
}

void WithholdSpecs(model::Catalogue& catalogue, const control::Admission& admission, Logger& log) {
  catalogue.Withhold(
      [&](const model::EcsSpec& spec) { return admission.CanEver(model::CapacityOf(spec)); });
  if (catalogue.withheld.empty()) return;
  std::string types;
  for (const model::WithheldSpec& spec : catalogue.withheld)
    types += (types.empty() ? "" : ", ") + spec.instance_type;
  log.Info("catalogue.withheld", {{"types", types}, {"why", "This host is too small for them."}});
}

}  // namespace atelier::serve
