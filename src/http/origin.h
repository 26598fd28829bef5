#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace atelier::http {

/// The origin of a page (RFC 6454 section 4). Scheme and host are in lower case; the port is never
/// 0: 80 of http and 443 of https are the default.
struct WebOrigin {
  std::string scheme;  // http, https
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const WebOrigin&, const WebOrigin&) = default;
};

/// Of an Origin header, or of a URL with its path. nullopt: of no page that this server can have
/// served, such as "null".
std::optional<WebOrigin> ParseOrigin(std::string_view text);

/// Cookies are sent by the browser whoever wrote the page: true for a change, or an upgrade, that a
/// page of another origin asks for. By Sec-Fetch-Site where the browser tells, and by Origin, which
/// is compared with `own`, the origin that the operator names (--public-url), and with Host. Where
/// a plain connection may come through a proxy that ends TLS, Host tells no scheme: then either
/// will do. Neither header: not a browser.
bool FromElsewhere(const RequestHead& head, const std::optional<WebOrigin>& own);

/// For a cookie that opens everything: true only if the browser says that a page of this very
/// origin asks, whatever it asks for: Sec-Fetch-Site is "same-origin", or, from a browser that does
/// not send it, Origin is there and ours. Whatever is there of the two must fit.
/// A plain connection is of an http page unless `own` or the port say otherwise.
bool FromOwnPage(const RequestHead& head, const std::optional<WebOrigin>& own);

}  // namespace atelier::http
