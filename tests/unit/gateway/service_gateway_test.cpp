// Who reaches which replica of a service, and who does not.
#include "gateway/service_gateway.h"

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "service_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawResponse;

TEST_F(ServiceGatewayTest, TheReplicaSeesThePathAfterTheNameAndNoToken) {
  PutReplica("a", a_.port());
  EXPECT_EQ(Ask("foo").body, "a GET / ");
  EXPECT_EQ(Ask("foo/v1/predict?x=1").body, "a GET /v1/predict?x=1 ");
  EXPECT_EQ(Ask("foo?x=1").body, "a GET /?x=1 ");
  for (const char* shown : {"Bearer secret", "bearer secret", "BEARER  secret"})
    EXPECT_EQ(Ask("foo/x", shown, "POST", "[1,2]").body, "a POST /x [1,2]") << shown;
  for (const char* shown : {"Bearersecret", "Bearer", "Bearer Secret", "Basic secret"})
    EXPECT_EQ(Ask("foo/x", shown).status, 401) << shown;
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

TEST_F(ServiceGatewayTest, WhoHasTheAnswerMayAskAgainAtOnce) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":0}}})");
  PutReplica("a", a_.port());
  const std::vector<std::pair<std::string, std::string>> kinds = {
      {"GET", "foo/x"}, {"GET", "foo/long"}, {"HEAD", "foo/x"}};
  for (int i = 0; i < 300; ++i) {
    const auto& [method, target] = kinds[static_cast<std::size_t>(i) % kinds.size()];
    ASSERT_EQ(Ask(target, "secret", method).status, 200) << method << " " << target << ", " << i;
  }
}

TEST_F(ServiceGatewayTest, WhoWaitsHasHisTurn) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":9}}})");
  PutReplica("a", a_.port());
  std::vector<std::thread> all;
  all.reserve(5);
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
  // Nothing of it was sent, so this holds for what changes something, too.
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Ask("foo", "secret", "POST", "x").body, "a POST / x");
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
      "Connection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_EQ(begun.status, 101);
  EXPECT_EQ(InFlight("a"), 1);
  client.Send("ping");
  EXPECT_EQ(client.ReadExactly(4), "ping");
  EXPECT_TRUE(server_.io().Eventually(
      [&] { return gateway_->InFlight(model::InstanceId("easr-a")) == 0; }));
}

model::AutoScaler ToZero() {
  model::AutoScaler rule;
  rule.min = 0;
  rule.max = 2;
  return rule;
}

TEST_F(ServiceGatewayTest, WhereTheFirstRequestBringsAReplicaItIsHeldForIt) {
  Put(R"({"name":"foo","containers":[{"script":"x"}]})", ToZero());
  std::vector<std::string> bodies(3);
  std::vector<std::thread> callers;
  callers.reserve(bodies.size());
  for (std::string& body : bodies)
    callers.emplace_back([&] { body = Ask("foo/x", "secret", "POST", "1").body; });
  while (wanted_ < 3) std::this_thread::yield();
  EXPECT_EQ(Traffic().waiting, 3);
  // At one that is not ready yet they look, and wait on.
  PutReplica("a", a_.port(), [](model::Replica& replica) { replica.ready = false; });
  while (wanted_ < 6) std::this_thread::yield();
  EXPECT_EQ(Traffic().waiting, 3);
  EXPECT_EQ(a_.arrived(), 0);
  PutReplica("a", a_.port());
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(bodies, (std::vector<std::string>(3, "a POST /x 1")));
  EXPECT_EQ(Traffic().requests, 3u);
  EXPECT_EQ(Traffic().waiting, 0);
}

TEST_F(ServiceGatewayTest, WhatIsHeldIsBoundedAndEndsWithTheWish) {
  const char* config =
      R"({"name":"foo","containers":[{"script":"x"}],"metadata":{"rpc":{"max_queue_size":1}}})";
  Put(config, ToZero());
  int status = 0;
  std::thread caller([&] { status = Ask("foo").status; });
  while (wanted_ < 1) std::this_thread::yield();
  EXPECT_EQ(Ask("foo").status, 450);
  Put(config);  // without its autoscaler, no replica comes for a request's sake
  caller.join();
  EXPECT_EQ(status, 503);
}

TEST_F(ServiceGatewayTest, TheTrafficIsCounted) {
  PutReplica("a", a_.port());
  EXPECT_EQ(Traffic().requests, 0u);
  std::thread caller([&] { Ask("foo/hold"); });
  while (a_.arrived() < 1) std::this_thread::yield();
  const double before = Traffic().request_seconds;
  while (Traffic().request_seconds - before < 0.002) std::this_thread::yield();
  a_.LetGo();
  caller.join();
  Ask("foo", "wrong");
  EXPECT_EQ(Traffic().requests, 1u);
  const double after = Traffic().request_seconds;
  EXPECT_EQ(Traffic().request_seconds, after);
}

