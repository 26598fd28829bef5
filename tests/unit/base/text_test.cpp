#include "base/text.h"

#include <gtest/gtest.h>

namespace atelier {
namespace {

using Parts = std::vector<std::string>;

Parts All(const Split& split) {
  Parts parts;
  for (const std::string_view part : split) parts.emplace_back(part);
  return parts;
}

TEST(Text, AListIsSplitAtItsCommas) {
  EXPECT_EQ(SplitList(""), Parts());
  EXPECT_EQ(SplitList("a"), Parts{"a"});
  EXPECT_EQ(SplitList("a,b/c"), (Parts{"a", "b/c"}));
  EXPECT_EQ(SplitList(",a,,b,"), (Parts{"a", "b"}));
}

TEST(Text, SplitKeepsEveryPiece) {
  EXPECT_EQ(All(Split("", ',')), Parts{""});
  EXPECT_EQ(All(Split(",", ',')), (Parts{"", ""}));
  EXPECT_EQ(All(Split("a,,b,", ',')), (Parts{"a", "", "b", ""}));
  EXPECT_EQ(All(Split("a,b", ';')), Parts{"a,b"});
}

TEST(Text, SplitDropsAnEmptyLastPieceOnRequestAndNoOther) {
  EXPECT_EQ(All(Split("", ',', Trailing::kDrop)), Parts());
  EXPECT_EQ(All(Split(",", ',', Trailing::kDrop)), Parts{""});
  EXPECT_EQ(All(Split("a,,b,", ',', Trailing::kDrop)), (Parts{"a", "", "b"}));
  EXPECT_EQ(All(Split("a,b", ',', Trailing::kDrop)), (Parts{"a", "b"}));
}

TEST(Text, LinesAreEndedByLineFeedsOrTheEnd) {
  EXPECT_EQ(All(Lines("")), Parts());
  EXPECT_EQ(All(Lines("a\n\nb\r\n")), (Parts{"a", "", "b\r"}));
  EXPECT_EQ(All(Lines("a\nb")), (Parts{"a", "b"}));
}

TEST(Text, WordsStandBetweenBlanks) {
  using Views = std::vector<std::string_view>;
  EXPECT_EQ(Words(" a\t b  "), (Views{"a", "b"}));
  EXPECT_EQ(Words("a\nb"), (Views{"a\nb"}));
  EXPECT_EQ(Words("a\nb\n", kWhitespace), (Views{"a", "b"}));
  EXPECT_EQ(Words(" "), Views());
}

TEST(Text, ACutIsAtTheFirstSeparator) {
  const Halves pair = Cut("a=b=c", '=');
  EXPECT_TRUE(pair.found);
  EXPECT_EQ(pair.before, "a");
  EXPECT_EQ(pair.after, "b=c");
  EXPECT_FALSE(Cut("a", '=').found);
  EXPECT_EQ(Cut("a", '=').before, "a");
  EXPECT_EQ(Cut("a", '=').after, "");
  EXPECT_TRUE(Cut("=", '=').found);
}

TEST(Text, ANumberIsAWholeText) {
  EXPECT_EQ(ParseNumber<int>("-12"), -12);
  EXPECT_EQ(ParseNumber<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(ParseNumber<double>("2.5"), 2.5);
  for (const char* text : {"", "1x", " 1", "1 ", "+1", "0x1"})
    EXPECT_FALSE(ParseNumber<int>(text)) << text;
  EXPECT_FALSE(ParseNumber<std::uint16_t>("65536"));
  EXPECT_FALSE(ParseNumber<std::uint16_t>("-1"));
}

TEST(Text, AnEditDistanceCountsTheCharactersToChange) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("", "ab"), 2U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("usr", "user"), 1U);
  EXPECT_EQ(EditDistance("A", "a"), 1U);
}

TEST(Text, CharactersAreThoseOfUtf8) {
  EXPECT_EQ(CountCharacters(""), 0U);
  EXPECT_EQ(CountCharacters("a\xC3\xA4\xE4\xBD\xA0\xF0\x9F\x98\x80"), 4U);
}

}  // namespace
}  // namespace atelier
