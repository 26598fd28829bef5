#include "base/empty_json.h"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(EmptyJson, AsksForNothing) {
  for (const std::string_view text : {"null", R"("")", "{}", "[]", "0", "0.0", "-0", "false",
                                      R"([null, "", {"a": [0, false]}])", R"({"a": {"b": ""}})"}) {
    EXPECT_TRUE(IsEmptyJson(*ParseJson(text))) << text;
  }
}

TEST(EmptyJson, AsksForSomething) {
  for (const std::string_view text : {R"(" ")", R"("0")", R"("false")", "1", "-1", "0.5", "true",
                                      "[1]", R"({"a": {"b": "c"}})"}) {
    EXPECT_FALSE(IsEmptyJson(*ParseJson(text))) << text;
  }
}

}  // namespace
}  // namespace atelier
