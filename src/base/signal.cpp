#include "base/signal.h"

#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace atelier {

Signal::Signal(const asio::any_io_executor& executor) : timer_(executor) {
  timer_.expires_at(asio::steady_timer::time_point::max());
}

void Signal::Set() {
  set_ = true;
  timer_.cancel();
}

Task<bool> Signal::Wait(Clock& clock, MonoTime until) {
  using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace):
                                                            // for operator||
  if (!set_ && clock.Mono() < until) {
    [[maybe_unused]] auto first = co_await (timer_.async_wait(kNoThrow) || clock.SleepUntil(until));
  }
  co_return std::exchange(set_, false);
}

}  // namespace atelier
