#include "http/origin.h"

#include <algorithm>

#include "base/text.h"

namespace atelier::http {

namespace {

constexpr std::string_view kHttp = "http";
constexpr std::string_view kHttps = "https";
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

std::uint16_t DefaultPort(std::string_view scheme) {
  return scheme == kHttps ? kHttpsPort : kHttpPort;
}

/// "host", "host:port", "[::1]:port".
struct Authority {
  std::string host;
  std::optional<std::uint16_t> port;
};
std::optional<Authority> ParseAuthority(std::string_view text) {
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  Authority out{.host = ToLower(text.substr(0, colon)), .port = {}};
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_[]:%";
  if (out.host.empty() || out.host.find_first_not_of(kAllowed) != std::string::npos)
    return std::nullopt;
  if (colon == std::string_view::npos) return out;
  out.port = ParseNumber<std::uint16_t>(text.substr(colon + 1));
  if (out.port.value_or(0) == 0) return std::nullopt;
  return out;
}

/// The scheme under which the client reaches the server at this Host, as far as it is known.
std::optional<std::string_view> SchemeAt(const Authority& host, bool tls,
                                         const std::optional<WebOrigin>& own) {
  if (tls) return kHttps;
  if (own && own->host == host.host && host.port.value_or(own->port) == own->port)
    return own->scheme;
  if (host.port == kHttpsPort) return kHttps;
  if (host.port == kHttpPort) return kHttp;
  return std::nullopt;
}

/// `assumed`: the scheme where Host tells none; nullopt: either.
bool IsOwn(std::string_view text, const RequestHead& head, const std::optional<WebOrigin>& own,
           std::optional<std::string_view> assumed) {
  const auto origin = ParseOrigin(text);
  if (!origin) return false;
  if (own && *origin == *own) return true;
  const auto host = ParseAuthority(head.headers.Get("Host"));
  if (!host || host->host != origin->host) return false;
  if (host->port.value_or(DefaultPort(origin->scheme)) != origin->port) return false;
  const std::string_view unless_told = assumed.value_or(origin->scheme);
  return SchemeAt(*host, head.tls, own).value_or(unless_told) == origin->scheme;
}

}  // namespace

std::optional<WebOrigin> ParseOrigin(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string scheme = ToLower(text.substr(0, end));
  if (scheme != kHttp && scheme != kHttps) return std::nullopt;
  const std::string_view rest = text.substr(end + 3);
  const auto authority = ParseAuthority(rest.substr(0, rest.find('/')));
  if (!authority) return std::nullopt;
  return WebOrigin{.scheme = scheme,
                   .host = authority->host,
                   .port = authority->port.value_or(DefaultPort(scheme))};
}

std::optional<Url> ParseUrl(std::string_view text) {
  const auto plain = [](char c) { return c > ' ' && c < 0x7F && c != '#' && c != '\\'; };
  auto origin = ParseOrigin(text);
  if (!origin || !std::ranges::all_of(text, plain)) return std::nullopt;
  const std::string_view rest = text.substr(text.find("://") + 3);
  const Halves halves = Cut(rest, '/');
  return Url{.origin = *std::move(origin),
             .authority = std::string(halves.before),
             .target = "/" + std::string(halves.after)};
}

bool IsConfidential(const WebOrigin& origin) {
  return origin.scheme == kHttps || IsLoopbackName(origin.host);
}

bool IsLoopbackName(std::string_view host) {
  return host == "localhost" || host == "[::1]" ||
         (IsLoopback(host) && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

std::string AtLabel(std::string_view url, std::string_view label) {
  const Halves halves = Cut(url, '*');
  std::string out(halves.before);
  if (halves.found) out.append(label).append(halves.after);
  return out;
}

bool NamedHosts::IsLabel(std::string_view text) {
  constexpr std::size_t kMax = 63;
  return !text.empty() && text.size() <= kMax &&
         std::ranges::all_of(text, [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; });
}

std::optional<NamedHosts> NamedHosts::Parse(std::string_view url) {
  const auto origin = ParseOrigin(AtLabel(url, "a"));
  const std::size_t star = url.find('*');
  const bool behind_scheme = star != std::string_view::npos && url.find("://*.") + 3 == star;
  if (!origin || !behind_scheme || origin->host.size() < sizeof("a.b") - 1) return std::nullopt;
  return NamedHosts(origin->host.substr(1));
}

std::optional<std::string> NamedHosts::LabelOf(std::string_view host) const {
  const auto authority = ParseAuthority(host);
  if (!authority) return std::nullopt;
  std::string_view name = authority->host;
  if (name.ends_with('.')) name.remove_suffix(1);  // the same host to a resolver
  if (!name.ends_with(suffix_)) return std::nullopt;
  name.remove_suffix(suffix_.size());
  return std::string(IsLabel(name) ? name : "");
}

bool FromOwnPage(const RequestHead& head, const std::optional<WebOrigin>& own) {
  bool told = false;
  for (const auto& [name, value] : head.headers.entries()) {
    if (EqualsIgnoreCase(name, "Sec-Fetch-Site")) {
      if (value != "same-origin") return false;
      told = true;
    } else if (EqualsIgnoreCase(name, "Origin")) {
      if (!IsOwn(value, head, own, kHttp)) return false;
      told = true;
    }
  }
  return told;
}

bool FromElsewhere(const RequestHead& head, const std::optional<WebOrigin>& own) {
  const bool reads = head.method == "GET" || head.method == "HEAD" || head.method == "OPTIONS";
  if (reads && !head.headers.Has("Upgrade")) return false;
  return std::ranges::any_of(head.headers.entries(), [&](const auto& field) {
    const auto& [name, value] = field;
    if (EqualsIgnoreCase(name, "Sec-Fetch-Site")) return value != "same-origin" && value != "none";
    return EqualsIgnoreCase(name, "Origin") && !IsOwn(value, head, own, std::nullopt);
  });
}

}  // namespace atelier::http
