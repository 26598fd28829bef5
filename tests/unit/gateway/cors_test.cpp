// Which pages of other origins may call a service, and read its answers: all, with the token.
#include <string>
#include <thread>
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

const std::string kAsks =
    "Origin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n"
    "Access-Control-Request-Headers: authorization,content-type\r\n";

std::string Options(const std::string& path, const std::string& headers) {
  return "OPTIONS " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

/// How often a header is there.
int Count(const RawResponse& answer, const std::string& name) {
  int times = 0;
  for (std::size_t at = 0; (at = answer.head.find("\r\n" + name + ":", at)) != std::string::npos;
       ++at) {
    ++times;
  }
  return times;
}

void ExpectReadable(const RawResponse& answer) {
  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "*") << answer.head;
  EXPECT_EQ(answer.Header("Access-Control-Expose-Headers"), "*") << answer.head;
  EXPECT_EQ(Count(answer, "Access-Control-Allow-Origin"), 1) << answer.head;
  EXPECT_EQ(Count(answer, "Access-Control-Allow-Credentials"), 0) << answer.head;
}

class CorsTest : public ServiceGatewayTest {
 protected:
  RawResponse Send(const std::string& request) { return RawClient(server_.port()).Ask(request); }
  /// The answer to a preflight has no body.
  RawResponse Preflight(const std::string& path, const std::string& headers) {
    RawClient client(server_.port());
    client.Send(Options(path, headers));
    return client.Read(true);
  }
};

TEST_F(CorsTest, APreflightIsAnsweredWithoutTheToken) {
  PutReplica("a", a_.port());
  const RawResponse answer = Preflight("/api/predict/foo/v1", kAsks);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.Header("Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(answer.Header("Access-Control-Allow-Headers"), "authorization,content-type");
  EXPECT_EQ(answer.Header("Access-Control-Max-Age"), "7200");
  EXPECT_EQ(Count(answer, "Access-Control-Allow-Credentials"), 0);
  EXPECT_EQ(a_.arrived(), 0);
  // Without headers to ask for: none are named.
  const RawResponse simple = Preflight(
      "/api/predict/foo", "Origin: https://x\r\nAccess-Control-Request-Method: DELETE\r\n");
  EXPECT_EQ(simple.Header("Access-Control-Allow-Methods"), "DELETE");
  EXPECT_EQ(Count(simple, "Access-Control-Allow-Headers"), 0);
}

TEST_F(CorsTest, APreflightTellsNothingOfTheServices) {
  const auto told = [&](const std::string& name) {
    RawResponse answer = Preflight("/api/predict/" + name, kAsks);
    for (const char* own : {"x-acs-request-id", "Date"}) {  // of each answer
      const std::size_t at = answer.head.find(own);
      if (at != std::string::npos) answer.head.erase(at, answer.head.find("\r\n", at) - at);
    }
    return answer.head;
  };
  const std::string of_none = told("nobody");
  EXPECT_TRUE(of_none.starts_with("HTTP/1.1 204")) << of_none;
  EXPECT_EQ(told("foo"), of_none);  // no replica is ready
  PutReplica("a", a_.port());
  EXPECT_EQ(told("foo"), of_none);
}

TEST_F(CorsTest, WhatIsNoPreflightNeedsTheToken) {
  PutReplica("a", a_.port());
  const std::string path = "/api/predict/foo";
  EXPECT_EQ(Send(Options(path, "")).status, 401);
  EXPECT_EQ(Send(Options(path, "Origin: https://x\r\n")).status, 401);
  EXPECT_EQ(Send(Options(path, "Access-Control-Request-Method: POST\r\n")).status, 401);
  EXPECT_EQ(Send(Options(path, kAsks + "Authorization: wrong\r\n")).status, 401);
  EXPECT_EQ(Send("GET /api/predict/foo HTTP/1.1\r\nHost: h\r\n" + kAsks + "\r\n").status, 401);
  EXPECT_EQ(a_.arrived(), 0);
  // Of no browser: for the service.
  EXPECT_EQ(Send(Options(path, kAsks + "Authorization: secret\r\n")).body, "a OPTIONS / ");
}

TEST_F(CorsTest, PagesCanReadWhyTheyWereRefused) {
  ExpectReadable(Ask("foo", "wrong"));
  const RawResponse none = Ask("foo");
  EXPECT_EQ(none.status, 503);
  ExpectReadable(none);
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":0}}})");
  PutReplica("a", a_.port());
  std::thread first([&] { Ask("foo/hold"); });
  ASSERT_TRUE(server_.io().Eventually([&] { return a_.arrived() == 1; }));
  const RawResponse full = Ask("foo");
  a_.LetGo();
  first.join();
  EXPECT_EQ(full.status, 450);
  ExpectReadable(full);
  Put(R"({"name":"foo","containers":[{"script":"x"}],"metadata":{"rpc":{"rate_limit":1}}})");
  RawResponse limited = Ask("foo");
  while (limited.status == 200) limited = Ask("foo");
  EXPECT_EQ(limited.status, 429);
  ExpectReadable(limited);
  const RawResponse dropped = Ask("foo/drop", "secret", "POST", "x");
  ExpectReadable(dropped);
}

/// The test itself is the replica.
class CorsOfServicesTest : public CorsTest {
 protected:
  CorsOfServicesTest() { PutReplica("a", replica_.port()); }
  RawResponse Answered(const std::string& headers) {
    RawClient client(server_.port());
    client.Send(Request("foo"));
    RawClient peer = replica_.Accept();
    peer.ReadSome();
    peer.Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n" + headers + "\r\nok");
    return client.Read();
  }
  RawListener replica_;
};

TEST_F(CorsOfServicesTest, OneThatSaysNothingLetsAllRead) { ExpectReadable(Answered("X: 1\r\n")); }

TEST_F(CorsOfServicesTest, OneThatSaysWhoMayIsLeftAlone) {
  const RawResponse answer = Answered(
      "access-control-allow-origin: https://app.example\r\n"
      "Access-Control-Allow-Credentials: true\r\nVary: Origin\r\n");
  EXPECT_EQ(answer.Header("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(Count(answer, "Access-Control-Allow-Origin"), 0);
  EXPECT_EQ(Count(answer, "Access-Control-Expose-Headers"), 0);
  EXPECT_EQ(answer.Header("Vary"), "Origin");
  const RawResponse exposed = Answered("Access-Control-Expose-Headers: X-Tokens\r\n");
  EXPECT_EQ(exposed.Header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(exposed.Header("Access-Control-Expose-Headers"), "X-Tokens");
}

// Notebooks are opened by a cookie, which a browser sends whoever wrote the page.
TEST(CorsOfNotebooks, ThereIsNone) {
  const RawListener upstream;
  GatewayWorld world(upstream.port());
  for (const std::string& headers : {kAsks, kAsks + world.Cookie("dsw-b", "201")}) {
    const RawResponse answer = RawClient(world.port()).Ask(Options("/dsw-a/lab/", headers));
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.head.find("Access-Control-"), std::string::npos) << answer.head;
  }
  EXPECT_FALSE(upstream.Pending());
}

}  // namespace
}  // namespace atelier::gateway
