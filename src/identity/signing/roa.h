#pragma once
#include <string_view>

#include "base/result.h"
#include "identity/authenticator.h"
#include "identity/signing/headers.h"

namespace atelier::identity {

/// The older ROA signature, HMAC-SHA1 (docs/contract/signing.md section 3).
struct RoaAuthorization {
  std::string_view key_id;
  std::string_view signature;
};

/// Views into `value`. IncompleteSignature.
Result<RoaAuthorization> ParseRoaAuthorization(std::string_view value);

/// SignatureDoesNotMatch unless one of the candidates of section 3.3 fits. False: the one that fits
/// leaves out the Content-Type that was sent, as some clients do where there is no body.
Result<bool> CheckRoaSignature(const RoaAuthorization& authorization, const RequestView& request,
                               const Headers& headers, std::string_view secret);

/// The query is signed decoded, so "a=1%26b%3D2" and "a=1&b=2" have one signature.
/// IncompleteSignature: a name or a value holds what may be another parameter.
Status CheckRoaBorders(std::string_view query);

/// ContentMD5NotMatched: there is a Content-MD5 and the body is not its. SignatureDoesNotMatch:
/// there is none, and the Content-Type that is signed tells of a body that is not there, or does
/// not tell of one that is: clients without a body sign no Content-Type, or one of no meaning.
/// IncompleteSignature: there is none and a body, and `needs_md5`.
Status CheckRoaBody(const RequestView& request, const Headers& headers, bool type_is_signed,
                    bool needs_md5);

}  // namespace atelier::identity
