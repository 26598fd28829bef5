#include "http/client/pool.h"

#include <utility>

namespace atelier::http {

Pool::Pool(Client::Options options, std::shared_ptr<Watchdog> dog)
    : options_(options), watch_(std::move(dog), *this) {}

std::unique_ptr<Transport> Pool::Take(const std::string& key, bool surely) {
  const auto found = idle_.find(key);
  if (found == idle_.end()) return nullptr;
  std::unique_ptr<Transport> transport;
  auto& connections = found->second;
  const MonoTime latest = surely ? watch_.dog()->clock().Mono() - kSurelyOpen : MonoTime::min();
  while (!transport && !connections.empty() && connections.back().since >= latest) {
    if (connections.back().transport->Quiet()) transport = std::move(connections.back().transport);
    connections.pop_back();
  }
  if (connections.empty()) idle_.erase(found);
  return transport;
}

void Pool::Give(const std::string& key, std::unique_ptr<Transport> transport) {
  if (closed_) return;
  auto& connections = idle_[key];
  if (connections.size() >= options_.max_idle_per_address) connections.erase(connections.begin());
  // Whether it still is one shows when it is wanted.
  Clock& clock = watch_.dog()->clock();
  connections.push_back({.transport = std::move(transport), .since = clock.Mono()});
  if (next_sweep_ == kNever) {
    next_sweep_ = clock.In(kSweepEvery);
    watch_.Expect(next_sweep_);
  }
}

void Pool::Close() {
  closed_ = true;
  idle_.clear();
}

Deadline Pool::Check(MonoTime now) {
  if (now < next_sweep_) return next_sweep_;
  for (auto at = idle_.begin(); at != idle_.end();) {
    std::erase_if(at->second, [&](const Idle& idle) {
      return now - idle.since >= options_.idle_timeout || !idle.transport->Quiet();
    });
    at = at->second.empty() ? idle_.erase(at) : std::next(at);
  }
  next_sweep_ = idle_.empty() ? kNever : now + kSweepEvery;
  return next_sweep_;
}

}  // namespace atelier::http
