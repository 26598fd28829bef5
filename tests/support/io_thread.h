#pragma once
#include <functional>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/task.h"
#include "support/run.h"

namespace atelier::test {

/// The I/O thread, so that a test can use blocking sockets against what runs on it. Declare clocks
/// and loggers before it: coroutines that it still holds at its end may use them.
class IoThread {
 public:
  IoThread();
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  asio::any_io_executor executor() { return io_.get_executor(); }

  /// Runs `fn` on the I/O thread.
  template <class Fn>
  auto Call(Fn fn) {
    std::packaged_task<decltype(fn())()> task(std::move(fn));
    auto result = task.get_future();
    asio::post(io_, [&task] { task(); });
    return result.get();
  }
  /// Runs `task` on the I/O thread, to its end.
  void Await(Task<void> task);
  template <class T>
  T Await(Task<T> task) {
    std::optional<T> value;
    Await(Keep(std::move(task), value));
    return *std::move(value);
  }
  /// Waits, bounded, for what only the I/O thread can see.
  bool Eventually(const std::function<bool()>& condition);

 private:
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace atelier::test
