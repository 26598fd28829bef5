// A server on several loops (ServerOptions::more_loops): what is answered where, and that limits
// and the end are of all of them together. That handlers cannot tell is shown by the other tests,
// which run with ATELIER_TEST_LOOPS too (tests/CMakeLists.txt).
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "http/server.h"
#include "support/http_fixture.h"
#include "support/http_raw.h"

namespace atelier::http {
namespace {

using test::RawClient;
using test::TestServer;

constexpr std::size_t kMoreLoops = 2;
const std::string kAsk = "GET /at-once HTTP/1.1\r\nHost: a\r\n\r\n";

/// Answers /at-once where it arrives, all else on the handlers' thread; notes the threads.
class NotingHandler final : public Handler {
 public:
  using Others = std::function<Task<void>(Exchange&)>;
  explicit NotingHandler(Others others = {}) : others_(std::move(others)) {}

  std::optional<Response> AnswerAtOnce(Exchange& exchange, std::size_t loop) override {
    if (exchange.head().path() != "/at-once") return std::nullopt;
    const std::scoped_lock lock(mutex_);
    at_once_[loop].insert(std::this_thread::get_id());
    Response response = exchange.Spare();
    response.body = "at once";
    return response;
  }
  Task<void> Handle(Exchange& exchange) override {
    {
      const std::scoped_lock lock(mutex_);
      handled_.insert(std::this_thread::get_id());
    }
    if (others_) co_return co_await others_(exchange);
    Response response = exchange.Spare();
    response.body = "handled";
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
  }
  Response Refuse(const Error& /*error*/) override { return {.status = 503}; }

  std::map<std::size_t, std::set<std::thread::id>> at_once() {
    const std::scoped_lock lock(mutex_);
    return at_once_;
  }
  std::set<std::thread::id> handled() {
    const std::scoped_lock lock(mutex_);
    return handled_;
  }

 private:
  const Others others_;
  std::mutex mutex_;
  std::map<std::size_t, std::set<std::thread::id>> at_once_;  // threads by loop
  std::set<std::thread::id> handled_;
};

/// A server with its handler, which the server owns.
struct Noting {
  explicit Noting(NotingHandler::Others others = {}, ServerOptions options = {})
      : server(
            [&] {
              auto made = std::make_unique<NotingHandler>(std::move(others));
              handler = made.get();
              return std::unique_ptr<Handler>(std::move(made));
            }(),
            kMoreLoops, std::move(options)) {}

  NotingHandler* handler = nullptr;
  TestServer server;
};

std::thread::id ThreadOf(TestServer& server) {
  return server.io().Call([] { return std::this_thread::get_id(); });
}

TEST(Loops, ConnectionsAreDividedAndEachIsOneThreads) {
  Noting noting;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 9; ++i) {
    clients.push_back(std::make_unique<RawClient>(noting.server.port()));
    EXPECT_FALSE(clients.back()->Ask(kAsk).body.empty());
  }
  for (int round = 0; round < 5; ++round) {
    for (const auto& client : clients) EXPECT_EQ(client->Ask(kAsk).status, 200);
  }
  const auto at_once = noting.handler->at_once();
  ASSERT_EQ(at_once.size(), 2U) << "the third of the loops is the first, where Handle is";
  for (const auto& [loop, threads] : at_once) {
    EXPECT_EQ(threads.size(), 1U) << loop;
    EXPECT_FALSE(threads.contains(ThreadOf(noting.server)));
  }
  EXPECT_NE(at_once.at(1), at_once.at(2));
  EXPECT_EQ(noting.server.connections(), 9U);
}

TEST(Loops, AllElseIsHandledOnTheFirst) {
  Noting noting;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<RawClient>(noting.server.port()));
    EXPECT_EQ(clients.back()->Ask("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").body, "handled");
    EXPECT_EQ(clients.back()->Ask("GET /y HTTP/1.1\r\nHost: a\r\n\r\n").body, "handled");
  }
  EXPECT_EQ(noting.handler->handled(), std::set{ThreadOf(noting.server)});
}

TEST(Loops, BothKindsInOnePipelineAreAnsweredInOrder) {
  Noting noting;
  RawClient client(noting.server.port());
  std::string all;
  for (int i = 0; i < 200; ++i) all += i % 3 == 0 ? "GET /x HTTP/1.1\r\nHost: a\r\n\r\n" : kAsk;
  client.Send(all);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.Read().body, i % 3 == 0 ? "handled" : "at once");
}

