#include "gateway/proxy/admission.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "gateway_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using identity::TokenUse;
using test::RawClient;
using test::RawListener;
using test::RawResponse;

std::string Get(const std::string& target, const std::string& headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: gate:80\r\n" + headers + "\r\n";
}

RawResponse Ask(GatewayWorld& world, const std::string& request) {
  return RawClient(world.port()).Ask(request);
}

// docs/contract/lifecycle.md section 9: an instance is opened by its owner while a developer of the
// workspace, by the workspace's administrators and by the main account.
TEST(Admission, EveryUserAndInstancePair) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const std::map<std::string, std::set<std::string>> may_open{{"100", {"dsw-a", "dsw-b"}},
                                                              {"201", {"dsw-a"}},
                                                              {"202", {"dsw-b"}},
                                                              {"203", {"dsw-a", "dsw-b"}},
                                                              {"204", {}},
                                                              {"205", {}},
                                                              {"999", {}}};
  for (const auto& [user, allowed] : may_open) {
    for (const std::string instance : {"dsw-a", "dsw-b"}) {
      const int expected = allowed.contains(instance) ? 302 : 403;
      const std::string target = "/" + instance + "/?Token=" + world.Link(instance, user);
      EXPECT_EQ(Ask(world, Get(target)).status, expected) << user << " " << instance;
      const std::string cookie = world.Cookie(instance, user);
      EXPECT_EQ(Ask(world, Get("/" + instance + "/", cookie)).status, expected)
          << user << " " << instance;
    }
  }
  EXPECT_FALSE(upstream.Pending());
}

TEST(Admission, EveryoneElseGets403BeforeAByteReachesTheInstance) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const Duration hour = std::chrono::hours(1);
  const std::string good = world.Sign(TokenUse::Cookie, "dsw-a", "201");
  const auto cookie = [](const std::string& value) {
    return "Cookie: atelier-dsw-a=" + value + "\r\n";
  };
  const std::string page = "/dsw-a/lab/";
  const std::string link = page + "?Token=";
  for (const std::string& request : {
           Get(page),
           Get(page, "Authorization: token of-the-instance\r\n"),
           Get(link),
           Get(link + "junk"),
           Get(page + "?token=" + world.Link("dsw-a", "201")),
           Get(link + world.Link("dsw-b", "100")),
           Get(link + world.Sign(TokenUse::View, "dsw-a", "201")),
           Get(link + good),
           Get(link + world.Sign(TokenUse::Access, "dsw-a", "201", -hour)),
           // A bad link is not saved by a good cookie: somebody else made it.
           Get(link + "junk", cookie(good)),
           Get(page, cookie(world.Link("dsw-a", "201"))),
           Get(page, cookie(world.Sign(TokenUse::Cookie, "dsw-a", "201", -hour))),
           Get(page, cookie(world.Sign(TokenUse::Cookie, "dsw-b", "202"))),
           Get(page, cookie(good + "x")),
           Get(page, "Cookie: atelier-dsw-b=" + good + "\r\n"),
           Get("/dsw-none/lab/?Token=" + world.Link("dsw-none", "100")),
           std::string("POST /dsw-a/api HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
           Get(page, "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
       }) {
    const RawResponse got = Ask(world, request);
    EXPECT_EQ(got.status, 403) << request;
    const auto body = json::parse(got.body).as_object();
    EXPECT_EQ(body.at("Code"), "NoPermission");
    EXPECT_EQ(body.at("RequestId").as_string(), got.Header("x-acs-request-id"));
    EXPECT_TRUE(body.contains("HostId"));
    // The same for all, and how to go on.
    const std::string id = request.find("/dsw-none/") == std::string::npos ? "dsw-a" : "dsw-none";
    EXPECT_EQ(std::string(body.at("Message").as_string()),
              "This request has no link or session that opens the instance. It may have run out; "
              "use does not prolong it. Make a new link with `atelier instance open " +
                  id + "` or GetToken.");
  }
  EXPECT_FALSE(upstream.Pending());
}

TEST(Admission, EveryAnswerHasOneLogLineWithItsRequestIdAndNoToken) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const std::string link = world.Link("dsw-a", "201");
  const RawResponse denied = Ask(world, Get("/dsw-a/lab/"));
  const RawResponse visit = Ask(world, Get("/dsw-a/lab/?Token=" + link));
  const RawResponse off = Ask(world, Get("/dsw-off/lab/", world.Cookie("dsw-off", "201")));
  const std::vector<std::string> lines = world.Log();
  ASSERT_EQ(lines.size(), 3U);
  const auto expect = [&](std::size_t line, const RawResponse& got, std::string_view begin) {
    EXPECT_TRUE(lines[line].starts_with(begin)) << lines[line];
    const std::string id(got.Header("x-acs-request-id"));
    EXPECT_EQ(id.size(), 36U);
    EXPECT_NE(lines[line].find("request_id=" + id + " ip=127.0.0.1"), std::string::npos);
    EXPECT_EQ(lines[line].find(link), std::string::npos);
  };
  expect(0, denied,
         "gateway_request instance=dsw-a user= method=GET path=/dsw-a/lab/ status=403 why=");
  expect(1, visit,
         "gateway_request instance=dsw-a user=201 method=GET path=/dsw-a/lab/ status=302 why= ");
  expect(2, off,
         "gateway_request instance=dsw-off user=201 method=GET path=/dsw-off/lab/ status=409 why=");
}

