#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace atelier {

/// A bounded number of places for those who are known by name. Each may hold as many as are left
/// for all others: the first up to a half, the next up to half of the rest, so that nobody alone
/// takes what others need. One thread.
class Shares {
 public:
  explicit Shares(std::size_t most) : most_(most) {}
  Shares(const Shares&) = delete;
  Shares& operator=(const Shares&) = delete;
  ~Shares() = default;

  /// A place, as long as it lives; this outlives it. nullptr: the owner has their share.
  std::shared_ptr<const void> Take(std::string_view owner);

 private:
  const std::size_t most_;
  std::size_t taken_ = 0;
  std::map<std::string, std::size_t, std::less<>> by_owner_;  // of those who hold any
};

}  // namespace atelier
