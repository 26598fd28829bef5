#include "control/hmac.h"

#include <array>
#include <span>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace atelier::control {

std::string HmacSha256Hex(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(
               text.data()),  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast):
                              // OpenSSL's byte type
           text.size(), digest.data(), &size);
  ATELIER_CHECK(made != nullptr, "HMAC-SHA256 of memory has no way to fail");
  std::string hex;
  for (const unsigned char byte : std::span(digest).first(size)) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace atelier::control
