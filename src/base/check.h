#pragma once
#include <source_location>
#include <string_view>

namespace atelier {

/// Logs to stderr and aborts. A broken invariant ends the process; promise 3 makes that cheap.
[[noreturn]] void CheckFailed(std::string_view condition, std::string_view reason,
                              std::source_location where = std::source_location::current());

}  // namespace atelier

/// For invariants of our own code only, never for input from outside. `reason` says why it cannot
/// happen.
#define ATELIER_CHECK(condition, reason)                          \
  do {                                                            \
    if (!(condition)) ::atelier::CheckFailed(#condition, reason); \
  } while (false)