TEST_F(ServiceGatewayTest, TheMetricsSayWhatAServiceDidUntilItIsGone) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":0}}})");
  PutReplica("a", a_.port());
  PutReplica("b", b_.port(), [](model::Replica& replica) {
    replica.ready = false;
    replica.status = model::ReplicaStatus::Pending;
  });
  const auto page = [&] {
    return server_.io().Call([&] {
      std::string out;
      gateway_->AppendMetrics(out);
      return out;
    });
  };
  const auto has = [&](const std::string& line) {
    return page().find("\n" + line + "\n") != std::string::npos;
  };
  EXPECT_EQ(Ask("foo").status, 200);
  EXPECT_EQ(Ask("foo/drop", "secret", "POST", "1").status, 502);
  EXPECT_EQ(Ask("foo", "wrong").status, 401);
  std::thread caller([&] { EXPECT_EQ(Ask("foo/hold").status, 200); });
  while (a_.arrived() < 3) std::this_thread::yield();
  EXPECT_EQ(Ask("foo").status, 450);
  EXPECT_TRUE(has(R"(atelier_service_requests_in_flight{service="foo"} 1)"));
  EXPECT_TRUE(has(R"(atelier_service_request_seconds_count{service="foo"} 1)"));
  a_.LetGo();
  caller.join();
  for (const char* line :
       {R"(atelier_service_requests_total{service="foo",class="2xx"} 2)",
        R"(atelier_service_requests_total{service="foo",class="4xx"} 1)",
        R"(atelier_service_requests_total{service="foo",class="5xx"} 1)",
        R"(atelier_service_refusals_total{service="foo",reason="QueueFull"} 1)",
        R"(atelier_service_refusals_total{service="foo",reason="BadGateway"} 1)",
        R"(atelier_service_request_seconds_bucket{service="foo",le="300"} 2)",
        R"(atelier_service_request_seconds_count{service="foo"} 2)",
        R"(atelier_service_queue_length{service="foo"} 0)",
        R"(atelier_service_requests_in_flight{service="foo"} 0)",
        R"(atelier_service_replicas{service="foo",status="Running"} 1)",
        R"(atelier_service_replicas{service="foo",status="Pending"} 1)",
        R"(atelier_service_replicas_ready{service="foo"} 1)",
        R"(atelier_service_replicas_wanted{service="foo"} 1)", "atelier_services_left_out 0"}) {
    EXPECT_TRUE(has(line)) << line << "\n" << page();
  }
  server_.io().Call([&] {
    const store::Change change{.op = store::Write::Op::kDelete,
                               .record = {.kind = store::Kind::kService, .key = "foo", .body = {}}};
    services_.Apply({&change, 1});
  });
  EXPECT_EQ(page().find("foo"), std::string::npos) << page();
}

/// A group "duo" of two services, whose replicas are `a` and `b`.
class ServiceGroupTest : public ServiceGatewayTest {
 protected:
  ServiceGroupTest() {
    PutGroup(true);
    for (const char* name : {"one", "two"}) PutMember(name, {});
    PutReplicaOf("one", "a", a_.port());
    PutReplicaOf("two", "b", b_.port());
  }
  void PutGroup(bool customized) {
    model::ServiceGroup group;
    group.name = "duo";
    group.sealed_token = "shared";
    group.customized = customized;
    Apply(store::Kind::kServiceGroup, "duo", group);
  }
  void PutMember(const std::string& name, const std::function<void(model::Service&)>& change) {
    model::Service service;
    service.id = model::ServiceId("eas-m-" + name);
    service.name = name;
    service.token = "secret";
    service.group = "duo";
    service.config = R"({"name":")" + name + R"(","containers":[{"script":"x"}]})";
    if (change) change(service);
    Apply(store::Kind::kService, name, service);
  }
  void PutReplicaOf(const std::string& service, const std::string& name, std::uint16_t port) {
    PutReplica(name, port, [&](model::Replica& replica) {
      replica.service = model::ServiceId("eas-m-" + service);
    });
  }
  /// "aab": who answered, in order.
  std::string Answers(int count) {
    std::string who;
    while (count-- > 0) who += Ask("duo", "shared").body.substr(0, 1);
    return who;
  }
};

TEST_F(ServiceGroupTest, WeightsPartTheRequestsEvenlyInTime) {
  PutMember("one", [](model::Service& service) { service.weight = 3; });
  PutMember("two", [](model::Service& service) { service.weight = 1; });
  EXPECT_EQ(Answers(8), "aabaaaba");
  PutMember("one", [](model::Service& service) { service.weight = 0; });
  EXPECT_EQ(Answers(3), "bbb");
}

TEST_F(ServiceGroupTest, WithoutWeightsReadyReplicasCount) {
  PutGroup(false);
  PutMember("one", [](model::Service& service) { service.weight = 100; });
  EXPECT_EQ(Answers(4), "abab");
  PutReplicaOf("two", "c", b_.port());
  EXPECT_EQ(std::ranges::count(Answers(6), 'b'), 4);
}

TEST_F(ServiceGroupTest, WhoCannotTakeRequestsGetsNone) {
  PutMember("one", [](model::Service& service) { service.grouping = false; });
  EXPECT_EQ(Answers(3), "bbb");
  PutMember("two", [](model::Service& service) { service.desired = model::Desired::Stopped; });
  EXPECT_EQ(Ask("duo", "shared").status, 503);
}

TEST_F(ServiceGroupTest, TheGroupHasItsOwnTokenAndItsServicesTheirs) {
  EXPECT_EQ(Ask("duo", "secret").status, 401);
  EXPECT_EQ(Ask("one", "shared").status, 401);
  EXPECT_EQ(Ask("one", "secret").body, "a GET / ");
  EXPECT_EQ(Ask("nobody", "shared").status, 401);
}

}  // namespace
}  // namespace atelier::gateway
