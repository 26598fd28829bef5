#include "identity/authenticator.h"

#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "identity/request_signer.h"
#include "support/temp_dir.h"
#include "unit/identity/world.h"

namespace atelier::identity {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

// 2026-11-22T00:31:44Z
constexpr WallTime kNow{std::chrono::seconds(1795307504)};

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest() {
    world_.PutKey(world_.Key("testid", "testsecret", test::World::kAccount));
    world_.PutUser("200000000000000001", "alice");
    world_.PutKey(world_.Key("aliceid", "alicesecret", "200000000000000001"));
    world_.PutRole("reader", "{}");
    model::AccessKey session = world_.Key("STS.one", "stssecret", "");
    session.token_hash = Hex(Sha256("token-one"));
    session.expires = kNow + std::chrono::hours(1);
    session.role = "reader";
    session.session_name = "visit";
    session.session_policy = R"({"Version":"1","Statement":[]})";
    world_.PutKey(session);
    session = world_.Key("STS.two", "stssecret2", "");
    session.token_hash = Hex(Sha256("token-two"));
    session.expires = kNow + std::chrono::minutes(5);
    session.role = "reader";
    session.session_name = "short";
    world_.PutKey(session);
  }

  SigningInput Input() {
    nonce_ = "nonce-" + std::to_string(++count_);
    SigningInput input;
    input.access_key_id = "testid";
    input.access_key_secret = "testsecret";
    input.host = "127.0.0.1:8080";
    input.path = "/api/v2/instances";
    input.action = "ListInstances";
    input.version = "2022-01-01";
    input.date = clock_.Wall();
    input.nonce = nonce_;
    return input;
  }

  Result<CallerPtr> Send(const SigningInput& input, const Headers& headers) {
    const std::string query = EncodeQuery(input.query);
    return authenticator_.Verify({.method = input.method,
                                  .path = input.path,
                                  .query = query,
                                  .headers = &headers,
                                  .body = input.body,
                                  .source_ip = "192.0.2.7",
                                  .tls = true});
  }
  /// Without a query.
  static RequestView View(const SigningInput& input, const Headers& headers,
                          std::string_view body = "") {
    return {.method = input.method,
            .path = input.path,
            .query = "",
            .headers = &headers,
            .body = body,
            .source_ip = "",
            .tls = false};
  }
  /// Code of the refusal; empty: accepted.
  std::string Answer(const SigningInput& input) { return Answer(input, SignAcs3(input)); }
  std::string Answer(const SigningInput& input, const Headers& headers) {
    const auto caller = Send(input, headers);
    return caller ? "" : caller.error().reason();
  }

  static void Set(Headers& headers, std::string_view name, const std::string& value) {
    for (auto& header : headers) {
      if (header.first == name) header.second = value;
    }
  }

  test::World world_;
  ManualClock clock_{kNow};
  ManualClock workshop_clock_{kNow};  // keys expire by it; the emulator's is turned
  Authenticator authenticator_{world_.directory, workshop_clock_, clock_, {}};
  std::string nonce_;
  int count_ = 0;
};

TEST_F(AuthenticatorTest, SaysWhoTheMainAccountIs) {
  const SigningInput input = Input();
  const auto caller = Send(input, SignAcs3(input));
  ASSERT_TRUE(caller) << caller.error().ToString();
  EXPECT_EQ((*caller)->type, PrincipalType::kRoot);
  EXPECT_EQ((*caller)->user.str(), test::World::kAccount);
  EXPECT_EQ((*caller)->arn, "acs:ram::1234567890123456:root");
  EXPECT_EQ((*caller)->source_ip, "192.0.2.7");
  EXPECT_TRUE((*caller)->secure_transport);
}

TEST_F(AuthenticatorTest, SaysWhoAUserIs) {
  SigningInput input = Input();
  input.access_key_id = "aliceid";
  input.access_key_secret = "alicesecret";
  const auto caller = Send(input, SignAcs3(input));
  ASSERT_TRUE(caller) << caller.error().ToString();
  EXPECT_EQ((*caller)->type, PrincipalType::kUser);
  EXPECT_EQ((*caller)->user.str(), "200000000000000001");
  EXPECT_EQ((*caller)->arn, "acs:ram::1234567890123456:user/alice");
}

