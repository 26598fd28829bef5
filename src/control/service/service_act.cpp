#include <array>
#include <utility>

#include <fmt/format.h>

#include "control/change/erase.h"
#include "control/service/engine.h"

namespace atelier::control {

using model::ServiceStatus;
using model::ServiceTrigger;
using store::Kind;

namespace {

constexpr std::size_t kIdLength = 16;
constexpr std::size_t kSuffixLength = 5;

/// Ten characters that all replicas of one rollout share, and others in all likelihood do not.
std::string RolloutHash(const model::Service& service) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : fmt::format("{}/{}", service.id.str(), service.rollout))
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return fmt::format("{:016x}", hash).substr(0, 10);
}

void ApplyStatus(ServiceDraft& draft, ServiceStatus to, const Reason& reason) {
  if (to == ServiceStatus::Failed) draft.Edit().desired = model::Desired::Stopped;
  draft.MoveTo(ServiceTrigger::kProgress, to, reason);
  const bool amiss = !reason.code.empty();
  draft.Note(amiss, std::string(EnumName(to)),
             amiss ? fmt::format("{}: {}", reason.code, reason.message)
                   : fmt::format("The service is {}.", EnumName(to)));
}

}  // namespace

Task<bool> ServiceEngine::StepService(Id id) {
  const directory::ServicePtr service = parts_.directory.FindById(model::ServiceId(id.str()));
  const auto key = services_.find(id);
  if (service == nullptr || key == services_.end()) {
    Forget(id);
    co_return false;
  }
  ServiceFacts facts;
  facts.service = service.get();
  if (const auto spec = parts_.directory.SpecOf(service->name)) {
    facts.max_surge = spec->max_surge;
    facts.max_unavailable = spec->max_unavailable;
  }
  for (const auto& replica : parts_.directory.ReplicasOf(service->id))
    facts.replicas.push_back(replica.get());
  facts.expired = Expired(key->second);
  ServicePlan plan = PlanService(facts);
  if (plan.nothing() || parts_.clock.Mono() < key->second.patience.retry_at) co_return false;
  co_return co_await Carry(service, std::move(plan));
}

model::Replica ServiceEngine::NewReplica(const model::Service& service) {
  model::Replica replica;
  replica.id = Id("easr-" + parts_.random.LowerAlnum(kIdLength));
  replica.name = fmt::format("{}-{}-{}", service.name, RolloutHash(service),
                             parts_.random.LowerAlnum(kSuffixLength));
  replica.service = service.id;
  replica.service_name = service.name;
  replica.version = service.current_version;
  if (const auto spec = parts_.directory.SpecOf(service.name)) {
    replica.outfit = model::OutfitOf(*spec);
    replica.capacity = model::CapacityOf(*spec, parts_.catalogue.FindSpec(spec->instance_type));
  }
  replica.rollout = service.rollout;
  return replica;
}

ReplicaDraft ServiceEngine::FreshReplica(const model::Service& service, WallTime now,
                                         std::vector<Reservation>& kept) {
  ReplicaDraft replica = ReplicaDraft::New(NewReplica(service), now);
  replica.Note(false, "Created", fmt::format("Created for version {}.", service.current_version));
  if (parts_.options.admission == nullptr) return replica;
  auto room = parts_.options.admission->Admit(replica.replica());
  if (room) {
    kept.push_back(*std::move(room));
    return replica;
  }
  replica.Edit().reason = kNoRoom;
  replica.Edit().message = room.error().message() + " It starts when there is room.";
  replica.Note(true, std::string(kNoRoom), replica.replica().message);
  return replica;
}

Task<bool> ServiceEngine::Carry(directory::ServicePtr service, ServicePlan plan) {
  if (plan.erase) co_return co_await Erase(std::move(service));
  const WallTime now = parts_.clock.Wall();
  ServiceDraft draft(*service, parts_.directory.RevisionOf(service->name), now);
  std::vector<Reservation> kept;
  for (std::int64_t i = 0; i < plan.create; ++i)
    draft.Also(FreshReplica(*service, now, kept).Finish());
  for (const model::Replica* old : plan.leave) {
    ReplicaDraft replica(*old, parts_.directory.RevisionOfReplica(old->id), now);
    const bool wanted = service->desired == model::Desired::Running;
    BeginLeave(replica, !wanted                            ? "the service ends."
                        : old->rollout != service->rollout ? "a newer one takes its place."
                                                           : "fewer instances are wanted.");
    draft.Also(std::move(replica).Finish());
  }
  if (plan.to) ApplyStatus(draft, *plan.to, plan.reason);
  if (plan.healed) {
    draft.Edit().reason.clear();
    draft.Edit().message.clear();
    draft.Note(false, "Running", "All instances are ready.");
  }
  const auto committed = co_await control::Commit(parts_.store, std::move(draft));
  if (loops_.abandoned()) co_return false;
  if (committed) co_return true;
  co_return After(committed.error(), Id(service->id.str()));
}

Task<bool> ServiceEngine::Erase(directory::ServicePtr service) {
  const Id id(service->id.str());
  // The service goes last: until then a new server finds it and goes on here.
  static constexpr std::array kKinds = {Kind::kServiceVersion, Kind::kServiceEvent};
  const auto erased = co_await ErasePage(parts_.store, kKinds, service->id.str() + "/");
  if (loops_.abandoned()) co_return false;
  if (!erased) co_return After(erased.error(), id);
  if (*erased) co_return true;
  store::Batch batch;
  batch.push_back(store::Write::Delete(Kind::kService, service->name,
                                       parts_.directory.RevisionOf(service->name)));
  const auto committed = co_await parts_.store.CommitFromReserve(std::move(batch));
  if (loops_.abandoned()) co_return false;
  if (!committed) co_return After(committed.error(), id);
  Forget(id);
  parts_.log.Info("control.service.gone", {{"service", service->name}, {"id", id}});
  co_return false;
}

}  // namespace atelier::control
