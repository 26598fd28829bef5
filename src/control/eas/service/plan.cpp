#include "control/eas/service/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "control/eas/service/replica_step.h"

namespace atelier::control {

using model::Desired;
using model::Replica;
using model::Service;
using enum model::ServiceStatus;

namespace {

using Replicas = std::vector<const Replica*>;

/// Those that are well, isolated or not: what the state of a service is about.
std::int64_t CountReady(const Replicas& replicas) {
  return std::ranges::count_if(replicas, &Replica::ready);
}

/// Those that answer requests: what may not get fewer.
std::int64_t CountServing(const Replicas& replicas) {
  return std::ranges::count_if(
      replicas, [](const Replica* replica) { return model::TakesTraffic(*replica); });
}

/// Which of `live` (in order of creation) go first when there are too many: least loss first, then
/// the youngest. An isolated one is no loss to callers, but somebody may be looking at it.
Replicas LeavingOrder(const Replicas& live, const Service& service) {
  const auto rank = [&](const Replica* replica) {
    if (std::ranges::find(service.leave_first, replica->name) != service.leave_first.end())
      return 0;
    if (!replica->ready) return 1;
    return replica->isolated ? 2 : 3;
  };
  Replicas order;
  for (const int wanted : {0, 1, 2, 3}) {
    for (auto it = live.rbegin(); it != live.rend(); ++it) {
      if (rank(*it) == wanted) order.push_back(*it);
    }
  }
  return order;
}

struct Sides {
  Replicas latest;
  Replicas old;  // of an earlier rollout
  Replicas live() const {
    Replicas all = old;
    all.insert(all.end(), latest.begin(), latest.end());
    return all;
  }
};

Sides SidesOf(const ServiceFacts& facts) {
  Sides sides;
  for (const Replica* replica : facts.replicas) {
    if (!model::IsCounted(*replica)) continue;
    (replica->rollout == facts.service->rollout ? sides.latest : sides.old).push_back(replica);
  }
  return sides;
}

/// Takes the place of the old ones, bounded by surge and unavailability.
void PlanRollout(const ServiceFacts& facts, const Sides& sides, ServicePlan& plan) {
  const std::int64_t want = facts.service->replicas;
  std::int64_t surge = facts.max_surge.Of(want, true);
  const std::int64_t unavailable = facts.max_unavailable.Of(want, false);
  if (surge == 0 && unavailable == 0) surge = 1;  // two shares of few may both round to nothing
  const auto latest = static_cast<std::int64_t>(sides.latest.size());
  const auto live = latest + static_cast<std::int64_t>(sides.old.size());
  plan.create = std::max<std::int64_t>(0, std::min(want - latest, want + surge - live));

  std::int64_t serving = CountServing(sides.latest) + CountServing(sides.old);
  const std::int64_t least = std::max<std::int64_t>(0, want - unavailable);
  for (const Replica* replica : sides.old) {
    if (!model::TakesTraffic(*replica)) {
      plan.leave.push_back(replica);
    } else if (serving > least) {
      plan.leave.push_back(replica);
      --serving;
    }
  }
}

void PlanNumbers(const ServiceFacts& facts, const Sides& sides, ServicePlan& plan) {
  if (!sides.old.empty()) PlanRollout(facts, sides, plan);
  const std::int64_t missing =
      facts.service->replicas - static_cast<std::int64_t>(sides.latest.size());
  if (sides.old.empty() && missing > 0) plan.create = missing;
  if (missing >= 0) return;
  const Replicas order = LeavingOrder(sides.latest, *facts.service);
  plan.leave.insert(plan.leave.end(), order.begin(), order.begin() - missing);
}

void MoveTo(ServicePlan& plan, model::ServiceStatus to, Reason reason = {}) {
  plan.to = to;
  plan.reason = std::move(reason);
}

/// What keeps it from being ready: what it says now, or how its last run ended while the next one
/// has nothing to tell yet. Empty if nothing is known.
std::string_view TroubleOf(const Replica& replica) {
  const bool silent = replica.message.empty() || replica.reason == kRestarting;
  return silent && replica.last ? replica.last->message : replica.message;
}

/// The worst that is known of replicas that should be ready.
Reason WhyNotReady(const Replicas& replicas, std::string_view code) {
  for (const Replica* replica : replicas) {
    const std::string_view trouble = TroubleOf(*replica);
    if (!replica->ready && !trouble.empty())
      return {std::string(code), fmt::format("{}: {}", replica->name, trouble)};
  }
  return {std::string(code), "Not every instance became ready in the time allowed."};
}

bool Refused(const Replicas& replicas) {
  return std::ranges::any_of(
      replicas, [](const Replica* replica) { return replica->reason == kStartRefused; });
}

/// Where the states of a wanted service lead.
void PlanStatus(const ServiceFacts& facts, const Sides& sides, ServicePlan& plan) {
  const Service& service = *facts.service;
  const std::int64_t ready = CountReady(sides.latest) + CountReady(sides.old);
  const bool done = sides.old.empty() && CountReady(sides.latest) == service.replicas &&
                    static_cast<std::int64_t>(sides.latest.size()) == service.replicas;
  switch (service.status) {
    case Creating:
      return MoveTo(plan, Deploying);
    case Deploying:
    case Starting:
    case Updating:
    case Scaling:
      if (done) return MoveTo(plan, Running);
      if (!facts.expired && !(Refused(sides.latest) && ready == 0)) return;
      if (ready > 0) return MoveTo(plan, Running, WhyNotReady(sides.latest, "Incomplete"));
      return MoveTo(plan, service.status == Scaling ? Waiting : Failed,
                    WhyNotReady(sides.latest, "NotReady"));
    case Running:
      if (service.replicas > 0 && ready == 0)
        return MoveTo(plan, Waiting, WhyNotReady(sides.live(), "NotReady"));
      plan.healed = done && !service.reason.empty();
      return;
    case Waiting:
      if (service.replicas == 0 || ready > 0) MoveTo(plan, Running);
      return;
    default:
      return;
  }
}

/// Towards no replica at all.
void PlanEnd(const ServiceFacts& facts, ServicePlan& plan) {
  const Service& service = *facts.service;
  for (const Replica* replica : facts.replicas) {
    if (!replica->leaving) plan.leave.push_back(replica);
  }
  if (facts.replicas.empty()) {
    if (service.desired == Desired::Deleted) {
      plan.erase = true;
    } else if (service.status == Stopping) {
      MoveTo(plan, Stopped);
    }
    return;
  }
  if (!facts.expired) return;
  static constexpr std::string_view kLate =
      "Some instances did not end when they were told to. They may still be running; the server "
      "keeps trying.";
  if (service.status == Stopping) MoveTo(plan, Failed, {"StopTimeout", std::string(kLate)});
  if (service.status == Deleting) MoveTo(plan, DeleteFailed, {"DeleteTimeout", std::string(kLate)});
}

}  // namespace

ServicePlan PlanService(const ServiceFacts& facts) {
  ServicePlan plan;
  if (facts.service->desired != Desired::Running) {
    PlanEnd(facts, plan);
    return plan;
  }
  const Sides sides = SidesOf(facts);
  PlanStatus(facts, sides, plan);
  if (plan.to == Failed) return plan;  // what failed ends: the next step takes its replicas
  PlanNumbers(facts, sides, plan);
  return plan;
}

}  // namespace atelier::control
