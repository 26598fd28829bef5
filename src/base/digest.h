#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atelier {

template <std::size_t N>
using Bytes = std::array<std::uint8_t, N>;

/// Digests by OpenSSL. Contexts are made once a thread and used again: looking an algorithm up
/// costs more than hashing a request. Threads: any.
Bytes<32> Sha256(std::string_view text);
Bytes<20> Sha1(std::string_view text);  // for the handshake of WebSocket only (RFC 6455)
Bytes<16> Md5(std::string_view text);  // for Content-MD5 only, which proves transport, not identity
Bytes<32> HmacSha256(std::string_view key, std::string_view text);
Bytes<20> HmacSha1(std::string_view key, std::string_view text);  // of the older schemes

/// Of secrets and of what proves that one is known: the time taken depends on the lengths only.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

}  // namespace atelier
