#pragma once
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "gateway/service_gateway.h"
#include "support/http_fixture.h"
#include "support/http_raw.h"

namespace atelier::gateway {

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
      // For the key of RFC 6455 section 1.3.
      begun.headers.Add("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
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
    while (head.path().ends_with("/hold") && held_) co_await clock.Sleep(Duration(2));
    const auto body = co_await exchange.ReadBody(1 << 20);
    http::Response response;
    response.body = name_ + " " + head.method + " " + head.target + " " +
                    std::string(head.headers.Get("Authorization")) + body.value_or("?");
    if (head.path().ends_with("/long")) response.body.resize(1 << 20, '.');
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
  }

  std::string name_;
  std::atomic<bool> held_ = true;
  std::atomic<int> arrived_ = 0;
  test::TestServer server_;
};

/// The service "foo" behind a gateway, with the replicas that a test puts in.
class ServiceGatewayTest : public testing::Test {
 protected:
  explicit ServiceGatewayTest(ServiceGatewayOptions options = {},
                              http::ServerOptions server_options = {})
      : server_([this](http::Exchange& exchange) { return gateway_->Handle(exchange); },
                std::move(server_options)) {
    options.history = &history_;
    options.wanted = [this](const model::ServiceId&) { ++wanted_; };
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
          server_.clock(), *log_, options);
    });
    Put(R"({"name":"foo","containers":[{"script":"x"}]})");
  }
  ServiceGatewayTest(const ServiceGatewayTest&) = delete;
  ServiceGatewayTest& operator=(const ServiceGatewayTest&) = delete;
  ~ServiceGatewayTest() override {
    a_.LetGo();
    b_.LetGo();
    server_.Stop(Duration(0));
  }

  /// The service "foo" with this configuration.
  void Put(std::string config, std::optional<model::AutoScaler> autoscaler = {}) {
    model::Service service;
    service.autoscaler = std::move(autoscaler);
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
      gateway_->Apply({&change, 1});
    });
  }
  static std::string Request(const std::string& target, const std::string& token = "secret",
                             const std::string& method = "GET", const std::string& body = "") {
    return method + " /api/predict/" + target + " HTTP/1.1\r\nHost: h\r\nAuthorization: " + token +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  test::RawResponse Ask(const std::string& target, const std::string& token = "secret",
                        const std::string& method = "GET", const std::string& body = "") {
    return test::RawClient(server_.port()).Ask(Request(target, token, method, body));
  }
  model::ServiceTraffic Traffic() {
    return server_.io().Call([&] { return gateway_->TrafficOf(model::ServiceId("eas-m-foo")); });
  }
  int InFlight(const std::string& name) {
    return server_.io().Call([&] { return gateway_->InFlight(model::InstanceId("easr-" + name)); });
  }

  Upstream a_{"a"};
  Upstream b_{"b"};
  std::unique_ptr<Logger> log_ = MakeNullLogger();
  model::Revision revision_ = 0;
  directory::ServiceDirectory services_{
      [](std::string_view sealed, std::string_view) { return std::string(sealed); }};
  ManualClock traffic_clock_{*ParseIso8601("2026-01-31T12:00:00Z")};
  directory::TrafficHistory history_{services_, traffic_clock_};
  std::map<model::InstanceId, std::uint16_t> ports_;
  std::atomic<int> wanted_ = 0;
  std::unique_ptr<ServiceGateway> gateway_;
  test::TestServer server_;
  test::TestClient client_{server_};
};

}  // namespace atelier::gateway
