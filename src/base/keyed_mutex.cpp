#include "base/keyed_mutex.h"

#include <boost/asio/this_coro.hpp>

namespace atelier {

Task<KeyedMutex::Lock> KeyedMutex::Take(std::string key, Clock& clock, Deadline until) {
  const auto [line, free] = lines_.try_emplace(key);
  if (free) co_return Lock(this, std::move(key));
  std::optional<Lock> lock;
  WaitQueue<std::optional<Lock>>::Waiter me(line->second, co_await asio::this_coro::executor, lock);
  co_await me.Wait(clock, until);
  co_return lock ? *std::move(lock) : Lock();
}

void KeyedMutex::PassOn(const std::string& key) {
  const auto line = lines_.find(key);
  const bool passed = line->second.ServeOne([&](std::optional<Lock>& lock) {
    lock.emplace(this, key);
    return true;
  });
  if (!passed) lines_.erase(line);
}

}  // namespace atelier
