#include "identity/service_signature.h"

#include <string>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/ascii.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/raii.h"

namespace atelier::identity {

namespace {

constexpr std::size_t kMd5Bytes = 16;

}  // namespace

bool IsSignedWith(std::string_view token, const ServiceCall& call, std::string_view signature) {
  const std::string text = fmt::format("POST\n{}\n{}\n{}\n{}", call.content_md5, call.content_type,
                                       call.date, call.path);
  const bool same = ConstantTimeEqual(Base64(HmacSha1(token, text)), signature);
  return same && !token.empty();
}

struct BodyMd5::Impl {
  std::unique_ptr<EVP_MD_CTX, Call<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
};

BodyMd5::BodyMd5() : impl_(std::make_unique<Impl>()) {
  ATELIER_CHECK(impl_->context && EVP_DigestInit_ex(impl_->context.get(), EVP_md5(), nullptr) == 1,
                "OpenSSL's default provider has the digest");
}

BodyMd5::~BodyMd5() = default;

void BodyMd5::Add(std::string_view piece) {
  ATELIER_CHECK(EVP_DigestUpdate(impl_->context.get(), piece.data(), piece.size()) == 1,
                "hashing bytes in memory cannot fail");
}

bool BodyMd5::Is(std::string_view text) {
  Bytes<kMd5Bytes> digest{};
  ATELIER_CHECK(EVP_DigestFinal_ex(impl_->context.get(), digest.data(), nullptr) == 1,
                "hashing bytes in memory cannot fail");
  const std::string hex = Hex(digest);
  if (text.empty() || text.size() > hex.size()) return false;
  std::string padded(hex.size() - text.size(), '0');
  padded += text;
  return EqualsIgnoreCase(padded, hex);
}

}  // namespace atelier::identity