TEST_F(AuthenticatorTest, SaysWhoARoleSessionIs) {
  SigningInput input = Input();
  input.access_key_id = "STS.one";
  input.access_key_secret = "stssecret";
  input.security_token = "token-one";
  const auto caller = Send(input, SignAcs3(input));
  ASSERT_TRUE(caller) << caller.error().ToString();
  EXPECT_EQ((*caller)->type, PrincipalType::kRoleSession);
  EXPECT_EQ((*caller)->user.str(), "reader:visit");
  EXPECT_EQ((*caller)->role.str(), "reader");
  EXPECT_EQ((*caller)->arn, "acs:ram::1234567890123456:assumed-role/reader/visit");
  EXPECT_EQ((*caller)->session_policy, R"({"Version":"1","Statement":[]})");
}

TEST_F(AuthenticatorTest, AcceptsWhatItsOwnSignerSigns) {
  SigningInput input = Input();
  input.method = "POST";
  const std::string path = "/api/v2/instances/" + PercentEncode("dsw 1/*~");
  input.path = path;
  input.query = {{"Z", "1"}, {"a b", "c+d"}, {"Labels", R"([{"Key":"中","Value":""}])"}, {"e", ""}};
  input.body = R"({"InstanceName":"训练"})";
  EXPECT_EQ(Answer(input), "");
}

TEST_F(AuthenticatorTest, RefusesTheSameRequestTwice) {
  const SigningInput input = Input();
  const Headers headers = SignAcs3(input);
  EXPECT_EQ(Answer(input, headers), "");
  EXPECT_EQ(Answer(input, headers), "SignatureNonceUsed");
}

TEST_F(AuthenticatorTest, ARefusedRequestDoesNotBurnItsNonce) {
  const SigningInput input = Input();
  SigningInput forged = input;
  forged.access_key_secret = "guess";
  EXPECT_EQ(Answer(forged), "SignatureDoesNotMatch");
  SigningInput other_body = input;
  other_body.body = "{}";
  EXPECT_NE(Answer(other_body, SignAcs3(input)), "");
  EXPECT_EQ(Answer(input), "");
}

// Promise 8. No client is locked out by a start, and none opens the door for a recorded request.
TEST_F(AuthenticatorTest, ARestartNeitherOpensNorShutsWhateverTheClientsClockSays) {
  const ::atelier::test::TempDir folder;
  const auto start = [&] {
    return std::make_unique<Authenticator>(
        world_.directory, clock_, clock_,
        AuthenticatorOptions{.nonce_file = folder.path() + "/nonces"});
  };
  const auto answer = [](Authenticator& server, const SigningInput& input, const Headers& headers) {
    const auto caller = server.Verify(View(input, headers));
    return caller ? "" : caller.error().reason();
  };
  auto server = start();
  for (const int ahead : {-890, -120, 0, 5, 890}) {
    SigningInput input = Input();
    input.date = clock_.Wall() + std::chrono::seconds(ahead);
    const Headers headers = SignAcs3(input);
    EXPECT_EQ(answer(*server, input, headers), "") << ahead;
    EXPECT_EQ(answer(*server, input, headers), "SignatureNonceUsed") << ahead;
    server = start();  // the one before it never gets to say a last word
    EXPECT_EQ(answer(*server, input, headers), "SignatureNonceUsed") << ahead;
    // Signed before the start, and not seen yet.
    input = Input();
    input.date = clock_.Wall() + std::chrono::seconds(ahead);
    EXPECT_EQ(answer(*server, input, SignAcs3(input)), "") << ahead;
  }
}

