#pragma once
#include <memory>
#include <string_view>

namespace atelier::identity {

/// What the vendor's prediction clients sign with a service's token, which they do not send.
struct ServiceCall {
  std::string_view content_md5;
  std::string_view content_type;
  std::string_view date;
  std::string_view path;  // "/api/predict/<service>", perhaps with what follows
};

/// Whether `signature` was made of `call` with `token`: base64 of an HMAC-SHA1 over five lines, the
/// first of which is always POST. False for an empty token, in the same time.
bool IsSignedWith(std::string_view token, const ServiceCall& call, std::string_view signature);

/// The MD5 of a body that comes in pieces, for a Content-MD5 that is signed.
class BodyMd5 {
 public:
  BodyMd5();
  ~BodyMd5();
  BodyMd5(const BodyMd5&) = delete;
  BodyMd5& operator=(const BodyMd5&) = delete;

  void Add(std::string_view piece);
  /// Ends it: whether it is the number that the hexadecimal `text` is. Java's client drops leading
  /// zeros.
  bool Is(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::identity
