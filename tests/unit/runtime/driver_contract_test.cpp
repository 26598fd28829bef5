// The contract of a driver (runtime/driver.h), run against every implementation.
#include <csignal>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "process_world.h"
#include "runtime/simulated.h"

namespace atelier::runtime {
namespace {

constexpr Duration kPatience{20'000};

/// Where a driver lives during one test.
struct Place {
  atelier::test::TempDir folder;
  asio::io_context io;
  Pool pool{2};
  SystemClock clock;
  std::unique_ptr<Logger> log = MakeNullLogger();
  std::unique_ptr<http::Client> client = http::MakeClient({}, io.get_executor(), clock);
};

/// A driver and the same few workloads in its terms.
struct Implementation {
  const char* name;
  std::function<Result<std::unique_ptr<Driver>>(Place&)> make;
  std::function<void(Workload&)> serves;         // gets ready, ends when asked
  std::function<void(Workload&)> stubborn;       // gets ready, ends when forced
  std::function<void(Workload&)> exits_with_3;   // by itself
  std::function<void(Workload&)> never_ready;    // runs
  std::function<void(Workload&)> impossible;     // on this host
  std::function<void(Workload&)> without_files;  // ran before, and its home is gone
};

std::function<void(Workload&)> Simulate(const Script& script) {
  return [script](Workload& want) { want.environment["ATELIER_SIMULATE"] = ToJson(script); };
}

Implementation SimulatedWorkloads() {
  const Script quick{.allocate_ms = 5, .prepare_ms = 5, .start_ms = 5, .stop_ms = 5};
  const auto but = [&](const std::function<void(Script&)>& change) {
    Script script = quick;
    change(script);
    return Simulate(script);
  };
  return {.name = "Simulated",
          .make = [](Place& place) -> Result<std::unique_ptr<Driver>> {
            auto driver = MakeSimulatedDriver({}, place.io.get_executor(), place.clock);
            ATELIER_RETURN_IF_ERROR(driver->Listen(place.clock, *place.log));
            return driver;
          },
          .serves = Simulate(quick),
          .stubborn = but([](Script& script) { script.hang_stop = true; }),
          .exits_with_3 = but([](Script& script) {
            script.exit_after_ms = 5;
            script.exit_code = 3;
          }),
          .never_ready = but([](Script& script) { script.hang_start = true; }),
          .impossible = but([](Script& script) { script.refuse = true; }),
          .without_files = but([](Script& script) { script.home_lost = true; })};
}

std::function<void(Workload&)> Shell(const std::string& script) {
  return [script](Workload& want) { want.command = {"/bin/sh", "-c", script}; };
}

Implementation Processes() {
  return {.name = "Process",
          .make = [](Place& place) -> Result<std::unique_ptr<Driver>> {
            ProcessOptions options{.folder = place.folder.path() + "/instances",
                                   .program = ATELIER_SHIM};
            ATELIER_TRY(options.trial, TryHost(options, *place.log));
            return MakeProcessDriver(options, place.io.get_executor(), place.pool, *place.client,
                                     place.clock, *place.log);
          },
          .serves =
              [](Workload& want) {
                want.command = {"/usr/bin/python3", "-c", test::kServer, test::kServerMark};
                want.socket_name = "http.sock";
                want.ready_path = "/api";
              },
          .stubborn = Shell("trap '' TERM; while :; do sleep 0.01; done"),
          .exits_with_3 = Shell("echo no such model; exit 3"),
          .never_ready =
              [](Workload& want) {
                Shell("exec sleep 1000")(want);
                want.socket_name = "http.sock";
                want.ready_path = "/api";
              },
          .impossible = [](Workload& want) { want.command = {"relative/path"}; },
          .without_files = Shell("exec sleep 1000")};
}

class DriverContract : public testing::TestWithParam<Implementation> {
 protected:
  void SetUp() override {
    if (GetParam().name == std::string("Process") && ::access("/usr/bin/bwrap", X_OK) != 0) {
      GTEST_SKIP() << "this host lacks bubblewrap";
    }
    auto made = GetParam().make(place_);
    ASSERT_TRUE(made) << made.error().ToString();
    driver_ = *std::move(made);
    driver_->SetWake([this] {
      ++wakes_;
      bell_.cancel();
    });
  }
  void TearDown() override {
    if (!driver_) return;
    for (const WorkloadState& state : Look()) {
      EXPECT_TRUE(Stop(state.id.str(), state.generation, StopMode::kNow));
      if (state.phase != Phase::kExited) Await(state.id.str(), Phase::kExited);
    }
    Run(driver_->Stop());
  }

  template <class T>
  T Run(Task<T> task) {
    return atelier::test::Run(place_.io, std::move(task));
  }
  Deadline Soon() { return place_.clock.In(kPatience); }

  Status Ensure(const std::string& id, const std::function<void(Workload&)>& kind,
                model::Generation generation = 1) {
    Workload want;
    want.id = model::InstanceId(id);
    want.generation = generation;
    want.capacity.milli_cpu = 2000;
    want.stop_grace = kPatience;
    kind(want);
    return Run(driver_->Ensure(std::move(want), Soon()));
  }
  Status Stop(const std::string& id, model::Generation generation = 1,
              StopMode mode = StopMode::kGrace) {
    return Run(driver_->Stop(model::InstanceId(id), generation, mode, Soon()));
  }
  Status Remove(const std::string& id) {
    return Run(driver_->Remove(model::InstanceId(id), Soon()));
  }
  Result<Usage> Sample(const std::string& id) {
    return Run(driver_->Sample(model::InstanceId(id), Soon()));
  }
  Result<std::string> Logs(const std::string& id, std::size_t max_bytes = 65'536) {
    return Run(driver_->Logs(model::InstanceId(id), max_bytes, Soon()));
  }
  Result<Endpoint> EndpointOf(const std::string& id) {
    return driver_->EndpointOf(model::InstanceId(id));
  }

  std::deque<WorkloadState> Look() {
    auto seen = Run(driver_->Observe(Soon()));
    EXPECT_TRUE(seen && seen->complete);
    return seen ? std::move(seen->workloads) : std::deque<WorkloadState>();
  }
  /// "a:1 b:2": ids and generations.
  std::string Seen() {
    std::set<std::string> sorted;
    for (const WorkloadState& state : Look()) {
      sorted.insert(state.id.str() + ":" + std::to_string(state.generation));
    }
    std::string text;
    for (const std::string& one : sorted) text += (text.empty() ? "" : " ") + one;
    return text;
  }
  Phase PhaseOf(const std::string& id) {
    for (const WorkloadState& state : Look()) {
      if (state.id.str() == id) return state.phase;
    }
    ADD_FAILURE() << id << " is not there";
    return Phase::kExited;
  }
  /// The state once it is in `phase`; on the way it goes through phases in their order alone.
  WorkloadState Await(const std::string& id, Phase phase) { return Run(DoAwait(id, phase)); }

  Place place_;
  asio::steady_timer bell_{place_.io};
  int wakes_ = 0;
  std::unique_ptr<Driver> driver_;

 private:
  Task<WorkloadState> DoAwait(std::string id, Phase phase) {
    const Deadline by = Soon();
    Phase before = Phase::kAllocating;
    for (;;) {
      auto seen = co_await driver_->Observe(Soon());
      if (!seen) ADD_FAILURE() << seen.error().ToString();
      for (WorkloadState& state : seen->workloads) {
        if (state.id.str() != id) continue;
        EXPECT_GE(state.phase, std::exchange(before, state.phase)) << id << " went back";
        if (state.phase == phase) co_return std::move(state);
      }
      if (before > phase || place_.clock.Mono() >= by) {
        ADD_FAILURE() << id << " is in phase " << static_cast<int>(before);
        co_return WorkloadState{};
      }
      // A change may come between the look and the wait, so that no wake tells of it.
      bell_.expires_after(std::chrono::milliseconds(50));
      co_await bell_.async_wait(kNoThrow);
    }
  }
};

TEST_P(DriverContract, AWorkloadGetsReadyIsReachedAndIsAsItWasAskedFor) {
  EXPECT_EQ(Seen(), "");
  ASSERT_TRUE(Ensure("a", GetParam().serves));
  const WorkloadState state = Await("a", Phase::kReady);
  EXPECT_EQ(state.generation, 1);
  EXPECT_EQ(state.capacity.milli_cpu, 2000);
  EXPECT_FALSE(state.exit_code || state.signal || state.ended);
  EXPECT_EQ(state.reason, "");
  EXPECT_GT(wakes_, 0) << "readiness is worth a look";
  const auto endpoint = EndpointOf("a");
  ASSERT_TRUE(endpoint) << endpoint.error().ToString();
  EXPECT_NE(endpoint->unix_path.empty(), endpoint->port == 0) << "one of the two";
}

TEST_P(DriverContract, OneGenerationIsOneLifeHoweverOftenItIsAskedFor) {
  ASSERT_TRUE(Ensure("a", GetParam().serves));
  ASSERT_TRUE(Ensure("a", GetParam().serves));
  Await("a", Phase::kReady);
  ASSERT_TRUE(Ensure("a", GetParam().serves));
  EXPECT_EQ(Seen(), "a:1");
  EXPECT_EQ(PhaseOf("a"), Phase::kReady);
  ASSERT_TRUE(Stop("a"));
  Await("a", Phase::kExited);
  ASSERT_TRUE(Ensure("a", GetParam().serves)) << "it was there";
  EXPECT_EQ(PhaseOf("a"), Phase::kExited) << "and does not rise again";
}

TEST_P(DriverContract, TheNextLifeWaitsForTheEndOfTheFirstWhichNeverReturns) {
  ASSERT_TRUE(Ensure("a", GetParam().serves));
  Await("a", Phase::kReady);
  const Status early = Ensure("a", GetParam().serves, 2);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code(), Code::kUnavailable);
  EXPECT_EQ(Seen(), "a:1");
  ASSERT_TRUE(Stop("a"));
  Await("a", Phase::kExited);
  ASSERT_TRUE(Ensure("a", GetParam().serves, 2));
  EXPECT_EQ(Seen(), "a:2");
  const Status late = Ensure("a", GetParam().serves, 1);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), Code::kAborted);
  Await("a", Phase::kReady);
}

