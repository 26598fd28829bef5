// One step of one replica, and the sums of its checks.
#include <gtest/gtest.h>

#include "control/eas/service/health.h"
#include "control/eas/service/replica_step.h"
#include "control/eas/service/workload.h"

namespace atelier::control {
namespace {

using enum ReplicaAct;
using model::ReplicaStatus;
using runtime::Phase;
using std::chrono::seconds;

constexpr WallTime kNow{Duration{1'767'225'600'000}};

class Step : public ::testing::Test {
 protected:
  Step() {
    facts_.replica = &replica_;
    replica_.status_since = kNow;
  }
  void Sees(Phase phase) {
    state_.phase = phase;
    facts_.current = &state_;
  }
  model::Replica replica_;
  runtime::WorkloadState state_;
  ReplicaFacts facts_;
};

TEST_F(Step, AFirstRunIsEnsuredAndThenLookedFor) {
  EXPECT_EQ(DecideReplica(facts_), kEnsure);
  facts_.ensured = true;
  EXPECT_EQ(DecideReplica(facts_), kObserve);
  facts_.certain = true;
  EXPECT_EQ(DecideReplica(facts_), kEnsure);
  Sees(Phase::kPreparing);
  EXPECT_EQ(DecideReplica(facts_), kWait);
  Sees(Phase::kReady);
  EXPECT_EQ(DecideReplica(facts_), kRan);
}

TEST_F(Step, ALaterRunWaitsForTheEndOfTheEarlier) {
  replica_.generation = 2;
  EXPECT_EQ(DecideReplica(facts_), kFence);
  facts_.fenced = true;
  facts_.older_alive = true;
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.older_alive = false;
  EXPECT_EQ(DecideReplica(facts_), kObserve);
  facts_.certain = true;
  replica_.restart_at = kNow + seconds(1);
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.age = seconds(1);
  EXPECT_EQ(DecideReplica(facts_), kEnsure);
}

TEST_F(Step, HowAGivenUpRunEndedIsWrittenDownBeforeTheNextStart) {
  replica_.generation = 2;
  replica_.last = model::LastRun{};
  replica_.last->settled = false;
  facts_.fenced = true;
  facts_.certain = true;
  EXPECT_EQ(DecideReplica(facts_), kEnsure);  // nobody knows how it ended
  facts_.past_ended = true;
  EXPECT_EQ(DecideReplica(facts_), kPast);
  facts_.older_alive = true;
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.older_alive = false;
  replica_.last->settled = true;
  EXPECT_EQ(DecideReplica(facts_), kEnsure);
}

TEST_F(Step, AStartThatTakesTooLongIsGivenUp) {
  Sees(Phase::kStarting);
  facts_.expired = true;
  EXPECT_EQ(DecideReplica(facts_), kUnwell);
}

TEST_F(Step, ARefusedOneWaitsForItsService) {
  replica_.reason = kStartRefused;
  EXPECT_EQ(DecideReplica(facts_), kWait);
}

TEST_F(Step, ARunningOneFollowsItsChecks) {
  replica_.status = ReplicaStatus::Running;
  Sees(Phase::kReady);
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.verdict = Verdict::kReady;
  EXPECT_EQ(DecideReplica(facts_), kChecked);
  replica_.ready = true;
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.verdict = Verdict::kNotReady;
  EXPECT_EQ(DecideReplica(facts_), kChecked);
  facts_.verdict = Verdict::kDead;
  EXPECT_EQ(DecideReplica(facts_), kUnwell);
  Sees(Phase::kExited);
  EXPECT_EQ(DecideReplica(facts_), kEnded);
}

TEST_F(Step, NotSeenIsNotDead) {
  replica_.status = ReplicaStatus::Running;
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.missing = true;
  EXPECT_EQ(DecideReplica(facts_), kMissed);
  replica_.status = ReplicaStatus::Unknown;
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.lost = true;
  EXPECT_EQ(DecideReplica(facts_), kLost);
  Sees(Phase::kReady);
  EXPECT_EQ(DecideReplica(facts_), kSeen);
}

TEST_F(Step, AnEndedOneStartsAgainAfterItsPause) {
  for (const auto status : {ReplicaStatus::Failed, ReplicaStatus::Succeeded}) {
    replica_.status = status;
    replica_.restart_at = kNow + seconds(2);
    facts_.age = Duration(1'999);
    EXPECT_EQ(DecideReplica(facts_), kWait);
    facts_.age = seconds(2);
    EXPECT_EQ(DecideReplica(facts_), kNext);
  }
}

TEST_F(Step, APauseIsNeverLongerThanFiveMinutes) {
  replica_.status = ReplicaStatus::Failed;
  replica_.restart_at = kNow + std::chrono::hours(1);
  facts_.age = seconds(299);
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.age = seconds(300);
  EXPECT_EQ(DecideReplica(facts_), kNext);
}

TEST_F(Step, TheNextRunTakesAGenerationAboveWhatHasEnded) {
  runtime::WorkloadState newer;
  newer.generation = 4;
  newer.phase = Phase::kExited;
  facts_.newer = &newer;
  EXPECT_EQ(DecideReplica(facts_), kFollow);
  newer.phase = Phase::kReady;  // an operator decides
  EXPECT_EQ(DecideReplica(facts_), kEnsure);
}

TEST_F(Step, ALeavingOneDrainsStopsGoes) {
  replica_.leaving = true;
  replica_.status = ReplicaStatus::Terminating;
  Sees(Phase::kReady);
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.drained = true;
  EXPECT_EQ(DecideReplica(facts_), kStop);
  facts_.stop_accepted = true;
  EXPECT_EQ(DecideReplica(facts_), kObserve);
  facts_.certain = true;
  EXPECT_EQ(DecideReplica(facts_), kWait);
  facts_.expired = true;
  EXPECT_EQ(DecideReplica(facts_), kLate);
  Sees(Phase::kExited);
  EXPECT_EQ(DecideReplica(facts_), kRemove);
  facts_.removed = true;
  EXPECT_EQ(DecideReplica(facts_), kErase);
}

TEST(BackOff, DoublesUpToFiveMinutes) {
  EXPECT_EQ(BackOff(1), seconds(1));
  EXPECT_EQ(BackOff(2), seconds(2));
  EXPECT_EQ(BackOff(9), seconds(256));
  EXPECT_EQ(BackOff(10), seconds(300));
  EXPECT_EQ(BackOff(1'000'000), seconds(300));
}

TEST(EndOf, SaysWhatWasSeen) {
  model::Replica replica;
  replica.status = ReplicaStatus::Running;
  replica.started_at = kNow - seconds(9);
  runtime::WorkloadState state;
  state.exit_code = 7;
  state.log_tail = "boom\n";
  auto last = EndOf(replica, state, kNow);
  EXPECT_EQ(last.reason, "Error");
  EXPECT_EQ(last.exit_code, 7);
  EXPECT_EQ(last.started, kNow - seconds(9));
  EXPECT_EQ(last.finished, kNow);
  EXPECT_EQ(last.log, "boom\n");
  EXPECT_TRUE(last.settled);
  state.ended = kNow - seconds(2);
  EXPECT_EQ(EndOf(replica, state, kNow).finished, kNow - seconds(2));
  state.exit_code = 0;
  EXPECT_EQ(EndOf(replica, state, kNow).reason, "Completed");
  state.out_of_memory = true;
  EXPECT_EQ(EndOf(replica, state, kNow).reason, "OOMKilled");
}

TEST(RunStart, IsNotThatOfAnEarlierRun) {
  model::Replica replica;
  replica.started_at = kNow - seconds(90);  // of the run before
  replica.status_since = kNow - seconds(9);
  EXPECT_EQ(RunStart(replica), kNow - seconds(9));
  replica.restart_at = kNow - seconds(5);
  EXPECT_EQ(RunStart(replica), kNow - seconds(5));
  replica.status = ReplicaStatus::Running;
  EXPECT_EQ(RunStart(replica), kNow - seconds(90));
}

class Health : public ::testing::Test {
 protected:
  using Kind = ReplicaHealth::Kind;
  MonoTime At(int s) const { return MonoTime{} + seconds(s); }
  model::ServiceSpec spec_;
};

TEST_F(Health, WithoutAStartupCheckTheFirstYesIsReady) {
  ReplicaHealth health(spec_, At(0), false, false);
  EXPECT_EQ(health.Next().kind, Kind::kStartup);
  EXPECT_EQ(health.Next().when, At(0));
  health.Add(Kind::kStartup, false, At(0));
  EXPECT_EQ(health.verdict(), Verdict::kUnknown);
  health.Add(Kind::kStartup, true, At(1));
  EXPECT_TRUE(health.started());
  EXPECT_EQ(health.verdict(), Verdict::kReady);
}

TEST_F(Health, AStartupCheckHasItsOwnPatience) {
  spec_.startup = model::HealthCheck{.path = "/up", .failure_threshold = 2};
  spec_.startup->initial_delay = seconds(5);
  ReplicaHealth health(spec_, At(0), false, false);
  EXPECT_EQ(health.Next().when, At(5));
  health.Add(Kind::kStartup, false, At(5));
  EXPECT_EQ(health.Next().when, At(15));
  EXPECT_EQ(health.verdict(), Verdict::kUnknown);
  health.Add(Kind::kStartup, false, At(15));
  EXPECT_EQ(health.verdict(), Verdict::kDead);
  EXPECT_EQ(health.failed(), Kind::kStartup);
}

TEST_F(Health, ReadinessNeedsItsFailuresInARow) {
  spec_.health.failure_threshold = 2;
  ReplicaHealth health(spec_, At(0), false, false);
  health.Add(Kind::kStartup, true, At(0));
  health.Add(Kind::kHealth, false, At(1));
  health.Add(Kind::kHealth, true, At(2));
  health.Add(Kind::kHealth, false, At(3));
  EXPECT_EQ(health.verdict(), Verdict::kReady);
  health.Add(Kind::kHealth, false, At(4));
  EXPECT_EQ(health.verdict(), Verdict::kNotReady);
  health.Add(Kind::kHealth, true, At(5));
  EXPECT_EQ(health.verdict(), Verdict::kReady);
}

TEST_F(Health, LivenessFailingForGoodIsTheEnd) {
  spec_.liveness = model::HealthCheck{.path = "/live", .failure_threshold = 2};
  ReplicaHealth health(spec_, At(0), true, true);
  EXPECT_EQ(health.verdict(), Verdict::kReady);
  health.Add(Kind::kLiveness, false, At(1));
  EXPECT_EQ(health.verdict(), Verdict::kReady);
  health.Add(Kind::kLiveness, false, At(11));
  EXPECT_EQ(health.verdict(), Verdict::kDead);
  EXPECT_EQ(health.Next().when, MonoTime::max());
}

TEST_F(Health, WhatANewServerAdoptsStaysAsItWas) {
  EXPECT_EQ(ReplicaHealth(spec_, At(0), true, true).verdict(), Verdict::kReady);
  EXPECT_EQ(ReplicaHealth(spec_, At(0), true, false).verdict(), Verdict::kNotReady);
}

TEST(ReplicaWorkload, IsWhatTheConfigurationSays) {
  model::Catalogue catalogue;
  catalogue.Images.push_back({"image-lab", "lab:1", "local/lab:1", "/opt/lab"});
  model::Replica replica;
  replica.id = model::InstanceId("easr-1");
  replica.generation = 3;
  model::ServiceSpec spec;
  spec.image = "local/lab:1";
  spec.command = {"python3", "app.py"};
  spec.size = {.milli_cpu = 2000, .memory_mib = 512};
  spec.port = 9000;
  spec.mounts = {{.path = "models/iris", .inside = "/model"}};
  const auto want = ReplicaWorkload(replica, spec, catalogue);
  ASSERT_TRUE(want);
  EXPECT_EQ(want->generation, 3);
  EXPECT_EQ(want->image_prefix, "/opt/lab");
  EXPECT_EQ(want->command, (std::vector<std::string>{"/usr/bin/env", "python3", "app.py"}));
  EXPECT_EQ(want->capacity.milli_cpu, 2000);
  EXPECT_EQ(want->capacity.memory_mib, 512);
  EXPECT_EQ(want->port, 9000);
  EXPECT_EQ(want->mounts.at(0).inside, "/model");
  spec.script = "exec ./serve";
  EXPECT_EQ(ReplicaWorkload(replica, spec, catalogue)->command,
            (std::vector<std::string>{"/bin/sh", "-c", "exec ./serve"}));
  spec.script = "cd /tmp\r\nexec ./serve\r\n";
  EXPECT_EQ(ReplicaWorkload(replica, spec, catalogue)->command.back(), "cd /tmp\nexec ./serve\n");
  spec.script.clear();
  spec.command = {"/bin/bash", "-ec", "cd /tmp\r\n./serve", "-x"};
  EXPECT_EQ(ReplicaWorkload(replica, spec, catalogue)->command,
            (std::vector<std::string>{"/bin/bash", "-ec", "cd /tmp\n./serve", "-x"}));
  spec.command = {"./serve", "a\r\nb"};
  EXPECT_EQ(ReplicaWorkload(replica, spec, catalogue)->command.back(), "a\r\nb")
      << "what is no script is passed on as it is";
  spec.image = "gone";
  EXPECT_EQ(ReplicaWorkload(replica, spec, catalogue).error().code(), Code::kFailedPrecondition);
}

TEST(ReplicaWorkload, HostsALibraryByTheServersOwnProgram) {
  model::Replica replica;
  replica.id = model::InstanceId("easr-1");
  model::ServiceSpec spec;
  spec.processor = {.library = "/processor/libx.so", .model_entry = "/model", .model_config = "c"};
  spec.port = 8080;
  spec.workers = 5;
  const auto want = ReplicaWorkload(replica, spec, {});
  ASSERT_TRUE(want);
  EXPECT_EQ(want->command, (std::vector<std::string>{runtime::kProgramInside, "processor", "8080",
                                                     "5", "/processor/libx.so", "/model"}));
  EXPECT_EQ(want->environment.at("ATELIER_MODEL_CONFIG"), "c");
  EXPECT_FALSE(want->on_start);
}

TEST(ReplicaWorkload, UnpacksArchivesAnewBeforeEachStart) {
  model::Replica replica;
  replica.id = model::InstanceId("easr-1");
  model::ServiceSpec spec;
  spec.script = "x";
  spec.packages = {{.path = "m.tgz", .folder = "/home/atelier/model"}};
  const auto want = ReplicaWorkload(replica, spec, {});
  ASSERT_TRUE(want);
  ASSERT_EQ(want->mounts.size(), 1u);
  EXPECT_EQ(want->mounts[0].from, "m.tgz");
  EXPECT_EQ(want->mounts[0].inside, "/packages/0");
  EXPECT_EQ(want->on_start,
            "set -e\n"
            "if [ -e /home/atelier/model ]; then chmod -R u+rwX /home/atelier/model; "
            "rm -rf /home/atelier/model; fi\n"
            "mkdir /home/atelier/model\ntar -xf /packages/0 -C /home/atelier/model\n");
}

}  // namespace
}  // namespace atelier::control
