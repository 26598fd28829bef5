#include "control/eas/service/scaler_engine.h"

#include <utility>

#include "control/eas/service/mutations.h"
#include "directory/service_query.h"

namespace atelier::control {

using model::ServiceStatus;

namespace {

constexpr std::size_t kWidth = 32;  // services at once, in each loop

/// The states in which the load says something about the number of replicas.
bool IsScaled(const model::Service& service) {
  if (!service.autoscaler || service.desired != model::Desired::Running) return false;
  switch (service.status) {
    case ServiceStatus::Running:
    case ServiceStatus::Waiting:
    case ServiceStatus::Scaling:
    case ServiceStatus::Updating:
      return true;
    default:
      return false;
  }
}

double Seconds(MonoTime from, MonoTime to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

ScalerEngine::ScalerEngine(Parts parts)
    : parts_(std::move(parts)),
      calls_(parts_.io, parts_.clock),
      ending_(parts_.io),
      looks_(
          LoopParts("control.scaler.look"),
          [this](model::ServiceId id, WorkerSlot& slot) { return Evaluate(std::move(id), slot); }),
      activations_(
          LoopParts("control.scaler.activate"),
          [this](model::ServiceId id, WorkerSlot& /*slot*/) { return StepAtZero(std::move(id)); }),
      jobs_(LoopParts("control.scaler.jobs"),
            [this](model::ServiceId id, WorkerSlot& /*slot*/) { return RunJobs(std::move(id)); }) {}

ScalerEngine::Loop::Parts ScalerEngine::LoopParts(std::string name) {
  return {.clock = parts_.clock,
          .io = parts_.io,
          .name = std::move(name),
          .width = kWidth,
          .gate = gate_,
          .owner = [this] { return shared_from_this(); }};
}

void ScalerEngine::Start() {
  running_ = true;
  for (Loop* loop : {&looks_, &activations_, &jobs_}) loop->Start();
  Spawn(parts_.io, "control.scaler", Tick(shared_from_this(), gate_.Enter()));
}

void ScalerEngine::End() {
  running_ = false;
  for (Loop* loop : {&looks_, &activations_, &jobs_}) loop->End();
  ending_.Set();
}

Task<void> ScalerEngine::Stop() {
  End();
  const Duration most = 2 * parts_.options.call_deadline;
  const bool drained = co_await gate_.Drain(parts_.clock, parts_.clock.In(most));
  if (!drained) parts_.log.Warn("control.scaler.stop_unfinished");
}

void ScalerEngine::Abandon() {
  gate_.Close();
  End();
}

void ScalerEngine::ActivateFromZero(const model::ServiceId& id) {
  if (running_) activations_.Add(id);
}

std::vector<MeasuredMetric> ScalerEngine::MeasuredOf(const model::ServiceId& id) const {
  const auto found = watched_.find(id);
  return found == watched_.end() ? std::vector<MeasuredMetric>() : found->second.measured;
}

Task<void> ScalerEngine::Tick([[maybe_unused]] std::shared_ptr<ScalerEngine> self,
                              [[maybe_unused]] Gate::Pass pass) {
  Clock& clock = self->parts_.clock;
  MonoTime look = clock.Mono();
  while (self->running_) {
    if (clock.Mono() >= look) {
      self->EvaluateAll();
      look = clock.In(self->parts_.options.every);
    }
    const MonoTime jobs = clock.In(self->ListDueJobs());
    co_await self->ending_.Wait(clock, std::min(look, jobs));
  }
}

void ScalerEngine::EvaluateAll() {
  std::erase_if(watched_, [&](const auto& entry) {
    const auto service = parts_.directory.FindById(entry.first);
    return service == nullptr || !service->autoscaler || !parts_.shards.LeaseFor(entry.first);
  });
  for (const directory::ServicePtr& service : parts_.directory.All()) {
    if (service->autoscaler && parts_.shards.LeaseFor(service->id)) looks_.Add(service->id);
  }
}

model::ServiceTraffic ScalerEngine::TrafficOf(const model::ServiceId& id) const {
  return parts_.options.traffic ? parts_.options.traffic(id) : model::ServiceTraffic();
}

std::int64_t ScalerEngine::ReadyOf(const model::ServiceId& id) const {
  return directory::CountServing(parts_.directory.ReplicasOf(id));
}

Task<MonoTime> ScalerEngine::Evaluate(model::ServiceId id, WorkerSlot& slot) {
  static constexpr MonoTime kNextTick = MonoTime::max();
  const directory::ServicePtr service = parts_.directory.FindById(id);
  const auto lease = parts_.shards.LeaseFor(id);
  if (service == nullptr || !service->autoscaler || !lease) co_return kNextTick;
  const model::AutoScaler& rule = *service->autoscaler;
  const auto needs_cpu = std::ranges::any_of(rule.strategies, [](const auto& strategy) {
    return strategy.metric == model::ScaleMetric::cpu;
  });
  std::optional<double> cpu;
  if (needs_cpu) cpu = co_await CpuOf(service, slot);
  if (!running_ || !parts_.shards.Holds(*lease)) co_return kNextTick;

  Watched& watched = watched_[id];
  const model::ServiceTraffic traffic = TrafficOf(id);
  const MonoTime now = parts_.clock.Mono();
  const std::int64_t ready = ReadyOf(id);
  const auto before = std::exchange(watched.traffic, traffic);
  const auto last = std::exchange(watched.looked, now);
  watched.measured.clear();
  ScaleInput input{.now = now,
                   .replicas = service->replicas,
                   .busy = traffic.requests != before.requests ||
                           traffic.request_seconds > before.request_seconds,
                   .waiting = traffic.waiting,
                   .totals = {}};
  const double passed = last ? Seconds(*last, now) : 0;
  for (const model::ScaleStrategy& strategy : rule.strategies) {
    std::optional<double> total;
    if (strategy.metric == model::ScaleMetric::cpu) {
      total = cpu;
    } else if (passed > 0) {
      total = (strategy.metric == model::ScaleMetric::qps
                   ? static_cast<double>(traffic.requests - before.requests)
                   : traffic.request_seconds - before.request_seconds) /
              passed;
    }
    if (total) {
      watched.measured.push_back({.metric = strategy.metric,
                                  .average = ready == 0 ? 0 : *total / static_cast<double>(ready)});
    }
    input.totals.push_back(total);
  }
  if (!IsScaled(*service)) co_return kNextTick;
  if (auto decision = DecideScale(rule, input, watched.state))
    co_await Execute(service, *lease, *std::move(decision));
  co_return kNextTick;
}

Duration ScalerEngine::ListDueJobs() {
  const WallTime now = parts_.clock.Wall();
  for (const directory::ServicePtr& service : parts_.directory.All()) {
    if (service->cronscaler && parts_.shards.LeaseFor(service->id) &&
        !crons_.Due(*service, parts_.directory.RevisionOf(service->name), now).empty())
      jobs_.Add(service->id);
  }
  // What could not be written down is tried again at the next look; so is a wall clock that was
  // stepped, and a scaler that is new.
  return std::min<Duration>(crons_.Next(parts_.directory, now) - now, parts_.options.every);
}

Task<MonoTime> ScalerEngine::RunJobs(model::ServiceId id) {
  static constexpr MonoTime kNextTick = MonoTime::max();
  const directory::ServicePtr service = parts_.directory.FindById(id);
  const auto lease = parts_.shards.LeaseFor(id);
  if (service == nullptr || !service->cronscaler || !lease) co_return kNextTick;
  const model::Revision revision = parts_.directory.RevisionOf(service->name);
  const auto due = crons_.Due(*service, revision, parts_.clock.Wall());
  if (due.empty()) co_return kNextTick;
  ServiceDraft draft(*service, revision, MomentOf(parts_.clock));
  for (const CronRun& run : due) ApplyJob(draft, run);
  co_await Write(*lease, std::move(draft));
  co_return kNextTick;
}

Task<MonoTime> ScalerEngine::StepAtZero(model::ServiceId id) {
  static constexpr MonoTime kWhenWanted = MonoTime::max();
  const directory::ServicePtr service = parts_.directory.FindById(id);
  const auto lease = parts_.shards.LeaseFor(id);
  if (service == nullptr || !lease || !IsScaled(*service) || service->replicas > 0)
    co_return kWhenWanted;
  const ScaleInput input{.now = parts_.clock.Mono(),
                         .replicas = 0,
                         .busy = true,
                         .waiting = TrafficOf(id).waiting,
                         .totals = {}};
  if (auto decision = DecideScale(*service->autoscaler, input, watched_[id].state))
    co_await Execute(service, *lease, *std::move(decision));
  co_return kWhenWanted;
}

/// Percent of its vCPUs, added up over the ready replicas; those that were not seen at both ends of
/// the time since the last look count as the average of the others.
Task<std::optional<double>> ScalerEngine::CpuOf(directory::ServicePtr service, WorkerSlot& slot) {
  const directory::ServiceSpecPtr spec = parts_.directory.SpecOf(service->name);
  if (spec == nullptr) co_return std::nullopt;
  const model::EcsSpec* machine = parts_.catalogue.FindSpec(spec->instance_type);
  const double vcpus = static_cast<double>(model::CapacityOf(*spec, machine).milli_cpu) /
                       static_cast<double>(model::kMilli);
  const Deadline by = parts_.clock.In(parts_.options.call_deadline);
  const auto replicas = parts_.directory.ReplicasOf(service->id);  // outlives the waits
  std::map<model::InstanceId, Watched::Sample> fresh;
  for (const directory::ReplicaPtr& replica : replicas) {
    if (!model::TakesTraffic(*replica) || parts_.clock.Mono() >= by) continue;
    const auto usage = co_await calls_.Within(by, &slot, parts_.driver.Sample(replica->id, by));
    if (!running_) co_return std::nullopt;
    if (usage) fresh.emplace(replica->id, Watched::Sample{*usage, parts_.clock.Mono()});
  }
  const auto before = std::exchange(watched_[service->id].samples, std::move(fresh));
  double percent = 0;
  int seen = 0;
  for (const auto& [id, now] : watched_[service->id].samples) {
    const auto found = before.find(id);
    if (found == before.end()) continue;
    const Watched::Sample& then = found->second;
    const double passed_ms = std::chrono::duration<double, std::milli>(now.at - then.at).count();
    // A counter that went back is another run's.
    if (passed_ms <= 0 || now.usage.cpu_ms < then.usage.cpu_ms) continue;
    percent +=
        100.0 * static_cast<double>(now.usage.cpu_ms - then.usage.cpu_ms) / passed_ms / vcpus;
    ++seen;
  }
  if (seen == 0) co_return std::nullopt;
  co_return (percent / seen) * static_cast<double>(ReadyOf(service->id));
}

Task<void> ScalerEngine::Execute(directory::ServicePtr service, store::Lease lease,
                                 ScaleDecision decision) {
  // Not the present state any more: the next look decides anew.
  if (parts_.directory.Find(service->name) != service) co_return;
  ServiceDraft draft(*service, parts_.directory.RevisionOf(service->name), MomentOf(parts_.clock));
  ApplyScale(draft, decision.replicas, {}, {"AutoScaling", decision.why});
  co_await Write(lease, std::move(draft));
}

Task<void> ScalerEngine::Write(store::Lease lease, ServiceDraft draft) {
  const std::string name = draft.service().name;
  const auto committed = co_await Commit(parts_.store, lease, std::move(draft));
  if (!committed && committed.error().code() != Code::kAborted) {
    parts_.log.Warn("control.scaler.commit_failed",
                    {{"service", name}, {"error", committed.error().ToString()}});
  }
}

}  // namespace atelier::control
