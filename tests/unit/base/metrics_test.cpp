#include "base/metrics.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace atelier::metrics {
namespace {

using std::chrono::microseconds;

TEST(Metrics, TheBoundOfABucketBelongsToIt) {
  static constexpr auto kBounds = std::to_array<std::int64_t>({500, 1'000'000});
  Histogram histogram(kBounds);
  for (const auto took : {microseconds(1), microseconds(500), microseconds(501),
                          microseconds(1'000'000), microseconds(1'000'001)})
    histogram.Record(took);
  std::string out;
  histogram.AppendSamples(out, "t", R"(a="b")");
  histogram.AppendSamples(out, "t", "");
  EXPECT_EQ(out,
            "t_bucket{a=\"b\",le=\"0.0005\"} 2\n"
            "t_bucket{a=\"b\",le=\"1\"} 4\n"
            "t_bucket{a=\"b\",le=\"+Inf\"} 5\n"
            "t_sum{a=\"b\"} 2.001003\n"
            "t_count{a=\"b\"} 5\n"
            "t_bucket{le=\"0.0005\"} 2\n"
            "t_bucket{le=\"1\"} 4\n"
            "t_bucket{le=\"+Inf\"} 5\n"
            "t_sum 2.001003\n"
            "t_count 5\n");
}

TEST(Metrics, AnyTextMayBeALabel) {
  EXPECT_EQ(Label("name", "a\"b\\c\nd"), "name=\"a\\\"b\\\\c\\nd\"");
}

TEST(Metrics, AFamilyIsItsHeadAndItsSamples) {
  std::string out;
  AppendGauge(out, "g", "Some words.", 1.5);
  AppendHead(out, "c", "counter", "More words.");
  AppendSample(out, "c", Label("x", "y"), std::uint64_t{1} << 60U);
  EXPECT_EQ(out,
            "# HELP g Some words.\n# TYPE g gauge\ng 1.5\n"
            "# HELP c More words.\n# TYPE c counter\nc{x=\"y\"} 1152921504606846976\n");
}

}  // namespace
}  // namespace atelier::metrics
