#include "control/service/engine.h"

#include <algorithm>

#include <fmt/format.h>

#include "control/change/erase.h"

namespace atelier::control {

using model::ServiceStatus;
using runtime::Phase;
using runtime::WorkloadState;
using store::Kind;

namespace {

constexpr std::size_t kProbeWidth = 256;  // checks wait, mostly
constexpr Duration kSweepEvery = std::chrono::hours(1);
constexpr Duration kRoomEvery{1'000};
constexpr int kMostSteps = 32;  // of one key before others have their turn
constexpr Duration kFirstPause{200};
constexpr Duration kLongestPause{10'000};

model::InstanceId KeyOf(const model::ServiceId& id) { return model::InstanceId(id.str()); }

}  // namespace

ServiceEngine::ServiceEngine(Parts parts)
    : parts_(std::move(parts)),
      loops_(
          {.driver = parts_.driver,
           .clock = parts_.clock,
           .log = parts_.log,
           .io = parts_.io,
           .name = "control.service",
           .observe_every = parts_.options.observe_every,
           .call_deadline = parts_.options.call_deadline},
          [this] { return shared_from_this(); },
          [this](Observer::Look look) { Digest(std::move(look)); }),
      steps_(
          parts_.io, "control.service.step",
          static_cast<std::size_t>(parts_.options.max_concurrent), loops_.gate(),
          [this] { return shared_from_this(); },
          [this](Id id, Place& place) { return Step(std::move(id), place); }),
      probes_(
          parts_.io, "control.service.probe", kProbeWidth, loops_.gate(),
          [this] { return shared_from_this(); },
          [this](Id id, Place& place) { return Probe(std::move(id), place); }),
      orphans_(
          {.store = parts_.store,
           .driver = parts_.driver,
           .clock = parts_.clock,
           .log = parts_.log,
           .io = parts_.io,
           .name = "control.service.orphan",
           .kinds = {Kind::kServiceReplica},
           .call_deadline = parts_.options.call_deadline},
          loops_, [this] { return shared_from_this(); },
          [this](const WorkloadState& state) { return OwnershipOf(state); }) {}

void ServiceEngine::Start() {
  loops_.Start();
  if (parts_.options.admission != nullptr) {
    parts_.options.admission->SetOnRoom([weak = weak_from_this()] {
      if (const auto engine = weak.lock()) engine->OnRoom();
    });
  }
  for (const auto& service : parts_.directory.All()) Track(*service, true);
  for (const auto& replica : parts_.directory.AllReplicas()) Track(*replica, true);
  loops_.Run("control.service.observe", RunLooks());
}

void ServiceEngine::Apply(std::span<const store::Change> changes) {
  if (!loops_.running()) return;
  for (const store::Change& change : changes) {
    if (change.record.kind == Kind::kService) {
      if (const auto service = parts_.directory.Find(change.record.key)) Track(*service, false);
    } else if (change.record.kind == Kind::kServiceReplica) {
      const Id id(change.record.key);
      if (const auto replica = parts_.directory.FindReplica(id)) {
        Track(*replica, false);
        steps_.Add(KeyOf(replica->service));
      } else {
        Forget(id);
      }
    } else if (change.record.kind == Kind::kTombstone &&
               orphans_.Reconsider(Id(change.record.key))) {
      loops_.observer().Soon();
    }
  }
}

void ServiceEngine::Track(const model::Service& service, bool adopted) {
  const Id id = KeyOf(service.id);
  ServiceKey& key = services_[id];
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
    SetDue(id, key.deadline);
  }
  steps_.Add(id);
}

bool ServiceEngine::Idle() const {
  return steps_.idle() && probes_.idle() && orphans_.Idle() && !loops_.observer().looking();
}

bool ServiceEngine::Past(MonoTime deadline) const {
  const MonoTime now = parts_.clock.Mono();
  if (now < deadline) return false;
  return loops_.observer().looked() >= deadline || now - deadline >= parts_.options.call_deadline;
}

bool ServiceEngine::Expired(ServiceKey& key) const {
  if (!Past(key.deadline)) return false;
  const MonoTime now = parts_.clock.Mono();
  if (!key.late_since) key.late_since = now;
  return now - *key.late_since >= kSinkIn;
}

Duration ServiceEngine::GraceOf(std::string_view service) const {
  const auto spec = parts_.directory.SpecOf(service);
  return spec ? spec->termination_grace : model::ServiceSpec().termination_grace;
}

void ServiceEngine::Track(const model::Replica& replica, bool adopted) {
  ReplicaKey& key = replicas_[replica.id];
  const bool same_run = key.generation == replica.generation;
  const bool waiting = IsWaitingForRoom(replica);
  if (key.stay == 0 || !same_run || key.leaving != replica.leaving || key.waiting != waiting) {
    ReplicaKey fresh;
    fresh.generation = replica.generation;
    fresh.leaving = replica.leaving;
    fresh.waiting = waiting;
    fresh.stay = ++stays_;
    fresh.acted_at = loops_.observer().begun();
    fresh.seen = std::move(key.seen);
    fresh.complete_at = key.complete_at;
    const Duration spent =
        adopted ? std::max(Duration{0}, parts_.clock.Wall() - replica.status_since) : Duration{0};
    const Duration grace = GraceOf(replica.service_name);
    fresh.drain_until = parts_.clock.In(std::max(Duration{0}, grace - spent));
    const Duration wait = replica.restart_at
                              ? std::max(Duration{0}, *replica.restart_at - parts_.clock.Wall())
                              : Duration{0};
    const Duration limit = replica.leaving ? parts_.options.stop_deadline + 2 * grace
                                           : parts_.options.start_deadline + wait;
    fresh.deadline = parts_.clock.In(limit - std::min(spent, limit));
    key = std::move(fresh);
  }
  if (replica.status == model::ReplicaStatus::Running) WatchHealth(replica, key);
  key.status = replica.status;
  steps_.Add(replica.id);
}

void ServiceEngine::Forget(const Id& id) {
  replicas_.erase(id);
  services_.erase(id);
  due_.Set(id, MonoTime::max());
  probes_due_.Set(id, MonoTime::max());
}

void ServiceEngine::SetDue(const Id& id, MonoTime when) {
  if (due_.Set(id, when)) loops_.due_changed().Set();
}

Task<void> ServiceEngine::RunLooks() {
  // Adoption: the first look comes before the first act.
  co_await loops_.observer().Once();
  if (!loops_.running()) co_return;
  steps_.Open();
  probes_.Open();
  orphans_.Open();
  loops_.Run("control.service.due", RunDueTimes());
  loops_.Run("control.service.sweep", RunSweeps());
  co_await loops_.observer().Run();
}

Task<void> ServiceEngine::RunDueTimes() {
  while (loops_.running()) {
    const MonoTime now = parts_.clock.Mono();
    while (const auto id = due_.Take(now)) steps_.Add(*id);
    while (const auto id = probes_due_.Take(now)) probes_.Add(*id);
    if (room_at_ <= now) {
      room_at_ = MonoTime::max();
      for (const auto& [id, key] : replicas_) {
        if (key.waiting) steps_.Add(id);
      }
    }
    co_await loops_.due_changed().Wait(parts_.clock,
                                       std::min({due_.Next(), probes_due_.Next(), room_at_}));
  }
}

/// Those that wait for room try again: all of them, but not more often than kRoomEvery.
void ServiceEngine::OnRoom() {
  room_at_ = std::min(room_at_, parts_.clock.In(kRoomEvery));
  loops_.due_changed().Set();
}

/// Old events go, a page at a time.
Task<void> ServiceEngine::RunSweeps() {
  while (loops_.running()) {
    const WallTime oldest = parts_.clock.Wall() - parts_.options.keep_events;
    for (const auto& service : parts_.directory.All()) {
      const auto page = co_await parts_.store.Scan(
          Kind::kServiceEvent,
          {.from = service->id.str() + "/",
           .to = fmt::format("{}/{:020}", service->id.str(), oldest.time_since_epoch().count())});
      if (!loops_.running()) co_return;
      if (!page || page->empty()) continue;
      store::Batch batch;
      for (const auto& record : *page)
        batch.push_back(store::Write::Delete(Kind::kServiceEvent, record.key));
      // What fails now is swept an hour later.
      [[maybe_unused]] const auto swept = co_await parts_.store.Commit(std::move(batch));
      if (!loops_.running()) co_return;
    }
    // Of instances, too; what fails now is swept at a later turn.
    [[maybe_unused]] const Status swept =
        co_await SweepTombstones(parts_.store, parts_.clock.Wall(), tombstones_from_);
    if (!loops_.running()) co_return;
    co_await loops_.ending().Wait(parts_.clock, parts_.clock.In(kSweepEvery));
  }
}

void ServiceEngine::Digest(Observer::Look look) {
  std::map<Id, World> shown;
  orphans_.Digest(look.seen);
  for (WorkloadState& state : look.seen.workloads) {
    if (replicas_.contains(state.id)) shown[state.id].push_back(std::move(state));
  }
  for (auto& [id, key] : replicas_) {
    const auto found = shown.find(id);
    World world = look.seen.complete ? World() : key.seen;
    if (found != shown.end()) MergeWorld(world, std::move(found->second));
    const bool changed = !SameWorld(key.seen, world);
    key.seen = std::move(world);
    if (look.seen.complete) {
      key.complete_at = look.number;
      NoteMissing(id, key, look);
    }
    if (changed || (look.seen.complete && std::exchange(key.wants_look, false))) steps_.Add(id);
  }
}

void ServiceEngine::NoteMissing(const Id& id, ReplicaKey& key, const Observer::Look& look) {
  const bool ran =
      key.status == model::ReplicaStatus::Running || key.status == model::ReplicaStatus::Unknown;
  if (!ran || key.leaving || look.number <= key.acted_at) return;
  if (Best(key.seen, key.generation) != nullptr) {
    key.missing_since.reset();
    key.lost = false;
  } else if (!key.missing_since) {
    key.missing_since = look.begun;
    steps_.Add(id);
  } else if (!key.lost && look.begun - *key.missing_since >= parts_.options.observe_every) {
    // Two looks that follow each other at once could both miss it for the same reason.
    key.lost = true;
    steps_.Add(id);
  }
}

Ownership ServiceEngine::OwnershipOf(const WorkloadState& state) const {
  const auto key = replicas_.find(state.id);
  if (key == replicas_.end()) return Ownership::kUnknown;
  return state.generation > key->second.generation ? Ownership::kNewer : Ownership::kOurs;
}

Task<void> ServiceEngine::Step(Id id, Place& place) {
  for (int steps = 0; loops_.running(); ++steps) {
    if (steps == kMostSteps) {
      steps_.Add(id);
      break;
    }
    const bool more = IsService(id) ? co_await StepService(id) : co_await StepReplica(id, place);
    if (!more) break;
  }
  if (!loops_.abandoned()) Settle(id);
}

bool ServiceEngine::After(const Status& committed, const Id& id) {
  if (committed) return true;
  if (loops_.abandoned()) return false;
  if (committed.error().code() != Code::kAborted) {
    parts_.log.Warn("control.service.commit_failed",
                    {{"id", id}, {"error", committed.error().ToString()}});
  }
  Postpone(id);
  return false;
}

ServiceEngine::Patience* ServiceEngine::PatienceOf(const Id& id) {
  if (IsService(id)) {
    const auto found = services_.find(id);
    return found == services_.end() ? nullptr : &found->second.patience;
  }
  const auto found = replicas_.find(id);
  return found == replicas_.end() ? nullptr : &found->second.patience;
}

void ServiceEngine::Postpone(const Id& id) {
  Patience* patience = PatienceOf(id);
  if (patience == nullptr) return;
  const int doublings = std::min(patience->failures++, 10);
  Duration pause = std::min(kLongestPause, kFirstPause * (1 << doublings));
  std::uint8_t jitter = 0;
  parts_.random.Fill({&jitter, 1});
  pause += pause * jitter / 1024;  // up to a quarter more
  patience->retry_at = parts_.clock.In(pause);
}

}  // namespace atelier::control
