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

/// SignatureDoesNotMatch unless one of the candidates of section 3.3 fits.
Status CheckRoaSignature(const RoaAuthorization& authorization, const RequestView& request,
                         const Headers& headers, std::string_view secret);

/// ContentMD5NotMatched: there is a Content-MD5 and the body is not its.
Status CheckRoaBody(const RequestView& request, const Headers& headers);

}  // namespace atelier::identity
