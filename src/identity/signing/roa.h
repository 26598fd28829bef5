#pragma once
#include <string_view>

#include "base/result.h"
#include "identity/authenticator.h"
#include "identity/signing/headers.h"

namespace atelier::identity {

/// The older ROA signature, HMAC-SHA1 (contract/signing.md section 3).
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

/// ContentMD5NotMatched: there is a Content-MD5 and the body is not its. SignatureDoesNotMatch:
/// there is a body whose Content-Type is not signed.
Status CheckRoaBody(const RequestView& request, const Headers& headers, bool type_is_signed);

}  // namespace atelier::identity
