// Promise 8 between neighbours of one origin: what an instance or a service says to a browser, and
// what a client says to it, stays within its own path.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "gateway_world.h"
#include "service_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawListener;
using test::RawResponse;

/// What came to the upstream, head alone, and what came back to the client.
struct Passage {
  std::string request;
  RawResponse answer;
};

/// Sends `request` to the gateway, and `answer` as its upstream.
Passage Pass(std::uint16_t gateway, const RawListener& upstream, const std::string& request,
             const std::string& answer) {
  RawClient client(gateway);
  client.Send(request);
  RawClient instance = upstream.Accept();
  Passage passage;
  while (passage.request.find("\r\n\r\n") == std::string::npos) {
    const std::string piece = instance.ReadSome();
    if (piece.empty()) break;
    passage.request += piece;
  }
  instance.Send(answer);
  passage.answer = client.Read();
  return passage;
}

std::string Answer(const std::string& headers) {
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n" + headers + "\r\nok";
}

/// The values of every field of this name, one a line.
std::string All(const std::string& head, const std::string& name) {
  std::string values;
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::string line = head.substr(at, end - at);
    if (line.starts_with(name + ": ")) values += line.substr(name.size() + 2) + "\n";
    at = end + 2;
  }
  return values;
}

class NotebookConfinement : public testing::Test {
 protected:
  Passage Notebook(const std::string& answer_headers, const std::string& headers = "") {
    return Pass(world_.port(), upstream_,
                "GET /dsw-a/lab/ HTTP/1.1\r\nHost: gate\r\n" + world_.Cookie("dsw-a", "201") +
                    headers + "\r\n",
                Answer(answer_headers));
  }
  /// Set-Cookie as the client gets it; empty: it does not.
  std::string Cookie(const std::string& value, const std::string& headers = "") {
    return All(Notebook("Set-Cookie: " + value + "\r\n", headers).answer.head, "Set-Cookie");
  }
  /// What the instance gets to see beside the usual.
  std::string Seen(const std::string& headers) {
    std::string seen = Notebook("", headers).request;
    for (const char* usual :
         {"GET /dsw-a/lab/ HTTP/1.1\r\n", "Authorization: token of-the-instance\r\n",
          "X-Forwarded-For: 127.0.0.1\r\n", "X-Forwarded-Host: gate\r\n", "Host: gate\r\n",
          "X-Forwarded-Proto: http\r\n"}) {
      const std::size_t at = seen.find(usual);
      EXPECT_NE(at, std::string::npos) << usual << seen;
      if (at != std::string::npos) seen.erase(at, std::string_view(usual).size());
      EXPECT_EQ(seen.find(usual), std::string::npos) << "twice: " << usual;
    }
    return seen.substr(0, seen.size() - 2);
  }

  RawListener upstream_;
  GatewayWorld world_{upstream_.port()};
};

class ServiceConfinement : public ServiceGatewayTest {
 protected:
  ServiceConfinement() { PutReplica("a", upstream_.port()); }
  Passage Service(const std::string& answer_headers, const std::string& headers = "",
                  const std::string& target = "foo/v1") {
    return Pass(server_.port(), upstream_,
                "GET /api/predict/" + target + " HTTP/1.1\r\nHost: h\r\nAuthorization: secret\r\n" +
                    headers + "\r\n",
                Answer(answer_headers));
  }

  RawListener upstream_;
};

