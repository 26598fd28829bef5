// Records of recommenders that cannot be read.
#include "directory/recommender_data.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "directory/recommender_directory.h"
#include "model/recommender_document.h"
#include "support/recorded_log.h"
#include "support/run.h"

namespace atelier::directory {
namespace {

using store::Kind;

constexpr const char* kItem = "r-1/item/a:item";

std::string Item() {
  return ToJson(model::DocumentRecord{
      .fields = {{"item_id", "a"}, {"item_type", "item"}}, .arrived = {}, .order = 0});
}

class UnreadableRecommenders : public ::testing::Test {
 protected:
  void Apply(Kind kind, const std::string& key, const std::string& body,
             store::Write::Op op = store::Write::Op::kPut) {
    const store::Change change{
        .op = op, .record = {.kind = kind, .key = key, .revision = ++revision_, .body = body}};
    directory_.Apply({&change, 1});
    data_.Apply({&change, 1});
  }
  void SetUp() override {
    model::Recommender recommender;
    recommender.id = id_;
    Apply(Kind::kRecommender, "r-1", ToJson(recommender));
  }

  const model::RecommenderId id_{"r-1"};
  test::RecordedLog log_;
  Pool pool_{1};
  RecommenderDirectory directory_{&log_};
  RecommenderData data_{pool_, &log_};
  model::Revision revision_ = 0;
};

TEST_F(UnreadableRecommenders, ADocumentIsAbsentUntilItCanBeRead) {
  Apply(Kind::kRecommenderDocument, kItem, Item());
  ASSERT_TRUE(data_.HasItem(id_, "a:item"));
  Apply(Kind::kRecommenderDocument, kItem, R"({"fields":["a"]})");
  EXPECT_FALSE(data_.HasItem(id_, "a:item"));
  EXPECT_EQ(data_.CountsOf(id_).items, 0);
  EXPECT_EQ(data_.quarantine().size(), 1U);
  Apply(Kind::kRecommenderDocument, kItem, Item());
  EXPECT_TRUE(data_.HasItem(id_, "a:item"));
  EXPECT_EQ(data_.quarantine().size(), 0U);
  Apply(Kind::kRecommenderDocument, kItem, "garbage");
  Apply(Kind::kRecommenderDocument, kItem, "", store::Write::Op::kDelete);
  EXPECT_EQ(data_.quarantine().size(), 0U);
  EXPECT_EQ(log_.lines.size(), 2U);
  EXPECT_TRUE(log_.lines.front().starts_with(
      "store.quarantined kind=RecommenderDocument key=r-1/item/a:item revision=3 error="))
      << log_.lines.front();
}

TEST_F(UnreadableRecommenders, ALoadLeavesThemOut) {
  asio::io_context io;
  const auto store = store::MakeMemoryStore(io.get_executor());
  using store::Write;
  model::Recommender recommender;
  recommender.id = id_;
  ASSERT_TRUE(test::Run(
      io, store->Commit({Write::Put(Kind::kRecommender, "r-1", ToJson(recommender)),
                         Write::Put(Kind::kRecommenderDocument, kItem, Item()),
                         Write::Put(Kind::kRecommenderDocument, "r-1/item/b:item", "garbage"),
                         Write::Put(Kind::kRecommenderDocument, "r-1/behavior/1/u", "garbage"),
                         Write::Put(Kind::kRecommenderUse, "r-1/1", "garbage")})));
  RecommenderData data(pool_, &log_);
  ASSERT_TRUE(data.Load(*store));
  EXPECT_EQ(data.CountsOf(id_).items, 1);
  EXPECT_EQ(data.CountsOf(id_).behaviors, 0);
  EXPECT_EQ(data.quarantine().size(), 3U);
}

TEST_F(UnreadableRecommenders, AreLeftOutWithTheirDataSets) {
  model::DataSet set;
  set.recommender = id_;
  set.version = "20260101000000";
  Apply(Kind::kRecommenderDataSet, "r-1/20260101000000", ToJson(set));
  ASSERT_EQ(directory_.DataSetsOf(id_).size(), 1U);
  Apply(Kind::kRecommenderDataSet, "r-1/20260101000000", R"({"state":"Paused"})");
  Apply(Kind::kRecommender, "r-1", R"({"id":["r","1"]})");
  EXPECT_TRUE(directory_.DataSetsOf(id_).empty());
  EXPECT_EQ(directory_.Find("r-1"), nullptr);
  EXPECT_EQ(directory_.RevisionOf("r-1"), 0);
  EXPECT_EQ(directory_.quarantine().size(), 2U);
}

TEST_F(UnreadableRecommenders, DataSetsAreNewestFirst) {
  for (const char* version : {"20260101000000", "20270101000000", "20260601000000"}) {
    model::DataSet set;
    set.recommender = id_;
    set.version = version;
    Apply(Kind::kRecommenderDataSet, "r-1/" + set.version, ToJson(set));
  }
  std::string versions;
  for (const auto& set : directory_.DataSetsOf(id_)) versions += set->version.substr(0, 6) + " ";
  EXPECT_EQ(versions, "202701 202606 202601 ");
}

}  // namespace
}  // namespace atelier::directory