TEST(Admission, IssuerWhoIsGoneTakesHisLinksAlong) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const std::string request = Get("/dsw-a/", world.Cookie("dsw-a", "201"));
  EXPECT_EQ(Ask(world, request).status, 302);
  world.DeleteUser("201");
  EXPECT_EQ(Ask(world, request).status, 403);
}

// Both gates are asked again at each use: here RAM, whose name for it is OpenInstance or GetToken.
TEST(Admission, LinksAndCookiesEndWithThePolicyOfTheirIssuer) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const std::string everything = R"({"Effect":"Allow","Action":"paidsw:*","Resource":"*"})";
  const auto status = [&] {
    const int by_link = Ask(world, Get("/dsw-a/?Token=" + world.Link("dsw-a", "201"))).status;
    EXPECT_EQ(Ask(world, Get("/dsw-a/", world.Cookie("dsw-a", "201"))).status, by_link);
    return by_link;
  };
  EXPECT_EQ(status(), 302);
  world.SetPolicy("201", R"({"Effect":"Allow","Action":"paidsw:GetInstance","Resource":"*"})");
  EXPECT_EQ(status(), 403);
  world.SetPolicy("201", everything);
  EXPECT_EQ(status(), 302);
  world.SetPolicy(
      "201", everything + R"(,{"Effect":"Deny","Action":"paidsw:OpenInstance","Resource":"*"})");
  EXPECT_EQ(status(), 403);
  world.SetPolicy("201", R"({"Effect":"Allow","Action":"paidsw:OpenInstance","Resource":"*"})");
  EXPECT_EQ(status(), 302);
  // Conditions are asked of who uses the link, and of the instance.
  world.SetPolicy("201", everything + R"(,{"Effect":"Deny","Action":"paidsw:*","Resource":"*",
      "Condition":{"IpAddress":{"acs:SourceIp":"127.0.0.0/8"}}})");
  EXPECT_EQ(status(), 403);
  world.SetPolicy("201", everything + R"(,{"Effect":"Deny","Action":"paidsw:*","Resource":"*",
      "Condition":{"StringEquals":{"pai:Accessibility":"PRIVATE"}}})");
  EXPECT_EQ(status(), 403);
  EXPECT_FALSE(upstream.Pending());
}

TEST(Admission, ALinkOfASessionEndsWithThatSessionAndObeysItsPolicy) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  world.PutSession("STS.one");
  world.PutSession("STS.reads", R"({"Version":"1","Statement":[
      {"Effect":"Allow","Action":"paidsw:GetInstance","Resource":"*"}]})");
  const auto status = [&](std::optional<std::string> key) {
    const std::string cookie = world.Sign(TokenUse::Cookie, "dsw-a", "Runner:visit",
                                          std::chrono::hours(9), std::move(key));
    return Ask(world, Get("/dsw-a/", "Cookie: atelier-dsw-a=" + cookie + "\r\n")).status;
  };
  EXPECT_EQ(status("STS.one"), 302);
  EXPECT_EQ(status("STS.reads"), 403);
  EXPECT_EQ(status("STS.gone"), 403);
  EXPECT_EQ(status({}), 403);
  world.PutSession("STS.two");
  world.DeleteKey("STS.one");
  EXPECT_EQ(status("STS.one"), 403);
  EXPECT_EQ(status("STS.two"), 302);
  world.Advance(std::chrono::hours(1));
  EXPECT_EQ(status("STS.two"), 403);
}

// Whoever disables a key that is in the wrong hands ends what it has made.
TEST(Admission, LinksAndCookiesEndWithTheAccessKeyThatMadeThem) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const auto status = [&](const std::string& key) {
    const Duration hour = std::chrono::hours(1);
    const int by_link =
        Ask(world, Get("/dsw-a/?Token=" + world.Sign(TokenUse::Access, "dsw-a", "201", hour, key)))
            .status;
    const std::string cookie = world.Sign(TokenUse::Cookie, "dsw-a", "201", hour, key);
    EXPECT_EQ(Ask(world, Get("/dsw-a/", "Cookie: atelier-dsw-a=" + cookie + "\r\n")).status,
              by_link);
    return by_link;
  };
  world.PutKey("LTAI.one", "201", model::KeyState::Active);
  world.PutKey("LTAI.two", "201", model::KeyState::Active);
  EXPECT_EQ(status("LTAI.one"), 302);
  world.PutKey("LTAI.one", "201", model::KeyState::Inactive);
  EXPECT_EQ(status("LTAI.one"), 403);
  EXPECT_EQ(status("LTAI.two"), 302);
  world.PutKey("LTAI.one", "201", model::KeyState::Active);
  EXPECT_EQ(status("LTAI.one"), 302);
  world.DeleteKey("LTAI.one");
  EXPECT_EQ(status("LTAI.one"), 403);
  EXPECT_EQ(status("LTAI.none"), 403);
  // The cookie that a link becomes is of the same key.
  const RawResponse visit =
      Ask(world, Get("/dsw-a/?Token=" + world.Sign(TokenUse::Access, "dsw-a", "201",
                                                   std::chrono::hours(1), "LTAI.two")));
  const std::string cookie = visit.Header("Set-Cookie");
  const std::string pair = "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
  EXPECT_EQ(Ask(world, Get("/dsw-a/", pair)).status, 302);
  world.PutKey("LTAI.two", "201", model::KeyState::Inactive);
  EXPECT_EQ(Ask(world, Get("/dsw-a/", pair)).status, 403);
}

