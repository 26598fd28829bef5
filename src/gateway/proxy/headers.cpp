#include "gateway/proxy/headers.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "gateway/proxy/cookies.h"
#include "gateway/proxy/cors.h"
#include "gateway/proxy/location.h"

namespace atelier::gateway {

namespace {

constexpr std::string_view kWebSocket = "websocket";

/// RFC 9110 section 7.6.1, RFC 7540 section 3.2.1. `Proxy` is nobody's header, but the environment
/// of a CGI program takes it for the proxy to use. A name that ends in a hyphen stands for all that
/// begin so, here and below.
constexpr auto kHopByHop =
    std::to_array<std::string_view>({"Connection", "Keep-Alive", "Proxy", "Proxy-", "TE", "Trailer",
                                     "Transfer-Encoding", "Upgrade", "HTTP2-Settings"});

/// Meant for the other end whatever Connection says: who names them there would take away what
/// protects an instance, or what its answer is read by.
constexpr auto kEndToEnd = std::to_array<std::string_view>(
    {"Authorization", "Cache-Control", "Content-", "Cookie", "Cross-Origin-", "Date", "Host",
     "Location", "Origin", "Referer", "Sec-", "Set-Cookie", "Vary", "X-Content-Type-Options",
     "X-Forwarded-", "X-Frame-Options"});

/// Headers that ForUpstream and the service gateway add, at most.
constexpr std::size_t kAdded = 7;

/// The client's word on these is worth nothing, or is for the gateway.
constexpr auto kForGateway = std::to_array<std::string_view>({"Authorization", "Expect"});
// clang-format off: one name a line would hide the rules.
/// Where a request comes from and what it asked for, as proxies tell what is behind them.
constexpr auto kOfSource = std::to_array<std::string_view>({
    "CF-Connecting-", "Client-IP", "Fastly-Client-IP", "Forwarded", "Forwarded-For",
    "Front-End-Https", "Script-Name", "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP",
    "X-Envoy-", "X-Forwarded", "X-Forwarded-", "X-Host", "X-Original-", "X-Originating-IP",
    "X-ProxyUser-", "X-Real-IP", "X-Rewrite-URL", "X-Scheme", "X-Script-Name", "X-Url-Scheme"});

/// Who its user is, as proxies that authenticate tell it.
constexpr auto kOfUser = std::to_array<std::string_view>({
    "Auth-User", "Cf-Access-", "Eppn", "Impersonate-", "Iv-", "Kubeflow-", "Oidc-", "Remote-",
    "Shib-", "Sm-", "SSL-", "Tailscale-", "X-Amzn-Oidc-", "X-Anonymous-Consumer", "X-ARR-",
    "X-Auth-Request-", "X-Auth-User", "X-Auth-Username", "X-Authenticated-", "X-Authentik-",
    "X-Client-Cert", "X-Client-Cert-", "X-Consumer-", "X-Credential-", "X-Email",
    "X-Endpoint-API-", "X-Goog-Authenticated-", "X-Goog-Iap-", "X-Groups", "X-JWT-Assertion",
    "X-Kubeflow-", "X-MS-Client-", "X-MS-Token-", "X-Pomerium-", "X-Remote-", "X-Roles", "X-SSL-",
    "X-User", "X-User-Email", "X-User-Groups", "X-User-Name", "X-User-Roles", "X-Userinfo",
    "X-Username", "X-Vouch-", "X-WEBAUTH-"});

/// What a browser applies beyond the answer that it comes with: to the origin, all of whose other
/// instances and services are somebody else's, to the host or to its neighbours; or what a proxy in
/// front of the server takes as an order to serve something else. (Set-Cookie: ConfineCookies.)
/// Not among them: `Link: <...>; rel=serviceworker` and worker scripts, which reach no further than
/// the folder of the script, and what only says where to look ahead (Speculation-Rules,
/// No-Vary-Search, `rel=preload`), which a page may do anyway.
constexpr auto kOriginWide = std::to_array<std::string_view>({
    "Service-Worker-Allowed",                                   // who sees every later page
    "Clear-Site-Data", "Activate-Storage-Access", "Shared-Storage-Write",  // the origin's storage
    "Set-Cookie2", "Sec-Session-", "Secure-Session-",           // its cookies and sessions
    "IdP-SignIn-Status", "Set-Login",                           // whether its user is signed in
    "WWW-Authenticate",                                         // as whom; it would reach nobody
    "Expect-CT", "Expect-Staple", "Public-Key-Pins", "Public-Key-Pins-Report-Only",
    "Strict-Transport-Security",                                // how its host is reached
    "Alt-Svc", "Alternate-Protocol", "Refresh",                 // where else
    "NEL", "Report-To", "Reporting-Endpoints",                  // whom its failures are told
    "Ad-Auction-", "Attribution-Reporting-", "Observe-Browsing-Topics",  // what is measured of it
    "Accept-CH", "Accept-CH-Lifetime", "Critical-CH",           // what its requests say
    "Origin-Trial", "Critical-Origin-Trial",                    // what the browser tries out at it
    "Origin-Agent-Cluster",                                     // its first page decides for all
    "Use-As-Dictionary",                                        // for answers of others
    "X-Accel-Redirect", "X-Lighttpd-", "X-Reproxy-", "X-Sendfile", "X-Sendfile2"});  // for the proxy
// clang-format on

/// Leave for pages of other origins.
constexpr auto kCrossOrigin = std::to_array<std::string_view>({"Access-Control-"});

bool IsOneOf(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view other) {
    return EqualsIgnoreCase(other.ends_with('-') ? name.substr(0, other.size()) : name, other);
  });
}

