#include "base/page.h"

#include <memory>

#include <gtest/gtest.h>

namespace atelier {
namespace {

using Numbers = std::vector<int>;

TEST(PageOf, PartsAListAndIsEmptyPastItsEnd) {
  const Numbers five = {1, 2, 3, 4, 5};
  EXPECT_EQ(PageOf(five, 1, 2), (Numbers{1, 2}));
  EXPECT_EQ(PageOf(five, 3, 2), (Numbers{5}));
  EXPECT_EQ(PageOf(five, 4, 2), Numbers());
  EXPECT_EQ(PageOf(five, 1, 5), five);
  EXPECT_EQ(PageOf(five, 2, 5), Numbers());
  EXPECT_EQ(PageOf(five, 1, UINT64_MAX), five);
  EXPECT_EQ(PageOf(Numbers(), 1, 2), Numbers());
}

TEST(PageOf, NoNumberOrSizeIsTooOdd) {
  const Numbers five = {1, 2, 3, 4, 5};
  EXPECT_EQ(PageOf(five, 0, 2), Numbers());
  EXPECT_EQ(PageOf(five, 1, 0), Numbers());
  EXPECT_EQ(PageOf(five, UINT64_MAX, 1), Numbers());
  EXPECT_EQ(PageOf(five, UINT64_MAX, UINT64_MAX), Numbers());
}

TEST(PageOf, MovesWhatCannotBeCopied) {
  std::vector<std::unique_ptr<int>> all;
  all.reserve(3);
  for (int i = 0; i < 3; ++i) all.push_back(std::make_unique<int>(i));
  const auto page = PageOf(std::move(all), 2, 2);
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(*page[0], 2);
}

}  // namespace
}  // namespace atelier
