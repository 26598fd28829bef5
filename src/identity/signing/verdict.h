#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace atelier::identity {

// Refusals of docs/contract/errors.md section 3, with the vendor's wording. All are Unauthenticated
// with the gateway code as reason.

Error Refusal(std::string reason, std::string message);
Error IncompleteSignature(std::string_view detail);
Error InvalidSignatureMethod();
/// `string_to_sign` ends the message: two clients compare it with their own
/// (docs/contract/errors.md section 3).
Error OldSchemeMismatch(std::string_view string_to_sign);

// Bounds of the work done for a request nobody vouches for yet.
inline constexpr std::size_t kMaxQueryBytes = 64U << 10U;
inline constexpr std::size_t kMaxParameters = 1000;
inline constexpr std::size_t kMaxNonceBytes = 128;

/// A key id of 1 to 128 of [A-Za-z0-9._@-].
bool IsKeyId(std::string_view text);

}  // namespace atelier::identity
