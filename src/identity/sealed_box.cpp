#include "identity/sealed_box.h"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/raii.h"

namespace atelier::identity {

namespace {

// version byte | nonce | ciphertext | tag
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kOverhead = 1 + kNonceBytes + kTagBytes;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Call<EVP_CIPHER_CTX_free>>;

Error Precondition(std::string message) {
  return {Code::kFailedPrecondition, std::move(message), "KeyFile"};
}

/// A crash leaves either no key file or a whole one, and a key that somebody else has just made is
/// never replaced.
Status MakeKeyFile(const std::string& file, Random& random) {
  Bytes<32> key{};
  random.Fill(key);
  const std::string text(key.begin(), key.end());
  const Status made = CreateFileDurably(file, text);
  if (made || made.error().code() == Code::kAlreadyExists) return Ok();
  return Precondition("The key file cannot be made: " + made.error().message() + ".");
}

}  // namespace

Result<SealedBox> SealedBox::Open(const std::string& key_file, bool may_create, Random& random) {
  UniqueFd fd(::open(key_file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT && may_create) {
    ATELIER_RETURN_IF_ERROR(MakeKeyFile(key_file, random));
    fd.Reset(::open(key_file.c_str(), O_RDONLY | O_CLOEXEC));
  }
  if (!fd) {
    return Precondition(
        "The key file that opens the stored secrets is missing or cannot be read; restore it from "
        "your backup.");
  }
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Precondition("The key file is not a regular file.");
  }
  if ((info.st_mode & 077U) != 0) {
    return Precondition("The key file can be read by others than its owner; chmod it to 0600.");
  }
  SealedBox box;
  if (info.st_size != static_cast<off_t>(box.key_.size()) ||
      ::read(fd.get(), box.key_.data(), box.key_.size()) != static_cast<ssize_t>(box.key_.size())) {
    return Precondition("The key file does not hold exactly 32 bytes.");
  }
  return box;
}

SealedBox SealedBox::ForTest() {
  SealedBox box;
  box.key_.fill(0x5A);
  return box;
}

std::string SealedBox::Seal(std::string_view secret, std::string_view context,
                            Random& random) const {
  std::string out(kOverhead + secret.size(), '\0');
  auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
  std::uint8_t* nonce = bytes + 1;
  std::uint8_t* text = nonce + kNonceBytes;
  std::uint8_t* tag = text + secret.size();
  bytes[0] = kVersion;
  random.Fill({nonce, kNonceBytes});

  const CipherContext cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  const bool sealed =
      cipher &&
      EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key_.data(), nonce, nullptr) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &length, AsBytes(context).data(),
                        static_cast<int>(context.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), text, &length, AsBytes(secret).data(),
                        static_cast<int>(secret.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), text + length, &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag) == 1;
  ATELIER_CHECK(sealed, "AES-256-GCM over a short text in memory cannot fail");
  return Base64(AsBytes(out));
}

Result<std::string> SealedBox::OpenBox(std::string_view sealed, std::string_view context) const {
  const Error damaged(
      Code::kDataLoss,
      "A stored secret does not open: the key file is another one, or the record was "
      "altered.",
      "SealedSecret");
  std::optional<std::string> raw = FromBase64(sealed);
  if (!raw || raw->size() < kOverhead || static_cast<std::uint8_t>(raw->front()) != kVersion) {
    return damaged;
  }
  const std::size_t size = raw->size() - kOverhead;
  auto* nonce = reinterpret_cast<std::uint8_t*>(raw->data()) + 1;
  const std::uint8_t* text = nonce + kNonceBytes;
  std::uint8_t* tag = nonce + kNonceBytes + size;

  std::string secret(size, '\0');
  auto* out = reinterpret_cast<std::uint8_t*>(secret.data());
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  const bool opened =
      cipher &&
      EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key_.data(), nonce, nullptr) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, AsBytes(context).data(),
                        static_cast<int>(context.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), out, &length, text, static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), out + length, &length) == 1;
  if (!opened) return damaged;
  return secret;
}

}  // namespace atelier::identity
