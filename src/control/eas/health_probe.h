#pragma once
#include <memory>

#include "base/task.h"
#include "http/client.h"
#include "model/service_spec.h"
#include "runtime/driver.h"

namespace atelier::control {

/// Asks a replica how it is.
class HealthProbe {
 public:
  virtual ~HealthProbe() = default;
  /// True: it passes the check. No answer within check.timeout is a no.
  virtual Task<bool> Ask(model::InstanceId id, model::HealthCheck check) = 0;
};

/// Over HTTP, at the door that the driver knows.
std::unique_ptr<HealthProbe> MakeHttpProbe(http::Client& client, const runtime::Driver& driver,
                                           Clock& clock);

/// Always yes: for the simulated runtime, in which nothing listens and the driver's word stands.
std::unique_ptr<HealthProbe> MakeTrustingProbe();

}  // namespace atelier::control
