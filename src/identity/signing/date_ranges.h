#pragma once
#include <cstddef>
#include <cstdint>
#include <map>

namespace atelier::identity {

/// Dates in seconds since 1970, as few ranges. Bounded: beyond kMax ranges the smallest gap between
/// two of them counts as theirs, too; nothing that was added is lost.
class DateRanges {
 public:
  static constexpr std::size_t kMax = 64;

  void Add(std::int64_t first, std::int64_t last);
  void Add(const DateRanges& others);
  bool Contains(std::int64_t date) const;
  /// First and last date of each, apart from each other and in order.
  const std::map<std::int64_t, std::int64_t>& ranges() const { return ranges_; }

 private:
  std::map<std::int64_t, std::int64_t> ranges_;
};

}  // namespace atelier::identity
