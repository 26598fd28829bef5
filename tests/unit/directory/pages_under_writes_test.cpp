// Promise 6: TotalCount and pages agree with each other under writes.
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "directory/directory.h"
#include "support/seed.h"
#include "unit/directory/random_world.h"
#include "unit/directory/reference.h"

namespace atelier::directory {
namespace {

using Ids = std::vector<std::string>;

Ids IdsOf(const Page& page) {
  Ids ids;
  for (const InstancePtr& instance : page.instances) ids.push_back(instance->id.str());
  return ids;
}

/// The directory, and beside it the plain list that it must agree with. Every batch is a commit
/// with a revision of its own, as the store's are.
class Town {
 public:
  Town(RandomWorld& world, std::size_t size) : world_(world) {
    Batch batch = Begin();
    while (list_.size() < size) Insert(batch);
    End(batch);
  }

  /// One to five inserts, changes and deletes in one commit.
  void AnyBatch() {
    Batch batch = Begin();
    for (std::uint64_t n = world_.Below(5) + 1; n > 0; --n) {
      const std::uint64_t kind = world_.Below(4);
      if (kind == 0 || list_.empty()) {
        Insert(batch);
      } else if (kind == 1) {
        Erase(batch, world_.Below(list_.size()));
      } else {
        model::Instance& instance = list_[world_.Below(list_.size())];
        world_.Change(instance);
        Put(batch, instance);
      }
    }
    End(batch);
  }

  /// Changes what neither places an instance in the order of creation nor decides whether a query
  /// for its workspace finds it, and lets others come and go elsewhere.
  void BatchBeside(const model::WorkspaceId& workspace) {
    Batch batch = Begin();
    for (model::Instance& instance : list_) {
      if (!world_.Chance(20)) continue;
      const model::Instance before = instance;
      world_.Change(instance);
      instance.accessibility = before.accessibility;  // decides who sees it
      Put(batch, instance);
    }
    for (std::size_t at = list_.size(); at > 0; --at) {
      if (list_[at - 1].workspace != workspace && world_.Chance(30)) Erase(batch, at - 1);
    }
    model::Instance stranger = world_.Instance(next_number_++);
    stranger.workspace = model::WorkspaceId("elsewhere");
    list_.push_back(stranger);
    Put(batch, stranger);
    End(batch);
  }

  Page List(const Viewer& viewer, const InstanceQuery& query) const {
    return directory_.List(viewer, query);
  }
  model::Revision revision() const { return revision_; }
  const std::vector<model::Instance>& list() const { return list_; }

 private:
  using Batch = std::vector<store::Change>;

  Batch Begin() {
    ++revision_;
    return {};
  }
  void End(const Batch& batch) { directory_.Apply(batch); }

  void Put(Batch& batch, const model::Instance& instance) {
    batch.push_back({.op = store::Write::Op::kPut,
                     .record = {.kind = store::Kind::kInstance,
                                .key = instance.id.str(),
                                .revision = revision_,
                                .body = ToJson(instance)}});
  }
  void Insert(Batch& batch) {
    list_.push_back(world_.Instance(next_number_++));
    Put(batch, list_.back());
  }
  void Erase(Batch& batch, std::size_t at) {
    batch.push_back({.op = store::Write::Op::kDelete,
                     .record = {.kind = store::Kind::kInstance,
                                .key = list_[at].id.str(),
                                .revision = revision_,
                                .body = {}}});
    list_[at] = list_.back();
    list_.pop_back();
  }

  RandomWorld& world_;
  InstanceDirectory directory_;
  std::vector<model::Instance> list_;
  std::uint64_t next_number_ = 0;
  model::Revision revision_ = 0;
};

/// What a careful reader does: pages of one revision belong together, and when a write came between
/// the walk begins anew. Checks every page against the list of its own revision on the way.
class Walk {
 public:
  Walk(Town& town, RandomWorld& world, Viewer viewer, InstanceQuery query)
      : town_(town), world_(world), viewer_(std::move(viewer)), query_(std::move(query)) {}

