#pragma once
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/task.h"

namespace atelier {

/// Wakes one waiting coroutine; a Set while nobody waits is kept for the next wait. One thread.
class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor);

  void Set();
  /// Returns true once set (and takes it back), false when `until` comes first.
  Task<bool> Wait(Clock& clock, MonoTime until);

 private:
  bool set_ = false;
  asio::steady_timer timer_;
};

}  // namespace atelier
