#include "identity/signing/date_ranges.h"

#include <algorithm>
#include <iterator>

namespace atelier::identity {

void DateRanges::Add(std::int64_t first, std::int64_t last) {
  // With all that it touches it becomes one.
  auto at = ranges_.upper_bound(first);
  if (at != ranges_.begin() && std::prev(at)->second >= first - 1) --at;
  while (at != ranges_.end() && at->first <= last + 1) {
    first = std::min(first, at->first);
    last = std::max(last, at->second);
    at = ranges_.erase(at);
  }
  ranges_.emplace_hint(at, first, last);
  if (ranges_.size() <= kMax) return;
  auto before = ranges_.begin();
  const auto gap = [](auto range) { return std::next(range)->first - range->second; };
  for (auto range = ranges_.begin(); std::next(range) != ranges_.end(); ++range) {
    if (gap(range) < gap(before)) before = range;
  }
  const auto after = std::next(before);
  before->second = after->second;
  ranges_.erase(after);
}

void DateRanges::Add(const DateRanges& others) {
  for (const auto& [first, last] : others.ranges_) Add(first, last);
}

bool DateRanges::Contains(std::int64_t date) const {
  const auto after = ranges_.upper_bound(date);
  return after != ranges_.begin() && std::prev(after)->second >= date;
}

}  // namespace atelier::identity
