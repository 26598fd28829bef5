#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace atelier::identity {

template <std::size_t N>
using Bytes = std::array<std::uint8_t, N>;

/// Digests by OpenSSL. Contexts are made once a thread and used again: looking an algorithm up
/// costs more than hashing a request. Threads: any.
Bytes<32> Sha256(std::string_view text);
Bytes<16> Md5(std::string_view text);  // for Content-MD5 only, which proves transport, not identity
Bytes<32> HmacSha256(std::string_view key, std::string_view text);
Bytes<20> HmacSha1(std::string_view key, std::string_view text);  // of the older schemes

/// Lower-case hex.
std::string Hex(std::span<const std::uint8_t> bytes);
std::string Base64(std::span<const std::uint8_t> bytes);
/// Strict: padded, no blanks, no stray bits. nullopt otherwise.
std::optional<std::string> FromBase64(std::string_view text);
/// The URL-safe alphabet without padding.
std::string Base64Url(std::span<const std::uint8_t> bytes);
std::optional<std::string> FromBase64Url(std::string_view text);

/// The time taken depends on the lengths only.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

inline std::span<const std::uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace atelier::identity
