#include "base/turns.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

namespace atelier {

/// In line from its making to its end, whatever ends the wait; a turn that it got and nobody took,
/// because the waiting coroutine was cancelled, goes to the next.
struct Turns::Waiter {
  Waiter(Turns& turns_in, const std::string& key_in, const asio::any_io_executor& executor)
      : turns(turns_in), key(key_in), timer(executor, asio::steady_timer::time_point::max()) {
    turns.lines_.at(key).push_back(this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (called)
      turns.PassOn(key);
    else if (!taken)
      turns.lines_.at(key).remove(this);
  }
  Turn TakeIt() {
    called = false;
    taken = true;
    return {&turns, key};
  }

  Turns& turns;
  const std::string& key;
  asio::steady_timer timer;
  bool called = false;
  bool taken = false;
};

Task<Turns::Turn> Turns::Take(std::string key, Clock& clock, Deadline until) {
  using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace):
                                                            // for operator||
  if (lines_.try_emplace(key).second) co_return Turn(this, std::move(key));
  if (clock.Mono() >= until) co_return Turn();
  Waiter me(*this, key, co_await asio::this_coro::executor);
  [[maybe_unused]] auto first = co_await (me.timer.async_wait(kNoThrow) || clock.SleepUntil(until));
  if (me.called) co_return me.TakeIt();
  co_return Turn();
}

void Turns::PassOn(const std::string& key) {
  const auto line = lines_.find(key);
  if (line->second.empty()) {
    lines_.erase(line);
    return;
  }
  Waiter& next = *line->second.front();
  line->second.pop_front();
  next.called = true;
  next.timer.cancel();
}

}  // namespace atelier
