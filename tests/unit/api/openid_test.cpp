// What the server asks of an OpenID provider, and how often (docs/decisions/0052-openid.md).
// Signing in by a real one is tests/sdk/test_openid.py.
#include <deque>
#include <functional>

#include <gtest/gtest.h>

#include "api/browser/oidc_provider.h"
#include "api/browser/oidc_states.h"
#include "base/encoding.h"
#include "support/run.h"

namespace atelier::api {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kStart{std::chrono::seconds(1'800'000'000)};

class OidcStatesTest : public testing::Test {
 protected:
  OidcStates::Sent Begin(std::string network = "192.0.2.7") {
    return *states_.Begin(std::move(network), "/keys");
  }

  ManualClock clock_{kStart};
  std::unique_ptr<Random> random_ = MakeSeededRandom(4);
  OidcStates states_{clock_, *random_};
};

TEST_F(OidcStatesTest, AreOfOneBrowserAndGoodOnce) {
  const auto mine = Begin();
  const auto other = Begin();
  EXPECT_FALSE(states_.Take(mine.state, {}));
  EXPECT_FALSE(states_.Take(mine.state, {other.cookie, mine.state}));
  EXPECT_FALSE(states_.Take(mine.cookie, {mine.cookie}));
  const auto taken = states_.Take(mine.state, {"planted", mine.cookie});
  ASSERT_TRUE(taken) << "nobody else has used it up";
  EXPECT_EQ(taken->nonce, mine.begun.nonce);
  EXPECT_EQ(taken->verifier, mine.begun.verifier);
  EXPECT_EQ(taken->next, "/keys");
  EXPECT_FALSE(states_.Take(mine.state, {mine.cookie}));
  const std::set<std::string> secrets{mine.state, mine.cookie, mine.begun.nonce,
                                      mine.begun.verifier, other.state};
  EXPECT_EQ(secrets.size(), 5U);
  EXPECT_EQ(mine.begun.verifier.size(), 43U) << "RFC 7636 section 4.1";
}

TEST_F(OidcStatesTest, LastTenMinutes) {
  const auto late = Begin();
  const auto good = Begin();
  clock_.Advance(10min - 1ms);
  EXPECT_TRUE(states_.Take(good.state, {good.cookie}));
  clock_.Advance(1ms);
  EXPECT_FALSE(states_.Take(late.state, {late.cookie}));
}

TEST_F(OidcStatesTest, Promise10AreBounded) {
  OidcStates states(clock_, *random_, 200);
  const auto begin = [&](const std::string& network) {
    const auto begun = states.Begin(network, "/");
    EXPECT_TRUE(begun);
    return begun.value_or(OidcStates::Sent());
  };
  const auto first = begin("192.0.2.7");
  const auto second = begin("192.0.2.7");
  for (int i = 2; i < 51; ++i) begin("192.0.2.7");
  EXPECT_FALSE(states.Take(first.state, {first.cookie})) << "the 51st of a network takes its place";
  for (int i = 0; i < 150; ++i) begin("network " + std::to_string(i / 50));
  const auto refused = states.Begin("192.0.2.8", "/");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "Throttling.User");
  begin("192.0.2.7");  // in the place of one of its own
  EXPECT_FALSE(states.Take(second.state, {second.cookie}));
  clock_.Advance(10min);
  begin("192.0.2.8");
}

/// Answers what a test lays down for a path; anything else is 404.
class FakeClient final : public http::Client {
 public:
  Task<Result<std::unique_ptr<http::ClientExchange>>> Open(http::Address, http::RequestHead,
                                                           http::BodyStart, Deadline,
                                                           http::GivenUp) override {
    co_return Error(Code::kUnimplemented, "Not here.");
  }
  Task<Result<http::Response>> Fetch(http::Address address, http::RequestHead head,
                                     std::string body, std::size_t limit, Deadline) override {
    asked.push_back(head.method + " " + std::string(head.path()));
    last_address = std::move(address);
    last_head = std::move(head);
    last_body = std::move(body);
    const std::string path(last_head.path());
    if (away) co_return Error(Code::kUnavailable, "Cannot connect to the upstream.");
    const auto found = pages.find(path);
    if (found == pages.end()) co_return http::Response{.status = 404, .headers = {}, .body = {}};
    if (found->second.size() > limit)
      co_return Error(Code::kResourceExhausted, "The answer is too large.");
    co_return http::Response{.status = status, .headers = {}, .body = found->second};
  }

