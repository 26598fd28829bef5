#include "identity/authenticator.h"

#include <optional>
#include <unordered_map>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "identity/signing/acs3.h"
#include "identity/signing/headers.h"
#include "identity/signing/http_date.h"
#include "identity/signing/roa.h"
#include "identity/signing/rpc.h"
#include "identity/signing/used_nonces.h"
#include "identity/signing/verdict.h"

namespace atelier::identity {

namespace {

constexpr std::chrono::minutes kWindow{15};
constexpr std::size_t kMaxCallers = 4096;  // that are remembered
constexpr int kMaxTwins = 4;  // requests without a nonce that are alike and still arriving

using Name = Headers::Name;

bool IsAcs3(std::string_view authorization) { return authorization.starts_with("ACS3-"); }
bool IsRoa(std::string_view authorization) { return StartsWithIgnoreCase(authorization, "acs "); }

Error TokenMismatch() {
  return Refusal("InvalidSecurityToken.MismatchWithAccessKey",
                 "Specified security token does not belong to the specified access key.");
}

Error KeyNotFound() {
  return Refusal("InvalidAccessKeyId.NotFound", "Specified access key is not found.");
}

/// nullopt: the identity was deleted since.
std::optional<Caller> MakeCaller(const KeyEntry& entry, const IdentityDirectory& directory,
                                 const RequestView& request) {
  const model::AccessKey& key = entry.key;
  std::optional<Caller> caller = CallerOf(directory, UserOf(key));
  if (!caller) return std::nullopt;
  caller->access_key_id = key.id;
  caller->session_policy = key.session_policy;
  caller->source_ip = request.source_ip;
  caller->secure_transport = request.tls;
  return caller;
}

}  // namespace

struct Authenticator::Impl {
  Impl(const IdentityDirectory& d, Clock& c, Clock& real, AuthenticatorOptions o)
      : directory(d),
        clock(c),
        real_clock(real),
        options(std::move(o)),
        nonces(std::make_shared<UsedNonces>(options.max_nonces, options.nonce_file, real_clock,
                                            options.log)) {}
  explicit Impl(const Impl& first)
      : directory(first.directory),
        clock(first.clock),
        real_clock(first.real_clock),
        options(first.options),
        nonces(first.nonces) {}

  enum class Scheme : std::uint8_t { kAcs3, kRoa, kRpc };
  struct Checked {
    SignedHead head;
    const KeyEntry* entry = nullptr;
  };

  static Result<Scheme> SchemeOf(const RequestView& request, const Headers& headers);
  Result<Checked> CheckAcs3Head(const RequestView& request, const Headers& headers) const;
  Result<Checked> CheckRoaHead(const RequestView& request, const Headers& headers) const;
  Result<Checked> CheckHead(Scheme scheme, const RequestView& request,
                            const Headers& headers) const {
    return scheme == Scheme::kAcs3 ? CheckAcs3Head(request, headers)
                                   : CheckRoaHead(request, headers);
  }
  Result<CallerPtr> Finish(const Checked& checked, const RequestView& request,
                           const Headers& headers);
  Result<CallerPtr> VerifyRpc(const RequestView& request);
  Result<CallerPtr> CallerFor(const KeyEntry& entry, const RequestView& request);

  Result<const KeyEntry*> FindUsableKey(std::string_view id) const;
  Status CheckTime(std::optional<WallTime> signed_at) const;
  Status CheckToken(const KeyEntry& entry, std::optional<std::string_view> token) const;
  Status CheckTokenHeaders(const KeyEntry& entry, const Headers& headers) const;
  bool NeedsMd5(const RequestView& request) const {
    using Md5 = AuthenticatorOptions::Md5;
    const bool from_afar = !request.tls && !request.local;
    return options.roa_md5 == Md5::kNeeded ||
           (options.roa_md5 == Md5::kNeededFromAfar && from_afar);
  }
  Status Remember(std::string_view key_id, std::string_view nonce, WallTime signed_at) {
    return nonces->Use(UseOf(key_id, nonce, signed_at), key_id);
  }
  Result<std::shared_ptr<const void>> Reserve(const SignedHead& head, const Headers& headers) const;

