#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace atelier::identity {

/// Encrypts secrets at rest with a 32-byte key file (AES-256-GCM; OpenSSL). `context` binds a box
/// to the record it belongs to, so that boxes cannot be swapped.
class SealedBox {
 public:
  /// Reads the key file, or makes it (mode 0600) when it is not there and `may_create`.
  /// FailedPrecondition: readable by others, wrong length, or missing.
  static Result<SealedBox> Open(const std::string& key_file, bool may_create, Random& random);
  static SealedBox ForTest();

  std::string Seal(std::string_view secret, std::string_view context,
                   Random& random) const;  // base64
  /// DataLoss: not ours, altered, or of another context.
  Result<std::string> OpenBox(std::string_view sealed, std::string_view context) const;

 private:
  std::array<std::uint8_t, 32> key_{};
};

}  // namespace atelier::identity
