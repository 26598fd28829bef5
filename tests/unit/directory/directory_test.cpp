#include "directory/directory.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "store/store.h"
#include "support/recorded_log.h"
#include "support/run.h"

namespace atelier::directory {
namespace {

model::Instance Named(const char* id, WallTime modified = {}) {
  model::Instance instance;
  instance.id = model::InstanceId(id);
  instance.workspace = model::WorkspaceId("ws");
  instance.modified = modified;
  return instance;
}

store::Change Put(const model::Instance& instance, model::Revision revision) {
  return {.op = store::Write::Op::kPut,
          .record = {store::Kind::kInstance, instance.id.str(), revision, ToJson(instance)}};
}

store::Change Delete(const char* id, model::Revision revision) {
  return {.op = store::Write::Op::kDelete, .record = {store::Kind::kInstance, id, revision, ""}};
}

Viewer Root() {
  Viewer root;
  root.sees_all = true;
  return root;
}

std::vector<std::string> Ids(const Page& page) {
  std::vector<std::string> ids;
  for (const InstancePtr& instance : page.instances) ids.push_back(instance->id.str());
  return ids;
}

InstanceQuery In(const char* workspace) {
  InstanceQuery query;
  query.workspace = model::WorkspaceId(workspace);
  return query;
}

using IdList = std::vector<std::string>;

TEST(InstanceDirectory, TakesTheWritersOwnValueInsteadOfParsingAgain) {
  InstanceDirectory directory;
  store::Change change = Put(Named("dsw-a"), 1);
  change.record.body = "what nobody reads";
  change.record.value = store::Value(std::make_shared<const model::Instance>(Named("dsw-a")));
  directory.Apply(std::vector{change});
  EXPECT_NE(directory.Find(model::InstanceId("dsw-a")), nullptr);
  EXPECT_EQ(directory.quarantined(), 0U);
  // A value of another type is none.
  change.record.value = store::Value(std::make_shared<const std::string>("dsw-a"));
  directory.Apply(std::vector{change});
  EXPECT_EQ(directory.Find(model::InstanceId("dsw-a")), nullptr);
  EXPECT_EQ(directory.quarantined(), 1U);
}

TEST(InstanceDirectory, TellsAStandingWithoutUnpacking) {
  InstanceDirectory directory;
  model::Instance one = Named("dsw-a");
  one.status = model::InstanceStatus::Stopping;
  one.generation = 7;
  directory.Apply(std::vector{Put(one, 1)});
  const auto standing = directory.StandingOf(model::InstanceId("dsw-a"));
  ASSERT_TRUE(standing);
  EXPECT_EQ(standing->status, model::InstanceStatus::Stopping);
  EXPECT_EQ(standing->generation, 7);
  EXPECT_FALSE(directory.StandingOf(model::InstanceId("dsw-b")));
}

TEST(InstanceDirectory, FollowsPutsAndDeletesOfTheFeed) {
  InstanceDirectory directory;
  directory.Apply(std::vector{Put(Named("dsw-a"), 1), Put(Named("dsw-b"), 2)});
  EXPECT_EQ(directory.size(), 2U);
  EXPECT_EQ(directory.RevisionOf(model::InstanceId("dsw-b")), 2);

  model::Instance renamed = Named("dsw-a");
  renamed.name = "fresh";
  directory.Apply(std::vector{Put(renamed, 3), Delete("dsw-b", 3), Delete("dsw-unknown", 3)});
  EXPECT_EQ(directory.Find(model::InstanceId("dsw-a"))->name, "fresh");
  EXPECT_EQ(directory.RevisionOf(model::InstanceId("dsw-a")), 3);
  EXPECT_EQ(directory.Find(model::InstanceId("dsw-b")), nullptr);
  EXPECT_EQ(directory.RevisionOf(model::InstanceId("dsw-b")), 0);
  EXPECT_EQ(directory.All().size(), 1U);
  EXPECT_EQ(directory.List(Root(), {}).total, 1U);
}

TEST(InstanceDirectory, StatesTheRevisionItsAnswersInclude) {
  InstanceDirectory directory;
  directory.Apply(std::vector{Put(Named("dsw-a"), 7)});
  EXPECT_EQ(directory.List(Root(), {}).revision, 7);
  directory.Apply(std::vector{Delete("dsw-a", 9)});
  EXPECT_EQ(directory.List(Root(), {}).revision, 9);
}

TEST(InstanceDirectory, ListMakesNothingOfTheVersionsThatTheCallerHas) {
  InstanceDirectory directory;
  directory.Apply(std::vector{Put(Named("dsw-a"), 4), Put(Named("dsw-b"), 5)});
  std::vector<RowRef> asked;
  const Page page = directory.List(Root(), {}, [&](RowRef row, model::Revision revision) {
    asked.push_back(row);
    return revision == 5;
  });
  ASSERT_EQ(page.instances.size(), 2U);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(page.instances[0], nullptr) << "dsw-b, the younger, is not made";
  ASSERT_NE(page.instances[1], nullptr);
  EXPECT_EQ(page.instances[1]->id.str(), "dsw-a");
  EXPECT_EQ(page.instances[1].row(), asked[1]);
  EXPECT_NE(asked[0], asked[1]);
  const auto version = directory.VersionOf("dsw-b");
  ASSERT_TRUE(version);
  EXPECT_EQ(version->row, asked[0]);
  EXPECT_EQ(version->revision, 5);
  EXPECT_FALSE(directory.VersionOf("dsw-c"));
}

TEST(InstanceDirectory, APlaceIsOfOneLoad) {
  const auto place_of_the_only = [](const InstanceDirectory& directory) {
    return directory.List(Root(), {}).instances.at(0).row();
  };
  asio::io_context io;
  const auto store = store::MakeMemoryStore(io.get_executor());
  store::Batch batch;
  batch.push_back(store::Write::Put(store::Kind::kInstance, "dsw-b", ToJson(Named("dsw-b"))));
  ASSERT_TRUE(test::Run(io, store->Commit(std::move(batch))).has_value());

  InstanceDirectory directory;
  directory.Apply(std::vector{Put(Named("dsw-a"), 4)});
  const RowRef before = place_of_the_only(directory);
  EXPECT_EQ(place_of_the_only(directory), before);
  ASSERT_TRUE(directory.Load(*store).has_value());
  EXPECT_NE(place_of_the_only(directory), before) << "though its slot may be the same";
}

TEST(InstanceDirectory, IgnoresRecordsOfOtherKinds) {
  InstanceDirectory directory;
  store::Change event = Put(Named("dsw-a"), 1);
  event.record.kind = store::Kind::kEvent;
  directory.Apply(std::vector{event});
  EXPECT_EQ(directory.size(), 0U);
}

TEST(InstanceDirectory, AnswersOutliveTheNextChange) {
  InstanceDirectory directory;
  directory.Apply(std::vector{Put(Named("dsw-a"), 1)});
  const Page page = directory.List(Root(), {});
  directory.Apply(std::vector{Delete("dsw-a", 2)});
  ASSERT_EQ(page.instances.size(), 1U);
  EXPECT_EQ(page.instances[0]->id.str(), "dsw-a");
}

TEST(InstanceDirectory, WhatItHandsOutIsEqualWhileTheInstanceIsTheSameVersion) {
  InstanceDirectory directory;
  directory.Apply(std::vector{Put(Named("dsw-a"), 1), Put(Named("dsw-b"), 1)});
  const InstancePtr first = directory.Find(model::InstanceId("dsw-a"));
  EXPECT_TRUE(first == directory.Find(model::InstanceId("dsw-a")));
  EXPECT_EQ(first.revision(), 1);
  EXPECT_FALSE(first == directory.Find(model::InstanceId("dsw-b")));
  directory.Apply(std::vector{Put(Named("dsw-a"), 2)});
  EXPECT_FALSE(first == directory.Find(model::InstanceId("dsw-a")));
  EXPECT_FALSE(first == nullptr);
  EXPECT_TRUE(directory.Find(model::InstanceId("dsw-c")) == nullptr);
  EXPECT_TRUE(InstancePtr() == InstancePtr(nullptr));
}

TEST(InstanceDirectory, NewestChangeComesFirstByDefaultAndTiesGoByInstanceId) {
  const WallTime noon{std::chrono::seconds(1'700'000'000)};
  InstanceDirectory directory;
  directory.Apply(std::vector{
      Put(Named("dsw-b", noon + Duration(900)), 1),
      Put(Named("dsw-c", noon), 1),
      Put(Named("dsw-a", noon + Duration(1000)), 1),
  });
  // b and c show the same second, so that their ids decide.
  EXPECT_EQ(Ids(directory.List(Root(), {})), (IdList{"dsw-a", "dsw-c", "dsw-b"}));
  InstanceQuery ascending;
  ascending.order = Order::kAscending;
  EXPECT_EQ(Ids(directory.List(Root(), ascending)), (IdList{"dsw-b", "dsw-c", "dsw-a"}));
}

TEST(InstanceDirectory, APagePastTheEndIsEmptyWithTheTotalUnchanged) {
  InstanceDirectory directory;
  directory.Apply(std::vector{Put(Named("dsw-a"), 1), Put(Named("dsw-b"), 1)});
  InstanceQuery query;
  query.page_size = 2;
  for (const std::uint64_t number : {std::uint64_t{2}, std::uint64_t{3}, UINT64_MAX}) {
    query.page_number = number;
    const Page page = directory.List(Root(), query);
    EXPECT_TRUE(page.instances.empty()) << number;
    EXPECT_EQ(page.total, 2U);
  }
}

TEST(InstanceDirectory, CountsByStatusWhatTheViewerSees) {
  InstanceDirectory directory;
  model::Instance running = Named("dsw-a");
  running.status = model::InstanceStatus::Running;
  running.accessibility = model::Accessibility::PUBLIC;
  model::Instance hidden = Named("dsw-b");
  hidden.status = model::InstanceStatus::Running;
  model::Instance elsewhere = running;
  elsewhere.id = model::InstanceId("dsw-c");
  elsewhere.workspace = model::WorkspaceId("other");
  directory.Apply(std::vector{Put(running, 1), Put(hidden, 1), Put(elsewhere, 1)});

  const auto at = static_cast<std::size_t>(model::InstanceStatus::Running);
  Viewer member;
  member.user = model::UserId("100");
  member.member_of = {model::WorkspaceId("ws")};
  EXPECT_EQ(directory.CountByStatus(member, In("ws")).at(at), 1U);
  EXPECT_EQ(directory.CountByStatus(Root(), In("ws")).at(at), 2U);
  EXPECT_EQ(directory.CountByStatus(Root(), In("unknown")).at(at), 0U);
}

TEST(InstanceDirectory, LoadServesWhatIsReadableAndCountsTheRest) {
  asio::io_context io;
  const auto store = store::MakeMemoryStore(io.get_executor());
  store::Batch batch;
  batch.push_back(store::Write::Put(store::Kind::kInstance, "dsw-a", ToJson(Named("dsw-a"))));
  batch.push_back(
      store::Write::Put(store::Kind::kInstance, "dsw-b", "{\"status\":\"NoSuchState\"}"));
  batch.push_back(store::Write::Put(store::Kind::kInstance, "dsw-c", "not json"));
  batch.push_back(store::Write::Put(store::Kind::kInstance, "dsw-d", ToJson(Named("dsw-other"))));
  const auto revision = test::Run(io, store->Commit(std::move(batch)));
  ASSERT_TRUE(revision.has_value());

  InstanceDirectory directory;
  ASSERT_TRUE(directory.Load(*store).has_value());
  EXPECT_EQ(directory.size(), 1U);
  EXPECT_EQ(directory.quarantined(), 3U);
  EXPECT_EQ(directory.RevisionOf(model::InstanceId("dsw-a")), *revision);
  EXPECT_EQ(directory.List(Root(), {}).revision, *revision);

  // A later good version, or a delete, ends the quarantine.
  directory.Apply(std::vector{Put(Named("dsw-b"), *revision + 1), Delete("dsw-c", *revision + 1)});
  EXPECT_EQ(directory.quarantined(), 1U);
  EXPECT_EQ(directory.size(), 2U);
}

TEST(InstanceDirectory, NamesWhatItCannotReadInTheLog) {
  asio::io_context io;
  const auto store = store::MakeMemoryStore(io.get_executor());
  ASSERT_TRUE(test::Run(
      io, store->Commit({store::Write::Put(store::Kind::kInstance, "dsw-b", "not json")})));
  test::RecordedLog log;
  InstanceDirectory directory(&log);
  ASSERT_TRUE(directory.Load(*store).has_value());
  store::Change other = Put(Named("dsw-other"), 7);
  other.record.key = "dsw-a";
  directory.Apply({&other, 1});
  const std::vector<std::string> expected = {
      "store.quarantined kind=Instance key=dsw-b revision=1 error=The stored record is not JSON.",
      "store.quarantined kind=Instance key=dsw-a revision=7 error=The record is stored under "
      "another "
      "key than its own."};
  EXPECT_EQ(log.lines, expected);
}

}  // namespace
}  // namespace atelier::directory
