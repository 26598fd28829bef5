#pragma once
#include <algorithm>
#include <forward_list>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "directory/index/bitmap.h"

namespace atelier::directory {

/// Sets that a slot must all be in. Evaluated smallest first, so that a narrow one makes the rest
/// cheap; unions come last.
class Conjunction {
 public:
  /// `set` outlives this object.
  void And(const Bitmap* set) { sets_.push_back(set); }
  void And(Bitmap&& set) { And(&owned_.emplace_front(std::move(set))); }
  /// In at least one of `sets`, which outlive this object. None: nobody is.
  void AndAnyOf(std::vector<const Bitmap*> sets) {
    if (sets.size() == 1)
      And(sets.front());
    else
      unions_.push_back(std::move(sets));
  }

  /// No condition yet: everything is in.
  bool empty() const { return sets_.empty() && unions_.empty(); }

  /// At least one condition.
  Bitmap Evaluate() const {
    auto next = unions_.begin();
    Bitmap common = sets_.empty() ? Bitmap::UnionOf(*next++) : CommonOfSets();
    for (; next != unions_.end(); ++next) KeepAnyOf(common, *next);
    return common;
  }

 private:
  Bitmap CommonOfSets() const {
    boost::container::small_vector<std::pair<std::uint64_t, const Bitmap*>, kFew> by_size;
    for (const Bitmap* set : sets_) by_size.emplace_back(set->Count(), set);
    std::ranges::sort(by_size);
    Bitmap common =
        by_size.size() == 1 ? *by_size[0].second : *by_size[0].second & *by_size[1].second;
    for (std::size_t i = 2; i < by_size.size(); ++i) common &= *by_size[i].second;
    return common;
  }

  /// Uniting what is common with each is cheaper than what is common with the union, unless the
  /// sets are small beside `common`.
  static void KeepAnyOf(Bitmap& common, const std::vector<const Bitmap*>& sets) {
    std::uint64_t in_sets = 0;
    for (const Bitmap* set : sets) in_sets += set->Count();
    if (common.Count() * sets.size() >= in_sets) {
      common &= Bitmap::UnionOf(sets);
      return;
    }
    std::vector<Bitmap> parts;
    std::vector<const Bitmap*> of_parts;
    parts.reserve(sets.size());
    of_parts.reserve(sets.size());
    for (const Bitmap* set : sets) of_parts.push_back(&parts.emplace_back(common & *set));
    common = Bitmap::UnionOf(of_parts);
  }

  static constexpr std::size_t kFew = 8;  // what most queries have: no memory of its own

  boost::container::small_vector<const Bitmap*, kFew> sets_;
  std::vector<std::vector<const Bitmap*>> unions_;
  std::forward_list<Bitmap> owned_;  // growing does not move them
};

}  // namespace atelier::directory
