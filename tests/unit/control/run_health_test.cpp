// What runs is looked at: promises 1 and 4 for an instance that is Running.
#include "control/dsw/reconcile/run_health.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "unit/control/world.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using std::chrono::minutes;
using std::chrono::seconds;

model::Capacity FourGib() {
  model::Capacity capacity;
  capacity.memory_mib = 4096;
  return capacity;
}

MonoTime At(Duration time) { return MonoTime(std::chrono::hours(1) + time); }

runtime::Usage Answering(std::optional<bool> answers) {
  runtime::Usage usage;
  usage.answers = answers;
  return usage;
}

TEST(RunHealth, FourChecksInARowWithoutAnAnswerAreUnreachable) {
  RunHealth health(true);
  EXPECT_EQ(health.answers(), std::nullopt);
  for (int i = 0; i < 3; ++i) {
    health.Add(Answering(false), At(seconds(15) * i));
    EXPECT_EQ(health.answers(), std::nullopt) << i;
  }
  health.Add(Answering(std::nullopt), At(seconds(45)));
  EXPECT_EQ(health.answers(), std::nullopt) << "not asked is not unanswered";
  health.Add(Answering(false), At(seconds(60)));
  EXPECT_EQ(health.answers(), false);
  EXPECT_EQ(health.Silence(),
            "It does not answer: 4 checks in a row failed, the first 60 seconds ago. Its processes "
            "may be stopped, stuck or too many. If it stays so, stop and start it.");
  health.Add(Answering(true), At(seconds(75)));
  EXPECT_EQ(health.answers(), true);
  health.Add(Answering(false), At(seconds(90)));
  EXPECT_EQ(health.answers(), std::nullopt) << "it counts from one again";
}

TEST(RunHealth, LossesAreToldAtOnceAndThenInSummary) {
  RunHealth health(true);
  runtime::Usage usage;
  health.Add(usage, At(seconds(0)));
  EXPECT_EQ(health.Losses(FourGib()), "");
  usage.oom_kills = 1;
  health.Add(usage, At(seconds(15)));
  EXPECT_EQ(health.Losses(FourGib()),
            "Out of memory: the kernel of the host ended 1 process, as the limit of 4096 MiB was "
            "reached. A notebook kernel that is ended so loses its variables.");
  health.Told();
  usage.oom_kills = 40;
  usage.dead_kernels = 2;
  health.Add(usage, At(minutes(10)));
  EXPECT_EQ(health.Losses(FourGib()), "") << "told 9 minutes and 45 seconds ago";
  usage.oom_kills = 41;
  health.Add(usage, At(minutes(10) + seconds(15)));
  EXPECT_EQ(health.Losses(FourGib()),
            "Out of memory: the kernel of the host ended 40 processes, as the limit of 4096 MiB "
            "was reached. A notebook kernel that is ended so loses its variables. 2 notebook "
            "kernels died and could not be started again.");
}

TEST(RunHealth, AServerThatCameLaterDoesNotTellWhatWasBeforeIt) {
  RunHealth health(false);
  runtime::Usage usage;
  usage.oom_kills = 7;
  health.Add(usage, At(seconds(0)));
  EXPECT_EQ(health.Losses(FourGib()), "");
  usage.oom_kills = 8;
  health.Add(usage, At(seconds(15)));
  EXPECT_NE(health.Losses(FourGib()).find("ended 1 process,"), std::string::npos);
}

TEST(RunHealth, ADeadKernelThatWasTakenAwayIsForgotten) {
  RunHealth health(true);
  runtime::Usage usage;
  const auto add = [&](int dead, Duration at) {
    usage.dead_kernels = dead;
    health.Add(usage, At(at));
    return health.Losses(FourGib());
  };
  EXPECT_EQ(add(1, minutes(0)), "1 notebook kernel died and could not be started again.");
  health.Told();
  EXPECT_EQ(add(1, minutes(20)), "");
  EXPECT_EQ(add(0, minutes(40)), "");
  EXPECT_EQ(add(1, minutes(60)), "1 notebook kernel died and could not be started again.");
}

TEST(RunHealth, WhatBrokeAndWentOnIsALossToo) {
  RunHealth health(true);
  runtime::Usage usage;
  const auto add = [&](Duration at) {
    health.Add(usage, At(at));
    std::string losses = health.Losses(FourGib());
    if (!losses.empty()) health.Told();
    return losses;
  };
  usage.kernel_restarts = 0;
  EXPECT_EQ(add(minutes(0)), "");
  usage.kernel_restarts = 1;
  EXPECT_EQ(add(minutes(1)),
            "1 notebook kernel died and started again, without what was in memory.");
  usage.kernel_restarts = std::nullopt;
  EXPECT_EQ(add(minutes(20)), "") << "not known changes nothing";
  usage.kernel_restarts = 3;
  usage.network_ends = 1;
  EXPECT_EQ(add(minutes(40)),
            "2 notebook kernels died and started again, without what was in memory. Its network "
            "broke down and was set up again. Connections that were open are lost.");
  usage.network_ends = 2;
  usage.connected = false;
  EXPECT_EQ(add(minutes(60)),
            "Its network broke down and is not back yet. If it stays so, stop and start the "
            "instance. Connections that were open are lost.");
}

class Looked : public ::testing::Test {
 protected:
  static runtime::Script Silent() { return {.answers = false}; }