TEST_P(DriverContract, AStopEndsWhatIsThereAndNothingElse) {
  EXPECT_TRUE(Stop("nothing"));
  ASSERT_TRUE(Ensure("a", GetParam().serves));
  ASSERT_TRUE(Ensure("b", GetParam().serves));
  Await("a", Phase::kReady);
  Await("b", Phase::kReady);
  wakes_ = 0;
  const WallTime asked = place_.clock.Wall();
  ASSERT_TRUE(Stop("a"));
  ASSERT_TRUE(Stop("a")) << "idempotent";
  const WorkloadState end = Await("a", Phase::kExited);
  EXPECT_EQ(end.signal, SIGTERM);
  EXPECT_FALSE(end.exit_code);
  EXPECT_EQ(end.reason, "") << "it was asked for";
  ASSERT_TRUE(end.ended);
  EXPECT_GE(*end.ended, asked);
  EXPECT_LE(*end.ended, place_.clock.Wall());
  EXPECT_GT(wakes_, 0) << "an end is worth a look";
  EXPECT_TRUE(Stop("a"));
  EXPECT_EQ(EndpointOf("a").error().code(), Code::kNotFound);
  EXPECT_EQ(PhaseOf("b"), Phase::kReady);
}

TEST_P(DriverContract, AStopTouchesNoLaterLife) {
  ASSERT_TRUE(Ensure("a", GetParam().serves, 5));
  Await("a", Phase::kReady);
  ASSERT_TRUE(Stop("a", 4, StopMode::kNow));
  EXPECT_EQ(PhaseOf("a"), Phase::kReady);
  ASSERT_TRUE(Stop("a", 6));
  Await("a", Phase::kExited);
}