TEST_F(AuthenticatorTest, AWallClockThatStepsNeitherOpensNorShuts) {
  const SigningInput recorded = Input();
  const Headers headers = SignAcs3(recorded);
  EXPECT_EQ(Answer(recorded, headers), "");
  for (const auto step : {std::chrono::seconds(-5), std::chrono::seconds(-3600),
                          std::chrono::seconds(3600), std::chrono::seconds(-120)}) {
    clock_.StepWall(step);
    for (int minute = 0; minute < 90; minute += 10) {
      EXPECT_EQ(Answer(Input()), "") << step.count() << " s, " << minute << " min";
      EXPECT_NE(Answer(recorded, headers), "");
      clock_.Advance(std::chrono::minutes(10));
    }
    clock_.StepWall(kNow - clock_.Wall());  // back to when it was signed
    EXPECT_EQ(Answer(recorded, headers), "SignatureNonceUsed");
  }
}

TEST_F(AuthenticatorTest, WhatCannotBeKeptIsRefusedWithWords) {
  const ::atelier::test::TempDir folder;  // a folder is no file
  Authenticator server(world_.directory, clock_, clock_, {.nonce_file = folder.path()});
  const SigningInput input = Input();
  const Headers headers = SignAcs3(input);
  const auto caller = server.Verify(View(input, headers));
  ASSERT_FALSE(caller);
  EXPECT_EQ(caller.error().code(), Code::kUnavailable);
  EXPECT_NE(caller.error().message().find("Is a directory"), std::string::npos);
  EXPECT_NE(server.WhyNot(), "");
  EXPECT_EQ(authenticator_.WhyNot(), "") << "none is kept there on purpose";
}

TEST_F(AuthenticatorTest, TheHeadAloneTellsWhetherABodyIsWorthWaitingFor) {
  SigningInput input = Input();
  input.method = "POST";
  input.body = "{}";
  const auto check = [&](const Headers& headers) {
    const auto caller = authenticator_.CheckHead(View(input, headers));
    return caller ? "" : caller.error().reason();
  };
  const Headers headers = SignAcs3(input);
  EXPECT_EQ(check(headers), "");
  EXPECT_EQ(check({}), "MissingAccessKeyId");
  SigningInput forged = input;
  forged.access_key_secret = "guess";
  EXPECT_EQ(check(SignAcs3(forged)), "SignatureDoesNotMatch");
  // Neither the nonce was taken nor the body believed.
  SigningInput other_body = input;
  other_body.body = "[]";
  EXPECT_EQ(Answer(other_body, headers), "SignatureDoesNotMatch");
  EXPECT_EQ(Answer(input, headers), "");
}

TEST_F(AuthenticatorTest, AdmitChecksAgainWhatMayHaveChangedWhileTheBodyArrived) {
  // What becomes of a request, if `meanwhile` happens between its head and its body.
  const auto answer = [&](const std::string& body, const std::function<void()>& meanwhile) {
    SigningInput input = Input();
    input.method = "POST";
    input.body = "{}";
    input.access_key_id = "aliceid";
    input.access_key_secret = "alicesecret";
    const Headers headers = SignAcs3(input);
    const auto head = authenticator_.CheckHead(View(input, headers));
    if (!head) return "the head: " + head.error().reason();
    meanwhile();
    const auto caller = authenticator_.Admit(*head, View(input, headers, body));
    return caller ? (*caller)->access_key_id : caller.error().reason();
  };
  const auto nothing = [] {};
  EXPECT_EQ(answer("{}", nothing), "aliceid");
  EXPECT_EQ(answer("[]", nothing), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("", nothing), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("{}", [&] { clock_.Advance(std::chrono::minutes(16)); }),
            "InvalidTimeStamp.Expired");
  model::AccessKey key = world_.Key("aliceid", "alicesecret", "200000000000000001");
  key.state = model::KeyState::Inactive;
  EXPECT_EQ(answer("{}", [&] { world_.PutKey(key); }), "InvalidAccessKeyId.Inactive");
  key.state = model::KeyState::Active;
  world_.PutKey(key);
  EXPECT_EQ(answer("{}", [&] { world_.Delete(store::Kind::kAccessKey, "aliceid"); }),
            "InvalidAccessKeyId.NotFound");
}