  void SetScript(const runtime::Script& script) {
    ASSERT_TRUE(world_.simulated->SetScript(id_, script));
  }
  long Count(std::string_view part) {
    return std::ranges::count_if(world_.EventTexts(id_), [part](const std::string& text) {
      return text.find(part) != std::string::npos;
    });
  }

  World world_;
  model::InstanceId id_;
};

TEST_F(Looked, Promise1ARunningInstanceThatDoesNotAnswerSaysSoUntilItDoes) {
  world_.Serve();
  id_ = world_.Running("one");
  world_.Pass(minutes(2));
  EXPECT_EQ(world_.Get(id_)->reason_code, "");
  SetScript(Silent());
  world_.Pass(seconds(40));
  EXPECT_EQ(world_.Get(id_)->reason_code, "") << "three checks at most";
  world_.Pass(seconds(30));
  EXPECT_EQ(world_.StatusOf(id_), Running);
  EXPECT_EQ(world_.Get(id_)->reason_code, "Unreachable");
  EXPECT_TRUE(world_.Get(id_)->reason_message.starts_with(
      "It does not answer: 4 checks in a row failed, the first 45 seconds ago."));
  world_.Pass(minutes(30));
  EXPECT_EQ(Count("Warning: It does not answer: 4 checks"), 1) << "one event, not one a check";

  world_.Serve();  // a new server knows it by the record
  world_.Pass(minutes(5));
  EXPECT_EQ(world_.Get(id_)->reason_code, "Unreachable");
  EXPECT_EQ(Count("It does not answer"), 1);

  SetScript({});
  world_.Pass(seconds(20));
  EXPECT_EQ(world_.Get(id_)->reason_code, "");
  EXPECT_EQ(world_.Get(id_)->reason_message, "");
  EXPECT_EQ(Count("Info: It answers again."), 1);
}

TEST_F(Looked, AStopClearsTheReasonAndTheNextRunIsNew) {
  world_.Serve();
  id_ = world_.Running("one", Silent());
  world_.Pass(minutes(2));
  ASSERT_EQ(world_.Get(id_)->reason_code, "Unreachable");
  ASSERT_TRUE(world_.Stop(id_));
  ASSERT_TRUE(world_.Reaches(id_, Stopped));
  EXPECT_EQ(world_.Get(id_)->reason_code, "");
}

TEST_F(Looked, SamplesThatTheDriverDoesNotGiveSayNothing) {
  world_.Serve();
  id_ = world_.Running("one");
  world_.driver.fault = [](FaultyDriver::Call call,
                           const model::InstanceId&) -> std::optional<Error> {
    if (call != FaultyDriver::Call::kSample) return std::nullopt;
    return Error(Code::kUnavailable, "The host did not answer.");
  };
  world_.Pass(minutes(10));
  EXPECT_EQ(world_.StatusOf(id_), Running);
  EXPECT_EQ(world_.Get(id_)->reason_code, "");
}

TEST_F(Looked, Promise5ProcessesThatTheKernelEndedAreToldAsEvents) {
  world_.Serve();
  id_ = world_.Running("one");
  world_.Pass(minutes(1));
  SetScript({.oom_kills = 1});
  world_.Pass(seconds(20));
  EXPECT_EQ(Count("Warning: Out of memory: the kernel of the host ended 1 process, as the limit of "
                  "4096 MiB was reached."),
            1);
  SetScript({.dead_kernels = 1, .oom_kills = 500});
  world_.Pass(minutes(11));
  EXPECT_EQ(Count("ended 499 processes"), 1);
  EXPECT_EQ(Count("1 notebook kernel died and could not be started again."), 1);
  EXPECT_EQ(Count("Out of memory"), 2);
  EXPECT_EQ(world_.Get(id_)->reason_code, "") << "it runs and answers";
}

TEST_F(Looked, Promise5AKernelThatDiedOnceAndANetworkThatBrokeDownAreToldAsEvents) {
  world_.Serve();
  id_ = world_.Running("one");
  world_.Pass(minutes(1));
  SetScript({.kernel_restarts = 1});
  world_.Pass(seconds(20));
  EXPECT_EQ(Count("Warning: 1 notebook kernel died and started again"), 1);
  SetScript({.kernel_restarts = 1, .network_ends = 1});
  world_.Pass(minutes(11));
  EXPECT_EQ(Count("Warning: Its network broke down and was set up again."), 1);
  EXPECT_EQ(Count("died and started again"), 1);
  EXPECT_EQ(world_.Get(id_)->reason_code, "") << "it runs and answers";
}

TEST_F(Looked, AnEventThatFoundNoRoomIsToldByTheNextSample) {
  world_.Serve();
  id_ = world_.Running("one");
  SetScript({.oom_kills = 1, .answers = false});
  world_.store.fault = [](const store::Batch&) -> std::optional<Error> {
    return Error(Code::kResourceExhausted, "The disk is full.");
  };
  world_.Pass(minutes(5));
  EXPECT_EQ(world_.Get(id_)->reason_code, "");
  world_.store.fault = nullptr;
  world_.Pass(seconds(20));
  EXPECT_EQ(world_.Get(id_)->reason_code, "Unreachable");
  EXPECT_EQ(Count("Out of memory"), 1);
}

}  // namespace
}  // namespace atelier::control
