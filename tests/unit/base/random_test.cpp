#include "base/random.h"

#include <array>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Random, TheSystemsNeverRepeatsAcrossThousandsOfIds) {
  const auto random = MakeSystemRandom();
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(random->Hex(16));
  EXPECT_EQ(seen.size(), 10'000U);
}

TEST(Random, FillsLongBuffersToTheEnd) {
  const auto random = MakeSystemRandom();
  std::vector<std::uint8_t> bytes(10'000);  // more than the generator keeps at hand
  random->Fill(bytes);
  // 64 zero bytes at the end have a chance of 2^-512.
  EXPECT_NE(std::vector<std::uint8_t>(bytes.end() - 64, bytes.end()),
            std::vector<std::uint8_t>(64));
}

TEST(Random, ASeedRepeatsItsRun) {
  const auto a = MakeSeededRandom(7);
  const auto b = MakeSeededRandom(7);
  const auto c = MakeSeededRandom(8);
  const std::string text = a->LowerAlnum(32);
  EXPECT_EQ(text, b->LowerAlnum(32));
  EXPECT_NE(text, c->LowerAlnum(32));
}

TEST(Random, LowerAlnumUsesEachCharacterOfItsAlphabetEvenly) {
  const auto random = MakeSeededRandom(1);
  const std::string text = random->LowerAlnum(36'000);
  ASSERT_EQ(text.size(), 36'000U);
  std::array<int, 256> count{};
  for (const char c : text) ++count.at(static_cast<unsigned char>(c));
  int total = 0;
  for (const char c : std::string("abcdefghijklmnopqrstuvwxyz0123456789")) {
    const int of = count.at(static_cast<unsigned char>(c));
    EXPECT_NEAR(of, 1000, 160) << c;  // five standard deviations
    total += of;
  }
  EXPECT_EQ(total, 36'000) << "no other character";
}

TEST(Random, HexIsTwoLowerCaseDigitsAByte) {
  const auto random = MakeSeededRandom(1);
  const std::string text = random->Hex(1000);
  EXPECT_EQ(text.size(), 2000U);
  EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Random, UuidHasTheDocumentedForm) {
  const auto random = MakeSystemRandom();
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = random->Uuid();
    ASSERT_EQ(uuid.size(), 36U);
    for (std::size_t at = 0; at < uuid.size(); ++at) {
      if (at == 8 || at == 13 || at == 18 || at == 23) {
        EXPECT_EQ(uuid[at], '-') << uuid;
      } else {
        EXPECT_NE(std::string("0123456789ABCDEF").find(uuid[at]), std::string::npos) << uuid;
      }
    }
    EXPECT_EQ(uuid[14], '4') << "version 4: " << uuid;
    EXPECT_NE(std::string("89AB").find(uuid[19]), std::string::npos)
        << "RFC 4122 variant: " << uuid;
  }
}

}  // namespace
}  // namespace atelier