TEST_F(AuthenticatorTest, OfTheRequestsWithOneNonceOneAtATimeWaitsForItsBody) {
  SigningInput input = Input();
  input.method = "POST";
  input.body = "{}";
  const Headers headers = SignAcs3(input);
  const RequestView request = View(input, headers, "{}");
  const auto refusal = [&] {
    const auto head = authenticator_.CheckHead(request);
    return head ? "" : head.error().reason();
  };
  {
    const auto copy = authenticator_.CheckHead(request);
    ASSERT_TRUE(copy);
    EXPECT_EQ(refusal(), "SignatureNonceUsed") << "a copy is arriving";
    EXPECT_EQ(Answer(Input()), "") << "nobody else is in its way";
  }
  // The copy's body never came: it used up nothing.
  const auto one = authenticator_.CheckHead(request);
  ASSERT_TRUE(one);
  EXPECT_TRUE(authenticator_.Admit(*one, request));
  const auto again = authenticator_.Admit(*one, request);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason(), "SignatureNonceUsed");
  EXPECT_EQ(refusal(), "SignatureNonceUsed") << "its body is not waited for";
}

TEST_F(AuthenticatorTest, WhatDependsOnTheBodyIsAskedOnceItIsThere) {
  SigningInput input = Input();
  input.method = "POST";
  RequestView request{.method = "POST",
                      .path = input.path,
                      .query = "",
                      .headers = nullptr,
                      .body = "",
                      .source_ip = "",
                      .tls = false};
  // The code with which `body` is refused, though the head has passed without it.
  const auto refusal = [&](const Headers& headers, std::string_view body) -> std::string {
    request.headers = &headers;
    request.body = "";
    const auto head = authenticator_.CheckHead(request);
    if (!head) return "the head: " + head.error().message();
    request.body = body;
    const auto caller = authenticator_.Admit(*head, request);
    return caller ? "none" : caller.error().reason();
  };
  input.body = "Action=X&Signature=abc";
  input.content_type = "application/x-www-form-urlencoded";
  EXPECT_EQ(refusal(SignAcs3(input), input.body), "IncompleteSignature")
      << "a form that is signed itself, too";

  // Signed as a request without a body, which need not name its type.
  SigningInput bare = Input();
  bare.method = "POST";
  Headers headers = SignAcs3(bare);
  headers.emplace_back("Content-Type", "application/json");
  EXPECT_EQ(refusal(headers, "{}"), "IncompleteSignature") << "a body whose type is not signed";
  EXPECT_EQ(refusal(headers, ""), "none");

  // The same in the older scheme. Signatures computed by the rules of docs/contract/signing.md
  // section 3 outside this program: without the type, and with it.
  const auto roa = [](std::string_view signature) {
    return Headers{{"Authorization", "acs testid:" + std::string(signature)},
                   {"Date", "Sun, 22 Nov 2026 00:31:44 GMT"},
                   {"Content-Type", "application/json"}};
  };
  EXPECT_EQ(refusal(roa("CfzF/NeXvFYPtLtUTIt32we+L5s="), "{}"), "SignatureDoesNotMatch");
  EXPECT_EQ(refusal(roa("CfzF/NeXvFYPtLtUTIt32we+L5s="), ""), "none");
  EXPECT_EQ(refusal(roa("bl9veIGg7Q5sDZ2yoZWqefKD2yM="), "{}"), "none");
  EXPECT_EQ(refusal(roa("bl9veIGg7Q5sDZ2yoZWqefKD2yM="), ""), "SignatureDoesNotMatch")
      << "its body was taken away";
  // Without a nonce four copies may arrive at once, and no more.
  const Headers no_nonce = roa("bl9veIGg7Q5sDZ2yoZWqefKD2yM=");
  request.headers = &no_nonce;
  request.body = "";
  std::vector<Result<SignedHead>> copies;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(copies.emplace_back(authenticator_.CheckHead(request)));
  EXPECT_EQ(authenticator_.CheckHead(request).error().reason(), "Throttling.User");
  copies.pop_back();
  EXPECT_TRUE(authenticator_.CheckHead(request));
}

TEST_F(AuthenticatorTest, ANonceIsOfOneKey) {
  SigningInput input = Input();
  EXPECT_EQ(Answer(input), "");
  input.access_key_id = "aliceid";
  input.access_key_secret = "alicesecret";
  EXPECT_EQ(Answer(input), "");
}

