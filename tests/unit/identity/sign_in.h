#pragma once
#include <string_view>

#include "identity/authenticator.h"
#include "identity/identity_service.h"
#include "identity/request_signer.h"

namespace atelier::identity {

/// Who a request is from that is signed with `key`, and whether it is let in.
inline Result<CallerPtr> SignIn(Authenticator& authenticator, const NewKey& key, WallTime date,
                                std::string_view nonce) {
  SigningInput input;
  input.access_key_id = key.id;
  input.access_key_secret = key.secret;
  input.security_token = key.security_token;
  input.host = "127.0.0.1";
  input.date = date;
  input.nonce = nonce;
  const auto headers = SignAcs3(input);
  return authenticator.Verify({.method = "GET",
                               .path = "/",
                               .query = "",
                               .headers = &headers,
                               .body = "",
                               .source_ip = "192.0.2.1",
                               .tls = false});
}

}  // namespace atelier::identity
