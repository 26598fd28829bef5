#pragma once
#include "api/api.h"
#include "base/data_folder.h"
#include "control/airec/recommender_engine.h"
#include "control/airec/recommender_imports.h"
#include "control/airec/recommenders.h"
#include "serve/wiring/server_context.h"
#include "serve/wiring/state.h"

namespace atelier::serve {

/// AIRec instances: what changes them, what they are fed, and what trains their models. What it is
/// given outlives it.
struct Recommenders {
  Recommenders(ServerContext& base, State& state, const DataFolder& folder);

  control::Recommenders control;
  control::RecommenderEngine engine;
  control::RecommenderImports imports;
  const api::Airec parts;
};

}  // namespace atelier::serve