  std::map<std::string, std::string> pages;
  int status = 200;
  bool away = false;
  std::vector<std::string> asked;
  http::Address last_address;
  http::RequestHead last_head;
  std::string last_body;
};

constexpr const char* kDiscovery = "/realm/.well-known/openid-configuration";

class OidcProviderTest : public testing::Test {
 protected:
  OidcProviderTest() {
    client_.pages[kDiscovery] = Document();
    client_.pages["/keys"] = R"({"keys":[]})";
    client_.pages["/token"] = R"({"id_token":")" + Token("unknown") + "\"}";
  }
  static std::string Document(const std::string& issuer = "https://id.example/realm",
                              const std::string& token = "https://id.example:8443/token") {
    return R"({"issuer":")" + issuer +
           R"(","authorization_endpoint":"https://id.example/auth","token_endpoint":")" + token +
           R"(","jwks_uri":"https://id.example/keys"})";
  }
  static std::string Token(std::string_view key) {
    const std::string header = R"({"alg":"RS256","kid":")" + std::string(key) + "\"}";
    return Base64Url(AsBytes(header)) + ".e30.AAAA";
  }
  Result<OidcEndpoints> Discover() { return test::Run(io_, provider_.Discover()); }
  Error Redeem() {
    return test::Run(io_, provider_.Redeem({.code = "c/1",
                                            .redirect_uri = "https://here.example/back",
                                            .verifier = "v1",
                                            .nonce = "n1"}))
        .error();
  }
  std::ptrdiff_t Asked(std::string_view what) { return std::ranges::count(client_.asked, what); }

  asio::io_context io_;
  ManualClock clock_{kStart};
  FakeClient client_;
  Oidc options_{.issuer = "https://id.example/realm",
                .client_id = "a b",
                .client_secret = "s:+",
                .ca = "/ca.pem"};
  OidcProvider provider_{&client_, clock_, options_};
};

TEST_F(OidcProviderTest, IsAskedForItsDocumentOnceAnHour) {
  const auto found = Discover();
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->authorization, "https://id.example/auth");
  EXPECT_EQ(client_.last_address,
            (http::Address{.host = "id.example", .port = 443, .tls = true, .tls_ca = "/ca.pem"}));
  EXPECT_EQ(client_.last_head.headers.Get("Host"), "id.example");
  clock_.Advance(1h - 1ms);
  EXPECT_TRUE(Discover());
  EXPECT_EQ(client_.asked.size(), 1U);
  clock_.Advance(1ms);
  EXPECT_TRUE(Discover());
  EXPECT_EQ(client_.asked.size(), 2U);
}

TEST_F(OidcProviderTest, ThatIsAwayIsAskedOnceASecond) {
  client_.away = true;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Discover().error().reason(), "ProviderUnavailable");
  EXPECT_EQ(client_.asked.size(), 1U);
  client_.away = false;
  clock_.Advance(1s);
  EXPECT_TRUE(Discover());
}

