#include <filesystem>
#include <fstream>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "http/client.h"
#include "http/server.h"
#include "support/http_fixture.h"
#include "support/http_tls.h"
#include "support/temp_dir.h"

namespace atelier::http {
namespace {

using test::TestServer;
using test::TlsClient;
using test::WriteCertificate;

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Task<void> Answer(Exchange& exchange) {
  const auto body = co_await exchange.ReadBody(4U << 20U);
  Response response;
  response.body = (exchange.head().tls ? "tls " : "plain ") + body.value_or("broken");
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

class Tls : public testing::Test {
 protected:
  Tls() { WriteCertificate(certificate_, key_, "first"); }

  ServerOptions Options() const { return {.tls_certificate = certificate_, .tls_key = key_}; }
  Address At(std::uint16_t port, std::string host = "127.0.0.1") const {
    return {.unix_path = {},
            .host = std::move(host),
            .port = port,
            .tls = true,
            .tls_ca = certificate_};
  }
  static RequestHead Head(std::string method) {
    RequestHead head{.method = std::move(method), .target = "/", .headers = {}, .source_ip = {}};
    head.headers.Add("Host", "a");
    return head;
  }

  test::TempDir dir_;
  std::string certificate_ = dir_.path() + "/tls.pem";
  std::string key_ = dir_.path() + "/tls.key";
};

TEST_F(Tls, ServesRequestsAndSaysSo) {
  TestServer server(Answer, Options());
  TlsClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.Send(kGet);
    EXPECT_TRUE(client.ReadSome().ends_with("\r\n\r\ntls "));
  }
}

TEST_F(Tls, NewConnectionsGetTheReloadedCertificateOldOnesGoOn) {
  TestServer server(Answer, Options());
  TlsClient old(server.port());
  EXPECT_EQ(old.PeerName(), "first");
  WriteCertificate(certificate_, key_, "second");
  EXPECT_TRUE(server.io().Call([&] { return server.server().ReloadCertificate().has_value(); }));
  TlsClient fresh(server.port());
  EXPECT_EQ(fresh.PeerName(), "second");
  old.Send(kGet);
  EXPECT_TRUE(old.ReadSome().starts_with("HTTP/1.1 200"));
}

TEST_F(Tls, BrokenFileKeepsTheOldCertificate) {
  TestServer server(Answer, Options());
  const auto reload = [&] {
    return server.io().Call([&] { return server.server().ReloadCertificate().has_value(); });
  };
  std::ofstream(certificate_) << "not a certificate";
  EXPECT_FALSE(reload());
  // A certificate without its key is as bad.
  WriteCertificate(certificate_, dir_.path() + "/other.key", "second");
  EXPECT_FALSE(reload());
  std::filesystem::remove(certificate_);
  EXPECT_FALSE(reload());
  TlsClient client(server.port());
  EXPECT_EQ(client.PeerName(), "first");
}

TEST_F(Tls, ClientAndServerExchangeBodiesLargerThanARecord) {
  TestServer server(Answer, Options());
  test::TestClient client(server);
  const std::string body(3'000'000, 'b');
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto got = client.Fetch(At(server.port(), host), Head("POST"), body);
    ASSERT_TRUE(got) << got.error().ToString();
    EXPECT_EQ(got->body, "tls " + body);
  }
}

TEST_F(Tls, ClientRefusesCertificatesOfOthers) {
  TestServer server(Answer, Options());
  test::TestClient client(server);
  const auto fetch = [&](Address address) {
    return client.Fetch(std::move(address), Head("GET")).has_value();
  };
  Address untrusted = At(server.port());
  const std::string other = dir_.path() + "/other.pem";
  WriteCertificate(other, dir_.path() + "/other.key", "other");
  untrusted.tls_ca = other;
  EXPECT_FALSE(fetch(untrusted));
  EXPECT_FALSE(fetch(At(server.port(), "127.0.0.2"))) << "the certificate is not for this name";
  EXPECT_TRUE(fetch(At(server.port())));
}

/// Answers once it is let go, unless the client gives up. Used on the server's thread.
struct LateAnswer {
  Task<void> UntilLetGo() {
    while (held) co_await clock.Sleep(Duration(2));
  }
  Task<void> Handle(Exchange& exchange) {
    using asio::experimental::awaitable_operators::operator||;
    ++waiting;
    const auto first = co_await (UntilLetGo() || exchange.GivenUp());
    if (first.index() == 1) ++gone;
    if (first.index() == 0) co_await Answer(exchange);
  }

  SystemClock clock;
  bool held = true;
  int waiting = 0;
  int gone = 0;
};

TEST_F(Tls, AClientThatGaveUpIsSeenAndWhatItSentEarlyIsKept) {
  LateAnswer late;
  TestServer server([&](Exchange& exchange) { return late.Handle(exchange); }, Options());
  {
    TlsClient client(server.port());
    client.Send(kGet);
    ASSERT_TRUE(server.io().Eventually([&] { return late.waiting == 1; }));
  }
  EXPECT_TRUE(server.io().Eventually([&] { return late.gone == 1; }));
  TlsClient early(server.port());
  early.Send(kGet);
  ASSERT_TRUE(server.io().Eventually([&] { return late.waiting == 2; }));
  early.Send(kGet);
  server.io().Call([&] { late.held = false; });
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(early.ReadSome().ends_with("\r\n\r\ntls "));
  EXPECT_EQ(server.io().Call([&] { return late.gone; }), 1);
}

TEST_F(Tls, SilentClientIsDroppedDuringTheHandshake) {
  ServerOptions options = Options();
  options.header_timeout = Duration(100);
  TestServer server(Answer, options);
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), server.port()});
  char byte = 0;
  boost::system::error_code end;
  EXPECT_EQ(socket.read_some(asio::buffer(&byte, 1), end), 0U);
  // Its place is counted free after the client has seen the end, perhaps on another thread.
  EXPECT_TRUE(server.io().Eventually([&] { return server.server().connections() == 0; }));
}

}  // namespace
}  // namespace atelier::http
