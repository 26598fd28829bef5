#pragma once
#include <optional>
#include <string>

#include "base/clock.h"
#include "control/instances.h"
#include "store/store.h"

namespace atelier::control {

/// How long a repeat of a request is recognised (promise 7).
inline constexpr Duration kTokenLife = std::chrono::hours(24);

/// Body of a kClientToken record, key "<caller>/<token>": what the first request with it made.
/// Callers are ARNs, whose number of slashes their kind fixes, so no two pairs make the same key.
struct TokenRecord {
  std::string fingerprint;
  model::InstanceId instance;
  WallTime made;
};
BOOST_DESCRIBE_STRUCT(TokenRecord, (), (fingerprint, instance, made))

/// The client tokens of CreateInstance in the store.
class ClientTokens {
 public:
  ClientTokens(store::Store& store, Clock& clock) : store_(store), clock_(clock) {}

  struct Claim {
    /// Set: the request was already done, and this is what it made.
    std::optional<model::InstanceId> made;
    /// For the write that redeems the token: the record's present revision, 0 when there is none.
    model::Revision revision = 0;
  };
  /// Aborted/ClientTokenConflict: the token stands for another request.
  Task<Result<Claim>> Look(ClientToken token);
  store::Write Redeem(const ClientToken& token, const Claim& claim,
                      const model::InstanceId& instance) const;

  /// Deletes some expired records, at most once a minute and a bounded number; the next call goes
  /// on where this one ended. Failures are left to the next call: an expired record is never
  /// honoured anyway.
  Task<void> Sweep();

 private:
  bool Expired(const TokenRecord& record) const;

  store::Store& store_;
  Clock& clock_;
  MonoTime next_sweep_;
  std::string sweep_from_;
};

}  // namespace atelier::control
