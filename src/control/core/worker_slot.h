#pragma once
#include <cstddef>
#include <functional>
#include <utility>

namespace atelier::control {

class WorkerSlot;

/// A bounded number of workers. One thread.
class Workers {
 public:
  static constexpr std::size_t kMaxSlow = 1024;

  /// `freed` is called when one may start; it changes no slot before it returns.
  Workers(std::size_t width, std::function<void()> freed)
      : width_(width), freed_(std::move(freed)) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() = default;

  bool full() const { return busy_ >= width_; }
  std::size_t busy() const { return busy_; }  // the slow ones apart

 private:
  friend class WorkerSlot;
  const std::size_t width_;
  const std::function<void()> freed_;
  std::size_t busy_ = 0;
  std::size_t slow_ = 0;
};

/// One worker's, from its start to its end.
class WorkerSlot {
 public:
  explicit WorkerSlot(Workers& workers) : workers_(workers) { ++workers_.busy_; }
  WorkerSlot(const WorkerSlot&) = delete;
  WorkerSlot& operator=(const WorkerSlot&) = delete;
  ~WorkerSlot() { --(held_ ? workers_.busy_ : workers_.slow_); }
  /// For work that waits long: another may start. At most kMaxSlow are slow at once.
  void GiveUp() {
    if (!held_ || workers_.slow_ >= Workers::kMaxSlow) return;
    held_ = false;
    --workers_.busy_;
    ++workers_.slow_;
    workers_.freed_();
  }

 private:
  Workers& workers_;
  bool held_ = true;
};

}  // namespace atelier::control
