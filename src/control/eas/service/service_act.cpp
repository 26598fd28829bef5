#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/fnv.h"
#include "control/core/tombstones.h"
#include "control/eas/service/engine.h"

namespace atelier::control {

using model::ServiceStatus;
using model::ServiceTrigger;
using store::Kind;

namespace {

constexpr int kMaxStepsInARow = 32;  // of one service before others have their turn
/// For the replicas' steps to tell what a look has shown, before their service is judged by it.
constexpr Duration kSettle{1'000};
constexpr std::size_t kIdLength = 16;
constexpr std::size_t kSuffixLength = 5;

/// Ten characters that all replicas of one rollout share, and others in all likelihood do not.
std::string RolloutHash(const model::Service& service) {
  const std::string name = fmt::format("{}/{}", service.id.str(), service.rollout);
  return fmt::format("{:016x}", Fnv1a(name)).substr(0, 10);
}

void ApplyStatus(ServiceDraft& draft, ServiceStatus to, const Reason& reason) {
  if (to == ServiceStatus::Failed) draft.Edit().desired = model::Desired::Stopped;
  draft.MoveTo(ServiceTrigger::kProgress, to, reason);
  const bool amiss = !reason.code.empty();
  draft.AddEvent(amiss, std::string(EnumName(to)),
                 amiss ? fmt::format("{}: {}", reason.code, reason.message)
                       : fmt::format("The service is {}.", EnumName(to)));
}

}  // namespace

Task<MonoTime> ServiceEngine::Step(model::ServiceId id) {
  for (int steps = 0; loop_.running(); ++steps) {
    if (steps == kMaxStepsInARow) {
      services_loop_.Add(id);
      break;
    }
    if (!co_await StepOnce(id)) break;
  }
  if (loop_.abandoned()) co_return MonoTime::max();
  co_return ScheduleNext(id);
}

MonoTime ServiceEngine::ScheduleNext(const model::ServiceId& id) {
  const auto found = services_.find(id);
  if (found == services_.end()) return MonoTime::max();
  const ServiceKey& key = found->second;
  const MonoTime now = parts_.clock.Mono();
  MonoTime due = MonoTime::max();
  const auto consider = [&](MonoTime when) {
    if (when > now) due = std::min(due, when);
  };
  consider(key.backoff.retry_at());
  consider(key.deadline);
  if (key.deadline <= now && !loop_.Past(key.deadline)) {
    loop_.observer().Soon();
    consider(key.deadline + parts_.call_deadline);
  }
  if (key.late_since) consider(*key.late_since + kSettle);
  // The look that makes it past wakes replicas, not services.
  if (key.deadline <= now && !key.late_since) consider(now + kSettle);
  return due;
}

bool ServiceEngine::Expired(ServiceKey& key) const {
  if (!loop_.Past(key.deadline)) return false;
  const MonoTime now = parts_.clock.Mono();
  if (!key.late_since) key.late_since = now;
  return now - *key.late_since >= kSettle;
}

bool ServiceEngine::After(const Status& committed, const model::ServiceId& id) {
  if (loop_.abandoned()) return false;
  if (committed) return true;
  if (committed.error().code() != Code::kAborted) {
    parts_.log.Warn("control.service.commit_failed",
                    {{"id", id}, {"error", committed.error().ToString()}});
  }
  if (const auto key = services_.find(id); key != services_.end())
    key->second.backoff.Fail(parts_.clock, parts_.random);
  return false;
}

Task<bool> ServiceEngine::StepOnce(model::ServiceId id) {
  const directory::ServicePtr service = directory_.FindById(id);
  const auto key = services_.find(id);
  const auto lease = loop_.LeaseFor(id);
  if (service == nullptr || key == services_.end() || !lease) {
    services_.erase(id);
    co_return false;
  }
  ServiceFacts facts;
  facts.service = service.get();
  if (const auto spec = directory_.SpecOf(service->name)) {
    facts.max_surge = spec->max_surge;
    facts.max_unavailable = spec->max_unavailable;
  }
  for (const auto& replica : directory_.ReplicasOf(service->id))
    facts.replicas.push_back(replica.get());
  facts.expired = Expired(key->second);
  ServicePlan plan = PlanService(facts);
  if (plan.nothing() || parts_.clock.Mono() < key->second.backoff.retry_at()) co_return false;
  co_return co_await Execute(service, *lease, std::move(plan));
}

model::Replica ServiceEngine::NewReplica(const model::Service& service) {
  model::Replica replica;
  replica.id =
      model::InstanceId(std::string(model::kReplicaPrefix) + parts_.random.LowerAlnum(kIdLength));
  replica.name = fmt::format("{}-{}-{}", service.name, RolloutHash(service),
                             parts_.random.LowerAlnum(kSuffixLength));
  replica.service = service.id;
  replica.service_name = service.name;
  replica.version = service.current_version;
  if (const auto spec = directory_.SpecOf(service.name)) {
    replica.outfit = model::ReplicaTemplateOf(*spec);
    replica.capacity = model::CapacityOf(*spec, catalogue_.FindSpec(spec->instance_type));
  }
  replica.rollout = service.rollout;
  return replica;
}

ReplicaDraft ServiceEngine::FreshReplica(const model::Service& service, const Moment& now,
                                         std::vector<Reservation>& kept) {
  ReplicaDraft replica = ReplicaDraft::New(NewReplica(service), now);
  replica.AddEvent(false, "Created",
                   fmt::format("Created for version {}.", service.current_version));
  if (options_.admission == nullptr) return replica;
  auto room = options_.admission->Admit(replica.replica());
  if (room) {
    kept.push_back(*std::move(room));
    return replica;
  }
  replica.Edit().reason = kNoRoom;
  replica.Edit().message = room.error().message() + " It starts when there is room.";
  replica.AddEvent(true, std::string(kNoRoom), replica.replica().message);
  return replica;
}

Task<bool> ServiceEngine::Execute(directory::ServicePtr service, store::Lease lease,
                                  ServicePlan plan) {
  if (plan.erase) co_return co_await Erase(std::move(service), lease);
  const Moment now = MomentOf(parts_.clock);
  ServiceDraft draft(*service, directory_.RevisionOf(service->name), now);
  std::vector<Reservation> kept;
  for (std::int64_t i = 0; i < plan.create; ++i)
    draft.AddWrite(FreshReplica(*service, now, kept).Finish());
  for (const model::Replica* old : plan.leave) {
    ReplicaDraft replica(*old, directory_.RevisionOfReplica(old->id), now);
    const bool wanted = service->desired == model::Desired::Running;
    BeginLeave(replica, !wanted                            ? "the service ends."
                        : old->rollout != service->rollout ? "a newer one takes its place."
                                                           : "fewer instances are wanted.");
    draft.AddWrite(std::move(replica).Finish());
  }
  if (plan.to) ApplyStatus(draft, *plan.to, plan.reason);
  if (plan.healed) {
    draft.Edit().reason.clear();
    draft.Edit().message.clear();
    draft.AddEvent(false, "Running", "All instances are ready.");
  }
  const bool intent = plan.create > 0 || !plan.leave.empty();
  if (intent) {
    ATELIER_FAILPOINT("control.before_intent");
  } else {
    ATELIER_FAILPOINT("control.before_observed");
  }
  const Status committed = co_await control::Commit(parts_.store, lease, std::move(draft));
  if (intent) ATELIER_FAILPOINT("control.after_intent");
  co_return After(committed, service->id);
}

Task<bool> ServiceEngine::Erase(directory::ServicePtr service, store::Lease lease) {
  // The service goes last: until then a new server finds it and goes on here.
  static constexpr std::array kKinds = {Kind::kServiceVersion, Kind::kServiceEvent};
  const auto erased = co_await ErasePage(parts_.store, lease, kKinds, service->id.str() + "/");
  if (!erased || loop_.abandoned())
    co_return After(erased ? Ok() : Status(erased.error()), service->id);
  if (*erased) co_return true;
  store::Batch batch;
  batch.push_back(
      store::Write::Delete(Kind::kService, service->name, directory_.RevisionOf(service->name)));
  batch.push_back(store::Guard(lease));
  const auto committed = co_await parts_.store.CommitFromReserve(std::move(batch));
  if (!committed || loop_.abandoned())
    co_return After(committed ? Ok() : Status(committed.error()), service->id);
  services_.erase(service->id);
  parts_.log.Info("control.service.gone", {{"service", service->name}, {"id", service->id}});
  co_return false;
}

}  // namespace atelier::control
