#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "api/api.h"
#include "api/browser/browser_gate.h"
#include "api/browser/growing_wait.h"
#include "api/browser/oidc_provider.h"
#include "api/browser/oidc_states.h"
#include "api/framework/params.h"
#include "api/wire/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/task.h"
#include "http/message.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"
#include "identity/passwords.h"
#include "identity/sessions.h"

namespace atelier::api {

/// How often what anybody can do wrong may be done from one network: ten times, then once in six
/// seconds. Who does it right is not counted. Threads: one.
class FailureLimit {
 public:
  explicit FailureLimit(const Clock& clock) : clock_(clock) {}
  /// Counts a failure. False: there were too many.
  bool Count(std::string_view network);

 private:
  /// Told apart; when there are more, all begin anew.
  static constexpr std::size_t kMaxNetworks = 10'000;

  const Clock& clock_;
  /// When the last failure that counts will be forgotten. No hash: strangers could make theirs
  /// collide.
  std::map<std::string, MonoTime, std::less<>> until_;
};

/// The way in for browsers (docs/api.md): `POST /atelier/v1/sign-in`, `GET /atelier/v1/session`,
/// `POST /atelier/v1/sign-out`, and where an OpenID provider sends the browser back to
/// (`GET /atelier/v1/sign-in/callback`). They are no operations: who asks is not known, and what is
/// answered is a cookie. Every attempt leaves an audit record, of those that fail one a second.
/// Threads: the I/O thread.
class SignIn {
 public:
  /// All outlive this. `clock`: the real one.
  SignIn(const Services& services, const BrowserGate& gate, const Options& options);
  /// PermissionDenied/SharedOrigin: nobody signs in here.
  static Status CheckOrigin(bool open);

  static bool Owns(std::string_view path);

  static bool TakesBody(std::string_view path);
  /// Before the body is read. NotFound/InvalidAction.NotFound: another method;
  /// PermissionDenied/CrossOriginRequest or SecureTransportRequired (BrowserGate).
  Status Check(const http::RequestHead& head) const;

  struct Request {
    const http::RequestHead& head;
    const std::string& request_id;
    std::string body;
    identity::CallerPtr& caller;  // gets whoever it turns out to be
  };
  /// Of one that has passed Check. Unauthenticated/SignInFailed; ResourceExhausted/Throttling.User:
  /// too many have failed; InvalidArgument: the body is none; Unimplemented: a way that is off;
  /// Unavailable/ProviderUnavailable; and the store's.
  Task<Result<http::Response>> Answer(Request request);

 private:
  Task<Result<http::Response>> Open(const Request& request);
  /// By whichever way it asks for.
  Task<Result<identity::Sessions::Opened>> Admit(const Request& request, wire::SignInRequest asked);
  Task<Result<http::Response>> Close(const Request& request);
  /// Sends the browser to the provider: the first half of a sign-in by it.
  Task<Result<http::Response>> BeginAtProvider(const Request& request, std::string next);
  /// And the second: it leads to a page of the console whatever comes of it.
  Task<Result<http::Response>> Return(const Request& request);
  Task<Result<identity::Sessions::Opened>> AdmitByProvider(const Request& request,
                                                           const RawParams& answer,
                                                           OidcStates::Begun begun);
  /// The one before ends, and the cookie of this one is set.
  Task<void> Enter(const Request& request, const identity::Sessions::Opened& opened,
                   http::Response& response);
  Task<void> RecordRefusal(const Request& request);
  /// Where the provider sends the browser: of `public_url` alone, never of a request's Host.
  std::string RedirectUri() const;
  http::Response Show(const Request& request);
  http::Response Who(const Request& request, const model::Session& session) const;
  Task<Error> Refuse(const Request& request, Error error, bool by_ticket);
  model::Actor ActorOf(const Request& request, std::string operation) const;

  identity::Sessions& sessions_;
  const identity::IdentityDirectory& identities_;
  identity::Passwords& passwords_;
  const BrowserGate& gate_;
  identity::IdentityService& identity_;
  const Clock& clock_;
  Logger& log_;
  const Options& options_;
  OidcStates states_;
  OidcProvider provider_;
  FailureLimit failures_{clock_};
  GrowingWait names_{clock_};     // passwords tried, by login name
  GrowingWait networks_{clock_};  // and by network
  MonoTime next_record_{};        // of a failure
  MonoTime next_line_{};          // that the provider is away
};

}  // namespace atelier::api
