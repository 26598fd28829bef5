#pragma once
#include <string_view>

namespace atelier {

/// Ends the process like kill -9 when the environment says so: `ATELIER_FAILPOINT=name:k` dies at
/// the k-th time this point is reached. Compiled in only with ATELIER_FAILPOINTS (tests/fault).
void HitFailpoint(std::string_view name);

}  // namespace atelier

#ifdef ATELIER_FAILPOINTS
#define ATELIER_FAILPOINT(name) ::atelier::HitFailpoint(name)
#else
#define ATELIER_FAILPOINT(name) static_cast<void>(0)
#endif
