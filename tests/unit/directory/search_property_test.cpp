#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "directory/index/search.h"
#include "unit/directory/random_world.h"
#include "unit/directory/reference.h"

namespace atelier::directory {
namespace {

std::uint64_t Seed() {
  const char* given = std::getenv("ATELIER_TEST_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("ATELIER_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

/// The index and the plain vector it must agree with, changed together.
class Population {
 public:
  explicit Population(RandomWorld& world) : world_(world) {}

  void Grow(std::size_t size) {
    while (list_.size() < size) Insert();
  }
  void ChangeSomething() {
    const std::uint64_t kind = world_.Below(10);
    if (kind == 0 || list_.empty()) {
      Insert();
    } else if (kind == 1) {
      const std::size_t at = world_.Below(list_.size());
      index_.Erase(list_[at].id);
      list_[at] = list_.back();
      list_.pop_back();
    } else {
      model::Instance& instance = list_[world_.Below(list_.size())];
      world_.Change(instance);
      Put(instance);
    }
  }
  std::vector<std::string> Ids(const std::vector<Slot>& slots) const {
    std::vector<std::string> ids;
    for (const Slot slot : slots) ids.push_back(index_.table()[slot].instance->id.str());
    return ids;
  }

  const Index& index() const { return index_; }
  const std::vector<model::Instance>& list() const { return list_; }

 private:
  void Insert() {
    list_.push_back(world_.Instance(next_number_++));
    Put(list_.back());
  }
  void Put(const model::Instance& instance) {
    index_.Put(std::make_shared<const model::Instance>(instance), ++revision_);
  }

  RandomWorld& world_;
  Index index_;
  std::vector<model::Instance> list_;
  std::uint64_t next_number_ = 0;
  model::Revision revision_ = 0;
};

void ExpectSameAnswer(const Population& population, const Viewer& viewer,
                      const InstanceQuery& query) {
  const std::vector<std::string> all = reference::All(population.list(), viewer, query);
  const Hits hits = Search(population.index(), viewer, query);
  EXPECT_EQ(hits.total, all.size());
  EXPECT_EQ(population.Ids(hits.page), reference::Slice(all, query.page_number, query.page_size));
}

TEST(Search, AnswersLikeFilterSortAndSliceOfAVectorWhileInstancesChange) {
  RandomWorld world(Seed());
  constexpr int kPopulations = 40;
  constexpr int kQueriesEach = 550;
  for (int p = 0; p < kPopulations && !testing::Test::HasFailure(); ++p) {
    Population population(world);
    population.Grow(world.Below(160));
    for (int q = 0; q < kQueriesEach && !testing::Test::HasFailure(); ++q) {
      SCOPED_TRACE(testing::Message() << "population " << p << " query " << q);
      if (world.Chance(30)) population.ChangeSomething();
      ExpectSameAnswer(population, world.AnyViewer(), world.AnyQuery(population.list().size()));
    }
  }
}

TEST(Search, AnswersLikeTheReferenceWhenViewsHaveManyChunks) {
  RandomWorld world(Seed());
  Population population(world);
  population.Grow(2500);
  for (int q = 0; q < 150 && !testing::Test::HasFailure(); ++q) {
    SCOPED_TRACE(testing::Message() << "query " << q);
    for (int change = 0; change < 5; ++change) population.ChangeSomething();
    ExpectSameAnswer(population, world.AnyViewer(), world.AnyQuery(population.list().size()));
  }
}

TEST(Search, PagesTogetherAreTheUnpagedList) {
  RandomWorld world(Seed());
  Population population(world);
  population.Grow(700);
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
