#include "identity/signing/http_date.h"

#include <fmt/format.h>

namespace atelier::identity {

std::optional<WallTime> ParseHttpDate(std::string_view text) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  // "Sun, 22 Nov 2026 00:36:24 GMT": fixed columns, so the rest is the ISO parser's work.
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ' || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const std::size_t month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  return ParseSignatureDate(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month / 3 + 1,
                                        text.substr(5, 2), text.substr(17, 8)));
}

std::optional<WallTime> ParseSignatureDate(std::string_view text) {
  if (text.size() != 20 || text.back() != 'Z') return std::nullopt;
  return ParseIso8601(text);
}

}  // namespace atelier::identity
