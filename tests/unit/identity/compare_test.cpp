#include "identity/crypto/compare.h"

#include <gtest/gtest.h>

namespace atelier::identity {
namespace {

TEST(ConstantTimeEqual, IsEquality) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
}

}  // namespace
}  // namespace atelier::identity
