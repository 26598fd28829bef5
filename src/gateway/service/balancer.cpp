#include "gateway/service/balancer.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace atelier::gateway {

namespace {

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
  const auto queue = waiting_.find(replica.service);
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

bool Balancer::Admit(const model::Service& service, const model::ServiceSpec& spec) {
  if (!spec.rate_limit) {
    buckets_.erase(service.id);
    return true;
  }
  if (buckets_.size() > 2 * directory_.size() + 16) {
    std::erase_if(buckets_,
                  [&](const auto& bucket) { return directory_.FindById(bucket.first) == nullptr; });
  }
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

Task<Result<Balancer::Place>> Balancer::Take(directory::ServicePtr service,
                                             directory::ServiceSpecPtr spec,
                                             std::vector<model::InstanceId> tried, Deadline by) {
  const std::int64_t workers = spec->workers.value_or(kMostAtOnce);
  std::size_t ready = 0;
  // Nobody overtakes those who wait.
  directory::ReplicaPtr replica = Pick(service->id, workers, tried, ready);
  if (waiting_.contains(service->id)) replica = nullptr;
  while (replica == nullptr) {
    if (ready == 0) co_return NoneReady();
    const auto queue = waiting_.find(service->id);
    const std::size_t before_us = queue == waiting_.end() ? 0 : queue->second.size();
    if (before_us >= static_cast<std::size_t>(spec->max_queue) * ready) {
      co_return Error(
          Code::kResourceExhausted,
          fmt::format("More than {} requests wait for service {}.",
                      spec->max_queue * static_cast<std::int64_t>(ready), service->name),
          "QueueFull");
    }
    Waiter waiter(*this, service->id);
    if (!co_await waiter.turn.Wait(clock_, by)) {
      co_return Error(Code::kDeadlineExceeded, "The request waited too long for its turn.",
                      "QueueTimeout");
    }
    replica = Pick(service->id, workers, tried, ready);
  }
  co_return Place(this, std::move(replica));
}

}  // namespace atelier::gateway
