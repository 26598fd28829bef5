#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <openssl/types.h>

#include "base/clock.h"
#include "base/result.h"

namespace atelier::identity {

/// The public keys that an OpenID provider signs with: of its JSON Web Key Set (RFC 7517) those for
/// RS256 and ES256. Threads: immutable.
class ProviderKeys {
 public:
  /// Keys of other kinds, for encryption or of less than 2048 bits are left out, as is what is
  /// beyond 32. InvalidArgument: it is no key set.
  static Result<ProviderKeys> Parse(std::string_view json);

  enum class Algorithm : std::uint8_t { kRs256, kEs256 };
  /// Whether the key of this id, which is one for the algorithm, has signed `text`. Without an id
  /// the only key for the algorithm is meant. nullopt: there is no such key.
  std::optional<bool> Verify(std::string_view id, Algorithm algorithm, std::string_view text,
                             std::string_view signature) const;

 private:
  struct Key {
    std::string id;
    Algorithm algorithm{};
    std::shared_ptr<EVP_PKEY> key;
  };
  const Key* Find(std::string_view id, Algorithm algorithm) const;

  std::vector<Key> keys_;
};

/// What an ID token must say, beside a good signature (OpenID Connect Core section 3.1.3.7).
struct IdTokenRules {
  std::string issuer;
  std::string client_id;
  std::string nonce;  // of the sign-in that was begun
  WallTime now;
};

struct IdToken {
  std::string subject;
  boost::json::object claims;
};

/// Clocks may differ by this much.
inline constexpr std::chrono::seconds kTokenLeeway{60};
/// The oldest that a token may be: it comes straight from the provider.
inline constexpr std::chrono::minutes kTokenAge{10};

/// What is in `token` if it is good. Its header chooses a key and no more: an algorithm other than
/// the key's own is refused, `none` and those with a shared secret among them.
///
/// NotFound/UnknownKey: none of `keys` has signed it; they may have changed.
/// Unauthenticated/SignInFailed: anything else; the message is for the operator's log.
Result<IdToken> CheckIdToken(std::string_view token, const ProviderKeys& keys,
                             const IdTokenRules& rules);

}  // namespace atelier::identity
