#pragma once
#include <array>

#include "directory/index/bitmap.h"
#include "directory/index/ordered_view.h"

namespace atelier::directory {

/// A population that queries page through in every order: one workspace, or everything.
class Scope {
 public:
  /// `table` outlives the scope.
  explicit Scope(const Table& table, OrderedView::Lookup lookup = OrderedView::Lookup::kNo)
      : views_{OrderedView(table, SortBy::kPriority, lookup),
               OrderedView(table, SortBy::kGmtCreateTime, lookup),
               OrderedView(table, SortBy::kGmtModifiedTime, lookup)} {}

  const Bitmap& members() const { return members_; }
  Bitmap& members() { return members_; }
  std::size_t size() const { return views_.front().size(); }
  const OrderedView& By(SortBy by) const { return views_[static_cast<std::size_t>(by)]; }
  OrderedView& By(SortBy by) { return views_[static_cast<std::size_t>(by)]; }

  void Add(Slot slot) {
    members_.Add(slot);
    for (OrderedView& view : views_) view.Insert(slot);
  }
  void Remove(Slot slot) {
    members_.Remove(slot);
    for (OrderedView& view : views_) view.Erase(slot);
  }

 private:
  Bitmap members_;
  std::array<OrderedView, kSortByCount> views_;  // by SortBy
};

}  // namespace atelier::directory