TEST(Admission, LinksAndCookiesExpireByTheWorkshopsClock) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const std::string link = Get("/dsw-a/?Token=" + world.Link("dsw-a", "201"));
  const std::string cookie = Get("/dsw-a/", world.Cookie("dsw-a", "201"));
  EXPECT_EQ(Ask(world, link).status, 302);
  EXPECT_EQ(Ask(world, cookie).status, 302);
  world.Advance(std::chrono::hours(1));
  EXPECT_EQ(Ask(world, link).status, 403);
  EXPECT_EQ(Ask(world, cookie).status, 403);
}

TEST(Admission, LinkBecomesACookieAndLeavesTheUrl) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const RawResponse got =
      Ask(world, Get("/dsw-a/lab/tree/x?a=%20b&Token=" + world.Link("dsw-a", "201") + "&c"));
  EXPECT_EQ(got.status, 302);
  EXPECT_EQ(got.Header("Location"), "/dsw-a/lab/tree/x?a=%20b&c");
  const std::string cookie = got.Header("Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("atelier-dsw-a=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Path=/dsw-a/; Max-Age=3600; HttpOnly; SameSite=Lax")) << cookie;
  const std::string pair = cookie.substr(0, cookie.find(';'));
  EXPECT_EQ(Ask(world, Get("/dsw-a/", "Cookie: a=b; " + pair + "\r\n")).Header("Location"),
            "/dsw-a/lab/");
  EXPECT_EQ(Ask(world, Get("/dsw-b/", "Cookie: " + pair + "\r\n")).status, 403);
  EXPECT_FALSE(upstream.Pending());
}

TEST(Admission, CookieIsSecureWhereConfiguredAndNeverOutlivesItsSession) {
  RawListener upstream;
  GatewayWorld world(upstream.port(),
                     {.session = std::chrono::minutes(10), .secure_cookies = true});
  const std::string cookie =
      Ask(world, Get("/dsw-a/?Token=" + world.Link("dsw-a", "201"))).Header("Set-Cookie");
  EXPECT_TRUE(cookie.ends_with("; Max-Age=600; HttpOnly; SameSite=Lax; Secure")) << cookie;
}

// The cookie is ambient: the browser sends it for pages of other sites too.
TEST(Admission, OtherOriginsMayNotUseTheCookie) {
  RawListener upstream;
  GatewayWorld world(upstream.port());
  const std::string cookie = world.Cookie("dsw-off", "201");
  const std::string upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";
  // 409: admitted, but the instance is not running.
  const auto status = [&](const std::string& headers) {
    return Ask(world, Get("/dsw-off/api/kernels/1/channels", cookie + headers)).status;
  };
  EXPECT_EQ(status(upgrade + "Origin: http://gate\r\n"), 409) << "80 is the default";
  EXPECT_EQ(status(upgrade + "Origin: https://gate:80\r\n"), 403) << "port 80 is http's";
  EXPECT_EQ(status(upgrade + "Origin: http://GATE:80\r\n"), 409);
  EXPECT_EQ(status(upgrade), 409) << "programs send no Origin";
  EXPECT_EQ(status(upgrade + "Origin: https://evil\r\n"), 403);
  EXPECT_EQ(status(upgrade + "Origin: https://gate\r\n"), 403);
  EXPECT_EQ(status(upgrade + "Origin: null\r\n"), 403);
  EXPECT_EQ(status("Origin: https://evil\r\n"), 409) << "a navigation";
  EXPECT_EQ(Ask(world, "POST /dsw-off/x HTTP/1.1\r\nHost: gate:80\r\nOrigin: https://evil\r\n" +
                           cookie + "\r\n")
                .status,
            403);
}

TEST(Admission, TokenIsTakenOutOfTheQueryAndNothingElse) {
  const auto taken = [](std::string_view target) {
    const SplitTarget split = TakeToken(target);
    return split.target + " " + split.token;
  };
  EXPECT_EQ(taken("/a"), "/a ");
  EXPECT_EQ(taken("/a?Token=t"), "/a t");
  EXPECT_EQ(taken("/a?x=%2F&Token=a%2Bb&y"), "/a?x=%2F&y a+b");
  EXPECT_EQ(taken("/a?token=t&MyToken=u"), "/a?token=t&MyToken=u ");
  EXPECT_EQ(taken("/a?"), "/a ");
}

}  // namespace
}  // namespace atelier::gateway
