#pragma once
#include <optional>
#include <vector>

#include "control/core/reason.h"
#include "model/service.h"
#include "model/service_spec.h"

namespace atelier::control {

/// All that the next step of one service depends on.
struct ServiceFacts {
  const model::Service* service = nullptr;
  model::CountOrPercent max_surge{.value = 1};
  model::CountOrPercent max_unavailable{.value = 0};
  std::vector<const model::Replica*> replicas;  // leaving ones too; in order of creation
  bool expired = false;                         // the present state is past its deadline
};

/// What to write down next, in one transaction.
struct ServicePlan {
  std::int64_t create = 0;  // replicas of the present rollout
  std::vector<const model::Replica*> leave;
  std::optional<model::ServiceStatus> to;
  Reason reason;        // with `to`; alone: what is amiss in a state that stays
  bool healed = false;  // the reason that the state has is past
  bool erase = false;   // nothing is left: delete the records

  bool nothing() const { return create == 0 && leave.empty() && !to && !healed && !erase; }
};

/// The next step. Pure: all policy about numbers of replicas and states of services is here.
///
/// A rollout never has more than replicas + max_surge that are not leaving, and takes an old one
/// that serves only while at least replicas - max_unavailable serve: an isolated one does not. A
/// smaller number takes first those that were named, then those not ready, then the isolated, then
/// the youngest. States go by who is ready, isolated or not: it was the user who isolated.
ServicePlan PlanService(const ServiceFacts& facts);

}  // namespace atelier::control
