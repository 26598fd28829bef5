// Which text a query may be signed as (docs/contract/signing.md section 2.4): the verifier has a
// short way for a query that is its own canonical form, and no more passes there than before.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "identity/authenticator.h"
#include "identity/signing/acs3.h"
#include "unit/identity/world.h"

namespace atelier::identity {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1795307504)};  // 2026-11-22T00:31:44Z

class CanonicalQuery : public ::testing::Test {
 protected:
  CanonicalQuery() { world_.PutKey(world_.Key("testid", "testsecret", test::World::kAccount)); }

  /// Whether a GET with `query` is let in when its owner has signed it as `signed_as`.
  bool Passes(std::string_view query, std::string_view signed_as) {
    const std::string nonce = "nonce-" + std::to_string(++count_);
    const std::string empty_hash =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const std::string lines = "host:h\nx-acs-content-sha256:" + empty_hash +
                              "\nx-acs-date:2026-11-22T00:31:44Z\nx-acs-signature-nonce:" + nonce +
                              "\n";
    const std::string names = "host;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce";
    const std::string signature = Acs3Signature(
        "testsecret", Acs3StringToSign(Acs3CanonicalRequest({.method = "GET",
                                                             .uri = "/api/v2/instances",
                                                             .query = signed_as,
                                                             .header_lines = lines,
                                                             .signed_headers = names,
                                                             .payload_hash = empty_hash})));
    const std::vector<std::pair<std::string, std::string>> headers = {
        {"Host", "h"},
        {"x-acs-content-sha256", empty_hash},
        {"x-acs-date", "2026-11-22T00:31:44Z"},
        {"x-acs-signature-nonce", nonce},
        {"Authorization",
         "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=" + names + ",Signature=" + signature}};
    return authenticator_
        .Verify({.method = "GET",
                 .path = "/api/v2/instances",
                 .query = query,
                 .headers = &headers,
                 .body = "",
                 .source_ip = "",
                 .tls = false})
        .has_value();
  }

  test::World world_;
  ManualClock clock_{kNow};
  Authenticator authenticator_{world_.directory, clock_, clock_, {}};
  int count_ = 0;
};

TEST_F(CanonicalQuery, IsTakenAsItStandsIfItStandsForItself) {
  for (const char* query :
       {"", "a=1", "a=1&b=2", "a=", "a=1&a=0", "B=1&a=2", "a=%2F%20%E8", "a.b-c_d~e=f", "a%26b=1"})
    EXPECT_TRUE(Passes(query, query)) << query;
}

TEST_F(CanonicalQuery, IsTakenAsItsCanonicalFormOtherwise) {
  const std::pair<const char*, const char*> cases[] = {
      {"b=2&a=1", "a=1&b=2"}, {"a", "a="},        {"a=1&&b=2", "a=1&b=2"}, {"a=b=c", "a=b%3Dc"},
      {"a=x+y", "a=x%20y"},   {"a=%2f", "a=%2F"}, {"a=%7E", "a=~"},        {"%61=1", "a=1"},
      {"a=1&", "a=1"},        {"a=%41", "a=A"},   {"a=%", "a=%25"},        {"a=*", "a=%2A"}};
  for (const auto& [query, canonical] : cases) {
    EXPECT_TRUE(Passes(query, canonical)) << query;
    EXPECT_FALSE(Passes(query, query)) << query;
  }
}

TEST_F(CanonicalQuery, IsNotTakenAsAnythingElse) {
  EXPECT_FALSE(Passes("a=1", "a=2"));
  EXPECT_FALSE(Passes("a=1&b=2", "a=1"));
  EXPECT_FALSE(Passes("a=1", "a=1&b=2"));
  EXPECT_FALSE(Passes("", "a=1"));
}

}  // namespace
}  // namespace atelier::identity
