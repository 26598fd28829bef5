// Who reaches which replica of a service, and who does not.
#include "gateway/service_gateway.h"

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "support/http_fixture.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawResponse;
using test::TestServer;

/// A replica: says who it is and what it got, or waits until it is let go.
class Upstream {
 public:
  explicit Upstream(std::string name)
      : name_(std::move(name)),
        server_([this](http::Exchange& exchange) { return Answer(exchange); }) {}
  std::uint16_t port() const { return server_.port(); }
  void LetGo() { held_ = false; }
  int arrived() const { return arrived_; }

 private:
  Task<void> Answer(http::Exchange& exchange) {
    const http::RequestHead head = exchange.head();
    ++arrived_;
    if (head.path() == "/ws") {
      http::ResponseHead begun{.status = 101};
      begun.headers.Add("Connection", "Upgrade");
      begun.headers.Add("Upgrade", "websocket");
      const auto stream = co_await exchange.Upgrade(std::move(begun));
      if (!stream) co_return;
      const Deadline by = SystemClock().In(Duration(10'000));
      std::array<char, 100> piece;
      const auto size = co_await (*stream)->Read(piece, by);
      if (!size) co_return;
      [[maybe_unused]] const Status echoed = co_await (*stream)->Write({piece.data(), *size}, by);
      co_return;
    }
    if (head.path() == "/drop") co_return;
    SystemClock clock;
    while (head.path() == "/hold" && held_) co_await clock.Sleep(Duration(2));
    const auto body = co_await exchange.ReadBody(1 << 20);
    http::Response response;
    response.body = name_ + " " + head.method + " " + head.target + " " +
                    std::string(head.headers.Get("Authorization")) + body.value_or("?");
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
  }

  std::string name_;
  std::atomic<bool> held_ = true;
  std::atomic<int> arrived_ = 0;
  TestServer server_;
};

class ServiceGatewayTest : public testing::Test {
 protected:
  ServiceGatewayTest() {
    server_.io().Call([&] {
      gateway_ = std::make_unique<ServiceGateway>(
          services_, *client_,
          [this](const model::InstanceId& id) -> Result<http::Address> {
            if (!ports_.contains(id)) return Error(Code::kNotFound, "not running");
            http::Address address;
            address.host = "127.0.0.1";
            address.port = ports_.at(id);
            return address;
          },
          server_.io().executor(), server_.clock(), *log_, ServiceGatewayOptions{});
    });
    Put(R"({"name":"foo","containers":[{"script":"x"}]})");
  }
  ~ServiceGatewayTest() override {
    a_.LetGo();
    b_.LetGo();
    server_.Stop(Duration(0));
  }

  /// The service "foo" with this configuration.
  void Put(std::string config) {
    model::Service service;
    service.id = model::ServiceId("eas-m-foo");
    service.name = "foo";
    service.token = "secret";
    service.config = std::move(config);
    Apply(store::Kind::kService, "foo", service);
  }
  void PutReplica(const std::string& name, std::uint16_t port,
                  const std::function<void(model::Replica&)>& change = {}) {
    model::Replica replica;
    replica.id = model::InstanceId("easr-" + name);
    replica.name = "foo-1-" + name;
    replica.service = model::ServiceId("eas-m-foo");
    replica.status = model::ReplicaStatus::Running;
    replica.ready = true;
    if (change) change(replica);
    server_.io().Call([&] { ports_[replica.id] = port; });
    Apply(store::Kind::kServiceReplica, replica.id.str(), replica);
  }
  template <class T>
  void Apply(store::Kind kind, const std::string& key, const T& value) {
    server_.io().Call([&] {
      const store::Change change{
          .record = {.kind = kind, .key = key, .revision = ++revision_, .body = ToJson(value)}};
      services_.Apply({&change, 1});
    });
  }
  RawResponse Ask(const std::string& target, const std::string& token = "secret",
                  const std::string& method = "GET", const std::string& body = "") {
    RawClient client(server_.port());
    return client.Ask(method + " /api/predict/" + target +
                      " HTTP/1.1\r\nHost: h\r\nAuthorization: " + token +
                      "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  int InFlight(const std::string& name) {
    return server_.io().Call([&] { return gateway_->InFlight(model::InstanceId("easr-" + name)); });
  }

  Upstream a_{"a"};
  Upstream b_{"b"};
  std::unique_ptr<Logger> log_ = MakeNullLogger();
  model::Revision revision_ = 0;
  directory::ServiceDirectory services_;
  std::map<model::InstanceId, std::uint16_t> ports_;
  std::unique_ptr<ServiceGateway> gateway_;
  TestServer server_{[this](http::Exchange& exchange) { return gateway_->Handle(exchange); }};
  test::TestClient client_{server_};
};

TEST_F(ServiceGatewayTest, TheReplicaSeesThePathAfterTheNameAndNoToken) {
  PutReplica("a", a_.port());
  EXPECT_EQ(Ask("foo").body, "a GET / ");
  EXPECT_EQ(Ask("foo/v1/predict?x=1").body, "a GET /v1/predict?x=1 ");
  EXPECT_EQ(Ask("foo?x=1").body, "a GET /?x=1 ");
  EXPECT_EQ(Ask("foo/x", "Bearer secret", "POST", "[1,2]").body, "a POST /x [1,2]");
}

TEST_F(ServiceGatewayTest, StrangersLearnNothing) {
  PutReplica("a", a_.port());
  const RawResponse wrong = Ask("foo", "secreT");
  const RawResponse absent = Ask("bar", "secret");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(absent.status, 401);
  EXPECT_EQ(ParseJson(wrong.body)->at("Message"), ParseJson(absent.body)->at("Message"));
  EXPECT_EQ(Ask("foo", "").status, 401);
  EXPECT_EQ(a_.arrived(), 0);
}

TEST_F(ServiceGatewayTest, OnlyReadyOnesThatStayAndAreNotIsolatedGetRequests) {
  EXPECT_EQ(Ask("foo").status, 503);
  PutReplica("a", a_.port(), [](auto& replica) { replica.isolated = true; });
  PutReplica("b", b_.port(), [](auto& replica) { replica.leaving = true; });
  EXPECT_EQ(Ask("foo").status, 503);
  PutReplica("c", b_.port(), [](auto& replica) { replica.ready = false; });
  EXPECT_EQ(Ask("foo").status, 503);
  PutReplica("a", a_.port());
  EXPECT_EQ(Ask("foo").body, "a GET / ");
}

TEST_F(ServiceGatewayTest, EqualsTakeTurnsAndTheLeastLoadedGoesFirst) {
  PutReplica("a", a_.port());
  PutReplica("b", b_.port());
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Ask("foo").status, 200);
  EXPECT_EQ(a_.arrived(), 5);
  EXPECT_EQ(b_.arrived(), 5);
  std::thread held([&] { Ask("foo/hold"); });
  ASSERT_TRUE(server_.io().Eventually([&] { return a_.arrived() + b_.arrived() == 11; }));
  const bool at_a = InFlight("a") == 1;
  EXPECT_EQ(InFlight("a") + InFlight("b"), 1);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Ask("foo").body, at_a ? "b GET / " : "a GET / ");
  a_.LetGo();
  b_.LetGo();
  held.join();
  EXPECT_TRUE(server_.io().Eventually([&] {
    return gateway_->InFlight(model::InstanceId("easr-a")) == 0 &&
           gateway_->InFlight(model::InstanceId("easr-b")) == 0;
  }));
}

TEST_F(ServiceGatewayTest, BeyondTheQueueIs450) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":0}}})");
  PutReplica("a", a_.port());
  std::thread first([&] { EXPECT_EQ(Ask("foo/hold").status, 200); });
  ASSERT_TRUE(server_.io().Eventually([&] { return a_.arrived() == 1; }));
  EXPECT_EQ(Ask("foo").status, 450);
  a_.LetGo();
  first.join();
  EXPECT_EQ(a_.arrived(), 1);
}

