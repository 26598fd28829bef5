// Promise 8: a client leaves HTTP for a WebSocket only. Every other upgrade would be a tunnel past
// the gateway's limits, log and header rules.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "gateway_world.h"
#include "service_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawListener;
using test::RawResponse;

// RFC 6455 section 1.3.
constexpr std::string_view kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr std::string_view kAccept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
constexpr std::string_view kOk =
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

std::string HeadOf(RawClient& peer) {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const std::string piece = peer.ReadSome();
    if (piece.empty()) break;
    head += piece;
  }
  return head;
}

std::string Lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// The same for notebooks and for services: `ask` makes a request of a method, headers and a body.
template <class Ask>
void ExpectOnlyWebSockets(std::uint16_t gateway, const RawListener& upstream, Ask ask) {
  for (const std::string headers :
       {"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n", "Connection: Upgrade\r\nUpgrade: \r\n",
        "Connection: Upgrade\r\nUpgrade: websocket/13\r\n",
        "Connection: Upgrade\r\nUpgrade: anything\r\n",
        "Connection: keep-alive\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\n"}) {
    for (const std::string method : {"GET", "POST"}) {
      RawClient client(gateway);
      client.Send(ask(method, headers, method == "POST" ? "hello" : ""));
      RawClient instance = upstream.Accept();
      std::string seen = HeadOf(instance);
      if (method == "POST" && !seen.ends_with("hello")) seen += instance.ReadExactly(5);
      const std::string low = Lower(seen);
      EXPECT_EQ(low.find("upgrade"), std::string::npos) << headers << seen;
      EXPECT_EQ(low.find("http2-settings"), std::string::npos) << headers << seen;
      EXPECT_EQ(seen.ends_with("hello"), method == "POST") << seen;
      instance.Send(kOk);
      const RawResponse got = client.Read();
      EXPECT_EQ(got.status, 200) << headers;
      EXPECT_EQ(got.body, "ok");
    }
  }
}

/// An upstream that switches although nobody asked, or to what nobody asked for.
template <class Ask>
void ExpectOnlyGoodSwitches(std::uint16_t gateway, const RawListener& upstream, Ask ask) {
  const std::string websocket = "Connection: Upgrade\r\nUpgrade: websocket\r\n" + std::string(kKey);
  const std::string good =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n";
  const auto status = [&](const std::string& headers, const std::string& answer) {
    RawClient client(gateway);
    client.Send(ask("GET", headers, ""));
    RawClient instance = upstream.Accept();
    HeadOf(instance);
    instance.Send(answer);
    return client.Read().status;
  };
  const std::string accept(kAccept);
  EXPECT_EQ(status(websocket, good + accept + "\r\n"), 101);
  EXPECT_EQ(status("", good + accept + "\r\n"), 502) << "not asked";
  EXPECT_EQ(
      status("Connection: Upgrade\r\nUpgrade: h2c\r\n",
             "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
      502);
  EXPECT_EQ(status(websocket,
                   "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" +
                       accept + "\r\n"),
            502);
  EXPECT_EQ(status(websocket,
                   "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" + accept + "\r\n"),
            502);
  EXPECT_EQ(status(websocket,
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" + accept + "\r\n"),
            502);
  EXPECT_EQ(status(websocket, good + "\r\n"), 502) << "no Sec-WebSocket-Accept";
  EXPECT_EQ(status(websocket, good + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"),
            502);
  EXPECT_EQ(status(websocket, good + accept + accept + "\r\n"), 502);
}

class NotebookUpgrade : public testing::Test {
 protected:
  std::string Ask(const std::string& method, const std::string& headers, const std::string& body) {
    const std::string length =
        body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return method + " /dsw-a/ws HTTP/1.1\r\nHost: gate\r\n" + world_.Cookie("dsw-a", "201") +
           headers + length + "\r\n" + body;
  }
  RawListener upstream_;
  GatewayWorld world_{upstream_.port()};
};

class ServiceUpgrade : public ServiceGatewayTest {
 protected:
  ServiceUpgrade() { PutReplica("a", upstream_.port()); }
  static std::string Ask(const std::string& method, const std::string& headers,
                         const std::string& body) {
    const std::string length =
        body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return method + " /api/predict/foo/ws HTTP/1.1\r\nHost: h\r\nAuthorization: secret\r\n" +
           headers + length + "\r\n" + body;
  }
  RawListener upstream_;
};

TEST_F(NotebookUpgrade, EveryOtherIsServedAsPlainHttp) {
  ExpectOnlyWebSockets(world_.port(), upstream_,
                       [&](const auto&... parts) { return Ask(parts...); });
}

TEST_F(NotebookUpgrade, OnlyASwitchToTheWebSocketThatWasAskedForIsTaken) {
  ExpectOnlyGoodSwitches(world_.port(), upstream_,
                         [&](const auto&... parts) { return Ask(parts...); });
}

TEST_F(ServiceUpgrade, EveryOtherIsServedAsPlainHttp) {
  ExpectOnlyWebSockets(server_.port(), upstream_,
                       [&](const auto&... parts) { return Ask(parts...); });
}

TEST_F(ServiceUpgrade, OnlyASwitchToTheWebSocketThatWasAskedForIsTaken) {
  ExpectOnlyGoodSwitches(server_.port(), upstream_,
                         [&](const auto&... parts) { return Ask(parts...); });
}

}  // namespace
}  // namespace atelier::gateway
