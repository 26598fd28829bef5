#include "gateway/proxy/headers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/proxy/admission.h"

namespace atelier::gateway {

namespace {

/// RFC 9110 section 7.6.1. Framing headers are the http room's.
constexpr std::array<std::string_view, 7> kHopByHop{
    "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate",
    "TE",         "Trailer",    "Upgrade"};

/// Headers that ForUpstream adds, at most.
constexpr std::size_t kAdded = 6;

/// The client's word on these is worth nothing, or is for the gateway.
constexpr std::array<std::string_view, 9> kNotFromClients{
    "Authorization",    "Proxy-Authorization", "Expect",    "Forwarded", "X-Forwarded-For",
    "X-Forwarded-Host", "X-Forwarded-Proto",   "X-Real-IP", "X-Scheme"};

bool IsOneOf(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::any_of(names,
                             [&](auto other) { return http::EqualsIgnoreCase(name, other); });
}

/// Not meant for the other end. `connection`: the header of this name, which names others that are
/// for the next hop only.
bool IsHopByHop(std::string_view name, std::string_view connection) {
  return IsOneOf(kHopByHop, name) || http::ListHas(connection, name);
}

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Calls `each(name, whole)` for every `name=value` of the Cookie headers.
template <class Fn>
void EachCookie(const http::Headers& headers, Fn each) {
  for (const auto& [name, value] : headers.entries()) {
    if (!http::EqualsIgnoreCase(name, "Cookie")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = rest.find(';');
      const std::string_view cookie = Trim(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      if (!cookie.empty()) each(cookie.substr(0, cookie.find('=')), cookie);
    }
  }
}

void DropOwnCookies(http::Headers& headers) {
  std::string others;
  EachCookie(headers, [&](std::string_view name, std::string_view cookie) {
    if (name.starts_with(kCookiePrefix)) return;
    if (!others.empty()) others += "; ";
    others += cookie;
  });
  headers.Remove("Cookie");
  if (!others.empty()) headers.Add("Cookie", std::move(others));
}

}  // namespace

bool WantsUpgrade(const http::RequestHead& head) {
  return head.headers.Has("Upgrade") && http::ListHas(head.headers.Get("Connection"), "upgrade");
}

std::string CookieValue(const http::Headers& headers, std::string_view name) {
  std::string value;
  EachCookie(headers, [&](std::string_view cookie_name, std::string_view cookie) {
    if (cookie_name == name && value.empty()) {
      value = cookie.substr(std::min(cookie.size(), name.size() + 1));
    }
  });
  return value;
}

http::RequestHead ForUpstream(const http::RequestHead& head, std::string target,
                              const std::string& authorization, bool secure) {
  http::RequestHead out{.method = head.method, .target = std::move(target)};
  const std::string_view connection = head.headers.Get("Connection");
  out.headers.Reserve(head.headers.entries().size() + kAdded);
  for (const auto& [name, value] : head.headers.entries()) {
    if (!IsHopByHop(name, connection) && !IsOneOf(kNotFromClients, name))
      out.headers.Add(name, value);
  }
  if (out.headers.Has("Cookie")) DropOwnCookies(out.headers);
  if (WantsUpgrade(head)) {
    out.headers.Add("Connection", "Upgrade");
    out.headers.Add("Upgrade", std::string(head.headers.Get("Upgrade")));
  }
  if (!authorization.empty()) out.headers.Add("Authorization", authorization);
  out.headers.Add("X-Forwarded-For", head.source_ip);
  out.headers.Add("X-Forwarded-Host", std::string(head.headers.Get("Host")));
  out.headers.Add("X-Forwarded-Proto", secure ? "https" : "http");
  return out;
}

http::ResponseHead ForClient(http::ResponseHead head) {
  const std::string upgrade(head.headers.Get("Upgrade"));
  const std::string connection(head.headers.Get("Connection"));
  head.headers.RemoveIf([&](std::string_view name, std::string_view value) {
    const bool own_cookie =
        http::EqualsIgnoreCase(name, "Set-Cookie") && Trim(value).starts_with(kCookiePrefix);
    return own_cookie || IsHopByHop(name, connection);
  });
  if (head.status == 101) {
    head.headers.Add("Connection", "Upgrade");
    head.headers.Add("Upgrade", upgrade);
  }
  return head;
}

}  // namespace atelier::gateway
