// Documents, imports and versions: docs/contract/lifecycle.md section 12 and
// docs/decisions/0005-recommenders.md.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/control/recommender_world.h"

namespace atelier::control {
namespace {

using model::DataSetState;
using model::DocumentTable;
using Names = std::vector<std::string>;

class Imports : public testing::Test {
 protected:
  directory::DataSetPtr SetOf(const std::string& version) {
    return world_.parts->directory.FindDataSet(id_, version);
  }
  Status Fails(Result<directory::DataSetPtr> result) {
    return result ? Ok() : Status(result.error());
  }
  std::string FileOf(const std::string& version) {
    return world_.folder.path() + "/" + id_.str() + "/" + version + ".model";
  }
  /// What the model of a version knows, in the order of the keys.
  Names ItemsOf(const std::string& version) {
    std::ifstream file(FileOf(version), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const auto model = recommender::Model::Decode(bytes);
    Names items;
    for (std::size_t i = 0; i < model->size(); ++i) items.push_back(model->KeyOf(i));
    std::ranges::sort(items);
    return items;
  }
  /// Of the user u, oldest first: "<item> <strength>", as an import would take it.
  Names History() {
    if (!world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance")))) return {};
    const std::string version = world_.parts->directory.DataSetsOf(id_).front()->version;
    const auto snapshot = world_.Do(world_.parts->data.SnapshotOf(id_, version));
    Names history;
    for (const auto& taken : snapshot->histories.HistoryOf(0))
      history.push_back(
          fmt::format("{} {}", snapshot->histories.KeyOf(taken.item), taken.strength));
    world_.Settle();
    return history;
  }
  RecommenderData::Counts Counts() { return world_.parts->data.CountsOf(id_); }
  directory::RecommenderPtr Instance() { return world_.parts->directory.Find(id_); }

  RecommenderWorld world_;
  model::RecommenderId id_ = world_.Make();
};

TEST_F(Imports, AnImportMakesAReadyInstanceRun) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  EXPECT_EQ(model::StatusOf(*Instance()), model::RecommenderStatus::Ready);
  const std::string version = world_.Import(id_);
  EXPECT_EQ(version, "20240501120000");
  EXPECT_EQ(Instance()->live, version);
  EXPECT_EQ(model::StatusOf(*Instance()), model::RecommenderStatus::Running);
  EXPECT_EQ(SetOf(version)->state, DataSetState::Ready);
  EXPECT_EQ(SetOf(version)->items, 2);
  EXPECT_EQ(SetOf(version)->percent, 100);
  EXPECT_TRUE(std::filesystem::exists(FileOf(version)));
  const auto answer = world_.Recommend(id_, "u");
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->version, version);
  EXPECT_EQ(answer->items.size(), 2u);
}

TEST_F(Imports, WithoutAnItemThereIsNothingToImport) {
  const Status refused = world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "WrongState");
  EXPECT_TRUE(world_.parts->directory.DataSetsOf(id_).empty());
}

TEST_F(Imports, AnInstanceWithoutAnIndustryTakesNothing) {
  const auto bare = world_.Make(std::nullopt);
  EXPECT_EQ(world_.PushItems(bare, {"a"}).error().reason(), "MustSelectIndustry");
}

TEST_F(Imports, ALockedInstanceTakesNoData) {
  ASSERT_TRUE(world_.PushItems(id_, {"a"}));
  world_.clock.Advance(std::chrono::hours(24 * 31));
  EXPECT_EQ(world_.PushItems(id_, {"b"}).error().reason(), "Locked");
  EXPECT_EQ(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))).error().reason(),
            "Locked");
  EXPECT_EQ(Counts().items, 1);
}

TEST_F(Imports, PushingAgainChangesNothing) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b", "a"}));
  ASSERT_TRUE(world_.PushItems(id_, {"a"}));
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "a", R"(,"trace_id":"ali")"));
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "a", R"(,"trace_id":"ali")"));
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "a"));
  EXPECT_EQ(Counts().items, 2);
  EXPECT_EQ(Counts().behaviors, 2);
  EXPECT_EQ(Counts().traced, (std::map<std::string, std::int64_t>{{"buy", 1}}));
}

