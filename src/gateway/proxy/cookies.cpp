#include "gateway/proxy/cookies.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "gateway/proxy/admission.h"
#include "http/cookies.h"

namespace atelier::gateway {

namespace {

// What browsers take (RFC 6265bis section 5.6).
constexpr std::size_t kMaxCookie = 4096;     // name and value
constexpr std::size_t kMaxAttribute = 1024;  // value of an attribute
/// Of the cookies of one request, names and values.
constexpr std::size_t kMaxOfRequest = 16U << 10U;

/// A cookie of this kind of name is for Path=/ or it is none.
constexpr std::string_view kHostPrefix = "__Host-";

/// What stays of a Set-Cookie beside its Path.
constexpr std::array<std::string_view, 7> kAttributes{
    "Expires", "Max-Age", "Secure", "HttpOnly", "SameSite", "Partitioned", "Priority"};

/// Whether a reader of cookies, strict or not, may find one in this whose name begins so: some take
/// names without regard to case, quotes off, or a comma for a semicolon.
bool MayHold(std::string_view cookie, std::string_view prefix) {
  for (std::size_t at = 0; at + prefix.size() <= cookie.size(); ++at) {
    if (!StartsWithIgnoreCase(cookie.substr(at), prefix)) continue;
    const bool begins =
        at == 0 || std::string_view(" \t,\"'").find(cookie[at - 1]) != std::string_view::npos;
    if (begins && cookie.find('=', at) != std::string_view::npos) return true;
  }
  return false;
}

/// One of the gateway's, or a browser's session at the API (api/browser): they have the host in
/// common, whatever the port.
bool MayBeOwn(std::string_view cookie) {
  return MayHold(cookie, kCookiePrefix) || MayHold(cookie, "__Host-atelier");
}

bool HasControlCharacter(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

/// A Set-Cookie header as it may go to the browser.
struct Confined {
  std::string name;
  std::size_t size = 0;  // of name and value
  std::string text;
};

/// nullopt: it may not be set.
std::optional<Confined> Confine(std::string_view header, std::string_view path) {
  if (HasControlCharacter(header)) return std::nullopt;
  const auto end = std::min(header.find(';'), header.size());
  const std::string_view cookie = Trim(header.substr(0, end));
  const auto pair = http::SplitCookie(cookie);
  if (!pair || MayBeOwn(cookie) || StartsWithIgnoreCase(pair->name, kHostPrefix))
    return std::nullopt;
  const std::size_t size = pair->name.size() + pair->value.size();
  if (size > kMaxCookie) return std::nullopt;
  std::string_view own_path = path;
  std::string attributes;
  http::EachPiece(header.substr(end), [&](std::string_view attribute) {
    const auto [before, value, found] = Cut(attribute, '=');
    const std::string_view name = Trim(before);
    if (value.size() > kMaxAttribute) return;
    if (EqualsIgnoreCase(name, "Path"))
      own_path = Trim(value).starts_with(path) ? Trim(value) : path;  // the last one counts
    for (const std::string_view kept : kAttributes) {
      if (EqualsIgnoreCase(name, kept)) attributes.append("; ").append(attribute);
    }
  });
  Confined out{.name = std::string(pair->name), .size = size, .text = {}};
  out.text.append(pair->name).append("=").append(pair->value);
  out.text.append("; Path=").append(own_path).append(attributes);
  return out;
}

}  // namespace

void DropOwnCookies(http::Headers& headers) {
  std::string others;
  http::EachCookie(headers, [&](std::string_view cookie) {
    if (!http::SplitCookie(cookie) || MayBeOwn(cookie)) return;
    if (!others.empty()) others += "; ";
    others += cookie;
  });
  headers.Remove("Cookie");
  if (!others.empty()) headers.Add("Cookie", std::move(others));
}

void ConfineCookies(http::Headers& answer, const http::RequestHead& request,
                    std::string_view path) {
  if (!answer.Has("Set-Cookie")) return;
  std::map<std::string, std::size_t, std::less<>> present;  // sizes by name, as of the request
  std::size_t total = 0;
  http::EachCookie(request.headers, [&](std::string_view cookie) {
    const auto pair = http::SplitCookie(cookie);
    if (!pair || MayBeOwn(cookie)) return;
    const std::size_t size = pair->name.size() + pair->value.size();
    present[std::string(pair->name)] += size;
    total += size;
  });
  std::vector<std::string> confined;
  for (const auto& [name, value] : answer.entries()) {
    if (!EqualsIgnoreCase(name, "Set-Cookie")) continue;
    auto cookie = Confine(value, path);
    if (!cookie) continue;
    std::size_t& before = present[cookie->name];
    const bool grows = cookie->size > before;
    if (grows && total - before + cookie->size > kMaxOfRequest) continue;
    total = total - before + cookie->size;
    before = cookie->size;
    confined.push_back(std::move(cookie->text));
  }
  answer.Remove("Set-Cookie");
  for (std::string& text : confined) answer.Add("Set-Cookie", std::move(text));
}

}  // namespace atelier::gateway
