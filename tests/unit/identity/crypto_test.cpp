#include <string>

#include <gtest/gtest.h>

#include "identity/crypto/digest.h"

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

}  // namespace
}  // namespace atelier::identity
