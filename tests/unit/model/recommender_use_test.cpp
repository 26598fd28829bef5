#include "model/recommender_use.h"

#include <gtest/gtest.h>

namespace atelier::model {
namespace {

std::string VersionOf(const std::string& trace_info) {
  const DocumentFields behavior = {{"trace_id", "ali"}, {"trace_info", trace_info}};
  const auto trace = TraceOf(behavior);
  return trace ? std::string(trace->version) : "none";
}

TEST(Trace, BringsBackTheVersionThatAnswered) {
  const std::string info = TraceInfoOf("20240501120000", "A1B2-C3", 4);
  EXPECT_EQ(info, "20240501120000.A1B2-C3.4");
  EXPECT_EQ(VersionOf(info), "20240501120000");
}

TEST(Trace, OfAnotherRecommenderIsNone) {
  EXPECT_FALSE(TraceOf({}));
  EXPECT_FALSE(TraceOf({{"trace_info", "20240501120000.A.0"}}));
  // What clients send for recommendations of their own.
  EXPECT_FALSE(TraceOf({{"trace_id", "selfhold"}, {"trace_info", "20240501120000.A.0"}}));
}

TEST(Trace, WithoutAUsableInfoNamesNoVersion) {
  const DocumentFields bare = {{"trace_id", "ali"}};
  ASSERT_TRUE(TraceOf(bare));
  EXPECT_EQ(TraceOf(bare)->version, "");
  for (const char* info : {"", "1", "20240501120000", "20240501120000.4", "20240501120000..4",
                           ".A.4", "20240501120000.A.", "20240501120000.A.x", "2024x.A.4"}) {
    EXPECT_EQ(VersionOf(info), "") << info;
  }
}

}  // namespace
}  // namespace atelier::model