  const IdentityDirectory& directory;
  Clock& clock;
  Clock& real_clock;
  AuthenticatorOptions options;
  const std::shared_ptr<UsedNonces> nonces;  // shared: with those of other threads
  /// Who came last with each key; of one state of the directory, which the addresses are of, too.
  std::unordered_map<const KeyEntry*, CallerPtr> callers;
  std::uint64_t callers_of = 0;
  /// How many requests are waiting for their bodies, by nonce.
  using Arriving = std::unordered_map<std::uint64_t, int>;
  const std::shared_ptr<Arriving> arriving = std::make_shared<Arriving>();
};

/// Tells the schemes apart in the order of docs/contract/signing.md section 1.1.
Result<Authenticator::Impl::Scheme> Authenticator::Impl::SchemeOf(const RequestView& request,
                                                                  const Headers& headers) {
  if (request.query.size() > kMaxQueryBytes) {
    return IncompleteSignature("the query is longer than 64 KiB");
  }
  // Of two, one reader may take the first and another the last.
  for (const auto& [name, text] :
       {std::pair(Name::kHost, "host"), std::pair(Name::kContentType, "content-type"),
        std::pair(Name::kAction, "x-acs-action"), std::pair(Name::kVersion, "x-acs-version")}) {
    if (headers.Count(name) > 1)
      return IncompleteSignature(std::string("the header ") + text + " is there twice");
  }
  const std::optional<std::string_view> authorization = headers.Find(Name::kAuthorization);
  const bool bearer = headers.Count(Name::kBearerToken) > 0;
  const bool rpc = LooksLikeRpc(request);
  if (int{authorization.has_value()} + int{bearer} + int{rpc} > 1 ||
      headers.Count(Name::kAuthorization) > 1) {
    return IncompleteSignature("the request carries credentials of more than one kind");
  }
  if (authorization) {
    if (IsAcs3(*authorization)) return Scheme::kAcs3;
    if (IsRoa(*authorization)) return Scheme::kRoa;
    return IncompleteSignature("the Authorization header is of no known scheme");
  }
  if (rpc) {
    if (request.path == "/") return Scheme::kRpc;
    return IncompleteSignature("a Signature parameter is accepted on the path / only");
  }
  if (bearer) return Refusal("InvalidBearerToken", "The bearer token is not known or has expired.");
  if (headers.Count(Name::kIdToken) > 0) return InvalidSignatureMethod();
  return Refusal("MissingAccessKeyId", "AccessKeyId is mandatory for this action.");
}

/// Steps 1 to 6 of docs/contract/signing.md section 2.3.
Result<Authenticator::Impl::Checked> Authenticator::Impl::CheckAcs3Head(
    const RequestView& request, const Headers& headers) const {
  ATELIER_TRY(const Acs3Authorization parsed,
              ParseAcs3Authorization(headers.Get(Name::kAuthorization)));
  ATELIER_TRY(const KeyEntry* entry, FindUsableKey(parsed.credential));
  const auto signed_at = ParseSignatureDate(headers.Get(Name::kXAcsDate));
  ATELIER_RETURN_IF_ERROR(CheckTime(signed_at));
  ATELIER_RETURN_IF_ERROR(CheckTokenHeaders(*entry, headers));
  ATELIER_RETURN_IF_ERROR(CheckAcs3SignedHeaders(parsed, headers));
  ATELIER_RETURN_IF_ERROR(CheckAcs3Signature(parsed, request, headers, entry->acs3));
  return Checked{.head = {.scheme = SignedHead::Scheme::kAcs3,
                          .key_id = parsed.credential,
                          .nonce = headers.Get(Name::kSignatureNonce),
                          .type_is_signed = SignsHeader(parsed, Name::kContentType),
                          .signed_at = *signed_at},
                 .entry = entry};
}

/// Section 3.5, all but the body. The nonce is optional here: two clients send none.
Result<Authenticator::Impl::Checked> Authenticator::Impl::CheckRoaHead(
    const RequestView& request, const Headers& headers) const {
  if (!options.allow_roa_hmac_sha1) return InvalidSignatureMethod();
  // It need not cover a body, and on this path a form would choose the action.
  if (request.path == "/")
    return IncompleteSignature("the path / takes ACS3 and RPC signatures only");
  const auto method = headers.Find(Name::kSignatureMethod);
  if (method && *method != "HMAC-SHA1") return InvalidSignatureMethod();
  ATELIER_TRY(const RoaAuthorization parsed,
              ParseRoaAuthorization(headers.Get(Name::kAuthorization)));
  ATELIER_TRY(const KeyEntry* entry, FindUsableKey(parsed.key_id));
  const auto signed_at = ParseHttpDate(headers.Get(Name::kDate));
  ATELIER_RETURN_IF_ERROR(CheckTime(signed_at));
  ATELIER_RETURN_IF_ERROR(CheckTokenHeaders(*entry, headers));
  const std::string_view nonce = headers.Get(Name::kSignatureNonce);
  if (nonce.size() > kMaxNonceBytes) return IncompleteSignature("the nonce is too long");
  ATELIER_TRY(const bool type_is_signed,
              CheckRoaSignature(parsed, request, headers, entry->secret));
  return Checked{.head = {.scheme = SignedHead::Scheme::kRoa,
                          .key_id = parsed.key_id,
                          .nonce = nonce,
                          .type_is_signed = type_is_signed,
                          .signed_at = *signed_at},
                 .entry = entry};
}

/// Steps 7 and 8 of section 2.3, and what is like them of section 3.5.
Result<CallerPtr> Authenticator::Impl::Finish(const Checked& checked, const RequestView& request,
                                              const Headers& headers) {
  const SignedHead& head = checked.head;
  const bool acs3 = head.scheme == SignedHead::Scheme::kAcs3;
  ATELIER_RETURN_IF_ERROR(
      acs3 ? CheckAcs3Body(request, headers, head.type_is_signed)
           : CheckRoaBody(request, headers, head.type_is_signed, NeedsMd5(request)));
  if (acs3 || !head.nonce.empty())
    ATELIER_RETURN_IF_ERROR(Remember(head.key_id, head.nonce, head.signed_at));
  // After the nonce: what is refused here would pass with its query split in another way.
  if (!acs3) ATELIER_RETURN_IF_ERROR(CheckRoaBorders(request.query));
  return CallerFor(*checked.entry, request);
}

/// Made anew whenever anything about identities has changed, or the key comes from elsewhere.
Result<CallerPtr> Authenticator::Impl::CallerFor(const KeyEntry& entry,
                                                 const RequestView& request) {
  if (callers_of != directory.version() || callers.size() >= kMaxCallers) callers.clear();
  callers_of = directory.version();
  CallerPtr& known = callers[&entry];
  if (known != nullptr && known->source_ip == request.source_ip &&
      known->secure_transport == request.tls)
    return known;
  auto caller = MakeCaller(entry, directory, request);
  if (!caller) return KeyNotFound();
  known = std::make_shared<const Caller>(*std::move(caller));
  return known;
}

/// Section 4.
Result<CallerPtr> Authenticator::Impl::VerifyRpc(const RequestView& request) {
  ATELIER_TRY(const RpcParameters parameters, RpcParameters::Parse(request));
  if (parameters.Get("SignatureMethod") != "HMAC-SHA1") return InvalidSignatureMethod();
  const std::string_view key_id = parameters.Get("AccessKeyId");
  if (key_id.empty()) {
    return Refusal("MissingAccessKeyId", "AccessKeyId is mandatory for this action.");
  }
  ATELIER_TRY(const KeyEntry* entry, FindUsableKey(key_id));
  const auto signed_at = ParseSignatureDate(parameters.Get("Timestamp"));
  ATELIER_RETURN_IF_ERROR(CheckTime(signed_at));
  ATELIER_RETURN_IF_ERROR(CheckToken(*entry, parameters.Has("SecurityToken")
                                                 ? std::optional(parameters.Get("SecurityToken"))
                                                 : std::nullopt));
  const std::string_view nonce = parameters.Get("SignatureNonce");
  if (nonce.empty() || nonce.size() > kMaxNonceBytes) {
    return IncompleteSignature("SignatureNonce must have 1 to 128 characters");
  }
  // Headers are outside this signature: clients repeat the names there, nobody may change them.
  const Headers headers(request.headers);
  for (const auto& [header, parameter] :
       {std::pair("x-acs-action", "Action"), std::pair("x-acs-version", "Version")}) {
    const auto value = headers.Find(header);
    if (value && *value != parameters.Get(parameter))
      return IncompleteSignature("the header " + std::string(header) + " is not what is signed");
  }
  ATELIER_RETURN_IF_ERROR(parameters.CheckSignature(request.method, entry->secret));
  ATELIER_RETURN_IF_ERROR(Remember(key_id, nonce, *signed_at));
  return CallerFor(*entry, request);
}

Result<const KeyEntry*> Authenticator::Impl::FindUsableKey(std::string_view id) const {
  const KeyEntry* entry = directory.FindKey(id);
  if (entry == nullptr) return KeyNotFound();
  if (entry->key.state != model::KeyState::Active) {
    return Refusal("InvalidAccessKeyId.Inactive", "Specified access key is disabled.");
  }
  return entry;
}

Status Authenticator::Impl::CheckTime(std::optional<WallTime> signed_at) const {
  if (!signed_at) {
    return Refusal("InvalidTimeStamp.Format",
                   "Specified time stamp or date value is not well formatted.");
  }
  if (std::chrono::abs(real_clock.Wall() - *signed_at) > kWindow) {
    return Refusal("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
  }
  return Ok();
}

Status Authenticator::Impl::CheckTokenHeaders(const KeyEntry& entry, const Headers& headers) const {
  const auto key_id = headers.Find(Name::kAccessKeyId);
  if (key_id && *key_id != entry.key.id) return TokenMismatch();
  return CheckToken(entry, headers.Find(Name::kSecurityToken));
}

Status Authenticator::Impl::CheckToken(const KeyEntry& entry,
                                       std::optional<std::string_view> token) const {
  const model::AccessKey& key = entry.key;
  if (!key.expires) {
    if (token && !token->empty()) return TokenMismatch();
    return Ok();
  }
  if (!token || token->empty()) {
    return Refusal("MissingSecurityToken",
                   "SecurityToken is mandatory for a temporary access key.");
  }
  const std::string hash = Hex(Sha256(*token));
  if (!ConstantTimeEqual(hash, key.token_hash)) {
    if (directory.FindKeyByToken(hash) != nullptr) return TokenMismatch();
    return Refusal("InvalidSecurityToken.Malformed", "Specified security token is malformed.");
  }
  if (SessionIsOver(directory, key, clock.Wall())) {
    return Refusal("InvalidSecurityToken.Expired", "Specified security token is expired.");
  }
  return Ok();
}

Result<std::shared_ptr<const void>> Authenticator::Impl::Reserve(const SignedHead& head,
                                                                 const Headers& headers) const {
  const bool has_nonce = !head.nonce.empty();
  // Without a nonce, what was signed in one second may be sent more than once with good reason.
  const NonceUse use = UseOf(
      head.key_id, has_nonce ? head.nonce : headers.Get(Name::kAuthorization), head.signed_at);
  if (has_nonce) ATELIER_RETURN_IF_ERROR(nonces->Check(use));
  int& count = (*arriving)[use.hash];
  if (count >= (has_nonce ? 1 : kMaxTwins)) {
    if (has_nonce)
      return Refusal("SignatureNonceUsed",
                     "Specified signature nonce is used by a request that is still arriving.");
    return Error(Code::kResourceExhausted, "Request was denied due to user flow control.",
                 "Throttling.User");
  }
  ++count;
  return std::shared_ptr<const void>(nullptr, [all = arriving, hash = use.hash](const void*) {
    if (--(*all)[hash] == 0) all->erase(hash);
  });
}

Authenticator::Authenticator(const IdentityDirectory& directory, Clock& clock, Clock& real_clock,
                             AuthenticatorOptions options)
    : impl_(std::make_unique<Impl>(directory, clock, real_clock, std::move(options))) {}

Authenticator::Authenticator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Authenticator::~Authenticator() = default;

std::unique_ptr<Authenticator> Authenticator::ForAnotherThread() const {
  // The constructor is nobody else's.
  return std::unique_ptr<Authenticator>(new Authenticator(std::make_unique<Impl>(*impl_)));
}

bool Authenticator::SignsParametersOnly(const RequestView& request) {
  return LooksLikeRpc(request);
}

bool Authenticator::SignsHost(const RequestView& request) {
  return IsAcs3(Headers::GetOne(request.headers, "authorization"));
}

bool Authenticator::JoinsRepeated(const RequestView& request) {
  return IsRoa(Headers::GetOne(request.headers, "authorization"));
}

Result<SignedHead> Authenticator::CheckHead(const RequestView& request) {
  const Headers headers(request.headers);
  ATELIER_TRY(const auto scheme, Impl::SchemeOf(request, headers));
  // Its signature covers no other body than a form, and a form may hold it.
  if (scheme == Impl::Scheme::kRpc) return IncompleteSignature("the body must be a form");
  ATELIER_TRY(auto checked, impl_->CheckHead(scheme, request, headers));
  ATELIER_RETURN_IF_ERROR(impl_->CallerFor(*checked.entry, request));
  ATELIER_TRY(checked.head.arriving, impl_->Reserve(checked.head, headers));
  return std::move(checked.head);
}

Result<CallerPtr> Authenticator::Admit(const SignedHead& head, const RequestView& request) {
  const Headers headers(request.headers);
  // Again, now that the body is there: it may be a form that is signed itself.
  ATELIER_RETURN_IF_ERROR(Impl::SchemeOf(request, headers));
  ATELIER_TRY(const KeyEntry* entry, impl_->FindUsableKey(head.key_id));
  ATELIER_RETURN_IF_ERROR(impl_->CheckTime(head.signed_at));
  ATELIER_RETURN_IF_ERROR(impl_->CheckTokenHeaders(*entry, headers));
  return impl_->Finish({.head = head, .entry = entry}, request, headers);
}

Result<CallerPtr> Authenticator::Verify(const RequestView& request) {
  const Headers headers(request.headers);
  ATELIER_TRY(const auto scheme, Impl::SchemeOf(request, headers));
  if (scheme == Impl::Scheme::kRpc) return impl_->VerifyRpc(request);
  ATELIER_TRY(const auto checked, impl_->CheckHead(scheme, request, headers));
  return impl_->Finish(checked, request, headers);
}

std::size_t Authenticator::nonces() const { return impl_->nonces->size(); }

std::string Authenticator::WhyNot() { return impl_->nonces->WhyNot(); }

}  // namespace atelier::identity
