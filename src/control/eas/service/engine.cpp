#include "control/eas/service/engine.h"

#include <algorithm>

#include <fmt/format.h>

#include "control/core/tombstones.h"

namespace atelier::control {

using model::ReplicaStatus;
using model::ServiceStatus;
using store::Kind;

namespace {

constexpr std::size_t kProbeWidth = 256;  // checks wait, mostly
constexpr Duration kSweepEvery = std::chrono::hours(1);
constexpr Duration kRoomEvery{1'000};
constexpr Duration kDrainLook{50};  // at the requests that are under way

}  // namespace

ServiceEngine::ServiceEngine(Parts parts)
    : parts_(std::move(parts)),
      loop_({.store = parts_.store,
             .driver = parts_.driver,
             .clock = parts_.clock,
             .random = parts_.random,
             .log = parts_.log,
             .io = parts_.io,
             .name = "control.service",
             .observe_every = parts_.options.observe_every,
             .call_deadline = parts_.options.call_deadline,
             .width = static_cast<std::size_t>(parts_.options.max_concurrent)},
            {this}, [this] { return shared_from_this(); }),
      services_loop_(
          LoopParts<model::ServiceId>("control.service.plan",
                                      static_cast<std::size_t>(parts_.options.max_concurrent)),
          [this](model::ServiceId id, WorkerSlot&) { return Step(std::move(id)); }),
      probes_loop_(
          LoopParts<model::InstanceId>("control.service.probe", kProbeWidth),
          [this](model::InstanceId id, WorkerSlot& slot) { return Probe(std::move(id), slot); }) {}

template <class Key>
typename KeyedLoop<Key>::Parts ServiceEngine::LoopParts(const char* name, std::size_t width) {
  return {.clock = parts_.clock,
          .io = parts_.io,
          .name = name,
          .width = width,
          .gate = loop_.gate(),
          .owner = [this] { return shared_from_this(); }};
}

void ServiceEngine::Start() {
  if (parts_.options.admission != nullptr) {
    parts_.options.admission->SetOnRoom([weak = weak_from_this()] {
      if (const auto engine = weak.lock()) engine->OnRoom();
    });
  }
  for (const auto& service : parts_.directory.All()) Track(*service, true);
  for (const auto& replica : parts_.directory.AllReplicas()) Track(*replica, true);
  loop_.Start();
}

void ServiceEngine::Begin() {
  services_loop_.Start();
  probes_loop_.Start();
  loop_.Run("control.service.room", RunRoom());
  loop_.Run("control.service.sweep", RunSweeps());
}

Task<void> ServiceEngine::Stop() {
  services_loop_.End();
  probes_loop_.End();
  return loop_.Stop();
}

void ServiceEngine::Abandon() {
  services_loop_.End();
  probes_loop_.End();
  loop_.Abandon();
}

void ServiceEngine::Apply(std::span<const store::Change> changes) {
  if (!loop_.running()) return;
  loop_.Apply(changes);
  for (const store::Change& change : changes) {
    if (change.record.kind == Kind::kService) {
      if (const auto service = parts_.directory.Find(change.record.key)) Track(*service, false);
    } else if (change.record.kind == Kind::kServiceReplica) {
      const model::InstanceId id(change.record.key);
      if (const auto replica = parts_.directory.FindReplica(id)) {
        Track(*replica, false);
        services_loop_.Add(replica->service);
      } else {
        loop_.Forget(id);
      }
    }
  }
}

void ServiceEngine::Track(const model::Service& service, bool adopted) {
  ServiceKey& key = services_[service.id];
  if (key.since != service.status_since || key.status != service.status || adopted) {
    key = ServiceKey();
    key.status = service.status;
    key.since = service.status_since;
    if (model::IsTransient(service.status)) {
      const bool ends =
          service.status == ServiceStatus::Stopping || service.status == ServiceStatus::Deleting;
      const Duration limit = ends ? parts_.options.stop_deadline + 2 * GraceOf(service.name)
                                  : parts_.options.ready_deadline;
      const Duration spent =
          adopted ? std::clamp(parts_.clock.Wall() - service.status_since, Duration{0}, limit)
                  : Duration{0};
      key.deadline = parts_.clock.In(limit - spent);
    }
  }
  services_loop_.Add(service.id);
}

void ServiceEngine::Track(const model::Replica& replica, bool adopted) {
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
                   .since = replica.status_since};
  epoch.runs = !replica.leaving && (replica.status == ReplicaStatus::Running ||
                                    replica.status == ReplicaStatus::Unknown);
  if (replica.leaving) {
    epoch.limit = parts_.options.stop_deadline + 2 * GraceOf(replica.service_name);
  } else if (replica.status == ReplicaStatus::Pending && !IsWaitingForRoom(replica)) {
    const WallTime start = replica.restart_at.value_or(replica.status_since);
    epoch.limit =
        parts_.options.start_deadline + std::max(Duration{0}, start - replica.status_since);
  }
  return epoch;
}

std::optional<Ownership> ServiceEngine::OwnershipOf(const runtime::WorkloadState& state) const {
  const directory::ReplicaPtr replica = parts_.directory.FindReplica(state.id);
  if (replica == nullptr) return std::nullopt;
  return state.generation > replica->generation ? Ownership::kNewer : Ownership::kOurs;
}

MonoTime ServiceEngine::NextLook(const WorkloadId& id, const WorkloadFacts& facts) const {
  const directory::ReplicaPtr replica = parts_.directory.FindReplica(id);
  if (replica == nullptr) return MonoTime::max();
  const MonoTime now = parts_.clock.Mono();
  MonoTime next = MonoTime::max();
  if (replica->leaving && !facts.stop_accepted) next = now + kDrainLook;
  if (replica->restart_at && *replica->restart_at > parts_.clock.Wall())
    next = std::min(next, now + (*replica->restart_at - parts_.clock.Wall()));
  return next;
}

Duration ServiceEngine::GraceOf(std::string_view service) const {
  const auto spec = parts_.directory.SpecOf(service);
  return spec ? spec->termination_grace : model::ServiceSpec().termination_grace;
}

Task<void> ServiceEngine::RunRoom() {
  while (loop_.running()) {
    if (room_at_ <= parts_.clock.Mono()) {
      room_at_ = MonoTime::max();
      for (const auto& replica : parts_.directory.AllReplicas()) {
        if (IsWaitingForRoom(*replica)) loop_.Add(replica->id);
      }
    }
    co_await loop_.due_changed().Wait(parts_.clock, room_at_);
  }
}

/// Those that wait for room try again: all of them, but not more often than kRoomEvery.
void ServiceEngine::OnRoom() {
  room_at_ = std::min(room_at_, parts_.clock.In(kRoomEvery));
  loop_.due_changed().Set();
}

/// Old events go, a page at a time.
Task<void> ServiceEngine::RunSweeps() {
  while (loop_.running()) {
    const WallTime oldest = parts_.clock.Wall() - parts_.options.keep_events;
    for (const auto& service : parts_.directory.All()) {
      const auto page = co_await parts_.store.Scan(
          Kind::kServiceEvent,
          {.from = service->id.str() + "/",
           .to = fmt::format("{}/{:020}", service->id.str(), oldest.time_since_epoch().count())});
      if (!loop_.running()) co_return;
      if (!page || page->empty()) continue;
      store::Batch batch;
      for (const auto& record : *page)
        batch.push_back(store::Write::Delete(Kind::kServiceEvent, record.key));
      // What fails now is swept an hour later.
      [[maybe_unused]] const auto swept = co_await parts_.store.Commit(std::move(batch));
      if (!loop_.running()) co_return;
    }
    // Of instances, too; what fails now is swept at a later turn.
    [[maybe_unused]] const Status swept =
        co_await SweepTombstones(parts_.store, parts_.clock.Wall(), tombstones_from_);
    if (!loop_.running()) co_return;
    co_await loop_.ending().Wait(parts_.clock, parts_.clock.In(kSweepEvery));
  }
}

}  // namespace atelier::control
