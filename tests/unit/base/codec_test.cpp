#include "base/codec.h"

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace atelier {
namespace {

enum class Color : std::uint8_t { Red, DarkGreen };
BOOST_DESCRIBE_ENUM(Color, Red, DarkGreen)

struct Point {
  std::int32_t x{};
  std::optional<std::int32_t> y;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, y))

struct Named {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Named, (), (name))

struct Perhaps {
  Nullable<std::int32_t> value;
};
BOOST_DESCRIBE_STRUCT(Perhaps, (), (value))

using BoxId = Id<struct BoxIdTag>;

struct Everything : Named {
  bool flag{};
  std::uint8_t byte{};
  std::int64_t number{};
  std::uint64_t natural{};
  double ratio{};
  WallTime when{};
  BoxId id;
  Color color{};
  Nullable<std::string> maybe;
  std::optional<Point> one;
  std::vector<Point> many;
  std::map<std::string, std::string> labels;
  json::value anything;
  json::object object;
};
BOOST_DESCRIBE_STRUCT(Everything, (Named),
                      (flag, byte, number, natural, ratio, when, id, color, maybe, one, many,
                       labels, anything, object))

constexpr std::string_view kEverything =
    R"({"name":"n","flag":true,"byte":255,"number":-9223372036854775808,)"
    R"("natural":18446744073709551615,"ratio":0.5,"when":1705070161000,"id":"box-1","color":"DarkGreen",)"
    R"("maybe":"m","one":{"x":1,"y":2},"many":[{"x":3},{"x":4}],"labels":{"a":"1","b":"2"},)"
    R"("anything":[1,null,"x"],"object":{"k":true}})";

/// The text that decoding `body` as T gives: the message of the problem, or "ok".
template <class T>
std::string Problem(std::string_view body) {
  const auto decoded = FromJson<T>(body);
  if (decoded) return "ok";
  EXPECT_EQ(decoded.error().code(), Code::kInvalidArgument);
  return decoded.error().message();
}

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(Codec, ReadsEveryKindOfMember) {
  const auto decoded = FromJson<Everything>(kEverything);
  ASSERT_TRUE(decoded) << decoded.error().ToString();
  EXPECT_EQ(decoded->name, "n") << "members of a described base";
  EXPECT_TRUE(decoded->flag);
  EXPECT_EQ(decoded->byte, 255);
  EXPECT_EQ(decoded->number, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(decoded->natural, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(decoded->ratio, 0.5);
  EXPECT_EQ(decoded->when, WallTime{Duration{1705070161000}});
  EXPECT_EQ(decoded->id, BoxId("box-1"));
  EXPECT_EQ(decoded->color, Color::DarkGreen);
  EXPECT_EQ(decoded->maybe.value, "m");
  ASSERT_TRUE(decoded->one);
  EXPECT_EQ(decoded->one->x, 1);
  EXPECT_EQ(decoded->one->y, 2);
  ASSERT_EQ(decoded->many.size(), 2U);
  EXPECT_EQ(decoded->many[1].x, 4);
  EXPECT_EQ(decoded->many[1].y, std::nullopt);
  EXPECT_EQ(decoded->labels, (std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(decoded->anything, json::parse(R"([1,null,"x"])"));
  EXPECT_EQ(decoded->object, json::parse(R"({"k":true})").get_object());
}

TEST(Codec, WritesWhatItRead) {
  const auto decoded = FromJson<Everything>(kEverything);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(ToJson(*decoded), kEverything);
}

TEST(Codec, WritesPlainMembersAlwaysNullablesAsNullAndOptionalsOnlyWhenThere) {
  EXPECT_EQ(ToJson(Everything{}),
            R"({"name":"","flag":false,"byte":0,"number":0,"natural":0,"ratio":0,"when":0,"id":"",)"
            R"("color":"Red","maybe":null,"many":[],"labels":{},"anything":null,"object":{}})");
}

TEST(Codec, OptionalAndNullableMayBeAbsentOrNull) {
  EXPECT_EQ(Problem<Point>(R"({"x":1})"), "ok");
  EXPECT_EQ(Problem<Point>(R"({"x":1,"y":null})"), "ok");
  EXPECT_EQ(Problem<Point>(R"({"x":1,"y":"2"})"), "y must be an integer.");
  EXPECT_EQ(Problem<Perhaps>("{}"), "ok");
  EXPECT_EQ(Problem<Perhaps>(R"({"value":null})"), "ok");
  EXPECT_EQ(Problem<Perhaps>(R"({"value":"1"})"), "value must be an integer.");
}

TEST(Codec, ARequestMustHaveItsPlainMembersAStoredRecordKeepsItsDefaults) {
  EXPECT_EQ(Problem<Point>("{}"), "x is required.");
  EXPECT_EQ(Problem<Point>(R"({"x":null})"), "x must be an integer.");
  const auto record = FromRecord<Point>("{}");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->x, 0);
  EXPECT_EQ(FromRecord<Point>(R"({"x":"1"})").error().code(), Code::kDataLoss);
  EXPECT_EQ(FromRecord<Point>("{").error().code(), Code::kDataLoss);
}

struct Shelf {
  std::vector<Everything> boxes;
  std::map<std::string, Point> points;
};
BOOST_DESCRIBE_STRUCT(Shelf, (), (boxes, points))

TEST(Codec, NamesThePathOfEveryProblemAtOnce) {
  EXPECT_EQ(
      Problem<Shelf>(R"({"boxes":{},"points":{"a":{"x":1},"b":{"x":1.5},"c":{"x":1,"y":true}}})"),
      "boxes must be an array; points.b.x must be an integer; points.c.y must be an integer.");
  EXPECT_EQ(Problem<std::vector<Point>>(R"([{"x":1},{"x":2},7])"), "[2] must be an object.");
  EXPECT_EQ(Problem<Point>("[]"), "body must be an object.");
}

TEST(Codec, SaysWhatEachTypeMustBe) {
  const auto with = [](std::string_view member) {
    std::string body(kEverything);
    body.insert(body.size() - 1, "," + std::string(member));  // of duplicate keys the last wins
    return Problem<Everything>(body);
  };
  EXPECT_EQ(with(R"("name":1)"), "name must be a string.");
  EXPECT_EQ(with(R"("flag":"true")"), "flag must be true or false.");
  EXPECT_EQ(with(R"("flag":1)"), "flag must be true or false.");
  EXPECT_EQ(with(R"("number":"1")"), "number must be an integer.");
  EXPECT_EQ(with(R"("number":1.0)"), "number must be an integer.");
  EXPECT_EQ(with(R"("ratio":"1")"), "ratio must be a number.");
  EXPECT_EQ(with(R"("ratio":1)"), "ok");
  EXPECT_EQ(with(R"("when":"2024-01-12")"), "when must be an integer.");
  EXPECT_EQ(with(R"("id":1)"), "id must be a string.");
  EXPECT_EQ(with(R"("color":"Blue")"), "color must be one of Red, DarkGreen.");
  EXPECT_EQ(with(R"("color":"red")"), "color must be one of Red, DarkGreen.");
  EXPECT_EQ(with(R"("color":0)"), "color must be one of Red, DarkGreen.");
  EXPECT_EQ(with(R"("labels":[])"), "labels must be an object.");
  EXPECT_EQ(with(R"("labels":{"k":1})"), "labels.k must be a string.");
  EXPECT_EQ(with(R"("object":[])"), "object must be an object.");
  EXPECT_EQ(with(R"("anything":null)"), "ok");
}

TEST(Codec, RefusesIntegersOutOfRange) {
  EXPECT_EQ(Problem<std::uint8_t>("255"), "ok");
  EXPECT_EQ(Problem<std::uint8_t>("256"), "body is out of range.");
  EXPECT_EQ(Problem<std::uint8_t>("-1"), "body is out of range.");
  EXPECT_EQ(Problem<std::int32_t>("2147483647"), "ok");
  EXPECT_EQ(Problem<std::int32_t>("2147483648"), "body is out of range.");
  EXPECT_EQ(Problem<std::int32_t>("-2147483648"), "ok");
  EXPECT_EQ(Problem<std::int32_t>("-2147483649"), "body is out of range.");
  EXPECT_EQ(Problem<std::int64_t>("9223372036854775807"), "ok");
  EXPECT_EQ(Problem<std::int64_t>("9223372036854775808"), "body is out of range.");
  // Beyond 64 bits the parser only has a floating point number left.
  EXPECT_EQ(Problem<std::uint64_t>("18446744073709551616"), "body must be an integer.");
}

TEST(Codec, IgnoresUnknownKeysAndTakesTheLastOfDuplicates) {
  const auto point = FromJson<Point>(R"({"z":[{"deep":1}],"x":1,"x":2})");
  ASSERT_TRUE(point) << point.error().ToString();
  EXPECT_EQ(point->x, 2);
}

TEST(Codec, TheTextOfAMemberIsEmptyWhereThereIsNone) {
  const json::object object{{"text", "a"}, {"number", 1}, {"null", nullptr}};
  EXPECT_EQ(TextOf(object, "text"), "a");
  for (const char* name : {"number", "null", "absent"}) EXPECT_EQ(TextOf(object, name), "") << name;
}

TEST(Codec, ListsAtMostTwentyProblems) {
  std::string body = "[";
  for (int i = 0; i < 50; ++i) body += i == 0 ? "{}" : ",{}";
  body += "]";
  const std::string message = Problem<std::vector<Point>>(body);
  EXPECT_NE(message.find("[19].x is required."), std::string::npos) << message;
  EXPECT_EQ(message.find("[20]"), std::string::npos) << message;
}

TEST(ParseJson, StopsAtDepth32) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(ParseJson(nested(32)));
  const auto refused = ParseJson(nested(33));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "The JSON is nested more than 32 levels deep.");
  EXPECT_FALSE(ParseJson(std::string(1'000'000, '[')));
}

TEST(ParseJson, RefusesWhatIsNotJson) {
  for (const std::string_view text :
       {"",      " ",       "{",      "[1,]",    "{\"a\":1,}",  "{a:1}",         "'a'",
        "nul",   "01",      "+1",     ".5",      "1.",          "NaN",           "Infinity",
        "[1] x", "// c\n1", "\"\n\"", "\"\\x\"", "\"\\ud800\"", "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(ParseJson(text).error().code(), Code::kInvalidArgument) << text;
  }
}

TEST(ParseJson, RefusesNumbersThatNoDoubleHolds) {
  // They would come back as a word that is not JSON.
  EXPECT_FALSE(ParseJson("1e999"));
  EXPECT_FALSE(ParseJson(R"({"a":[{"b":-1e400}]})"));
  EXPECT_TRUE(ParseJson("1e308"));
}

TEST(ParseJson, RefusesBrokenUtf8) {
  for (const std::string_view text : {"\xff", "\xc3", "\xc3\x28", "\xc0\xaf", "\xed\xa0\x80",
                                      "\xf5\x80\x80\x80", "\xe2\x82", "\xf0\x80\x80\x80"}) {
    EXPECT_FALSE(ParseJson("\"" + std::string(text) + "\"")) << json::serialize(json::string(text));
  }
  EXPECT_TRUE(ParseJson("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""));
}

TEST(AppendJsonString, FindsWhatNeedsAnEscapeAtEveryPlace) {
  // Longer than two words of eight bytes, so that every position within a word is tried.
  struct Case {
    std::string raw;
    std::string escaped;
  };
  for (const Case& c :
       {Case{"\"", "\\\""}, Case{"\\", "\\\\"}, Case{"\n", "\\n"}, Case{"\x1f", "\\u001f"},
        Case{"\x7f", "\x7f"}, Case{"\xff", "\xEF\xBF\xBD"}, Case{"\xC3\xA9", "\xC3\xA9"}}) {
    for (std::size_t place = 0; place < 20; ++place) {
      const std::string before(place, 'a');
      const std::string after(20 - place, '~');
      std::string out;
      AppendJsonString(out, before + c.raw + after);
      EXPECT_EQ(out, '"' + before + c.escaped + after + '"');
    }
  }
}

TEST(AppendJsonString, ReadsBackAsItWasWhateverItsLength) {
  // Printable ASCII, what JSON escapes, and one letter of two bytes, in no pattern.
  const std::vector<std::string> letters = {"a",  "Z",  "0",  " ",    "~",
                                            "\"", "\\", "\n", "\x01", "\xC3\xA9"};
  std::uint64_t state = 1;
  for (std::size_t round = 0; round < 2000; ++round) {
    std::string text;
    for (std::size_t length = round % 40; length > 0; --length) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      // Mostly plain, or no text would be.
      const std::size_t pick = (state >> 33U) % 40;
      text += letters[pick < letters.size() ? pick : pick % 5];
    }
    std::string out = "before ";
    AppendJsonString(out, text);
    ASSERT_EQ(out.substr(0, 8), "before \"");
    const auto read = ParseJson(out.substr(7));
    ASSERT_TRUE(read) << out;
    EXPECT_EQ(std::string(read->as_string()), text);
  }
}

TEST(AppendJsonString, EscapesWhatJsonRequires) {
  EXPECT_EQ(Quoted("plain / text"), R"("plain / text")");
  EXPECT_EQ(Quoted("\"\\"), R"("\"\\")");
  EXPECT_EQ(Quoted("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(Quoted(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(Quoted(""), R"("")");
}

TEST(AppendJsonString, KeepsGoodUtf8AndReplacesEveryBadByte) {
  EXPECT_EQ(Quoted("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
            "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
  EXPECT_EQ(Quoted("a\xff"
                   "b"),
            "\"a\xef\xbf\xbd"
            "b\"");
  EXPECT_EQ(Quoted("\xc3"), "\"\xef\xbf\xbd\"");
  EXPECT_EQ(Quoted("\xc3\""), "\"\xef\xbf\xbd\\\"\"")
      << "a cut sequence does not swallow the quote";
  EXPECT_EQ(Quoted("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"") << "overlong";
  EXPECT_EQ(Quoted("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"") << "surrogate";
}

TEST(AppendJson, WritesNoInfinities) {
  EXPECT_EQ(ToJson(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(ToJson(std::nan("")), "null");
  EXPECT_EQ(ToJson(0.1), "0.1");
}

TEST(Enums, HaveTheirDescribedNames) {
  EXPECT_EQ(EnumName(Color::DarkGreen), "DarkGreen");
  EXPECT_EQ(EnumName(static_cast<Color>(9)), "");
  EXPECT_EQ(ParseEnum<Color>("Red"), Color::Red);
  EXPECT_EQ(ParseEnum<Color>(""), std::nullopt);
  EXPECT_EQ(EnumNames<Color>(), "Red, DarkGreen");
}

TEST(ParseJson, SaysWhereTheMistakeIs) {
  const auto why = [](std::string_view text) {
    const auto value = ParseJson(text);
    return value ? "" : value.error().message();
  };
  EXPECT_EQ(why("{\"a\": 1,\n \"b\" 2}"),
            "The body is not valid JSON: there is a mistake at line 2, column 6.");
  EXPECT_EQ(why("[1,2,]"), "The body is not valid JSON: there is a mistake at line 1, column 6.");
  EXPECT_EQ(why("{\"\u00e9\u4e2d\": x}"),
            "The body is not valid JSON: there is a mistake at line 1, column 8.")
      << "columns are characters";
  EXPECT_EQ(why("{}\n\n x"), "The body is not valid JSON: there is a mistake at line 3, column 2.");
  EXPECT_EQ(why("{\"a\": [1,"), "The body is not valid JSON: it ends too early.");
  EXPECT_EQ(why(""), "The body is required: an empty one is not valid JSON.");
  EXPECT_EQ(why(" \r\n\t"), "The body is required: an empty one is not valid JSON.");
}

TEST(ParseJson, NamesAByteOrderMark) {
  EXPECT_EQ(
      ParseJson("\xEF\xBB\xBF{\"a\":1}").error().message(),
      "The body is not valid JSON: it begins with a byte order mark. Save it as UTF-8 without "
      "one.");
}

}  // namespace
}  // namespace atelier
