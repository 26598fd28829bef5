#pragma once
#include <optional>
#include <string>

#include "api/api.h"
#include "control/core/admission.h"
#include "control/dsw/bulk_jobs.h"
#include "control/dsw/instances.h"
#include "control/dsw/reconciler.h"
#include "gateway/gateway.h"
#include "model/catalogue.h"
#include "runtime/driver.h"
#include "serve/wiring/server_context.h"
#include "serve/wiring/state.h"

namespace atelier::serve {

/// DSW instances: what changes them, and what makes the world match. What it is given outlives it.
class Notebooks {
 public:
  /// `secret`: the tokens of the notebooks' own servers are derived from it.
  Notebooks(ServerContext& base, State& state, const model::Catalogue& catalogue,
            control::Admission& admission, control::Workloads& workloads,
            const runtime::Driver& driver, std::string secret);

  /// Where an instance's server listens, and what it wants to hear. NotFound: it does not run.
  Result<gateway::Target> Locate(const model::InstanceId& id) const;

  control::Instances control;
  control::Reconciler reconciler;
  control::BulkJobs bulk_jobs;
  const api::Dsw parts;

 private:
  /// Of new instances: the workspace's, else the operator's.
  std::optional<model::IdleCuller> IdleRuleOf(const model::WorkspaceId& id) const;

  const runtime::Driver& driver_;
  const identity::IdentityDirectory& identities_;
  const std::optional<model::IdleCuller> standard_rule_;
  const std::string secret_;
};

}  // namespace atelier::serve
