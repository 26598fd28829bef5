#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/result.h"
#include "identity/authenticator.h"

namespace atelier::identity {

/// The RPC query signature, HMAC-SHA1 (docs/contract/signing.md section 4).
class RpcParameters {
 public:
  /// Of query and form body. IncompleteSignature: a parameter twice, a body that is no form.
  static Result<RpcParameters> Parse(const RequestView& request);

  /// Empty when absent.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  /// SignatureDoesNotMatch unless one of the two forms fits: empty values signed, or an empty
  /// SignatureType left out.
  Status CheckSignature(std::string_view method, std::string_view secret) const;

 private:
  const NameValue* Find(std::string_view name) const;
  std::vector<NameValue> sorted_;
};

/// True if query or form body holds a parameter `Signature`.
bool LooksLikeRpc(const RequestView& request);

}  // namespace atelier::identity
