// A client that gave up: whatever its request waits for at that moment, nothing goes on working for
// it, and its place is free at once.
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/raii.h"
#include "gateway_world.h"
#include "service_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawListener;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The ways to leave, each of which shows differently.
enum class Way { kClose, kReset, kHalf };
constexpr Way kWays[] = {Way::kClose, Way::kReset, Way::kHalf};

void Leave(RawClient& client, Way way) {
  if (way == Way::kClose) client.Close();
  if (way == Way::kReset) client.Reset();
  if (way == Way::kHalf) client.ShutdownWrite();
}

/// The test itself is the replica "raw", which has one place and no queue.
class GivenUpTest : public ServiceGatewayTest {
 protected:
  void SetUp() override {
    Put(R"({"name":"foo","containers":[{"script":"x"}],
            "metadata":{"rpc":{"worker_threads":1,"max_queue_size":0}}})");
    PutReplica("raw", replica_.port());
  }
  /// The replica's side of the next connection, once it has all of the request.
  RawClient Accepted(const std::string& request) {
    RawClient peer = replica_.Accept();
    peer.ReadUntil(request.substr(request.find("\r\n\r\n")));
    return peer;
  }
  bool NothingUnderWay() {
    return server_.io().Eventually(
        [&] { return gateway_->InFlight(model::InstanceId("easr-raw")) == 0; });
  }
  std::vector<std::string> Requests() {
    return {Request("foo/x"), Request("foo/x", "secret", "POST", "[1]"),
            Request("foo/x", "secret", "POST", std::string(100'000, 'x'))};
  }

  RawListener replica_;
};

TEST_F(GivenUpTest, TheReplicaLearnsOfItBeforeItsAnswerAndThePlaceIsFree) {
  for (const std::string& request : Requests()) {
    for (const Way way : kWays) {
      RawClient client(server_.port());
      client.Send(request);
      RawClient peer = Accepted(request);
      Leave(client, way);
      EXPECT_EQ(peer.ReadAll(), "") << "its connection has ended";
      EXPECT_TRUE(NothingUnderWay());
      EXPECT_EQ(way == Way::kHalf ? client.ReadAll() : "", "") << "there is no answer";
    }
  }
  RawClient next(server_.port());
  next.Send(Request("foo/x"));
  Accepted(Request("foo/x")).Send(kOk);
  EXPECT_EQ(next.Read().body, "ok");
  const std::string page = server_.io().Call([&] {
    std::string out;
    gateway_->AppendMetrics(out);
    return out;
  });
  EXPECT_NE(page.find(R"(atelier_service_requests_total{service="foo",class="client_gone"} 9)"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find(R"(atelier_service_request_seconds_count{service="foo"} 1)"),
            std::string::npos);
}

TEST_F(GivenUpTest, TheReplicaLearnsOfItBetweenTwoPieces) {
  for (const std::string& request : Requests()) {
    for (const Way way : kWays) {
      RawClient client(server_.port());
      client.Send(request);
      RawClient peer = Accepted(request);
      peer.Send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
      EXPECT_TRUE(client.ReadUntil("data: 1\n\n\r\n").ends_with("data: 1\n\n\r\n"));
      Leave(client, way);
      EXPECT_EQ(peer.ReadAll(), "");
      EXPECT_TRUE(NothingUnderWay());
    }
  }
}

TEST_F(GivenUpTest, AWebSocketThatIsNotYetOpenToo) {
  const std::string request =
      "GET /api/predict/foo/ws HTTP/1.1\r\nHost: h\r\nAuthorization: secret\r\n"
      "Connection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  RawClient client(server_.port());
  client.Send(request);
  RawClient peer = Accepted(request);
  client.Close();
  EXPECT_EQ(peer.ReadAll(), "");
  EXPECT_TRUE(NothingUnderWay());
}

TEST_F(GivenUpTest, AReplicaThatTakesNoMoreOfABodyIsLeft) {
  UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = test::Loopback(server_.port());
  ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string request = Request("foo/x", "secret", "POST", std::string(64U << 20U, 'x'));
  std::size_t sent = 0;
  const auto send_some = [&] {
    const auto size = ::send(client.get(), request.data() + sent, request.size() - sent,
                             MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0) sent += static_cast<std::size_t>(size);
    return size > 0;
  };
  ASSERT_TRUE(send_some());
  const RawClient peer = replica_.Accept();  // reads nothing
  // Until every buffer on the way is full.
  pollfd more{.fd = client.get(), .events = POLLOUT, .revents = 0};
  while (::poll(&more, 1, 300) == 1) ASSERT_TRUE(send_some());
  ASSERT_LT(sent, request.size());
  EXPECT_EQ(InFlight("raw"), 1);
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  client.Reset();
  EXPECT_TRUE(NothingUnderWay());
}

TEST_F(GivenUpTest, AReplicaThatDoesNotAcceptIsLeft) {
  // One that listens, and whose queue of connections is full.
  const UniqueFd deaf(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = test::Loopback(0);
  socklen_t size = sizeof address;
  auto* where = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(deaf.get(), where, size), 0);
  ASSERT_EQ(::listen(deaf.get(), 0), 0);
  ASSERT_EQ(::getsockname(deaf.get(), where, &size), 0);
  std::vector<UniqueFd> queued;
  for (int i = 0; i < 4; ++i) {
    queued.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(queued.back().get(), where, size) != 0) ASSERT_EQ(errno, EINPROGRESS);
  }
  PutReplica("raw", ntohs(address.sin_port));
  RawClient client(server_.port());
  client.Send(Request("foo/x"));
  ASSERT_TRUE(server_.io().Eventually(
      [&] { return gateway_->InFlight(model::InstanceId("easr-raw")) == 1; }));
  client.Close();
  EXPECT_TRUE(NothingUnderWay());
}

TEST_F(GivenUpTest, AmongThoseWhoWaitItsPlaceIsFreeToo) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":1}}})");
  const std::string request = Request("foo/x");
  RawClient first(server_.port());
  first.Send(request);
  RawClient peer = Accepted(request);
  for (const Way way : kWays) {
    RawClient second(server_.port());
    second.Send(request);
    ASSERT_TRUE(server_.io().Eventually(
        [&] { return gateway_->TrafficOf(model::ServiceId("eas-m-foo")).waiting == 1; }));
    Leave(second, way);
    EXPECT_TRUE(server_.io().Eventually(
        [&] { return gateway_->TrafficOf(model::ServiceId("eas-m-foo")).waiting == 0; }));
  }
  RawClient third(server_.port());
  third.Send(request);
  ASSERT_TRUE(server_.io().Eventually(
      [&] { return gateway_->TrafficOf(model::ServiceId("eas-m-foo")).waiting == 1; }));
  peer.Send(kOk);
  EXPECT_EQ(first.Read().body, "ok");
  peer.ReadUntil("\r\n\r\n");  // the third's turn, on the connection that was kept
  peer.Send(kOk);
  EXPECT_EQ(third.Read().body, "ok");
}

