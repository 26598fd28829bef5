#include "identity/crypto/digest.h"

#include <algorithm>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/check.h"
#include "base/raii.h"

namespace atelier::identity {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

class Digester {
 public:
  explicit Digester(const char* name)
      : algorithm_(EVP_MD_fetch(nullptr, name, nullptr)), context_(EVP_MD_CTX_new()) {
    ATELIER_CHECK(algorithm_ && context_, "OpenSSL's default provider has the digest");
  }

  template <std::size_t N>
  Bytes<N> operator()(std::string_view text) {
    Bytes<N> out{};
    const bool done = EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1 &&
                      EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1 &&
                      EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1;
    ATELIER_CHECK(done, "hashing bytes in memory cannot fail");
    return out;
  }

 private:
  std::unique_ptr<EVP_MD, Call<EVP_MD_free>> algorithm_;
  std::unique_ptr<EVP_MD_CTX, Call<EVP_MD_CTX_free>> context_;
};

class Mac {
 public:
  explicit Mac(const char* digest) {
    const std::unique_ptr<EVP_MAC, Call<EVP_MAC_free>> algorithm(
        EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    ATELIER_CHECK(algorithm, "OpenSSL's default provider has HMAC");
    context_.reset(EVP_MAC_CTX_new(algorithm.get()));
    std::string name(digest);  // the parameter wants a mutable pointer
    const std::array<OSSL_PARAM, 2> params = {
        OSSL_PARAM_construct_utf8_string("digest", name.data(), 0), OSSL_PARAM_construct_end()};
    ATELIER_CHECK(context_ && EVP_MAC_CTX_set_params(context_.get(), params.data()) == 1,
                  "OpenSSL's default provider has the digest");
  }

  template <std::size_t N>
  Bytes<N> operator()(std::string_view key, std::string_view text) {
    Bytes<N> out{};
    std::size_t length = 0;
    const bool done = EVP_MAC_init(context_.get(), AsBytes(key).data(), key.size(), nullptr) == 1 &&
                      EVP_MAC_update(context_.get(), AsBytes(text).data(), text.size()) == 1 &&
                      EVP_MAC_final(context_.get(), out.data(), &length, out.size()) == 1 &&
                      length == N;
    ATELIER_CHECK(done, "hashing bytes in memory cannot fail");
    return out;
  }

 private:
  std::unique_ptr<EVP_MAC_CTX, Call<EVP_MAC_CTX_free>> context_;
};

}  // namespace

Bytes<32> Sha256(std::string_view text) {
  static thread_local Digester digester("SHA256");
  return digester.operator()<32>(text);
}

Bytes<16> Md5(std::string_view text) {
  static thread_local Digester digester("MD5");
  return digester.operator()<16>(text);
}

Bytes<32> HmacSha256(std::string_view key, std::string_view text) {
  static thread_local Mac mac("SHA256");
  return mac.operator()<32>(key, text);
}

Bytes<20> HmacSha1(std::string_view key, std::string_view text) {
  static thread_local Mac mac("SHA1");
  return mac.operator()<20>(key, text);
}

std::string Hex(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out(bytes.size() * 2, '0');
  char* at = out.data();
  for (const std::uint8_t byte : bytes) {
    *at++ = kHex[byte >> 4U];
    *at++ = kHex[byte & 15U];
  }
  return out;
}

std::string Base64(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8U | (k < have ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= have ? kAlphabet[group >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return out;
}

std::optional<std::string> FromBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFFU);
    }
  }
  if ((bits & ((1U << count) - 1U)) != 0)
    return std::nullopt;  // a second spelling of the same bytes
  return out;
}

std::string Base64Url(std::span<const std::uint8_t> bytes) {
  std::string out = Base64(bytes);
  while (out.ends_with('=')) out.pop_back();
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  return out;
}

std::optional<std::string> FromBase64Url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string padded(text);
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return FromBase64(padded);
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace atelier::identity