TEST_P(DriverContract, AForcedStopEndsWhatDoesNotEndWhenAskedAndStaysForced) {
  ASSERT_TRUE(Ensure("a", GetParam().stubborn));
  Await("a", Phase::kReady);
  ASSERT_TRUE(Stop("a"));
  Await("a", Phase::kStopping);
  ASSERT_TRUE(Stop("a", 1, StopMode::kNow));
  ASSERT_TRUE(Stop("a")) << "asked for afterwards, which takes nothing back";
  const WorkloadState end = Await("a", Phase::kExited);
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_EQ(end.reason, "");
  EXPECT_FALSE(end.out_of_memory);
}

TEST_P(DriverContract, AnEndOfItsOwnIsToldWithItsReason) {
  ASSERT_TRUE(Ensure("a", GetParam().exits_with_3));
  const WorkloadState end = Await("a", Phase::kExited);
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_FALSE(end.signal);
  EXPECT_TRUE(end.ended);
  EXPECT_NE(end.reason, "");
  EXPECT_NE(end.log_tail, "");
  EXPECT_LE(end.log_tail.size(), kLogTail);
  EXPECT_FALSE(end.lost_with_host);
}

TEST_P(DriverContract, WhatIsNotReadyIsNotReachedAndCanBeStopped) {
  ASSERT_TRUE(Ensure("a", GetParam().never_ready));
  Await("a", Phase::kStarting);
  EXPECT_EQ(EndpointOf("a").error().code(), Code::kNotFound);
  ASSERT_TRUE(Stop("a"));
  Await("a", Phase::kExited);
}

