#include "identity/request_signer.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "identity/signing/acs3.h"
#include "identity/signing/canonical.h"

namespace atelier::identity {

std::vector<std::pair<std::string, std::string>> SignAcs3(const SigningInput& input) {
  const std::string payload_hash = Hex(Sha256(input.body));
  std::vector<NameValue> headers;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) headers.emplace_back(name, value);
  };
  if (!input.body.empty()) add("content-type", input.content_type);
  headers.emplace_back("host", input.host);
  if (!input.security_token.empty()) add("x-acs-accesskey-id", input.access_key_id);
  add("x-acs-action", input.action);
  add("x-acs-content-sha256", payload_hash);
  add("x-acs-date", FormatSeconds(input.date));
  add("x-acs-security-token", input.security_token);
  add("x-acs-signature-nonce", input.nonce);
  add("x-acs-version", input.version);
  SortByName(headers);

  std::string lines;
  std::string names;
  for (const auto& [name, value] : headers) {
    lines.append(name).append(1, ':').append(value).append(1, '\n');
    if (!names.empty()) names += ';';
    names += name;
  }
  std::vector<NameValue> query = input.query;
  SortByName(query);
  const std::string canonical_query = EncodeQuery(query);
  const std::string text = Acs3StringToSign(Acs3CanonicalRequest({.method = input.method,
                                                                  .uri = input.path,
                                                                  .query = canonical_query,
                                                                  .header_lines = lines,
                                                                  .signed_headers = names,
                                                                  .payload_hash = payload_hash}));
  std::string authorization = "ACS3-HMAC-SHA256 Credential=";
  authorization.append(input.access_key_id).append(",SignedHeaders=").append(names);
  authorization.append(",Signature=").append(Acs3Signature(input.access_key_secret, text));
  headers.emplace_back("authorization", std::move(authorization));
  return headers;
}

}  // namespace atelier::identity
