#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/log.h"
#include "base/loop_watch.h"
#include "base/task.h"

namespace atelier::serve {

/// The threads that answer requests beside the control thread, each with its event loop and the
/// watch of it (docs/decisions/0050-request-threads.md). Threads: the control thread.
class RequestThreads {
 public:
  /// Starts them; `log` outlives them. None: there is the control thread alone.
  RequestThreads(std::size_t number, Logger& log);
  RequestThreads(const RequestThreads&) = delete;
  RequestThreads& operator=(const RequestThreads&) = delete;
  ~RequestThreads();

  std::vector<asio::any_io_executor> loops() const;
  /// Good until Join.
  const std::vector<const LoopWatch*>& watches() const { return watches_; }
  /// Waits until they have nothing more to do: what runs on them has to have been stopped. Their
  /// loops outlive it.
  void Join();

 private:
  class Thread;

  std::vector<std::unique_ptr<Thread>> threads_;
  std::vector<const LoopWatch*> watches_;
};

}  // namespace atelier::serve