// By hand: what a browser applies to the whole origin, or keeps for it, and what a proxy in front
// of the server takes as an order.
constexpr auto kOriginWide = std::to_array<std::string_view>({
    "Service-Worker-Allowed: /",
    "Clear-Site-Data: \"*\"",
    "Strict-Transport-Security: max-age=1; includeSubDomains",
    "Public-Key-Pins: pin-sha256=\"x\"; max-age=1",
    "Public-Key-Pins-Report-Only: pin-sha256=\"x\"; max-age=1",
    "Expect-CT: max-age=1, enforce",
    "Alt-Svc: h2=\"evil:443\"",
    "Refresh: 0; url=/dsw-b/",
    "NEL: {}",
    "Report-To: {}",
    "Reporting-Endpoints: a=\"https://evil\"",
    "Origin-Agent-Cluster: ?1",
    "Accept-CH: Device-Memory",
    "Accept-CH-Lifetime: 100",
    "Critical-CH: Device-Memory",
    "Set-Login: logged-out",
    "IdP-SignIn-Status: action=signin",
    "Activate-Storage-Access: load",
    "Secure-Session-Registration: (ES256);path=\"/\"",
    "Sec-Session-Registration: (ES256);path=\"/\"",
    "Shared-Storage-Write: clear",
    "Use-As-Dictionary: match=\"/dsw-b/*\"",
    "Attribution-Reporting-Register-Source: {}",
    "Observe-Browsing-Topics: ?1",
    "WWW-Authenticate: Digest realm=\"x\", domain=\"/\", nonce=\"y\"",
    "Alternate-Protocol: 443:quic",
    "Origin-Trial: x",
    "Critical-Origin-Trial: x",
    "Set-Cookie2: a=b; Path=\"/\"",
    "X-Accel-Redirect: /dsw-b/",
    "X-Sendfile: /etc/passwd",
    "X-Sendfile2: /etc/passwd 0-",
    "X-LIGHTTPD-send-tempfile: /etc/passwd",
    "X-Reproxy-File: /etc/passwd",
});

// What belongs to the answer alone.
constexpr auto kOwn = std::to_array<std::string_view>({
    "Content-Security-Policy: frame-ancestors 'self'",
    "Cross-Origin-Opener-Policy: same-origin",
    "Cross-Origin-Embedder-Policy: require-corp",
    "Cross-Origin-Resource-Policy: same-origin",
    "Link: <style.css>; rel=preload",
    "Permissions-Policy: camera=()",
    "No-Vary-Search: params",
    "Timing-Allow-Origin: *",
    "SourceMap: a.map",
    "X-Accel-Buffering: no",
    "ETag: \"1\"",
});

std::string Lines(std::span<const std::string_view> fields) {
  std::string lines;
  for (const std::string_view field : fields) lines += std::string(field) + "\r\n";
  return lines;
}

void ExpectConfined(const std::string& head) {
  for (const std::string_view field : kOriginWide) {
    const std::string name(field.substr(0, field.find(':')));
    EXPECT_EQ(All(head, name), "") << name;
  }
  for (const std::string_view field : kOwn)
    EXPECT_NE(head.find("\r\n" + std::string(field)), std::string::npos) << field;
}

TEST_F(NotebookConfinement, WhatReachesBeyondItsPathIsTakenOutOfAnswers) {
  ExpectConfined(Notebook(Lines(kOriginWide) + Lines(kOwn)).answer.head);
}

TEST_F(ServiceConfinement, WhatReachesBeyondItsPathIsTakenOutOfAnswers) {
  ExpectConfined(Service(Lines(kOriginWide) + Lines(kOwn)).answer.head);
}

// A notebook is opened by a cookie: pages of other origins have no part in it. A service is called
// with a token, also by pages of other origins if it says so.
TEST_F(NotebookConfinement, OtherOriginsGetNoLeave) {
  const std::string head = Notebook(
                               "Access-Control-Allow-Origin: https://evil\r\n"
                               "Access-Control-Allow-Credentials: true\r\n"
                               "Access-Control-Expose-Headers: X\r\n")
                               .answer.head;
  EXPECT_EQ(head.find("Access-Control-"), std::string::npos) << head;
}

TEST_F(ServiceConfinement, AServiceMayBeReadByOtherOrigins) {
  const std::string head = Service("Access-Control-Allow-Origin: *\r\n").answer.head;
  EXPECT_EQ(All(head, "Access-Control-Allow-Origin"), "*\n");
}

