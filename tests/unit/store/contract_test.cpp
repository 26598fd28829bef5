// The store's contract, run against every implementation.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "base/random.h"
#include "store/copy.h"
#include "store/postgres.h"
#include "store/shards.h"
#include "store/store.h"
#include "support/postgres.h"
#include "support/run.h"
#include "support/temp_dir.h"

namespace atelier::store {
namespace {

/// Where a store lives during one test.
struct Place {
  asio::io_context io;
  test::TempDir folder;
  SystemClock clock;
  std::unique_ptr<Random> random = MakeSystemRandom();
  std::unique_ptr<Logger> log = MakeNullLogger();
};

struct Implementation {
  const char* name;
  std::function<std::unique_ptr<Store>(Place&)> make;
};

std::unique_ptr<Store> MakeSqlite(Place& place) {
  auto store = OpenSqlite({.folder = place.folder.path() + "/store"}, place.io.get_executor(),
                          place.clock, *place.log);
  if (!store) throw std::runtime_error(store.error().ToString());
  return *std::move(store);
}

std::unique_ptr<Store> MakePostgres(Place& place, std::string address, bool shared = false) {
  auto store = OpenPostgres({.folder = place.folder.path() + "/store",
                             .address = std::move(address),
                             .shared = shared,
                             .look_timeout = Duration(10'000)},
                            place.io.get_executor(), place.clock, *place.random, *place.log);
  if (!store) throw std::runtime_error(store.error().ToString());
  return *std::move(store);
}
std::unique_ptr<Store> MakePostgresAlone(Place& place) {
  return MakePostgres(place, test::Postgres::Shared().NewDatabase());
}
std::unique_ptr<Store> MakePostgresShared(Place& place) {
  return MakePostgres(place, test::Postgres::Shared().NewDatabase(), true);
}
std::unique_ptr<Store> MakePostgresSharedBehindPgBouncer(Place& place) {
  const std::string address = test::Postgres::Shared().NewDatabase();
  return MakePostgres(place, test::PgBouncer::Shared().Before(address), true);
}
std::unique_ptr<Store> MakePostgresBehindPgBouncer(Place& place) {
  const std::string address = test::Postgres::Shared().NewDatabase();
  return MakePostgres(place, test::PgBouncer::Shared().Before(address));
}

class StoreContract : public testing::TestWithParam<Implementation> {
 protected:
  StoreContract() : store_(GetParam().make(place_)) {}
  void TearDown() override { test::Run(place_.io, store_->Stop()); }

  Result<model::Revision> Commit(Batch batch) {
    return test::Run(place_.io, store_->Commit(std::move(batch)));
  }
  Result<Record> Get(Kind kind, std::string key) {
    return test::Run(place_.io, store_->Get(kind, std::move(key)));
  }

  std::string Keys(Kind kind, Store::Range range) {
    const auto records = test::Run(place_.io, store_->Scan(kind, std::move(range)));
    if (!records) return records.error().ToString();
    std::string keys;
    for (const Record& record : *records) keys += (keys.empty() ? "" : " ") + record.key;
    return keys;
  }

  Place place_;
  std::unique_ptr<Store> store_;
};

/// Writes down what the feed shows.
class Recorder final : public Listener {
 public:
  void Apply(std::span<const Change> changes) override {
    all.insert(all.end(), changes.begin(), changes.end());
  }
  std::vector<Change> all;
};

TEST_P(StoreContract, GetsBackWhatWasPut) {
  const std::string body("{\"a\":\"\0\xc3\xa9\"}", 11);
  const auto revision = Commit({Write::Put(Kind::kInstance, "dsw-1", body)});
  ASSERT_TRUE(revision) << revision.error().ToString();
  const auto record = Get(Kind::kInstance, "dsw-1");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->kind, Kind::kInstance);
  EXPECT_EQ(record->key, "dsw-1");
  EXPECT_EQ(record->revision, *revision);
  EXPECT_EQ(record->body, body);
}

TEST_P(StoreContract, AnEmptyBodyAndAnEmptyKeyAreTextLikeAnyOther) {
  ASSERT_TRUE(Commit({Write::Put(Kind::kEvent, "", "")}));
  const auto record = Get(Kind::kEvent, "");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->body, "");
}

// What store.h promises to the loser of a race: the read models show what it lost to.
TEST_P(StoreContract, WhoLosesARaceFindsTheWinnerInTheReadModels) {
  Recorder feed;
  store_->AddListener(feed);
  ASSERT_TRUE(Commit({Write::Put(Kind::kInstance, "a", "0"), Write::Put(Kind::kUser, "u", "0")}));
  const auto race = [this](Write write) { return store_->Commit({std::move(write)}); };
  std::vector<Result<model::Revision>> outcomes;
  for (Write& write :
       Batch{Write::Put(Kind::kInstance, "a", "1", 1), Write::Put(Kind::kInstance, "a", "2", 1),
             Write::Delete(Kind::kInstance, "a", 1), Write::Check(Kind::kInstance, "a", 1)}) {
    asio::co_spawn(place_.io, race(std::move(write)),
                   [&](const std::exception_ptr&, Result<model::Revision> outcome) {
                     outcomes.push_back(std::move(outcome));
                     EXPECT_EQ(feed.all.back().record.key, "a");
                     EXPECT_EQ(feed.all.back().record.revision, 2);
                   });
  }
  place_.io.restart();
  while (outcomes.size() < 4 && place_.io.run_one() > 0) {
  }
  ASSERT_EQ(outcomes.size(), 4U);
  EXPECT_EQ(std::ranges::count_if(outcomes, [](const auto& one) { return one.has_value(); }), 1);
  for (const auto& outcome : outcomes)
    EXPECT_TRUE(outcome || outcome.error().code() == Code::kAborted);
}

TEST_P(StoreContract, KindsDoNotSeeEachOther) {
  ASSERT_TRUE(Commit(
      {Write::Put(Kind::kInstance, "x", "instance"), Write::Put(Kind::kEvent, "x", "event")}));
  EXPECT_EQ(Get(Kind::kInstance, "x")->body, "instance");
  EXPECT_EQ(Get(Kind::kEvent, "x")->body, "event");
  EXPECT_EQ(Get(Kind::kUser, "x").error().code(), Code::kNotFound);
  EXPECT_EQ(Keys(Kind::kEvent, {}), "x");
}

TEST_P(StoreContract, DeletedIsNotFoundAndDeletingNothingIsAllowed) {
  ASSERT_TRUE(Commit({Write::Put(Kind::kInstance, "a", "1")}));
  ASSERT_TRUE(Commit({Write::Delete(Kind::kInstance, "a")}));
  EXPECT_EQ(Get(Kind::kInstance, "a").error().code(), Code::kNotFound);
  EXPECT_TRUE(Commit({Write::Delete(Kind::kInstance, "a")}));
}

TEST_P(StoreContract, RevisionsGrowByOneWithEachCommittedBatchAndOnlyThen) {
  const auto first =
      Commit({Write::Put(Kind::kInstance, "a", "1"), Write::Put(Kind::kInstance, "b", "1")});
  ASSERT_TRUE(first);
  EXPECT_EQ(Get(Kind::kInstance, "a")->revision, *first);
  EXPECT_EQ(Get(Kind::kInstance, "b")->revision, *first);
  EXPECT_FALSE(Commit({Write::Put(Kind::kInstance, "a", "2", 0)}));
  EXPECT_EQ(Commit({Write::Delete(Kind::kInstance, "a")}).value(), *first + 1);
  EXPECT_EQ(Commit({Write::Put(Kind::kInstance, "a", "3")}).value(), *first + 2);
}

TEST_P(StoreContract, ExpectedRevisionsDecide) {
  const auto created = Commit({Write::Put(Kind::kInstance, "a", "1", 0)});
  ASSERT_TRUE(created);
  EXPECT_EQ(Commit({Write::Put(Kind::kInstance, "a", "again", 0)}).error().code(), Code::kAborted);
  EXPECT_EQ(Commit({Write::Put(Kind::kInstance, "a", "x", *created + 1)}).error().code(),
            Code::kAborted);
  EXPECT_EQ(Commit({Write::Delete(Kind::kInstance, "a", *created - 1)}).error().code(),
            Code::kAborted);
  EXPECT_EQ(Commit({Write::Put(Kind::kInstance, "none", "x", *created)}).error().code(),
            Code::kAborted);
  EXPECT_EQ(Get(Kind::kInstance, "a")->body, "1");

  const auto changed = Commit({Write::Put(Kind::kInstance, "a", "2", *created)});
  ASSERT_TRUE(changed);
  ASSERT_TRUE(Commit({Write::Delete(Kind::kInstance, "a", *changed)}));
  EXPECT_TRUE(Commit({Write::Put(Kind::kInstance, "a", "reborn", 0)}));
}

TEST_P(StoreContract, ACheckDecidesAndWritesNothing) {
  const auto there = Commit({Write::Put(Kind::kWorkspace, "team", "1")});
  ASSERT_TRUE(there);
  Recorder feed;
  store_->AddListener(feed);
  ASSERT_TRUE(Commit(
      {Write::Check(Kind::kWorkspace, "team", *there), Write::Put(Kind::kInstance, "a", "1")}));
  EXPECT_EQ(Get(Kind::kWorkspace, "team")->revision, *there);
  EXPECT_EQ(feed.all.size(), 1U);
  for (const auto& check : {Write::Check(Kind::kWorkspace, "team", *there + 1),
                            Write::Check(Kind::kWorkspace, "team", 0),
                            Write::Check(Kind::kWorkspace, "none", *there)}) {
    EXPECT_EQ(Commit({Write::Put(Kind::kInstance, "b", "1"), check}).error().code(),
              Code::kAborted);
  }
  EXPECT_EQ(Get(Kind::kInstance, "b").error().code(), Code::kNotFound);
  EXPECT_TRUE(Commit({Write::Check(Kind::kWorkspace, "none", 0)}));
  EXPECT_EQ(feed.all.size(), 1U);
}

TEST_P(StoreContract, ABatchIsAllOrNothing) {
  ASSERT_TRUE(Commit({Write::Put(Kind::kInstance, "old", "1")}));
  Recorder feed;
  store_->AddListener(feed);
  const auto refused =
      Commit({Write::Put(Kind::kInstance, "new", "1"), Write::Delete(Kind::kInstance, "old"),
              Write::Put(Kind::kInstance, "other", "1", 7)});
  EXPECT_EQ(refused.error().code(), Code::kAborted);
  EXPECT_EQ(Keys(Kind::kInstance, {}), "old");
  EXPECT_TRUE(feed.all.empty());
}

TEST_P(StoreContract, PreconditionsAreCheckedAgainstTheStateBeforeTheBatch) {
  // Create and change in one batch: both expect what was there before it.
  ASSERT_TRUE(
      Commit({Write::Put(Kind::kInstance, "a", "1", 0), Write::Put(Kind::kInstance, "a", "2", 0)}));
  EXPECT_EQ(Get(Kind::kInstance, "a")->body, "2");
}

TEST_P(StoreContract, ScansRangesInByteOrderBothWays) {
  Batch batch;
  for (const char* key : {"b", "a", "ab", "a/2", "a/1", "c", "\xc3\xa9", "B"}) {
    batch.push_back(Write::Put(Kind::kEvent, key, key));
  }
  ASSERT_TRUE(Commit(std::move(batch)));
  EXPECT_EQ(Keys(Kind::kEvent, {}), "B a a/1 a/2 ab b c \xc3\xa9");
  EXPECT_EQ(Keys(Kind::kEvent, {.reverse = true}), "\xc3\xa9 c b ab a/2 a/1 a B");
  EXPECT_EQ(Keys(Kind::kEvent, {.from = "a/", .to = PrefixEnd("a/")}), "a/1 a/2");
  EXPECT_EQ(Keys(Kind::kEvent, {.from = "a/", .to = PrefixEnd("a/"), .reverse = true}), "a/2 a/1");
  EXPECT_EQ(Keys(Kind::kEvent, {.from = "a", .to = "b"}), "a a/1 a/2 ab")
      << "`to` is not in the range";
  EXPECT_EQ(Keys(Kind::kEvent, {.from = "b"}), "b c \xc3\xa9");
  EXPECT_EQ(Keys(Kind::kEvent, {.limit = 2}), "B a");
  EXPECT_EQ(Keys(Kind::kEvent, {.from = "a", .to = "b", .limit = 2, .reverse = true}), "ab a/2");
  EXPECT_EQ(Keys(Kind::kEvent, {.limit = 0}), "");
  EXPECT_EQ(Keys(Kind::kEvent, {.from = "b", .to = "a"}), "");
  EXPECT_EQ(Keys(Kind::kEvent, {.from = "x", .to = "x"}), "");
}

// Keys are bytes: what follows a key, and where a prefix ends, need not be text.
TEST_P(StoreContract, EveryByteHasItsPlaceInTheOrder) {
  const std::string after_a("a\0", 2);
  ASSERT_TRUE(Commit({Write::Put(Kind::kClientToken, "a", ""),
                      Write::Put(Kind::kClientToken, after_a + "x", ""),
                      Write::Put(Kind::kClientToken, "a\xff", ""),
                      Write::Put(Kind::kClientToken, "\xc3\xbf/1", "")}));
  EXPECT_EQ(Keys(Kind::kClientToken, {.from = after_a}), after_a + "x a\xff \xc3\xbf/1")
      << "strictly after a";
  EXPECT_EQ(Keys(Kind::kClientToken, {.from = "\xc3\xbf", .to = PrefixEnd("\xc3\xbf")}),
            "\xc3\xbf/1");
  EXPECT_EQ(Get(Kind::kClientToken, "a\xff")->key, "a\xff");
}

TEST_P(StoreContract, AnEmptyBatchIsACommitThatChangesNothing) {
  Recorder feed;
  store_->AddListener(feed);
  const auto first = Commit({});
  ASSERT_TRUE(first);
  EXPECT_EQ(Commit({Write::Check(Kind::kUser, "none", 0)}).value(), *first + 1);
  EXPECT_TRUE(feed.all.empty());
}

// One delete of nothing, one of what the batch itself put: as if they had come one by one.
TEST_P(StoreContract, ABatchMayWriteOneKeyManyTimes) {
  Recorder feed;
  store_->AddListener(feed);
  ASSERT_TRUE(Commit({Write::Delete(Kind::kUser, "a"), Write::Put(Kind::kUser, "a", "1"),
                      Write::Delete(Kind::kUser, "a"), Write::Delete(Kind::kUser, "a")}));
  EXPECT_EQ(Get(Kind::kUser, "a").error().code(), Code::kNotFound);
  ASSERT_EQ(feed.all.size(), 2U);
  EXPECT_EQ(feed.all[0].record.body, "1");
  EXPECT_EQ(feed.all[1].op, Write::Op::kDelete);
}

TEST_P(StoreContract, LoadsAKindInKeyOrder) {
  ASSERT_TRUE(Commit({Write::Put(Kind::kEvent, "2", "two"), Write::Put(Kind::kEvent, "1", "one"),
                      Write::Put(Kind::kAudit, "0", "other kind")}));
  std::string seen;
  ASSERT_TRUE(store_->LoadBlocking(
      Kind::kEvent, [&](const Record& record) { seen += record.key + record.body + " "; }));
  EXPECT_EQ(seen, "1one 2two ");
}

TEST_P(StoreContract, LoadsAKindInPartsThatAreTheWhole) {
  Batch batch;
  std::map<std::string, std::string> want;
  for (int i = 0; i < 100; ++i) {
    const std::string key = std::to_string(i * 37 % 100);
    want[key] = "body " + key;
    batch.push_back(Write::Put(Kind::kEvent, key, "body " + key));
    batch.push_back(Write::Put(Kind::kAudit, key, "other kind"));
  }
  const auto revision = Commit(std::move(batch));
  ASSERT_TRUE(revision.has_value());
  const auto bulk = store_->OpenBulkBlocking(Kind::kEvent);
  ASSERT_TRUE(bulk.has_value());
  EXPECT_EQ((*bulk)->size(), 100U);
  std::map<std::string, std::string> got;
  for (const auto& [first, last] : {std::pair(60, 100), std::pair(0, 60), std::pair(7, 7)}) {
    ASSERT_TRUE((*bulk)->ReadBlocking(
        static_cast<std::size_t>(first), static_cast<std::size_t>(last), [&](const Record& record) {
          EXPECT_EQ(record.kind, Kind::kEvent);
          EXPECT_EQ(record.revision, *revision);
          EXPECT_TRUE(got.emplace(record.key, record.body).second) << "twice: " << record.key;
        }));
  }
  EXPECT_EQ(got, want);
  EXPECT_EQ((*store_->OpenBulkBlocking(Kind::kUser))->size(), 0U);
}

TEST_P(StoreContract, TheFeedShowsEveryCommittedChangeInOrder) {
  Recorder feed;
  store_->AddListener(feed);
  const auto first =
      Commit({Write::Put(Kind::kInstance, "a", "1"), Write::Put(Kind::kInstance, "b", "2")});
  const auto second =
      Commit({Write::Delete(Kind::kInstance, "a"), Write::Delete(Kind::kInstance, "none")});
  ASSERT_TRUE(first && second);
  ASSERT_EQ(feed.all.size(), 3U) << "a delete of nothing changes nothing";
  EXPECT_EQ(feed.all[0].record.key + feed.all[0].record.body, "a1");
  EXPECT_EQ(feed.all[1].record.key + feed.all[1].record.body, "b2");
  EXPECT_EQ(feed.all[1].record.revision, *first);
  EXPECT_EQ(feed.all[2].op, Write::Op::kDelete);
  EXPECT_EQ(feed.all[2].record.key, "a");
  EXPECT_EQ(feed.all[2].record.body, "");
  EXPECT_EQ(feed.all[2].record.revision, *second);
}

TEST_P(StoreContract, ListenersAreCalledInTheOrderTheyWereAdded) {
  class Signer final : public Listener {
   public:
    Signer(std::string& order, char name) : order_(order), name_(name) {}
    void Apply(std::span<const Change> /*changes*/) override { order_ += name_; }

   private:
    std::string& order_;
    char name_;
  };
  std::string order;
  Signer a(order, 'a');
  Signer b(order, 'b');
  store_->AddListener(a);
  store_->AddListener(b);
  ASSERT_TRUE(Commit({Write::Put(Kind::kEvent, "e", "")}));
  EXPECT_EQ(order, "ab");
}

/// What 32 writers do at once in the test below.
struct Crowd {
  Store& store;
  Recorder& feed;
  std::vector<std::string> problems;
  std::vector<model::Revision> committed;
  int aborted = 0;
  int running = 0;
};

Task<void> WriteMany(Crowd& crowd, int writer) {
  for (int i = 0; i < 20; ++i) {
    // Every eighth writer's batch expects what cannot be: it is refused, alone, wherever it lands.
    const bool conflict = writer % 8 == 3;
    Batch batch;
    const std::string key = std::to_string(writer) + "/" + std::to_string(i);
    batch.push_back(Write::Put(Kind::kEvent, key, "body", 0));
    batch.push_back(Write::Put(Kind::kEvent, key + "-twin", "body", conflict ? 1 : 0));
    const auto revision = co_await crowd.store.Commit(std::move(batch));
    if (revision) {
      crowd.committed.push_back(*revision);
      const bool applied = std::ranges::any_of(crowd.feed.all, [&](const Change& change) {
        return change.record.revision == *revision;
      });
      if (!applied) crowd.problems.push_back(key + " returned before the listeners saw it");
      const auto record = co_await crowd.store.Get(Kind::kEvent, key);
      if (!record || record->revision != *revision)
        crowd.problems.push_back(key + " is not read back");
    } else if (revision.error().code() == Code::kAborted) {
      ++crowd.aborted;
      if (co_await crowd.store.Get(Kind::kEvent, key))
        crowd.problems.push_back(key + " was written in part");
    } else {
      crowd.problems.push_back(revision.error().ToString());
    }
  }
  --crowd.running;
}

TEST_P(StoreContract, ConcurrentCommittersShareTheStoreAndOnlyTheConflictingOnesAbort) {
  constexpr int kWriters = 32;
  Recorder feed;
  store_->AddListener(feed);
  Crowd crowd{.store = *store_, .feed = feed, .problems = {}, .committed = {}, .running = kWriters};
  for (int writer = 0; writer < kWriters; ++writer) {
    Spawn(place_.io.get_executor(), "writer", WriteMany(crowd, writer));
  }
  place_.io.restart();
  while (crowd.running > 0 && place_.io.run_one() > 0) {
  }
  EXPECT_EQ(crowd.problems, std::vector<std::string>{});
  EXPECT_EQ(crowd.aborted, 4 * 20);
  ASSERT_EQ(crowd.committed.size(), 28U * 20U);
  // Each revision once, without a gap, and the feed in that order.
  std::ranges::sort(crowd.committed);
  for (std::size_t i = 0; i < crowd.committed.size(); ++i) {
    ASSERT_EQ(crowd.committed[i], crowd.committed[0] + static_cast<model::Revision>(i));
  }
  EXPECT_EQ(feed.all.size(), 28U * 20U * 2U);
  EXPECT_TRUE(std::ranges::is_sorted(feed.all, {},
                                     [](const Change& change) { return change.record.revision; }));
}

/// Commits `batch` and adds the outcome to `outcomes`.
Task<void> CommitInto(Store& store, Batch batch, std::vector<Result<model::Revision>>& outcomes) {
  outcomes.push_back(co_await store.Commit(std::move(batch)));
}

TEST_P(StoreContract, OfManyCreatorsOfOneKeyExactlyOneWins) {
  constexpr std::size_t kCreators = 32;
  std::vector<Result<model::Revision>> outcomes;
  for (std::size_t i = 0; i < kCreators; ++i) {
    Batch batch{Write::Put(Kind::kInstanceName, "ws/name", std::to_string(i), 0)};
    Spawn(place_.io.get_executor(), "creator", CommitInto(*store_, std::move(batch), outcomes));
  }
  place_.io.restart();
  while (outcomes.size() < kCreators && place_.io.run_one() > 0) {
  }
  EXPECT_EQ(
      std::ranges::count_if(outcomes, [](const auto& outcome) { return outcome.has_value(); }), 1);
}

TEST_P(StoreContract, StopLetsCommitsUnderWayFinishAndRefusesLaterOnes) {
  std::vector<Result<model::Revision>> under_way;
  Spawn(place_.io.get_executor(), "commit",
        CommitInto(*store_, {Write::Put(Kind::kInstance, "a", "1")}, under_way));
  place_.io.restart();
  place_.io.poll_one();
  test::Run(place_.io, store_->Stop());
  ASSERT_EQ(under_way.size(), 1U);
  EXPECT_TRUE(under_way[0]) << under_way[0].error().ToString();
  EXPECT_EQ(Commit({Write::Put(Kind::kInstance, "b", "1")}).error().code(), Code::kUnavailable);
  EXPECT_EQ(Get(Kind::kInstance, "a").error().code(), Code::kUnavailable);
  test::Run(place_.io, store_->Stop());  // twice is once
}

TEST_P(StoreContract, FFenceWhoLostAShardWritesNothingMoreForIt) {
  Shards shards;
  ASSERT_TRUE(shards.LoadBlocking(*store_));
  store_->AddListener(shards);
  const Lease free = shards.LeaseOf(7);
  EXPECT_TRUE(Commit({Guard(free), Write::Put(Kind::kInstance, "a", "of one server alone")}));
  ASSERT_TRUE(Commit({Take(free, "first")}));
  const Lease first = shards.LeaseOf(7);
  EXPECT_EQ(shards.OwnerOf(7), "first");
  EXPECT_TRUE(Commit({Guard(first), Write::Put(Kind::kInstance, "a", "of the first")}));
  EXPECT_EQ(Commit({Guard(free), Write::Put(Kind::kInstance, "a", "late")}).error().code(),
            Code::kAborted);
  ASSERT_TRUE(Commit({Take(first, "second")}));
  EXPECT_EQ(shards.OwnerOf(7), "second") << "who loses it learns of it before they are refused";
  EXPECT_EQ(Commit({Guard(first), Write::Put(Kind::kInstance, "a", "late")}).error().code(),
            Code::kAborted);
  EXPECT_EQ(Commit({Take(first, "first")}).error().code(), Code::kAborted) << "nor back unseen";
  // Back in the first's hands it is another lease.
  ASSERT_TRUE(Commit({Take(shards.LeaseOf(7), "first")}));
  EXPECT_EQ(Commit({Guard(first), Write::Put(Kind::kInstance, "a", "late")}).error().code(),
            Code::kAborted);
  EXPECT_EQ(Get(Kind::kInstance, "a")->body, "of the first");
  EXPECT_EQ(shards.OwnerOf(8), "") << "each by itself";

  Shards loaded;
  ASSERT_TRUE(loaded.LoadBlocking(*store_));
  EXPECT_EQ(loaded.OwnerOf(7), "first");
  EXPECT_EQ(loaded.LeaseOf(7).epoch, shards.LeaseOf(7).epoch);
}

TEST_P(StoreContract, AShardThatThereIsNotIsNotLoaded) {
  for (const char* key : {"64", "7", "-1", "007", "x", ""}) {
    ASSERT_TRUE(Commit({Write::Put(Kind::kShard, key, R"({"Owner":"x"})")}));
    EXPECT_EQ(Shards().LoadBlocking(*store_).error().code(), Code::kDataLoss) << key;
    ASSERT_TRUE(Commit({Write::Delete(Kind::kShard, key)}));
  }
  EXPECT_TRUE(Shards().LoadBlocking(*store_));
}

/// Some may have come by the database, from a look that was quicker.
TEST_P(StoreContract, TheFeedHasTheValuesThatItsWriterGave) {
  Recorder feed;
  store_->AddListener(feed);
  int with_value = 0;
  for (int i = 0; i < 10; ++i) {
    Write write = Write::Put(Kind::kInstance, "a", std::to_string(i));
    write.value = Value(std::make_shared<const int>(i));
    ASSERT_TRUE(Commit({std::move(write), Write::Put(Kind::kInstance, "b", "")}));
    ASSERT_EQ(feed.all.size(), static_cast<std::size_t>(2 * i + 2));
    EXPECT_EQ(feed.all[feed.all.size() - 1].record.value.As<int>(), nullptr);
    const auto value = feed.all[feed.all.size() - 2].record.value.As<int>();
    if (value == nullptr) continue;
    EXPECT_EQ(*value, i);
    ++with_value;
  }
  EXPECT_GE(with_value, 5);
}

TEST_P(StoreContract, ACatchUpFindsAllThatWasAnswered) {
  Recorder feed;
  store_->AddListener(feed);
  EXPECT_TRUE(test::Run(place_.io, store_->CatchUp()));
  ASSERT_TRUE(Commit({Write::Put(Kind::kInstance, "a", "1")}));
  EXPECT_TRUE(test::Run(place_.io, store_->CatchUp()));
  EXPECT_EQ(feed.all.size(), 1U);
}

TEST_P(StoreContract, IsHealthyWhenNothingIsWrong) {
  EXPECT_TRUE(store_->GetHealth().writable);
  EXPECT_EQ(store_->GetHealth().why_not, "");
}

/// "kind key revision body" of everything, in the order of the snapshot.
std::vector<std::string> Everything(Snapshot& snapshot) {
  std::vector<std::string> lines;
  const Status read = snapshot.ReadBlocking([&](const Record& record) -> Status {
    lines.push_back(std::to_string(static_cast<int>(record.kind)) + " " + record.key + " " +
                    std::to_string(record.revision) + " " + record.body);
    return Ok();
  });
  if (!read) lines.push_back(read.error().ToString());
  return lines;
}

const Progress kNoProgress = [](std::string_view, std::uint64_t) {};

/// Of keys and bodies that are any bytes, written in another order than they are read in.
Batch Various() {
  return {Write::Put(Kind::kUser, "b", R"({"n":1})"),
          Write::Put(Kind::kUser, "a", ""),
          Write::Put(Kind::kUser, std::string("a\0z", 3), std::string("x\0\xff\n", 4)),
          Write::Put(Kind::kUser, "\xc3\xa4", "umlaut"),
          Write::Put(static_cast<Kind>(200), "of a later version", "kept"),
          Write::Put(Kind::kAccount, "account", "first of all")};
}
std::vector<std::string> VariousLines() {
  return {"1 account 1 first of all",
          "2 a 1 ",
          std::string("2 a\0z 1 x\0\xff\n", 12),
          "2 b 1 {\"n\":1}",
          "2 \xc3\xa4 1 umlaut",
          "200 of a later version 1 kept"};
}

TEST_P(StoreContract, ASnapshotIsAllAsOfOneRevisionInTheOrderOfKindAndKey) {
  ASSERT_TRUE(Commit(Various()));
  const auto snapshot = store_->OpenSnapshotBlocking();
  ASSERT_TRUE(snapshot) << snapshot.error().ToString();
  ASSERT_TRUE(Commit({Write::Put(Kind::kUser, "later", "1"), Write::Delete(Kind::kUser, "a"),
                      Write::Put(Kind::kUser, "b", "2")}));
  EXPECT_EQ((*snapshot)->origin().head, 1);
  EXPECT_EQ((*snapshot)->origin().incarnation, 1);
  EXPECT_EQ(Everything(**snapshot), VariousLines());
  std::vector<std::string> keys;
  ASSERT_TRUE((*snapshot)->ReadKindBlocking(Kind::kUser, [&](const Record& record) -> Status {
    keys.push_back(record.key);
    return Ok();
  }));
  EXPECT_EQ(keys, (std::vector<std::string>{"a", std::string("a\0z", 3), "b", "\xc3\xa4"}));
}

TEST_P(StoreContract, WhatDoesNotWantMoreOfASnapshotEndsIt) {
  ASSERT_TRUE(Commit(Various()));
  const auto snapshot = store_->OpenSnapshotBlocking();
  ASSERT_TRUE(snapshot);
  int seen = 0;
  const Status read = (*snapshot)->ReadBlocking([&](const Record&) -> Status {
    if (++seen == 2) return Error(Code::kResourceExhausted, "enough");
    return Ok();
  });
  EXPECT_EQ(seen, 2);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(), "enough");
}

TEST_P(StoreContract, ALoadLeavesTheSameStoreOfTheNextIncarnation) {
  asio::io_context io;
  const auto source = MakeMemoryStore(io.get_executor());
  ASSERT_TRUE(test::Run(io, source->Commit(Various())));
  ASSERT_TRUE(test::Run(io, source->Commit({Write::Put(Kind::kEvent, "gone", "")})));
  ASSERT_TRUE(test::Run(io, source->Commit({Write::Delete(Kind::kEvent, "gone")})));
  const auto from = source->OpenSnapshotBlocking();
  ASSERT_TRUE(from);

  const auto copied = CopyBlocking(**from, *store_, kNoProgress);
  ASSERT_TRUE(copied) << copied.error().ToString();
  EXPECT_EQ(copied->at(Kind::kUser).count, 4U);
  const auto loaded = store_->OpenSnapshotBlocking();
  ASSERT_TRUE(loaded);
  EXPECT_EQ((*loaded)->origin().head, 3) << "of a deletion: no record is as young";
  EXPECT_EQ((*loaded)->origin().incarnation, 2);
  EXPECT_EQ(Everything(**loaded), Everything(**from));
  EXPECT_EQ(Get(Kind::kUser, "b").value().revision, 1);
  EXPECT_EQ(Commit({Write::Put(Kind::kUser, "c", "")}).error().code(), Code::kUnavailable)
      << "it is to be opened again";
}

TEST_P(StoreContract, ALoadThatFailsLeavesItEmpty) {
  asio::io_context io;
  const auto source = MakeMemoryStore(io.get_executor());
  ASSERT_TRUE(test::Run(io, source->Commit(Various())));
  {
    const auto loading = store_->OpenLoadBlocking();
    ASSERT_TRUE(loading) << loading.error().ToString();
    ASSERT_TRUE(
        (*loading)->AddBlocking({.kind = Kind::kUser, .key = "a", .revision = 1, .body = ""}));
    ASSERT_TRUE((*loading)->ReadBackBlocking([](const Record&) { return Ok(); }));
  }
  EXPECT_EQ(Keys(Kind::kUser, {}), "");
  const auto from = source->OpenSnapshotBlocking();
  ASSERT_TRUE(from);
  EXPECT_TRUE(CopyBlocking(**from, *store_, kNoProgress)) << "and ready for the next";
}

TEST_P(StoreContract, AStoreThatIsNotEmptyIsNotFilled) {
  ASSERT_TRUE(Commit({Write::Put(Kind::kUser, "mine", "1")}));
  asio::io_context io;
  const auto source = MakeMemoryStore(io.get_executor());
  const auto from = source->OpenSnapshotBlocking();
  ASSERT_TRUE(from);
  const auto copied = CopyBlocking(**from, *store_, kNoProgress);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().reason(), "StoreNotEmpty");
  EXPECT_EQ(Keys(Kind::kUser, {}), "mine");
}

