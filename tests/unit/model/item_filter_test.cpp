#include "model/item_filter.h"

#include <gtest/gtest.h>

namespace atelier::model {
namespace {

const DocumentFields kItem = {
    {"tags", "red,round"}, {"category_path", "1_2_3"}, {"brand_id", "b7"}};

bool Admits(std::string_view filter) {
  const auto parsed = ItemFilter::Parse(*ParseJson(filter));
  EXPECT_TRUE(parsed) << parsed.error().message();
  return parsed && parsed->Admits(kItem);
}

std::string Condition(std::string_view cond, std::string_view field, std::string_view value) {
  return R"({"cond":")" + std::string(cond) + R"(","field":")" + std::string(field) +
         R"(","value":")" + std::string(value) + "\"}";
}

// cond, field, value, is kItem admitted
TEST(ItemFilter, EachConditionIsWhatItSays) {
  EXPECT_TRUE(Admits(Condition("contain", "tags", "red")));
  EXPECT_FALSE(Admits(Condition("contain", "tags", "re")));
  EXPECT_FALSE(Admits(Condition("not_contain", "tags", "round")));
  EXPECT_TRUE(Admits(Condition("not_contain", "author", "ada")));
  EXPECT_TRUE(Admits(Condition("equal", "brand_id", "b7")));
  EXPECT_FALSE(Admits(Condition("equal", "brand_id", "b")));
  EXPECT_TRUE(Admits(Condition("not_equal", "brand_id", "b")));
  for (const char* category : {"1", "1_2", "1_2_3"})
    EXPECT_TRUE(Admits(Condition("category_match", "category_path", category))) << category;
  for (const char* category : {"2", "1_", "1_2_3_4", "1_22"})
    EXPECT_FALSE(Admits(Condition("category_match", "category_path", category))) << category;
  EXPECT_TRUE(Admits(Condition("category_not_match", "category_path", "2")));
}

TEST(ItemFilter, ConditionsAreJoined) {
  const std::string yes = Condition("contain", "tags", "red");
  const std::string no = Condition("equal", "brand_id", "x");
  EXPECT_FALSE(Admits(R"({"join":"and","filters":[)" + yes + "," + no + "]}"));
  EXPECT_TRUE(Admits(R"({"join":"or","filters":[)" + yes + "," + no + "]}"));
  EXPECT_TRUE(Admits(R"({"join":"and","filters":[)" + yes + R"(,{"join":"or","filters":[)" + no +
                     "," + yes + "]}]}"));
}

TEST(ItemFilter, WhatIsNoFilterIsRefused) {
  const std::string good = Condition("equal", "brand_id", "x");
  std::string eleven = R"({"join":"or","filters":[)" + good;
  for (int i = 0; i < 10; ++i) eleven += "," + good;
  eleven += "]}";
  const auto nest = [](const std::string& inner) {
    return R"({"join":"and","filters":[)" + inner + "]}";
  };
  for (const std::string& bad :
       {std::string("7"), std::string("{}"), Condition("like", "tags", "x"),
        Condition("equal", "price", "1"), Condition("category_match", "tags", "1"),
        std::string(R"({"cond":"equal","field":"tags"})"), std::string(R"({"join":"xor"})"),
        std::string(R"({"join":"and","filters":[]})"), eleven, nest(nest(nest(good)))}) {
    const auto parsed = ItemFilter::Parse(*ParseJson(bad));
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code(), Code::kInvalidArgument);
  }
  EXPECT_TRUE(ItemFilter::Parse(*ParseJson(nest(nest(good)))));
}

}  // namespace
}  // namespace atelier::model
