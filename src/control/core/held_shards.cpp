#include "control/core/held_shards.h"

#include <algorithm>
#include <utility>

namespace atelier::control {

HeldShards::HeldShards(const Clock& clock) : clock_(clock), trusted_until_(MonoTime::max()) {
  for (std::size_t shard = 0; shard < store::kShards; ++shard)
    leases_.at(shard) = table_.LeaseOf(shard);
}

HeldShards::HeldShards(const Clock& clock, std::string owner)
    : clock_(clock), owner_(std::move(owner)), trusted_until_(MonoTime::min()) {}

Status HeldShards::LoadBlocking(store::Store& store) {
  ATELIER_RETURN_IF_ERROR(table_.LoadBlocking(store));
  if (!owner_.empty()) return Ok();  // whatever is there is of earlier lives
  for (auto& lease : leases_) lease = table_.LeaseOf(lease->shard);
  return Ok();
}

void HeldShards::Apply(std::span<const store::Change> changes) {
  const auto is_shard = [](const store::Change& change) {
    return change.record.kind == store::Kind::kShard;
  };
  if (std::ranges::none_of(changes, is_shard)) return;
  const store::Shards before = table_;
  table_.Apply(changes);
  ShardSet lost;
  ShardSet gained;
  for (std::size_t shard = 0; shard < store::kShards; ++shard) {
    const store::Lease lease = table_.LeaseOf(shard);
    if (lease.epoch == before.LeaseOf(shard).epoch) continue;
    const bool ours = !owner_.empty() && table_.OwnerOf(shard) == owner_;
    auto& held = leases_.at(shard);
    lost.set(shard, held.has_value());
    gained.set(shard, ours);
    held = ours ? std::optional(lease) : std::nullopt;
  }
  Tell(lost, trusted() ? gained : ShardSet());  // TrustUntil tells of those later
}

void HeldShards::TrustUntil(MonoTime until) {
  const bool lapsed = !trusted();
  trusted_until_ = until;
  if (lapsed && trusted()) Tell(taken(), taken());
}

std::optional<store::Lease> HeldShards::LeaseOf(std::size_t shard) const {
  return trusted() ? leases_.at(shard) : std::nullopt;
}

bool HeldShards::Holds(const store::Lease& lease) const {
  const auto held = LeaseOf(lease.shard);
  return held && held->epoch == lease.epoch;
}

ShardSet HeldShards::held() const { return trusted() ? taken() : ShardSet(); }

ShardSet HeldShards::taken() const {
  ShardSet set;
  for (const auto& lease : leases_) {
    if (lease) set.set(lease->shard);
  }
  return set;
}

void HeldShards::Watch(std::weak_ptr<ShardWatcher> watcher) {
  watchers_.push_back(std::move(watcher));
}

void HeldShards::Tell(const ShardSet& lost, const ShardSet& gained) {
  std::erase_if(watchers_, [](const auto& watcher) { return watcher.expired(); });
  const auto watchers = watchers_;  // one that is told may bring another
  for (const auto& weak : watchers) {
    const auto watcher = weak.lock();
    if (watcher == nullptr) continue;
    if (lost.any()) watcher->Lost(lost);
    if (gained.any()) watcher->Gained(gained);
  }
}

}  // namespace atelier::control
