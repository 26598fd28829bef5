#include "gateway/service/balancer.h"

#include <algorithm>
#include <limits>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

namespace atelier::gateway {

namespace {

using asio::experimental::awaitable_operators::operator||;

/// Requests at once at a replica whose service sets no number: so many that only a broken one gets
/// there.
constexpr std::int64_t kMostAtOnce = 1024;

Error NoneReady() {
  return {Code::kUnavailable, "No instance of the service is ready. Try again soon.", "NoneReady"};
}

}  // namespace

class Balancer::Waiter {
 public:
  Waiter(Balancer& balancer, model::ServiceId service)
      : turn(balancer.io_), balancer_(balancer), service_(std::move(service)) {
    balancer_.waiting_[service_].push_back(&turn);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    const auto queue = balancer_.waiting_.find(service_);
    if (queue == balancer_.waiting_.end()) return;
    std::erase(queue->second, &turn);
    if (queue->second.empty()) balancer_.waiting_.erase(queue);
  }

  Signal turn;

 private:
  Balancer& balancer_;
  model::ServiceId service_;
};

Balancer::Place::Place(Balancer* balancer, directory::ReplicaPtr replica)
    : balancer_(balancer), replica_(std::move(replica)) {
  ++balancer_->load_[replica_->id];
}

Balancer::Place& Balancer::Place::operator=(Place&& other) noexcept {
  if (this != &other) {
    Leave();
    balancer_ = std::exchange(other.balancer_, nullptr);
    replica_ = std::move(other.replica_);
  }
  return *this;
}

void Balancer::Place::Leave() {
  if (balancer_ != nullptr) std::exchange(balancer_, nullptr)->Release(*replica_);
}

void Balancer::Release(const model::Replica& replica) {
  const auto found = load_.find(replica.id);
  if (--found->second == 0) load_.erase(found);
  WakeNext(replica.service);
}

void Balancer::WakeNext(const model::ServiceId& id) {
  const auto queue = waiting_.find(id);
  if (queue == waiting_.end()) return;
  Signal* next = queue->second.front();
  queue->second.pop_front();
  if (queue->second.empty()) waiting_.erase(queue);
  next->Set();
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

void Balancer::Tally::CountUpTo(MonoTime time) {
  seconds += static_cast<double>(now) * std::chrono::duration<double>(time - counted).count();
  counted = time;
}

Balancer::Visit::Visit(Balancer& balancer, model::ServiceId service)
    : balancer_(balancer), service_(std::move(service)) {
  balancer_.Tidy(balancer_.tallies_);
  Tally& tally = balancer_.tallies_[service_];
  tally.CountUpTo(balancer_.clock_.Mono());
  ++tally.requests;
  ++tally.now;
}

Balancer::Visit::~Visit() {
  // Gone with its service, perhaps.
  const auto found = balancer_.tallies_.find(service_);
  if (found == balancer_.tallies_.end()) return;
  found->second.CountUpTo(balancer_.clock_.Mono());
  --found->second.now;
}

model::ServiceTraffic Balancer::TrafficOf(const model::ServiceId& id) const {
  model::ServiceTraffic traffic;
  if (const auto found = tallies_.find(id); found != tallies_.end()) {
    Tally tally = found->second;
    tally.CountUpTo(clock_.Mono());
    traffic.requests = tally.requests;
    traffic.request_seconds = tally.seconds;
  }
  if (const auto queue = waiting_.find(id); queue != waiting_.end())
    traffic.waiting = static_cast<std::int64_t>(queue->second.size());
  return traffic;
}

directory::ReplicaPtr Balancer::Pick(const model::ServiceId& id, std::int64_t workers,
                                     const std::vector<model::InstanceId>& tried,
                                     std::size_t& ready) {
  const auto& replicas = directory_.ReplicasOf(id);
  directory::ReplicaPtr best;
  int least = std::numeric_limits<int>::max();
  ready = 0;
  ++turn_;  // so that equals take turns
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    const auto& replica = replicas[(i + turn_) % replicas.size()];
    if (!model::TakesTraffic(*replica) || std::ranges::find(tried, replica->id) != tried.end())
      continue;
    ++ready;
    const int load = InFlight(replica->id);
    if (load < workers && load < least) {
      least = load;
      best = replica;
    }
  }
  return best;
}

void Balancer::LookAgain(const model::ServiceId& id) {
  const auto queue = waiting_.find(id);
  if (queue == waiting_.end()) return;
  const std::deque<Signal*> all = std::move(queue->second);
  waiting_.erase(queue);
  // In their order; those whose turn has not come line up again in it.
  for (Signal* turn : all) turn->Set();
}

bool Balancer::ComesOnDemand(const model::ServiceId& id) const {
  const auto present = directory_.FindById(id);
  return present != nullptr && model::WakesOnDemand(*present);
}

Status Balancer::MayWait(const model::Service& service, const model::ServiceSpec& spec,
                         std::size_t ready) const {
  if (ready == 0 && !ComesOnDemand(service.id)) return NoneReady();
  const auto queue = waiting_.find(service.id);
  const std::size_t before_us = queue == waiting_.end() ? 0 : queue->second.size();
  const auto most = spec.max_queue * static_cast<std::int64_t>(std::max<std::size_t>(ready, 1));
  if (before_us < static_cast<std::size_t>(most)) return Ok();
  return Error(Code::kResourceExhausted,
               fmt::format("More than {} requests wait for service {}.", most, service.name),
               "QueueFull");
}

Task<Result<Balancer::Place>> Balancer::Take(directory::ServicePtr service,
                                             directory::ServiceSpecPtr spec,
                                             std::vector<model::InstanceId> tried,
                                             Patience patience, http::GivenUp given_up) {
  const std::int64_t workers = spec->workers.value_or(kMostAtOnce);
  std::size_t ready = 0;
  // Nobody overtakes those who wait.
  directory::ReplicaPtr replica = Pick(service->id, workers, tried, ready);
  if (waiting_.contains(service->id)) replica = nullptr;
  if (replica == nullptr) ATELIER_CO_RETURN_IF_ERROR(MayWait(*service, *spec, ready));
  while (replica == nullptr) {
    if (ready == 0 && wanted_) wanted_(service->id);
    Waiter waiter(*this, service->id);
    const Deadline by = ready == 0 ? patience.activation : patience.turn;
    const auto first = co_await (waiter.turn.Wait(clock_, by) || given_up());
    const bool* turn = std::get_if<0>(&first);
    if (turn == nullptr) {
      // A turn that came at the same moment is the next one's.
      if (co_await waiter.turn.Wait(clock_, MonoTime::min())) WakeNext(service->id);
      co_return Error(Code::kCancelled, "The client is gone.");
    }
    if (!*turn) {
      co_return Error(Code::kDeadlineExceeded, "The request waited too long for its turn.",
                      "QueueTimeout");
    }
    replica = Pick(service->id, workers, tried, ready);
    if (replica == nullptr && ready == 0 && !ComesOnDemand(service->id)) co_return NoneReady();
  }
  co_return Place(this, std::move(replica));
}

}  // namespace atelier::gateway
