#pragma once
#include <memory>

#include "control/core/admission.h"
#include "model/catalogue.h"
#include "serve/wiring/server_context.h"
#include "serve/wiring/state.h"

namespace atelier::serve {

/// By the options, for a host that has `host`. Listens to the state's store. What it is given
/// outlives it.
std::unique_ptr<control::Admission> MakeAdmission(ServerContext& base, State& state,
                                                  const model::Catalogue& catalogue,
                                                  const model::Resources& host);

/// Takes the machine types out of the catalogue that the host can never give, and logs which.
void WithholdSpecs(model::Catalogue& catalogue, const control::Admission& admission, Logger& log);

}  // namespace atelier::serve
