#include "identity/id_token.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/codec.h"
#include "base/encoding.h"

namespace atelier::identity {
namespace {

using Algorithm = ProviderKeys::Algorithm;
using namespace std::chrono_literals;

// RFC 7515, appendices A.2 and A.3: the same payload, signed by RS256 and by ES256.
constexpr std::string_view kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
constexpr std::string_view kRsaHead = "eyJhbGciOiJSUzI1NiJ9.";
constexpr std::string_view kRsaSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view kRsaModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4"
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re"
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX"
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view kEcHead = "eyJhbGciOiJFUzI1NiJ9.";
constexpr std::string_view kEcSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
constexpr const char* kEcPoint =
    R"("crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";

std::string RsaJwk(std::string_view modulus, const std::string& more = "",
                   const std::string& exponent = "AQAB") {
  return R"({"kty":"RSA","n":")" + std::string(modulus) + R"(","e":")" + exponent + "\"" + more +
         "}";
}
std::string EcJwk(const std::string& more = "") {
  return R"({"kty":"EC",)" + std::string(kEcPoint) + more + "}";
}
ProviderKeys Keys(const std::string& list) {
  return *ProviderKeys::Parse(R"({"keys":[)" + list + "]}");
}
std::optional<bool> VerifyRsa(const ProviderKeys& keys, std::string_view id) {
  return keys.Verify(id, Algorithm::kRs256, std::string(kRsaHead) + std::string(kPayload),
                     *FromBase64Url(kRsaSignature));
}
std::optional<bool> VerifyEc(const ProviderKeys& keys, std::string_view id) {
  return keys.Verify(id, Algorithm::kEs256, std::string(kEcHead) + std::string(kPayload),
                     *FromBase64Url(kEcSignature));
}

TEST(ProviderKeys, VerifyTheExamplesOfRfc7515) {
  const ProviderKeys keys = Keys(RsaJwk(kRsaModulus, R"(,"kid":"a")") + "," +
                                 EcJwk(R"(,"kid":"b","use":"sig","alg":"ES256")"));
  EXPECT_EQ(VerifyRsa(keys, "a"), true);
  EXPECT_EQ(VerifyEc(keys, "b"), true);
  // Of another text, cut, or nothing at all.
  const std::string signature = *FromBase64Url(kEcSignature);
  const std::string text = std::string(kEcHead) + std::string(kPayload);
  EXPECT_EQ(keys.Verify("b", Algorithm::kEs256, text + "x", signature), false);
  EXPECT_EQ(keys.Verify("b", Algorithm::kEs256, text, signature.substr(1)), false);
  EXPECT_EQ(keys.Verify("b", Algorithm::kEs256, text, std::string(64, '\0')), false);
  EXPECT_EQ(keys.Verify("b", Algorithm::kEs256, text, ""), false);
  EXPECT_EQ(keys.Verify("a", Algorithm::kRs256, text, ""), false);
}

TEST(ProviderKeys, AreFoundByIdAndKind) {
  const std::string rsa = RsaJwk(kRsaModulus, R"(,"kid":"a")");
  EXPECT_EQ(VerifyRsa(Keys(rsa), "b"), std::nullopt);
  EXPECT_EQ(VerifyEc(Keys(rsa), "a"), std::nullopt) << "a key of the other kind";
  EXPECT_EQ(VerifyRsa(Keys(rsa), ""), true) << "there is only one that can be meant";
  EXPECT_EQ(VerifyRsa(Keys(rsa + "," + RsaJwk(kRsaModulus, R"(,"kid":"b")")), ""), std::nullopt);
  EXPECT_EQ(VerifyRsa(Keys(rsa + "," + EcJwk()), ""), true);
}

TEST(ProviderKeys, LeaveOutWhatIsNotForThis) {
  const std::string small(86, 'A');  // 64 bytes
  for (const std::string& jwk : {
           RsaJwk(kRsaModulus, R"(,"use":"enc")"),
           RsaJwk(kRsaModulus, R"(,"alg":"RS512")"),
           RsaJwk(kRsaModulus, R"(,"alg":"PS256")"),
           RsaJwk(kRsaModulus, "", "AQ"),  // 1: everything is its own signature
           RsaJwk(kRsaModulus, "", "Ag"),
           RsaJwk(kRsaModulus, "", ""),
           RsaJwk(small),
           RsaJwk(std::string(20'000, '_')),
           RsaJwk("no base64url!"),
           std::string(R"({"kty":"oct","k":"c2VjcmV0"})"),
           std::string(R"({"kty":"RSA"})"),
           std::string("7"),
       }) {
    EXPECT_EQ(VerifyRsa(Keys(jwk), ""), std::nullopt) << jwk.substr(0, 80);
  }
  for (const char* jwk :
       {R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})", R"({"kty":"EC","crv":"P-256","x":"AA"})",
        // Not on the curve.
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
        R"("y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})"})
    EXPECT_EQ(VerifyEc(Keys(jwk), ""), std::nullopt) << jwk;
  std::string many;
  for (int i = 0; i < 32; ++i) many += EcJwk(R"(,"kid":"e")") + ",";
  EXPECT_EQ(VerifyRsa(Keys(many + RsaJwk(kRsaModulus)), ""), std::nullopt) << "32 are kept";
  for (const char* none : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[})"})
    EXPECT_FALSE(ProviderKeys::Parse(none)) << none;
}

constexpr WallTime kNow{std::chrono::seconds(1'800'000'000)};

/// Tokens by a key that is made for the test.
class IdTokens : public testing::Test {
 protected:
  std::string Token(const json::object& claims,
                    const std::string& header = R"({"alg":"RS256","kid":"k"})") {
    const std::string text =
        Base64Url(AsBytes(header)) + "." + Base64Url(AsBytes(json::serialize(claims)));
    return text + "." + Base64Url(AsBytes(Sign(text)));
  }
  static json::object Claims() {
    return {{"iss", "https://id.example"}, {"aud", "atelier"},    {"sub", "s1"}, {"nonce", "n1"},
            {"iat", 1'800'000'000},        {"exp", 1'800'000'300}};
  }
  static json::object With(std::string_view name, json::value value) {
    json::object claims = Claims();
    claims[name] = std::move(value);
    return claims;
  }
  static json::object Without(std::string_view name) {
    json::object claims = Claims();
    claims.erase(name);
    return claims;
  }
  Result<IdToken> Check(const std::string& token, WallTime now = kNow) {
    return CheckIdToken(
        token, keys_,
        {.issuer = "https://id.example", .client_id = "atelier", .nonce = "n1", .now = now});
  }
  /// What is wrong with it, as the operator reads it.
  void ExpectRefused(const std::string& token, std::string_view why, WallTime now = kNow,
                     std::string_view reason = "SignInFailed") {
    const auto checked = Check(token, now);
    ASSERT_FALSE(checked) << why;
    EXPECT_EQ(checked.error().reason(), reason);
    EXPECT_NE(checked.error().message().find(why), std::string::npos) << checked.error().message();
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;

  ProviderKeys MakeKeys() {
    BIGNUM* n = nullptr;
    EXPECT_EQ(::EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_RSA_N, &n), 1);
    std::string modulus(static_cast<std::size_t>(BN_num_bytes(n)), '\0');
    ::BN_bn2bin(n, reinterpret_cast<unsigned char*>(modulus.data()));
    ::BN_free(n);
    return Keys(RsaJwk(Base64Url(AsBytes(modulus)), R"(,"kid":"k")"));
  }
  std::string Sign(const std::string& text) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)> context(::EVP_MD_CTX_new(),
                                                                            &::EVP_MD_CTX_free);
    std::size_t size = 256;
    std::string signature(size, '\0');
    EXPECT_EQ(::EVP_DigestSignInit(context.get(), nullptr, ::EVP_sha256(), nullptr, key_.get()), 1);
    EXPECT_EQ(
        ::EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         reinterpret_cast<const unsigned char*>(text.data()), text.size()),
        1);
    return signature;
  }