TEST_F(AuthenticatorTest, RemembersANonceForThirtyMinutesAndNotForEver) {
  SigningInput input = Input();
  EXPECT_EQ(Answer(input), "");
  clock_.Advance(std::chrono::minutes(30));
  input.date = clock_.Wall();
  EXPECT_EQ(Answer(input), "SignatureNonceUsed");
  clock_.Advance(std::chrono::minutes(11));
  input.date = clock_.Wall();
  EXPECT_EQ(Answer(input), "");
}

TEST_F(AuthenticatorTest, AFullNonceStoreRefusesAndHeals) {
  Authenticator small(world_.directory, clock_, clock_, {.max_nonces = 2});
  const auto send = [&] {
    SigningInput input = Input();
    const Headers headers = SignAcs3(input);
    return small.Verify(View(input, headers));
  };
  EXPECT_TRUE(send());
  EXPECT_TRUE(send());
  const auto full = send();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code(), Code::kUnavailable);
  clock_.Advance(std::chrono::minutes(41));
  EXPECT_TRUE(send());
}

TEST_F(AuthenticatorTest, TheWindowIsFifteenMinutesToEitherSide) {
  for (const int seconds : {-900, 900}) {
    SigningInput input = Input();
    input.date = kNow + std::chrono::seconds(seconds);
    EXPECT_EQ(Answer(input), "") << seconds;
  }
  for (const int seconds : {-901, 901}) {
    SigningInput input = Input();
    input.date = kNow + std::chrono::seconds(seconds);
    EXPECT_EQ(Answer(input), "InvalidTimeStamp.Expired") << seconds;
  }
}

TEST_F(AuthenticatorTest, RefusesADateOfAnotherForm) {
  for (const char* date : {"", "2026-11-22 00:31:44", "2026-11-22T00:31:44+00:00",
                           "2026-11-22T00:31:44.000Z", "Sun, 22 Nov 2026 00:31:44 GMT"}) {
    const SigningInput input = Input();
    Headers headers = SignAcs3(input);
    Set(headers, "x-acs-date", date);
    EXPECT_EQ(Answer(input, headers), "InvalidTimeStamp.Format") << date;
  }
}

TEST_F(AuthenticatorTest, ADisabledKeyStopsAtOnceAndADeletedOneToo) {
  model::AccessKey key = world_.Key("testid", "testsecret", test::World::kAccount);
  key.state = model::KeyState::Inactive;
  world_.PutKey(key);
  EXPECT_EQ(Answer(Input()), "InvalidAccessKeyId.Inactive");
  key.state = model::KeyState::Active;
  world_.PutKey(key);
  EXPECT_EQ(Answer(Input()), "");
  world_.Delete(store::Kind::kAccessKey, "testid");
  EXPECT_EQ(Answer(Input()), "InvalidAccessKeyId.NotFound");
}

TEST_F(AuthenticatorTest, ChecksTheTokenOfATemporaryKey) {
  const auto answer = [&](std::string_view token) {
    SigningInput input = Input();
    input.access_key_id = "STS.one";
    input.access_key_secret = "stssecret";
    input.security_token = token;
    return Answer(input);
  };
  EXPECT_EQ(answer(""), "MissingSecurityToken");
  EXPECT_EQ(answer("token-unknown"), "InvalidSecurityToken.Malformed");
  EXPECT_EQ(answer("token-two"), "InvalidSecurityToken.MismatchWithAccessKey");
  EXPECT_EQ(answer("token-one"), "");
  workshop_clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(answer("token-one"), "InvalidSecurityToken.Expired");
}

TEST_F(AuthenticatorTest, SignaturesAreDatedByTheRealClockWhateverTheWorkshopsSays) {
  workshop_clock_.Advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(Answer(Input()), "");
  SigningInput input = Input();
  input.date = workshop_clock_.Wall();
  EXPECT_EQ(Answer(input), "InvalidTimeStamp.Expired");
}

TEST_F(AuthenticatorTest, ATokenBesideAPermanentKeyIsRefused) {
  SigningInput input = Input();
  input.security_token = "token-one";
  EXPECT_EQ(Answer(input), "InvalidSecurityToken.MismatchWithAccessKey");
}

