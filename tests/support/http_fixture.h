#pragma once
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "http/client.h"
#include "http/server.h"
#include "support/io_thread.h"

namespace atelier::test {

/// Answers with what it was given. Refusals are JSON with the status that docs/contract/errors.md
/// asks for.
class FunctionHandler : public http::Handler {
 public:
  using Function = std::function<Task<void>(http::Exchange&)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}

  Task<void> Handle(http::Exchange& exchange) override { return function_(exchange); }
  bool AnswersWhenFull(const http::RequestHead& head) const override {
    return head.path() == "/healthz";
  }
  http::Response Refuse(const Error& error) override {
    http::Response response{.status = StatusOf(error.code()), .headers = {}, .body = {}};
    response.headers.Add("Content-Type", "application/json;charset=utf-8");
    response.body = R"({"Code":")" + std::string(ToString(error.code())) + R"("})";
    return response;
  }

 private:
  static int StatusOf(Code code) {
    switch (code) {
      case Code::kResourceExhausted:
        return 431;
      case Code::kDeadlineExceeded:
        return 408;
      case Code::kUnavailable:
        return 503;
      default:
        return 400;
    }
  }

  Function function_;
};

/// Further loops that servers of the system's clock have, by ATELIER_TEST_LOOPS: the same tests
/// show that a handler cannot tell (tests/CMakeLists.txt).
inline std::size_t TestLoops() {
  const char* const told = std::getenv("ATELIER_TEST_LOOPS");
  return told == nullptr ? 0 : std::stoul(told);
}

/// A server on a thread of its own, or, with further loops, on several.
class TestServer {
 public:
  explicit TestServer(FunctionHandler::Function function, http::ServerOptions options = {})
      : TestServer(std::make_unique<FunctionHandler>(std::move(function)), TestLoops(),
                   std::move(options)) {}
  TestServer(FunctionHandler::Function function, http::ServerOptions options,
             std::unique_ptr<Clock> clock)
      : TestServer(std::make_unique<FunctionHandler>(std::move(function)), 0, std::move(options),
                   std::move(clock)) {}
  TestServer(std::unique_ptr<http::Handler> handler, std::size_t more_loops,
             http::ServerOptions options = {},
             std::unique_ptr<Clock> clock = std::make_unique<SystemClock>())
      : clock_(std::move(clock)),
        log_(MakeNullLogger()),
        handler_(std::move(handler)),
        more_loops_(more_loops) {
    for (IoThread& loop : more_loops_) options.more_loops.push_back(loop.executor());
    io_.Call([&] {
      server_ = http::MakeServer(std::move(options), *handler_, io_.executor(), *clock_, *log_);
      if (const Status started = server_->Start(); !started) {
        throw std::runtime_error(started.error().message());
      }
    });
  }
  ~TestServer() {
    if (server_) Stop(Duration(0));
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  void Stop(Duration grace) {
    io_.Await(StopServer(grace));
    io_.Call([this] { server_.reset(); });
  }
  std::uint16_t port() const { return server_->port(); }
  std::size_t connections() {
    return io_.Call([this] { return server_->connections(); });
  }
  http::Server& server() { return *server_; }
  IoThread& io() { return io_; }
  Clock& clock() { return *clock_; }

 private:
  Task<int> StopServer(Duration grace) {
    co_await server_->Stop(clock_->In(grace));
    co_return 0;
  }

  const std::unique_ptr<Clock> clock_;
  std::unique_ptr<Logger> log_;
  const std::unique_ptr<http::Handler> handler_;
  IoThread io_;
  std::vector<IoThread> more_loops_;  // they post to the first, and so end before it
  std::unique_ptr<http::Server> server_;
};

/// A client that lives on a server's thread.
class TestClient {
 public:
  explicit TestClient(TestServer& server, http::Client::Options options = {}) : server_(server) {
    server_.io().Call(
        [&] { client_ = http::MakeClient(options, server_.io().executor(), server_.clock()); });
  }
  ~TestClient() {
    server_.io().Call([this] { client_.reset(); });
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  http::Client& operator*() { return *client_; }
  Result<http::Response> Fetch(http::Address address, http::RequestHead head, std::string body = {},
                               std::size_t limit = 8U << 20U, Duration within = Duration(10'000)) {
    return server_.io().Await(client_->Fetch(std::move(address), std::move(head), std::move(body),
                                             limit, server_.clock().In(within)));
  }

 private:
  TestServer& server_;
  std::unique_ptr<http::Client> client_;
};

}  // namespace atelier::test
