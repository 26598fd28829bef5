#pragma once
#include <mutex>

namespace atelier {

/// A mutex for what several threads share in one process and a single one has in another, where it
/// costs nothing.
class OptionalMutex {
 public:
  /// `shared`: there are several threads.
  explicit OptionalMutex(bool shared) : shared_(shared) {}
  OptionalMutex(const OptionalMutex&) = delete;
  OptionalMutex& operator=(const OptionalMutex&) = delete;
  ~OptionalMutex() = default;

  void lock() {
    if (shared_) mutex_.lock();
  }
  void unlock() {
    if (shared_) mutex_.unlock();
  }

 private:
  const bool shared_;
  std::mutex mutex_;
};

}  // namespace atelier
