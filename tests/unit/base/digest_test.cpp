#include "base/digest.h"

#include <string>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/fnv.h"

namespace atelier {
namespace {

TEST(Digest, GivesThePublishedAnswers) {
  // FIPS 180-2, RFC 1321, RFC 4231 case 2, RFC 2202 case 2.
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
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

// RFC 4231 cases 2, 6 and 7: one key for many texts, and keys longer than a block.
TEST(Digest, AKeyThatIsKeptSignsAsOneThatIsGivenEachTime) {
  const HmacSha256Key jefe("Jefe");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Hex(jefe.Sign("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
  const HmacSha256Key lengthy(std::string(131, '\xaa'));
  EXPECT_EQ(Hex(lengthy.Sign("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(Hex(lengthy.Sign("This is a test using a larger than block-size key and a larger than "
                             "block-size data. The key needs to be hashed before being used by the "
                             "HMAC algorithm.")),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(Digest, PartsAreHashedAsOneText) {
  EXPECT_EQ(Hex(Sha256Of({"a", "", "bc"})), Hex(Sha256("abc")));
  EXPECT_EQ(View(HexOf(Sha256("abc"))), Hex(Sha256("abc")));
}

// printf '' | openssl dgst -sha256 -hmac ''. To OpenSSL, no pointer is "the key of before".
TEST(Digest, AnEmptyKeyIsAKey) {
  (void)HmacSha256("another key", "text");
  EXPECT_EQ(Hex(HmacSha256({}, "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Digest, OfPartsIsThatOfTheWhole) {
  Sha256Stream stream;
  stream.Add("a");
  stream.Add("");
  stream.Add("bc");
  EXPECT_EQ(Hex(stream.Finish()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(stream.Finish()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
      << "of nothing: it has begun anew";
}

// The test vectors of FNV's authors.
TEST(Fnv, GivesThePublishedAnswers) {
  static_assert(Fnv1a("") == 0xcbf29ce484222325U);
  static_assert(Fnv1a("a") == 0xaf63dc4c8601ec8cU);
  static_assert(Fnv1a("foobar") == 0x85944171f73967e8U);
  EXPECT_EQ(Fnv1a("bar", Fnv1a("foo")), 0x85944171f73967e8U);
}

TEST(ConstantTimeEqual, IsEquality) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
}

}  // namespace
}  // namespace atelier
