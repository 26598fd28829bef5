// Promise 8: a cookie comes along whoever wrote the page, so changes and WebSockets ask where the
// page is from (RFC 6454 section 4, Fetch Metadata).
#include "http/origin.h"

#include <string>

#include <gtest/gtest.h>

#include "gateway_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using http::FromElsewhere;
using http::FromOwnPage;
using http::ParseOrigin;

http::RequestHead Post(const std::string& host, const std::string& origin, bool tls = false) {
  http::RequestHead head{.method = "POST", .target = "/dsw-a/", .tls = tls};
  head.headers.Add("Host", host);
  head.headers.Add("Origin", origin);
  return head;
}

bool Own(const std::string& host, const std::string& origin) {
  return !FromElsewhere(Post(host, origin), {});
}

TEST(Origins, DefaultPortsAreTheSameOnEitherSide) {
  EXPECT_TRUE(Own("lab.example:443", "https://lab.example"));
  EXPECT_TRUE(Own("lab.example", "https://lab.example:443"));
  EXPECT_TRUE(Own("lab.example:80", "http://lab.example"));
  EXPECT_TRUE(Own("lab.example", "http://lab.example:80"));
  EXPECT_TRUE(Own("lab.example", "https://lab.example"));
  EXPECT_TRUE(Own("lab.example", "http://lab.example"));
  EXPECT_TRUE(Own("Lab.Example:8443", "HTTPS://lab.example:8443"));
  EXPECT_TRUE(Own("[::1]:8080", "http://[::1]:8080"));
  EXPECT_TRUE(Own("[::1]", "https://[::1]"));
}

TEST(Origins, HostAndPortAndSchemeMustBeTheSame) {
  EXPECT_FALSE(Own("lab.example", "https://evil.example"));
  EXPECT_FALSE(Own("lab.example", "https://lab.example.evil"));
  EXPECT_FALSE(Own("lab.example", "https://lab.example:8443"));
  EXPECT_FALSE(Own("lab.example:443", "http://lab.example"));
  EXPECT_FALSE(Own("lab.example:443", "http://lab.example:443"));
  EXPECT_FALSE(Own("lab.example:80", "https://lab.example"));
  EXPECT_FALSE(Own("lab.example:8080", "http://lab.example"));
  EXPECT_FALSE(Own("[::1]:8080", "http://[::2]:8080"));
  for (const char* text :
       {"null", "", "lab.example", "https://", "https:///", "file://lab.example",
        "https://lab.example https://evil", "https://user@lab.example", "https://lab.example:0",
        "https://lab.example:x", "https://lab.example:"})
    EXPECT_FALSE(Own("lab.example", text)) << text;
  EXPECT_FALSE(Own("", "https://lab.example"));
}

TEST(Urls, AreCutInTheirParts) {
  const auto url = http::ParseUrl("HTTPS://Chat.Example:8443/hooks/@me?room=a");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->origin,
            (http::WebOrigin{.scheme = "https", .host = "chat.example", .port = 8443}));
  EXPECT_EQ(url->authority, "Chat.Example:8443");
  EXPECT_EQ(url->target, "/hooks/@me?room=a");
  EXPECT_EQ(http::ParseUrl("http://[::1]")->target, "/");
  for (const char* bad : {"", "chat.example/x", "ftp://a/b", "https://", "http://a b/c",
                          "https://a/b c", "https://a/b#c", "https://user@a/b", "https://a\\b/",
                          "https://a/\\b", "https://a?b", "https://a/\x7f"}) {
    EXPECT_FALSE(http::ParseUrl(bad).has_value()) << bad;
  }
}

TEST(Urls, AreConfidentialOverTlsOrOnThisHost) {
  const auto confidential = [](const char* url) {
    return http::IsConfidential(http::ParseUrl(url)->origin);
  };
  for (const char* url :
       {"https://a.example", "http://localhost:1/", "http://127.0.0.1/x", "http://[::1]:80/"}) {
    EXPECT_TRUE(confidential(url)) << url;
  }
  for (const char* url : {"http://a.example", "http://127.0.0.1.evil.example/",
                          "http://x.localhost/", "http://10.0.0.1/"}) {
    EXPECT_FALSE(confidential(url)) << url;
  }
}

TEST(Origins, OverTlsTheSchemeIsHttps) {
  EXPECT_FALSE(FromElsewhere(Post("lab.example", "https://lab.example", true), {}));
  EXPECT_TRUE(FromElsewhere(Post("lab.example", "http://lab.example", true), {}));
}

TEST(Origins, ThePublicUrlIsOneOfThem) {
  const auto own = ParseOrigin("https://lab.example/atelier");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->port, 443);
  const auto elsewhere = [&](const std::string& host, const std::string& origin) {
    return FromElsewhere(Post(host, origin), own);
  };
  EXPECT_FALSE(elsewhere("127.0.0.1:8080", "https://lab.example"));
  EXPECT_FALSE(elsewhere("lab.example", "https://lab.example"));
  EXPECT_TRUE(elsewhere("lab.example", "http://lab.example"));
  EXPECT_TRUE(elsewhere("lab.example:443", "http://lab.example"));
  EXPECT_TRUE(elsewhere("lab.example", "https://evil.example"));
  EXPECT_FALSE(elsewhere("127.0.0.1:8080", "http://127.0.0.1:8080"));
  // Nobody's word but the operator's.
  http::RequestHead head = Post("lab.example:443", "http://lab.example");
  head.headers.Add("X-Forwarded-Proto", "http");
  EXPECT_TRUE(FromElsewhere(head, {}));
}

