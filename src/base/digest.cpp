#include "base/digest.h"

#include <algorithm>
#include <memory>
#include <string>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include "base/check.h"
#include "base/encoding.h"
#include "base/raii.h"

namespace atelier {

namespace {

// Every request needs SHA-256 several times, of a few hundred bytes. EVP sets itself up anew for
// each, and cannot go on from a state that was kept without an allocation; these functions are the
// same code below it.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

class Sha256Context {
 public:
  Sha256Context() { ::SHA256_Init(&context_); }
  /// Goes on behind a first block.
  explicit Sha256Context(const std::array<std::uint32_t, 8>& state) : Sha256Context() {
    std::ranges::copy(state, std::begin(context_.h));
    context_.Nl = 8 * SHA256_CBLOCK;  // bits so far
  }
  Sha256Context(const Sha256Context&) = delete;
  Sha256Context& operator=(const Sha256Context&) = delete;
  /// It may stand for a key.
  ~Sha256Context() { ::OPENSSL_cleanse(&context_, sizeof context_); }
  Sha256Context& Add(std::string_view text) {
    ::SHA256_Update(&context_, text.data(), text.size());
    return *this;
  }
  std::array<std::uint32_t, 8> state() const { return std::to_array(context_.h); }
  Bytes<32> Finish() {
    Bytes<32> out;
    ::SHA256_Final(out.data(), &context_);
    return out;
  }

 private:
  SHA256_CTX context_;
};

#pragma clang diagnostic pop

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

Bytes<32> Sha256(std::string_view text) { return Sha256Context().Add(text).Finish(); }

Bytes<32> Sha256Of(std::initializer_list<std::string_view> parts) {
  Sha256Context context;
  for (const std::string_view part : parts) context.Add(part);
  return context.Finish();
}

/// RFC 2104.
HmacSha256Key::HmacSha256Key(std::string_view key) {
  std::array<char, SHA256_CBLOCK> block{};
  if (key.size() > block.size()) {
    const Bytes<32> digest = Sha256(key);
    std::ranges::transform(digest, block.begin(),
                           [](auto byte) { return static_cast<char>(byte); });
  } else {
    std::ranges::copy(key, block.begin());
  }
  const auto after = [&block](unsigned pad) {
    for (char& byte : block) byte = static_cast<char>(static_cast<unsigned char>(byte) ^ pad);
    const State state = Sha256Context().Add({block.data(), block.size()}).state();
    for (char& byte : block) byte = static_cast<char>(static_cast<unsigned char>(byte) ^ pad);
    return state;
  };
  inner_ = after(0x36U);
  outer_ = after(0x5cU);
  ::OPENSSL_cleanse(block.data(), block.size());
}

HmacSha256Key::~HmacSha256Key() {
  ::OPENSSL_cleanse(inner_.data(), sizeof inner_);
  ::OPENSSL_cleanse(outer_.data(), sizeof outer_);
}

Bytes<32> HmacSha256Key::Sign(std::string_view text) const {
  const Bytes<32> digest = Sha256Context(inner_).Add(text).Finish();
  return Sha256Context(outer_)
      .Add({reinterpret_cast<const char*>(digest.data()), digest.size()})
      .Finish();
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
  return HmacSha256Key(key).Sign(text);
}

Bytes<20> HmacSha1(std::string_view key, std::string_view text) {
  static thread_local Mac mac("SHA1");
  return mac.operator()<20>(key, text);
}

struct Sha256Stream::State {
  Sha256Context context;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::Add(std::string_view part) { state_->context.Add(part); }

Bytes<32> Sha256Stream::Finish() {
  const Bytes<32> out = state_->context.Finish();
  state_ = std::make_unique<State>();
  return out;
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace atelier
