#include "directory/index/ordered_view.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace atelier::directory {
namespace {

/// A table whose row `slot` has priority priorities[slot] and an id that sorts like the slot.
class OrderedViewTest : public testing::Test {
 protected:
  void Fill(const std::vector<std::int64_t>& priorities) {
    for (std::size_t i = 0; i < priorities.size(); ++i) {
      model::Instance instance;
      instance.id = model::InstanceId("dsw-" + std::to_string(100'000 + i));
      instance.priority = priorities[i];
      table_.Insert(instance, 1);
    }
  }
  std::vector<Slot> From(std::size_t rank) const {
    std::vector<Slot> slots;
    view_.Ascend(rank, [&](Slot slot) {
      slots.push_back(slot);
      return true;
    });
    return slots;
  }
  std::vector<Slot> Backwards() const {
    std::vector<Slot> slots;
    view_.Descend([&](Slot slot) {
      slots.push_back(slot);
      return true;
    });
    return slots;
  }

  Table table_;
  OrderedView view_{table_, SortBy::kPriority, OrderedView::Lookup::kYes};
};

TEST_F(OrderedViewTest, OrdersByKeyThenById) {
  Fill({5, 1, 5, 3});
  for (const Slot slot : {2U, 3U, 0U, 1U}) view_.Insert(slot);
  EXPECT_EQ(From(0), (std::vector<Slot>{1, 3, 0, 2}));
  EXPECT_EQ(From(2), (std::vector<Slot>{0, 2}));
  EXPECT_EQ(From(4), (std::vector<Slot>{}));
  EXPECT_EQ(Backwards(), (std::vector<Slot>{2, 0, 3, 1}));
}

TEST_F(OrderedViewTest, CountsKeysBelowABound) {
  Fill({1, 3, 3, 5});
  for (const Slot slot : {0U, 1U, 2U, 3U}) view_.Insert(slot);
  EXPECT_EQ(view_.CountBelow(0), 0U);
  EXPECT_EQ(view_.CountBelow(3), 1U);
  EXPECT_EQ(view_.CountBelow(4), 3U);
  EXPECT_EQ(view_.CountBelow(6), 4U);
}

TEST_F(OrderedViewTest, BuiltAtOnceItIsTheSameAndGoesOnChanging) {
  Fill({5, 1, 5, 3, 2});
  view_.Build(std::vector<Slot>{1, 3, 0, 2});
  EXPECT_EQ(From(0), (std::vector<Slot>{1, 3, 0, 2}));
  view_.Insert(4);
  view_.Erase(0);
  EXPECT_EQ(From(0), (std::vector<Slot>{1, 4, 3, 2}));
  EXPECT_EQ(view_.size(), 4U);
}

TEST_F(OrderedViewTest, ASliceHoldsTheRanksAskedForWhereverTheyAre) {
  constexpr std::size_t kSize = 3000;
  std::mt19937 engine(11);
  std::vector<std::int64_t> priorities(kSize);
  for (auto& priority : priorities) priority = static_cast<std::int64_t>(engine() % 20);
  Fill(priorities);
  for (Slot slot = 0; slot < kSize; ++slot) view_.Insert(slot);
  std::vector<Slot> ascending;
  Bitmap matches;
  for (const Slot slot : From(0)) {
    if (engine() % 5 != 0) continue;
    ascending.push_back(slot);
    matches.Add(slot);
  }
  for (std::size_t first = 0; first < ascending.size(); first += 7) {
    const std::size_t count = std::min<std::size_t>(30, ascending.size() - first);
    OrderedView::Slice slice = view_.SliceOf(matches, first, count);
    ASSERT_LE(slice.before, first);
    ASSERT_GE(slice.before + slice.slots.size(), first + count);
    EXPECT_LE(slice.slots.size(), count + 2 * 512);
    const auto begin = ascending.begin() + static_cast<std::ptrdiff_t>(slice.before);
    std::vector<Slot> want(begin, begin + static_cast<std::ptrdiff_t>(slice.slots.size()));
    std::ranges::sort(want);
    std::ranges::sort(slice.slots);
    EXPECT_EQ(slice.slots, want) << "from rank " << first;
  }
}

TEST_F(OrderedViewTest, StaysSortedThroughThousandsOfInsertsAndErases) {
  constexpr std::size_t kSize = 5000;  // many chunks
  std::mt19937 engine(7);
  std::vector<std::int64_t> priorities(kSize);
  for (auto& priority : priorities) priority = static_cast<std::int64_t>(engine() % 50);
  Fill(priorities);
  std::vector<Slot> order(kSize);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::shuffle(order, engine);
  for (const Slot slot : order) view_.Insert(slot);

  // Erase all but every 40th, which leaves chunks nearly empty and joins them.
  std::vector<Slot> kept;
  std::ranges::shuffle(order, engine);
  for (const Slot slot : order) {
    if (slot % 40 == 0)
      kept.push_back(slot);
    else
      view_.Erase(slot);
  }
  const auto before = [&](Slot a, Slot b) {
    return std::pair(priorities[a], a) < std::pair(priorities[b], b);
  };
  std::ranges::sort(kept, before);
  EXPECT_EQ(From(0), kept);
  EXPECT_EQ(view_.size(), kept.size());
  for (const std::size_t rank : {std::size_t{1}, kept.size() / 2, kept.size() - 1}) {
    EXPECT_EQ(From(rank),
              std::vector<Slot>(kept.begin() + static_cast<std::ptrdiff_t>(rank), kept.end()));
  }
}

}  // namespace
}  // namespace atelier::directory
