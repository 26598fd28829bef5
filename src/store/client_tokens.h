#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/audit.h"
#include "store/store.h"

namespace atelier::store {

using model::ClientToken;

/// How long a repeat of a request is recognised.
inline constexpr Duration kTokenLife = std::chrono::hours(24);

/// Body of a kClientToken record, key "<caller>/<token>": what the first request with it made.
/// Callers are ARNs, whose number of slashes their kind fixes, so no two pairs make the same key.
struct TokenRecord {
  std::string fingerprint;
  std::string instance;  // id of what was made, of any kind; the first was an instance
  WallTime made;
  std::int64_t boot = 0;  // of that moment (base/moment.h); 0: not noted
  std::int64_t mono_ms = 0;
};
BOOST_DESCRIBE_STRUCT(TokenRecord, (), (fingerprint, instance, made, boot, mono_ms))

/// The client tokens in the store. Threads: the I/O thread.
class ClientTokens {
 public:
  ClientTokens(Store& store, Clock& clock) : store_(store), clock_(clock) {}

  struct Claim {
    /// Set: the request was already done, and this is what it made.
    std::optional<std::string> made;
    /// For the write that redeems the token: the record's present revision, 0 when there is none.
    model::Revision revision = 0;
  };
  /// InvalidArgument: it is no token. Aborted/ClientTokenConflict: it stands for another request.
  Task<Result<Claim>> LookUp(ClientToken token);
  Write Redeem(const ClientToken& token, const Claim& claim, std::string made) const;

  /// Deletes some expired records, at most once a minute and a bounded number; the next call goes
  /// on where this one ended. Failures are left to the next call: an expired record is never
  /// honoured anyway.
  Task<void> Sweep();

 private:
  /// By the monotonic clock, or by RetentionTime if the host was restarted since: a wall clock that
  /// steps makes no second thing.
  Task<Result<bool>> Expired(TokenRecord record) const;

  Store& store_;
  Clock& clock_;
  MonoTime next_sweep_;
  std::string sweep_from_;
};

}  // namespace atelier::store
