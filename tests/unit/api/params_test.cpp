#include "api/framework/params.h"

#include <array>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

namespace atelier::api {
namespace {

using Type = Param::Type;

constexpr auto kParams = std::to_array<Param>({
    {.name = "Name", .max = 5},
    {.name = "Page", .type = Type::kInteger, .min = 1, .max = 100, .standard = 7},
    {.name = "Many", .type = Type::kInteger, .min = 1},
    {.name = "Cpu", .type = Type::kDecimal},
    {.name = "Reverse", .type = Type::kBoolean, .standard = 0},
    {.name = "Order", .type = Type::kEnum, .values = "ASC,DESC", .aliases = "up=ASC,down=DESC"},
    {.name = "Status", .type = Type::kEnumList, .values = "Running,Stopped"},
    {.name = "Ids", .type = Type::kList, .max = 6},
    {.name = "Labels", .type = Type::kJsonMap},
    {.name = "Tag", .type = Type::kJsonList},
    {.name = "After", .type = Type::kTime},
});

/// What a handler would get, or the refusal.
class Decoded {
 public:
  explicit Decoded(Result<ArgValues> values) : values_(std::move(values)) {
    if (values_) args_.emplace(values_->all());
  }
  explicit operator bool() const { return args_.has_value(); }
  const Args<kParams>* operator->() const { return &*args_; }
  const Error& error() const { return values_.error(); }

