#include "http/server.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/http_fixture.h"
#include "support/http_raw.h"

namespace atelier::http {
namespace {

using test::RawClient;
using test::RawResponse;
using test::TestServer;

constexpr std::size_t kBodyLimit = 1U << 20U;

/// Answers with the request as it understood it.
Task<void> Echo(Exchange& exchange) {
  const auto body = co_await exchange.ReadBody(kBodyLimit);
  Response response;
  if (!body) {
    response.status = body.error().code() == Code::kResourceExhausted ? 413 : 400;
    response.body = std::string(ToString(body.error().code()));
  } else {
    response.body = exchange.head().method + " " + exchange.head().target + "\n";
    for (const auto& [name, value] : exchange.head().headers.entries()) {
      response.body.append(name).append("=").append(value).append("\n");
    }
    response.body += *body;
  }
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

TEST(Server, RequestReachesTheHandlerByteForByte) {
  TestServer server(Echo);
  RawClient client(server.port());
  const RawResponse got = client.Ask(
      "GET //a/../b%2fc?Z=1&a=%20+&&x HTTP/1.1\r\nHost: http://127.0.0.1:1\r\nX-Acs-B: 2\r\n"
      "x-acs-a: 1\r\n\r\n");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body,
            "GET //a/../b%2fc?Z=1&a=%20+&&x\nHost=http://127.0.0.1:1\nX-Acs-B=2\nx-acs-a=1\n");
  EXPECT_EQ(got.Header("Content-Length"), std::to_string(got.body.size()));
  EXPECT_TRUE(got.Header("Date").ends_with(" GMT"));
}

Task<void> AnswerInSpare(Exchange& exchange, std::vector<std::size_t>& capacities) {
  Response response = exchange.Spare();
  capacities.push_back(response.body.capacity());
  if (!response.body.empty() || !response.headers.entries().empty()) response.body = "NOT EMPTY ";
  response.headers.AddCopy("X-Own", "of this answer");
  response.body.append(exchange.head().path() == "/long" ? 5000 : 5, 'x');
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

TEST(Server, ASpareAnswerIsEmptyAndHasTheMemoryOfAnEarlierOne) {
  if (test::TestLoops() > 0) GTEST_SKIP() << "on another loop there is none for handlers";
  std::vector<std::size_t> capacities;  // written before the answer that a client waits for
  TestServer server([&](Exchange& exchange) { return AnswerInSpare(exchange, capacities); });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask("GET /long HTTP/1.1\r\nHost: a\r\n\r\n").body, std::string(5000, 'x'));
  EXPECT_EQ(client.Ask("GET /short HTTP/1.1\r\nHost: a\r\n\r\n").body, "xxxxx");
  RawClient other(server.port());
  EXPECT_EQ(other.Ask("GET /short HTTP/1.1\r\nHost: a\r\n\r\n").body, "xxxxx");
  ASSERT_EQ(capacities.size(), 3U);
  EXPECT_GE(capacities[1], 5000U);
  EXPECT_GE(capacities[2], 5000U);
}

TEST(Server, RequestsMayArriveByteByByte) {
  TestServer server(Echo);
  RawClient client(server.port());
  const std::string request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  for (int round = 0; round < 2; ++round) {
    for (const char byte : request) client.Send({&byte, 1});
    EXPECT_EQ(client.Read().body, "POST /x\nHost=a\nContent-Length=5\nhello");
  }
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  TestServer server(Echo);
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 500; ++i) {
    all += i % 2 == 0 ? "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n"
                      : "POST /" + std::to_string(i) +
                            " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\n";
  }
  client.Send(all);
  for (int i = 0; i < 500; ++i) {
    const RawResponse got = client.Read();
    ASSERT_EQ(got.status, 200);
    const std::string line = (i % 2 == 0 ? "GET /" : "POST /") + std::to_string(i) + "\n";
    ASSERT_TRUE(got.body.starts_with(line)) << got.body;
  }
}

TEST(Server, ChunkedBodiesAreRead) {
  TestServer server(Echo);
  RawClient client(server.port());
  const RawResponse got = client.Ask(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5\r\npedia\r\n"
      "0\r\n\r\n");
  EXPECT_TRUE(got.body.ends_with("\nWikipedia")) << got.body;
  EXPECT_EQ(client.Ask("GET /next HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

TEST(Server, BrokenChunksAreInvalidAndEndTheConnection) {
  TestServer server(Echo);
  RawClient client(server.port());
  const RawResponse got =
      client.Ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.body, "InvalidArgument");
  EXPECT_EQ(got.Header("Connection"), "close");
  EXPECT_EQ(client.ReadAll(), "");
}

TEST(Server, WhatIsNotARequestIsRefusedInTheHandlersWords) {
  TestServer server(Echo);
  for (const char* text : {"\r\nnonsense\r\n\r\n", "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
    RawClient client(server.port());
    const RawResponse got = client.Ask(text);
    EXPECT_EQ(got.status, 400) << text;
    EXPECT_EQ(got.body, R"({"Code":"InvalidArgument"})");
    EXPECT_EQ(client.ReadAll(), "");
  }
}

TEST(Server, ClientThatWaitsForContinueGetsItWhenTheBodyIsWanted) {
  TestServer server(Echo);
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100);
  client.Send("hi");
  EXPECT_EQ(client.Read().status, 200);
}

TEST(Server, ClientThatWaitsForContinueIsRefusedWithoutIt) {
  TestServer server([](Exchange& exchange) -> Task<void> {
    [[maybe_unused]] const Status sent =
        co_await exchange.Send({.status = 403, .headers = {}, .body = "{}"});
  });
  RawClient client(server.port());
  const RawResponse got =
      client.Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(got.status, 403);
  EXPECT_EQ(got.Header("Connection"), "close");
}

TEST(Server, OversizedBodyGetsItsAnswerAlthoughTheClientKeepsSending) {
  TestServer server(Echo);
  for (const char* framing :
       {"Content-Length: 3000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n2dc6c0\r\n"}) {
    RawClient client(server.port());
    client.Send("POST / HTTP/1.1\r\nHost: a\r\n" + std::string(framing));
    client.Send(std::string(1'500'000, 'x'));
    const RawResponse got = client.Read();
    EXPECT_EQ(got.status, 413);
    EXPECT_EQ(got.Header("Connection"), "close");
  }
}

TEST(Server, UnreadBodyThatIsThereDoesNotCostTheConnection) {
  TestServer server([](Exchange& exchange) -> Task<void> {
    [[maybe_unused]] const Status sent =
        co_await exchange.Send({.status = 404, .headers = {}, .body = "{}"});
  });
  RawClient client(server.port());
  const std::string request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  EXPECT_EQ(client.Ask(request).status, 404);
  EXPECT_EQ(client.Ask(request).status, 404);
}

TEST(Server, HeadIsAnsweredWithoutABody) {
  TestServer server(Echo);
  RawClient client(server.port());
  const RawResponse head = client.Ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("Content-Length"), "14");  // "HEAD /\nHost=a\n"
  EXPECT_EQ(client.Ask("GET /after HTTP/1.1\r\nHost: a\r\n\r\n").body, "GET /after\nHost=a\n");
}

TEST(Server, OlderClientsAndThoseThatAskAreClosed) {
  TestServer server(Echo);
  for (const char* text :
       {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
    RawClient client(server.port());
    const RawResponse got = client.Ask(text);
    EXPECT_EQ(got.status, 200) << text;
    EXPECT_EQ(got.Header("Connection"), "close") << text;
    EXPECT_EQ(client.ReadAll(), "");
  }
}

TEST(Server, HandlerThatForgetsToAnswerCostsItsConnectionOnly) {
  TestServer server([](Exchange&) -> Task<void> { co_return; });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 0);
  RawClient other(server.port());
  EXPECT_EQ(other.Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 0);
}

Task<void> AnswerTwice(Exchange& exchange, Code& second) {
  [[maybe_unused]] const Status first = co_await exchange.Send({});
  const Status again = co_await exchange.Send({});
  second = again ? Code::kCancelled : again.error().code();
}

TEST(Server, SecondAnswerIsAnErrorOfTheHandler) {
  Code second = Code::kCancelled;
  TestServer server([&](Exchange& exchange) { return AnswerTwice(exchange, second); });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  EXPECT_EQ(client.Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  server.Stop(Duration(1000));
  EXPECT_EQ(second, Code::kInternal);
}

TEST(Server, HeaderValuesCannotBreakTheHead) {
  TestServer server([](Exchange& exchange) -> Task<void> {
    Response response;
    response.headers.Add("X-Echo", "a\r\nX-Evil: 1\r\n\r\nbody");
    response.headers.Add("Content-Length", "999");
    response.headers.Add("Connection", "upgrade");
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
  });
  RawClient client(server.port());
  const RawResponse got = client.Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(got.Header("X-Evil"), "");
  EXPECT_EQ(got.Header("Content-Length"), "0");
  EXPECT_EQ(got.Header("Connection"), "");
}

TEST(Server, PeerAddressIsTheSockets) {
  TestServer server([](Exchange& exchange) -> Task<void> {
    Response response;
    response.body = exchange.head().source_ip + (exchange.head().tls ? " tls" : " plain");
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
  });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n").body,
            "127.0.0.1 plain");
}

// Streaming.

Task<void> StreamEcho(Exchange& exchange) {
  ResponseHead head;
  if (exchange.head().path() == "/sized") head.headers.Add("Content-Length", "5");
  if (const Status begun = co_await exchange.Begin(std::move(head)); !begun) co_return;
  std::array<char, 8> piece;
  while (true) {
    const auto size = co_await exchange.ReadSome(piece);
    if (!size) co_return;
    if (*size == 0) break;
    if (const Status sent = co_await exchange.WriteSome({piece.data(), *size}); !sent) co_return;
  }
  [[maybe_unused]] const Status finished = co_await exchange.Finish();
}

TEST(ServerStreams, AnswerGoesOutWhileTheRequestComesIn) {
  TestServer server(StreamEcho);
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  std::string seen;
  while (seen.find("3\r\nabc\r\n") == std::string::npos) seen += client.ReadSome();
  client.Send("2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(client.ReadExactly(12), "2\r\nde\r\n0\r\n\r\n");
}

TEST(ServerStreams, ContentLengthOfTheHandlerIsKept) {
  TestServer server(StreamEcho);
  RawClient client(server.port());
  const RawResponse got =
      client.Ask("POST /sized HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(got.Header("Content-Length"), "5");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(client.Ask("POST /sized HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nworld").body,
            "world");
}

TEST(ServerStreams, NeverMoreThanTheContentLengthSays) {
  TestServer server(StreamEcho);
  RawClient client(server.port());
  EXPECT_EQ(client.Ask("POST /sized HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\nhello!!").body,
            "hello");
}

TEST(ServerStreams, ShortAnswerIsCutSoThatTheClientNotices) {
  TestServer server(StreamEcho);
  RawClient client(server.port());
  client.Send("POST /sized HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  const std::string all = client.ReadAll();
  EXPECT_TRUE(all.ends_with("\r\n\r\nabc")) << all;
}

TEST(ServerStreams, OlderClientsGetTheBodyUpToTheEndOfTheConnection) {
  TestServer server(StreamEcho);
  RawClient client(server.port());
  const RawResponse got = client.Ask("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(got.Header("Transfer-Encoding"), "");
  EXPECT_EQ(got.body, "hello");
}

TEST(ServerStreams, UpgradeHandsOverTheBytesWithWhatWasReadAhead) {
  TestServer server([](Exchange& exchange) -> Task<void> {
    ResponseHead head{.status = 101, .headers = {}};
    head.headers.Add("Connection", "Upgrade");
    head.headers.Add("Upgrade", "echo");
    auto stream = co_await exchange.Upgrade(std::move(head));
    if (!stream) co_return;
    const Deadline by = SystemClock().In(Duration(5000));
    std::array<char, 16> piece;
    while (true) {
      const auto size = co_await (*stream)->Read(piece, by);
      if (!size || *size == 0) co_return;
      if (const Status sent = co_await (*stream)->Write({piece.data(), *size}, by); !sent)
        co_return;
    }
  });
  RawClient client(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
  const RawResponse got = client.Read();
  EXPECT_EQ(got.status, 101);
  EXPECT_EQ(got.Header("Upgrade"), "echo");
  EXPECT_EQ(client.ReadExactly(5), "early");
  client.Send("late");
  EXPECT_EQ(client.ReadExactly(4), "late");
  client.ShutdownWrite();
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_TRUE(server.io().Eventually([&] { return server.server().connections() == 0; }));
}

}  // namespace
}  // namespace atelier::http
