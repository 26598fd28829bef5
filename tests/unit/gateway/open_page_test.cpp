// The way from the console to a notebook (docs/decisions/0047): a ticket opens one instance, in one
// browser, once; and on a host of its own an instance is alone.
#include "gateway/proxy/open_page.h"

#include <string>

#include <gtest/gtest.h>

#include "gateway_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawResponse;
using test::TestServer;

Task<void> Upstream(http::Exchange& exchange) {
  http::Response response{.status = 200, .headers = {}, .body = exchange.head().target + "\n"};
  response.body += "Cookie=" + std::string(exchange.head().headers.Get("Cookie"));
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

class OpenPageTest : public testing::Test {
 protected:
  explicit OpenPageTest(GatewayOptions options = {})
      : world_(upstream_.port(), std::move(options)) {}

  RawResponse Ask(const std::string& request) { return RawClient(world_.port()).Ask(request); }
  /// As the page's script does. `headers` instead of its own.
  RawResponse Post(const std::string& ticket, const std::string& host = "gate",
                   const std::string& headers =
                       "Sec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n") {
    const std::string body = R"({"Ticket":")" + ticket + "\"}";
    return Ask("POST /_open HTTP/1.1\r\nHost: " + host + "\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  static std::string CookieOf(const RawResponse& answer) {
    const std::string set(answer.Header("Set-Cookie"));
    return set.substr(0, set.find(';'));
  }
  RawResponse Get(const std::string& path, const std::string& cookie,
                  const std::string& host = "gate") {
    return Ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nCookie: " + cookie + "\r\n\r\n");
  }

  TestServer upstream_{Upstream};
  GatewayWorld world_;
};

TEST_F(OpenPageTest, ATicketOpensItsInstance) {
  const RawResponse answer = Post(world_.Ticket("dsw-a", "201", "", "/dsw-a/lab/tree/x"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, R"({"Target":"/dsw-a/lab/tree/x"})");
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
  const std::string set(answer.Header("Set-Cookie"));
  EXPECT_TRUE(set.starts_with("atelier-dsw-a=")) << set;
  EXPECT_NE(set.find("; Path=/dsw-a/; "), std::string::npos) << set;
  EXPECT_NE(set.find("; HttpOnly; SameSite=Lax"), std::string::npos) << set;
  EXPECT_EQ(set.find("Domain"), std::string::npos) << set;
  EXPECT_EQ(Get("/dsw-a/lab/", CookieOf(answer)).body, "/dsw-a/lab/\nCookie=");
  EXPECT_EQ(Get("/dsw-b/lab/", CookieOf(answer)).status, 403);
}

TEST_F(OpenPageTest, Promise8ATicketWorksOnceAndForAMinute) {
  const std::string used = world_.Ticket("dsw-a", "201");
  EXPECT_EQ(Post(used).status, 200);
  const std::string late = world_.Ticket("dsw-a", "201");
  const std::string in_time = world_.Ticket("dsw-a", "201");
  world_.Advance(Duration(59'000));
  EXPECT_EQ(Post(in_time).status, 200);
  world_.Advance(Duration(1'000));
  for (const std::string& ticket : {used, late, std::string(), std::string(43, 'x')}) {
    const RawResponse answer = Post(ticket);
    EXPECT_EQ(answer.status, 403) << ticket;
    EXPECT_EQ(answer.Header("Set-Cookie"), "");
  }
  for (const auto& line : world_.Log()) EXPECT_EQ(line.find(used), std::string::npos) << line;
}

TEST_F(OpenPageTest, Promise8OnlyItsOwnPageUsesATicket) {
  const std::string ticket = world_.Ticket("dsw-a", "201");
  for (const char* headers : {"Content-Type: application/json\r\n",
                              "Sec-Fetch-Site: cross-site\r\nContent-Type: application/json\r\n",
                              "Sec-Fetch-Site: same-site\r\nContent-Type: application/json\r\n",
                              "Sec-Fetch-Site: none\r\nContent-Type: application/json\r\n",
                              "Origin: http://evil.example\r\nContent-Type: application/json\r\n",
                              "Sec-Fetch-Site: same-origin\r\nContent-Type: text/plain\r\n"})
    EXPECT_EQ(Post(ticket, "gate", headers).status, 403) << headers;
  EXPECT_EQ(Post(ticket).status, 200) << "nor is it used up";
}

TEST_F(OpenPageTest, Promise8ATicketIsWorthWhatItsHolderMayDoToday) {
  const std::string ticket = world_.Ticket("dsw-a", "201");
  world_.SetPolicy("201", R"({"Effect":"Deny","Action":"paidsw:GetToken","Resource":"*"})");
  EXPECT_EQ(Post(ticket).status, 403);
  const std::string other = world_.Ticket("dsw-b", "202");
  world_.DeleteKey("key202");
  EXPECT_EQ(Post(other).status, 403);
}

TEST_F(OpenPageTest, Promise8WhatASessionOpenedEndsWithIt) {
  world_.PutBrowser("s1", "201");
  const std::string cookie = CookieOf(Post(world_.Ticket("dsw-a", "201", "s1")));
  EXPECT_EQ(Get("/dsw-a/lab/", cookie).status, 200);
  const std::string unused = world_.Ticket("dsw-a", "201", "s1");
  world_.EndBrowser("s1");
  EXPECT_EQ(Get("/dsw-a/lab/", cookie).status, 403);
  EXPECT_EQ(Post(unused).status, 403);
}

TEST_F(OpenPageTest, Promise8ThePageTakesNothingFromElsewhere) {
  const RawResponse page = Ask("GET /_open HTTP/1.1\r\nHost: gate\r\n\r\n");
  ASSERT_EQ(page.status, 200);
  const std::string policy(page.Header("Content-Security-Policy"));
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'sha256-")) << policy;
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  EXPECT_EQ(page.Header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(page.Header("Cache-Control"), "no-store");
  EXPECT_EQ(Ask("PUT /_open HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n").status, 405);
}

/// Each instance has a host of its own, over TLS that ends before the server.
class NamedHostTest : public OpenPageTest {
 protected:
  NamedHostTest()
      : OpenPageTest({.secure_cookies = true,
                      .public_url = "https://*.apps.example",
                      .names = http::NamedHosts::Parse("https://*.apps.example")}) {}
  RawResponse Open(const std::string& ticket, const std::string& host) {
    return Post(ticket, host,
                "Sec-Fetch-Site: same-origin\r\nOrigin: https://" + host +
                    "\r\nContent-Type: application/json\r\n");
  }
};

TEST_F(NamedHostTest, Promise8ATicketIsForTheHostOfItsInstance) {
  EXPECT_EQ(Open(world_.Ticket("dsw-a", "201"), "dsw-b.apps.example").status, 403);
  EXPECT_EQ(Open(world_.Ticket("dsw-a", "201"), "eas.apps.example").status, 403);
  const RawResponse answer = Open(world_.Ticket("dsw-a", "201"), "dsw-a.apps.example");
  ASSERT_EQ(answer.status, 200) << answer.body;
  // Neighbours cannot set one of this name (RFC 6265bis section 4.1.3.2).
  const std::string set(answer.Header("Set-Cookie"));
  EXPECT_TRUE(set.starts_with("__Host-atelier-dsw-a=")) << set;
  EXPECT_NE(set.find("; Path=/; "), std::string::npos) << set;
  EXPECT_TRUE(set.ends_with("; Secure")) << set;
  EXPECT_EQ(Get("/dsw-a/x", CookieOf(answer) + "; own=1", "dsw-a.apps.example").body,
            "/dsw-a/x\nCookie=own=1");
}

TEST_F(NamedHostTest, Promise8ANeighboursCookieOpensNothing) {
  const std::string cookie = CookieOf(Open(world_.Ticket("dsw-a", "201"), "dsw-a.apps.example"));
  const std::string value = cookie.substr(cookie.find('=') + 1);
  EXPECT_EQ(Get("/dsw-a/x", "atelier-dsw-a=" + value, "dsw-a.apps.example").status, 403);
  EXPECT_EQ(Get("/dsw-a/x", cookie, "DSW-A.apps.example.:443").status, 200);
}

TEST_F(NamedHostTest, Promise8AHostServesItsInstanceAlone) {
  const std::string cookie =
      "atelier-dsw-a=" + world_.Sign(identity::TokenUse::Cookie, "dsw-a", "201");
  const std::string named = "__Host-" + cookie;
  const std::string both = named + "; " + cookie;
  EXPECT_EQ(Get("/dsw-a/x", named, "dsw-a.apps.example").status, 200);
  for (const char* host : {"dsw-b.apps.example", "x.dsw-a.apps.example", "eas.apps.example"})
    EXPECT_EQ(Get("/dsw-a/x", both, host).status, 403) << host;
  const RawResponse link = Ask("GET /dsw-a/lab/?Token=" + world_.Link("dsw-a", "201") +
                               " HTTP/1.1\r\nHost: dsw-b.apps.example\r\n\r\n");
  EXPECT_EQ(link.status, 403);
}

TEST(NamedHosts, AreOneLabelBelowTheirDomain) {
  const auto hosts = http::NamedHosts::Parse("https://*.Apps.example:8443");
  ASSERT_TRUE(hosts);
  EXPECT_EQ(hosts->LabelOf("dsw-1.apps.example"), "dsw-1");
  EXPECT_EQ(hosts->LabelOf("DSW-1.APPS.example:8443"), "dsw-1");
  EXPECT_EQ(hosts->LabelOf("dsw-1.apps.example.:8443"), "dsw-1");
  EXPECT_EQ(hosts->LabelOf("a.b.apps.example"), "");
  EXPECT_EQ(hosts->LabelOf("a_b.apps.example"), "");
  EXPECT_EQ(hosts->LabelOf(std::string(64, 'a') + ".apps.example"), "");
  for (const char* host : {"apps.example", "", "dsw-1.apps.example.evil", "dsw-1-apps.example",
                           "evil.example", "dsw-1.apps.example@evil.example"})
    EXPECT_EQ(hosts->LabelOf(host), std::nullopt) << host;
  for (const char* bad : {"https://apps.example", "https://a.*.example", "https://*", "https://*.",
                          "https://*apps.example", "https://*.*.example", "ftp://*.example", "*.x"})
    EXPECT_FALSE(http::NamedHosts::Parse(bad)) << bad;
  EXPECT_EQ(http::AtLabel("https://*.apps.example", "dsw-1"), "https://dsw-1.apps.example");
  EXPECT_EQ(http::AtLabel("https://lab.example", "dsw-1"), "https://lab.example");
}

}  // namespace
}  // namespace atelier::gateway
