#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"
#include "model/ids.h"

namespace atelier::identity {

/// What a signed token lets its bearer do.
enum class TokenUse : std::uint8_t {
  View,    // read one instance through the API (GetToken Type=View)
  Access,  // the same, and open it through the gateway (GetToken Type=Access)
  Cookie,  // a browser session at the gateway, for one instance
};
BOOST_DESCRIBE_ENUM(TokenUse, View, Access, Cookie)

struct TokenClaims {
  TokenUse use = TokenUse::View;
  model::InstanceId instance;
  model::UserId issuer;  // whose right it passes on; checked again at each use (delegation.h)
  /// The id of the access key that it was made with, where there was one. The token is good only
  /// while that key is; of a role session's key, it passes on no more than the session policy
  /// allows.
  std::optional<std::string> key = {};
  /// The id of the browser's session that it was made in: the token ends with it.
  std::optional<std::string> session = {};
  WallTime expires;
};
BOOST_DESCRIBE_STRUCT(TokenClaims, (), (use, instance, issuer, key, session, expires))

/// Signs and checks self-contained tokens (HMAC-SHA256, constant-time compare). URL-safe text.
class TokenSigner {
 public:
  /// `secret`: at least 32 random bytes, from the store (Kind::kSecret).
  explicit TokenSigner(std::string secret) : secret_(std::move(secret)) {}
  std::string Sign(const TokenClaims& claims) const;
  /// Unauthenticated: not ours, altered or expired (it does not say which).
  Result<TokenClaims> Check(std::string_view token, WallTime now) const;

 private:
  std::string secret_;
};

}  // namespace atelier::identity
