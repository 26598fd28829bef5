#include "gateway/proxy/admission.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "gateway/proxy/headers.h"

namespace atelier::gateway {

namespace {

using identity::TokenUse;

Error Denied(std::string reason) {
  return Error(Code::kPermissionDenied, "You are not authorized to open this instance.",
               std::move(reason));
}

std::string_view HostPart(std::string_view url) {
  const auto scheme = url.find("://");
  return scheme == std::string_view::npos ? url : url.substr(scheme + 3);
}

/// Cookies are sent by the browser whoever wrote the page: a WebSocket or a change asked for by a
/// page of another site is refused. No Origin: not a browser, or a plain navigation.
bool FromElsewhere(const http::RequestHead& head) {
  const bool reads = head.method == "GET" || head.method == "HEAD" || head.method == "OPTIONS";
  if (reads && !WantsUpgrade(head)) return false;
  if (!head.headers.Has("Origin")) return false;
  return !http::EqualsIgnoreCase(HostPart(head.headers.Get("Origin")),
                                 HostPart(head.headers.Get("Host")));
}

}  // namespace

SplitTarget TakeToken(std::string_view target) {
  static constexpr std::string_view kName = "Token=";
  const auto mark = target.find('?');
  SplitTarget out{.target = std::string(target.substr(0, mark)), .token = {}};
  if (mark == std::string_view::npos) return out;
  char separator = '?';
  for (std::string_view rest = target.substr(mark + 1); !rest.empty();) {
    const auto end = rest.find('&');
    const std::string_view piece = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (piece.starts_with(kName)) {
      out.token = http::PercentDecode(piece.substr(kName.size()), false);
      continue;
    }
    out.target += std::exchange(separator, '&');
    out.target += piece;
  }
  return out;
}

Result<directory::InstancePtr> Admission::Open(const identity::TokenClaims& claims,
                                               const identity::Origin& origin) const {
  directory::InstancePtr instance = instances_.Find(claims.instance);
  if (!instance) return Denied("NoSuchInstance");
  if (!identity::PassesOn(identities_, claims, identity::Access::kOpen, *instance, origin,
                          clock_.Wall())) {
    return Denied("IssuerMayNotOpen");
  }
  return instance;
}

Result<Admitted> Admission::Decide(const http::RequestHead& head, const model::InstanceId& id,
                                   const std::string& token) const {
  const bool by_link = !token.empty();
  const std::string text =
      by_link ? token : CookieValue(head.headers, std::string(kCookiePrefix) + id.str());
  if (text.empty()) return Denied("NoToken");
  auto claims = signer_.Check(text, clock_.Wall());
  if (!claims) return Denied("BadToken");
  if (claims->use != (by_link ? TokenUse::Access : TokenUse::Cookie)) return Denied("WrongUse");
  if (claims->instance != id) return Denied("OtherInstance");
  if (!by_link && FromElsewhere(head)) return Denied("OtherOrigin");
  identity::Origin origin{.source_ip = head.source_ip, .secure_transport = head.tls};
  ATELIER_TRY(auto instance, Open(*claims, origin));
  return Admitted{.instance = std::move(instance),
                  .claims = *std::move(claims),
                  .origin = std::move(origin),
                  .by_link = by_link};
}

bool Admission::StillHolds(const identity::TokenClaims& claims,
                           const identity::Origin& origin) const {
  return clock_.Wall() < claims.expires && Open(claims, origin).has_value();
}

std::string Admission::CookieFor(const identity::TokenClaims& link, Duration session,
                                 bool secure) const {
  const WallTime now = clock_.Wall();
  identity::TokenClaims claims = link;
  claims.use = TokenUse::Cookie;
  claims.expires = std::min(link.expires, now + session);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(claims.expires - now).count();
  return fmt::format("{}{}={}; Path=/{}/; Max-Age={}; HttpOnly; SameSite=Lax{}", kCookiePrefix,
                     link.instance.str(), signer_.Sign(claims), link.instance.str(), seconds,
                     secure ? "; Secure" : "");
}

}  // namespace atelier::gateway
