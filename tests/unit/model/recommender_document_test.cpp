// PushDocument: docs/contract/lifecycle.md section 12 (limits, keys, commands) and the help's
// tables.
#include "model/recommender_document.h"

#include <gtest/gtest.h>

namespace atelier::model {
namespace {

Result<std::vector<Document>> Parse(std::string_view body, DocumentTable table,
                                    Industry industry = Industry::item) {
  return ParseDocuments(body, table, industry);
}

std::string Refusal(std::string_view body, DocumentTable table,
                    Industry industry = Industry::item) {
  const auto parsed = Parse(body, table, industry);
  return parsed ? "accepted" : parsed.error().message();
}

/// A push of one item with these further fields.
std::string Item(std::string_view more = "") {
  return R"([{"cmd":"add","fields":{"item_id":"a1","item_type":"item")" + std::string(more) + "}}]";
}

std::string Behavior(std::string_view cmd, std::string_view more = "") {
  return R"([{"cmd":")" + std::string(cmd) +
         R"(","fields":{"user_id":"u","item_id":"a1","item_type":"item","bhv_type":"click",)" +
         R"("bhv_time":"1700000000")" + std::string(more) + "}}]";
}

TEST(Documents, AreReadAsTexts) {
  const auto parsed =
      Parse(R"([{"cmd":"add","fields":{"item_id":7,"item_type":"item","price":1.5,"none":null}},)"
            R"({"cmd":"delete","fields":{"item_id":"8","item_type":"item"}}])",
            DocumentTable::item);
  ASSERT_TRUE(parsed) << parsed.error().message();
  ASSERT_EQ(parsed->size(), 2u);
  EXPECT_EQ(parsed->at(0).command, DocumentCommand::kAdd);
  EXPECT_EQ(parsed->at(0).fields.at("item_id"), "7");
  EXPECT_EQ(parsed->at(0).fields.at("price"), "1.5") << "not 1.5E0";
  EXPECT_EQ(parsed->at(0).fields.count("none"), 0u);
  EXPECT_EQ(ItemKeyOf(parsed->at(0).fields), "7:item");
  EXPECT_EQ(parsed->at(1).command, DocumentCommand::kDelete);
}

TEST(Documents, TheBodyIsAnArrayOfOneTo800) {
  const std::string refusal = "The body must be an array of 1 to 800 documents.";
  for (const char* body : {"{}", "[]", "7", "\"x\""})
    EXPECT_EQ(Refusal(body, DocumentTable::item), refusal) << body;
  std::string many = "[";
  for (int i = 0; i < 800; ++i) {
    many += (i > 0 ? "," : "") + std::string(R"({"cmd":"add","fields":{"user_id":")") +
            std::to_string(i) + R"("}})";
  }
  EXPECT_TRUE(Parse(many + "]", DocumentTable::user));
  EXPECT_EQ(Refusal(many + R"(,{"cmd":"add","fields":{"user_id":"x"}}])", DocumentTable::user),
            refusal);
}

TEST(Documents, SizesAreBounded) {
  const std::string field(5120, 'x');
  EXPECT_TRUE(Parse(Item(R"(,"title":")" + field + "\""), DocumentTable::item));
  EXPECT_EQ(Refusal(Item(R"(,"title":")" + field + "x\""), DocumentTable::item),
            "[0].fields.title must be at most 5120 bytes.");
  EXPECT_EQ(Refusal(Item(R"(,"a":")" + field + R"(","b":")" + field + "\""), DocumentTable::item),
            "[0] must be at most 10240 bytes.");
  const auto large = Parse(std::string((1U << 20U) + 1, ' '), DocumentTable::item);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().reason(), "BodyTooLarge");
}

TEST(Documents, IdsAreWhatRecommendCanBeAskedWith) {
  const auto item = [](const std::string& id) {
    return Refusal(R"([{"cmd":"add","fields":{"item_id":")" + id + R"(","item_type":"item"}}])",
                   DocumentTable::item);
  };
  const std::string longest(128, 'x');
  for (const std::string& id : {std::string("a b"), std::string("a:b"), std::string("a/b;c"),
                                std::string("\u7269\u54c1"), longest}) {
    EXPECT_EQ(item(id), "accepted") << id;
  }
  for (const std::string& id : {std::string("a,b"), std::string(" a"), std::string("a "),
                                std::string("a\\tb"), std::string("a\x7F"), longest + "x"}) {
    EXPECT_EQ(item(id),
              "[0].fields.item_id must be at most 128 bytes, without commas and control "
              "characters, and neither begin nor end with a blank.")
        << id;
  }
}

