#pragma once
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/gate.h"
#include "base/named_pool.h"
#include "store/common/errors.h"
#include "store/store.h"

namespace atelier::store {

/// Runs reads on threads of their own, each with a connection, beside whatever the writer is doing.
/// Threads: the I/O thread, but JoinBlocking.
template <class Reader>
class ReaderPool {
 public:
  static constexpr std::size_t kThreads = 2;

  /// `readers`: kThreads of them. Beyond `max_waiting` reads at once: Unavailable.
  ReaderPool(std::vector<Reader> readers, std::size_t max_waiting)
      : max_waiting_(max_waiting),
        idle_(std::move(readers)),
        threads_(MakePool("store-readers", kThreads)) {}

  /// As Store::Get and Store::Scan.
  Task<Result<Record>> Get(Kind kind, std::string key) {
    return Read([kind, key = std::move(key)](Reader& reader) { return reader.Get(kind, key); });
  }
  Task<Result<std::vector<Record>>> Scan(Kind kind, Store::Range range) {
    return Read(
        [kind, range = std::move(range)](Reader& reader) { return reader.Scan(kind, range); });
  }

  /// Later reads get Unavailable.
  void Close() { gate_.Close(); }
  /// Waits for the reads under way. Threads: any but its own.
  void JoinBlocking() { threads_.join(); }

 private:
  template <class Fn, class T = std::invoke_result_t<Fn, Reader&>>
  Task<T> Read(Fn read) {
    if (gate_.inside() >= max_waiting_) co_return QueueFull();
    const Gate::Pass pass = gate_.Enter();
    if (!pass) co_return Stopping();
    co_return co_await RunOn(threads_, [this, read = std::move(read)] {
      Reader reader = Take();
      T result = read(reader);
      Return(std::move(reader));
      return result;
    });
  }

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

  const std::size_t max_waiting_;
  Gate gate_;
  std::mutex mutex_;
  std::vector<Reader> idle_;
  Pool threads_;  // last: joins before the readers go
};

}  // namespace atelier::store
