#include "gateway/service/balancer.h"

#include <algorithm>
#include <limits>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

namespace atelier::gateway {

namespace {

using asio::experimental::awaitable_operators::operator||;

/// Requests at once at a replica whose service sets no number: so many that only a broken one gets
/// there.
constexpr std::int64_t kMaxAtOnce = 1024;

Error NoneReady() {
  return {Code::kUnavailable, "No instance of the service is ready. Try again soon.", "NoneReady"};
}

/// One request that waits, as long as it lives.
class WaitGuard {
 public:
  WaitGuard(directory::TrafficHistory* history, std::string service)
      : history_(history), service_(std::move(service)) {
    if (history_ != nullptr) history_->AddWaiting(service_, 1);
  }
  WaitGuard(const WaitGuard&) = delete;
  WaitGuard& operator=(const WaitGuard&) = delete;
  ~WaitGuard() {
    if (history_ != nullptr) history_->AddWaiting(service_, -1);
  }

 private:
  directory::TrafficHistory* const history_;
  const std::string service_;
};

Error Late() {
  return {Code::kDeadlineExceeded, "The request waited too long for its turn.", "QueueTimeout"};
}

}  // namespace

Balancer::UpstreamLease::UpstreamLease(Balancer* balancer, directory::ReplicaPtr replica)
    : balancer_(balancer), replica_(std::move(replica)) {
  balancer_->Acquire(*replica_);
}

Balancer::UpstreamLease& Balancer::UpstreamLease::operator=(UpstreamLease&& other) noexcept {
  if (this != &other) {
    Leave();
    balancer_ = std::exchange(other.balancer_, nullptr);
    replica_ = std::move(other.replica_);
  }
  return *this;
}

void Balancer::UpstreamLease::Leave() {
  if (balancer_ != nullptr) std::exchange(balancer_, nullptr)->Release(*replica_);
}

void Balancer::Tell(const model::Replica& replica, int change) {
  if (history_ == nullptr) return;
  history_->AddUnderWay(replica.service.str(), change);
  history_->AddUnderWay(replica.id.str(), change);
}

void Balancer::Acquire(const model::Replica& replica) {
  ++load_[replica.id];
  Tell(replica, 1);
}

void Balancer::Release(const model::Replica& replica) {
  const auto found = load_.find(replica.id);
  if (--found->second == 0) load_.erase(found);
  Tell(replica, -1);
  const auto queue = queues_.find(replica.service);
  if (queue != queues_.end())
    queue->second.ServeOne([this](Search& search) { return Serve(search); });
}

int Balancer::InFlight(const model::InstanceId& id) const {
  const auto found = load_.find(id);
  return found == load_.end() ? 0 : found->second;
}

template <class Map>
void Balancer::Tidy(Map& by_service) {
  if (by_service.size() <= 2 * directory_.size() + 16) return;
  std::erase_if(by_service,
                [&](const auto& entry) { return directory_.FindById(entry.first) == nullptr; });
}

bool Balancer::Admit(const model::Service& service, const model::ServiceSpec& spec) {
  if (!spec.rate_limit) {
    buckets_.erase(service.id);
    return true;
  }
  Tidy(buckets_);
  const auto rate = static_cast<double>(*spec.rate_limit);
  const MonoTime now = clock_.Mono();
  const auto [found, fresh] =
      buckets_.try_emplace(service.id, Bucket{.tokens = rate, .filled = now});
  Bucket& bucket = found->second;
  const double passed = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(rate, bucket.tokens + passed * rate);
  bucket.filled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void Balancer::TrafficCounter::CountUpTo(MonoTime time) {
  seconds += static_cast<double>(now) * std::chrono::duration<double>(time - counted).count();
  counted = time;
}

Balancer::RequestGuard::RequestGuard(Balancer& balancer, model::ServiceId service)
    : balancer_(balancer), service_(std::move(service)) {
  balancer_.Tidy(balancer_.tallies_);
  TrafficCounter& tally = balancer_.tallies_[service_];
  tally.CountUpTo(balancer_.clock_.Mono());
  ++tally.requests;
  ++tally.now;
}

Balancer::RequestGuard::~RequestGuard() {
  // Gone with its service, perhaps.
  const auto found = balancer_.tallies_.find(service_);
  if (found == balancer_.tallies_.end()) return;
  found->second.CountUpTo(balancer_.clock_.Mono());
  --found->second.now;
}

model::ServiceTraffic Balancer::TrafficOf(const model::ServiceId& id) const {
  model::ServiceTraffic traffic;
  if (const auto found = tallies_.find(id); found != tallies_.end()) {
    TrafficCounter tally = found->second;
    tally.CountUpTo(clock_.Mono());
    traffic.requests = tally.requests;
    traffic.request_seconds = tally.seconds;
  }
  if (const auto queue = queues_.find(id); queue != queues_.end())
    traffic.waiting = static_cast<std::int64_t>(queue->second.size());
  return traffic;
}

bool Balancer::Serve(Search& search) {
  const auto& replicas = directory_.ReplicasOf(search.service->id);
  const auto present = directory_.SpecOf(search.service->name);
  const std::int64_t workers =
      (present != nullptr ? present : search.spec)->workers.value_or(kMaxAtOnce);
  directory::ReplicaPtr best;
  int least = std::numeric_limits<int>::max();
  search.ready = 0;
  ++turn_;  // so that equals take turns
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    const auto& replica = replicas[(i + turn_) % replicas.size()];
    if (!model::TakesTraffic(*replica) ||
        std::ranges::find(search.tried, replica->id) != search.tried.end())
      continue;
    ++search.ready;
    const int load = InFlight(replica->id);
    if (load < workers && load < least) {
      least = load;
      best = replica;
    }
  }
  if (best != nullptr) search.outcome.emplace(UpstreamLease(this, std::move(best)));
  return search.outcome.has_value();
}

bool Balancer::IsVain(Search& search) {
  if (search.ready == 0) {
    if (!ComesOnDemand(search.service->id)) search.outcome.emplace(NoneReady());
  } else if (clock_.Mono() >= search.patience.turn) {
    search.outcome.emplace(Late());  // it has waited on for an activation, which is over
  }
  return search.outcome.has_value();
}

void Balancer::AskForReplica(const Search& search) {
  if (search.ready == 0 && wanted_) wanted_(search.service->id);
}

void Balancer::Recheck(const model::ServiceId& id) {
  const auto queue = queues_.find(id);
  if (queue == queues_.end()) return;
  queue->second.ServeAll([this](Search& search) {
    if (Serve(search) || IsVain(search)) return true;
    AskForReplica(search);
    return false;
  });
}

bool Balancer::ComesOnDemand(const model::ServiceId& id) const {
  const auto present = directory_.FindById(id);
  return present != nullptr && model::WakesOnDemand(*present);
}

Status Balancer::MayWait(const Search& search) const {
  const model::Service& service = *search.service;
  if (search.ready == 0 && !ComesOnDemand(service.id)) return NoneReady();
  const auto queue = queues_.find(service.id);
  const std::size_t before_us = queue == queues_.end() ? 0 : queue->second.size();
  const auto most =
      search.spec->max_queue * static_cast<std::int64_t>(std::max<std::size_t>(search.ready, 1));
  if (before_us < static_cast<std::size_t>(most)) return Ok();
  return Error(Code::kResourceExhausted,
               fmt::format("More than {} requests wait for service {}.", most, service.name),
               "QueueFull");
}

Task<Result<Balancer::UpstreamLease>> Balancer::Take(directory::ServicePtr service,
                                                     directory::ServiceSpecPtr spec,
                                                     std::vector<model::InstanceId> tried,
                                                     WaitLimits patience, http::GivenUp given_up) {
  Search search{.service = std::move(service),
                .spec = std::move(spec),
                .tried = std::move(tried),
                .patience = patience};
  // What is free now is of no use to those who wait: they would have it.
  if (Serve(search)) co_return *std::move(search.outcome);
  ATELIER_CO_RETURN_IF_ERROR(MayWait(search));
  AskForReplica(search);
  const model::ServiceId id = search.service->id;
  const auto io = co_await asio::this_coro::executor;
  {
    const WaitGuard waits(history_, id.str());
    WaitQueue<Search>::Waiter waiter(queues_[id], io, search);
    for (const Deadline by : {patience.turn, patience.activation}) {
      const auto first = co_await (waiter.Wait(clock_, by) || given_up());
      if (first.index() != 0)
        search.outcome.emplace(Error(Code::kCancelled, "The client is gone."));
      if (search.outcome || search.ready > 0) break;
    }
  }
  if (const auto queue = queues_.find(id); queue != queues_.end() && queue->second.empty())
    queues_.erase(queue);
  co_return search.outcome ? *std::move(search.outcome) : Late();
}

}  // namespace atelier::gateway
