#include "unit/directory/property.h"

namespace atelier::directory {
namespace {

// Together with search_loaded_property_test.cpp over 100,000 queries a run, in two processes that
// ctest runs side by side.
TEST(Search, AnswersLikeFilterSortAndSliceOfAVectorWhileInstancesChange) {
  RandomWorld world(test::Seed());
  constexpr int kPopulations = 80;
  for (int p = 0; p < kPopulations && !testing::Test::HasFailure(); ++p) {
    SCOPED_TRACE(testing::Message() << "population " << p);
    Population population(world);
    population.Grow(world.Below(160));
    ExpectSameAnswers(world, population, 700);
  }
}

}  // namespace
}  // namespace atelier::directory