TEST_F(Imports, UpdatesMergeAndDeletesRemove) {
  ASSERT_TRUE(world_.Push(id_, DocumentTable::item,
                          R"([{"cmd":"add","fields":{"item_id":"a","item_type":"item",)"
                          R"("title":"one","tags":"x"}},)"
                          R"({"cmd":"update","fields":{"item_id":"a","item_type":"item",)"
                          R"("title":"two"}}])"));
  const auto stored = [&] {
    const auto record =
        world_.Do(world_.store->Get(store::Kind::kRecommenderDocument, id_.str() + "/item/a:item"));
    return record ? FromRecord<model::DocumentRecord>(record->body)->fields
                  : model::DocumentFields();
  };
  EXPECT_EQ(stored().at("title"), "two");
  EXPECT_EQ(stored().at("tags"), "x");
  ASSERT_TRUE(world_.Push(id_, DocumentTable::item,
                          R"([{"cmd":"update","fields":{"item_id":"a","item_type":"item",)"
                          R"("tags":"y"}}])"));
  EXPECT_EQ(stored().at("title"), "two");
  EXPECT_EQ(stored().at("tags"), "y");
  ASSERT_TRUE(world_.Push(id_, DocumentTable::item,
                          R"([{"cmd":"delete","fields":{"item_id":"a","item_type":"item"}},)"
                          R"({"cmd":"delete","fields":{"item_id":"none","item_type":"item"}}])"));
  EXPECT_TRUE(stored().empty());
  EXPECT_EQ(Counts().items, 0);
}

TEST_F(Imports, ABehaviorOfAnUnknownItemRefusesThePush) {
  ASSERT_TRUE(world_.PushItems(id_, {"a"}));
  const Status refused = world_.PushBehavior(id_, "u", "b");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(refused.error().message(),
            "[0].fields.item_id names the item b:item, which the item table does not have.");
  EXPECT_EQ(Counts().behaviors, 0);
}

TEST_F(Imports, WhatAUserDidCountsAtOnce) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  world_.Import(id_);
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "a"));
  EXPECT_EQ(world_.Items(world_.Recommend(id_, "u")), Names{"b:item"});
  ASSERT_TRUE(world_.Push(id_, DocumentTable::item,
                          R"([{"cmd":"update","fields":{"item_id":"b","item_type":"item",)"
                          R"("status":"0"}}])"));
  EXPECT_EQ(world_.Items(world_.Recommend(id_, "u")), Names{});
}

TEST_F(Imports, AttachGoesBackAndForth) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  const std::string first = world_.Import(id_);
  const std::string second = world_.Import(id_);
  EXPECT_EQ(second, "20240501120001") << "named by the next second";
  EXPECT_EQ(Instance()->live, second);
  const auto attach = [&](const std::string& version) {
    return world_.Do(world_.parts->imports.Attach(id_, version, world_.By("AttachDataset")));
  };
  ASSERT_TRUE(attach(first));
  EXPECT_EQ(Instance()->live, first);
  EXPECT_EQ(world_.Recommend(id_, "u")->version, first);
  ASSERT_TRUE(attach(first)) << "again";
  EXPECT_EQ(Fails(attach("20000101000000")).error().reason(), "UnknownDataSet");
  const auto drop = [&](const std::string& version) {
    return world_.Do(world_.parts->imports.Delete(id_, version, world_.By("DeleteDataSet")));
  };
  EXPECT_EQ(Fails(drop(first)).error().reason(), "WrongState");
  ASSERT_TRUE(drop(second));
  EXPECT_EQ(SetOf(second), nullptr);
  EXPECT_EQ(Fails(attach(second)).error().reason(), "UnknownDataSet");
}

TEST_F(Imports, AStoppedImportStaysStopped) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  ASSERT_TRUE(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))));
  const std::string version = "20240501120000";
  EXPECT_EQ(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))).error().reason(),
            "WrongState");
  const auto stop = [&] {
    return world_.Do(world_.parts->imports.Stop(id_, version, world_.By("StopDataSet")));
  };
  const auto stopped = stop();
  ASSERT_TRUE(stopped) << stopped.error().message();
  EXPECT_EQ((*stopped)->state, DataSetState::Stopped);
  world_.Settle();
  EXPECT_EQ(SetOf(version)->state, DataSetState::Stopped);
  EXPECT_EQ(Instance()->live, "");
  EXPECT_EQ(Fails(stop()).error().reason(), "WrongState");
}

