#pragma once
#include <cstdint>
#include <string_view>

namespace atelier::identity {

enum class Case : std::uint8_t { kSensitive, kInsensitive };

/// `*` any run of characters, also none; `?` exactly one (a UTF-8 sequence counts as one).
/// Iterative: patterns are user data. At most |pattern| * |text| steps. Case is that of ASCII.
bool WildcardMatch(std::string_view pattern, std::string_view text, Case letter_case);

}  // namespace atelier::identity
