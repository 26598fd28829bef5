#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/gate.h"
#include "base/task.h"
#include "model/ids.h"

namespace atelier::control {

/// Does one thing for many instances: each instance serially, at most `width` at once, first come
/// first served. Work that turns out slow gives its place to others, so that a hung driver call
/// about some instances holds up no other. One thread.
class KeyedQueue {
 public:
  /// A place among the `width`.
  class Place {
   public:
    explicit Place(KeyedQueue& queue) : queue_(queue) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() = default;
    /// For work that waits long: others may start. At most kMostSlow do so at once.
    void GiveUp();

   private:
    friend class KeyedQueue;
    KeyedQueue& queue_;
    bool held_ = true;
  };
  using Body = std::function<Task<void>(model::InstanceId, Place&)>;

  static constexpr std::size_t kMostSlow = 1024;

  /// `owner` owns this queue and what `body` uses; it is kept alive while work is under way.
  KeyedQueue(asio::any_io_executor executor, std::string name, std::size_t width, Gate& gate,
             std::function<std::shared_ptr<void>()> owner, Body body);
  KeyedQueue(const KeyedQueue&) = delete;
  KeyedQueue& operator=(const KeyedQueue&) = delete;
  ~KeyedQueue() = default;

  /// An instance that is worked on is worked on once more afterwards; one that waits waits once.
  void Add(const model::InstanceId& id);
  /// Nothing starts before this.
  void Open();
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t working() const { return working_; }

 private:
  struct Entry {
    bool working = false;
    bool again = false;
  };
  void Pump();
  void Finish(const model::InstanceId& id, const Place& place);
  Task<void> Work(model::InstanceId id, std::shared_ptr<void> owner, Gate::Pass pass);

  const asio::any_io_executor executor_;
  const std::string name_;
  const std::size_t width_;
  Gate& gate_;
  const std::function<std::shared_ptr<void>()> owner_;
  const Body body_;
  bool open_ = false;
  std::size_t working_ = 0;  // holding a place
  std::size_t slow_ = 0;     // gave theirs up
  std::map<model::InstanceId, Entry> entries_;
  std::deque<model::InstanceId> waiting_;
};

}  // namespace atelier::control
