#pragma once
#include <algorithm>
#include <cstdint>

#include "base/clock.h"
#include "base/random.h"

namespace atelier::control {

/// When something that failed may be tried again: after a growing, jittered pause, 200 ms to 12.5
/// s.
class Backoff {
 public:
  void Fail(const Clock& clock, Random& random) {
    static constexpr Duration kFirst{200};
    static constexpr Duration kMax{10'000};
    const int doublings = std::min(failures_++, 10);
    Duration pause = std::min(kMax, kFirst * (1 << doublings));
    std::uint8_t jitter = 0;
    random.Fill({&jitter, 1});
    pause += pause * jitter / 1024;  // up to a quarter more
    retry_at_ = clock.In(pause);
  }
  /// The next failure counts as the first.
  void Succeed() { failures_ = 0; }
  MonoTime retry_at() const { return retry_at_; }

 private:
  int failures_ = 0;
  MonoTime retry_at_;
};

}  // namespace atelier::control
