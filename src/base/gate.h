#pragma once
#include <cstddef>
#include <utility>

#include "base/clock.h"
#include "base/task.h"

namespace atelier {

/// Counts the tasks a component has under way, refuses new ones once closed, and lets Stop() wait
/// for the rest. One thread. The component outlives every Pass.
class Gate {
 public:
  class Pass {
   public:
    Pass() = default;
    explicit Pass(Gate* gate) : gate_(gate) { ++gate_->inside_; }
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      if (this != &other) {
        Leave();
        gate_ = std::exchange(other.gate_, nullptr);
      }
      return *this;
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() { Leave(); }
    explicit operator bool() const { return gate_ != nullptr; }

   private:
    void Leave() {
      if (gate_ != nullptr) --std::exchange(gate_, nullptr)->inside_;
    }
    Gate* gate_ = nullptr;
  };

  /// An empty Pass when the gate is closed: do not start.
  Pass Enter() { return closed_ ? Pass() : Pass(this); }
  bool closed() const { return closed_; }
  std::size_t inside() const { return inside_; }
  void Close() { closed_ = true; }
  /// Closes, then returns true once everybody left, false at the deadline.
  Task<bool> Drain(Clock& clock, Deadline by);

 private:
  std::size_t inside_ = 0;
  bool closed_ = false;
};

}  // namespace atelier