TEST_F(GivenUpTest, AmongThoseForWhomAReplicaIsStartedToo) {
  model::AutoScaler to_zero;
  to_zero.min = 0;
  to_zero.max = 1;
  Put(R"({"name":"foo","containers":[{"script":"x"}],"metadata":{"rpc":{"max_queue_size":1}}})",
      to_zero);
  PutReplica("raw", replica_.port(), [](model::Replica& replica) { replica.ready = false; });
  for (int i = 1; i <= 3; ++i) {
    RawClient client(server_.port());
    client.Send(Request("foo/x", "secret", "POST", "[1]"));
    while (wanted_ < i) std::this_thread::yield();
    client.Close();
    EXPECT_TRUE(server_.io().Eventually(
        [&] { return gateway_->TrafficOf(model::ServiceId("eas-m-foo")).waiting == 0; }));
  }
  EXPECT_FALSE(replica_.Pending());
}

TEST_F(GivenUpTest, WhatItSendsEarlyIsNoEndAndIsAnsweredInItsTurn) {
  for (const std::size_t ahead : {1U, 3000U}) {  // the latter: more than is read before its turn
    RawClient client(server_.port());
    client.Send(Request("foo/1"));
    RawClient peer = Accepted(Request("foo/1"));
    std::string more;
    for (std::size_t i = 0; i < ahead; ++i)
      more += "GET /api/predict/none HTTP/1.1\r\nHost: h\r\n\r\n";
    client.Send(more);
    // Longer than an answer is waited for without a look at the client.
    ASSERT_TRUE(server_.io().Eventually(
        [at = SystemClock().In(Duration(400))] { return SystemClock().Mono() > at; }));
    EXPECT_EQ(InFlight("raw"), 1);
    peer.Send(kOk);
    EXPECT_EQ(client.Read().body, "ok");
    for (std::size_t i = 0; i < ahead; ++i) ASSERT_EQ(client.Read().status, 401);
  }
}

TEST_F(GivenUpTest, HoweverMuchItHadSentBefore) {
  RawClient client(server_.port());
  client.Send(Request("foo/1"));
  RawClient peer = Accepted(Request("foo/1"));
  std::string more;
  while (more.size() < 100'000) more += Request("foo/2");
  client.Send(more);
  client.ShutdownWrite();
  EXPECT_EQ(peer.ReadAll(), "");
  EXPECT_TRUE(NothingUnderWay());
}

TEST(GivenUpNotebookTest, TheInstanceLearnsOfIt) {
  RawListener instance;
  GatewayWorld world(instance.port());
  const std::string begin = " /dsw-a/x HTTP/1.1\r\nHost: h\r\n" + world.Cookie("dsw-a", "201");
  for (const std::string& request :
       {"GET" + begin + "\r\n", "POST" + begin + "Content-Length: 3\r\n\r\n[1]",
        "GET" + begin +
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"}) {
    for (const Way way : kWays) {
      RawClient client(world.port());
      client.Send(request);
      RawClient peer = instance.Accept();
      peer.ReadUntil(request.substr(request.find("\r\n\r\n")));
      Leave(client, way);
      EXPECT_EQ(peer.ReadAll(), "");
    }
  }
  EXPECT_TRUE(
      world.server().io().Eventually([&] { return world.server().server().connections() == 0; }));
}

}  // namespace
}  // namespace atelier::gateway