TEST_F(OidcProviderTest, Promise8WhoseDocumentIsNotItsOwnIsNone) {
  for (const std::string& document :
       {Document("https://id.example/realm/"), Document("https://id.example"),
        Document("https://id.example/realm", "http://id.example/token"),
        Document("https://id.example/realm", "https://a@id.example/token"),
        Document("https://id.example/realm", "https://id.example/to ken"),
        Document("https://id.example/realm", ""), std::string("{}"), std::string("[]"),
        std::string("<html>"), std::string((256U << 10U) + 1, ' ')}) {
    client_.pages[kDiscovery] = document;
    clock_.Advance(1s);
    const auto found = Discover();
    ASSERT_FALSE(found) << document.substr(0, 100);
    EXPECT_EQ(found.error().reason(), "ProviderUnavailable");
  }
  client_.pages[kDiscovery] = Document();
  for (const int status : {204, 302, 404, 500}) {
    client_.status = status;
    clock_.Advance(1s);
    EXPECT_FALSE(Discover()) << status;
  }
}

TEST_F(OidcProviderTest, GetsTheCodeWithThePlainProofOfWhoAsks) {
  EXPECT_EQ(Redeem().reason(), "SignInFailed");
  const auto token = std::ranges::find(client_.asked, "POST /token");
  ASSERT_NE(token, client_.asked.end());
  client_.pages.erase("/keys");  // so that the token endpoint is asked last
  client_.pages["/token"] = "{}";
  EXPECT_EQ(Redeem().reason(), "SignInFailed");
  EXPECT_EQ(client_.last_address.port, 8443);
  EXPECT_EQ(client_.last_head.headers.Get("Host"), "id.example:8443");
  EXPECT_EQ(client_.last_head.headers.Get("Content-Type"), "application/x-www-form-urlencoded");
  // "a%20b:s%3A%2B" (RFC 6749 section 2.3.1).
  EXPECT_EQ(client_.last_head.headers.Get("Authorization"), "Basic YSUyMGI6cyUzQSUyQg==");
  EXPECT_EQ(client_.last_body,
            "grant_type=authorization_code&code=c%2F1&"
            "redirect_uri=https%3A%2F%2Fhere.example%2Fback&code_verifier=v1");
  EXPECT_EQ(client_.last_head.target, "/token") << "no code in an URL";
}

TEST_F(OidcProviderTest, IsAskedForKeysThatAreMissingSixTimesAMinute) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Redeem().reason(), "SignInFailed");
  EXPECT_EQ(Asked("GET /keys"), 7) << "the first because there were none";
  EXPECT_EQ(Asked("POST /token"), 20);
  clock_.Advance(1min);
  EXPECT_EQ(Redeem().reason(), "SignInFailed");
  EXPECT_EQ(Asked("GET /keys"), 8);
}

TEST_F(OidcProviderTest, SaysWhetherItRefusesOrIsAway) {
  ASSERT_TRUE(Discover());
  client_.pages["/token"] = R"({"error":"invalid_grant"})";
  for (const int status : {400, 401}) {
    client_.status = status;
    const Error error = Redeem();
    EXPECT_EQ(error.reason(), "SignInFailed") << status;
    EXPECT_NE(error.message().find("invalid_grant"), std::string::npos) << error.message();
    EXPECT_EQ(error.message().find("c/1"), std::string::npos) << error.message();
  }
  for (const int status : {302, 403, 500}) {
    client_.status = status;
    EXPECT_EQ(Redeem().reason(), "ProviderUnavailable") << status;
  }
}

TEST(ProviderUrl, IsHttpsOrOfThisHost) {
  for (const char* good : {"https://id.example", "https://id.example:8443/a?b=c",
                           "http://localhost:1/", "http://127.0.0.1/x", "http://[::1]:80/"})
    EXPECT_TRUE(IsProviderUrl(good)) << good;
  for (const char* bad :
       {"http://id.example", "https://", "ftp://id.example", "https://a@id.example",
        "https://id.example/#a", "https://id.example/a b", "https://id.example\\x",
        "http://127.0.0.1.evil.example/", "http://localhost.evil.example/", ""})
    EXPECT_FALSE(IsProviderUrl(bad)) << bad;
  EXPECT_FALSE(IsProviderUrl("https://id.example/" + std::string(2048, 'a')));
}

}  // namespace
}  // namespace atelier::api
