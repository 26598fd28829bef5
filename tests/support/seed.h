#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace atelier::test {

/// Whether this run searches for what nobody has thought of (make test-deep): it takes minutes, and
/// no two are alike.
inline bool IsLongRun() { return std::getenv("ATELIER_LONG_TESTS") != nullptr; }

/// Where a test that tries random cases begins: at ATELIER_SEED, to repeat a run; at random in a
/// long run; else at the same place each time, so that two runs of one commit agree. Prints it.
inline std::uint64_t Seed() {
  const char* given = std::getenv("ATELIER_SEED");
  std::uint64_t seed = 1;
  if (given != nullptr)
    seed = std::strtoull(given, nullptr, 10);
  else if (IsLongRun())
    seed = std::random_device{}();
  std::printf("ATELIER_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace atelier::test
