#pragma once
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task.h"

namespace atelier {

/// Threads for work that blocks: files, processes, SQLite reads. The io_context that its callers
/// run on outlives it: a worker may still be inside post() when its caller has the result.
using Pool = asio::thread_pool;

/// Runs `fn` on `worker`, the executor of a pool or a strand of one, and resumes on the caller's
/// executor with its result; the coroutine itself never runs on the pool. `fn` must not throw and
/// must own what it touches: the caller may be cancelled, `fn` is not. It is gone when the caller
/// goes on, so the pool is never the last to hold what both share. What owns the pool itself, whose
/// end waits for `fn`, is not owned by `fn`: a thread cannot wait for itself.
template <asio::execution::executor Executor, class Fn, class T = std::invoke_result_t<Fn>>
Task<T> RunOn(Executor worker, Fn fn) {
  auto initiate = [worker = std::move(worker)](auto handler, Fn work) {
    asio::post(worker, [handler = std::move(handler), work = std::move(work)]() mutable {
      // In a scope of its own: what it owns goes before the caller can let go of it.
      T value = [fn = std::move(work)]() mutable { return fn(); }();
      const auto home = asio::get_associated_executor(handler);
      asio::post(home, [handler = std::move(handler), value = std::move(value)]() mutable {
        std::move(handler)(std::move(value));
      });
    });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(T)>(
      initiate, asio::use_awaitable, std::move(fn));
}

/// What a thread of `pool` frees, whoever lets go of it last: for what is so large that freeing it
/// would hold that thread up. The pool outlives the pointers.
template <class T>
std::shared_ptr<T> FreedOn(Pool& pool, std::unique_ptr<T> value) {
  return {value.release(), [&pool](T* last) {
            asio::post(pool, [owned = std::unique_ptr<T>(last)] { (void)owned; });
          }};
}

template <class Fn, class T = std::invoke_result_t<Fn>>
Task<T> RunOn(Pool& pool, Fn fn) {
  return RunOn(pool.get_executor(), std::move(fn));
}

}  // namespace atelier
