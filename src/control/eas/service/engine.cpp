#include "control/eas/service/engine.h"

#include <algorithm>

#include <fmt/format.h>

#include "control/core/tombstones.h"
#include "model/status_moment.h"
#include "store/retention.h"

namespace atelier::control {

using model::ReplicaStatus;
using model::ServiceStatus;
using store::Kind;

namespace {

constexpr std::size_t kProbeWidth = 256;  // checks wait, mostly
constexpr Duration kSweepEvery = std::chrono::hours(1);
constexpr Duration kRoomEvery{1'000};
constexpr Duration kDrainPoll{50};  // at the requests that are under way

}  // namespace

ServiceEngine::ServiceEngine(WorkloadLoop& loop, const directory::ServiceDirectory& directory,
                             const model::Catalogue& catalogue, HealthProbe& probe,
                             ServiceReconcilerOptions options)
    : loop_(loop),
      directory_(directory),
      catalogue_(catalogue),
      probe_(probe),
      options_(std::move(options)),
      room_changed_(parts_.io),
      ending_(parts_.io),
      services_loop_(loop_.LoopParts<model::ServiceId>("control.service.plan", parts_.width),
                     [this](model::ServiceId id, WorkerSlot&) { return Step(std::move(id)); }),
      probes_loop_(
          loop_.LoopParts<model::InstanceId>("control.service.probe", kProbeWidth),
          [this](model::InstanceId id, WorkerSlot& slot) { return Probe(std::move(id), slot); }) {}

void ServiceEngine::Adopt(const ShardSet& shards) {
  if (options_.admission != nullptr) {
    options_.admission->SetOnRoom([this, weak = loop_.weak_from_this()] {
      if (const auto loop = weak.lock()) OnRoom();
    });
  }
  for (const auto& service : directory_.All()) {
    if (shards.test(store::ShardOf(service->id))) Track(*service, true);
  }
  for (const auto& replica : directory_.AllReplicas()) {
    if (shards.test(store::ShardOf(replica->service))) Track(*replica, true);
  }
}

void ServiceEngine::Disown(const ShardSet& shards) {
  std::erase_if(services_, [&](const auto& entry) {
    const bool goes = shards.test(store::ShardOf(entry.first));
    if (goes) services_loop_.SetDue(entry.first, MonoTime::max());
    return goes;
  });
}

std::optional<std::string> ServiceEngine::ShardKeyOf(const WorkloadId& id) const {
  const auto replica = directory_.FindReplica(id);
  if (replica == nullptr) return std::nullopt;
  return replica->service.str();
}

void ServiceEngine::Begin() {
  services_loop_.Start();
  probes_loop_.Start();
  loop_.Run("control.service.room", RunRoom());
  loop_.Run("control.service.sweep", RunSweeps());
}

void ServiceEngine::End() {
  services_loop_.End();
  probes_loop_.End();
  room_changed_.Set();
  ending_.Set();
}

void ServiceEngine::Apply(const store::Change& change) {
  if (change.record.kind == Kind::kService) {
    if (const auto service = directory_.Find(change.record.key)) Track(*service, false);
  } else if (change.record.kind == Kind::kServiceReplica) {
    const WorkloadId id(change.record.key);
    if (const auto replica = directory_.FindReplica(id)) {
      Track(*replica, false);
      if (services_.contains(replica->service)) services_loop_.Add(replica->service);
    } else {
      loop_.Forget(id);
    }
  }
}

void ServiceEngine::Track(const model::Service& service, bool adopted) {
  if (!loop_.LeaseFor(service.id)) return;
  ServiceKey& key = services_[service.id];
  const Moment since = model::StatusMoment(service);
  if (key.since != since || key.status != service.status || adopted) {
    key = ServiceKey();
    key.status = service.status;
    key.since = since;
    if (model::IsTransient(service.status)) {
      const bool ends =
          service.status == ServiceStatus::Stopping || service.status == ServiceStatus::Deleting;
      const Duration limit =
          ends ? options_.stop_deadline + 2 * GraceOf(service.name) : options_.ready_deadline;
      const Duration spent =
          adopted ? std::min(Between(since, MomentOf(parts_.clock)).value_or(Duration{0}), limit)
                  : Duration{0};
      key.deadline = parts_.clock.In(limit - spent);
    }
  }
  services_loop_.Add(service.id);
}

void ServiceEngine::Track(const model::Replica& replica, bool adopted) {
  if (!loop_.LeaseFor(replica.service)) return;
  loop_.Track(*this, replica.id, EpochOf(replica), adopted);
  if (replica.leaving) {
    watched_.erase(replica.id);
  } else if (replica.status == ReplicaStatus::Running) {
    WatchHealth(replica);
  }
}

void ServiceEngine::Forgotten(const WorkloadId& id) {
  watched_.erase(id);
  probes_loop_.SetDue(id, MonoTime::max());
}

StateEpoch ServiceEngine::EpochOf(const model::Replica& replica) const {
  StateEpoch epoch{.generation = replica.generation,
                   .state = static_cast<std::uint64_t>(replica.status),
                   .since = model::StatusMoment(replica)};
  epoch.runs = !replica.leaving && (replica.status == ReplicaStatus::Running ||
                                    replica.status == ReplicaStatus::Unknown);
  if (replica.leaving) {
    epoch.limit = options_.stop_deadline + 2 * GraceOf(replica.service_name);
  } else if (replica.status == ReplicaStatus::Pending && !IsWaitingForRoom(replica)) {
    epoch.limit = options_.start_deadline + PauseOf(replica);
  }
  return epoch;
}

std::optional<Ownership> ServiceEngine::OwnershipOf(const runtime::WorkloadState& state) const {
  const directory::ReplicaPtr replica = directory_.FindReplica(state.id);
  if (replica == nullptr) return std::nullopt;
  return state.generation > replica->generation ? Ownership::kNewer : Ownership::kOurs;
}

MonoTime ServiceEngine::NextObservation(const WorkloadId& id, const WorkloadFacts& facts) const {
  const directory::ReplicaPtr replica = directory_.FindReplica(id);
  if (replica == nullptr) return MonoTime::max();
  const MonoTime now = parts_.clock.Mono();
  MonoTime next = MonoTime::max();
  if (replica->leaving && !facts.stop_accepted) next = now + kDrainPoll;
  if (const Duration pause = PauseOf(*replica); facts.age < pause)
    next = std::min<MonoTime>(next, now + (pause - facts.age));
  return next;
}

Duration ServiceEngine::GraceOf(std::string_view service) const {
  const auto spec = directory_.SpecOf(service);
  return spec ? spec->termination_grace : model::ServiceSpec().termination_grace;
}

Task<void> ServiceEngine::RunRoom() {
  while (loop_.running()) {
    if (room_at_ <= parts_.clock.Mono()) {
      room_at_ = MonoTime::max();
      for (const auto& replica : directory_.AllReplicas()) {
        if (IsWaitingForRoom(*replica)) loop_.Add(replica->id);
      }
    }
    co_await room_changed_.Wait(parts_.clock, room_at_);
  }
}

/// Those that wait for room try again: all of them, but not more often than kRoomEvery.
void ServiceEngine::OnRoom() {
  room_at_ = std::min(room_at_, parts_.clock.In(kRoomEvery));
  room_changed_.Set();
}

Task<void> ServiceEngine::RunSweeps() {
  while (loop_.running()) {
    // What fails now is swept an hour later.
    [[maybe_unused]] const Status swept = co_await Sweep();
    if (!loop_.running()) co_return;
    co_await ending_.Wait(parts_.clock, parts_.clock.In(kSweepEvery));
  }
}

/// Old events go, a page at a time, and tombstones, of instances, too.
Task<Status> ServiceEngine::Sweep() {
  ATELIER_CO_TRY(const WallTime now, co_await store::RetentionTime(parts_.store, parts_.clock));
  const auto oldest = (now - options_.keep_events).time_since_epoch().count();
  for (const auto& service : directory_.All()) {
    if (!loop_.running()) co_return Ok();
    const auto lease = loop_.LeaseFor(service->id);
    if (!lease) continue;
    const auto page = co_await parts_.store.Scan(
        Kind::kServiceEvent, {.from = service->id.str() + "/",
                              .to = fmt::format("{}/{:020}", service->id.str(), oldest)});
    if (!page || page->empty()) continue;
    store::Batch batch;
    for (const auto& record : *page)
      batch.push_back(store::Write::Delete(Kind::kServiceEvent, record.key));
    batch.push_back(store::Guard(*lease));
    if (!loop_.running()) co_return Ok();
    [[maybe_unused]] const auto swept = co_await parts_.store.Commit(std::move(batch));
  }
  if (!loop_.running() || !parts_.shards.LeaseOf(kCommonShard)) co_return Ok();
  co_return co_await SweepTombstones(parts_.store, now, tombstones_from_);
}

}  // namespace atelier::control
