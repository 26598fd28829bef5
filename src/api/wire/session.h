#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace atelier::api::wire {

struct Session {
  std::string SessionId;
  std::string UserId;
  std::string UserName;
  std::string Method;         // Link, Password, Oidc
  std::string GmtCreateTime;  // of the sign-in
  std::string LastUsedTime;   // to some minutes
  std::string ExpiresAt;      // whatever its use
  std::string SourceIp;       // of the sign-in
  std::string UserAgent;      // as the browser says
  bool Current;               // the one that asks
};
BOOST_DESCRIBE_STRUCT(Session, (),
                      (SessionId, UserId, UserName, Method, GmtCreateTime, LastUsedTime, ExpiresAt,
                       SourceIp, UserAgent, Current))

struct ListSessionsAnswer {
  std::vector<Session> Sessions;  // the newest first
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(ListSessionsAnswer, (), (Sessions, TotalCount))

struct CreateSignInLinkRequest {
  std::optional<std::string> UserId;
};
BOOST_DESCRIBE_STRUCT(CreateSignInLinkRequest, (), (UserId))

struct CreateSignInLinkAnswer {
  std::string Url;     // empty: the request names no host
  std::string Ticket;  // what the link ends with
  std::string ExpiresAt;
};
BOOST_DESCRIBE_STRUCT(CreateSignInLinkAnswer, (), (Url, Ticket, ExpiresAt))

struct SetUserPasswordRequest {
  std::string Password;
};
BOOST_DESCRIBE_STRUCT(SetUserPasswordRequest, (), (Password))

struct CreateOpenLinkRequest {
  std::optional<std::string> Path;
};
BOOST_DESCRIBE_STRUCT(CreateOpenLinkRequest, (), (Path))

struct CreateOpenLinkAnswer {
  std::string Url;      // empty: the request names no host
  std::string PortUrl;  // for who cannot resolve the name in Url; else the same
  std::string ExpiresAt;
};
BOOST_DESCRIBE_STRUCT(CreateOpenLinkAnswer, (), (Url, PortUrl, ExpiresAt))

// The pages of api/browser/sign_in.h.

/// A ticket, or a name and a password, or by the OpenID provider, whatever its name.
struct SignInRequest {
  std::optional<std::string> Ticket;
  std::optional<std::string> UserName;
  std::optional<std::string> Password;
  std::optional<std::string> Provider;
  std::optional<std::string> Next;  // the console's page that they came for
};
BOOST_DESCRIBE_STRUCT(SignInRequest, (), (Ticket, UserName, Password, Provider, Next))

/// Where the browser goes to sign in by the provider.
struct AtProvider {
  std::string RequestId;
  std::string Url;
};
BOOST_DESCRIBE_STRUCT(AtProvider, (), (RequestId, Url))

/// Who is signed in.
struct Who {
  std::string RequestId;
  std::string UserId;
  std::string UserName;  // the login name; of the main account its name
  std::string DisplayName;
  std::string ExpiresAt;
  std::string AppsOrigin;  // Names, Port, Shared: what keeps pages of notebooks from this one
};
BOOST_DESCRIBE_STRUCT(Who, (), (RequestId, UserId, UserName, DisplayName, ExpiresAt, AppsOrigin))

struct Nobody {
  std::string RequestId;
  std::string Code;
  std::string Message;
  std::vector<std::string> SignInMethods;
  std::string ProviderName;  // of the OpenID provider; empty: there is none
  std::string AppsOrigin;
};
BOOST_DESCRIBE_STRUCT(Nobody, (),
                      (RequestId, Code, Message, SignInMethods, ProviderName, AppsOrigin))

}  // namespace atelier::api::wire
