#include "base/turns.h"

#include <boost/asio/this_coro.hpp>

namespace atelier {

Task<Turns::Turn> Turns::Take(std::string key, Clock& clock, Deadline until) {
  const auto [line, free] = lines_.try_emplace(key);
  if (free) co_return Turn(this, std::move(key));
  std::optional<Turn> turn;
  WaitQueue<std::optional<Turn>>::Waiter me(line->second, co_await asio::this_coro::executor, turn);
  co_await me.Wait(clock, until);
  co_return turn ? *std::move(turn) : Turn();
}

void Turns::PassOn(const std::string& key) {
  const auto line = lines_.find(key);
  const bool passed = line->second.ServeOne([&](std::optional<Turn>& turn) {
    turn.emplace(this, key);
    return true;
  });
  if (!passed) lines_.erase(line);
}

}  // namespace atelier
