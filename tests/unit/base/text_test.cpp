#include "base/text.h"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Text, AListIsSplitAtItsCommas) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(SplitList(""), Parts());
  EXPECT_EQ(SplitList("a"), Parts{"a"});
  EXPECT_EQ(SplitList("a,b/c"), (Parts{"a", "b/c"}));
  EXPECT_EQ(SplitList(",a,,b,"), (Parts{"a", "b"}));
}

}  // namespace
}  // namespace atelier
