#include "base/moment.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>

#include "base/boot.h"

namespace atelier {

namespace {

constexpr std::size_t kDigits = 15;  // hexadecimal ones that fit

std::int64_t NumberOfBoot() {
  std::string id = BootId();  // the digits before its third dash are enough
  std::erase(id, '-');
  std::int64_t number = 0;
  std::from_chars(id.data(), id.data() + std::min<std::size_t>(id.size(), kDigits), number, 16);
  return number;
}

}  // namespace

Moment MomentOf(const Clock& clock) {
  static const std::int64_t kBoot = NumberOfBoot();
  const auto mono = std::chrono::floor<Duration>(clock.Mono().time_since_epoch());
  return {.wall = clock.Wall(), .mono_ms = mono.count(), .boot = kBoot};
}

std::optional<Duration> Between(const Moment& since, const Moment& now) {
  if (since.boot == 0 || since.boot != now.boot) return std::nullopt;
  return Duration(std::max<std::int64_t>(0, now.mono_ms - since.mono_ms));
}

}  // namespace atelier
