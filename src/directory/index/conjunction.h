#pragma once
#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "directory/index/bitmap.h"

namespace atelier::directory {

/// Sets that a slot must all be in. Evaluated smallest first, so that a narrow one makes the rest
/// cheap.
class Conjunction {
 public:
  /// `set` outlives this object.
  void And(const Bitmap* set) { sets_.push_back(set); }
  void And(Bitmap&& set) { And(&owned_.emplace_back(std::move(set))); }

  /// No condition yet: everything is in.
  bool empty() const { return sets_.empty(); }

  /// At least one condition.
  Bitmap Evaluate() const {
    std::vector<std::pair<std::uint64_t, const Bitmap*>> by_size;
    by_size.reserve(sets_.size());
    for (const Bitmap* set : sets_) by_size.emplace_back(set->Count(), set);
    std::ranges::sort(by_size);
    Bitmap common =
        by_size.size() == 1 ? *by_size[0].second : *by_size[0].second & *by_size[1].second;
    for (std::size_t i = 2; i < by_size.size(); ++i) common &= *by_size[i].second;
    return common;
  }

 private:
  std::vector<const Bitmap*> sets_;
  std::deque<Bitmap> owned_;  // a deque: growing does not move them
};

}  // namespace atelier::directory
