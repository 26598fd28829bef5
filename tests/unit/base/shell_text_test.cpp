#include "base/shell_text.h"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(ShellText, EndsItsLinesWithLineFeeds) {
  EXPECT_EQ(ShellText("a\r\nb\r\n"), "a\nb\n");
  EXPECT_EQ(ShellText("a\nb\r\n\r\nc"), "a\nb\n\nc");
  EXPECT_EQ(ShellText("exit 0\r"), "exit 0");
  EXPECT_EQ(ShellText(""), "");
}

TEST(ShellText, KeepsACarriageReturnWithinALine) {
  EXPECT_EQ(ShellText("printf 'a\rb'"), "printf 'a\rb'");
  EXPECT_EQ(ShellText("a\r\r\n"), "a\r\n");
}

}  // namespace
}  // namespace atelier
