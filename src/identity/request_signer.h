#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace atelier::identity {

/// A request to sign. Views must live until SignAcs3 returns.
struct SigningInput {
  std::string_view access_key_id;
  std::string_view access_key_secret;
  std::string_view security_token = {};  // temporary keys
  std::string_view method = "GET";
  std::string_view host = {};   // as sent in Host, port included
  std::string_view path = "/";  // as sent on the request line, already encoded
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded
  std::string_view body = {};
  std::string_view content_type = "application/json; charset=utf-8";  // of a body
  std::string_view action = {};
  std::string_view version = {};
  WallTime date = {};
  std::string_view nonce = {};  // fresh for each request, at most 128 characters
};

/// The headers to send, Host and Authorization included, signed with ACS3-HMAC-SHA256
/// (docs/contract/signing.md section 2). Send `EncodeQuery(input.query)` (base/encoding.h) as the
/// query.
std::vector<std::pair<std::string, std::string>> SignAcs3(const SigningInput& input);

}  // namespace atelier::identity
