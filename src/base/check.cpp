#include "base/check.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace atelier {

void CheckFailed(std::string_view condition, std::string_view reason, std::source_location where) {
  fmt::print(stderr, "{}:{}: check failed: {}: {}\n", where.file_name(), where.line(), condition,
             reason);
  std::abort();
}

}  // namespace atelier
