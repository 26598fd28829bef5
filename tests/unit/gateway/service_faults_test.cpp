// What comes of a request when the replica, the client, or the way between them is at fault.
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "service_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::OpenDescriptors;
using test::RawClient;
using test::RawListener;
using test::RawResponse;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The test itself is the replica "raw".
class ServiceFaultsTest : public ServiceGatewayTest {
 protected:
  using ServiceGatewayTest::ServiceGatewayTest;

  void SetUp() override { PutReplica("raw", replica_.port()); }

  static std::string Get() { return Request("foo/x"); }
  static std::string Post() { return Request("foo/x", "secret", "POST", "[1]"); }

  /// The replica's side of the next connection, once it has the whole request.
  RawClient Accepted(const std::string& request) {
    RawClient peer = replica_.Accept();
    peer.ReadUntil(request.substr(request.find("\r\n\r\n")));
    return peer;
  }
  /// What a client gets when the replica answers so and closes.
  RawResponse AnsweredWith(const std::string& request, const std::string& bytes) {
    RawClient client(server_.port());
    client.Send(request);
    RawClient peer = Accepted(request);
    peer.Send(bytes);
    peer.Close();
    return client.Read();
  }
  bool NothingUnderWay() {
    return server_.io().Eventually(
        [&] { return gateway_->InFlight(model::InstanceId("easr-raw")) == 0; });
  }

  RawListener replica_;
};

TEST_F(ServiceFaultsTest, GarbageIsABadGatewayAndIsNotAskedForTwice) {
  const std::vector<std::string> garbage = {
      "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      std::string("\0\1\2\3\r\n\r\n", 8),
      "HTTP/1.1 abc OK\r\n\r\n",
      "HTTP/3.0 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'),
      // Nobody asked for another protocol.
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
  };
  for (const std::string& bytes : garbage) {
    for (const std::string& request : {Get(), Post()}) {
      const RawResponse got = AnsweredWith(request, bytes);
      EXPECT_EQ(got.status, 502) << bytes.substr(0, 60);
      EXPECT_NE(got.body.find("cannot be understood"), std::string::npos) << got.body;
    }
  }
  EXPECT_FALSE(replica_.Pending());
  EXPECT_TRUE(NothingUnderWay());
}

TEST_F(ServiceFaultsTest, AnswersThatClientsUnderstandAreNoGarbage) {
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 299; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  for (const std::string& head :
       {std::string("HTTP/1.1 200\r\n"), std::string("HTTP/1.1 200 \xe6\x88\x90\r\nA: b\r\n c\r\n"),
        std::string("HTTP/1.0 200 OK\nServer: small\n"), many}) {
    const RawResponse got = AnsweredWith(Get(), head + "Content-Length: 2\r\n\r\nok");
    EXPECT_EQ(got.status, 200) << head.substr(0, 60);
    EXPECT_EQ(got.body, "ok");
    EXPECT_TRUE(got.head.starts_with("HTTP/1.1 200 OK\r\n")) << got.head.substr(0, 60);
    EXPECT_EQ(got.Header("X-298"), head == many ? "y" : "");
  }
}

TEST_F(ServiceFaultsTest, InterimAnswersWithoutEndAreGarbage) {
  std::string many;
  for (int i = 0; i < 20; ++i) many += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_EQ(AnsweredWith(Post(), many + kOk).status, 502);
  EXPECT_EQ(AnsweredWith(Post(), "HTTP/1.1 102 Processing\r\n\r\n" + kOk).body, "ok");
}

TEST_F(ServiceFaultsTest, WhatWasSentIsNotSentToAnother) {
  for (const std::string bytes : {"", "HTTP/1.1 200 OK\r\nContent-Le"}) {
    const RawResponse got = AnsweredWith(Post(), bytes);
    EXPECT_EQ(got.status, 502);
    EXPECT_NE(got.body.find("may have acted"), std::string::npos) << got.body;
  }
  RawClient client(server_.port());
  client.Send(Post());
  RawClient peer = Accepted(Post());
  PutReplica("a", a_.port());
  peer.Close();
  EXPECT_EQ(client.Read().status, 502);
  EXPECT_EQ(a_.arrived(), 0);
}

