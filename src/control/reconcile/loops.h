#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/gate.h"
#include "base/log.h"
#include "base/signal.h"
#include "control/reconcile/driver_call.h"
#include "control/reconcile/observer.h"

namespace atelier::control {

/// What every reconciler is made of beside its policy: loops that keep their owner alive, the looks
/// at the world behind one driver, the calls to it, and how all of that ends. One thread.
class Loops {
 public:
  struct Parts {
    runtime::Driver& driver;
    Clock& clock;
    Logger& log;
    asio::any_io_executor io;
    std::string name;        // before the names of its log events
    Duration observe_every;  // when nothing wakes us
    Duration call_deadline;  // of one look, and of the wait for the last steps
  };
  /// `owner` owns this object, and is kept alive while a loop runs. `digest` gets each look.
  Loops(Parts parts, std::function<std::shared_ptr<void>()> owner,
        std::function<void(Observer::Look)> digest);
  Loops(const Loops&) = delete;
  Loops& operator=(const Loops&) = delete;
  ~Loops() = default;

  /// From here on the driver's wake leads to a look.
  void Start();
  /// Not once stopped: then `loop` is dropped.
  void Run(std::string_view name, Task<void> loop);
  /// Ends the loops and waits for steps under way, at most the deadline of one call.
  Task<void> Stop();
  /// As kill -9 would: nothing is begun any more, calls under way are forgotten.
  void Abandon();

  bool running() const { return running_; }  // Start was called, Stop and Abandon were not
  bool abandoned() const { return abandoned_; }
  Gate& gate() { return gate_; }
  Observer& observer() { return observer_; }
  const Observer& observer() const { return observer_; }
  Signal& due_changed() { return due_changed_; }  // for the loop that waits for due times
  Signal& ending() { return ending_; }            // for one that waits for nothing but the end

  /// One driver call (DriverCalls::Within). Cancelled: this server acts no more.
  template <class T>
  Task<T> Call(Deadline by, WorkerSlot* slot, Task<T> call) {
    auto answer = co_await calls_.Within(by, slot, std::move(call));
    if (abandoned_) co_return Error(Code::kCancelled, "The reconciler is gone.");
    co_return answer;
  }

 private:
  static Task<void> Keep(std::shared_ptr<void> owner, Gate::Pass pass, Task<void> loop);
  void End();

  Parts parts_;
  const std::function<std::shared_ptr<void>()> owner_;
  bool running_ = false;
  bool abandoned_ = false;
  Gate gate_;
  DriverCalls calls_;
  Observer observer_;
  Signal due_changed_;
  Signal ending_;
};

}  // namespace atelier::control