bool IsFromClients(std::string_view name) {
  return !IsOneOf(kForGateway, name) && !IsOneOf(kOfSource, name) && !IsOneOf(kOfUser, name);
}

bool AnyListHas(const http::Headers& headers, std::string_view name, std::string_view token) {
  return std::ranges::any_of(headers.entries(), [&](const auto& field) {
    return EqualsIgnoreCase(field.first, name) && http::ListHas(field.second, token);
  });
}

/// Not meant for the other end: always, or because Connection names it as for the next hop only.
bool IsHopByHop(std::string_view name, const http::Headers& headers) {
  return IsOneOf(kHopByHop, name) ||
         (!IsOneOf(kEndToEnd, name) && AnyListHas(headers, "Connection", name));
}

/// Letters, digits and hyphens: what no server takes for another header.
bool IsPlainName(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return IsAlnum(c) || c == '-'; });
}

/// The value of a header that is there once; empty otherwise.
std::string_view Only(const http::Headers& headers, std::string_view name) {
  const auto times = std::ranges::count_if(
      headers.entries(), [&](const auto& field) { return EqualsIgnoreCase(field.first, name); });
  return times == 1 ? headers.Get(name) : std::string_view();
}

bool SaysWebSocket(const http::Headers& headers) {
  return EqualsIgnoreCase(Only(headers, "Upgrade"), kWebSocket) &&
         AnyListHas(headers, "Connection", "upgrade");
}

/// Sec-WebSocket-Accept for this Sec-WebSocket-Key (RFC 6455 section 4.2.2).
std::string AcceptFor(std::string_view key) {
  return Base64(Sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

}  // namespace

bool WantsWebSocket(const http::RequestHead& head) {
  return head.method == "GET" && !head.has_body() && SaysWebSocket(head.headers) &&
         !Only(head.headers, "Sec-WebSocket-Key").empty();
}

bool OpensWebSocket(const http::ResponseHead& head, const http::RequestHead& request) {
  const std::string_view accept = Only(head.headers, "Sec-WebSocket-Accept");
  return head.status == 101 && WantsWebSocket(request) && SaysWebSocket(head.headers) &&
         !accept.empty() && accept == AcceptFor(Only(request.headers, "Sec-WebSocket-Key"));
}

http::RequestHead ForUpstream(const http::RequestHead& head, std::string target,
                              const std::string& authorization, bool secure) {
  http::RequestHead out{.method = head.method, .target = std::move(target)};
  out.headers.Reserve(head.headers.entries().size() + kAdded);
  for (const auto& [name, value] : head.headers.entries()) {
    if (IsPlainName(name) && !IsHopByHop(name, head.headers) && IsFromClients(name))
      out.headers.Add(name, value);
  }
  if (out.headers.Has("Cookie")) DropOwnCookies(out.headers);
  if (WantsWebSocket(head)) {
    out.headers.Add("Connection", "Upgrade");
    out.headers.Add("Upgrade", std::string(kWebSocket));
  }
  if (!authorization.empty()) out.headers.Add("Authorization", authorization);
  out.headers.Add("X-Forwarded-For", head.source_ip);
  out.headers.Add("X-Forwarded-Host", std::string(head.headers.Get("Host")));
  out.headers.Add("X-Forwarded-Proto", secure ? "https" : "http");
  return out;
}

http::ResponseHead ForClient(http::ResponseHead head, const http::RequestHead& request,
                             const Realm& realm) {
  const http::Headers given = head.headers;
  head.headers.RemoveIf([&](std::string_view name, std::string_view) {
    return IsHopByHop(name, given) || IsOneOf(kOriginWide, name) ||
           (!realm.cross_origin && IsOneOf(kCrossOrigin, name));
  });
  ConfineCookies(head.headers, request, realm.path);
  LeadBack(head.headers, request, realm);
  if (realm.cross_origin && head.status != 101) LetPagesRead(head.headers);
  if (head.status == 101) {
    head.headers.Add("Connection", "Upgrade");
    head.headers.Add("Upgrade", std::string(kWebSocket));
  }
  return head;
}

}  // namespace atelier::gateway
