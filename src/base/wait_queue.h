#pragma once
#include <cstddef>
#include <list>

#include "base/clock.h"
#include "base/signal.h"
#include "base/task.h"

namespace atelier {

/// Waiters for something of which there is not enough, first come, first served. What is there is
/// put into a waiter's T before that one runs again: nobody gets in between, and a waiter that
/// cannot use it, or goes away, holds up nobody behind it.
///
/// One thread. Outlives its waiters.
template <class T>
class WaitQueue {
 public:
  /// In the queue from its making until it is served or destroyed, whatever ends its wait.
  class [[nodiscard]] Waiter {
   public:
    /// `wanted` outlives the waiter, and gives back at its end what it got and nobody took out.
    Waiter(WaitQueue& queue, const asio::any_io_executor& executor, T& wanted)
        : queue_(queue),
          wanted_(wanted),
          signal_(executor),
          place_(queue.waiters_.insert(queue.waiters_.end(), this)) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() {
      if (!served_) queue_.waiters_.erase(place_);
    }

    bool served() const { return served_; }
    /// Returns once served, at `until`, or when the awaiting coroutine is cancelled; it may be
    /// served all the same in the last two cases.
    Task<void> Wait(Clock& clock, Deadline until) {
      if (!served_) co_await signal_.Wait(clock, until);
    }

   private:
    friend class WaitQueue;
    template <class Serve>
    bool Try(const Serve& serve) {
      if (!serve(wanted_)) return false;
      served_ = true;
      queue_.waiters_.erase(place_);
      signal_.Set();
      return true;
    }

    WaitQueue& queue_;
    T& wanted_;
    Signal signal_;
    typename std::list<Waiter*>::iterator place_;
    bool served_ = false;
  };

  WaitQueue() = default;
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;
  ~WaitQueue() = default;

  /// Serves the first for whom `serve(T&)` returns true; it changes no queue. False: nobody.
  template <class Serve>
  bool ServeOne(const Serve& serve) {
    for (Waiter* waiter : waiters_) {
      if (waiter->Try(serve)) return true;
    }
    return false;
  }
  /// Serves all for whom `serve(T&)` returns true, asked in their order.
  template <class Serve>
  void ServeAll(const Serve& serve) {
    for (auto next = waiters_.begin(); next != waiters_.end();) (*next++)->Try(serve);
  }
  bool empty() const { return waiters_.empty(); }
  std::size_t size() const { return waiters_.size(); }

 private:
  std::list<Waiter*> waiters_;  // views
};

}  // namespace atelier
