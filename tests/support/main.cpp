// The main of every test program: `control_tests decide_test.cpp` runs the tests of that file
// alone.
#include <cstdio>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace {

/// A filter for the tests whose source file has this name; empty: there is none.
std::string FilterOf(std::string_view file) {
  std::string filter;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const testing::TestInfo& test = *suite.GetTestInfo(j);
      const std::string_view path = test.file();
      if (path.substr(path.rfind('/') + 1) != file) continue;
      filter.append(suite.name()).append(".").append(test.name()).append(":");
    }
  }
  return filter;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1) {
    const std::string filter = FilterOf(argv[1]);
    if (filter.empty()) {
      std::fprintf(stderr, "%s: no test of this program is in a file of that name\n", argv[1]);
      return 2;
    }
    GTEST_FLAG_SET(filter, filter);
  }
  return RUN_ALL_TESTS();
}
