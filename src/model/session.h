#pragma once
#include <cstdint>
#include <string>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "model/ids.h"

namespace atelier::model {

/// How somebody showed who they are.
enum class SignInMethod : std::uint8_t { Link, Password, Oidc };
BOOST_DESCRIBE_ENUM(SignInMethod, Link, Password, Oidc)

/// A browser that somebody has signed in with. Record key: its id.
struct Session {
  std::string id;  // hex SHA-256 of what the browser holds
  UserId user;
  /// The access key that vouched for it, and with which it ends; empty: another method.
  std::string key;
  SignInMethod method{};
  WallTime made;
  WallTime seen;        // last used, to some minutes
  WallTime ends;        // whatever its use
  std::string address;  // of the peer that signed in
  std::string agent;    // User-Agent, cut
};
BOOST_DESCRIBE_STRUCT(Session, (), (id, user, key, method, made, seen, ends, address, agent))

}  // namespace atelier::model
