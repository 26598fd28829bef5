#pragma once
#include <atomic>
#include <chrono>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atelier::serve {

/// Sees to it that SIGINT and SIGTERM always end the process: also while it starts, while a thread
/// hangs, and as the first process of a container, which the system protects from signals that
/// nobody handles. What was acknowledged is in the store, as after a kill -9.
///
/// It has a thread of its own, so that nothing that is stuck can hold it up.
class LastResort {
 public:
  /// `within`: how long a shutdown may take, from the signal that asks for it.
  explicit LastResort(std::chrono::seconds within);
  LastResort(const LastResort&) = delete;
  LastResort& operator=(const LastResort&) = delete;
  /// The process ends by itself.
  ~LastResort();

  /// Until then a signal ends the process, with the code that the signal itself would have given.
  /// From then on the first is for who serves; a second one ends it the same way, and so does the
  /// end of `within`, with code 1. Each says so in the log, in the line `serve.forced`.
  void Serving() { serving_ = true; }

 private:
  void AwaitSignal();
  void AwaitEnd();

  const std::chrono::seconds within_;
  std::atomic<bool> serving_ = false;
  bool asked_ = false;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer timer_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace atelier::serve
