#include "base/encoding.h"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Hex, IsLowerCaseAndWhole) {
  EXPECT_EQ(Hex({}), "");
  EXPECT_EQ(Hex(AsBytes(std::string_view("\x00\x0a\xff", 3))), "000aff");
}

TEST(Base64, IsThatOfRfc4648) {
  for (const auto& [plain, coded] :
       {std::pair("", ""), std::pair("f", "Zg=="), std::pair("fo", "Zm8="),
        std::pair("foo", "Zm9v"), std::pair("foob", "Zm9vYg=="), std::pair("fooba", "Zm9vYmE="),
        std::pair("foobar", "Zm9vYmFy")}) {
    EXPECT_EQ(Base64(AsBytes(plain)), coded);
    EXPECT_EQ(FromBase64(coded), plain);
    EXPECT_EQ(FromBase64(coded, StrayBits::kIgnored), plain);
  }
  EXPECT_EQ(Base64Url(AsBytes("\xff\xfe\xfd\xfc")), "__79_A");
  EXPECT_EQ(FromBase64Url("__79_A"), "\xff\xfe\xfd\xfc");
}

TEST(Base64, HasOneSpellingOfEachText) {
  for (const char* text :
       {"Zg", "Zg=", "Zh==", "Zm9=", "=", "====", "Z===", "Zm 9", "Zm9v\n", "Zm9-"}) {
    EXPECT_FALSE(FromBase64(text)) << text;
  }
  for (const char* text : {"Zg==", "Zm+v", "Zm/v", "Z"}) EXPECT_FALSE(FromBase64Url(text)) << text;
}

// What users hand over was made by whatever encoder they have.
TEST(Base64, StrayBitsAreIgnoredOnRequestAndNothingElseIs) {
  EXPECT_EQ(FromBase64("Zh==", StrayBits::kIgnored), "f");
  EXPECT_EQ(FromBase64("Zm9=", StrayBits::kIgnored), "fo");
  for (const char* text : {"Zg", "Zg=", "=", "====", "Z===", "Zm 9", "Zm9v\n", "Zm9-"})
    EXPECT_FALSE(FromBase64(text, StrayBits::kIgnored)) << text;
}

// docs/contract/signing.md section 2.2: everything but the unreserved characters, upper-case
// digits.
TEST(PercentCode, EncodesByTheStrictRule) {
  EXPECT_EQ(PercentEncode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(PercentEncode("a b*c/d"), "a%20b%2Ac%2Fd");
  EXPECT_EQ(PercentEncode("\xE4\xBD\xA0"), "%E4%BD%A0");
  EXPECT_EQ(PercentEncode(std::string_view("\0+", 2)), "%00%2B");
}

TEST(PercentCode, DecodesWhatIsValidAndKeepsTheRest) {
  EXPECT_EQ(PercentDecode("a%2fb%2Fc"), "a/b/c");
  EXPECT_EQ(PercentDecode("100%"), "100%");
  EXPECT_EQ(PercentDecode("%4"), "%4");
  EXPECT_EQ(PercentDecode("%zz%41"), "%zzA");
  EXPECT_EQ(PercentDecode("%%41"), "%A");
}

TEST(PercentCode, APlusIsABlankInFormsOnly) {
  EXPECT_EQ(PercentDecode("a+b%2B"), "a+b+");
  EXPECT_EQ(FormDecode("a+b%2B"), "a b+");
  EXPECT_EQ(FormDecode("plain"), "plain");
}

TEST(Query, IsSplitBeforeItIsDecoded) {
  using Pairs = std::vector<NameValue>;
  EXPECT_EQ(ParseQuery(""), Pairs());
  EXPECT_EQ(ParseQuery("a=1%262&&b=x+y%2B&c&d==e&=f&"),
            (Pairs{{"a", "1&2"}, {"b", "x y+"}, {"c", ""}, {"d", "=e"}, {"", "f"}}));
}

TEST(Query, IsEncodedInTheOrderGiven) {
  EXPECT_EQ(EncodeQuery({}), "");
  EXPECT_EQ(EncodeQuery({{"b", "x y"}, {"a[0]", ""}}), "b=x%20y&a%5B0%5D=");
}

TEST(Percent, OnlyTheOneSpellingCountsAsEncoded) {
  for (const char* text : {"", "aZ09-_.~", "%2F", "a%20b%E8", "%00"})
    EXPECT_TRUE(IsPercentEncoded(text)) << text;
  // Lower case; what needs no escape; what is none; what needs one.
  for (const char* text : {"%2f", "%e8", "%41", "%7E", "%", "%2", "%2G", "a b", "a+b", "a=b", "é"})
    EXPECT_FALSE(IsPercentEncoded(text)) << text;
}

}  // namespace
}  // namespace atelier
