#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "model/ids.h"
#include "store/store.h"

/// Which of the servers that share a store acts for what (docs/decisions/0055-fleet-store.md).
namespace atelier::store {

/// For ever: another number would give everything another owner.
inline constexpr std::size_t kShards = 64;

/// The shard of an instance, a service with all that is its own, or a recommender, by its id.
std::size_t ShardOf(std::string_view id);

/// The right to act for a shard. Another server that takes the shard changes the epoch.
struct Lease {
  std::size_t shard = 0;      // below kShards
  model::Revision epoch = 0;  // 0: nobody has taken it yet
};

/// What each batch of who acts under `lease` begins with: it commits (else Aborted) only while
/// nobody else has taken the shard.
Write Guard(const Lease& lease);

/// Takes the shard from whoever has it: Aborted if that is no longer by `lease`. The revision of
/// the commit is the epoch of the new lease. Whether the other still acts is for the caller to
/// know; from this commit on, what they write is refused.
Write Take(const Lease& lease, std::string owner);

/// Who has which shard. A server alone in its store acts under whatever lease there is. Threads:
/// the I/O thread.
class Shards final : public Listener {
 public:
  /// Before the first Apply. DataLoss: a record of a shard that there is not, or that says nothing;
  /// and the errors of the store.
  Status LoadBlocking(Store& store);
  void Apply(std::span<const Change> changes) override;

  /// `shard`: below kShards.
  Lease LeaseOf(std::size_t shard) const { return {shard, owned_.at(shard).epoch}; }
  /// Who took it; empty: nobody has, or it cannot be read.
  const std::string& OwnerOf(std::size_t shard) const { return owned_.at(shard).owner; }

 private:
  struct Owned {
    std::string owner;
    model::Revision epoch = 0;
  };
  Status Put(const Record& record);

  std::array<Owned, kShards> owned_;
};

}  // namespace atelier::store