TEST_F(Imports, AnImportGoesOnAfterTheServersDeath) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "a"));
  ASSERT_TRUE(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))));
  world_.Serve();
  world_.Settle();
  EXPECT_EQ(Instance()->live, "20240501120000");
  EXPECT_EQ(Counts().behaviors, 1);
  EXPECT_EQ(world_.Items(world_.Recommend(id_, "u")), Names{"b:item"});
  world_.Serve();
  EXPECT_EQ(world_.Recommend(id_, "v")->version, "20240501120000") << "from the file";
}

/// A version is of what was there when it was asked for, not of what came while it waited.
TEST_F(Imports, WhatIsPushedAfterTheAskingIsNotInTheVersion) {
  const auto other = world_.Make();
  ASSERT_TRUE(world_.PushItems(other, {"x"}));
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b", "c"}));
  for (const char* item : {"a", "b"}) ASSERT_TRUE(world_.PushBehavior(id_, "u", item));
  // The engine looks at its work when the I/O thread runs on: both are asked for before that.
  ASSERT_TRUE(world_.Do(world_.parts->imports.Run(other, world_.By("RunInstance"))));
  ASSERT_TRUE(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))));
  ASSERT_TRUE(world_.PushItems(id_, {"d"}));
  for (const char* item : {"c", "d"}) ASSERT_TRUE(world_.PushBehavior(id_, "v", item));
  world_.Settle();
  const std::string version = Instance()->live;
  EXPECT_EQ(SetOf(version)->items, 3);
  EXPECT_EQ(SetOf(version)->behaviors, 2);
  EXPECT_EQ(ItemsOf(version), (Names{"a:item", "b:item"}));
  const std::string next = world_.Import(id_);
  EXPECT_EQ(ItemsOf(next), (Names{"a:item", "b:item", "c:item", "d:item"}));
}

TEST_F(Imports, AnImportThatWasCutOffBeginsWithWhatItBeganWith) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b", "c"}));
  for (const char* item : {"a", "b"}) ASSERT_TRUE(world_.PushBehavior(id_, "u", item));
  ASSERT_TRUE(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))));
  const std::string version = world_.parts->directory.DataSetsOf(id_).front()->version;
  ASSERT_TRUE(world_.PushItems(id_, {"d"}));
  // Of an earlier time, and later all the same: what counts is when it came.
  ASSERT_TRUE(world_.PushBehavior(id_, "v", "c", R"(,"bhv_time":"1")"));
  world_.Serve();
  world_.Settle();
  EXPECT_EQ(Instance()->live, version);
  EXPECT_EQ(SetOf(version)->items, 3);
  EXPECT_EQ(SetOf(version)->behaviors, 2);
  EXPECT_EQ(ItemsOf(version), (Names{"a:item", "b:item"}));
}

/// What is remembered of a user does not depend on whether the server was started anew: not the
/// order of one second, within a push and over several, nor a refusal that came before or after.
TEST_F(Imports, HistoriesAreTheSameAfterAStart) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b", "c", "d", "e"}));
  const auto line = [](const std::string& item, const std::string& type, int at) {
    return R"({"cmd":"add","fields":{"user_id":"u","item_id":")" + item +
           R"(","item_type":"item","bhv_type":")" + type + R"(","bhv_time":)" + std::to_string(at) +
           "}}";
  };
  const auto push = [&](const std::string& lines) {
    ASSERT_TRUE(world_.Push(id_, DocumentTable::behavior, "[" + lines + "]"));
  };
  push(line("c", "click", 1'714'000'100) + "," + line("a", "buy", 1'714'000'100) + "," +
       line("b", "click", 1'714'000'100));
  push(line("d", "click", 1'714'000'100));
  push(line("e", "unlike", 1'714'000'300));
  push(line("e", "click", 1'714'000'200));  // later than the refusal, though of an earlier time
  push(line("b", "click", 1'714'000'050));
  const Names before = History();
  EXPECT_EQ(before, (Names{"c:item 1", "a:item 3", "b:item 2", "d:item 1", "e:item 1"}));
  world_.Serve();
  EXPECT_EQ(History(), before);
}

TEST_F(Imports, AModelThatCannotBeReadIsNotReplacedByAGuess) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  const std::string version = world_.Import(id_);
  std::filesystem::resize_file(FileOf(version), 3);
  world_.Serve();
  const auto answer = world_.Recommend(id_, "u");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kUnavailable);
}

TEST_F(Imports, WhatCameBackIsCountedForTheVersionThatAnswered) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b", "c"}));
  const std::string version = world_.Import(id_);
  ASSERT_EQ(world_.Recommend(id_, "u", 2)->items.size(), 2u);
  const auto traced = [](const std::string& info) {
    return R"(,"trace_id":"ali","trace_info":")" + info + "\"";
  };
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "a", traced(version + ".R.0")));
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "b", traced("19990101000000.R.0")));
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "c", traced("nonsense")));
  const auto told = [&] {
    EXPECT_EQ(Counts().traced, (std::map<std::string, std::int64_t>{{"buy", 3}}));
    ASSERT_EQ(Counts().versions.size(), 1u);
    EXPECT_EQ(Counts().versions.at(version).traced, 1);
    EXPECT_EQ(Counts().versions.at(version).recommended, 2);
    EXPECT_EQ(Counts().recommended, 2);
  };
  told();
  world_.Serve();  // an end in good order: written at once
  told();
}