TEST(Loops, TheHandlerHasReturnedBeforeTheClientHasTheEndOfItsAnswer) {
  std::atomic<bool> under_way = false;
  Noting noting([&](Exchange& exchange) -> Task<void> {
    under_way = true;
    const std::string way = exchange.head().target;
    Status sent = Ok();
    if (way == "/whole") {
      sent = co_await exchange.Send({.body = "answer"});
    } else {
      ResponseHead head;
      if (way == "/sized") head.headers.Add("Content-Length", "6");
      if (way == "/none") head.headers.Add("Content-Length", "0");
      sent = co_await exchange.Begin(std::move(head));
      for (const std::string_view piece : {"ans", "wer"}) {
        if (sent) sent = co_await exchange.WriteSome(piece);
      }
      if (sent) sent = co_await exchange.Finish();
    }
    EXPECT_TRUE(sent) << way;
    // Work after the answer, which the client must not be able to overtake.
    co_await SystemClock().Sleep(Duration(20));
    under_way = false;
  });
  RawClient client(noting.server.port());  // not of the first loop, which is the last of equals
  const auto ask = [&](const std::string& line) {
    const std::string body = client.Ask(line + " HTTP/1.1\r\nHost: a\r\n\r\n").body;
    EXPECT_FALSE(under_way) << line;
    return body;
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(ask("GET /whole"), "answer");
    EXPECT_EQ(ask("GET /sized"), "answer");
    EXPECT_EQ(ask("GET /chunked"), "answer");
    EXPECT_EQ(ask("GET /none"), "");
    EXPECT_EQ(ask("HEAD /sized"), "");
    EXPECT_EQ(ask("HEAD /chunked"), "");
    EXPECT_EQ(ask("HEAD /whole"), "");
  }
}

TEST(Loops, PlacesAreCountedOnceForAll) {
  Noting noting({}, {.max_connections = 6});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<RawClient>(noting.server.port()));
    ASSERT_EQ(clients.back()->Ask(kAsk).status, 200);
  }
  // The one that is idle longest makes room, whatever loop it is on.
  for (int i = 0; i < 6; ++i) {
    RawClient next(noting.server.port(), 2);
    EXPECT_EQ(next.Ask(kAsk).status, 200);
    EXPECT_TRUE(
        noting.server.io().Eventually([&] { return noting.server.server().connections() <= 6; }));
  }
  EXPECT_EQ(clients.front()->ReadAll(), "") << "it had to go";
}

Task<void> WaitForTheEnd(Exchange& exchange, std::promise<void>& gone) {
  co_await exchange.GivenUp();
  gone.set_value();
}

TEST(Loops, AHandlerWhoseClientGivesUpLearnsOfIt) {
  std::promise<void> gone;
  Noting noting([&](Exchange& exchange) { return WaitForTheEnd(exchange, gone); });
  {
    RawClient client(noting.server.port());
    client.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_EQ(gone.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

Task<void> CutWhileReading(Exchange& exchange) {
  exchange.Cut();
  const auto body = co_await exchange.ReadBody(100);
  EXPECT_FALSE(body) << "nobody waits for a connection that was cut";
}

TEST(Loops, CuttingEndsTheWaitForABody) {
  Noting noting(CutWhileReading);
  RawClient client(noting.server.port());
  client.Send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.ReadAll(), "");
}

Task<void> AnswerLate(Exchange& exchange, std::promise<void>& begun, std::atomic<bool>& go) {
  begun.set_value();
  SystemClock clock;
  while (!go) co_await clock.Sleep(Duration(1));
  [[maybe_unused]] const Status sent =
      co_await exchange.Send({.status = 200, .headers = {}, .body = "late"});
}

TEST(Loops, AtTheEndRequestsUnderWayAreAnsweredAndIdleConnectionsClosed) {
  std::promise<void> begun;
  std::atomic<bool> go = false;
  auto noting =
      std::make_unique<Noting>([&](Exchange& exchange) { return AnswerLate(exchange, begun, go); });
  RawClient idle(noting->server.port());
  EXPECT_EQ(idle.Ask(kAsk).status, 200);
  RawClient busy(noting->server.port());
  busy.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  begun.get_future().wait();
  std::thread stops([&] { noting->server.Stop(Duration(10'000)); });
  EXPECT_EQ(idle.ReadAll(), "");
  go = true;
  EXPECT_EQ(busy.Read().body, "late");
  EXPECT_EQ(busy.ReadAll(), "");
  stops.join();
}

TEST(Loops, ManyClientsAtOnceOnAll) {
  Noting noting;
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  constexpr int kClients = 6;
  constexpr int kRounds = 100;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        RawClient client(noting.server.port());
        for (int ask = 0; ask < 3; ++ask) {
          if (client.Ask(kAsk).status == 200 &&
              client.Ask("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").status == 200)
            ++right;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kClients * kRounds * 3);
  EXPECT_TRUE(
      noting.server.io().Eventually([&] { return noting.server.server().connections() == 0; }));
}

}  // namespace
}  // namespace atelier::http
