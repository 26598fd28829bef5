#include "runtime/simulated.h"

#include <csignal>
#include <functional>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"
#include "http/client.h"
#include "support/run.h"

namespace atelier::runtime {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class Simulated : public testing::Test {
 protected:
  static constexpr Duration kSoon = seconds(10);

  Workload Want(const Script& script, model::Generation generation = 1) {
    Workload want;
    want.id = id;
    want.generation = generation;
    want.capacity.milli_cpu = 2000;
    want.environment["ATELIER_SIMULATE"] = ToJson(script);
    return want;
  }
  Status Ensure(const Script& script, model::Generation generation = 1) {
    return atelier::test::Run(io, driver->Ensure(Want(script, generation), clock.In(kSoon)));
  }
  Task<void> Call(Script script, std::optional<Status>& answer) {
    answer = co_await driver->Ensure(Want(script), clock.In(kSoon));
  }
  Status Stop(model::Generation generation, StopMode mode = StopMode::kGrace) {
    return atelier::test::Run(io, driver->Stop(id, generation, mode, clock.In(kSoon)));
  }
  Observation Look() { return atelier::test::Run(io, driver->Observe(clock.In(kSoon))).value(); }
  /// "1:Ready 2:Exited": generations and phases.
  std::string Shown() {
    static constexpr const char* kNames[] = {"Allocating", "Preparing", "Starting",
                                             "Ready",      "Stopping",  "Exited"};
    std::string text;
    for (const auto& state : Look().workloads) {
      text += (text.empty() ? "" : " ") + std::to_string(state.generation) + ":" +
              kNames[static_cast<std::size_t>(state.phase)];
    }
    return text;
  }
  void Pass(Duration length) {
    clock.Advance(length);
    io.restart();
    io.poll();
  }

  ManualClock clock{WallTime{Duration{0}}};
  asio::io_context io;
  std::unique_ptr<SimulatedDriver> driver = MakeSimulatedDriver({}, io.get_executor(), clock);
  model::InstanceId id{"dsw-1"};
};

TEST_F(Simulated, FollowsItsScriptOnTheClock) {
  ASSERT_TRUE(Ensure({.allocate_ms = 10, .prepare_ms = 20, .start_ms = 30}));
  EXPECT_EQ(Shown(), "1:Allocating");
  Pass(Duration(10));
  EXPECT_EQ(Shown(), "1:Preparing");
  Pass(Duration(20));
  EXPECT_EQ(Shown(), "1:Starting");
  Pass(Duration(29));
  EXPECT_EQ(Shown(), "1:Starting");
  Pass(Duration(1));
  EXPECT_EQ(Shown(), "1:Ready");
  EXPECT_TRUE(Look().complete);
  Pass(hours(24 * 365));
  EXPECT_EQ(Shown(), "1:Ready");
}

TEST_F(Simulated, WakesAtEachChange) {
  int wakes = 0;
  driver->SetWake([&] { ++wakes; });
  ASSERT_TRUE(Ensure({.allocate_ms = 10, .prepare_ms = 10, .start_ms = 10}));
  for (int i = 0; i < 100; ++i) Pass(Duration(1));
  EXPECT_EQ(wakes, 3);
}

TEST_F(Simulated, AStopIsShownWithItsOutcomeOnceItEnded) {
  ASSERT_TRUE(Ensure({.stop_ms = 50}));
  Pass(seconds(1));
  ASSERT_TRUE(Stop(1));
  EXPECT_EQ(Shown(), "1:Stopping");
  ASSERT_TRUE(Stop(1));  // idempotent
  Pass(seconds(1));
  const auto seen = Look().workloads;
  ASSERT_EQ(Shown(), "1:Exited");
  EXPECT_EQ(seen[0].signal, SIGTERM);
  EXPECT_FALSE(seen[0].exit_code);
  EXPECT_EQ(seen[0].ended, WallTime{Duration(1050)});
  EXPECT_EQ(seen[0].reason, "");
  EXPECT_TRUE(Stop(1));
  EXPECT_EQ(Shown(), "1:Exited");
}

TEST_F(Simulated, StopTouchesNoLaterGeneration) {
  ASSERT_TRUE(Ensure({}, 5));
  ASSERT_TRUE(Stop(4));
  Pass(seconds(1));
  EXPECT_EQ(Shown(), "5:Ready");
}

TEST_F(Simulated, EnsureIsIdempotentAndFencesEarlierLives) {
  ASSERT_TRUE(Ensure({}));
  ASSERT_TRUE(Ensure({}));
  Pass(seconds(1));
  EXPECT_EQ(Shown(), "1:Ready");
  EXPECT_EQ(Ensure({}, 2).error().code(), Code::kUnavailable);  // the first still runs
  ASSERT_TRUE(Stop(1));
  Pass(seconds(1));
  ASSERT_TRUE(Ensure({}, 2));
  EXPECT_EQ(Ensure({}, 1).error().code(), Code::kAborted);
}

TEST_F(Simulated, AnExitIsShownWithItsOutcome) {
  ASSERT_TRUE(Ensure({.exit_after_ms = 1000, .exit_code = 3}));
  Pass(seconds(2));
  const auto seen = Look().workloads;
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].phase, Phase::kExited);
  EXPECT_EQ(seen[0].exit_code, 3);
  EXPECT_EQ(seen[0].ended, WallTime{Duration(1300)});  // 300 ms to be ready, then one second
  EXPECT_FALSE(seen[0].log_tail.empty());
  ASSERT_TRUE(Ensure({}));  // this generation was there: nothing happens
  EXPECT_EQ(Shown(), "1:Exited");
  ASSERT_TRUE(Ensure({}, 2));
  EXPECT_EQ(Shown(), "2:Allocating");
}

