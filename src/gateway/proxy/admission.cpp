#include "gateway/proxy/admission.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/text.h"
#include "http/cookies.h"
#include "http/origin.h"

namespace atelier::gateway {

namespace {

using identity::TokenUse;

/// Of one name in a request, that are looked at: browsers keep no more of a host.
constexpr int kMaxCookies = 180;

/// As ids are; anything else in its place in a URL is a stranger's text, which is not repeated.
bool IsPlain(std::string_view id) {
  static constexpr std::size_t kMax = 64;
  return id.size() <= kMax &&
         std::ranges::all_of(id, [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; });
}

/// On a host of its own the prefix keeps the pages of its neighbours from setting one of this name;
/// it takes Secure and the path of the whole host.
bool NeedsRoot(Admission::Cookies cookies) { return cookies.secure && cookies.own_host; }

std::string CookieName(const model::InstanceId& id, Admission::Cookies cookies) {
  return fmt::format("{}{}{}", NeedsRoot(cookies) ? "__Host-" : "", kCookiePrefix, id.str());
}

/// One text for all reasons, and for instances that do not exist.
Error Denied(const model::InstanceId& id, std::string reason) {
  return Error(Code::kPermissionDenied,
               fmt::format("This request has no link or session that opens the instance. It may "
                           "have run out; use does not prolong it. Make a new link with `atelier "
                           "instance open {}` or GetToken.",
                           IsPlain(id.str()) ? std::string_view(id.str()) : "ID"),
               std::move(reason));
}

}  // namespace

SplitTarget TakeToken(std::string_view target) {
  static constexpr std::string_view kName = "Token=";
  const Halves halves = Cut(target, '?');
  SplitTarget out{.target = std::string(halves.before), .token = {}};
  char separator = '?';
  for (const std::string_view piece : Split(halves.after, '&', Trailing::kDrop)) {
    if (piece.starts_with(kName)) {
      out.token = PercentDecode(piece.substr(kName.size()));
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
  if (!instance) return Denied(claims.instance, "NoSuchInstance");
  if (!identity::Delegates(identities_, claims, identity::Access::kOpen, *instance, origin,
                           clock_.Wall())) {
    return Denied(claims.instance, "IssuerMayNotOpen");
  }
  return instance;
}

Result<Admitted> Admission::Check(const http::RequestHead& head, const model::InstanceId& id,
                                  const std::string& token, bool by_link) const {
  auto claims = signer_.Check(token, clock_.Wall());
  if (!claims) return Denied(id, "BadToken");
  if (claims->use != (by_link ? TokenUse::Access : TokenUse::Cookie)) return Denied(id, "WrongUse");
  if (claims->instance != id) return Denied(id, "OtherInstance");
  if (!by_link && http::FromElsewhere(head, own_origin_)) return Denied(id, "OtherOrigin");
  identity::Origin origin{.source_ip = head.source_ip, .secure_transport = head.tls};
  ATELIER_TRY(auto instance, Open(*claims, origin));
  return Admitted{.instance = std::move(instance),
                  .claims = *std::move(claims),
                  .origin = std::move(origin),
                  .by_link = by_link};
}

Result<Admitted> Admission::Decide(const http::RequestHead& head, const model::InstanceId& id,
                                   const std::string& token, Cookies cookies) const {
  if (!token.empty()) return Check(head, id, token, true);
  Result<Admitted> decision = Denied(id, "NoToken");
  // Any page of the origin can set a further one of this name: it must not shut anybody out.
  int tries = kMaxCookies;
  for (const std::string& value : http::CookieValues(head.headers, CookieName(id, cookies))) {
    decision = Check(head, id, value, false);
    if (decision || --tries == 0) break;
  }
  return decision;
}

bool Admission::StillHolds(const identity::TokenClaims& claims,
                           const identity::Origin& origin) const {
  return clock_.Wall() < claims.expires && Open(claims, origin).has_value();
}

std::string Admission::CookieFor(const identity::TokenClaims& link, Duration session,
                                 Cookies cookies) const {
  const WallTime now = clock_.Wall();
  identity::TokenClaims claims = link;
  claims.use = TokenUse::Cookie;
  claims.expires = std::min(link.expires, now + session);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(claims.expires - now).count();
  const std::string path = NeedsRoot(cookies) ? "/" : fmt::format("/{}/", link.instance.str());
  return fmt::format("{}={}; Path={}; Max-Age={}; HttpOnly; SameSite=Lax{}",
                     CookieName(link.instance, cookies), signer_.Sign(claims), path, seconds,
                     cookies.secure ? "; Secure" : "");
}

}  // namespace atelier::gateway