TEST_F(ServiceFaultsTest, WhatChangesNothingIsGivenToAnother) {
  RawClient client(server_.port());
  client.Send(Get());
  RawClient peer = Accepted(Get());
  PutReplica("a", a_.port());
  peer.Close();
  EXPECT_EQ(client.Read().body, "a GET /x ");
}

TEST_F(ServiceFaultsTest, WhatCouldNotBeSentIsGivenToAnotherWhateverItIs) {
  std::uint16_t nobody = 0;
  {
    const RawListener gone;
    nobody = gone.port();
  }
  PutReplica("raw", nobody);
  PutReplica("gone", nobody);
  PutReplica("a", a_.port());
  const std::string large(1'000'000, 'x');
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ask("foo/x", "secret", "POST", "[1]").body, "a POST /x [1]");
    EXPECT_EQ(Ask("foo/x", "secret", "POST", large).body, "a POST /x " + large);
  }
  PutReplica("a", nobody);
  const RawResponse got = Ask("foo/x", "secret", "POST", "[1]");
  EXPECT_EQ(got.status, 502);
  EXPECT_NE(got.body.find("Nothing was done"), std::string::npos) << got.body;
}

TEST_F(ServiceFaultsTest, AConnectionThatTheReplicaClosedAtRestIsNotUsedAgain) {
  for (int i = 0; i < 3; ++i) {
    RawClient client(server_.port());
    client.Send(Post());
    RawClient peer = Accepted(Post());  // a fresh one each time
    peer.Send(kOk);
    EXPECT_EQ(client.Read().body, "ok");
    peer.Close();
  }
}

TEST_F(ServiceFaultsTest, AnAnswerThatBreaksOffIsCutNotEnded) {
  struct Case {
    std::string sent;
    std::string seen;   // the last of it
    std::string whole;  // what would end it
  };
  for (const Case& one :
       {Case{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "abc", "abcdefghij"},
        Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "abc\r\n",
             "0\r\n\r\n"}}) {
    RawClient client(server_.port());
    client.Send(Get());
    RawClient peer = Accepted(Get());
    peer.Send(one.sent);
    std::string got = client.ReadUntil(one.seen);
    peer.Close();
    got += client.ReadAll();
    EXPECT_TRUE(got.starts_with("HTTP/1.1 200")) << got;
    EXPECT_FALSE(got.ends_with(one.whole)) << got;
  }
  EXPECT_TRUE(NothingUnderWay());
}

TEST_F(ServiceFaultsTest, EventsReachTheClientOneByOne) {
  RawClient client(server_.port());
  client.Send(Get());
  RawClient peer = Accepted(Get());
  // Neither side does anything before the other has what it sent: nothing may be held back.
  peer.Send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
  EXPECT_NE(client.ReadUntil("\r\n\r\n").find("text/event-stream"), std::string::npos);
  for (const std::string event : {"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"}) {
    peer.Send(event);
    EXPECT_EQ(client.ReadUntil(event + "\r\n"), "9\r\n" + event + "\r\n");
  }
  peer.Close();
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(ServiceFaultsTest, ASlowClientHoldsNoPlace) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],"metadata":{"rpc":{"worker_threads":1}}})");
  const std::string request = Post();
  RawClient slow(server_.port());
  slow.Send(request.substr(0, request.size() - 3));
  RawClient other(server_.port());
  other.Send(Post());
  RawClient peer = Accepted(Post());
  peer.Send(kOk);
  EXPECT_EQ(other.Read().body, "ok");
  slow.Send("[1]");
  peer.ReadUntil("[1]");  // on the connection that was kept
  peer.Send(kOk);
  EXPECT_EQ(slow.Read().body, "ok");
}

TEST_F(ServiceFaultsTest, AClientThatVanishedLeavesNothingBehind) {
  RawClient client(server_.port());
  client.Send(Get());
  RawClient peer = Accepted(Get());
  client.Reset();
  peer.Send(kOk);
  EXPECT_TRUE(NothingUnderWay());
  EXPECT_TRUE(server_.io().Eventually([&] { return server_.server().connections() == 0; }));
}

