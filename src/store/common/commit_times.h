#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace atelier::store {

/// How long the latest commits took, in seconds: a ring.
class CommitTimes {
 public:
  void Add(double seconds) { ring_.at(count_++ % ring_.size()) = seconds; }
  std::vector<double> Recent() const {
    const auto kept = static_cast<std::ptrdiff_t>(std::min(count_, ring_.size()));
    return {ring_.begin(), ring_.begin() + kept};
  }

 private:
  std::array<double, 512> ring_{};
  std::size_t count_ = 0;
};

}  // namespace atelier::store
