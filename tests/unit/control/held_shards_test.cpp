#include "control/core/held_shards.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "support/run.h"

namespace atelier::control {
namespace {

using store::Kind;
using store::Write;

/// "lost 3" and "gained 3", in the order it was told.
class Told final : public ShardWatcher {
 public:
  void Lost(const ShardSet& shards) override { Note("lost", shards); }
  void Gained(const ShardSet& shards) override { Note("gained", shards); }
  std::vector<std::string> said;

 private:
  void Note(std::string what, const ShardSet& shards) {
    for (std::size_t shard = 0; shard < store::kShards; ++shard) {
      if (shards.test(shard)) what += " " + std::to_string(shard);
    }
    said.push_back(std::move(what));
  }
};

class HeldShardsTest : public ::testing::Test {
 protected:
  Result<model::Revision> Commit(store::Batch batch) {
    return test::Run(io_, store_->Commit(std::move(batch)));
  }
  /// As `owner`, whoever has it.
  void Take(std::size_t shard, std::string owner) {
    ASSERT_TRUE(Commit({store::Take(table_.LeaseOf(shard), std::move(owner))}));
  }
  void Add(HeldShards& shards) {
    store_->AddListener(shards);
    shards.Watch(told_);
  }
  std::vector<std::string> Said() { return std::exchange(told_->said, {}); }

  ManualClock clock_{WallTime{}};
  asio::io_context io_;
  std::unique_ptr<store::Store> store_ = store::MakeMemoryStore(io_.get_executor());
  store::Shards table_;
  std::shared_ptr<Told> told_ = std::make_shared<Told>();
  HeldShardsTest() { store_->AddListener(table_); }
};

using Words = std::vector<std::string>;

TEST_F(HeldShardsTest, AServerAloneHoldsAllOfThemByTheLeasesThatItFinds) {
  ASSERT_TRUE(Commit({store::Take({.shard = 5, .epoch = 0}, "one of a fleet, earlier")}));
  HeldShards shards(clock_);
  ASSERT_TRUE(shards.LoadBlocking(*store_));
  Add(shards);
  EXPECT_TRUE(shards.held().all());
  EXPECT_EQ(shards.LeaseOf(4)->epoch, 0u);
  EXPECT_EQ(shards.LeaseOf(5)->epoch, 1u);
  EXPECT_TRUE(Commit({store::Guard(*shards.LeaseOf(5)), Write::Put(Kind::kInstance, "a", "1")}));
  clock_.Advance(std::chrono::hours(24 * 365));
  EXPECT_TRUE(shards.held().all()) << "nobody needs to confirm it";
  EXPECT_EQ(Said(), Words{});
}

/// It should not be possible. If it is, the fence holds, and the loops learn of it.
TEST_F(HeldShardsTest, WhoIsAloneAndYetLosesAShardLetsItGoForGood) {
  HeldShards shards(clock_);
  Add(shards);
  const store::Lease before = *shards.LeaseOf(5);
  Take(5, "another");
  EXPECT_EQ(shards.LeaseOf(5), std::nullopt);
  EXPECT_FALSE(shards.Holds(before));
  EXPECT_EQ(shards.held().count(), 63u);
  Take(5, "");
  EXPECT_EQ(shards.LeaseOf(5), std::nullopt);
  EXPECT_EQ(Said(), Words{"lost 5"});
}

TEST_F(HeldShardsTest, OneOfSeveralHoldsWhatIsTakenInItsName) {
  ASSERT_TRUE(Commit({store::Take({.shard = 1, .epoch = 0}, "one")}));
  HeldShards shards(clock_, "one");
  ASSERT_TRUE(shards.LoadBlocking(*store_));
  Add(shards);
  shards.TrustUntil(MonoTime::max());
  EXPECT_TRUE(shards.held().none()) << "what was there before is of another life";
  Take(3, "one");
  EXPECT_EQ(shards.LeaseOf(3)->epoch, 2u);
  ASSERT_TRUE(Commit({store::Take(table_.LeaseOf(7), "one"), store::Take(table_.LeaseOf(8), "two"),
                      Write::Put(Kind::kInstance, "a", "1")}));
  ASSERT_TRUE(Commit({Write::Put(Kind::kInstance, "a", "2")}));
  const store::Lease third = *shards.LeaseOf(3);
  Take(3, "two");
  EXPECT_FALSE(shards.Holds(third));
  Take(3, "one");
  EXPECT_FALSE(shards.Holds(third)) << "it is another lease";
  EXPECT_TRUE(shards.Holds(*shards.LeaseOf(3)));
  EXPECT_EQ(Said(), (Words{"gained 3", "gained 7", "lost 3", "gained 3"}));
}

/// Between two looks at the feed a shard may go and come back.
TEST_F(HeldShardsTest, ALeaseThatWentAndCameBackUnseenIsAnother) {
  HeldShards shards(clock_, "one");
  shards.TrustUntil(MonoTime::max());
  Add(shards);
  const auto taken = [](std::string owner, model::Revision revision) {
    return store::Change{.record = {.kind = Kind::kShard,
                                    .key = "03",
                                    .revision = revision,
                                    .body = R"({"Owner":")" + std::move(owner) + R"("})"}};
  };
  shards.Apply(std::vector{taken("one", 1)});
  const store::Lease first = *shards.LeaseOf(3);
  shards.Apply(std::vector{taken("two", 2), taken("one", 3)});
  EXPECT_FALSE(shards.Holds(first));
  EXPECT_EQ(shards.LeaseOf(3)->epoch, 3u);
  shards.Apply(std::vector{taken("two", 4), taken("one", 5), taken("two", 6)});
  EXPECT_EQ(shards.LeaseOf(3), std::nullopt);
  EXPECT_EQ(Said(), (Words{"gained 3", "lost 3", "gained 3", "lost 3"}));
}

TEST_F(HeldShardsTest, WhoHasNotBeenAnsweredForTooLongHoldsNothing) {
  HeldShards shards(clock_, "one");
  Add(shards);
  Take(3, "one");
  EXPECT_EQ(shards.LeaseOf(3), std::nullopt) << "taken, and not trusted yet";
  shards.TrustUntil(clock_.In(Duration(8'000)));
  const store::Lease lease = *shards.LeaseOf(3);
  clock_.Advance(Duration(7'999));
  EXPECT_TRUE(shards.Holds(lease));
  shards.TrustUntil(clock_.In(Duration(8'000)));
  clock_.Advance(Duration(8'000));
  EXPECT_FALSE(shards.Holds(lease));
  EXPECT_TRUE(shards.held().none());
  EXPECT_EQ(Said(), (Words{"lost 3", "gained 3"}));

  shards.TrustUntil(clock_.In(Duration(8'000)));
  EXPECT_TRUE(shards.Holds(lease)) << "nobody took it meanwhile";
  EXPECT_EQ(Said(), (Words{"lost 3", "gained 3"})) << "and what went by unseen is looked at";

  clock_.Advance(Duration(8'000));
  Take(3, "two");
  EXPECT_EQ(Said(), Words{"lost 3"}) << "also while nothing is held";
  shards.TrustUntil(MonoTime::max());
  EXPECT_TRUE(shards.held().none());
  EXPECT_EQ(Said(), Words{});
}

TEST_F(HeldShardsTest, WhoIsGoneIsNotTold) {
  HeldShards shards(clock_, "one");
  shards.TrustUntil(MonoTime::max());
  Add(shards);
  told_.reset();
  Take(3, "one");
  EXPECT_TRUE(shards.held().test(3));
}

}  // namespace
}  // namespace atelier::control
