#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/service.h"
#include "model/service_spec.h"

namespace atelier::model {

/// What is wrong with a service or one of its replicas, in sentences for its user.
struct Diagnosis {
  std::string error;
  std::vector<std::string> causes;   // what is known of why
  std::vector<std::string> advices;  // what to do about it
};

/// nullopt: it is well, or on its way and not late. `spec`: of its service's present configuration;
/// may be null. `now`: wall clock, for how long it has been so.
std::optional<Diagnosis> DiagnoseReplica(const Replica& replica, const ServiceSpec* spec,
                                         WallTime now);

/// Of the service as a whole. `warnings`: the latest warning events of it and of its replicas, the
/// newest last: what is known of replicas that are gone.
std::optional<Diagnosis> DiagnoseService(const Service& service,
                                         const std::vector<ServiceEvent>& warnings);

}  // namespace atelier::model
