#include "base/failpoint.h"

#include <atomic>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace atelier {

namespace {

struct Plan {
  std::string name;
  int hit = 0;
};

Plan ReadPlan() {
  const char* text = std::getenv("ATELIER_FAILPOINT");
  if (text == nullptr) return {};
  const std::string_view all(text);
  const auto colon = all.rfind(':');
  if (colon == std::string_view::npos) return {.name = std::string(all), .hit = 1};
  return {.name = std::string(all.substr(0, colon)), .hit = std::atoi(all.data() + colon + 1)};
}

}  // namespace

void HitFailpoint(std::string_view name) {
  static const Plan plan = ReadPlan();
  static std::atomic<int> hits = 0;
  static constexpr int kKilledBySignal9 = 137;
  if (name == plan.name && ++hits == plan.hit) ::_exit(kKilledBySignal9);
}

}  // namespace atelier