TEST_F(AuthenticatorTest, ASessionEndsWithItsRole) {
  SigningInput input = Input();
  input.access_key_id = "STS.one";
  input.access_key_secret = "stssecret";
  input.security_token = "token-one";
  world_.Delete(store::Kind::kRole, "reader");
  EXPECT_EQ(Answer(input), "InvalidSecurityToken.Expired");
  // A new role of the old name is another role.
  model::Role again;
  again.name = "reader";
  again.created = kNow;
  world_.Put(store::Kind::kRole, "reader", ToJson(again));
  EXPECT_EQ(Answer(input), "InvalidSecurityToken.Expired");
}

TEST_F(AuthenticatorTest, RefusesMoreThanOneKindOfCredentials) {
  const SigningInput input = Input();
  Headers headers = SignAcs3(input);
  headers.emplace_back("x-acs-bearer-token", "bt-123");
  EXPECT_EQ(Answer(input, headers), "IncompleteSignature");
  headers = SignAcs3(input);
  headers.emplace_back("Authorization", "acs testid:AAAA");
  EXPECT_EQ(Answer(input, headers), "IncompleteSignature");
  SigningInput with_parameter = Input();
  with_parameter.query = {{"Signature", "x"}};
  EXPECT_EQ(Answer(with_parameter), "IncompleteSignature");
}

