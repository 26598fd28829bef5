#include "base/digest.h"

#include <memory>
#include <string>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/check.h"
#include "base/encoding.h"
#include "base/raii.h"

namespace atelier {

namespace {

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
    if (key.data() == nullptr) key = "";  // no pointer would mean the key of the call before
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

Bytes<20> Sha1(std::string_view text) {
  static thread_local Digester digester("SHA1");
  return digester.operator()<20>(text);
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

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace atelier
