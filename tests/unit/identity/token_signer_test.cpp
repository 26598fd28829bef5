#include "identity/token_signer.h"

#include <gtest/gtest.h>

namespace atelier::identity {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1795307504)};

TokenClaims Claims() {
  return {.use = TokenUse::Access,
          .instance = model::InstanceId("dsw-1"),
          .issuer = model::UserId("200000000000000001"),
          .expires = kNow + std::chrono::minutes(1)};
}

class TokenSignerTest : public ::testing::Test {
 protected:
  const TokenSigner signer_{std::string(32, 's')};
};

TEST_F(TokenSignerTest, GivesBackWhatItSigned) {
  const auto claims = signer_.Check(signer_.Sign(Claims()), kNow);
  ASSERT_TRUE(claims) << claims.error().ToString();
  EXPECT_EQ(claims->use, TokenUse::Access);
  EXPECT_EQ(claims->instance.str(), "dsw-1");
  EXPECT_EQ(claims->issuer.str(), "200000000000000001");
  EXPECT_EQ(claims->expires, Claims().expires);
}

TEST_F(TokenSignerTest, NeedsNoEscapingInAUrl) {
  EXPECT_EQ(signer_.Sign(Claims()).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
                                                     "tuvwxyz0123456789-_."),
            std::string::npos);
}

TEST_F(TokenSignerTest, ExpiresAtItsTime) {
  const std::string token = signer_.Sign(Claims());
  EXPECT_TRUE(signer_.Check(token, Claims().expires - Duration(1)));
  EXPECT_FALSE(signer_.Check(token, Claims().expires));
}

TEST_F(TokenSignerTest, RefusesAChangeOfAnyCharacter) {
  const std::string token = signer_.Sign(Claims());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto claims = signer_.Check(changed, kNow);
    ASSERT_FALSE(claims) << i;
    EXPECT_EQ(claims.error().code(), Code::kUnauthenticated);
  }
}

TEST_F(TokenSignerTest, RefusesWhatIsNoToken) {
  for (const std::string& token : {std::string(), std::string("."), std::string("a.b"),
                                   std::string(5000, 'a'), signer_.Sign(Claims()) + "."}) {
    EXPECT_FALSE(signer_.Check(token, kNow)) << token;
  }
}

TEST_F(TokenSignerTest, RefusesTheTokensOfAnotherSecret) {
  EXPECT_FALSE(TokenSigner(std::string(32, 'x')).Check(signer_.Sign(Claims()), kNow));
}

}  // namespace
}  // namespace atelier::identity