INSTANTIATE_TEST_SUITE_P(
    Every, StoreContract,
    testing::Values(
        Implementation{"Memory",
                       [](Place& place) { return MakeMemoryStore(place.io.get_executor()); }},
        Implementation{"Sqlite", MakeSqlite}, Implementation{"Postgres", MakePostgresAlone},
        Implementation{"PostgresBehindPgBouncer", MakePostgresBehindPgBouncer},
        Implementation{"PostgresShared", MakePostgresShared},
        Implementation{"PostgresSharedBehindPgBouncer", MakePostgresSharedBehindPgBouncer}),
    [](const auto& info) { return info.param.name; });

// Other numbers would give everything another owner.
TEST(Shard, OfAnIdIsTheSameForEver) {
  EXPECT_EQ(ShardOf("a"), 0xaf63dc4c8601ec8cU % 64) << "FNV-1a's own test vector";
  EXPECT_EQ(ShardOf("foobar"), 0x85944171f73967e8U % 64);
}

TEST(PrefixEnd, IsTheSmallestKeyAfterEveryKeyWithThePrefix) {
  EXPECT_EQ(PrefixEnd("a/"), "a0");
  EXPECT_EQ(PrefixEnd("a\xff\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff"), "") << "no upper bound";
  EXPECT_EQ(PrefixEnd(""), "");
}

}  // namespace
}  // namespace atelier::store
