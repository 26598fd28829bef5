#include "unit/directory/property.h"

namespace atelier::directory {
namespace {

TEST(Search, AnswersLikeTheReferenceAfterALoadWhileInstancesChange) {
  RandomWorld world(test::Seed());
  constexpr int kPopulations = 80;
  for (int p = 0; p < kPopulations && !testing::Test::HasFailure(); ++p) {
    SCOPED_TRACE(testing::Message() << "population " << p);
    Population population(world);
    population.Load(world.Below(160));
    ExpectSameAnswers(world, population, 600);
  }
}

}  // namespace
}  // namespace atelier::directory
