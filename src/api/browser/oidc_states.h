#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace atelier::api {

/// Sign-ins that are under way at the OpenID provider: each is of one browser, good once, and for
/// ten minutes. In memory only: the end of the process is theirs. Threads: the I/O thread.
class OidcStates {
 public:
  static constexpr std::size_t kMost = 10'000;
  /// Both outlive this. `clock`: the real one. `most`: at a time, of all networks.
  OidcStates(const Clock& clock, Random& random, std::size_t most = kMost)
      : clock_(clock), random_(random), most_(most) {}

  static constexpr std::chrono::minutes kLifetime{10};
  /// From one network; a further one takes the place of its oldest.
  static constexpr std::size_t kMostOfNetwork = 50;

  /// What the server keeps of one.
  struct Begun {
    std::string nonce;     // must come back in the ID token
    std::string verifier;  // of PKCE (RFC 7636): goes to the token endpoint alone
    std::string next;      // the page that they came for
  };
  /// And what leaves it.
  struct Sent {
    std::string state;   // in the URL
    std::string cookie;  // binds it to the browser
    Begun begun;
  };
  /// ResourceExhausted/Throttling.User: there are too many.
  Result<Sent> Begin(std::string network, std::string next);
  /// Used up, whatever comes of it. nullopt: there is none for a browser with one of these cookies.
  std::optional<Begun> Take(const std::string& state, const std::vector<std::string>& cookies);

 private:
  struct Waiting {
    std::string state;  // hashes, so that the time of a comparison tells nothing
    std::string cookie;
    std::string network;
    MonoTime until;
    Begun begun;
  };

  const Clock& clock_;
  Random& random_;
  const std::size_t most_;
  std::vector<Waiting> waiting_;  // oldest first
};

}  // namespace atelier::api
