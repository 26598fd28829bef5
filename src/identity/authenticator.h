#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
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
  bool local = false;  // it came from this host, over no network
};

/// What a request's head has shown. Views into its headers.
struct SignedHead {
  enum class Scheme : std::uint8_t { kAcs3, kRoa };

  Scheme scheme{};
  std::string_view key_id;
  std::string_view nonce;       // empty: the scheme lets there be none
  bool type_is_signed = false;  // Content-Type, which a body needs
  WallTime signed_at;
  /// While a copy lives, a request with the same nonce is not let in to wait for its body.
  std::shared_ptr<const void> arriving = nullptr;
};

struct AuthenticatorOptions {
  bool allow_roa_hmac_sha1 = true;  // the older scheme: CLI, Terraform and the PAI SDK need it
  /// Whether a body under the older scheme needs Content-MD5, for nothing else covers it: never,
  /// where it came over a network without TLS, or always.
  enum class Md5 : std::uint8_t { kOptional, kNeededFromAfar, kNeeded };
  Md5 roa_md5 = Md5::kOptional;
  /// Remembered for 30 minutes, about 12 bytes each; full: Unavailable. The default stands 4,600
  /// signed requests a second for ever.
  std::size_t max_nonces = 1U << 23U;
  /// Where nonces outlive the process; empty: they do not. What cannot be written there is refused:
  /// Unavailable. Read when the Authenticator is made, which may take a second or two.
  std::string nonce_file = {};
  Logger* log = nullptr;  // of that file; outlives the Authenticator
};

/// Verifies signatures: ACS3-HMAC-SHA256, ROA HMAC-SHA1 and, on path "/", RPC query signatures
/// (docs/contract/signing.md). Every refusal is Unauthenticated with the documented gateway code as
/// reason
/// ("SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound", ...) and its message; a full nonce
/// store is Unavailable/ServiceUnavailable. api/errors.cpp gives the HTTP status. No bearer token
/// is ever known, so that scheme always ends in InvalidBearerToken. Threads: one, which may read
/// the directory; each further one has its own (ForAnotherThread).
class Authenticator {
 public:
  /// `clock` is the workshop's, by which keys expire; `real_clock` is for dates of signatures and
  /// nonces. They differ in the emulator only: tests turn the one, clients sign with real dates.
  Authenticator(const IdentityDirectory& directory, Clock& clock, Clock& real_clock,
                AuthenticatorOptions options);
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  /// One for another thread: a nonce that either has taken is used for both. It knows of the heads
  /// that CheckHead let in here as little as this of those there.
  std::unique_ptr<Authenticator> ForAnotherThread() const;

  /// Whether Verify would take the request, good or not, for an RPC style one: its signature covers
  /// the parameters and no header, so that no header may choose what it asks for.
  static bool SignsParametersOnly(const RequestView& request);
  /// Likewise for one whose signature covers Host.
  static bool SignsHost(const RequestView& request);
  /// Likewise for one whose signature takes values of one name as one value with commas.
  static bool JoinsRepeated(const RequestView& request);

  /// Everything that the head alone decides, so that nobody without a key makes the server wait for
  /// a body. `request.body` is not looked at and the nonce is not taken: Admit still has to pass.
  /// But of the requests with one nonce only one at a time passes here (SignatureNonceUsed), of
  /// those with none and the same signature four (Throttling.User): who has seen a head cannot fill
  /// its owner's places with copies of it. A body that never comes uses up no nonce, for then a
  /// copy that comes first would shut out the request itself. RPC style requests, whose signature
  /// may be in the body, are refused.
  Result<SignedHead> CheckHead(const RequestView& request);
  /// The rest, for a `request` whose head CheckHead has passed: the body is the one that was
  /// signed, the nonce is fresh; and what may have changed while the body arrived: the key is still
  /// good, its owner still there, the signature not too old.
  Result<CallerPtr> Admit(const SignedHead& head, const RequestView& request);
  /// Both, for a request that is there as a whole; RPC style ones too.
  Result<CallerPtr> Verify(const RequestView& request);
  /// Why no signed request is accepted, after another try; empty: they are.
  std::string WhyNot();
  /// How many signed requests are remembered, so that none works twice.
  std::size_t nonces() const;

 private:
  struct Impl;
  explicit Authenticator(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::identity
