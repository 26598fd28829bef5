#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/task.h"
#include "base/wait_queue.h"

namespace atelier {

/// Lets those who change one thing go one after the other, in the order they came. Without it, all
/// but one of the many who read the same revision write in vain, and again the next time.
///
/// A courtesy, not the guarantee, which is the store's check of revisions: who has waited long
/// enough goes on without the lock. One thread. Outlives every Lock.
class KeyedMutex {
 public:
  /// Passes on to the next at its end.
  class [[nodiscard]] Lock {
   public:
    Lock() = default;
    Lock(KeyedMutex* mutex, std::string key) : mutex_(mutex), key_(std::move(key)) {}
    Lock(Lock&& other) noexcept
        : mutex_(std::exchange(other.mutex_, nullptr)), key_(std::move(other.key_)) {}
    Lock& operator=(Lock&&) = delete;
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() {
      if (mutex_ != nullptr) mutex_->PassOn(key_);
    }
    explicit operator bool() const { return mutex_ != nullptr; }

   private:
    KeyedMutex* mutex_ = nullptr;
    std::string key_;
  };

  /// Returns with the lock of `key`, or with an empty one once `until` has come.
  Task<Lock> Take(std::string key, Clock& clock, Deadline until);

 private:
  void PassOn(const std::string& key);

  // A key is there while somebody has its lock.
  std::unordered_map<std::string, WaitQueue<std::optional<Lock>>> lines_;
};

}  // namespace atelier