  /// Writers come between pages as long as fewer than `most_writes` did.
  void Run(int most_writes) {
    bool complete = false;
    while (!complete && !testing::Test::HasFailure()) complete = Once(most_writes);
  }
  const Ids& together() const { return together_; }
  int restarts() const { return restarts_; }

 private:
  bool Once(int most_writes) {
    together_.clear();
    std::uint64_t total = 0;
    const model::Revision begun = town_.revision();
    query_.page_number = 1;
    do {
      if (writes_ < most_writes && world_.Chance(25)) {
        town_.AnyBatch();
        ++writes_;
      }
      const Page page = town_.List(viewer_, query_);
      ExpectExact(page);
      if (page.revision != begun) {
        ++restarts_;
        return false;
      }
      total = page.total;
      for (std::string& id : IdsOf(page)) together_.push_back(std::move(id));
    } while (query_.page_number++ * query_.page_size < total);
    return true;
  }

  void ExpectExact(const Page& page) const {
    const Ids all = reference::All(town_.list(), viewer_, query_);
    EXPECT_EQ(page.revision, town_.revision());
    EXPECT_EQ(page.total, all.size());
    EXPECT_EQ(IdsOf(page), reference::Slice(all, query_.page_number, query_.page_size));
  }

  Town& town_;
  RandomWorld& world_;
  Viewer viewer_;
  InstanceQuery query_;
  Ids together_;
  int writes_ = 0;
  int restarts_ = 0;
};

TEST(PagesUnderWrites, PagesOfOneRevisionTogetherAreTheUnpagedList) {
  RandomWorld world(test::Seed());
  int restarts = 0;
  constexpr int kWalks = 150;
  for (int w = 0; w < kWalks && !testing::Test::HasFailure(); ++w) {
    SCOPED_TRACE(testing::Message() << "walk " << w);
    Town town(world, world.Below(120) + 1);
    const Viewer viewer = world.AnyViewer();
    InstanceQuery query = world.AnyQuery(town.list().size());
    query.page_size = world.Below(15) + 1;
    Walk walk(town, world, viewer, query);
    walk.Run(12);
    EXPECT_EQ(walk.together(), reference::All(town.list(), viewer, query));
    restarts += walk.restarts();
  }
  EXPECT_GT(restarts, kWalks / 2) << "writes came between pages, or nothing was proven";
}

TEST(PagesUnderWrites, WritesThatTouchNeitherOrderNorMatchMakeNoPageRepeatOrSkip) {
  RandomWorld world(test::Seed());
  const model::WorkspaceId workspace("1");
  for (int w = 0; w < 25 && !testing::Test::HasFailure(); ++w) {
    SCOPED_TRACE(testing::Message() << "walk " << w);
    Town town(world, 40 + world.Below(120));
    const Viewer viewer = world.AnyViewer();
    InstanceQuery query;
    query.workspace = workspace;
    query.sort_by = SortBy::kGmtCreateTime;
    query.order = static_cast<Order>(world.Below(2));
    query.page_size = world.Below(9) + 1;
    const Ids expected = reference::All(town.list(), viewer, query);
    Ids together;
    std::uint64_t total = 0;
    do {
      const Page page = town.List(viewer, query);
      total = page.total;
      EXPECT_EQ(total, expected.size());
      for (std::string& id : IdsOf(page)) together.push_back(std::move(id));
      town.BatchBeside(workspace);
    } while (query.page_number++ * query.page_size < total);
    EXPECT_EQ(together, expected);
  }
}

TEST(PagesUnderWrites, APageThatWasGivenStaysAsItWas) {
  RandomWorld world(test::Seed());
  Town town(world, 60);
  Viewer root;
  root.sees_all = true;
  InstanceQuery query;
  query.page_size = 60;
  const Page page = town.List(root, query);
  std::map<std::string, std::string> before;
  for (const InstancePtr& instance : page.instances) before[instance->id.str()] = ToJson(*instance);
  for (int n = 0; n < 50; ++n) town.AnyBatch();
  for (const InstancePtr& instance : page.instances)
    EXPECT_EQ(ToJson(*instance), before.at(instance->id.str()));
  EXPECT_EQ(page.total, 60U);
}

}  // namespace
}  // namespace atelier::directory
