#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/gate.h"
#include "base/task.h"
#include "control/core/worker_slot.h"

namespace atelier::control {

/// Does one thing for many keys: each serially, at most `width` at once, first come, first served.
/// Work that turns out slow gives its slot to others, so that a hung driver call about some keys
/// holds up no other. One thread.
template <class Key>
class KeyedQueue {
 public:
  using Body = std::function<Task<void>(Key, WorkerSlot&)>;

  /// `owner` owns this queue and what `body` uses; it is kept alive while work is under way.
  KeyedQueue(asio::any_io_executor executor, std::string name, std::size_t width, Gate& gate,
             std::function<std::shared_ptr<void>()> owner, Body body)
      : executor_(std::move(executor)),
        name_(std::move(name)),
        gate_(gate),
        owner_(std::move(owner)),
        body_(std::move(body)),
        workers_(width, [this] { Pump(); }) {}
  KeyedQueue(const KeyedQueue&) = delete;
  KeyedQueue& operator=(const KeyedQueue&) = delete;
  ~KeyedQueue() = default;

  /// A key that is worked on is worked on once more afterwards; one that waits waits once.
  void Add(const Key& key) {
    const auto [it, fresh] = entries_.try_emplace(key);
    if (!fresh) {
      it->second.again = it->second.working;
      return;
    }
    waiting_.push_back(key);
    Pump();
  }
  /// Nothing starts before this.
  void Open() {
    open_ = true;
    Pump();
  }
  /// Nothing waits and nothing is worked on, slow work apart.
  bool idle() const { return waiting_.empty() && workers_.busy() == 0; }

 private:
  struct Entry {
    bool working = false;
    bool again = false;
  };

  void Pump() {
    while (open_ && !workers_.full() && !waiting_.empty()) {
      Gate::Pass pass = gate_.Enter();
      if (!pass) return;
      const Key key = std::move(waiting_.front());
      waiting_.pop_front();
      entries_.at(key).working = true;
      Spawn(executor_, name_,
            Work(key, owner_(), std::move(pass), std::make_unique<WorkerSlot>(workers_)));
    }
  }
  Task<void> Work(Key key, [[maybe_unused]] std::shared_ptr<void> owner,
                  [[maybe_unused]] Gate::Pass pass, std::unique_ptr<WorkerSlot> slot) {
    // A body that finds nothing to do ends at once and starts the next: without this turn of the
    // loop ten thousand of them would nest on one stack.
    co_await asio::post(executor_, asio::use_awaitable);
    co_await body_(key, *slot);
    slot.reset();
    const auto entry = entries_.find(key);
    if (entry->second.again) {
      entry->second = {};
      waiting_.push_back(key);
    } else {
      entries_.erase(entry);
    }
    Pump();
  }

  const asio::any_io_executor executor_;
  const std::string name_;
  Gate& gate_;
  const std::function<std::shared_ptr<void>()> owner_;
  const Body body_;
  bool open_ = false;
  Workers workers_;
  std::map<Key, Entry> entries_;
  std::deque<Key> waiting_;
};

}  // namespace atelier::control
