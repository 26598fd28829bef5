// rooms: api
// The wire of AIRec against the lists of the documents.
#include <gtest/gtest.h>

#include "api/wire/recommender.h"
#include "support/contract.h"

namespace atelier::api {
namespace {

using test::MembersOf;
using test::Names;
using test::ParamsOf;

const Operation& Row(std::string_view name) { return test::RowOf(Product::kAirec, name); }

TEST(AirecContract, EveryDocumentedOperationIsThere) {
  const Names ours = test::OperationsOf(Product::kAirec);
  EXPECT_EQ(ours, test::DocumentedNames("airec-operation-names.json"));
  EXPECT_EQ(ours.size(), 146u);
}

// The seed document.
TEST(AirecContract, ListInstanceTakesEveryParameter) {
  const Operation& row = Row("ListInstance");
  EXPECT_EQ(ParamsOf(row), (Names{"page", "size", "status", "name", "expiredTime", "instanceId"}));
  EXPECT_EQ(row.path, "/v2/openapi/instances");
  EXPECT_EQ(row.version, "2020-11-26");
  // "No authorization for this operation."
  EXPECT_TRUE(row.open_to_all);
  EXPECT_TRUE(row.resource.empty());
}

TEST(AirecContract, AnInstanceHasEveryField) {
  const Names listed = {"regionId",       "type",       "lockMode",  "expiredTime",   "status",
                        "gmtCreate",      "chargeType", "industry",  "commodityCode", "gmtModified",
                        "dataSetVersion", "name",       "instanceId"};
  EXPECT_EQ(MembersOf<wire::RecommenderItem>(), listed);
  Names described = listed;
  described.insert("scene");
  EXPECT_EQ(MembersOf<wire::RecommenderDetail>(), described);
}

}  // namespace
}  // namespace atelier::api
