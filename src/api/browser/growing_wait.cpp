#include "api/browser/growing_wait.h"

#include <algorithm>
#include <chrono>

namespace atelier::api {

namespace {

constexpr int kFree = 10;
constexpr std::chrono::seconds kShortest{1};
constexpr std::chrono::seconds kLongest{900};
constexpr int kDoublings = 10;  // to the longest
constexpr std::chrono::hours kForgetAfter{1};

}  // namespace

bool GrowingWait::Begin(std::string_view key) {
  const MonoTime now = clock_.Mono();
  auto found = tries_.find(key);
  if (found == tries_.end()) {
    if (tries_.size() >= kMaxKeys)
      std::erase_if(tries_, [&](const auto& one) { return one.second.forget <= now; });
    // The one that is forgotten first anyway: who fills the list does not clear it.
    if (tries_.size() >= kMaxKeys)
      tries_.erase(
          std::ranges::min_element(tries_, {}, [](const auto& one) { return one.second.forget; }));
    found = tries_.try_emplace(std::string(key)).first;
  }
  Tries& tries = found->second;
  if (tries.forget <= now) tries = {};
  if (now < tries.next) return false;
  ++tries.count;
  tries.forget = now + kForgetAfter;
  if (tries.count >= kFree) {
    const int doublings = std::min(tries.count - kFree, kDoublings);
    tries.next = now + std::min(kShortest * (1 << doublings), kLongest);
  }
  return true;
}

void GrowingWait::GiveBack(std::string_view key) {
  const auto found = tries_.find(key);
  if (found == tries_.end() || found->second.count == 0) return;
  --found->second.count;
  found->second.next = {};
}

}  // namespace atelier::api
