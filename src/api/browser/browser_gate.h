#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "http/origin.h"
#include "identity/caller.h"
#include "identity/sessions.h"

namespace atelier::api {

/// What lets a request in by the cookie of a session: a browser adds it whoever wrote the page, so
/// the request must also be known to come from a page of the console's own origin
/// (docs/security.md). Threads: the I/O thread.
class BrowserGate {
 public:
  /// `sessions` outlives this. `public_url`: where browsers find the server; empty: it is not said.
  BrowserGate(const identity::Sessions& sessions, std::string_view public_url);

  /// Whether the session decides who asks, and no signature: the request has none, but a session's
  /// cookie or the console's header. Never one from inside an instance.
  bool Owns(const http::RequestHead& head) const;
  /// PermissionDenied/CrossOriginRequest: it is not from a page of ours; `changes`: nor does it
  /// have what a page of another origin cannot send without being allowed to.
  /// PermissionDenied/SecureTransportRequired: the browser came over plain HTTP, and not over its
  /// own host's loopback: a cookie could be read on its way.
  Status CheckPage(const http::RequestHead& head, bool changes) const;
  /// PermissionDenied, likewise: of a page that another site leads to, so whose page it was is not
  /// asked.
  Status CheckNavigation(const http::RequestHead& head) const;
  /// The caller of a request that is from a page of ours. Unauthenticated/InvalidSession: the
  /// browser holds no session, none that lasts, or those of two: one of them was planted.
  Result<identity::CallerPtr> Identify(const http::RequestHead& head) const;

  /// Set-Cookie for a session that lasts so long; of an empty secret: takes the cookie away.
  std::string CookieFor(const http::RequestHead& head, std::string_view secret,
                        Duration life) const;
  /// The same for what ties a sign-in at the OpenID provider to this browser, and its values.
  std::string StateCookieFor(const http::RequestHead& head, std::string_view value,
                             Duration life) const;
  std::vector<std::string> StatesOf(const http::RequestHead& head) const;

 private:
  std::string MakeCookie(const http::RequestHead& head, const std::string& name,
                         std::string_view value, Duration life) const;
  Status CheckTransport(const http::RequestHead& head) const;
  bool AtOwnHost(const http::RequestHead& head) const;
  bool Secure(const http::RequestHead& head) const;
  std::string_view CookieName(const http::RequestHead& head) const;

  const identity::Sessions& sessions_;
  const std::optional<http::WebOrigin> own_;
};

}  // namespace atelier::api
