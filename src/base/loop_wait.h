#pragma once

namespace atelier {

/// Told of the waits of one thread's event loop. Compiled into Asio (cmake/asio_impl.cpp), the one
/// place that every loop passes between two batches of work.
class LoopWait {
 public:
  virtual ~LoopWait() = default;
  virtual void Before() = 0;  // the loop has nothing more to run, or looks for more
  virtual void After() = 0;   // it begins to run what is ready
};

/// Of this thread; nullptr: nobody is told. Outlives the loop's last wait.
extern constinit thread_local LoopWait* loop_wait;

}  // namespace atelier