  const Key key_{EVP_RSA_gen(2048), &::EVP_PKEY_free};
  const ProviderKeys keys_ = MakeKeys();
};

TEST_F(IdTokens, AreTakenWithWhatTheySay) {
  const auto token = Check(Token(With("groups", json::array{"ml"})));
  ASSERT_TRUE(token) << token.error().message();
  EXPECT_EQ(token->subject, "s1");
  EXPECT_EQ(json::serialize(token->claims.at("groups")), R"(["ml"])");
  EXPECT_TRUE(Check(Token(With("aud", json::array{"atelier"}))));
  EXPECT_TRUE(Check(Token(With("azp", "atelier"))));
  EXPECT_TRUE(Check(Token(With("iat", 1'800'000'000.5)))) << "some write fractions";
}

TEST_F(IdTokens, Promise8OfAnotherAlgorithmAreNone) {
  for (const char* header : {R"({"alg":"none","kid":"k"})", R"({"alg":"HS256","kid":"k"})",
                             R"({"alg":"RS512","kid":"k"})", R"({"alg":"PS256","kid":"k"})",
                             R"({"alg":"rs256","kid":"k"})", R"({"kid":"k"})"})
    ExpectRefused(Token(Claims(), header), "alg");
  ExpectRefused(Token(Claims(), R"({"alg":"RS256","kid":"k","crit":["b64"]})"), "crit");
  // The key of this id is for RS256, whatever the header says.
  ExpectRefused(Token(Claims(), R"({"alg":"ES256","kid":"k"})"), "no key", kNow, "UnknownKey");
}

TEST_F(IdTokens, Promise8ByAnotherKeyAreNone) {
  ExpectRefused(Token(Claims(), R"({"alg":"RS256","kid":"old"})"), "no key", kNow, "UnknownKey");
  std::string token = Token(Claims());
  token[token.find('.') + 5] ^= 1;
  ExpectRefused(token, "signature", kNow, "UnknownKey");
  ExpectRefused(Token(Claims()) + "AAAA", "signature", kNow, "UnknownKey");
}

TEST_F(IdTokens, Promise8ForSomebodyElseAreNone) {
  ExpectRefused(Token(With("iss", "https://id.example/")), "(iss)");
  ExpectRefused(Token(Without("iss")), "(iss)");
  ExpectRefused(Token(With("aud", "other")), "(aud)");
  ExpectRefused(Token(With("aud", json::array{})), "(aud)");
  ExpectRefused(Token(Without("aud")), "(aud)");
  ExpectRefused(Token(With("aud", json::array{"atelier", "other"})), "(azp)");
  ExpectRefused(Token(With("azp", "other")), "(azp)");
  ExpectRefused(Token(With("azp", nullptr)), "(azp)");
  ExpectRefused(Token(With("nonce", "n2")), "(nonce)");
  ExpectRefused(Token(Without("nonce")), "(nonce)");
  ExpectRefused(Token(Without("sub")), "(sub)");
  ExpectRefused(Token(With("sub", 7)), "(sub)");
  ExpectRefused(Token(With("sub", json::string(256, 's'))), "(sub)");
}

TEST_F(IdTokens, AreGoodForTheirTimeAndAMinute) {
  const std::string token = Token(Claims());  // 300 seconds
  EXPECT_TRUE(Check(token, kNow + 359s));
  ExpectRefused(token, "(exp)", kNow + 360s);
  EXPECT_TRUE(Check(token, kNow - 60s));
  ExpectRefused(token, "(iat)", kNow - 61s);
  const std::string lasting = Token(With("exp", 1'900'000'000));
  EXPECT_TRUE(Check(lasting, kNow + 659s));
  ExpectRefused(lasting, "too old (iat)", kNow + 660s);
  ExpectRefused(Token(With("nbf", 1'800'000'061)), "(nbf)");
  EXPECT_TRUE(Check(Token(With("nbf", 1'800'000'060))));
  for (const char* name : {"exp", "iat"}) {
    ExpectRefused(Token(Without(name)), "exp or iat");
    for (const json::value& bad : {json::value("1800000000"), json::value(-1), json::value(1e300)})
      ExpectRefused(Token(With(name, bad)), "exp or iat");
  }
}

TEST_F(IdTokens, ThatAreNoTokensAreRefused) {
  const std::string good = Token(Claims());
  ExpectRefused("", "three parts");
  ExpectRefused("a.b", "three parts");
  ExpectRefused(good + ".", "three parts");
  ExpectRefused(std::string(70'000, 'a'), "large");
  ExpectRefused("!." + good, "three parts");
  ExpectRefused("!" + good, "base64url");
  ExpectRefused("W10" + good.substr(good.find('.')), "JSON");
  ExpectRefused(good + "!", "base64url");
}

}  // namespace
}  // namespace atelier::identity