TEST(Documents, CommandsAreAddUpdateAndDelete) {
  EXPECT_EQ(Refusal(R"([{"cmd":"put","fields":{"user_id":"u"}}])", DocumentTable::user),
            "[0].cmd must be add, update or delete.");
  EXPECT_EQ(Refusal(R"([{"fields":{"user_id":"u"}}])", DocumentTable::user),
            "[0].cmd must be add, update or delete.");
  EXPECT_EQ(Refusal(R"([{"cmd":"add"}])", DocumentTable::user), "[0].fields must be an object.");
  EXPECT_EQ(Refusal("[7]", DocumentTable::user), "[0] must be an object.");
  for (const char* cmd : {"update", "delete"}) {
    EXPECT_EQ(Refusal(Behavior(cmd), DocumentTable::behavior),
              "[0].cmd must be add: behaviors are never changed.");
  }
  EXPECT_TRUE(Parse(Behavior("add"), DocumentTable::behavior));
}

TEST(Documents, TheTypesOfItemsAreTheIndustrys) {
  const std::string video = R"([{"cmd":"add","fields":{"item_id":"a","item_type":"video"}}])";
  EXPECT_TRUE(Parse(video, DocumentTable::item, Industry::content));
  EXPECT_TRUE(Parse(video, DocumentTable::item, Industry::news));
  EXPECT_EQ(Refusal(video, DocumentTable::item, Industry::item),
            "[0].fields.item_type must be one of item in the industry item.");
  const std::string recipe = R"([{"cmd":"add","fields":{"item_id":"a","item_type":"recipe"}}])";
  EXPECT_TRUE(Parse(recipe, DocumentTable::item, Industry::content));
  EXPECT_FALSE(Parse(recipe, DocumentTable::item, Industry::news));
}

TEST(Documents, WhatIsRequiredIsNamed) {
  EXPECT_EQ(Refusal(R"([{"cmd":"add","fields":{"age":"3"}}])", DocumentTable::user),
            "[0].fields.user_id or imei is required.");
  EXPECT_TRUE(Parse(R"([{"cmd":"add","fields":{"imei":"3"}}])", DocumentTable::user));
  EXPECT_EQ(Refusal(R"([{"cmd":"add","fields":{}}])", DocumentTable::item),
            "[0].fields.item_id is required; [0].fields.item_type is required.");
  EXPECT_EQ(Refusal(R"([{"cmd":"add","fields":{"user_id":"u","item_id":"a","item_type":"item"}}])",
                    DocumentTable::behavior),
            "[0].fields.bhv_type is required; [0].fields.bhv_time is required.");
  EXPECT_EQ(Refusal(Item(R"(,"status":"2")"), DocumentTable::item),
            "[0].fields.status must be a whole number from 0 to 1.");
  EXPECT_EQ(
      Refusal(Item(R"(,"expire_time":"soon")"), DocumentTable::item),
      "[0].fields.expire_time must be a whole number from 0 to 253402300799, in seconds since "
      "1970.");
  const std::string millis =
      "must be a whole number from 0 to 253402300799, in seconds since 1970: "
      "these look like milliseconds.";
  EXPECT_EQ(Refusal(Item(R"(,"pub_time":"1732000000000")"), DocumentTable::item),
            "[0].fields.pub_time " + millis);
  EXPECT_EQ(Refusal(R"([{"cmd":"add","fields":{"user_id":"u","item_id":"a","item_type":"item",
                        "bhv_type":"click","bhv_time":1732000000000}}])",
                    DocumentTable::behavior),
            "[0].fields.bhv_time " + millis);
  EXPECT_EQ(Refusal(Item(R"(,"title":{"a":1})"), DocumentTable::item),
            "[0].fields.title must be a text or a number.");
}

TEST(Documents, KeysSayWhatIsTheSame) {
  const auto key = [](std::string_view body, DocumentTable table) {
    return DocumentKey(table, Parse(body, table)->front().fields);
  };
  EXPECT_EQ(key(Item(), DocumentTable::item), "item/a1:item");
  EXPECT_EQ(key(Item(R"(,"title":"x")"), DocumentTable::item), "item/a1:item");
  EXPECT_EQ(key(R"([{"cmd":"add","fields":{"user_id":"u","imei":"i"}}])", DocumentTable::user),
            "user/u");
  EXPECT_EQ(key(R"([{"cmd":"add","fields":{"imei":"i"}}])", DocumentTable::user), "user/i");
  const std::string once = key(Behavior("add"), DocumentTable::behavior);
  EXPECT_TRUE(once.starts_with("behavior/001700000000/u/a1:item/click/")) << once;
  EXPECT_EQ(key(Behavior("add"), DocumentTable::behavior), once);
  EXPECT_NE(key(Behavior("add", R"(,"trace_id":"ali")"), DocumentTable::behavior), once);
}

}  // namespace
}  // namespace atelier::model
