// Server::Serve: those who come by a socket that was made elsewhere, as from inside a sandbox.
#include <future>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

#include <gtest/gtest.h>

#include "http/server.h"
#include "support/http_fixture.h"
#include "support/http_raw.h"
#include "support/http_tls.h"
#include "support/temp_dir.h"

namespace atelier::http {
namespace {

using test::RawClient;
using test::TestServer;

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Task<void> Answer(Exchange& exchange) {
  const RequestHead& head = exchange.head();
  Response response;
  response.body =
      head.source_ip + (head.inside ? " inside" : " outside") + (head.tls ? " tls" : " plain");
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

struct Door {
  UniqueFd socket;
  std::uint16_t port = 0;
};

Door Listen() {
  Door door{.socket = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  EXPECT_EQ(::bind(door.socket.get(), reinterpret_cast<sockaddr*>(&where), size), 0);
  EXPECT_EQ(::listen(door.socket.get(), 8), 0);
  EXPECT_EQ(::getsockname(door.socket.get(), reinterpret_cast<sockaddr*>(&where), &size), 0);
  door.port = ntohs(where.sin_port);
  return door;
}

/// The way is dropped on the thread of the server, as nothing of it may be used on two.
std::shared_ptr<void> Serve(TestServer& server, Door& door, const std::string& source) {
  auto way =
      server.io().Call([&] { return server.server().Serve(std::move(door.socket), source); });
  if (way == nullptr) return nullptr;
  void* const of = way.get();
  return {of, [&server, way](void*) mutable { server.io().Call([&] { way.reset(); }); }};
}

TEST(Inside, TheyAreKnownByTheWayTheyCome) {
  TestServer server(Answer);
  Door first = Listen();
  Door second = Listen();
  const auto a = Serve(server, first, "dsw-a");
  const auto b = Serve(server, second, "dsw-b");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(RawClient(first.port).Ask(kGet).body, "dsw-a inside plain");
  EXPECT_EQ(RawClient(second.port).Ask(kGet).body, "dsw-b inside plain");
  EXPECT_EQ(RawClient(server.port()).Ask(kGet).body, "127.0.0.1 outside plain");
}

TEST(Inside, NoHeaderMakesSomebodyComeFromInside) {
  TestServer server(Answer);
  EXPECT_EQ(RawClient(server.port())
                .Ask("GET / HTTP/1.1\r\nHost: 127.0.0.1:7002\r\nX-Forwarded-For: dsw-a\r\n"
                     "X-Real-Ip: dsw-a\r\n\r\n")
                .body,
            "127.0.0.1 outside plain");
}

TEST(Inside, ItIsPlainWhereTheServersOwnDoorHasTls) {
  test::TempDir dir;
  const std::string certificate = dir.path() + "/tls.pem";
  const std::string key = dir.path() + "/tls.key";
  test::WriteCertificate(certificate, key, "first");
  TestServer server(Answer, {.tls_certificate = certificate, .tls_key = key});
  Door door = Listen();
  const auto way = Serve(server, door, "dsw-a");
  EXPECT_EQ(RawClient(door.port).Ask(kGet).body, "dsw-a inside plain");
  test::TlsClient outside(server.port());
  outside.Send(kGet);
  EXPECT_TRUE(outside.ReadSome().ends_with("outside tls"));
}

TEST(Inside, TheWayIsClosedOnceItIsDropped) {
  TestServer server(Answer);
  Door door = Listen();
  auto way = Serve(server, door, "dsw-a");
  ASSERT_EQ(RawClient(door.port).Ask(kGet).status, 200);
  way.reset();
  EXPECT_THROW(RawClient(door.port).Ask(kGet), std::runtime_error) << "nobody listens any more";
}

TEST(Inside, OneOfThemDoesNotTakeTheOthersPlaces) {
  // All places are one notebook's; the first of others finds one all the same.
  TestServer server(Answer, {.max_connections = 8});
  Door door = Listen();
  const auto way = Serve(server, door, "dsw-a");
  std::vector<std::unique_ptr<RawClient>> flood;
  for (int i = 0; i < 8; ++i) {
    flood.push_back(std::make_unique<RawClient>(door.port));
    ASSERT_EQ(flood.back()->Ask(kGet).status, 200);
  }
  ASSERT_EQ(server.connections(), 8U);
  EXPECT_EQ(RawClient(server.port()).Ask(kGet).status, 200);
}

}  // namespace
}  // namespace atelier::http
