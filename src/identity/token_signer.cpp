#include "identity/token_signer.h"

#include "base/digest.h"
#include "base/encoding.h"

namespace atelier::identity {

namespace {

constexpr std::size_t kMaxTokenBytes = 1024;

Error NotGood() {
  return {Code::kUnauthenticated, "The token is not valid or has expired.", "InvalidToken"};
}

}  // namespace

std::string TokenSigner::Sign(const TokenClaims& claims) const {
  std::string token = Base64Url(AsBytes(ToJson(claims)));
  const auto mac = HmacSha256(secret_, token);
  token += '.';
  token += Base64Url(mac);
  return token;
}

Result<TokenClaims> TokenSigner::Check(std::string_view token, WallTime now) const {
  if (token.size() > kMaxTokenBytes) return NotGood();
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos) return NotGood();
  const std::string_view payload = token.substr(0, dot);
  if (!ConstantTimeEqual(Base64Url(HmacSha256(secret_, payload)), token.substr(dot + 1))) {
    return NotGood();
  }
  const std::optional<std::string> text = FromBase64Url(payload);
  if (!text) return NotGood();
  auto claims = FromJson<TokenClaims>(*text);
  if (!claims || claims->expires <= now) return NotGood();
  return *std::move(claims);
}

}  // namespace atelier::identity
