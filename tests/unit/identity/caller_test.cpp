#include "identity/caller.h"

#include <gtest/gtest.h>

namespace atelier::identity {
namespace {

TEST(Caller, TheSessionsOfARoleAreOneHolder) {
  EXPECT_EQ(HolderOf(model::UserId("runner:one")), "runner:");
  EXPECT_EQ(HolderOf(model::UserId("runner:two")), "runner:");
}

TEST(Caller, AUserIsAHolderOfTheirOwnAlsoBesideARoleOfThatName) {
  EXPECT_EQ(HolderOf(model::UserId("200000000000000001")), "200000000000000001");
  EXPECT_NE(HolderOf(model::UserId("runner")), HolderOf(model::UserId("runner:one")));
}

}  // namespace
}  // namespace atelier::identity
