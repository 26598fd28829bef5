#include "base/gate.h"

namespace atelier {

Task<bool> Gate::Drain(Clock& clock, Deadline by) {
  // Polled: it runs once in a component's life, and a waiter list would have to survive its own
  // owner.
  static constexpr Duration kStep{5};
  Close();
  while (inside_ > 0) {
    if (clock.Mono() >= by) co_return false;
    co_await clock.Sleep(kStep);
  }
  co_return true;
}

}  // namespace atelier
