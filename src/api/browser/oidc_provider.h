#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/api.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "http/client.h"
#include "identity/id_token.h"

namespace atelier::api {

/// What a discovery document says.
struct OidcEndpoints {
  std::string authorization;
  std::string token;
  std::string keys;
  bool names_issuer = false;  // in its answers by redirect (RFC 9207)
  bool basic = true;          // takes the secret in Authorization
};

/// The OpenID provider as the server sees it: its discovery document and its keys, kept for an
/// hour, and its token endpoint. One that is away is asked again after a second at the earliest.
/// Each call has ten seconds and 256 KiB; redirects are not followed. What is asked for with
/// http:// is on this host. Threads: the I/O thread.
///
/// Errors: Unavailable/ProviderUnavailable: it does not answer, or not as OpenID Connect says.
/// Unauthenticated/SignInFailed: it does not vouch for the user. Messages are for the operator.
class OidcProvider {
 public:
  /// All outlive this. `clock`: the real one.
  OidcProvider(http::Client* client, const Clock& clock, const Oidc& options)
      : client_(client), clock_(clock), options_(options) {}

  Task<Result<OidcEndpoints>> Discover();

  /// What goes with the code.
  struct Redemption {
    std::string code;
    std::string redirect_uri;
    std::string verifier;
    std::string nonce;
  };
  Task<Result<identity::IdToken>> Redeem(Redemption redemption);

 private:
  Task<Result<std::string>> Fetch(std::string url, std::optional<std::string> form,
                                  std::string authorization);
  Task<Result<std::string>> AskForToken(const OidcEndpoints& endpoints,
                                        const Redemption& redemption);
  Task<Status> ReadKeys(std::string url);
  bool MayReadKeys();
  Task<Result<OidcEndpoints>> ReadEndpoints();

  http::Client* client_;
  const Clock& clock_;
  const Oidc& options_;
  std::optional<Result<OidcEndpoints>> endpoints_;  // what came of asking last
  MonoTime endpoints_until_{};
  std::optional<identity::ProviderKeys> keys_;
  MonoTime keys_until_{};
  MonoTime reads_since_{};  // of keys, for want of one
  int reads_ = 0;
  int under_way_ = 0;
};

/// Whether `url` may be asked with what nobody else may see: https, or this very host.
bool IsProviderUrl(std::string_view url);

}  // namespace atelier::api
