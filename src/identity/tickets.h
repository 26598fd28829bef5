#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "model/ids.h"

namespace atelier::identity {

/// Random texts that each let one browser in, once, within a minute: they travel behind the `#` of
/// a URL, which a browser sends to nobody. Kept as hashes, in memory only: the end of the process
/// is theirs. Two objects know nothing of each other's. Threads: the I/O thread.
class Tickets {
 public:
  /// Both outlive this. `clock`: the workshop's.
  Tickets(Clock& clock, Random& random) : clock_(clock), random_(random) {}

  static constexpr std::chrono::seconds kLifetime{60};
  /// Whom it lets in where, and what vouches for them.
  struct Grant {
    model::UserId user;
    std::string key = {};             // an access key
    std::string session = {};         // of the browser that asked for it; empty: none did
    model::InstanceId instance = {};  // of a ticket that opens one
    std::string target = {};          // where it leads
  };
  struct Ticket {
    std::string text;
    WallTime expires;
  };
  /// Of one user ten are good at a time.
  Ticket Make(Grant grant);
  /// Used up whatever comes of it. nullopt: there is none, it was used, or it is too old.
  std::optional<Grant> Take(std::string_view text);

 private:
  struct Waiting {
    std::string hash;
    Grant grant;
    MonoTime until;
  };

  Clock& clock_;
  Random& random_;
  std::vector<Waiting> waiting_;  // oldest first
};

/// 256 random bits as URL-safe text.
std::string RandomSecret(Random& random);
inline constexpr std::size_t kSecretLength = 43;

}  // namespace atelier::identity
