// What changed lately: each thing once, in order, to be resumed from, and with an honest gap.
#include "directory/recent_changes.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"
#include "support/run.h"

namespace atelier::directory {
namespace {

using store::Kind;
using Op = store::Write::Op;
using model::Accessibility;

constexpr std::size_t kLimit = 4;

class Recent : public testing::Test {
 protected:
  Recent() { changes_.Start(); }

  /// A commit, as the store tells it: each listener hears of it in its turn.
  void Commit(std::vector<store::Change> batch) {
    ++revision_;
    for (store::Change& change : batch) change.record.revision = revision_;
    changes_.Apply(batch);
    instances_.Apply(batch);
    services_.Apply(batch);
  }
  static store::Change Change(Kind kind, std::string key, std::string body = "{}",
                              Op op = Op::kPut) {
    return {.op = op, .record = {.kind = kind, .key = std::move(key), .body = std::move(body)}};
  }
  static store::Change Instance(const std::string& id, Accessibility accessibility,
                                const std::string& workspace = "9") {
    model::Instance instance;
    instance.id = model::InstanceId(id);
    instance.workspace = model::WorkspaceId(workspace);
    instance.owner = model::UserId("7");
    instance.accessibility = accessibility;
    return Change(Kind::kInstance, id, ToJson(instance));
  }
  void Put(const std::string& id, Accessibility accessibility = Accessibility::PRIVATE) {
    Commit({Instance(id, accessibility)});
  }
  static std::string Text(const RecentChange& change) {
    static constexpr const char* kTopics[] = {"instance", "service", "recommender", "workspace"};
    std::string text = std::string(kTopics[static_cast<int>(change.topic)]) + " " + change.id;
    if (!change.workspace.empty()) text += " in " + change.workspace.str();
    if (change.shared) text += " shared";
    return text + " @" + std::to_string(change.revision);
  }
  Task<void> Wait(std::uint64_t seen, Clock& clock, Deadline until, int& woken) {
    co_await changes_.Wait(seen, clock, until);
    ++woken;
  }
  /// "gap", or what it tells.
  std::vector<std::string> Since(model::Revision after) const {
    std::vector<std::string> all;
    if (!changes_.Since(after, [&](const RecentChange& one) { all.push_back(Text(one)); }))
      return {"gap"};
    return all;
  }
  using Texts = std::vector<std::string>;

