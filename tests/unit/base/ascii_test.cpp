#include "base/ascii.h"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Ascii, KindsEndWhereTheirRangesEnd) {
  for (const char c : {'0', '9'}) EXPECT_TRUE(IsDigit(c) && IsAlnum(c) && !IsLetter(c)) << c;
  for (const char c : {'a', 'z'}) EXPECT_TRUE(IsLower(c) && IsLetter(c) && !IsUpper(c)) << c;
  for (const char c : {'A', 'Z'}) EXPECT_TRUE(IsUpper(c) && IsLetter(c) && !IsLower(c)) << c;
  for (const char c : {'/', ':', '@', '[', '`', '{', '\0', '\xE9'}) EXPECT_FALSE(IsAlnum(c)) << c;
}

TEST(Ascii, OnlyAsciiLettersHaveACase) {
  EXPECT_EQ(ToLower("AZ@[\xC3\x84"), "az@[\xC3\x84");  // a capital A with dots
  EXPECT_EQ(ToUpper("az`{\xC3\xA4"), "AZ`{\xC3\xA4");
  EXPECT_TRUE(EqualsIgnoreCase("x-Acs-\xC3\x84", "X-aCS-\xC3\x84"));
  EXPECT_FALSE(EqualsIgnoreCase("\xC3\x84", "\xC3\xA4"));
  EXPECT_FALSE(EqualsIgnoreCase("@", "`"));
  EXPECT_FALSE(EqualsIgnoreCase("abc", "ab"));
  EXPECT_TRUE(EqualsIgnoreCase("", ""));
}

TEST(Ascii, PrefixesAndPartsAreFoundWhateverTheirCase) {
  EXPECT_TRUE(StartsWithIgnoreCase("Content-Type", "content-"));
  EXPECT_TRUE(StartsWithIgnoreCase("abc", ""));
  EXPECT_FALSE(StartsWithIgnoreCase("ab", "abc"));
  EXPECT_TRUE(ContainsIgnoreCase("my-GRP-1", "grp"));
  EXPECT_TRUE(ContainsIgnoreCase("aaB", "AB"));
  EXPECT_TRUE(ContainsIgnoreCase("", ""));
  EXPECT_FALSE(ContainsIgnoreCase("grp", "grp1"));
  EXPECT_FALSE(ContainsIgnoreCase("", "a"));
}

TEST(Ascii, ASchemeIsNamedInAnyCaseAndEndsWithABlank) {
  for (const char* text : {"Bearer abc", "bearer abc", "BEARER  abc", "Bearer\tabc"})
    EXPECT_EQ(AfterScheme(text, "Bearer"), "abc") << text;
  EXPECT_EQ(AfterScheme("Bearer ", "Bearer"), "");
  for (const char* text : {"", "Bearer", "Bearerabc", "Basic abc", "abc"})
    EXPECT_EQ(AfterScheme(text, "Bearer"), std::nullopt) << text;
}

TEST(Ascii, TheHashGoesWithTheEquality) {
  EXPECT_EQ(HashIgnoreCase()("PAIFullAccess"), HashIgnoreCase()("paifullaccess"));
  EXPECT_NE(HashIgnoreCase()("a"), HashIgnoreCase()("b"));
  EXPECT_TRUE(EqualIgnoreCase()("A", "a"));
}

TEST(Ascii, DigitsAreDigitsAlone) {
  EXPECT_TRUE(IsDigits("0123456789"));
  for (const char* text : {"", "-1", "1 ", "1.0", "a"}) EXPECT_FALSE(IsDigits(text)) << text;
}

// A header's value loses blanks and tabs; only a signature's reader takes the ends of lines off
// too.
TEST(Ascii, TrimTakesOffWhatIsAskedFor) {
  EXPECT_EQ(Trim(" \ta b\t "), "a b");
  EXPECT_EQ(Trim("\r\na\n"), "\r\na\n");
  EXPECT_EQ(Trim("\r\n\v\f a\n", kWhitespace), "a");
  EXPECT_EQ(Trim(" \t "), "");
  EXPECT_EQ(Trim(""), "");
}

}  // namespace
}  // namespace atelier
