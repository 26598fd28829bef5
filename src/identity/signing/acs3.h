#pragma once
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "base/digest.h"
#include "base/result.h"
#include "identity/authenticator.h"
#include "identity/signing/headers.h"

namespace atelier::identity {

/// ACS3-HMAC-SHA256 (docs/contract/signing.md section 2).
struct Acs3Authorization {
  /// A name of signed_headers.
  struct Signed {
    std::string_view text;
    Headers::Name name = Headers::Name::kOther;
  };
  std::string_view credential;
  std::string_view signed_headers;  // as sent
  boost::container::small_vector<Signed, 16> names;
  std::string_view signature;
};

/// Views into `value`. IncompleteSignature, InvalidSignatureMethod.
Result<Acs3Authorization> ParseAcs3Authorization(std::string_view value);

/// In any letter case.
bool SignsHeader(const Acs3Authorization& authorization, std::string_view header);
bool SignsHeader(const Acs3Authorization& authorization, Headers::Name header);

/// Step 5 of section 2.3: everything that must be signed is named, everything named is there. What
/// a body adds to that is CheckAcs3Body's.
Status CheckAcs3SignedHeaders(const Acs3Authorization& authorization, const Headers& headers);

/// Step 6: SignatureDoesNotMatch unless one of the candidates of section 2.4 fits.
Status CheckAcs3Signature(const Acs3Authorization& authorization, const RequestView& request,
                          const Headers& headers, const HmacSha256Key& key);

/// Step 7: the body is the one that was signed. The type of a body, if one is given, must be signed
/// too.
Status CheckAcs3Body(const RequestView& request, const Headers& headers, bool type_is_signed);

// The pieces that the signer shares.
struct Acs3Parts {
  std::string_view method;
  std::string_view uri;
  std::string_view query;         // canonical
  std::string_view header_lines;  // each ends in LF
  std::string_view signed_headers;
  std::string_view payload_hash;
};
std::string Acs3CanonicalRequest(const Acs3Parts& parts);
std::string Acs3StringToSign(std::string_view canonical_request);
std::string Acs3Signature(std::string_view secret, std::string_view string_to_sign);

}  // namespace atelier::identity