TEST_F(Simulated, FailsWhereItIsTold) {
  for (const auto& [where, when] : {std::pair{"allocate", 100}, {"prepare", 200}, {"start", 300}}) {
    driver = MakeSimulatedDriver({}, io.get_executor(), clock);
    ASSERT_TRUE(Ensure({.fail_at = where}));
    Pass(Duration(when - 1));
    EXPECT_NE(Shown(), "1:Exited") << where;
    Pass(Duration(1));
    EXPECT_EQ(Shown(), "1:Exited") << where;
    EXPECT_EQ(Look().workloads[0].exit_code, 1);
  }
}

TEST_F(Simulated, AForcedStopEndsAtOnceWhatDoesNotEndWhenAsked) {
  ASSERT_TRUE(Ensure({.stop_ms = 60'000, .hang_stop = true}));
  Pass(seconds(1));
  ASSERT_TRUE(Stop(1));
  Pass(hours(1));
  EXPECT_EQ(Shown(), "1:Stopping");
  ASSERT_TRUE(Stop(1, StopMode::kNow));
  EXPECT_EQ(Shown(), "1:Exited");
  EXPECT_EQ(Look().workloads[0].signal, SIGKILL);
  ASSERT_TRUE(Ensure({.stop_ms = 60'000}, 2));
  Pass(seconds(1));
  ASSERT_TRUE(Stop(2, StopMode::kNow));  // not asked before
  EXPECT_EQ(Shown(), "2:Exited");
}

TEST_F(Simulated, HangsWhereItIsTold) {
  ASSERT_TRUE(Ensure({.hang_start = true, .hang_stop = true, .hang_kill = true}));
  Pass(hours(1));
  EXPECT_EQ(Shown(), "1:Starting");
  ASSERT_TRUE(Stop(1));
  Pass(hours(1));
  EXPECT_EQ(Shown(), "1:Stopping");
  ASSERT_TRUE(Stop(1, StopMode::kNow));
  Pass(hours(1));
  EXPECT_EQ(Shown(), "1:Stopping");
  EXPECT_EQ(atelier::test::Run(io, driver->Remove(id, clock.In(kSoon))).error().code(),
            Code::kFailedPrecondition);
}

TEST_F(Simulated, ItsDoorOpensOnAPageThatSaysWhatItIs) {
  const auto log = MakeNullLogger();
  SystemClock real;
  const auto client = http::MakeClient({}, io.get_executor(), real);
  ASSERT_TRUE(Ensure({}));
  Pass(seconds(1));
  ASSERT_EQ(Shown(), "1:Ready");
  EXPECT_EQ(driver->EndpointOf(id).error().code(), Code::kNotFound) << "nothing listens yet";
  ASSERT_TRUE(driver->Listen(real, *log));
  const auto door = driver->EndpointOf(id);
  ASSERT_TRUE(door);
  EXPECT_EQ(door->host, "127.0.0.1");
  const auto fetch = [&](const char* method, const char* target = "/dsw-1/lab/") {
    http::RequestHead head{.method = method, .target = target};
    head.headers.Add("Host", "localhost");
    http::Address address;
    address.host = door->host;
    address.port = door->port;
    return atelier::test::Run(io, client->Fetch(address, head, "", 65536, real.In(kSoon))).value();
  };
  EXPECT_EQ(fetch("GET").status, 200);
  EXPECT_NE(fetch("GET").body.find("This instance is simulated"), std::string::npos);
  EXPECT_EQ(fetch("POST").status, 405);
  EXPECT_EQ(fetch("POST", "/v1/predict").status, 200) << "models are called so";
  ASSERT_TRUE(Stop(1));
  EXPECT_EQ(driver->EndpointOf(id).error().code(), Code::kNotFound) << "not ready any more";
  atelier::test::Run(io, driver->Stop());
}

TEST_F(Simulated, HungCallsAnswerAtTheirDeadlineAndDoNothing) {
  std::optional<Status> answer;
  Spawn(io.get_executor(), "call", Call({.hang_calls = true}, answer));
  io.poll();
  Pass(kSoon - Duration(1));
  EXPECT_FALSE(answer);
  Pass(Duration(1));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code(), Code::kDeadlineExceeded);
  EXPECT_EQ(Shown(), "");
}

TEST_F(Simulated, VanishedIsUnseenButAnswersByName) {
  ASSERT_TRUE(Ensure({.vanish = true}));
  Pass(seconds(1));
  EXPECT_EQ(Shown(), "");
  EXPECT_TRUE(atelier::test::Run(io, driver->Sample(id, clock.In(kSoon))));
}

TEST_F(Simulated, LostIsGone) {
  ASSERT_TRUE(Ensure({.lost = true}));
  EXPECT_EQ(Shown(), "1:Allocating");
  Pass(seconds(1));
  EXPECT_EQ(Shown(), "");
  EXPECT_EQ(atelier::test::Run(io, driver->Sample(id, clock.In(kSoon))).error().code(),
            Code::kNotFound);
}

TEST_F(Simulated, CountsCpuByItsScript) {
  ASSERT_TRUE(Ensure({.allocate_ms = 0, .prepare_ms = 0, .start_ms = 0, .cpu_percent = 50}));
  Pass(seconds(10));
  auto usage = atelier::test::Run(io, driver->Sample(id, clock.In(kSoon))).value();
  EXPECT_EQ(usage.cpu_ms, 10'000u);  // half of two cores
  EXPECT_EQ(usage.memory_bytes, 64u << 20U);
  EXPECT_EQ(usage.executing_kernels, 0);
  EXPECT_FALSE(usage.gpu_percent);
  ASSERT_TRUE(driver->SetScript(id, {.allocate_ms = 0,
                                     .prepare_ms = 0,
                                     .start_ms = 0,
                                     .cpu_percent = 0,
                                     .executing_kernels = 2}));
  Pass(seconds(10));
  usage = atelier::test::Run(io, driver->Sample(id, clock.In(kSoon))).value();
  EXPECT_EQ(usage.cpu_ms, 10'000u);
  EXPECT_EQ(usage.executing_kernels, 2);
}

TEST_F(Simulated, RemoveForgetsWhatEnded) {
  ASSERT_TRUE(Ensure({.exit_after_ms = 1}));
  Pass(seconds(1));
  EXPECT_EQ(Shown(), "1:Exited");
  ASSERT_TRUE(atelier::test::Run(io, driver->Remove(id, clock.In(kSoon))));
  EXPECT_EQ(Shown(), "");
  EXPECT_TRUE(atelier::test::Run(io, driver->Remove(id, clock.In(kSoon))));  // idempotent
}

TEST_F(Simulated, ABadScriptIsRefusedWithWords) {
  for (const auto& [text, message] : {
           std::pair{"{", "ATELIER_SIMULATE: not JSON."},
           {R"({"start_ms":"soon"})", "ATELIER_SIMULATE: start_ms must be an integer."},
           {R"({"stop_ms":-1})",
            "ATELIER_SIMULATE: times must be from 0 to a year, in milliseconds."},
           {R"({"fail_at":"lunch"})",
            "ATELIER_SIMULATE: fail_at must be allocate, prepare or start."},
           {R"({"cpu_percent":-1})", "ATELIER_SIMULATE: amounts must not be negative."},
       }) {
    Workload want = Want({});
    want.environment["ATELIER_SIMULATE"] = text;
    const auto refused = atelier::test::Run(io, driver->Ensure(want, clock.In(kSoon)));
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
    EXPECT_EQ(refused.error().message(), message);
  }
}

TEST_F(Simulated, AScriptMayNameOnlyWhatDiffers) {
  Workload want = Want({});
  want.environment["ATELIER_SIMULATE"] = R"({"start_ms":1000})";
  ASSERT_TRUE(atelier::test::Run(io, driver->Ensure(want, clock.In(kSoon))));
  Pass(Duration(1199));
  EXPECT_EQ(Shown(), "1:Starting");
  Pass(Duration(1));
  EXPECT_EQ(Shown(), "1:Ready");
}

TEST_F(Simulated, LogsAreWholeLinesFromTheEnd) {
  ASSERT_TRUE(Ensure({}));
  Pass(seconds(1));
  const auto all = atelier::test::Run(io, driver->Logs(id, 10'000, clock.In(kSoon))).value();
  EXPECT_EQ(all,
            "simulated: +0 ms: allocating\nsimulated: +100 ms: preparing\n"
            "simulated: +200 ms: starting\nsimulated: +300 ms: ready\n");
  EXPECT_EQ(atelier::test::Run(io, driver->Logs(id, 40, clock.In(kSoon))).value(),
            "simulated: +300 ms: ready\n");
  EXPECT_EQ(atelier::test::Run(io, driver->Logs(model::InstanceId("x"), 40, clock.In(kSoon)))
                .error()
                .code(),
            Code::kNotFound);
}

TEST_F(Simulated, NothingListens) {
  ASSERT_TRUE(Ensure({}));
  Pass(seconds(1));
  EXPECT_EQ(driver->EndpointOf(id).error().code(), Code::kNotFound);
}

/// A world larger than a slice.
class LargeWorld : public Simulated {
 protected:
  static constexpr int kCount = 1000;

  static model::InstanceId Nth(int n) {
    return model::InstanceId("w-" + std::to_string(10'000 + n));
  }
  void Make(const model::InstanceId& made) {
    id = made;
    ASSERT_TRUE(Ensure({.allocate_ms = 0, .prepare_ms = 0, .start_ms = 0}));
  }
  void SetUp() override {
    for (int n = 0; n < kCount; ++n) Make(Nth(n));
  }
  /// Runs `between` once, when a part of the look is done, and answers how often others had a turn.
  template <class Between>
  int LookWhile(Between between) {
    int turns = 0;
    asio::co_spawn(io, driver->Observe(clock.In(kSoon)),
                   [&](const std::exception_ptr&, Result<Observation> answer) {
                     if (answer) seen = *std::move(answer);
                   });
    std::function<void()> turn = [&] {
      if (seen) return;
      if (++turns == 2) between();
      asio::post(io, turn);
    };
    asio::post(io, turn);
    io.restart();
    io.poll();
    return turns;
  }

  /// Runs up to its first wait, which it does not have, and so to its end.
  void Begin(Task<Status> call) {
    asio::co_spawn(io, std::move(call),
                   [](const std::exception_ptr&, const Status& done) { EXPECT_TRUE(done); });
  }

  std::optional<Observation> seen;
};

TEST_F(LargeWorld, IsShownInSlicesBetweenWhichOthersHaveTheirTurn) {
  EXPECT_GE(LookWhile([] {}), 3);
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->complete);
  ASSERT_EQ(seen->workloads.size(), 1000U);
  for (int n = 0; n < kCount; ++n)
    EXPECT_EQ(seen->workloads[static_cast<std::size_t>(n)].id, Nth(n)) << n;
}

TEST_F(LargeWorld, IsShownAsItWasWhenTheLookBegan) {
  LookWhile([&] {
    // All of it behind the slices that are done: the answer is put together from two times unless
    // the look remembers.
    for (const int n : {996, 997}) Begin(driver->Stop(Nth(n), 1, StopMode::kNow, clock.In(kSoon)));
    Begin(driver->Remove(Nth(997), clock.In(kSoon)));
    ASSERT_TRUE(driver->SetScript(Nth(998), {.vanish = true}));
    Workload late;
    late.id = Nth(kCount);
    late.generation = 1;
    Begin(driver->Ensure(late, clock.In(kSoon)));
    clock.Advance(seconds(1));
  });
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->workloads.size(), 1000U);
  for (const WorkloadState& state : seen->workloads)
    EXPECT_EQ(state.phase, Phase::kReady) << state.id.str();
  // The next one shows what has become of them.
  const Observation now = Look();
  EXPECT_EQ(now.workloads.size(), 999U);  // 997 is gone, 998 out of sight, one has come
  EXPECT_EQ(now.workloads.back().id, Nth(kCount));
}

TEST_F(LargeWorld, ThatEndsMeanwhileIsNotShown) {
  bool answered = false;
  asio::co_spawn(io, driver->Observe(clock.In(kSoon)),
                 [&](const std::exception_ptr&, const Result<Observation>& answer) {
                   answered = true;
                   EXPECT_EQ(answer.error().code(), Code::kUnavailable);
                 });
  io.restart();
  io.run_one();
  driver.reset();
  io.poll();
  EXPECT_TRUE(answered);
}

}  // namespace
}  // namespace atelier::runtime