TEST_F(ServiceFaultsTest, WebSocketsOfKilledReplicasGiveTheirDescriptorsBack) {
  constexpr int kSockets = 200;
  const std::string request =
      "GET /api/predict/foo/ws HTTP/1.1\r\nHost: h\r\nAuthorization: secret\r\n"
      "Connection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const std::size_t before = OpenDescriptors();
  for (const bool reset : {false, true}) {
    std::vector<RawClient> clients;
    std::vector<RawClient> peers;
    for (int i = 0; i < kSockets; ++i) {
      clients.emplace_back(server_.port()).Send(request);
      peers.push_back(Accepted(request));
      peers.back().Send(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
      ASSERT_EQ(clients.back().Read().status, 101);
    }
    for (RawClient& peer : peers) reset ? peer.Reset() : peer.Close();
    for (RawClient& client : clients) EXPECT_EQ(client.ReadAll(), "");
    clients.clear();
    EXPECT_TRUE(NothingUnderWay());
    EXPECT_TRUE(server_.io().Eventually([&] { return OpenDescriptors() <= before; }));
  }
}

/// With limits that a test can wait for.
class ServicePatienceTest : public ServiceFaultsTest {
 protected:
  ServicePatienceTest()
      : ServiceFaultsTest({.upstream_timeout = Duration(500)},
                          {.body_timeout = Duration(500), .write_timeout = Duration(500)}) {}
};

TEST_F(ServicePatienceTest, AReplicaThatDoesNotAnswerIsGivenUp) {
  for (const std::string& request : {Get(), Post()}) {
    RawClient client(server_.port());
    client.Send(request);
    RawClient peer = Accepted(request);
    EXPECT_EQ(client.Read().status, 504);
    EXPECT_EQ(peer.ReadAll(), "") << "its connection is not used again";
  }
  EXPECT_FALSE(replica_.Pending()) << "nor is it asked twice";
  EXPECT_TRUE(NothingUnderWay());
}

TEST_F(ServicePatienceTest, AnAnswerThatStopsHalfwayIsCut) {
  RawClient client(server_.port());
  client.Send(Get());
  RawClient peer = Accepted(Get());
  peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(client.ReadAll().ends_with("\r\n\r\nabc"));
  EXPECT_TRUE(NothingUnderWay());
}

TEST_F(ServicePatienceTest, ABodyThatDoesNotComeIsTheClientsFault) {
  RawClient client(server_.port());
  const std::string request = Post();
  client.Send(request.substr(0, request.size() - 3));
  const RawResponse got = client.Read();
  EXPECT_EQ(got.status, 408);
  EXPECT_NE(got.body.find("took too long to arrive"), std::string::npos) << got.body;
  EXPECT_FALSE(replica_.Pending()) << "the replica never heard of it";
}

TEST_F(ServicePatienceTest, ABodyThatStopsHalfwayEndsTheRequestAtTheReplica) {
  const std::string request = Request("foo/x", "secret", "POST", std::string(100'000, 'x'));
  RawClient client(server_.port());
  client.Send(request.substr(0, request.size() - 50'000));
  RawClient peer = replica_.Accept();
  EXPECT_EQ(client.Read().status, 408);
  EXPECT_LT(peer.ReadAll().size(), request.size());
  EXPECT_TRUE(NothingUnderWay());
}

TEST_F(ServicePatienceTest, AClientThatDoesNotReadCostsSocketBuffersAndNoMemory) {
  constexpr std::size_t kMax = 64U << 20U;
  RawClient client(server_.port());
  client.Send(Get());
  RawClient peer = Accepted(Get());
  peer.Send("HTTP/1.1 200 OK\r\n\r\n");
  const std::string piece(1U << 16U, 'x');
  std::size_t taken = 0;
  while (taken < kMax && peer.Send(piece)) taken += piece.size();
  EXPECT_LT(taken, kMax) << "it was held back, then cut off";
  EXPECT_TRUE(NothingUnderWay());
}

}  // namespace
}  // namespace atelier::gateway
