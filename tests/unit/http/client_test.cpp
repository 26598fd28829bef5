#include "http/client.h"

#include <array>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/http_fixture.h"
#include "support/http_raw.h"
#include "support/temp_dir.h"

namespace atelier::http {
namespace {

using test::OpenDescriptors;
using test::TestServer;

RequestHead Head(std::string method, std::string target) {
  RequestHead head{
      .method = std::move(method), .target = std::move(target), .headers = {}, .source_ip = {}};
  head.headers.Add("Host", "upstream");
  return head;
}

Address At(std::uint16_t port) {
  return {.unix_path = {}, .host = "127.0.0.1", .port = port, .tls_ca = {}};
}

/// A server and a client on its I/O thread.
class ClientTest : public testing::Test {
 protected:
  ClientTest()
      : server_([this](Exchange& exchange) { return Handle(exchange); }),
        client_(server_, {.max_idle_per_address = 2}) {}

  Task<void> Handle(Exchange& exchange) {
    ++requests_;
    const std::string target = exchange.head().target;
    Response response;
    if (target == "/upgrade") {
      const auto stream = co_await exchange.Upgrade({.status = 101, .headers = {}});
      if (!stream) co_return;
      const Deadline by = server_.clock().In(Duration(5'000));
      [[maybe_unused]] const Status hello =
          co_await (*stream)->Write(std::string_view("hello"), by);
      std::array<char, 16> piece;
      [[maybe_unused]] const auto end = co_await (*stream)->Read(piece, by);
      co_return;
    }
    if (target == "/drop") co_return;
    if (target == "/slow") co_await server_.clock().Sleep(Duration(500));
    if (target == "/close") response.headers.Add("X", "y");
    const auto body = co_await exchange.ReadBody(8U << 20U);
    response.body = exchange.head().method + " " + target + " " + body.value_or("broken");
    if (target == "/count") response.body = std::to_string(server_.server().connections());
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
  }

  Result<Response> Fetch(Address address, RequestHead head, std::string body = "",
                         std::size_t limit = 8U << 20U, Duration within = Duration(5'000)) {
    return client_.Fetch(std::move(address), std::move(head), std::move(body), limit, within);
  }
  Result<Response> Get(std::string target) {
    return Fetch(At(server_.port()), Head("GET", std::move(target)));
  }

  struct Upload {
    std::string first;
    bool whole;
    std::string length;  // header of the request
    std::string rest;
  };

  Task<int> OpenMany() {
    std::vector<std::unique_ptr<ClientExchange>> open;
    const Deadline by = server_.clock().In(Duration(5'000));
    for (int i = 0; i < 6; ++i) {
      auto exchange = co_await (*client_).Open(At(server_.port()), Head("GET", "/x"), {}, by);
      if (!exchange || !co_await (*exchange)->ReadHead(by)) co_return -1;
      open.push_back(*std::move(exchange));
    }
    std::array<char, 64> piece;
    for (const auto& exchange : open) {
      while ((co_await exchange->ReadSome(piece, by)).value_or(0) > 0) {
      }
    }
    co_return static_cast<int>(open.size());
  }
  Task<std::string> UpgradeAndRead() {
    const Deadline by = server_.clock().In(Duration(5'000));
    RequestHead head = Head("GET", "/upgrade");
    head.headers.Add("Connection", "Upgrade");
    head.headers.Add("Upgrade", "echo");
    auto exchange = co_await (*client_).Open(At(server_.port()), std::move(head), {}, by);
    if (!exchange) co_return exchange.error().ToString();
    const auto answer = co_await (*exchange)->ReadHead(by);
    if (!answer || answer->status != 101) co_return "no 101";
    const auto stream = (*exchange)->TakeStream();
    std::array<char, 16> piece;
    const auto size = co_await stream->Read(piece, by);
    co_return std::string(piece.data(), size.value_or(0));
  }
  Task<std::string> Post(Upload one) {
    const Deadline by = server_.clock().In(Duration(5'000));
    RequestHead head = Head("POST", "/x");
    if (!one.length.empty()) head.headers.Add("Content-Length", one.length);
    const auto exchange =
        co_await (*client_).Open(At(server_.port()), std::move(head),
                                 {.has_body = true, .first = one.first, .whole = one.whole}, by);
    if (!exchange) co_return exchange.error().ToString();
    if (!one.whole) {
      if (!co_await (*exchange)->WriteSome(one.rest, by)) co_return "not written";
      if (!co_await (*exchange)->FinishBody(by)) co_return "not finished";
    }
    if (!co_await (*exchange)->ReadHead(by)) co_return "no answer";
    std::string body;
    while (!(*exchange)->TakeArrived(body).value_or(true)) {
      std::array<char, 1> piece;
      const auto size = co_await (*exchange)->ReadSome(piece, by);
      if (!size) co_return "broken";
      body.append(piece.data(), *size);
    }
    co_return body;
  }

  int requests_ = 0;
  OffsetClock offset_clock_;  // before the server, whose thread sleeps by it to the end
  TestServer server_;
  test::TestClient client_;
};

TEST_F(ClientTest, FetchesWithAndWithoutABody) {
  EXPECT_EQ(Get("/a")->body, "GET /a ");
  const std::string body(1'000'000, 'x');
  EXPECT_EQ(Fetch(At(server_.port()), Head("POST", "/b"), body)->body, "POST /b " + body);
  EXPECT_EQ(Fetch(At(server_.port()), Head("HEAD", "/c"))->body, "");
}

TEST_F(ClientTest, ConnectionIsReusedWithinTheSameAddress) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get("/count")->body, "1");
}

TEST_F(ClientTest, PoolKeepsNoMoreThanItsBound) {
  EXPECT_EQ(server_.io().Await(OpenMany()), 6);
  EXPECT_TRUE(server_.io().Eventually([this] { return server_.server().connections() == 2; }));
}

TEST_F(ClientTest, ReusedConnectionThatDiedIsReplacedOnce) {
  EXPECT_TRUE(Get("/a"));
  // The server closes it when it has not answered: the client must not show that to a later
  // request.
  EXPECT_FALSE(Get("/drop")) << "repeated once on a fresh connection, dropped there too";
  EXPECT_EQ(requests_, 3);
  EXPECT_EQ(Get("/b")->body, "GET /b ");
}

TEST_F(ClientTest, WhatMayHaveHadAnEffectIsNotRepeated) {
  EXPECT_TRUE(Get("/a"));
  EXPECT_FALSE(Fetch(At(server_.port()), Head("POST", "/drop")));
  EXPECT_TRUE(Get("/a"));
  EXPECT_FALSE(Fetch(At(server_.port()), Head("PUT", "/drop"), "body"));
  EXPECT_EQ(requests_, 4);
}

TEST_F(ClientTest, WhatCannotBeRepeatedUsesNoConnectionThatRestedForLong) {
  std::unique_ptr<Client> client;
  server_.io().Call([&] { client = MakeClient({}, server_.io().executor(), offset_clock_); });
  const auto ask = [&](const std::string& method) {
    return server_.io()
        .Await(client->Fetch(At(server_.port()), Head(method, "/count"), "", 100,
                             server_.clock().In(Duration(5'000))))
        ->body;
  };
  const auto rest = [&](Duration length) {
    server_.io().Call([&] { offset_clock_.Advance(length); });
  };
  EXPECT_EQ(ask("POST"), "1");
  rest(Duration(900));
  EXPECT_EQ(ask("POST"), "1");
  rest(Duration(1'100));
  EXPECT_EQ(ask("GET"), "1");
  rest(Duration(1'100));
  EXPECT_EQ(ask("POST"), "2") << "the first one may be closing at this moment";
  server_.io().Call([&] { client.reset(); });
}

TEST_F(ClientTest, ABodyGoesOutWithTheHeadWhollyOrInPart) {
  for (const Upload& one : {Upload{"abc", true, "3", ""}, Upload{"abc", true, "", ""},
                            Upload{"", true, "", ""}, Upload{"abc", false, "6", "def"},
                            Upload{"abc", false, "", "def"}, Upload{"", false, "", "def"}}) {
    EXPECT_EQ(server_.io().Await(Post(one)), "POST /x " + one.first + one.rest);
  }
  EXPECT_EQ(Get("/count")->body, "1") << "all on one connection";
}

TEST_F(ClientTest, DeadlineOfTheCallIsMet) {
  const auto start = std::chrono::steady_clock::now();
  const auto got = Fetch(At(server_.port()), Head("GET", "/slow"), "", 1000, Duration(50));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), Code::kDeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(400));
}

TEST_F(ClientTest, AnswerOverTheLimitIsRefused) {
  const auto got = Fetch(At(server_.port()), Head("POST", "/x"), std::string(2000, 'x'), 1000);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), Code::kResourceExhausted);
}

TEST_F(ClientTest, NobodyListeningIsUnavailable) {
  std::uint16_t port = 0;
  {
    const test::RawListener gone;
    port = gone.port();
  }
  EXPECT_EQ(Fetch(At(port), Head("GET", "/")).error().code(), Code::kUnavailable);
  Address nowhere;
  nowhere.unix_path = "/nonexistent/socket";
  EXPECT_EQ(Fetch(nowhere, Head("GET", "/")).error().code(), Code::kUnavailable);
  nowhere.unix_path = std::string(200, 'x');
  EXPECT_EQ(Fetch(nowhere, Head("GET", "/")).error().code(), Code::kInvalidArgument);
}

TEST_F(ClientTest, UpgradeGivesTheRawBytes) {
  EXPECT_EQ(server_.io().Await(UpgradeAndRead()), "hello");
}

TEST_F(ClientTest, ClosedIdleConnectionsGiveTheirDescriptorsBack) {
  const std::size_t before = OpenDescriptors();
  {
    TestServer other([](Exchange& exchange) -> Task<void> {
      [[maybe_unused]] const Status sent = co_await exchange.Send({});
    });
    EXPECT_TRUE(Fetch(At(other.port()), Head("GET", "/")));
  }
  EXPECT_TRUE(server_.io().Eventually([&] { return OpenDescriptors() <= before; }))
      << "the pool notices that the upstream is gone without being asked for it";
}

/// Accepts one connection on a unix socket, reads a head and answers with the given bytes.
class OneAnswer {
 public:
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;
  OneAnswer(const std::string& path, std::string answer)
      : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 1) != 0) {
      throw std::runtime_error("cannot listen");
    }
    thread_ = std::thread([this, bytes = std::move(answer)] {
      const UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      std::array<char, 4096> piece;
      std::string head;
      while (head.find("\r\n\r\n") == std::string::npos) {
        const auto size = ::recv(fd.get(), piece.data(), piece.size(), 0);
        if (size <= 0) return;
        head.append(piece.data(), static_cast<std::size_t>(size));
      }
      for (const char byte : bytes) ::send(fd.get(), &byte, 1, MSG_NOSIGNAL);
    });
  }
  ~OneAnswer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

 private:
  UniqueFd listener_;
  std::thread thread_;
};

TEST_F(ClientTest, UpstreamsOfManyManners) {
  const test::TempDir dir;
  struct Case {
    const char* bytes;
    const char* body;  // nullptr: an error
  };
  int number = 0;
  for (const Case& c : {
           Case{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"},
           Case{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                "hi"},
           Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: x\r\n\r\n",
                "hi"},
           Case{"HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"},
           Case{"HTTP/1.1 204 No Content\r\n\r\n", ""},
           Case{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", nullptr},
           Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", nullptr},
           Case{"SSH-2.0-OpenSSH_9.2\r\n\r\n", nullptr},
           Case{"", nullptr},
       }) {
    const std::string path = dir.path() + "/" + std::to_string(number++);
    const OneAnswer upstream(path, c.bytes);
    Address address;
    address.unix_path = path;
    const auto got = Fetch(address, Head("GET", "/"));
    if (c.body == nullptr) {
      EXPECT_FALSE(got) << c.bytes;
    } else {
      ASSERT_TRUE(got) << c.bytes << got.error().ToString();
      EXPECT_EQ(got->body, c.body);
    }
  }
}

}  // namespace
}  // namespace atelier::http