TEST(Origins, SecFetchSiteTellsToo) {
  const auto elsewhere = [](const std::string& method, const std::string& site) {
    http::RequestHead head{.method = method, .target = "/"};
    head.headers.Add("Host", "gate");
    head.headers.Add("Sec-Fetch-Site", site);
    return FromElsewhere(head, {});
  };
  EXPECT_TRUE(elsewhere("POST", "cross-site"));
  EXPECT_TRUE(elsewhere("POST", "same-site"));
  EXPECT_TRUE(elsewhere("DELETE", "cross-site"));
  EXPECT_TRUE(elsewhere("post", "cross-site"));
  EXPECT_TRUE(elsewhere("POST", "anything"));
  EXPECT_FALSE(elsewhere("POST", "same-origin"));
  EXPECT_FALSE(elsewhere("POST", "none"));
  EXPECT_FALSE(elsewhere("GET", "cross-site")) << "a link somebody follows";
  http::RequestHead doubled = Post("gate", "http://gate");
  doubled.headers.Add("sec-fetch-site", "same-origin");
  EXPECT_FALSE(FromElsewhere(doubled, {}));
  doubled.headers.Add("Sec-Fetch-Site", "cross-site");
  EXPECT_TRUE(FromElsewhere(doubled, {}));
  http::RequestHead socket{.method = "GET", .target = "/"};
  socket.headers.Add("Upgrade", "websocket");
  socket.headers.Add("Sec-Fetch-Site", "same-site");
  EXPECT_TRUE(FromElsewhere(socket, {}));
}

// For a cookie that opens everything: reads too, and only with proof.
TEST(Origins, Promise8ACookieForAllNeedsProofOfItsOwnPage) {
  const auto own = [](const std::string& site, const std::string& origin) {
    http::RequestHead head{.method = "GET", .target = "/"};
    head.headers.Add("Host", "lab.example:8080");
    if (!site.empty()) head.headers.Add("Sec-Fetch-Site", site);
    if (!origin.empty()) head.headers.Add("Origin", origin);
    return FromOwnPage(head, {});
  };
  EXPECT_TRUE(own("same-origin", ""));
  EXPECT_TRUE(own("", "http://lab.example:8080"));
  EXPECT_TRUE(own("same-origin", "http://lab.example:8080"));
  EXPECT_FALSE(own("", ""));
  EXPECT_FALSE(own("none", ""));
  EXPECT_FALSE(own("same-site", "http://lab.example:8080"));
  EXPECT_FALSE(own("same-origin", "http://lab.example:8081")) << "another port";
  EXPECT_FALSE(own("", "http://sibling.lab.example:8080"));
  EXPECT_FALSE(own("", "null"));
  EXPECT_FALSE(own("", "https://lab.example:8080")) << "this server speaks no TLS there";
  http::RequestHead doubled = Post("lab.example", "https://lab.example", true);
  doubled.headers.Add("Sec-Fetch-Site", "same-origin");
  EXPECT_TRUE(FromOwnPage(doubled, {}));
  doubled.headers.Add("sec-fetch-site", "cross-site");
  EXPECT_FALSE(FromOwnPage(doubled, {}));
}

// The whole way: 409 is admitted, but the instance is not running.
TEST(Origins, AreAskedForAtTheGateway) {
  test::RawListener upstream;
  GatewayWorld world(upstream.port(), {.public_url = "https://lab.example"});
  const auto status = [&](const std::string& headers) {
    return test::RawClient(world.port())
        .Ask("POST /dsw-off/x HTTP/1.1\r\nHost: inner:8080\r\n" + world.Cookie("dsw-off", "201") +
             headers + "\r\n")
        .status;
  };
  EXPECT_EQ(status("Origin: https://lab.example\r\n"), 409);
  EXPECT_EQ(status("Origin: http://lab.example\r\n"), 403);
  EXPECT_EQ(status("Sec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(status("Sec-Fetch-Site: same-origin\r\n"), 409);
  EXPECT_EQ(status(""), 409) << "programs send neither";
}

// Any page of the origin can set a further cookie of the gateway's name.
TEST(Origins, AFurtherCookieShutsNobodyOut) {
  test::RawListener upstream;
  GatewayWorld world(upstream.port());
  const std::string good = world.Sign(identity::TokenUse::Cookie, "dsw-off", "201");
  const auto status = [&](const std::string& cookies) {
    return test::RawClient(world.port())
        .Ask("GET /dsw-off/lab/ HTTP/1.1\r\nHost: gate\r\nCookie: " + cookies + "\r\n\r\n")
        .status;
  };
  EXPECT_EQ(status("atelier-dsw-off=junk; atelier-dsw-off=" + good), 409);
  std::string many;  // as many more as a browser keeps
  for (int i = 1; i < 180; ++i) many += "atelier-dsw-off=junk; ";
  EXPECT_EQ(status(many + "atelier-dsw-off=" + good), 409);
  EXPECT_EQ(status("atelier-dsw-off=junk; atelier-dsw-off=more"), 403);
}

}  // namespace
}  // namespace atelier::gateway
