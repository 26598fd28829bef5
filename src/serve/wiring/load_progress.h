#pragma once
#include <atomic>
#include <cstddef>
#include <string>

#include "base/log.h"

namespace atelier::serve {

/// How far the start has come, for /readyz and the log. Threads: any.
class LoadProgress {
 public:
  explicit LoadProgress(Logger& log) : log_(log) {}

  /// `done` of about `all` instances; `all` > 0.
  void Note(std::size_t done, std::size_t all);
  std::string Text() const;

 private:
  Logger& log_;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<std::size_t> all_ = 0;
  std::atomic<std::size_t> logged_ = 0;  // tenths
};

}  // namespace atelier::serve
