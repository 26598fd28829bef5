#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

/// An address to ask, in its parts.
struct Url {
  WebOrigin origin;
  std::string authority;  // as it is written, for a Host header
  std::string target;     // path and query; at least "/"
};

/// nullopt: no http or https URL, or it has what no request may carry: a blank, a fragment, a
/// backslash, a user's name.
std::optional<Url> ParseUrl(std::string_view text);

/// Whether nobody between reads what is said to that origin: https, or on this very host.
bool IsConfidential(const WebOrigin& origin);

/// A name by which a browser reaches its own host, and nobody else's: "localhost", "127.0.0.1",
/// "[::1]". Not "x.localhost", which may be a notebook's.
bool IsLoopbackName(std::string_view host);

/// "https://a.example.org" of "https://*.example.org" and "a"; a URL without a '*' stays as it is.
std::string AtLabel(std::string_view url, std::string_view label);

/// Stands for the '*' of all services together; no instance has such an id.
inline constexpr std::string_view kServicesLabel = "eas";

/// The hosts of "https://*.example.org": one label each, so one certificate does for all.
class NamedHosts {
 public:
  /// nullopt: there is no "*." right behind the scheme, or what follows is no host.
  static std::optional<NamedHosts> Parse(std::string_view url);

  /// Of a Host header, whatever its port: what stands for the '*'; empty: it ends like one of
  /// these hosts and is none ("a.b.example.org"); nullopt: it is elsewhere.
  std::optional<std::string> LabelOf(std::string_view host) const;
  /// Letters, digits and hyphens, as ids are; nothing else comes into a URL.
  static bool IsLabel(std::string_view text);

 private:
  explicit NamedHosts(std::string suffix) : suffix_(std::move(suffix)) {}

  std::string suffix_;  // ".example.org"
};

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