TEST_F(NotebookConfinement, CookiesOfAnAppStayBelowItsInstance) {
  for (const auto& [given, passed] : std::vector<std::pair<std::string, std::string>>{
           {"app=1; Path=/", "app=1; Path=/dsw-a/"},
           {"app=1", "app=1; Path=/dsw-a/"},
           {"app=1; path=/dsw-a/proxy/9000/", "app=1; Path=/dsw-a/proxy/9000/"},
           {"app=1; Path=/dsw-a", "app=1; Path=/dsw-a/"},
           {"app=1; Path=/dsw-ab/", "app=1; Path=/dsw-a/"},
           {"app=1; Path=/dsw-b/", "app=1; Path=/dsw-a/"},
           {"app=1; Path=dsw-a/", "app=1; Path=/dsw-a/"},
           {"app=1; Path=", "app=1; Path=/dsw-a/"},
           // Of several the last one counts.
           {"app=1; Path=/dsw-a/x; Path=/", "app=1; Path=/dsw-a/"},
           {"app=1; Path=/; PATH=/dsw-a/x", "app=1; Path=/dsw-a/x"},
           {"app=1; Domain=gate; Path=/", "app=1; Path=/dsw-a/"},
           {"app=1;DOMAIN = .example ;Path = /", "app=1; Path=/dsw-a/"},
           {"app=\"a b\"; Path=/; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Max-Age=5; Secure; "
            "HttpOnly; SameSite=None; Partitioned",
            "app=\"a b\"; Path=/dsw-a/; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Max-Age=5; Secure; "
            "HttpOnly; SameSite=None; Partitioned"},
           {"__Secure-app=1; Secure; Path=/", "__Secure-app=1; Path=/dsw-a/; Secure"},
           {"a=b=c; Path=/", "a=b=c; Path=/dsw-a/"},
           {"gone=; Max-Age=0; Path=/", "gone=; Path=/dsw-a/; Max-Age=0"}}) {
    EXPECT_EQ(Cookie(given), passed + "\n") << given;
  }
}

TEST_F(NotebookConfinement, CookiesThatCannotBeConfinedAreNotSet) {
  for (const std::string cookie :
       {"__Host-app=1; Secure; Path=/", "__hOsT-app=1; Secure; Path=/",
        "__Host-Http-app=1; Secure; HttpOnly; Path=/",
        // Ours, and what may be read as ours. A browser sends a cookie without a name as its value.
        "atelier-dsw-b=x; Path=/", " atelier-dsw-b =x; Path=/dsw-a/", "ATELIER-dsw-b=x",
        "=atelier-dsw-b=x; Path=/", "atelier-dsw-b", "=x", "x", "; Path=/", "\"atelier-dsw-b=x\"",
        "a\x01=b; Path=/", "a=b\x7f; Path=/",
        // A browser's session at the API, which has the host in common, whatever its port.
        "__Host-atelier=x; Secure; Path=/", "__host-Atelier=x", "\"__Host-atelier=x\"",
        "atelier-session=x; Path=/"}) {
    EXPECT_EQ(Cookie(cookie), "") << cookie;
  }
  EXPECT_EQ(Cookie("big=" + std::string(4094, 'x')), "") << "browsers take 4096 bytes";
}

