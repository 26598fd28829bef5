#pragma once
#include <memory>
#include <vector>

#include "base/data_folder.h"
#include "http/client.h"
#include "model/resources.h"
#include "runtime/driver.h"
#include "runtime/isolation.h"
#include "serve/wiring/server_context.h"

namespace atelier::serve {

/// What runs the workloads of all kinds.
struct Runtime {
  std::unique_ptr<runtime::Driver> driver;
  std::vector<runtime::Control> controls;  // of the host; none: nothing runs on it
  model::Resources host;
};

/// FailedPrecondition: this host cannot run sandboxes or lacks what --isolation requires, and what
/// to do about it. `probes` outlives the driver.
Result<Runtime> MakeRuntime(ServerContext& base, const DataFolder& folder, http::Client& probes);

}  // namespace atelier::serve
