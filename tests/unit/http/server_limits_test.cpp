#include <array>
#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "http/server.h"
#include "support/http_fixture.h"
#include "support/http_raw.h"

namespace atelier::http {
namespace {

using test::FunctionHandler;
using test::OpenDescriptors;
using test::RawClient;
using test::RawResponse;
using test::TestServer;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Task<void> Answer(Exchange& exchange) {
  Response response;
  if (const auto body = co_await exchange.ReadBody(1U << 20U); !body) {
    response.status = body.error().code() == Code::kDeadlineExceeded ? 408 : 400;
  }
  response.body = "{}";
  [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
}

TEST(ServerLimits, HeaderOverTheLimitIs431) {
  ServerOptions options;
  options.max_header_bytes = 2048;
  TestServer server(Answer, options);
  RawClient whole(server.port());
  const RawResponse got =
      whole.Ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(4000, 'x') + "\r\n\r\n");
  EXPECT_EQ(got.status, 431);
  EXPECT_EQ(got.Header("Content-Type"), "application/json;charset=utf-8");
  EXPECT_EQ(whole.ReadAll(), "");

  // Small headers without end: each fits, all together do not.
  RawClient drip(server.port());
  drip.Send("GET / HTTP/1.1\r\nHost: a\r\n");
  for (int i = 0; i < 500 && drip.Send("A: b\r\n"); ++i) {
  }
  EXPECT_EQ(drip.Read().status, 431);
}

TEST(ServerLimits, HeaderAtTheLimitPasses) {
  ServerOptions options;
  options.max_header_bytes = 2048;
  TestServer server(Answer, options);
  RawClient client(server.port());
  std::string request = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
  request.insert(request.size() - 4, std::string(2048 - request.size(), 'x'));
  ASSERT_EQ(request.size(), 2048U);
  EXPECT_EQ(client.Ask(request).status, 200);
}

/// A server whose time passes when it is told to.
class TurnedServer {
 public:
  explicit TurnedServer(FunctionHandler::Function function, const ServerOptions& options = {})
      : TurnedServer(std::move(function), options, std::make_unique<ManualClock>(WallTime())) {}
  TurnedServer(const TurnedServer&) = delete;
  TurnedServer& operator=(const TurnedServer&) = delete;
  /// The end takes time too.
  ~TurnedServer() {
    const std::jthread time([this](const std::stop_token& over) {
      while (!over.stop_requested()) Turn(Duration(100));
    });
    server_.Stop(Duration(0));
  }

  std::uint16_t port() const { return server_.port(); }
  TestServer& server() { return server_; }
  /// Lets time pass, once the server waits for what is due in `due`. A moment less: it goes on
  /// waiting.
  void Pass(Duration due) {
    EXPECT_TRUE(WaitsFor(due));
    Turn(due - Duration(1));
    EXPECT_TRUE(server_.io().Eventually([&] { return server_.server().connections() == 1; }))
        << "not before it is due";
    Turn(Duration(1) + kGrain);
  }
  bool WaitsFor(Duration due) {
    return server_.io().Eventually([&] { return clock_.NextWake() == clock_.Mono() + due; });
  }
  void Turn(Duration length) {
    server_.io().Call([&] { clock_.Advance(length); });
  }

 private:
  TurnedServer(FunctionHandler::Function function, const ServerOptions& options,
               std::unique_ptr<ManualClock> clock)
      : clock_(*clock), server_(std::move(function), options, std::move(clock)) {}

  static constexpr Duration kGrain{20};  // how late a deadline may be met