TEST_P(DriverContract, WhatRunsIsNotRemovedAndWhatIsRemovedIsGone) {
  EXPECT_TRUE(Remove("nothing"));
  ASSERT_TRUE(Ensure("a", GetParam().serves));
  Await("a", Phase::kReady);
  const Status refused = Remove("a");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(PhaseOf("a"), Phase::kReady);
  ASSERT_TRUE(Stop("a"));
  Await("a", Phase::kExited);
  ASSERT_TRUE(Remove("a"));
  ASSERT_TRUE(Remove("a")) << "idempotent";
  EXPECT_EQ(Seen(), "");
  EXPECT_EQ(Logs("a").error().code(), Code::kNotFound);
}

TEST_P(DriverContract, WhatRunsIsMeasuredAndCountersNeverFall) {
  EXPECT_EQ(Sample("nothing").error().code(), Code::kNotFound);
  ASSERT_TRUE(Ensure("a", GetParam().serves));
  Await("a", Phase::kReady);
  const auto first = Sample("a");
  ASSERT_TRUE(first) << first.error().ToString();
  const auto second = Sample("a");
  ASSERT_TRUE(second);
  EXPECT_GE(second->at, first->at);
  EXPECT_GE(second->cpu_ms, first->cpu_ms);
  EXPECT_GE(second->network_in_bytes, first->network_in_bytes);
  EXPECT_GE(second->network_out_bytes, first->network_out_bytes);
  EXPECT_GE(second->disk_read_bytes, first->disk_read_bytes);
  EXPECT_GE(second->disk_write_bytes, first->disk_write_bytes);
  EXPECT_GT(second->memory_bytes, 0U);
  ASSERT_TRUE(Stop("a"));
  Await("a", Phase::kExited);
  EXPECT_EQ(Sample("a").error().code(), Code::kNotFound);
}

TEST_P(DriverContract, OutputIsKeptAfterTheEndInWholeLines) {
  EXPECT_EQ(Logs("nothing").error().code(), Code::kNotFound);
  ASSERT_TRUE(Ensure("a", GetParam().exits_with_3));
  Await("a", Phase::kExited);
  const auto all = Logs("a");
  ASSERT_TRUE(all) << all.error().ToString();
  ASSERT_TRUE(all->ends_with('\n')) << *all;
  const std::size_t last_line = all->size() - (all->rfind('\n', all->size() - 2) + 1);
  EXPECT_EQ(Logs("a", all->size()), *all);
  EXPECT_EQ(Logs("a", last_line), all->substr(all->size() - last_line));
  EXPECT_EQ(Logs("a", last_line - 1), "") << "no half line";
}

TEST_P(DriverContract, WhatCanNeverWorkHereIsRefusedForGood) {
  const Status refused = Ensure("a", GetParam().impossible);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
  EXPECT_NE(refused.error().message(), "");
  EXPECT_EQ(Seen(), "");
}

TEST_P(DriverContract, AStartWithoutTheFilesOfEarlierLivesIsRefusedByItsReason) {
  const auto ran_before = [](Workload& want) {
    GetParam().without_files(want);
    want.fresh = false;
  };
  const Status refused = Ensure("a", ran_before, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(refused.error().reason(), kHomeMissing);
  EXPECT_EQ(Seen(), "");
}

INSTANTIATE_TEST_SUITE_P(Drivers, DriverContract,
                         testing::Values(SimulatedWorkloads(), Processes()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace atelier::runtime