TEST_F(ServiceGatewayTest, WhoWaitsHasHisTurn) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":9}}})");
  PutReplica("a", a_.port());
  std::vector<std::thread> all;
  for (int i = 0; i < 5; ++i) all.emplace_back([&] { EXPECT_EQ(Ask("foo/hold").status, 200); });
  ASSERT_TRUE(server_.io().Eventually([&] { return a_.arrived() == 1; }));
  EXPECT_EQ(InFlight("a"), 1);
  a_.LetGo();
  for (std::thread& one : all) one.join();
  EXPECT_EQ(a_.arrived(), 5);
}

TEST_F(ServiceGatewayTest, WaitingIsBoundedToo) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"keepalive":300}}})");
  PutReplica("a", a_.port());
  std::thread first([&] { EXPECT_EQ(Ask("foo/hold").status, 408); });
  ASSERT_TRUE(server_.io().Eventually([&] { return a_.arrived() == 1; }));
  // Its turn may come when the first is given up, and then its own time is over.
  EXPECT_EQ(Ask("foo/hold").status, 408);
  first.join();
}

TEST_F(ServiceGatewayTest, KeepaliveBoundsTheAnswer) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],"metadata":{"rpc":{"keepalive":50}}})");
  PutReplica("a", a_.port());
  EXPECT_EQ(Ask("foo/hold").status, 408);
}

TEST_F(ServiceGatewayTest, TheRateIsLimited) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],"metadata":{"rpc":{"rate_limit":2}}})");
  PutReplica("a", a_.port());
  std::map<int, int> statuses;
  for (int i = 0; i < 5; ++i) ++statuses[Ask("foo").status];
  EXPECT_GE(statuses[200], 2);
  EXPECT_GE(statuses[429], 1);
  EXPECT_EQ(statuses[200] + statuses[429], 5);
}

TEST_F(ServiceGatewayTest, AReplicaThatIsGoneIsPassedOver) {
  std::uint16_t nobody = 0;
  {
    Upstream gone("gone");
    nobody = gone.port();
  }
  PutReplica("a", a_.port());
  PutReplica("b", nobody);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Ask("foo").body, "a GET / ");
  // What changes something is not repeated.
  std::map<int, int> statuses;
  for (int i = 0; i < 6; ++i) ++statuses[Ask("foo", "secret", "POST", "x").status];
  EXPECT_EQ(statuses[200], 3);
  EXPECT_EQ(statuses[502], 3);
}

TEST_F(ServiceGatewayTest, OneThatBreaksOffIsABadGateway) {
  PutReplica("a", a_.port());
  EXPECT_EQ(Ask("foo/drop", "secret", "POST", "x").status, 502);
}

TEST_F(ServiceGatewayTest, WebSocketsPassAndCountAsUnderWay) {
  PutReplica("a", a_.port());
  RawClient client(server_.port());
  const RawResponse begun = client.Ask(
      "GET /api/predict/foo/ws HTTP/1.1\r\nHost: h\r\nAuthorization: secret\r\n"
      "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_EQ(begun.status, 101);
  EXPECT_EQ(InFlight("a"), 1);
  client.Send("ping");
  EXPECT_EQ(client.ReadExactly(4), "ping");
  EXPECT_TRUE(server_.io().Eventually(
      [&] { return gateway_->InFlight(model::InstanceId("easr-a")) == 0; }));
}

}  // namespace
}  // namespace atelier::gateway
