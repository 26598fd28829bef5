#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "base/encoding.h"

namespace atelier {

template <std::size_t N>
using Bytes = std::array<std::uint8_t, N>;

/// Digests by OpenSSL. Contexts are made once a thread and used again: looking an algorithm up
/// costs more than hashing a request. Threads: any.
Bytes<32> Sha256(std::string_view text);
/// Of the parts one after the other.
Bytes<32> Sha256Of(std::initializer_list<std::string_view> parts);
Bytes<20> Sha1(std::string_view text);  // for the handshake of WebSocket only (RFC 6455)
Bytes<16> Md5(std::string_view text);  // for Content-MD5 only, which proves transport, not identity
Bytes<32> HmacSha256(std::string_view key, std::string_view text);
Bytes<20> HmacSha1(std::string_view key, std::string_view text);  // of the older schemes

/// SHA-256 of what comes in parts. Threads: one at a time.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Add(std::string_view part);
  /// Of all parts; begins anew.
  Bytes<32> Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of secrets and of what proves that one is known: the time taken depends on the lengths only.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

/// A key for many HMAC-SHA256: what depends on it alone is hashed once. Forgets itself. Threads:
/// immutable.
class HmacSha256Key {
 public:
  explicit HmacSha256Key(std::string_view key);
  HmacSha256Key(const HmacSha256Key&) = default;
  HmacSha256Key& operator=(const HmacSha256Key&) = default;
  HmacSha256Key(HmacSha256Key&&) = default;
  HmacSha256Key& operator=(HmacSha256Key&&) = default;
  ~HmacSha256Key();
  Bytes<32> Sign(std::string_view text) const;

 private:
  using State = std::array<std::uint32_t, 8>;  // after the first block
  State inner_{};
  State outer_{};
};

/// Lower-case hex of a digest, without a string.
template <std::size_t N>
std::array<char, 2 * N> HexOf(const Bytes<N>& digest) {
  std::array<char, 2 * N> out;
  for (std::size_t i = 0; i < N; ++i) {
    out[2 * i] = kHexDigits[digest[i] >> 4U];
    out[2 * i + 1] = kHexDigits[digest[i] & 15U];
  }
  return out;
}
template <std::size_t N>
std::string_view View(const std::array<char, N>& text) {
  return {text.data(), N};
}

}  // namespace atelier
