#include <string>

#include <gtest/gtest.h>

#include "identity/crypto/digest.h"
#include "identity/signing/nonce_store.h"

namespace atelier::identity {
namespace {

TEST(Digest, GivesThePublishedAnswers) {
  // FIPS 180-2, RFC 1321, RFC 4231 case 2, RFC 2202 case 2.
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha1("Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST(Digest, AContextUsedAgainKnowsNothingOfBefore) {
  EXPECT_NE(Hex(HmacSha256("key one", "text")), Hex(HmacSha256("key two", "text")));
  EXPECT_EQ(Hex(HmacSha256("key one", "text")), Hex(HmacSha256("key one", "text")));
}

TEST(Base64, IsThatOfRfc4648) {
  for (const auto& [plain, coded] :
       {std::pair("", ""), std::pair("f", "Zg=="), std::pair("fo", "Zm8="),
        std::pair("foo", "Zm9v"), std::pair("foob", "Zm9vYg=="), std::pair("fooba", "Zm9vYmE="),
        std::pair("foobar", "Zm9vYmFy")}) {
    EXPECT_EQ(Base64(AsBytes(plain)), coded);
    EXPECT_EQ(FromBase64(coded), plain);
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

TEST(ConstantTimeEqual, IsEquality) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
}

TEST(NonceStore, TellsFreshFromUsedWhileItGrows) {
  NonceStore store(1U << 20U);
  const MonoTime start{};
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) {
    // A minute each thousand: the pairs spread over two generations.
    const MonoTime now = start + std::chrono::minutes(i / 1000);
    ASSERT_TRUE(store.Insert("key", std::to_string(i), now).value()) << i;
  }
  EXPECT_EQ(store.size(), static_cast<std::size_t>(kMany));
  const MonoTime end = start + std::chrono::minutes(20);
  for (int i = 0; i < kMany; ++i) {
    ASSERT_FALSE(store.Insert("key", std::to_string(i), end).value()) << i;
  }
  EXPECT_TRUE(store.Insert("other key", "1", end).value());
}

TEST(NonceStore, LeavesAQuarterToOtherKeys) {
  NonceStore store(8);
  const MonoTime now{};
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(store.Insert("greedy", std::to_string(i), now));
  const auto refused = store.Insert("greedy", "6", now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "Throttling.User");
  EXPECT_TRUE(store.Insert("other", "1", now));
  EXPECT_TRUE(store.Insert("other", "2", now));
  EXPECT_EQ(store.Insert("other", "3", now).error().code(), Code::kUnavailable);
  // The share comes back with the time.
  EXPECT_TRUE(store.Insert("greedy", "6", now + std::chrono::minutes(41)));
}

TEST(NonceStore, ForgetsEverythingAfterALongSleep) {
  NonceStore store(10);
  const MonoTime start{};
  EXPECT_TRUE(store.Insert("key", "n", start).value());
  EXPECT_TRUE(store.Insert("key", "n", start + std::chrono::hours(1000)).value());
  EXPECT_EQ(store.size(), 1U);
}

}  // namespace
}  // namespace atelier::identity
