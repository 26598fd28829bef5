#pragma once
#include <cstdint>
#include <string_view>

namespace atelier {

inline constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325U;

/// FNV-1a, 64 bits: the same in every version, machine and build. Not for what a stranger chooses.
/// To hash several texts, give the hash of those before.
constexpr std::uint64_t Fnv1a(std::string_view text, std::uint64_t hash = kFnvBasis) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace atelier
