#include "unit/directory/property.h"

namespace atelier::directory {
namespace {

// Large enough that views have many chunks and every way to find a page is taken.
TEST(Search, AnswersLikeTheReferenceWhenViewsHaveManyChunks) {
  RandomWorld world(test::Seed());
  Population population(world);
  population.Load(2500);
  for (int q = 0; q < 600 && !testing::Test::HasFailure(); ++q) {
    SCOPED_TRACE(testing::Message() << "query " << q);
    for (int change = 0; change < 5; ++change) population.ChangeSomething();
    ExpectSameAnswer(population, world.AnyViewer(), world.AnyQuery(population.list().size()));
  }
}

TEST(Search, PagesTogetherAreTheUnpagedList) {
  RandomWorld world(test::Seed());
  Population population(world);
  population.Grow(1500);
  for (int q = 0; q < 60 && !testing::Test::HasFailure(); ++q) {
    SCOPED_TRACE(testing::Message() << "query " << q);
    const Viewer viewer = world.AnyViewer();
    InstanceQuery query = world.AnyQuery(population.list().size());
    query.page_size = world.Below(40) + 1;
    std::vector<std::string> together;
    std::uint64_t total = 0;
    query.page_number = 1;
    do {
      const Hits hits = Search(population.index(), viewer, query);
      total = hits.total;
      for (std::string& id : population.Ids(hits.page)) together.push_back(std::move(id));
    } while (query.page_number++ * query.page_size < total);
    EXPECT_EQ(together, reference::All(population.list(), viewer, query));
    EXPECT_EQ(total, together.size());
  }
}

}  // namespace
}  // namespace atelier::directory
