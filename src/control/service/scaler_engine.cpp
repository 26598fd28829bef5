#include "control/service/scaler_engine.h"

#include <utility>

#include "control/service/wishes.h"
#include "directory/service_query.h"

namespace atelier::control {

using model::ServiceStatus;

namespace {

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
    : parts_(std::move(parts)), calls_(parts_.io, parts_.clock), wake_(parts_.io) {}

void ScalerEngine::Start() {
  running_ = true;
  Spawn(parts_.io, "control.scaler", Run(shared_from_this(), gate_.Enter()));
}

Task<void> ScalerEngine::Stop() {
  running_ = false;
  wake_.Set();
  const Duration most = 2 * parts_.options.call_deadline;
  const bool drained = co_await gate_.Drain(parts_.clock, parts_.clock.In(most));
  if (!drained) parts_.log.Warn("control.scaler.stop_unfinished");
}

void ScalerEngine::Abandon() {
  running_ = false;
  gate_.Close();
  wake_.Set();
}

void ScalerEngine::Wanted(const model::ServiceId& id) {
  if (!running_) return;
  wanted_.insert(id);
  wake_.Set();
}

std::vector<MeasuredMetric> ScalerEngine::MeasuredOf(const model::ServiceId& id) const {
  const auto found = watched_.find(id);
  return found == watched_.end() ? std::vector<MeasuredMetric>() : found->second.measured;
}

Task<void> ScalerEngine::Run([[maybe_unused]] std::shared_ptr<ScalerEngine> self,
                             [[maybe_unused]] Gate::Pass pass) {
  Clock& clock = self->parts_.clock;
  MonoTime look = clock.Mono();
  MonoTime jobs = clock.Mono();
  while (self->running_) {
    if (clock.Mono() >= look) {
      co_await self->LookAtAll();
      look = clock.In(self->parts_.options.every);
    }
    if (self->running_ && clock.Mono() >= jobs) jobs = clock.In(co_await self->RunAllJobs());
    for (const model::ServiceId& id : std::exchange(self->wanted_, {})) {
      if (self->running_) co_await self->Hurry(id);
    }
    if (self->running_) co_await self->wake_.Wait(clock, std::min(look, jobs));
  }
}

Task<void> ScalerEngine::LookAtAll() {
  std::erase_if(watched_, [&](const auto& entry) {
    const auto service = parts_.directory.FindById(entry.first);
    return service == nullptr || !service->autoscaler;
  });
  for (const directory::ServicePtr& service : parts_.directory.All()) {
    if (!running_) co_return;
    if (service->autoscaler) co_await Look(service);
  }
}

model::ServiceTraffic ScalerEngine::TrafficOf(const model::ServiceId& id) const {
  return parts_.options.traffic ? parts_.options.traffic(id) : model::ServiceTraffic();
}

std::int64_t ScalerEngine::ReadyOf(const model::ServiceId& id) const {
  return directory::CountServing(parts_.directory.ReplicasOf(id));
}

Task<void> ScalerEngine::Look(directory::ServicePtr service) {
  const model::AutoScaler& rule = *service->autoscaler;
  const auto needs_cpu = std::ranges::any_of(rule.strategies, [](const auto& strategy) {
    return strategy.metric == model::ScaleMetric::cpu;
  });
  std::optional<double> cpu;
  if (needs_cpu) cpu = co_await CpuOf(service);
  if (!running_) co_return;

  Watched& watched = watched_[service->id];
  const model::ServiceTraffic traffic = TrafficOf(service->id);
  const MonoTime now = parts_.clock.Mono();
  const std::int64_t ready = ReadyOf(service->id);
  const auto before = std::exchange(watched.traffic, traffic);
  const auto last = std::exchange(watched.looked, now);
  watched.measured.clear();
  ScaleSight sight{.now = now,
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
    sight.totals.push_back(total);
  }
  if (!IsScaled(*service)) co_return;
  if (auto decision = DecideScale(rule, sight, watched.memory))
    co_await Carry(service, *std::move(decision));
}

Task<Duration> ScalerEngine::RunAllJobs() {
  for (const directory::ServicePtr& service : parts_.directory.All()) {
    if (service->cronscaler && running_) co_await RunJobs(service);
  }
  // What could not be written down is tried again at the next look; so is a wall clock that was
  // stepped, and a scaler that is new.
  const WallTime now = parts_.clock.Wall();
  co_return std::min<Duration>(crons_.Next(parts_.directory, now) - now, parts_.options.every);
}

Task<void> ScalerEngine::RunJobs(directory::ServicePtr service) {
  // Changed while another one's jobs were written down: the next look does it.
  if (parts_.directory.Find(service->name) != service) co_return;
  const auto due =
      crons_.Due(*service, parts_.directory.RevisionOf(service->name), parts_.clock.Wall());
  if (due.empty()) co_return;
  ServiceDraft draft(*service, parts_.directory.RevisionOf(service->name), parts_.clock.Wall());
  for (const CronRun& run : due) ApplyJob(draft, run);
  co_await Write(std::move(draft));
}

Task<void> ScalerEngine::Hurry(model::ServiceId id) {
  const directory::ServicePtr service = parts_.directory.FindById(id);
  if (service == nullptr || !IsScaled(*service) || service->replicas > 0) co_return;
  const ScaleSight sight{.now = parts_.clock.Mono(),
                         .replicas = 0,
                         .busy = true,
                         .waiting = TrafficOf(id).waiting,
                         .totals = {}};
  if (auto decision = DecideScale(*service->autoscaler, sight, watched_[id].memory))
    co_await Carry(service, *std::move(decision));
}

/// Percent of its vCPUs, added up over the ready replicas; those that were not seen at both ends of
/// the time since the last look count as the average of the others.
Task<std::optional<double>> ScalerEngine::CpuOf(directory::ServicePtr service) {
  const directory::ServiceSpecPtr spec = parts_.directory.SpecOf(service->name);
  if (spec == nullptr) co_return std::nullopt;
  const model::EcsSpec* machine = parts_.catalogue.FindSpec(spec->instance_type);
  const double vcpus = static_cast<double>(model::CapacityOf(*spec, machine).milli_cpu) /
                       static_cast<double>(model::kMilli);
  const Deadline by = parts_.clock.In(parts_.options.call_deadline);
  const auto replicas = parts_.directory.ReplicasOf(service->id);  // outlives the waits
  std::map<model::InstanceId, runtime::Usage> fresh;
  for (const directory::ReplicaPtr& replica : replicas) {
    if (!model::TakesTraffic(*replica) || parts_.clock.Mono() >= by) continue;
    const auto usage = co_await calls_.Within(by, nullptr, parts_.driver.Sample(replica->id, by));
    if (!running_) co_return std::nullopt;
    if (usage) fresh.emplace(replica->id, *usage);
  }
  const auto before = std::exchange(watched_[service->id].usage, std::move(fresh));
  double percent = 0;
  int seen = 0;
  for (const auto& [id, usage] : watched_[service->id].usage) {
    const auto old = before.find(id);
    // A counter that went back is another run's.
    if (old == before.end() || usage.at <= old->second.at || usage.cpu_ms < old->second.cpu_ms)
      continue;
    percent += 100.0 * static_cast<double>(usage.cpu_ms - old->second.cpu_ms) /
               static_cast<double>((usage.at - old->second.at).count()) / vcpus;
    ++seen;
  }
  if (seen == 0) co_return std::nullopt;
  co_return (percent / seen) * static_cast<double>(ReadyOf(service->id));
}

Task<void> ScalerEngine::Carry(directory::ServicePtr service, ScaleDecision decision) {
  // Not the present state any more: the next look decides anew.
  if (parts_.directory.Find(service->name) != service) co_return;
  ServiceDraft draft(*service, parts_.directory.RevisionOf(service->name), parts_.clock.Wall());
  ApplyScale(draft, decision.replicas, {}, {"AutoScaling", decision.why});
  co_await Write(std::move(draft));
}

Task<void> ScalerEngine::Write(ServiceDraft draft) {
  const std::string name = draft.service().name;
  const auto committed = co_await Commit(parts_.store, std::move(draft));
  if (!committed && committed.error().code() != Code::kAborted) {
    parts_.log.Warn("control.scaler.commit_failed",
                    {{"service", name}, {"error", committed.error().ToString()}});
  }
}

}  // namespace atelier::control
