#pragma once
#include <array>
#include <bitset>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "store/shards.h"

namespace atelier::control {

using ShardSet = std::bitset<store::kShards>;

/// Who holds it does what is to be done once and is about nothing in a shard: sweeps, mostly.
inline constexpr std::size_t kCommonShard = 0;

/// Acts for shards while this server holds them. Called on the I/O thread, by HeldShards; must be
/// quick and must not fail.
class ShardWatcher {
 public:
  virtual ~ShardWatcher() = default;
  /// Nothing is begun for these any more, and what is remembered of them is of no use.
  virtual void Lost(const ShardSet& shards) = 0;
  /// The read models show all that their last holder wrote. To be begun as after a restart.
  virtual void Gained(const ShardSet& shards) = 0;
};

/// The shards that this server holds, so that it alone acts for what is in them: the one place that
/// knows (docs/decisions/0058-shards-in-the-loops.md). Who acts asks for the lease when it decides,
/// asks again after each wait, and writes with the lease's guard (store/shards.h): the last of the
/// three is what makes it safe, the others keep it from acting in vain.
///
/// Threads: the I/O thread, but LoadBlocking. Added to the store after the read models, and before
/// who watches it; outlives those.
class HeldShards final : public store::Listener {
 public:
  /// Of a server that has its store for itself: all shards, by the lease that each has when it is
  /// loaded. One that somebody takes all the same is lost for good.
  explicit HeldShards(const Clock& clock);
  /// Of one of several servers: the shards that are taken as `owner`, which names one life of one
  /// server, is not empty and is never used again. None before TrustUntil.
  HeldShards(const Clock& clock, std::string owner);

  /// Before the first Apply. Errors as Shards::LoadBlocking has them.
  Status LoadBlocking(store::Store& store);
  void Apply(std::span<const store::Change> changes) override;

  /// Until then nobody else takes what this server holds, as far as it has been told; from then on
  /// it holds nothing, though nobody says so. Held again later, shards are lost and gained: what
  /// they brought meanwhile went by unseen.
  void TrustUntil(MonoTime until);

  /// nullopt: another server acts for `shard`, or nobody. `shard`: below store::kShards.
  std::optional<store::Lease> LeaseOf(std::size_t shard) const;
  /// The same of what is known by `key` (store::ShardOf).
  std::optional<store::Lease> LeaseFor(std::string_view key) const {
    return LeaseOf(store::ShardOf(key));
  }
  /// `lease` has been held since it was given.
  bool Holds(const store::Lease& lease) const;
  ShardSet held() const;
  /// Who has which, for who takes them.
  const store::Shards& table() const { return table_; }

  /// Is told from here on, as long as it lives.
  void Watch(std::weak_ptr<ShardWatcher> watcher);

 private:
  bool trusted() const { return clock_.Mono() < trusted_until_; }
  ShardSet taken() const;
  void Tell(const ShardSet& lost, const ShardSet& gained);

  const Clock& clock_;
  const std::string owner_;  // empty: this server is alone
  MonoTime trusted_until_;
  store::Shards table_;
  std::array<std::optional<store::Lease>, store::kShards> leases_;
  std::vector<std::weak_ptr<ShardWatcher>> watchers_;
};

}  // namespace atelier::control
