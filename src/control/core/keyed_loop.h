#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/signal.h"
#include "control/core/due_times.h"
#include "control/core/keyed_queue.h"

namespace atelier::control {

/// Takes steps for many keys, each serially, when it is told to and when the step before said so.
/// What is slow or fails holds up its own key only. One thread.
///
/// Remembers keys that wait, are worked on, or are due; no others.
template <class Key>
class KeyedLoop {
 public:
  struct Parts {
    Clock& clock;
    asio::any_io_executor io;
    std::string name;                              // of its tasks
    std::size_t width;                             // steps at once, slow ones apart
    Gate& gate;                                    // what is under way is inside it
    std::function<std::shared_ptr<void>()> owner;  // kept alive by what is under way
  };
  /// Returns when the next step is due unless something happens before; max(): not at all.
  using Step = std::function<Task<MonoTime>(Key, WorkerSlot&)>;

  KeyedLoop(Parts parts, Step step)
      : clock_(parts.clock),
        io_(parts.io),
        name_(parts.name),
        gate_(parts.gate),
        owner_(parts.owner),
        step_(std::move(step)),
        due_changed_(io_),
        queue_(parts.io, parts.name, parts.width, parts.gate, parts.owner,
               [this](Key key, WorkerSlot& slot) { return Work(std::move(key), slot); }) {}
  KeyedLoop(const KeyedLoop&) = delete;
  KeyedLoop& operator=(const KeyedLoop&) = delete;
  ~KeyedLoop() = default;

  /// Nothing starts before this.
  void Start() {
    Gate::Pass pass = gate_.Enter();
    if (!pass) return;
    running_ = true;
    queue_.Open();
    Spawn(io_, name_, Run(owner_(), std::move(pass)));
  }
  /// Nothing new is begun.
  void End() {
    running_ = false;
    due_changed_.Set();
  }

  /// One step soon; one more if one is under way.
  void Add(const Key& key) { queue_.Add(key); }
  /// Instead of what its last step said; max(): not at all.
  void SetDue(const Key& key, MonoTime when) {
    if (due_.Set(key, when)) due_changed_.Set();
  }
  /// Nothing goes on without time passing.
  bool idle() const { return queue_.idle(); }

 private:
  Task<void> Work(Key key, WorkerSlot& slot) {
    if (!running_) co_return;
    const MonoTime next = co_await step_(key, slot);
    if (running_) SetDue(key, next);
  }
  Task<void> Run([[maybe_unused]] std::shared_ptr<void> owner, [[maybe_unused]] Gate::Pass pass) {
    while (running_) {
      const MonoTime now = clock_.Mono();
      while (const auto key = due_.Take(now)) queue_.Add(*key);
      co_await due_changed_.Wait(clock_, due_.Next());
    }
  }

  Clock& clock_;
  const asio::any_io_executor io_;
  const std::string name_;
  Gate& gate_;
  const std::function<std::shared_ptr<void>()> owner_;
  const Step step_;
  bool running_ = false;
  DueTimes<Key> due_;
  Signal due_changed_;
  KeyedQueue<Key> queue_;
};

}  // namespace atelier::control
