#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "directory/index/bulk_build.h"
#include "directory/index/search.h"
#include "support/seed.h"
#include "unit/directory/random_world.h"
#include "unit/directory/reference.h"

namespace atelier::directory {

/// Instances as a store holds them, and now and then a record that cannot be read between them.
class RecordsOf final : public store::Bulk {
 public:
  RecordsOf(const std::vector<model::Instance>& instances, RandomWorld& world) {
    for (const model::Instance& instance : instances) {
      if (world.Chance(5)) Add("dsw-broken" + std::to_string(records_.size()), "{");
      Add(instance.id.str(), ToJson(instance));
    }
  }
  std::size_t size() const override { return records_.size(); }
  Status ReadBlocking(std::size_t first, std::size_t last,
                      const std::function<void(const store::Record&)>& each) const override {
    for (std::size_t i = first; i < last; ++i) each(records_[i]);
    return Ok();
  }

 private:
  void Add(std::string key, std::string body) {
    records_.push_back({store::Kind::kInstance, std::move(key), 1, std::move(body)});
  }
  std::vector<store::Record> records_;
};

/// The index and the plain vector it must agree with, changed together.
class Population {
 public:
  explicit Population(RandomWorld& world) : world_(world) {}

  void Grow(std::size_t size) {
    while (list_.size() < size) {
      list_.push_back(world_.Instance(next_number_++));
      Put(list_.back());
    }
  }
  /// As Grow for an empty population, but as a start from a store builds it.
  void Load(std::size_t size) {
    while (list_.size() < size) list_.push_back(world_.Instance(next_number_++));
    const RecordsOf records(list_, world_);
    const auto built = BulkBuild(*index_, records, 2, [](std::size_t) {});
    ASSERT_TRUE(built.has_value());
    EXPECT_EQ(built->unreadable.size(), records.size() - list_.size());
  }
  void ChangeSomething() {
    const std::uint64_t kind = world_.Below(10);
    if (kind == 0 || list_.empty()) {
      Grow(list_.size() + 1);
    } else if (kind == 1) {
      const std::size_t at = world_.Below(list_.size());
      index_->Erase(list_[at].id);
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
    ids.reserve(slots.size());
    for (const Slot slot : slots) ids.emplace_back(index_->table()[slot].id());
    return ids;
  }

  const Index& index() const { return *index_; }
  const std::vector<model::Instance>& list() const { return list_; }

 private:
  void Put(const model::Instance& instance) { index_->Put(instance, ++revision_); }

  RandomWorld& world_;
  std::unique_ptr<Index> index_ = std::make_unique<Index>();
  std::vector<model::Instance> list_;
  std::uint64_t next_number_ = 0;
  model::Revision revision_ = 0;
};

inline void ExpectSameAnswer(const Population& population, const Viewer& viewer,
                             const InstanceQuery& query) {
  const std::vector<std::string> all = reference::All(population.list(), viewer, query);
  const Hits hits = Search(population.index(), viewer, query);
  EXPECT_EQ(hits.total, all.size());
  EXPECT_EQ(population.Ids(hits.page), reference::Slice(all, query.page_number, query.page_size));
  EXPECT_EQ(CountByStatus(population.index(), viewer, query),
            reference::CountByStatus(population.list(), viewer, query));
}

/// Random queries, and changes between them.
inline void ExpectSameAnswers(RandomWorld& world, Population& population, int queries) {
  for (int q = 0; q < queries && !testing::Test::HasFailure(); ++q) {
    SCOPED_TRACE(testing::Message() << "query " << q);
    if (world.Chance(30)) population.ChangeSomething();
    ExpectSameAnswer(population, world.AnyViewer(), world.AnyQuery(population.list().size()));
  }
}

}  // namespace atelier::directory
