#include "api/browser/browser_gate.h"

#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/text.h"
#include "http/cookies.h"
#include "identity/authenticator.h"

namespace atelier::api {

namespace {

/// The prefix keeps pages of neighbouring hosts from setting one of this name.
constexpr std::string_view kSecureCookie = "__Host-atelier";
/// Over plain HTTP, where browsers do not take the other.
constexpr std::string_view kPlainCookie = "atelier-session";
/// Behind the name of either: of a sign-in at the OpenID provider.
constexpr std::string_view kOfState = "-state";
/// No page of another origin can send it unless the server allows it, which ours never does.
constexpr std::string_view kMark = "X-Atelier-Console";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

Error CrossOrigin(std::string message) {
  return {Code::kPermissionDenied, std::move(message), "CrossOriginRequest"};
}

/// The media type alone, without its parameters.
std::string_view MediaTypeOf(const http::RequestHead& head) {
  return Trim(Cut(head.headers.Get("Content-Type"), ';').before);
}

}  // namespace

BrowserGate::BrowserGate(const identity::Sessions& sessions, std::string_view public_url)
    : sessions_(sessions), own_(http::ParseOrigin(public_url)) {}

bool BrowserGate::Secure(const http::RequestHead& head) const {
  return head.tls || (own_ && own_->scheme == "https");
}

std::string_view BrowserGate::CookieName(const http::RequestHead& head) const {
  return Secure(head) ? kSecureCookie : kPlainCookie;
}

bool BrowserGate::Owns(const http::RequestHead& head) const {
  const auto signs = [&] {
    return identity::Authenticator::SignsParametersOnly({.method = head.method,
                                                         .path = head.path(),
                                                         .query = head.query(),
                                                         .headers = &head.headers.entries(),
                                                         .body = "",
                                                         .source_ip = ""});
  };
  // A form may hold its signature in the body.
  if (head.inside || head.headers.Has("Authorization") ||
      EqualsIgnoreCase(MediaTypeOf(head), kForm) || signs())
    return false;
  return head.headers.Has(kMark) || !http::CookieValues(head.headers, CookieName(head)).empty();
}

Status BrowserGate::CheckPage(const http::RequestHead& head, bool changes) const {
  if (!http::FromOwnPage(head, own_) || !AtOwnHost(head)) {
    return CrossOrigin(
        "A session is for pages of the console's own origin, and this request is from elsewhere or "
        "does not say where it is from. Programs sign their requests with an access key.");
  }
  if (changes && (head.headers.Get(kMark) != "1" || !EqualsIgnoreCase(MediaTypeOf(head), kJson))) {
    return CrossOrigin(fmt::format(
        "A change by a session needs the headers `Content-Type: {}` and `{}: 1`.", kJson, kMark));
  }
  return CheckTransport(head);
}

/// A page of another host that has its name lead here is of its own origin to the browser.
bool BrowserGate::AtOwnHost(const http::RequestHead& head) const {
  if (!own_) return true;  // CheckTransport: the certificate's, or loopback
  const auto host = http::ParseOrigin("http://" + std::string(head.headers.Get("Host")));
  return host && (host->host == own_->host || http::IsLoopbackName(host->host));
}

Result<identity::CallerPtr> BrowserGate::Identify(const http::RequestHead& head) const {
  Result<identity::Caller> who = identity::Sessions::Nobody();
  for (const std::string& secret : http::CookieValues(head.headers, CookieName(head))) {
    auto one =
        sessions_.Identify(secret, {.source_ip = head.source_ip, .secure_transport = Secure(head)});
    if (!one || (who && who->session == one->session)) continue;
    if (who) return identity::Sessions::Nobody();
    who = std::move(one);
  }
  if (!who) return std::move(who).error();
  return std::make_shared<const identity::Caller>(*std::move(who));
}

Status BrowserGate::CheckTransport(const http::RequestHead& head) const {
  if (Secure(head)) return Ok();
  const auto host = http::ParseOrigin("http://" + std::string(head.headers.Get("Host")));
  if (host && http::IsLoopbackName(host->host)) return Ok();
  return Error(Code::kPermissionDenied,
               "Signing in needs https, or a browser on the server's own host. Give the server a "
               "certificate (--tls-certificate), or name the https address of a proxy in front of "
               "it (--public-url).",
               "SecureTransportRequired");
}

Status BrowserGate::CheckNavigation(const http::RequestHead& head) const {
  if (!AtOwnHost(head)) return CrossOrigin("This is not the address of the console.");
  return CheckTransport(head);
}

std::string BrowserGate::MakeCookie(const http::RequestHead& head, const std::string& name,
                                    std::string_view value, Duration life) const {
  const auto seconds =
      value.empty() ? 0 : std::chrono::duration_cast<std::chrono::seconds>(life).count();
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", name, value, seconds,
                     Secure(head) ? "; Secure" : "");
}

std::string BrowserGate::CookieFor(const http::RequestHead& head, std::string_view secret,
                                   Duration life) const {
  return MakeCookie(head, std::string(CookieName(head)), secret, life);
}

std::string BrowserGate::StateCookieFor(const http::RequestHead& head, std::string_view value,
                                        Duration life) const {
  return MakeCookie(head, std::string(CookieName(head)) + std::string(kOfState), value, life);
}

std::vector<std::string> BrowserGate::StatesOf(const http::RequestHead& head) const {
  return http::CookieValues(head.headers, std::string(CookieName(head)) + std::string(kOfState));
}

}  // namespace atelier::api
