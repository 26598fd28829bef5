#pragma once
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task.h"

namespace atelier {

/// Runs `task` on `there`, the loop of another thread, and resumes on the caller's own with its
/// result. Who cancels the caller cancels the task, which then ends as it would at home. Both loops
/// have work until then.
///
/// Not asio::co_spawn alone: its cancellation, posted to the other thread, may find the caller gone
/// that holds it.
template <class T>
Task<T> AwaitOn(asio::any_io_executor there, Task<T> task) {
  auto initiate = [there = std::move(there)](auto handler, Task<T> work) {
    // Shared: the caller's slot has it, and the task's.
    const auto signal = std::make_shared<asio::cancellation_signal>();
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
      slot.assign([there, signal](asio::cancellation_type type) {
        asio::post(there, [signal, type] { signal->emit(type); });
      });
    }
    const auto home = asio::get_associated_executor(handler);
    asio::post(there, [there, signal, slot, home = asio::make_work_guard(home),
                       handler = std::move(handler), work = std::move(work)]() mutable {
      const bool cancellable = slot.is_connected();
      auto back = [there, signal, slot, home = std::move(home), handler = std::move(handler)](
                      std::exception_ptr error, T value) mutable {
        const auto executor = home.get_executor();
        // The task, whose frame goes only after this, still has the slot.
        if (slot.is_connected()) asio::post(there, [signal] {});
        asio::post(executor, [slot, home = std::move(home), handler = std::move(handler),
                              error = std::move(error), value = std::move(value)]() mutable {
          if (slot.is_connected()) slot.clear();
          std::move(handler)(std::move(error), std::move(value));
        });
      };
      if (cancellable)
        asio::co_spawn(there, std::move(work),
                       asio::bind_cancellation_slot(signal->slot(), std::move(back)));
      else
        asio::co_spawn(there, std::move(work), std::move(back));
    });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable),
                                          void(std::exception_ptr, T)>(
      std::move(initiate), asio::use_awaitable, std::move(task));
}

}  // namespace atelier