TEST_F(Imports, WhatWasRecommendedIsWrittenEveryFiveSeconds) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  const std::string version = world_.Import(id_);
  const auto stored = [&]() -> std::int64_t {
    const auto record =
        world_.Do(world_.store->Get(store::Kind::kRecommenderUse, model::RecommenderUseKey(id_)));
    if (!record) return -1;
    return FromRecord<model::RecommenderUse>(record->body)->recommended.at(version);
  };
  ASSERT_EQ(world_.Recommend(id_, "u")->items.size(), 2u);
  EXPECT_EQ(stored(), -1);
  world_.clock.Advance(std::chrono::seconds(5));
  while (stored() == -1) world_.io.poll();
  EXPECT_EQ(stored(), 2);
  ASSERT_EQ(world_.Recommend(id_, "v", 1)->items.size(), 1u);
  world_.clock.Advance(std::chrono::seconds(5));
  while (stored() == 2) world_.io.poll();
  EXPECT_EQ(stored(), 3) << "all of it, not what is new";
}

TEST_F(Imports, ADeletedInstanceLeavesNothing) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  ASSERT_TRUE(world_.PushBehavior(id_, "u", "a"));
  const std::string version = world_.Import(id_);
  ASSERT_EQ(world_.Recommend(id_, "u")->items.size(), 1u);
  world_.Serve();
  ASSERT_TRUE(
      world_.Do(world_.store->Get(store::Kind::kRecommenderUse, model::RecommenderUseKey(id_))));
  ASSERT_TRUE(world_.Do(world_.parts->recommenders.Delete(id_, world_.By("Delete"))));
  world_.Settle();
  for (const auto kind : {store::Kind::kRecommenderDocument, store::Kind::kRecommenderDataSet,
                          store::Kind::kRecommenderUse})
    EXPECT_TRUE(world_.Do(world_.store->Scan(kind, {}))->empty());
  EXPECT_FALSE(std::filesystem::exists(FileOf(version)));
}

TEST_F(Imports, WhatACrashLeftOfADeletedInstanceGoesAtTheNextStart) {
  ASSERT_TRUE(world_.PushItems(id_, {"a"}));
  world_.Kill();
  const auto gone =
      world_.Do(world_.store->Commit({store::Write::Delete(store::Kind::kRecommender, id_.str())}));
  ASSERT_TRUE(gone);
  world_.Serve();
  world_.Settle();
  EXPECT_TRUE(world_.Do(world_.store->Scan(store::Kind::kRecommenderDocument, {}))->empty());
}

