#pragma once
#include <string_view>

#include <openssl/crypto.h>

namespace atelier::identity {

/// The time taken depends on the lengths only.
inline bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace atelier::identity
