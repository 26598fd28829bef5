#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"

namespace atelier::identity {

/// A request as it came, undecoded. Views into the caller's buffers.
struct RequestView {
  std::string_view method;
  std::string_view path;   // as on the request line, without the query
  std::string_view query;  // as on the request line, without the question mark
  const std::vector<std::pair<std::string, std::string>>* headers =
      nullptr;  // as received, in order
  std::string_view body;
  std::string_view source_ip;
  bool tls = false;
};

struct AuthenticatorOptions {
  bool allow_roa_hmac_sha1 = true;  // the older scheme: CLI, Terraform and the PAI SDK need it
  /// Remembered for 30 minutes, about 12 bytes each; full: Unavailable. The default stands 4,600
  /// signed requests a second for ever.
  std::size_t max_nonces = 1U << 23U;
};

/// Verifies signatures: ACS3-HMAC-SHA256, ROA HMAC-SHA1 and, on path "/", RPC query signatures
/// (contract/signing.md). Every refusal is Unauthenticated with the documented gateway code as
/// reason
/// ("SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound", ...) and its message; a full nonce
/// store is Unavailable/ServiceUnavailable. api/errors.cpp gives the HTTP status. No bearer token
/// is ever known, so that scheme always ends in InvalidBearerToken. Threads: one.
class Authenticator {
 public:
  /// `clock` is the real one even in the emulator: clients sign with real dates.
  Authenticator(const IdentityDirectory& directory, Clock& clock, AuthenticatorOptions options);
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  Result<Caller> Verify(const RequestView& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::identity
