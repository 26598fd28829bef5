#pragma once
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace atelier::identity {

/// RFC 1123 in GMT: "Sun, 22 Nov 2026 00:36:24 GMT". The weekday is not checked against the date.
std::optional<WallTime> ParseHttpDate(std::string_view text);

/// Exactly `yyyy-MM-ddTHH:mm:ssZ`.
std::optional<WallTime> ParseSignatureDate(std::string_view text);

}  // namespace atelier::identity
