#pragma once
#include <memory>
#include <vector>

#include "http/client.h"
#include "model/resources.h"
#include "runtime/driver.h"
#include "runtime/isolation.h"
#include "serve/wiring/data_folder.h"
#include "serve/wiring/server_context.h"

namespace atelier::serve {

/// A driver each: neither reconciler meets the workloads of the other.
struct Drivers {
  std::unique_ptr<runtime::Driver> instances;
  std::unique_ptr<runtime::Driver> services;
  std::vector<runtime::Control> controls;  // of the host; none: nothing runs on it
  model::Resources host;                   // what both share
};

/// FailedPrecondition: this host cannot run sandboxes or lacks what --isolation requires, and what
/// to do about it. `probes` outlives the drivers.
Result<Drivers> MakeDrivers(ServerContext& base, const DataFolder& folder, http::Client& probes);

}  // namespace atelier::serve
