#include "http/cookies.h"

namespace atelier::http {

std::optional<Cookie> SplitCookie(std::string_view text) {
  const Halves halves = Cut(text, '=');
  const Cookie cookie{.name = Trim(halves.before), .value = Trim(halves.after)};
  if (!halves.found || cookie.name.empty()) return std::nullopt;
  return cookie;
}

std::vector<std::string> CookieValues(const Headers& headers, std::string_view name) {
  std::vector<std::string> values;
  EachCookie(headers, [&](std::string_view text) {
    const auto cookie = SplitCookie(text);
    if (cookie && cookie->name == name && !cookie->value.empty())
      values.emplace_back(cookie->value);
  });
  return values;
}

}  // namespace atelier::http