  InstanceDirectory instances_;
  ServiceDirectory services_;
  model::Revision revision_ = 100;
  RecentChanges changes_{instances_, services_, revision_, kLimit};
};

TEST_F(Recent, TellsWhatCameAfterARevisionInOrder) {
  EXPECT_EQ(Since(100), Texts{});
  Put("dsw-a");
  Put("dsw-b");
  EXPECT_EQ(changes_.head(), 102);
  EXPECT_EQ(Since(100), (Texts{"instance dsw-a in 9 @101", "instance dsw-b in 9 @102"}));
  EXPECT_EQ(Since(101), Texts{"instance dsw-b in 9 @102"});
  EXPECT_EQ(Since(102), Texts{});
}

TEST_F(Recent, HasEachThingOnceAtItsLatestRevision) {
  Put("dsw-a");
  Put("dsw-b");
  for (int i = 0; i < 10; ++i) Put("dsw-a");
  EXPECT_EQ(changes_.size(), 2U);
  EXPECT_EQ(Since(100), (Texts{"instance dsw-b in 9 @102", "instance dsw-a in 9 @112"}))
      << "and nothing was forgotten for it";
  EXPECT_EQ(Since(102), Texts{"instance dsw-a in 9 @112"});
}

TEST_F(Recent, ForgetsTheOldestAndSaysSo) {
  for (const char* id : {"dsw-a", "dsw-b", "dsw-c", "dsw-d"}) Put(id);
  EXPECT_EQ(Since(100).size(), 4U);
  Put("dsw-e");  // dsw-a of 101 gives way
  EXPECT_EQ(changes_.size(), kLimit);
  EXPECT_EQ(Since(100), Texts{"gap"});
  EXPECT_EQ(Since(101).size(), 4U) << "who had heard of dsw-a has missed nothing";
  for (int i = 0; i < 1000; ++i) Put("dsw-" + std::to_string(i));
  EXPECT_EQ(changes_.size(), kLimit);
}

TEST_F(Recent, ACommitThatIsTooLargeIsAGap) {
  std::vector<store::Change> batch;
  batch.reserve(6);
  for (int i = 0; i < 6; ++i)
    batch.push_back(Instance("dsw-" + std::to_string(i), Accessibility::PRIVATE));
  Commit(batch);
  EXPECT_EQ(Since(100), Texts{"gap"});
  EXPECT_EQ(Since(101), Texts{});
}

TEST_F(Recent, DoesNotKnowWhatWasBeforeItNorAnotherStoresRevisions) {
  EXPECT_EQ(Since(99), Texts{"gap"});
  EXPECT_EQ(Since(0), Texts{"gap"});
  EXPECT_EQ(Since(101), Texts{"gap"}) << "none of this store, yet";
}

TEST_F(Recent, RemembersNothingBeforeItIsStarted) {
  RecentChanges idle(instances_, services_, 100, kLimit);
  store::Change change = Instance("dsw-a", Accessibility::PRIVATE);
  change.record.revision = 101;
  idle.Apply({&change, 1});
  EXPECT_EQ(idle.size(), 0U);
  EXPECT_EQ(idle.ticks(), 0U);
  idle.Start();
  EXPECT_EQ(idle.head(), 101);
  EXPECT_FALSE(idle.Since(100, [](const auto&) {}));
  EXPECT_TRUE(idle.Since(101, [](const auto&) {}));
}

TEST_F(Recent, WhatPassesFromSomeEyesToOthersIsThereForBoth) {
  Put("dsw-a", Accessibility::PUBLIC);
  Put("dsw-a", Accessibility::PRIVATE);
  EXPECT_EQ(Since(101), (Texts{"instance dsw-a in 9 shared @102", "instance dsw-a in 9 @102"}));
  Commit({Instance("dsw-a", Accessibility::PRIVATE, "8")});
  EXPECT_EQ(Since(102), (Texts{"instance dsw-a in 9 @103", "instance dsw-a in 8 @103"}));
}

TEST_F(Recent, WhatIsDeletedIsThereForWhoSawIt) {
  Put("dsw-a", Accessibility::PUBLIC);
  Commit({Change(Kind::kInstance, "dsw-a", "", Op::kDelete)});
  EXPECT_EQ(Since(101), Texts{"instance dsw-a in 9 shared @102"});
  Commit({Change(Kind::kInstance, "dsw-nobody", "", Op::kDelete)});
  EXPECT_EQ(Since(102), Texts{});
}

TEST_F(Recent, AServiceChangesWithItsReplicasAndEvents) {
  model::Service service;
  service.id = model::ServiceId("eas-m-1");
  service.name = "iris";
  service.workspace = model::WorkspaceId("9");
  service.config = R"({"name":"iris","containers":[{"script":"x"}]})";
  model::Replica replica;
  replica.id = model::InstanceId("easr-1");
  replica.service = service.id;
  Commit({Change(Kind::kService, "iris", ToJson(service))});
  const std::string iris = "service iris in 9 shared @";
  EXPECT_EQ(Since(100), Texts{iris + "101"});
  Commit({Change(Kind::kServiceReplica, "easr-1", ToJson(replica))});
  EXPECT_EQ(Since(101), Texts{iris + "102"});
  Commit({Change(Kind::kServiceEvent, "eas-m-1/00000000000000000001/x/1")});
  EXPECT_EQ(Since(102), Texts{iris + "103"});
  Commit({Change(Kind::kServiceReplica, "easr-1", "", Op::kDelete)});
  EXPECT_EQ(Since(103), Texts{iris + "104"});
  Commit({Change(Kind::kService, "iris", "", Op::kDelete)});
  EXPECT_EQ(Since(104), Texts{iris + "105"});
}

TEST_F(Recent, KnowsRecommendersAndWorkspacesByTheirIds) {
  Commit({Change(Kind::kRecommender, "airec-cn-1"),
          Change(Kind::kRecommenderDataSet, "airec-cn-2/7")});
  EXPECT_EQ(Since(100), (Texts{"recommender airec-cn-1 @101", "recommender airec-cn-2 @101"}));
  Commit({Change(Kind::kWorkspace, "9"), Change(Kind::kMember, "8/7")});
  EXPECT_EQ(Since(101), (Texts{"workspace 9 in 9 @102", "workspace 8 in 8 @102"}));
}

TEST_F(Recent, WhatCannotBeReadIsInNoList) {
  Commit({Change(Kind::kInstance, "dsw-a", "not JSON"), Change(Kind::kService, "iris", "[]")});
  EXPECT_EQ(Since(100), Texts{});
}

TEST_F(Recent, TicksForNewsAndForRightsAndForNothingElse) {
  const auto ticks_of = [&](store::Change change) {
    const std::uint64_t before = changes_.ticks();
    Commit({std::move(change)});
    return changes_.ticks() - before;
  };
  EXPECT_EQ(ticks_of(Instance("dsw-a", Accessibility::PRIVATE)), 1U);
  for (const Kind kind : {Kind::kUser, Kind::kRole, Kind::kPolicy, Kind::kAccessKey, Kind::kMember})
    EXPECT_EQ(ticks_of(Change(kind, "x")), 1U) << static_cast<int>(kind);
  EXPECT_EQ(ticks_of(Change(Kind::kSession, "x", "", Op::kDelete)), 1U) << "it has ended";
  EXPECT_EQ(ticks_of(Change(Kind::kSession, "x")), 0U) << "it is used";
  for (const Kind kind : {Kind::kAudit, Kind::kClientToken, Kind::kRecommenderDocument})
    EXPECT_EQ(ticks_of(Change(kind, "x/y/z")), 0U) << static_cast<int>(kind);
}

TEST_F(Recent, WakesAllWhoWait) {
  asio::io_context io{1};
  ManualClock clock{WallTime{}};
  int woken = 0;
  const Deadline late = clock.In(std::chrono::hours(1));
  for (int i = 0; i < 3; ++i)
    asio::co_spawn(io, Wait(changes_.ticks(), clock, late, woken), asio::detached);
  io.poll();
  EXPECT_EQ(woken, 0);
  Put("dsw-a");
  io.restart();
  io.poll();
  EXPECT_EQ(woken, 3);
  test::Run(io, Wait(changes_.ticks() - 1, clock, late, woken));
  EXPECT_EQ(woken, 4) << "what came before the wait is not lost";
  test::Run(io, Wait(changes_.ticks(), clock, clock.Mono(), woken));
  EXPECT_EQ(woken, 5) << "nobody waits for longer than they said";
}

}  // namespace
}  // namespace atelier::directory
