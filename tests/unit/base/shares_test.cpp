#include "base/shares.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace atelier {
namespace {

using Held = std::vector<std::shared_ptr<const void>>;

Held TakeAll(Shares& shares, std::string_view owner) {
  Held held;
  while (auto one = shares.Take(owner)) held.push_back(std::move(one));
  return held;
}

TEST(Shares, NobodyTakesMoreThanIsLeftForOthers) {
  Shares shares(16);
  Held first = TakeAll(shares, "first");
  EXPECT_EQ(first.size(), 8U);
  const Held second = TakeAll(shares, "second");
  EXPECT_EQ(second.size(), 4U);
  EXPECT_EQ(TakeAll(shares, "third").size(), 2U) << "and all are given back";
  first.clear();
  EXPECT_EQ(TakeAll(shares, "third").size(), 6U);
}

TEST(Shares, OneIsForWhoeverComesFirst) {
  Shares shares(1);
  Held held = TakeAll(shares, "a");
  EXPECT_EQ(held.size(), 1U);
  EXPECT_EQ(shares.Take("b"), nullptr);
  held.clear();
  EXPECT_NE(shares.Take("b"), nullptr);
}

}  // namespace
}  // namespace atelier
