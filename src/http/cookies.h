#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "http/message.h"

namespace atelier::http {

/// "a=b" -> "a" and "b", both trimmed; nullopt: there is no name.
struct Cookie {
  std::string_view name;
  std::string_view value;
};
std::optional<Cookie> SplitCookie(std::string_view text);

/// Calls `each(piece)` for every trimmed piece between semicolons that is not empty.
template <class Fn>
void EachPiece(std::string_view text, Fn each) {
  for (const std::string_view part : Split(text, ';')) {
    if (const std::string_view piece = Trim(part); !piece.empty()) each(piece);
  }
}

/// The same for every cookie of a request.
template <class Fn>
void EachCookie(const Headers& headers, Fn each) {
  for (const auto& [name, value] : headers.entries()) {
    if (EqualsIgnoreCase(name, "Cookie")) EachPiece(value, each);
  }
}

/// Values of the cookies of this name, in the order of the request. A browser may send several:
/// pages of the origin can set one of any name for a longer path.
std::vector<std::string> CookieValues(const Headers& headers, std::string_view name);

}  // namespace atelier::http
