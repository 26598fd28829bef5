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
/// enough goes without a turn. One thread. Outlives every Turn.
class Turns {
 public:
  /// Passes on to the next at its end.
  class [[nodiscard]] Turn {
   public:
    Turn() = default;
    Turn(Turns* turns, std::string key) : turns_(turns), key_(std::move(key)) {}
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), key_(std::move(other.key_)) {}
    Turn& operator=(Turn&&) = delete;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->PassOn(key_);
    }
    explicit operator bool() const { return turns_ != nullptr; }

   private:
    Turns* turns_ = nullptr;
    std::string key_;
  };

  /// Returns at the caller's turn with `key`, or with an empty one once `until` has come.
  Task<Turn> Take(std::string key, Clock& clock, Deadline until);

 private:
  void PassOn(const std::string& key);

  // A key is there while somebody has its turn.
  std::unordered_map<std::string, WaitQueue<std::optional<Turn>>> lines_;
};

}  // namespace atelier
