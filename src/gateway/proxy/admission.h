#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "directory/directory.h"
#include "http/message.h"
#include "http/origin.h"
#include "identity/delegation.h"
#include "identity/identity_directory.h"
#include "identity/token_signer.h"

namespace atelier::gateway {

/// Text before the instance id in the name of the gateway's cookies. Cookies of this name belong to
/// the gateway alone: they are neither passed to an instance nor taken from one.
inline constexpr std::string_view kCookiePrefix = "atelier-";

/// Who may pass, and on what ground.
struct Admitted {
  directory::InstancePtr instance;
  identity::TokenClaims claims;
  identity::Origin origin;
  bool by_link = false;  // by ?Token= of this request, not by a cookie
};

/// `?Token=`: the rest of the target, byte for byte, and the token decoded. Empty token: there is
/// none.
struct SplitTarget {
  std::string target;
  std::string token;
};
SplitTarget TakeToken(std::string_view target);

/// Decides who reaches an instance. PermissionDenied for everybody else, whatever the reason, so
/// that a stranger learns nothing, not even which instances exist. `public_url`: where browsers
/// find the server; empty: by the Host of each request.
class Admission {
 public:
  Admission(const directory::InstanceDirectory& instances,
            const identity::IdentityDirectory& identities, const identity::TokenSigner& signer,
            Clock& clock, std::string_view public_url = {})
      : instances_(instances),
        identities_(identities),
        signer_(signer),
        clock_(clock),
        own_origin_(http::ParseOrigin(public_url)) {}

  /// How the gateway's cookie reaches the browser.
  struct Cookies {
    bool secure = false;
    bool own_host = false;  // the instance has a host of its own
  };
  Result<Admitted> Decide(const http::RequestHead& head, const model::InstanceId& id,
                          const std::string& token, Cookies cookies) const;
  /// Whether what let a tunnel in still holds: its time, its issuer's right, the instance itself.
  bool StillHolds(const identity::TokenClaims& claims, const identity::Origin& origin) const;
  const identity::IdentityDirectory& identities() const { return identities_; }
  /// Set-Cookie for the bearer of a link.
  std::string CookieFor(const identity::TokenClaims& link, Duration session, Cookies cookies) const;
  /// Who may open an instance by what they hold, but for where they ask from.
  Result<directory::InstancePtr> Open(const identity::TokenClaims& claims,
                                      const identity::Origin& origin) const;
  WallTime now() const { return clock_.Wall(); }

 private:
  Result<Admitted> Check(const http::RequestHead& head, const model::InstanceId& id,
                         const std::string& token, bool by_link) const;

  const directory::InstanceDirectory& instances_;
  const identity::IdentityDirectory& identities_;
  const identity::TokenSigner& signer_;
  Clock& clock_;
  std::optional<http::WebOrigin> own_origin_;
};

}  // namespace atelier::gateway
