#include "identity/signing/verdict.h"

#include <algorithm>

namespace atelier::identity {

Error Refusal(std::string reason, std::string message) {
  return {Code::kUnauthenticated, std::move(message), std::move(reason)};
}

Error IncompleteSignature(std::string_view detail) {
  return Refusal(
      "IncompleteSignature",
      "The request signature does not conform to Aliyun standards: " + std::string(detail) + ".");
}

Error InvalidSignatureMethod() {
  return Refusal("InvalidSignatureMethod", "signature method not supported");
}

Error OldSchemeMismatch(std::string_view string_to_sign) {
  return Refusal(
      "SignatureDoesNotMatch",
      "Specified signature is not matched with our calculation. server string to sign is:" +
          std::string(string_to_sign));
}

bool IsKeyId(std::string_view text) {
  static constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-";
  return !text.empty() && text.size() <= 128 &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace atelier::identity
