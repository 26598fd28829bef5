#pragma once
#include <mutex>
#include <utility>
#include <vector>

#include "base/pool.h"

namespace atelier::store {

/// Runs reads on threads of their own, each with a connection, beside whatever the writer is doing.
template <class Reader>
class ReaderPool {
 public:
  static constexpr std::size_t kThreads = 2;

  /// `readers`: kThreads of them.
  explicit ReaderPool(std::vector<Reader> readers)
      : idle_(std::move(readers)), threads_(kThreads) {}

  /// Runs `read` and resumes on the caller's executor with its Result.
  template <class Fn, class T = std::invoke_result_t<Fn, Reader&>>
  Task<T> Read(Fn read) {
    co_return co_await RunOn(threads_, [this, read = std::move(read)] {
      Reader reader = Take();
      T result = read(reader);
      Return(std::move(reader));
      return result;
    });
  }

  /// Waits for the reads under way.
  void JoinBlocking() { threads_.join(); }

 private:
  Reader Take() {
    const std::lock_guard lock(mutex_);  // never empty: there are as many readers as threads
    Reader reader = std::move(idle_.back());
    idle_.pop_back();
    return reader;
  }
  void Return(Reader reader) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(reader));
  }

  std::mutex mutex_;
  std::vector<Reader> idle_;
  Pool threads_;  // last: joins before the readers go
};

}  // namespace atelier::store
