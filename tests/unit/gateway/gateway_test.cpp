#include "gateway/gateway.h"

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "gateway_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using model::InstanceStatus;
using test::OpenDescriptors;
using test::RawClient;
using test::RawResponse;
using test::TestServer;

// RFC 6455 section 1.3.
const std::string kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

Task<void> EchoStream(http::Exchange& exchange) {
  http::ResponseHead head{.status = 101};
  head.headers.Add("Connection", "Upgrade");
  head.headers.Add("Upgrade", "websocket");
  head.headers.Add("Sec-WebSocket-Accept", std::string(kAccept));
  const auto stream = co_await exchange.Upgrade(std::move(head));
  if (!stream) co_return;
  const Deadline by = SystemClock().In(Duration(20'000));
  std::array<char, 4096> piece;
  while (true) {
    const auto size = co_await (*stream)->Read(piece, by);
    if (!size || *size == 0) co_return;
    if (!co_await (*stream)->Write({piece.data(), *size}, by)) co_return;
  }
}

Task<void> EchoBody(http::Exchange& exchange) {
  if (!co_await exchange.Begin({.status = 200})) co_return;
  std::array<char, 4096> piece;
  while (true) {
    const auto size = co_await exchange.ReadSome(piece);
    if (!size) co_return;
    if (*size == 0) break;
    if (!co_await exchange.WriteSome({piece.data(), *size})) co_return;
  }
  [[maybe_unused]] const Status finished = co_await exchange.Finish();
}

/// Stands in for an instance's Jupyter.
Task<void> Upstream(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  const std::string_view page = head.path().substr(head.path().find('/', 1));
  http::Response response;
  if (page == "/ws") co_return co_await EchoStream(exchange);
  if (page == "/echo") co_return co_await EchoBody(exchange);
  if (page == "/drop") co_return;
  if (page == "/early") {
    response.status = 413;
  } else if (page == "/cut") {
    http::ResponseHead begun{.status = 200};
    begun.headers.Add("Content-Length", "10");
    if (co_await exchange.Begin(std::move(begun))) {
      [[maybe_unused]] const Status half = co_await exchange.WriteSome(std::string_view("half"));
    }
    co_return;
  } else {
    response.body = head.method + " " + head.target + "\n";
    for (const auto& [name, value] : head.headers.entries()) {
      response.body += name + "=" + value + "\n";
    }
    response.headers.Add("Set-Cookie", "atelier-dsw-b=stolen; Path=/");
    response.headers.Add("Set-Cookie", "_xsrf=1; Path=/dsw-a/");
    response.headers.Add("Keep-Alive", "timeout=5");
    response.headers.Add("X-Kept", "1");
  }
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

class GatewayTest : public testing::Test {
 protected:
  std::string Request(const std::string& method, const std::string& page,
                      const std::string& headers = "", const std::string& body = "") {
    return method + " /dsw-a" + page + " HTTP/1.1\r\nHost: gate\r\n" +
           world_.Cookie("dsw-a", "201") + headers + "\r\n" + body;
  }
  RawResponse Ask(const std::string& request) { return RawClient(world_.port()).Ask(request); }

  /// An open WebSocket to the instance.
  std::unique_ptr<RawClient> OpenSocket() {
    auto client = std::make_unique<RawClient>(world_.port());
    const RawResponse got =
        client->Ask(Request("GET", "/ws",
                            "Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: "
                            "http://gate\r\n" +
                                kKey));
    EXPECT_EQ(got.status, 101);
    EXPECT_EQ(got.Header("Upgrade"), "websocket");
    EXPECT_EQ(got.Header("Connection"), "Upgrade");
    EXPECT_EQ(got.Header("Sec-WebSocket-Accept"), kAccept);
    return client;
  }
  bool TunnelsGone() {
    return world_.server().io().Eventually(
        [this] { return world_.server().server().connections() == 0; });
  }

  std::unique_ptr<TestServer> upstream_ = std::make_unique<TestServer>(Upstream);
  GatewayWorld world_{upstream_->port(),
                      {.upstream_timeout = Duration(5'000), .tunnel_linger = Duration(100)}};
};

TEST_F(GatewayTest, OwnsThePathsOfInstances) {
  EXPECT_TRUE(Gateway::Owns("/dsw-a/lab/"));
  EXPECT_TRUE(Gateway::Owns("/dsw-a"));
  EXPECT_FALSE(Gateway::Owns("/api/v2/instances/dsw-a"));
  EXPECT_FALSE(Gateway::Owns("//dsw-a/lab"));
  EXPECT_FALSE(Gateway::Owns("dsw-a"));
  EXPECT_FALSE(Gateway::Owns("/"));
}

TEST_F(GatewayTest, InstanceSeesTheRequestButNoneOfOurCredentials) {
  const RawResponse got = Ask(Request(
      "GET", "/proxy/8080/a//b?x=%2f&x",
      "Authorization: Bearer client\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n"
      "Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nX-Mine: kept\r\n"
      "Cookie: _xsrf=2; atelier-dsw-b=other\r\n"));
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body,
            "GET /dsw-a/proxy/8080/a//b?x=%2f&x\nHost=gate\nX-Mine=kept\nCookie=_xsrf=2\n"
            "Authorization=token of-the-instance\nX-Forwarded-For=127.0.0.1\n"
            "X-Forwarded-Host=gate\nX-Forwarded-Proto=http\n");
}

TEST_F(GatewayTest, InstanceCannotSetTheGatewaysCookies) {
  const RawResponse got = Ask(Request("GET", "/api/status"));
  EXPECT_EQ(got.head.find("stolen"), std::string::npos);
  EXPECT_EQ(got.Header("Set-Cookie"), "_xsrf=1; Path=/dsw-a/");
  EXPECT_EQ(got.Header("Keep-Alive"), "");
  EXPECT_EQ(got.Header("X-Kept"), "1");
}

TEST_F(GatewayTest, ProgramsMayUseALinkWithoutTheDetour) {
  const RawResponse got =
      Ask("POST /dsw-a/api/x?a=b&Token=" + world_.Sign(identity::TokenUse::Access, "dsw-a", "201") +
          " HTTP/1.1\r\nHost: gate\r\n\r\n");
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(got.body.starts_with("POST /dsw-a/api/x?a=b\n")) << got.body;
}

TEST_F(GatewayTest, ShortAddressesLeadToTheirPages) {
  EXPECT_EQ(Ask(Request("GET", "/")).Header("Location"), "/dsw-a/lab/");
  EXPECT_EQ(Ask(Request("GET", "/?reset")).Header("Location"), "/dsw-a/lab/?reset");
  EXPECT_EQ(Ask(Request("GET", "/tty/")).Header("Location"), "/dsw-a/terminals/1");
  EXPECT_EQ(Ask(Request("GET", "?x=1")).Header("Location"), "/dsw-a/?x=1");
}

TEST_F(GatewayTest, BodiesStreamBothWaysAtOnce) {
  RawClient client(world_.port());
  client.Send(Request("POST", "/echo", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"));
  std::string seen;
  while (seen.find("abc") == std::string::npos) seen += client.ReadSome();
  client.Send("3\r\ndef\r\n0\r\n\r\n");
  while (seen.find("0\r\n\r\n") == std::string::npos) seen += client.ReadSome();
  EXPECT_NE(seen.find("def"), std::string::npos);
}

TEST_F(GatewayTest, LargeBodiesPassBothWays) {
  const std::string body(3'000'000, 'x');
  RawClient client(world_.port());
  std::thread writer([&] {
    client.Send(Request("POST", "/echo", "Content-Length: 3000000\r\n"));
    client.Send(body);
  });
  RawResponse got = client.Read();
  writer.join();
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(got.body == body);
}

TEST_F(GatewayTest, InstanceMayAnswerBeforeTheBodyIsThrough) {
  RawClient client(world_.port());
  client.Send(
      Request("POST", "/early", "Content-Length: 100000000\r\n", std::string(100'000, 'x')));
  EXPECT_EQ(client.Read().status, 413);
}

TEST_F(GatewayTest, BrokenInstanceIs502) {
  RawResponse got = Ask(Request("POST", "/drop"));
  EXPECT_EQ(got.status, 502);
  EXPECT_EQ(json::parse(got.body).at("Code"), "BadGateway");
  got = Ask(Request("GET", "/drop", "Accept: text/html,*/*\r\n"));
  EXPECT_EQ(got.status, 502);
  EXPECT_EQ(got.Header("Content-Type"), "text/html;charset=utf-8");
  upstream_.reset();
  EXPECT_EQ(Ask(Request("GET", "/lab/")).status, 502);
}

TEST_F(GatewayTest, AnswerThatBreaksOffIsCutNotCompleted) {
  RawClient client(world_.port());
  client.Send(Request("GET", "/cut"));
  const std::string all = client.ReadAll();
  EXPECT_TRUE(all.ends_with("\r\n\r\nhalf")) << all;
}

TEST_F(GatewayTest, BrokenBodyOfTheClientIs400) {
  const RawResponse got = Ask(Request("POST", "/echo", "Transfer-Encoding: chunked\r\n", "zz\r\n"));
  EXPECT_EQ(got.status, 400);
}

TEST_F(GatewayTest, InstanceThatDoesNotRunSaysWhetherItIsComing) {
  for (const auto status :
       {InstanceStatus::Creating, InstanceStatus::ResourceAllocating, InstanceStatus::EnvPreparing,
        InstanceStatus::Queuing, InstanceStatus::Starting, InstanceStatus::Recovering}) {
    world_.SetStatus("dsw-a", status);
    const RawResponse got = Ask(Request("GET", "/lab/"));
    EXPECT_EQ(got.status, 503);
    EXPECT_EQ(got.Header("Retry-After"), "5");
  }
  for (const auto status : {InstanceStatus::Stopped, InstanceStatus::Failed,
                            InstanceStatus::Stopping, InstanceStatus::Deleting}) {
    world_.SetStatus("dsw-a", status);
    const RawResponse got = Ask(Request("GET", "/lab/"));
    EXPECT_EQ(got.status, 409);
    EXPECT_EQ(got.Header("Retry-After"), "");
    EXPECT_NE(
        got.body.find("Start it first, in the console, with `atelier instance start dsw-a` or "
                      "with StartInstance."),
        std::string::npos)
        << got.body;
  }
}

TEST_F(GatewayTest, BrowsersGetAPageThatShowsNothingOfAStranger) {
  for (const auto& [id, shown] :
       {std::pair("dsw-a", "dsw-a"), std::pair("dsw-`<b>call&me", "ID")}) {
    const RawResponse got =
        Ask("GET /" + std::string(id) + "/lab/ HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n");
    EXPECT_EQ(got.status, 403);
    EXPECT_EQ(got.Header("Content-Type"), "text/html;charset=utf-8");
    const std::string command = "<code>atelier instance open " + std::string(shown) + "</code>";
    EXPECT_NE(got.body.find(command), std::string::npos) << got.body;
  }
}

TEST_F(GatewayTest, WebSocketCarriesAMegabyteBothWays) {
  const auto client = OpenSocket();
  std::string data(1U << 20U, '\0');
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 7 % 251);
  std::thread writer([&] { client->Send(data); });
  EXPECT_TRUE(client->ReadExactly(data.size()) == data);
  writer.join();
  client->Send("ping");
  EXPECT_EQ(client->ReadExactly(4), "ping");
  client->ShutdownWrite();
  EXPECT_EQ(client->ReadAll(), "") << "the end reaches the instance and comes back";
  EXPECT_TRUE(TunnelsGone());
}

TEST_F(GatewayTest, RefusedUpgradeIsAnOrdinaryAnswer) {
  const RawResponse got =
      Ask(Request("GET", "/api/status", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + kKey));
  EXPECT_EQ(got.status, 200);
  EXPECT_NE(got.body.find("Upgrade=websocket\n"), std::string::npos);
}

// Field lesson 27: the proxy that leaked when a backend died under open WebSockets.
TEST_F(GatewayTest, DeadInstanceUnderOpenSocketsGivesAllDescriptorsBack) {
  constexpr std::size_t kSockets = 200;
  OpenSocket()->Close();
  ASSERT_TRUE(TunnelsGone());
  const std::size_t before = OpenDescriptors();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < kSockets; ++i) clients.push_back(OpenSocket());
  upstream_->Stop(Duration(0));
  // The browsers do not move, and still nothing of ours stays behind.
  EXPECT_TRUE(TunnelsGone());
  for (const auto& client : clients) EXPECT_EQ(client->ReadAll(), "");
  clients.clear();
  EXPECT_TRUE(world_.server().io().Eventually([&] { return OpenDescriptors() < before; }));
}

}  // namespace
}  // namespace atelier::gateway