TEST_F(AuthenticatorTest, RefusesAHeaderThatIsThereTwice) {
  for (const char* name : {"x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}) {
    const SigningInput input = Input();
    Headers headers = SignAcs3(input);
    headers.emplace_back(name, "x");
    EXPECT_EQ(Answer(input, headers), "IncompleteSignature") << name;
  }
}

// Signatures of these two: computed by the rules of docs/contract/signing.md section 2.2 outside
// this program.
constexpr std::string_view kEmptyHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST_F(AuthenticatorTest, JoinsSortedTheValuesOfASignedHeaderThatIsThereSeveralTimes) {
  const SigningInput input = Input();
  Headers headers = {
      {"Host", "127.0.0.1:8080"},
      {"x-acs-more", " c "},
      {"x-acs-action", "ListInstances"},
      {"x-acs-content-sha256", std::string(kEmptyHash)},
      {"X-Acs-Date", "2026-11-22T00:31:44Z"},
      {"x-acs-more", "\ta b"},
      {"x-acs-signature-nonce", "n"},
      {"x-acs-version", "2022-01-01"},
      {"Authorization",
       "ACS3-HMAC-SHA256 "
       "Credential=testid,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-"
       "more;x-acs-signature-nonce;x-acs-version,"
       "Signature=83d817edd56b23cf9a20e7c24e36e30184bca1fb803d0c51a8d0eb7b04844c69"}};
  EXPECT_EQ(Answer(input, headers), "");
  Set(headers, "x-acs-more", "c");
  EXPECT_EQ(Answer(input, headers), "SignatureDoesNotMatch");
}

TEST_F(AuthenticatorTest, TakesSignedNamesInTheOrderTheyAreSent) {
  const SigningInput input = Input();
  Headers headers = {
      {"host", "127.0.0.1:8080"},
      {"x-acs-action", "ListInstances"},
      {"x-acs-content-sha256", std::string(kEmptyHash)},
      {"x-acs-date", "2026-11-22T00:31:44Z"},
      {"x-acs-signature-nonce", "n"},
      {"x-acs-version", "2022-01-01"},
      {"authorization",
       "ACS3-HMAC-SHA256 "
       "Credential=testid,SignedHeaders=x-acs-version;host;x-acs-signature-nonce;x-acs-date;x-acs-"
       "action;x-acs-content-sha256,"
       "Signature=2519da1ce8bff7272d33bb20f10068f3bccb8c7bddce4d68d9fcacecd427956c"}};
  EXPECT_EQ(Answer(input, headers), "");
  Set(headers, "authorization",
      "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=x-acs-version;host;x-acs-version,"
      "Signature=00");
  EXPECT_EQ(Answer(input, headers), "IncompleteSignature");
}

TEST_F(AuthenticatorTest, RefusesMalformedAuthorization) {
  const SigningInput input = Input();
  for (const char* value :
       {"ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 ", "ACS3-HMAC-SHA256 Credential=testid",
        "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=Host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=te stid,SignedHeaders=host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=a,Credential=testid,SignedHeaders=host,Signature=00",
        "acs testid", "acs :x", "acs testid:", "Basic dGVzdA==", ""}) {
    Headers headers = SignAcs3(input);
    Set(headers, "authorization", value);
    EXPECT_EQ(Answer(input, headers), "IncompleteSignature") << value;
  }
}

TEST_F(AuthenticatorTest, RefusesAlgorithmsThatAreNotOffered) {
  const SigningInput input = Input();
  for (const char* name : {"ACS3-HMAC-SM3", "ACS3-RSA-SHA256", "ACS3-HMAC-SHA256x", "ACS3-"}) {
    Headers headers = SignAcs3(input);
    Set(headers, "authorization",
        std::string(name) + " Credential=testid,SignedHeaders=host,Signature=00");
    EXPECT_EQ(Answer(input, headers), "InvalidSignatureMethod") << name;
  }
}

TEST_F(AuthenticatorTest, TheOlderSchemeCanBeTurnedOff) {
  Authenticator strict(world_.directory, clock_, clock_, {.allow_roa_hmac_sha1 = false});
  const Headers headers = {{"Authorization", "acs testid:AAAA"}};
  const auto caller = strict.Verify({.method = "GET",
                                     .path = "/",
                                     .query = "",
                                     .headers = &headers,
                                     .body = "",
                                     .source_ip = "",
                                     .tls = false});
  ASSERT_FALSE(caller);
  EXPECT_EQ(caller.error().reason(), "InvalidSignatureMethod");
}

TEST_F(AuthenticatorTest, WhereTheOlderSchemeIsNotEnoughABodyNeedsItsMd5) {
  using Md5 = AuthenticatorOptions::Md5;
  // As above: of POST /api/v2/instances with a JSON body and no MD5.
  const Headers headers = {{"Authorization", "acs testid:bl9veIGg7Q5sDZ2yoZWqefKD2yM="},
                           {"Date", "Sun, 22 Nov 2026 00:31:44 GMT"},
                           {"Content-Type", "application/json"}};
  const auto answer = [&](Md5 md5, bool tls, bool local) {
    Authenticator server(world_.directory, clock_, clock_, {.roa_md5 = md5});
    const auto caller = server.Verify({.method = "POST",
                                       .path = "/api/v2/instances",
                                       .query = "",
                                       .headers = &headers,
                                       .body = "{}",
                                       .source_ip = "",
                                       .tls = tls,
                                       .local = local});
    return caller ? "" : caller.error().reason();
  };
  EXPECT_EQ(answer(Md5::kOptional, false, false), "");
  EXPECT_EQ(answer(Md5::kNeededFromAfar, false, false), "IncompleteSignature");
  EXPECT_EQ(answer(Md5::kNeededFromAfar, true, false), "");
  EXPECT_EQ(answer(Md5::kNeededFromAfar, false, true), "");
  EXPECT_EQ(answer(Md5::kNeeded, true, true), "IncompleteSignature");
}

TEST_F(AuthenticatorTest, ABodyThatIsNotTheSignedOneIsNamed) {
  SigningInput input = Input();
  input.method = "POST";
  input.body = "{}";
  const Headers headers = SignAcs3(input);
  input.body = "[]";
  const auto caller = Send(input, headers);
  ASSERT_FALSE(caller);
  EXPECT_EQ(caller.error().reason(), "SignatureDoesNotMatch");
  // sha256sum of "{}" and of "[]".
  EXPECT_EQ(caller.error().message(),
            "Specified signature does not match our calculation: x-acs-content-sha256 is "
            "[44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a] while the body "
            "hashes to [4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945].");
}

TEST_F(AuthenticatorTest, AnUnsignedBodyOfAGetIsRefused) {
  SigningInput input = Input();
  const Headers headers = SignAcs3(input);
  input.body = "{}";
  EXPECT_EQ(Answer(input, headers), "SignatureDoesNotMatch");
}

// What is known of a key's caller serves the next request, until anything about it changes.
TEST_F(AuthenticatorTest, TheCallerOfAKeyIsThatOfNow) {
  SigningInput input = Input();
  input.access_key_id = "aliceid";
  input.access_key_secret = "alicesecret";
  const auto send = [&](std::string_view from, bool tls = false) {
    const std::string nonce = "caller-" + std::to_string(++count_);
    input.nonce = nonce;
    const Headers headers = SignAcs3(input);
    RequestView view = View(input, headers);
    view.source_ip = from;
    view.tls = tls;
    return authenticator_.Verify(view);
  };
  ASSERT_TRUE(send("192.0.2.7"));
  EXPECT_EQ((*send("192.0.2.7"))->arn,
            "acs:ram::" + std::string(test::World::kAccount) + ":user/alice");
  EXPECT_EQ((*send("192.0.2.8"))->source_ip, "192.0.2.8");
  EXPECT_EQ((*send("192.0.2.7"))->source_ip, "192.0.2.7");
  EXPECT_TRUE((*send("192.0.2.7", true))->secure_transport);
  EXPECT_FALSE((*send("192.0.2.7"))->secure_transport);
  world_.PutUser("200000000000000001", "alicia");
  EXPECT_EQ((*send("192.0.2.7"))->arn,
            "acs:ram::" + std::string(test::World::kAccount) + ":user/alicia");
}

TEST_F(AuthenticatorTest, ANameThatReadsLikeTheSignedOneIsRefused) {
  const auto answer = [&](const std::string& name, std::string_view sent) {
    SigningInput input = Input();
    input.query = {{name, "1"}};
    const Headers headers = SignAcs3(input);  // the name is signed encoded
    RequestView view = View(input, headers);
    view.query = sent;
    const auto caller = authenticator_.Verify(view);
    return caller ? "" : caller.error().reason();
  };
  EXPECT_EQ(answer("Label.a b", "Label.a%20b=1"), "");
  EXPECT_EQ(answer("Label.a b", "Label.a+b=1"), "") << "the same name";
  EXPECT_EQ(answer("Label.a b", "Label.a%2520b=1"), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("Label.a b", "Label.a%2Bb=1"), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("Label.a*b", "Label.a%252Ab=1"), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("Label.a*b", "Label.a*b=1"), "");
  EXPECT_EQ(answer("Label.a+b", "Label.a%2Bb=1"), "");
  EXPECT_EQ(answer("Label.a+b", "Label.a+b=1"), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("Label.a%b", "Label.a%25b=1"), "");
  EXPECT_EQ(answer("Label.a~b", "Label.a%257Eb=1"), "SignatureDoesNotMatch");
}

TEST_F(AuthenticatorTest, ThePathThatIsSignedAsAnotherIsRefused) {
  const auto answer = [&](const std::string& path, std::string_view sent) {
    SigningInput input = Input();
    input.path = path;
    const Headers headers = SignAcs3(input);
    RequestView view = View(input, headers);
    view.path = sent;
    const auto caller = authenticator_.Verify(view);
    return caller ? "" : caller.error().reason();
  };
  // The API reads a '+' in a path as a blank.
  EXPECT_EQ(answer("/api/x%20y", "/api/x+y"), "");
  EXPECT_EQ(answer("/api/x%2By", "/api/x+y"), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("/api/x%2By", "/api/x%2By"), "");
  EXPECT_EQ(answer("/api/x%20y", "/api/x%2520y"), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("/api/x%20y", "/api/x%2By"), "SignatureDoesNotMatch");
  EXPECT_EQ(answer("/api/x%2Fy", "/api/x/y"), "SignatureDoesNotMatch");
}

TEST_F(AuthenticatorTest, QueryBoundsHoldBeforeAnyWork) {
  SigningInput input = Input();
  input.query = {{"a", std::string(70'000, 'x')}};
  EXPECT_EQ(Answer(input), "IncompleteSignature");
  input = Input();
  for (int i = 0; i < 1001; ++i) input.query.emplace_back("p" + std::to_string(i), "");
  EXPECT_EQ(Answer(input), "IncompleteSignature");
}

}  // namespace
}  // namespace atelier::identity