 private:
  Result<ArgValues> values_;
  std::optional<Args<kParams>> args_;
};

Decoded Decode(std::string_view query) {
  return Decoded(DecodeArgs(kParams, {}, ParseQuery(query)));
}

TEST(Params, QueryIsSplitBeforeItIsDecoded) {
  const RawParams raw = ParseQuery("a=1%262&&b=x+y%2B&c&d==e");
  const RawParams expected = {{"a", "1&2"}, {"b", "x y+"}, {"c", ""}, {"d", "=e"}};
  EXPECT_EQ(raw, expected);
}

// As RPC style clients write lists; a value is one member, commas and all.
TEST(Params, ListsAreTakenNumberedToo) {
  using List = std::vector<std::string>;
  EXPECT_EQ(Decode("Ids.2=b&Ids.1=a")->List("Ids"), (List{"a", "b"}));
  EXPECT_EQ(Decode("Ids.1=a,b")->List("Ids"), (List{"a,b"}));
  EXPECT_EQ(Decode("Ids.1=")->List("Ids"), List{});
  EXPECT_FALSE(Decode("Ids.1=")->Has("Ids"));
  EXPECT_EQ(Decode("Ids=x&Ids.1=a")->List("Ids"), List{"x"});
  EXPECT_EQ(Decode("Ids.x=a").error().message(), "Ids.x must have the form Ids.N with N from 1.");
  for (const char* bad : {"Ids.0=a", "Ids.1001=a", "Ids.1.Key=a", "Ids.1=toolong", "Ids.1=%ff"})
    EXPECT_FALSE(Decode(bad)) << bad;
}

TEST(Params, BooleansAreTakenAsThePythonClientWritesThem) {
  EXPECT_TRUE(Decode("Reverse=true")->Boolean("Reverse"));
  EXPECT_TRUE(Decode("Reverse=True")->Boolean("Reverse"));
  EXPECT_FALSE(Decode("Reverse=False")->Boolean("Reverse"));
}

TEST(Params, EmptyValueCountsAsAbsentAndTheFirstOfDuplicatesWins) {
  const auto args = Decode("Name=&Page=&Name=one&Name=two&Unknown=x");
  ASSERT_TRUE(args);
  EXPECT_EQ(args->Text("Name"), "one");
  EXPECT_FALSE(args->Has("Page"));
  EXPECT_EQ(args->Integer("Page"), 7);
}

TEST(Params, DefaultsAndAbsence) {
  const auto args = Decode("");
  ASSERT_TRUE(args);
  EXPECT_EQ(args->Integer("Page"), 7);
  EXPECT_EQ(args->Integer("Many"), std::nullopt);
  EXPECT_EQ(args->Decimal("Cpu"), std::nullopt);
  EXPECT_FALSE(args->Boolean("Reverse"));
  EXPECT_EQ(args->Json("Labels"), nullptr);
  EXPECT_EQ(args->Time("After"), std::nullopt);
  EXPECT_TRUE(args->List("Ids").empty());
}

TEST(Params, EachTypeIsDecoded) {
  const auto args = Decode(
      "Page=42&Cpu=0.5&Reverse=true&Order=down&Status=Running,%20Stopped,,&Ids=a,+b+,c"
      "&After=2024-05-01T00:00:00%2B02:00");
  ASSERT_TRUE(args) << args.error().message();
  EXPECT_EQ(args->Integer("Page"), 42);
  EXPECT_EQ(args->Decimal("Cpu"), 0.5);
  EXPECT_TRUE(args->Boolean("Reverse"));
  EXPECT_EQ(args->Text("Order"), "DESC");
  EXPECT_EQ(args->List("Status"), (std::vector<std::string>{"Running", "Stopped"}));
  EXPECT_EQ(args->List("Ids"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(args->Time("After"), ParseIso8601("2024-04-30T22:00:00Z"));
}

TEST(Params, ListOfBlanksOnlyCountsAsAbsent) {
  const auto args = Decode("Status=,%20,");
  ASSERT_TRUE(args);
  EXPECT_FALSE(args->Has("Status"));
}

struct BadCase {
  std::string_view query;
  std::string_view message;
};

class BadParams : public testing::TestWithParam<BadCase> {};

TEST_P(BadParams, AreRefusedByName) {
  const auto args = Decode(GetParam().query);
  ASSERT_FALSE(args);
  EXPECT_EQ(args.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(args.error().message(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadParams,
    testing::ValuesIn(std::to_array<BadCase>({
        {"Name=sixsix", "Name must have at most 5 characters."},
        {"Name=%FF", "Name must be valid UTF-8."},
        {"Page=0", "Page must be an integer from 1 to 100."},
        {"Page=101", "Page must be an integer from 1 to 100."},
        {"Page=1.0", "Page must be an integer from 1 to 100."},
        {"Page=+1", "Page must be an integer from 1 to 100."},
        {"Page=99999999999999999999", "Page must be an integer from 1 to 100."},
        {"Many=-1", "Many must be an integer of at least 1."},
        {"Cpu=-1", "Cpu must be a decimal number that is not negative."},
        {"Cpu=1e3", "Cpu must be a decimal number that is not negative."},
        {"Cpu=1.2.3", "Cpu must be a decimal number that is not negative."},
        {"Cpu=.", "Cpu must be a decimal number that is not negative."},
        {"Cpu=8Gi", "Cpu must be a decimal number that is not negative."},
        {"Cpu=NaN", "Cpu must be a decimal number that is not negative."},
        {"Reverse=TRUE", "Reverse must be true or false."},
        {"Reverse=1", "Reverse must be true or false."},
        {"Order=asc", "Order must be one of ASC,DESC."},
        {"Status=Running,running", "Status must be one or several of Running,Stopped."},
        {"Ids=1234567", "Ids must have members of at most 6 characters."},
        {"Labels=[]", "Labels must be a JSON object."},
        {"Labels={", "Labels must be valid JSON, nested at most 32 levels deep."},
        {"Tag=%22x%22", "Tag must be a JSON array."},
        {"Tag.0.Key=a", "Tag.0.Key must have the form Tag.N.<field> with N from 1."},
        {"Tag.x=a", "Tag.x must have the form Tag.N.<field> with N from 1."},
        {"After=yesterday", "After must be an ISO 8601 time such as 2024-01-12T14:36:01Z."},
        {"After=2024-05-01", "After must be an ISO 8601 time such as 2024-01-12T14:36:01Z."},
        {"Page=0&Order=x", "Page must be an integer from 1 to 100; Order must be one of ASC,DESC."},
    })));

TEST(Params, AnEmptyTextOfJsonCountsAsAbsent) {
  const auto args = Decode("Labels=%22%22&Tag=%22%22");
  ASSERT_TRUE(args) << args.error().message();
  EXPECT_FALSE(args->Has("Labels"));
  EXPECT_FALSE(args->Has("Tag"));
}

TEST(Params, TextIsMeasuredInCharacters) {
  const std::string most(6, 'x');
  EXPECT_TRUE(Decode("Ids=" + most));
  EXPECT_TRUE(Decode("Ids=%E4%B8%AD%E4%B8%AD%E4%B8%AD%E4%B8%AD%E4%B8%AD%E4%B8%AD"));
  EXPECT_FALSE(Decode("Ids=%E4%B8%AD%E4%B8%AD%E4%B8%AD%E4%B8%AD%E4%B8%AD%E4%B8%ADx"));
}

TEST(Params, JsonDepthBombIsRefused) {
  const auto args = Decode("Tag=" + std::string(40, '[') + std::string(40, ']'));
  ASSERT_FALSE(args);
  EXPECT_EQ(args.error().message(), "Tag must be valid JSON, nested at most 32 levels deep.");
}

TEST(Params, MapAndListTakeTheFlattenedFormToo) {
  const auto args =
      Decode("Labels.team=vision&Labels.a.b=c&Tag.2.Key=k2&Tag.1.Key=k1&Tag.1.Value=v");
  ASSERT_TRUE(args) << args.error().message();
  EXPECT_EQ(json::serialize(*args->Json("Labels")), R"({"team":"vision","a.b":"c"})");
  EXPECT_EQ(json::serialize(*args->Json("Tag")), R"([{"Key":"k1","Value":"v"},{"Key":"k2"}])");
}

TEST(Params, OfBothFormsTheJsonOneWins) {
  const auto args = Decode("Labels.a=1&Labels=%7B%22b%22:%222%22%7D");
  ASSERT_TRUE(args);
  EXPECT_EQ(json::serialize(*args->Json("Labels")), R"({"b":"2"})");
}

TEST(Params, OneObjectStandsForAListOfOne) {
  const auto args = Decode("Tag=%7B%22Key%22:%22k%22%7D");
  ASSERT_TRUE(args);
  EXPECT_EQ(json::serialize(*args->Json("Tag")), R"([{"Key":"k"}])");
}

TEST(Params, RequiredOnesAreAskedFor) {
  constexpr auto kRequired = std::to_array<Param>({{.name = "A", .required = true}});
  EXPECT_EQ(DecodeArgs(kRequired, {}, ParseQuery("A=")).error().message(), "A is required.");
  EXPECT_TRUE(DecodeArgs(kRequired, {}, ParseQuery("A=1")));
}

TEST(Params, PathAndQueryDoNotMix) {
  static constexpr auto kOfPath =
      std::to_array<Param>({{.name = "Id", .in_path = true, .required = true}});
  const auto values = DecodeArgs(kOfPath, {{"Id", "path"}}, ParseQuery("Id=query"));
  ASSERT_TRUE(values);
  EXPECT_EQ(Args<kOfPath>(values->all()).Text("Id"), "path");
}

TEST(Params, AHelperGetsTheRowsThatItNames) {
  static constexpr std::array kSome = {kParams[9], kParams[0]};
  const auto args = Decode("Name=one&Page=3&Tag=[]");
  ASSERT_TRUE(args);
  const Args<kSome> some = *args.operator->();
  EXPECT_EQ(some.Text("Name"), "one");
  EXPECT_NE(some.Json("Tag"), nullptr);
}

}  // namespace
}  // namespace atelier::api
