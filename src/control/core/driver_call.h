#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/signal.h"
#include "control/core/worker_slot.h"

namespace atelier::control {

/// The driver's answer may be another one next time.
inline bool MayPass(Code code) {
  switch (code) {
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
    case Code::kAborted:
    case Code::kResourceExhausted:
    case Code::kCancelled:
      return true;
    default:
      return false;
  }
}

/// Calls a driver that may never answer. The caller gets DeadlineExceeded in time whatever the
/// driver does; the late answer is dropped, and what it did meanwhile is fenced off by its
/// generation and seen in the next observation. Unavailable: too many calls never came back.
class DriverCalls {
 public:
  static constexpr Duration kSlow{1000};  // from here on a call holds up nobody (WorkerSlot)
  static constexpr std::size_t kMaxUnderWay = 4096;

  DriverCalls(asio::any_io_executor executor, Clock& clock)
      : executor_(std::move(executor)), clock_(clock) {}

  /// `slot`: the caller's; nullptr: it has none. `call` got the same deadline.
  template <class T>
  Task<T> Within(Deadline by, WorkerSlot* slot, Task<T> call) {
    if (*under_way_ >= kMaxUnderWay) {
      co_return Error(Code::kUnavailable, "The runtime does not answer.", "RuntimeStuck");
    }
    ++*under_way_;
    const auto answer = std::make_shared<Answer<T>>(executor_);
    Spawn(executor_, "control.driver_call", Receive(answer, under_way_, std::move(call)));
    if (slot != nullptr) {
      const MonoTime slow = std::min<MonoTime>(by, clock_.In(kSlow));
      if (!co_await answer->arrived.Wait(clock_, slow)) slot->GiveUp();
    }
    if (!answer->value) co_await answer->arrived.Wait(clock_, by);
    if (!answer->value) {
      co_return Error(Code::kDeadlineExceeded, "The runtime did not answer in time.",
                      "RuntimeTimeout");
    }
    co_return std::move(*answer->value);
  }

 private:
  /// Shared by the waiting caller and the call, either of which may end first.
  template <class T>
  struct Answer {
    explicit Answer(const asio::any_io_executor& executor) : arrived(executor) {}
    std::optional<T> value;
    Signal arrived;
  };

  template <class T>
  static Task<void> Receive(std::shared_ptr<Answer<T>> answer, std::shared_ptr<std::size_t> count,
                            Task<T> call) {
    answer->value = co_await std::move(call);
    --*count;
    answer->arrived.Set();
  }

  const asio::any_io_executor executor_;
  Clock& clock_;
  std::shared_ptr<std::size_t> under_way_ =
      std::make_shared<std::size_t>(0);  // outlives us in late calls
};

}  // namespace atelier::control
