#pragma once
#include <string>
#include <string_view>

namespace atelier::control {

/// HMAC-SHA256 in lower-case hex.
std::string HmacSha256Hex(std::string_view key, std::string_view text);

}  // namespace atelier::control