/// Each key is tried by itself, and waits by itself when it fails.
TEST_F(Imports, OneThatCannotBeCarriedThroughHoldsUpNoOther) {
  const std::vector<model::RecommenderId> broken = {world_.Make(), world_.Make(), world_.Make()};
  world_.store->fault = [&](const store::Batch& batch) -> std::optional<Error> {
    const auto is_of_a_broken_one = [&](const store::Write& write) {
      return write.kind == store::Kind::kRecommender &&
             std::ranges::find(broken, write.key, &model::RecommenderId::str) != broken.end() &&
             !FromRecord<model::Recommender>(write.body)->live.empty();
    };
    if (std::ranges::none_of(batch, is_of_a_broken_one)) return std::nullopt;
    return Error(Code::kUnavailable, "The disk does not answer.");
  };
  for (const auto& id : broken) {
    ASSERT_TRUE(world_.PushItems(id, {"a", "b"}));
    ASSERT_TRUE(world_.Do(world_.parts->imports.Run(id, world_.By("RunInstance"))));
  }
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  ASSERT_TRUE(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))));
  // Without time passing: nobody waits for the next try of the others.
  for (int i = 0; i < 2'000 && Instance()->live.empty(); ++i)
    world_.io.run_for(std::chrono::milliseconds(5));
  EXPECT_EQ(Instance()->live, "20240501120000");
  world_.store->fault = nullptr;
  world_.clock.Advance(std::chrono::seconds(5));
  world_.Settle();
  for (const auto& id : broken) EXPECT_NE(world_.parts->directory.Find(id)->live, "");
}

TEST_F(Imports, AnErasureThatFailsHoldsUpNoImport) {
  const auto gone = world_.Make();
  ASSERT_TRUE(world_.PushItems(gone, {"a"}));
  world_.store->fault = [&](const store::Batch& batch) -> std::optional<Error> {
    if (batch.front().op != store::Write::Op::kDelete ||
        batch.front().kind != store::Kind::kRecommenderDocument)
      return std::nullopt;
    return Error(Code::kUnavailable, "The disk does not answer.");
  };
  ASSERT_TRUE(world_.Do(world_.parts->recommenders.Delete(gone, world_.By("Delete"))));
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  ASSERT_TRUE(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))));
  for (int i = 0; i < 2'000 && Instance()->live.empty(); ++i)
    world_.io.run_for(std::chrono::milliseconds(5));
  EXPECT_EQ(Instance()->live, "20240501120000");
  world_.store->fault = nullptr;
  world_.clock.Advance(std::chrono::seconds(5));
  world_.Settle();
  EXPECT_EQ(world_.Do(world_.store->Scan(store::Kind::kRecommenderDocument, {}))->size(), 2u)
      << "those of the other";
}

TEST_F(Imports, AnImportWhoseShardIsLostIsLeftToItsNextHolder) {
  ASSERT_TRUE(world_.PushItems(id_, {"a"}));
  int ends = 0;
  world_.store->fault = [&](const store::Batch& batch) -> std::optional<Error> {
    for (const store::Write& write : batch) {
      if (write.kind != store::Kind::kRecommenderDataSet) continue;
      const auto set = FromRecord<model::DataSet>(write.body);
      if (!set || set->state != DataSetState::Ready) continue;
      ++ends;
      return Error(Code::kUnavailable, "later");
    }
    return std::nullopt;
  };
  ASSERT_TRUE(world_.Do(world_.parts->imports.Run(id_, world_.By("RunInstance"))));
  world_.io.restart();
  while (ends == 0) world_.io.run_one();
  const std::string version = world_.parts->directory.DataSetsOf(id_).front()->version;
  const store::Lease lease = world_.shards.table().LeaseOf(store::ShardOf(id_));
  ASSERT_TRUE(world_.Do(world_.store->Commit({store::Take(lease, "another")})));
  EXPECT_TRUE(world_.parts->engine.Idle());
  world_.clock.Advance(std::chrono::minutes(1));
  world_.io.restart();
  world_.io.poll();
  world_.Serve();
  EXPECT_TRUE(world_.parts->engine.Idle()) << "nor does a server begin it that starts without it";
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(SetOf(version)->state, DataSetState::Importing);
  EXPECT_EQ(Instance()->live, "");
}

TEST_F(Imports, QuotasCountWhatIsThere) {
  ASSERT_TRUE(world_.PushItems(id_, {"a", "b"}));
  model::Recommender small = *Instance();
  small.quota.items = 3;
  const auto put = world_.Do(world_.store->Commit(
      {store::Write::Put(store::Kind::kRecommender, id_.str(), ToJson(small))}));
  ASSERT_TRUE(put);
  EXPECT_EQ(world_.PushItems(id_, {"c", "d"}).error().reason(), "RecommenderQuota");
  EXPECT_TRUE(world_.PushItems(id_, {"a", "b", "c"}));
  EXPECT_EQ(Counts().items, 3);
}

}  // namespace
}  // namespace atelier::control
