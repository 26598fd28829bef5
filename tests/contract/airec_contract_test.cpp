// rooms: api
// The wire of AIRec against the lists of the documents.
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "api/operation.h"
#include "api/wire/recommender.h"

namespace atelier::api {
namespace {

using Names = std::set<std::string>;

template <class T>
Names MembersOf() {
  Names names;
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) { names.insert(d.name); });
  return names;
}

const Operation& Row(std::string_view name) {
  for (const Operation& operation : Operations()) {
    if (operation.product == Product::kAirec && operation.name == name) return operation;
  }
  throw std::runtime_error("no such operation");
}

TEST(AirecContract, EveryDocumentedOperationIsThere) {
  std::ostringstream text;
  text << std::ifstream(ATELIER_TEST_DATA "/contract/airec-operation-names.json").rdbuf();
  const auto documented = FromJson<std::vector<std::string>>(text.str()).value();
  Names ours;
  for (const Operation& operation : Operations()) {
    if (operation.product == Product::kAirec) ours.insert(std::string(operation.name));
  }
  EXPECT_EQ(ours, Names(documented.begin(), documented.end()));
  EXPECT_EQ(ours.size(), 146u);
}

// The seed document.
TEST(AirecContract, ListInstanceTakesEveryParameter) {
  const Operation& row = Row("ListInstance");
  Names names;
  for (const Param& param : row.params) names.insert(std::string(param.name));
  EXPECT_EQ(names, (Names{"page", "size", "status", "name", "expiredTime", "instanceId"}));
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