  ManualClock& clock_;
  TestServer server_;
};

TEST(ServerLimits, SlowHeaderIs408HoweverItDrips) {
  TurnedServer server(Answer, {.header_timeout = Duration(10'000)});
  RawClient client(server.port());
  client.Send("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(server.WaitsFor(Duration(10'000)));
  for (int i = 0; i < 9; ++i) {
    client.Send("a");
    server.Turn(Duration(1'000));
  }
  server.Pass(Duration(1'000));
  EXPECT_EQ(client.Read().status, 408);
}

TEST(ServerLimits, SlowBodyIs408) {
  TurnedServer server(Answer, {.body_timeout = Duration(10'000)});
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  server.Pass(Duration(10'000));
  const RawResponse got = client.Read();
  EXPECT_EQ(got.status, 408);
  EXPECT_EQ(got.Header("Connection"), "close");
}

TEST(ServerLimits, IdleConnectionIsClosedWithoutAWord) {
  TurnedServer server(Answer, {.idle_timeout = Duration(75'000)});
  RawClient fresh(server.port());
  server.Pass(Duration(75'000));
  EXPECT_EQ(fresh.ReadAll(), "");
  RawClient used(server.port());
  EXPECT_EQ(used.Ask(kGet).status, 200);
  server.Pass(Duration(75'000));
  EXPECT_EQ(used.ReadAll(), "");
}

Task<void> SendMuch(Exchange& exchange, Code& outcome) {
  Response response;
  response.body = std::string(64U << 20U, 'x');  // more than the kernel buffers
  const Status sent = co_await exchange.Send(std::move(response));
  outcome = sent ? Code::kCancelled : sent.error().code();
}

TEST(ServerLimits, ReaderThatNeverReadsIsDropped) {
  Code outcome = Code::kCancelled;
  TurnedServer server([&](Exchange& exchange) { return SendMuch(exchange, outcome); },
                      {.write_timeout = Duration(20'000)});
  RawClient client(server.port());
  client.Send(kGet);
  server.Pass(Duration(20'000));
  test::IoThread& io = server.server().io();
  EXPECT_TRUE(io.Eventually([&] { return outcome == Code::kDeadlineExceeded; }));
  EXPECT_TRUE(io.Eventually([&] { return server.server().server().connections() == 0; }));
}

/// Answers /hold once it is told to; all else at once.
class HeldRequests {
 public:
  explicit HeldRequests(ServerOptions options = {})
      : server_([this](Exchange& exchange) { return Handle(exchange); }, std::move(options)) {}
  HeldRequests(const HeldRequests&) = delete;
  HeldRequests& operator=(const HeldRequests&) = delete;
  ~HeldRequests() { Release(); }

  TestServer& server() { return server_; }
  std::uint16_t port() const { return server_.port(); }
  void Release() { released_ = true; }
  /// A client whose request is under way.
  RawClient Hold() {
    RawClient client(port());
    const int before = under_way_;
    client.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(server_.io().Eventually([&] { return under_way_ > before; }));
    return client;
  }

 private:
  Task<void> Handle(Exchange& exchange) {
    if (exchange.head().path() == "/hold") {
      ++under_way_;
      while (!released_) co_await SystemClock().Sleep(Duration(1));
    }
    co_await Answer(exchange);
  }

  std::atomic<bool> released_ = false;
  std::atomic<int> under_way_ = 0;
  TestServer server_;
};

TEST(ServerLimits, ConnectionsOverTheLimitAreAnswered503) {
  ServerOptions options;
  options.max_connections = 2;
  HeldRequests held(options);
  RawClient first = held.Hold();
  RawClient second = held.Hold();
  RawClient third(held.port());
  EXPECT_EQ(third.Ask(kGet).status, 503);
  EXPECT_EQ(third.ReadAll(), "");
  held.Release();
  EXPECT_EQ(first.Read().status, 200) << "what is under way stays";
  EXPECT_EQ(second.Read().status, 200);
  first.Close();
  EXPECT_TRUE(
      held.server().io().Eventually([&] { return held.server().server().connections() < 2; }));
  RawClient fourth(held.port());
  EXPECT_EQ(fourth.Ask(kGet).status, 200);
}

TEST(ServerLimits, ServersOfOneProcessDivideItsConnections) {
  HeldRequests held({.max_connections = 3, .servers = 2});
  const RawClient first = held.Hold();
  RawClient second(held.port());
  EXPECT_EQ(second.Ask(kGet).status, 503);
}

TEST(ServerLimits, TheIdlestConnectionGivesWayToANewcomer) {
  ServerOptions options;
  options.max_connections = 2;
  TestServer server(Answer, options);
  RawClient first(server.port());
  EXPECT_EQ(first.Ask(kGet).status, 200);
  RawClient second(server.port());
  EXPECT_EQ(second.Ask(kGet).status, 200);
  RawClient third(server.port());
  EXPECT_EQ(third.Ask(kGet).status, 200);
  EXPECT_EQ(first.ReadAll(), "");
  EXPECT_EQ(second.Ask(kGet).status, 200);
}

TEST(ServerLimits, OneAddressCannotShutOthersOut) {
  constexpr std::uint8_t kStranger = 2;
  ServerOptions options;
  options.max_connections = 16;
  TestServer server(Answer, options);
  RawClient early(server.port());
  EXPECT_EQ(early.Ask(kGet).status, 200);
  std::vector<RawClient> silent;
  silent.reserve(100);
  for (int i = 0; i < 100; ++i) silent.emplace_back(server.port(), kStranger);
  EXPECT_TRUE(server.io().Eventually([&] { return server.server().connections() >= 16; }));
  RawClient late(server.port());
  EXPECT_EQ(late.Ask(kGet).status, 200);
  EXPECT_EQ(early.Ask(kGet).status, 200) << "the stranger's go, not those of others";
}

TEST(ServerLimits, HealthIsAnsweredWhenAllConnectionsAreTaken) {
  ServerOptions options;
  options.max_connections = 1;
  HeldRequests held(options);
  const RawClient busy = held.Hold();
  std::vector<RawClient> silent;
  silent.reserve(200);
  for (int i = 0; i < 200; ++i) silent.emplace_back(held.port());  // not even that porch is theirs
  RawClient probe(held.port(), 2);
  const RawResponse got = probe.Ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.Header("Connection"), "close");
  EXPECT_EQ(probe.ReadAll(), "");
}

TEST(ServerLimits, OutOfDescriptorsIsAnswered503AndHeals) {
  HeldRequests held;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  std::vector<UniqueFd> hoard;
  RawClient waiting = held.Hold();  // its descriptor on this side is there already
  // Room for the client's own socket, none for the server's end of it.
  const rlimit tight{.rlim_cur = OpenDescriptors() + 40, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  while (true) {
    UniqueFd fd(::dup(0));
    if (!fd) break;
    hoard.push_back(std::move(fd));
  }
  hoard.pop_back();
  {
    RawClient refused(held.port());
    EXPECT_EQ(refused.Ask(kGet).status, 503);
  }
  {
    RawClient probe(held.port());
    EXPECT_EQ(probe.Ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  }
  held.Release();
  EXPECT_EQ(waiting.Read().status, 200) << "those who are in are served";
  hoard.clear();
  RawClient later(held.port());
  EXPECT_EQ(later.Ask(kGet).status, 200);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(ServerLimits, OutOfDescriptorsAnIdleConnectionGivesUpItsOwn) {
  TestServer server(Answer);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  RawClient idle(server.port());
  ASSERT_EQ(idle.Ask(kGet).status, 200);
  const rlimit tight{.rlim_cur = OpenDescriptors() + 40, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  std::vector<UniqueFd> hoard;
  while (true) {
    UniqueFd fd(::dup(0));
    if (!fd) break;
    hoard.push_back(std::move(fd));
  }
  hoard.pop_back();
  RawClient newcomer(server.port());
  EXPECT_EQ(newcomer.Ask(kGet).status, 200);
  EXPECT_EQ(idle.ReadAll(), "");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(ServerLimits, ClientMayVanishAtEveryByte) {
  TestServer server(Answer);
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  const std::size_t before = OpenDescriptors();
  for (std::size_t size = 0; size <= request.size(); ++size) {
    RawClient reset(server.port());
    reset.Send(std::string_view(request).substr(0, size));
    reset.Reset();
    RawClient half(server.port());
    half.Send(std::string_view(request).substr(0, size));
    half.ShutdownWrite();
    const RawResponse got = half.Read();
    // Half a request gets no 2xx; a whole one is answered although its sender sends no more.
    EXPECT_EQ(got.status == 200, size == request.size()) << size;
  }
  EXPECT_TRUE(server.io().Eventually([&] { return server.server().connections() == 0; }));
  EXPECT_EQ(OpenDescriptors(), before);
  RawClient after(server.port());
  EXPECT_EQ(after.Ask(kGet).status, 200);
}

Task<void> TakeTime(Exchange& exchange, std::promise<void>& entered) {
  if (exchange.head().path() == "/slow") {
    entered.set_value();
    co_await SystemClock().Sleep(Duration(100));
  }
  [[maybe_unused]] const Status sent = co_await exchange.Send({});
}

TEST(ServerStop, RequestUnderWayFinishesIdleOnesAreClosed) {
  std::promise<void> entered;
  TestServer server([&](Exchange& exchange) { return TakeTime(exchange, entered); });
  const std::uint16_t port = server.port();
  RawClient idle(port);
  EXPECT_EQ(idle.Ask(kGet).status, 200);
  RawClient busy(port);
  busy.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  entered.get_future().get();
  server.Stop(Duration(5000));
  const RawResponse got = busy.Read();
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.Header("Connection"), "close");
  EXPECT_EQ(idle.ReadAll(), "");
  EXPECT_THROW(RawClient late(port), std::runtime_error);
}

TEST(ServerStop, UpgradedConnectionsDoNotHoldItUp) {
  TestServer server([](Exchange& exchange) -> Task<void> {
    const auto stream = co_await exchange.Upgrade({.status = 101, .headers = {}});
    if (!stream) co_return;
    std::array<char, 16> piece;
    [[maybe_unused]] const auto end =
        co_await (*stream)->Read(piece, SystemClock().In(Duration(60'000)));
  });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask(kGet).status, 101);
  const auto start = std::chrono::steady_clock::now();
  server.Stop(Duration(30'000));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(client.ReadAll(), "");
}

TEST(ServerStart, SaysWhyItCannot) {
  TestServer taken(Answer);
  asio::io_context io;
  SystemClock clock;
  const auto log = MakeNullLogger();
  test::FunctionHandler handler(Answer);
  const auto start = [&](ServerOptions options) {
    return MakeServer(std::move(options), handler, io.get_executor(), clock, *log)->Start();
  };
  EXPECT_EQ(start({.port = taken.port()}).error().code(), Code::kUnavailable);
  EXPECT_EQ(start({.address = "example"}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(start({.tls_certificate = "/nowhere", .tls_key = "/nowhere"}).error().code(),
            Code::kInvalidArgument);
}

}  // namespace
}  // namespace atelier::http
