#pragma once
#include <memory>

#include "api/api.h"
#include "control/core/admission.h"
#include "control/eas/health_probe.h"
#include "control/eas/service_groups.h"
#include "control/eas/service_reconciler.h"
#include "control/eas/service_scaler.h"
#include "control/eas/services.h"
#include "directory/traffic_history.h"
#include "gateway/service_gateway.h"
#include "http/client.h"
#include "model/catalogue.h"
#include "runtime/driver.h"
#include "serve/wiring/server_context.h"
#include "serve/wiring/state.h"

namespace atelier::serve {

/// EAS services: what changes them, what makes the world match, what scales them, and the gateway
/// to their replicas, which tells the scaler who waits.
/// What it is given outlives it.
struct ModelServices {
  ModelServices(ServerContext& base, State& state, const model::Catalogue& catalogue,
                control::Admission& admission, control::Workloads& workloads,
                runtime::Driver& driver, http::Client& client);

  control::Services control;
  control::ServiceGroups groups;
  directory::TrafficHistory traffic;
  gateway::ServiceGateway gateway;
  control::ServiceScaler scaler;
  std::unique_ptr<control::HealthProbe> probe;
  const api::Eas parts;
};

}  // namespace atelier::serve
