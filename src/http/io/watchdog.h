#pragma once
#include <list>
#include <memory>

#include <boost/asio/cancellation_signal.hpp>

#include "base/clock.h"
#include "base/task.h"

namespace atelier::http {

inline constexpr Deadline kNever = Deadline::max();

/// Meets the deadlines of many connections with one sleep. Arming a deadline is then two stores,
/// which is all that a request pays; a timer each would be a heap operation and a lock for every
/// read and write. Deadlines are met up to kGrain late. Sleeps only while it watches something.
/// Threads: the I/O thread. `clock` outlives it.
class Watchdog : public std::enable_shared_from_this<Watchdog> {
 public:
  static constexpr Duration kGrain{20};

  /// Something with deadlines.
  class Watched {
   public:
    Watched() = default;
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    virtual ~Watched() = default;
    /// Ends what is past its deadline; returns the earliest deadline that is left, kNever without
    /// one. May destroy other watched objects, not this one.
    virtual Deadline Check(MonoTime now) = 0;
  };

  /// Keeps an object watched for as long as this lives.
  class Watch {
   public:
    Watch(std::shared_ptr<Watchdog> dog, Watched& watched);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    /// Makes sure Check is called soon after `by`.
    void Expect(Deadline by) {
      if (by < dog_->wake_) dog_->WakeBy(by);
    }
    const std::shared_ptr<Watchdog>& dog() const { return dog_; }

   private:
    std::shared_ptr<Watchdog> dog_;  // shared: streams handed over by Upgrade outlive their server
    std::list<Watched*>::iterator position_;
  };

  Watchdog(asio::any_io_executor io, Clock& clock) : io_(std::move(io)), clock_(clock) {}

  Clock& clock() const { return clock_; }

 private:
  static Task<void> Run(std::shared_ptr<Watchdog> self);
  void WakeBy(Deadline by);
  Deadline CheckAll();

  asio::any_io_executor io_;
  Clock& clock_;
  std::list<Watched*> watched_;
  std::list<Watched*>::iterator cursor_ = watched_.end();  // next one CheckAll looks at
  asio::cancellation_signal wake_signal_;
  Deadline wake_ = kNever;
  bool running_ = false;
};

}  // namespace atelier::http
