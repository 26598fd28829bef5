#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace atelier {

/// Source of randomness, injected so that tests can repeat a run. Threads: any.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<std::uint8_t> out) = 0;

  /// `length` characters of [a-z0-9].
  std::string LowerAlnum(std::size_t length);
  /// `bytes` random bytes as lower-case hex.
  std::string Hex(std::size_t bytes);
  /// Upper-case UUID text 8-4-4-4-12 (docs/contract/dsw-instance.md section 1).
  std::string Uuid();
};

/// The kernel's generator. Ends the process if the kernel has none.
std::unique_ptr<Random> MakeSystemRandom();
/// Deterministic, for tests only; never for secrets.
std::unique_ptr<Random> MakeSeededRandom(std::uint64_t seed);

}  // namespace atelier