TEST_F(NotebookConfinement, AnAppCannotFillTheRequestsOfABrowser) {
  std::string many;
  for (int i = 0; i < 40; ++i)
    many += "Set-Cookie: c" + std::to_string(i) + "=" + std::string(1000, 'x') + "\r\n";
  const std::string set = All(Notebook(many).answer.head, "Set-Cookie");
  EXPECT_LE(set.size(), 20'000U);
  EXPECT_TRUE(set.starts_with("c0=xxx")) << "some are";
  // Those that the browser has already count; one that is replaced, or removed, does not.
  const std::string has =
      "Cookie: full=" + std::string(15'900, 'y') + "; old=" + std::string(400, 'z') + "\r\n";
  EXPECT_EQ(Cookie("more=" + std::string(500, 'x'), has), "");
  EXPECT_EQ(Cookie("old=" + std::string(400, 'w'), has),
            "old=" + std::string(400, 'w') + "; Path=/dsw-a/\n");
  EXPECT_EQ(Cookie("full=; Max-Age=0", has), "full=; Path=/dsw-a/; Max-Age=0\n");
}

TEST_F(ServiceConfinement, CookiesOfAServiceStayBelowItsName) {
  const auto cookie = [&](const std::string& value, const std::string& target = "foo/v1") {
    return All(Service("Set-Cookie: " + value + "\r\n", "", target).answer.head, "Set-Cookie");
  };
  EXPECT_EQ(cookie("session=abc; Path=/"), "session=abc; Path=/api/predict/foo/\n");
  EXPECT_EQ(cookie("session=abc; Path=/v1"), "session=abc; Path=/api/predict/foo/\n");
  EXPECT_EQ(cookie("session=abc", "foo"), "session=abc; Path=/api/predict/foo/\n");
  EXPECT_EQ(cookie("s=1; Path=/api/predict/foo/v1"), "s=1; Path=/api/predict/foo/v1\n");
  EXPECT_EQ(cookie("s=1; Path=/api/predict/foobar/"), "s=1; Path=/api/predict/foo/\n");
  EXPECT_EQ(cookie("__Host-s=1; Secure; Path=/"), "");
  EXPECT_EQ(cookie("atelier-dsw-a=1"), "");
}

TEST_F(NotebookConfinement, NeitherTrailersNorInterimAnswersCarryThem) {
  const auto ask = [&](const std::string& answer) {
    return Pass(world_.port(), upstream_,
                "GET /dsw-a/lab/ HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nTE: trailers\r\n" +
                    world_.Cookie("dsw-a", "201") + "\r\n",
                answer)
        .answer;
  };
  const RawResponse early =
      ask("HTTP/1.1 103 Early Hints\r\nSet-Cookie: a=b; Path=/\r\nClear-Site-Data: \"*\"\r\n\r\n" +
          Answer("X-Own: 1\r\n"));
  EXPECT_EQ(early.status, 200);
  EXPECT_EQ(early.head.find("Set-Cookie"), std::string::npos);
  EXPECT_EQ(All(early.head, "X-Own"), "1\n");
  const RawResponse trailed =
      ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Set-Cookie\r\n"
          "Connection: close\r\n\r\n2\r\nok\r\n0\r\nSet-Cookie: a=b; Path=/\r\n\r\n");
  EXPECT_EQ(trailed.status, 200);
  EXPECT_EQ(trailed.body, "ok");
  EXPECT_EQ(trailed.head.find("Trailer"), std::string::npos);
  EXPECT_EQ(trailed.head.find("Set-Cookie"), std::string::npos);
}

TEST_F(NotebookConfinement, HopByHopHeadersOfAnAnswerStayBehind) {
  const std::string head = Notebook(
                               "Connection: X-Hop, set-cookie\r\nConnection: X-Other\r\n"
                               "X-Hop: 1\r\nX-Other: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\n"
                               "Proxy-Authenticate: Basic\r\nProxy-Connection: close\r\n"
                               "Proxy-Authentication-Info: x\r\nTrailer: x\r\nUpgrade: h2c\r\n"
                               "HTTP2-Settings: x\r\nX-Kept: 1\r\nSet-Cookie: a=b\r\n")
                               .answer.head;
  for (const char* name :
       {"X-Hop", "X-Other", "Keep-Alive", "TE", "Proxy-", "Trailer", "Upgrade", "HTTP2-Settings"}) {
    EXPECT_EQ(head.find("\r\n" + std::string(name)), std::string::npos) << name << head;
  }
  EXPECT_EQ(All(head, "X-Kept"), "1\n");
  EXPECT_EQ(All(head, "Set-Cookie"), "a=b; Path=/dsw-a/\n") << "meant for the browser";
}

TEST_F(NotebookConfinement, HopByHopHeadersOfARequestStayBehindAndNoOthers) {
  EXPECT_EQ(Seen("Connection: close, X-Hop\r\nconnection: X-Other\r\nX-Hop: 1\r\nX-Other: 1\r\n"
                 "Keep-Alive: 5\r\nTE: trailers\r\nTrailer: x\r\nProxy-Connection: x\r\n"
                 "Proxy-Authorization: x\r\nProxy: http://evil\r\nHTTP2-Settings: x\r\n"
                 "Upgrade: TLS/1.0\r\nX-Kept: 1\r\n"),
            "X-Kept: 1\r\n");
  // What Connection names is not what protects.
  EXPECT_EQ(
      Seen("Connection: x-forwarded-for, x-forwarded-proto, authorization, host, cookie, "
           "origin, sec-fetch-site, content-type, content-length\r\n"
           "Origin: http://gate\r\nSec-Fetch-Site: same-origin\r\nContent-Type: text/plain\r\n"
           "Cookie: a=b\r\n"),
      "Origin: http://gate\r\nSec-Fetch-Site: same-origin\r\nContent-Type: text/plain\r\n"
      "Cookie: a=b\r\n");
}

// By hand: what authenticating proxies tell of a user, and what proxies tell of a client.
constexpr auto kOfProxies = std::to_array<std::string_view>({
    "X-Forwarded-User",
    "X-Forwarded-Email",
    "X-Forwarded-Groups",
    "X-Forwarded-Access-Token",
    "X-Forwarded-Preferred-Username",
    "X-Forwarded-Client-Cert",
    "X-Forwarded-Prefix",
    "X-Forwarded-Port",
    "X-Forwarded",
    "X-Remote-User",
    "X-Remote-Group",
    "X-Remote-Extra-a",
    "Remote-User",
    "Remote-Groups",
    "Remote-Email",
    "Remote-Name",
    "Remote-Addr",
    "X-Auth-Request-User",
    "X-Auth-Request-Email",
    "X-Authenticated-User",
    "X-WEBAUTH-USER",
    "X-User",
    "X-Username",
    "X-Email",
    "X-Client-Cert",
    "X-SSL-Client-Verify",
    "SSL-Client-Cert",
    "Impersonate-User",
    "Kubeflow-Userid",
    "X-Goog-Authenticated-User-Email",
    "X-Amzn-Oidc-Data",
    "Cf-Access-Jwt-Assertion",
    "Tailscale-User-Login",
    "X-Authentik-Username",
    "X-Pomerium-Claim-a",
    "X-Real-IP",
    "X-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Cluster-Client-IP",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Scheme",
    "X-Script-Name",
    "Forwarded",
    // Twins: many servers read "_" as "-".
    "X_Forwarded_For",
    "X-Forwarded_For",
    "X_Real_IP",
    "REMOTE_USER",
    "A_B",
    "x.y",
    "X~Y",
});

std::string OfProxies() {
  std::string lines;
  for (const std::string_view name : kOfProxies) lines += std::string(name) + ": root\r\n";
  return lines;
}

TEST_F(NotebookConfinement, AClientCannotSpeakForAProxy) {
  EXPECT_EQ(Seen(OfProxies() + "User-Agent: x\r\nX-XSRFToken: 1\r\nX-Request-Id: 1\r\n"),
            "User-Agent: x\r\nX-XSRFToken: 1\r\nX-Request-Id: 1\r\n");
}

TEST_F(ServiceConfinement, AClientCannotSpeakForAProxy) {
  const std::string seen = Service("", OfProxies() + "X-Request-Id: 1\r\n").request;
  EXPECT_EQ(seen,
            "GET /v1 HTTP/1.1\r\nHost: h\r\nX-Request-Id: 1\r\nX-Forwarded-For: 127.0.0.1\r\n"
            "X-Forwarded-Host: h\r\nX-Forwarded-Proto: http\r\n"
            "X-Forwarded-Prefix: /api/predict/foo\r\n\r\n");
}

TEST_F(NotebookConfinement, CookiesOfTheGatewayReachNoInstance) {
  const std::string tokens =
      "Cookie: a=1; atelier-dsw-b=other; atelier-dsw-b=twice;atelier-dsw-c=\"quoted; b=2\r\n"
      "Cookie: \"atelier-dsw-b=x\"; =atelier-dsw-b=x; Atelier-dsw-b=x; c=3, atelier-dsw-b=x\r\n"
      "cookie: d=\"x; atelier-dsw-b=x\"; e=5; atelier-dsw-b; nameless; =nameless\r\n";
  const std::string seen = Seen(tokens);
  EXPECT_EQ(seen.find("telier-dsw"), std::string::npos) << seen;
  EXPECT_EQ(seen, "Cookie: a=1; b=2; d=\"x; e=5\r\n");
}

TEST_F(NotebookConfinement, TheSessionOfABrowserReachesNoInstance) {
  const std::string seen = Seen(
      "Cookie: a=1; __Host-atelier=secret; atelier-session=secret; __HOST-ATELIER=secret\r\n"
      "Cookie: =__Host-atelier=secret; \"__Host-atelier=secret\"; b=2, __Host-atelier=secret\r\n");
  EXPECT_EQ(seen, "Cookie: a=1\r\n");
}

TEST_F(ServiceConfinement, CookiesOfTheGatewayReachNoService) {
  const std::string seen = Service("",
                                   "Cookie: a=1; atelier-dsw-b=x; atelier-dsw-b=\"y\"; "
                                   "__Host-atelier=z; atelier-session=z\r\n")
                               .request;
  EXPECT_EQ(All(seen, "Cookie"), "a=1\n");
}

}  // namespace
}  // namespace atelier::gateway
