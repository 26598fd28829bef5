#include "base/log_sampler.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/recorded_log.h"

namespace atelier {
namespace {

using Lines = std::vector<std::string>;

class LogSamplerTest : public ::testing::Test {
 protected:
  /// How many of `tries` lines get in.
  int Admitted(const std::string& kind, int tries) {
    int admitted = 0;
    for (int i = 0; i < tries; ++i) admitted += sampler_.Admit(kind) ? 1 : 0;
    return admitted;
  }

  ManualClock clock_{WallTime(Duration(0))};
  test::RecordedLog log_;
  LogSampler sampler_{log_, clock_};
};

TEST_F(LogSamplerTest, AFloodWritesAFewLinesAndTheNumberOfTheRest) {
  EXPECT_EQ(Admitted("NotFound", 1000), 10);
  EXPECT_EQ(log_.lines, Lines{});
  clock_.Advance(Duration(10'000));
  EXPECT_EQ(Admitted("NotFound", 15), 10);
  EXPECT_EQ(log_.lines, Lines{"log.sampled kind=NotFound more=990 seconds=10"});
  sampler_.TellRest();
  EXPECT_EQ(log_.lines.back(), "log.sampled kind=NotFound more=5 seconds=0");
}

TEST_F(LogSamplerTest, AFloodThatGoesOnWritesOneLineASecond) {
  Admitted("NotFound", 100);
  int admitted = 0;
  for (int second = 0; second < 60; ++second) {
    clock_.Advance(Duration(1'000));
    admitted += Admitted("NotFound", 1'000);
  }
  EXPECT_EQ(admitted, 60);
  EXPECT_EQ(log_.lines.size(), 6U);
}

TEST_F(LogSamplerTest, EachKindHasItsOwnShare) {
  EXPECT_EQ(Admitted("NotFound", 100), 10);
  EXPECT_EQ(Admitted("Forbidden", 3), 3);
  clock_.Advance(Duration(10'000));
  EXPECT_TRUE(sampler_.Admit("Forbidden"));
  EXPECT_EQ(log_.lines, Lines{"log.sampled kind=NotFound more=90 seconds=10"})
      << "a line of another kind tells it too";
}

TEST_F(LogSamplerTest, KindsWithoutNumberAreOneKind) {
  int admitted = 0;
  for (int i = 0; i < 1'000; ++i) admitted += sampler_.Admit(std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(admitted, 64 + 10);
}

}  // namespace
}  // namespace atelier
