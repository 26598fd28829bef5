#pragma once
#include <cstddef>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/task.h"

namespace atelier {

/// For a task that has much to do on the I/O thread: after each item it asks whether its turn is
/// over, and then lets everybody else have theirs. Between two turns the world changes.
class Slice {
 public:
  static constexpr std::size_t kItems = 256;  // of some microseconds each: a turn stays below 1 ms

  explicit Slice(asio::any_io_executor io) : io_(std::move(io)) {}

  /// After each item: it is time for Yield.
  bool Spent() { return ++items_ % kItems == 0; }
  /// Returns when whoever was ready has run, and new requests were looked for.
  Task<void> Yield() const { co_await asio::post(io_, asio::use_awaitable); }

 private:
  asio::any_io_executor io_;
  std::size_t items_ = 0;
};

}  // namespace atelier
