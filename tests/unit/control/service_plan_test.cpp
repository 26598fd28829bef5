// Numbers of replicas and states of services, without a clock or a world.
#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "control/eas/service/plan.h"

namespace atelier::control {
namespace {

using enum model::ServiceStatus;

/// A service of rollout 2 and its replicas, by short names: "old1" ready, "old2-" not, "new1"...
class Plan : public ::testing::Test {
 protected:
  Plan() {
    service_.name = "foo";
    service_.rollout = 2;
    service_.status = Running;
    facts_.service = &service_;
  }
  void Has(std::string_view name, bool ready, bool isolated = false) {
    model::Replica& replica = replicas_.emplace_back();
    replica.isolated = isolated;
    replica.name = name;
    replica.rollout = name.starts_with("old") ? 1 : 2;
    replica.ready = ready;
    facts_.replicas.push_back(&replica);
  }
  /// "+<created> -<leaving>... -> <state> <reason> erase"
  std::string Decide() {
    const ServicePlan plan = PlanService(facts_);
    std::string text;
    if (plan.create > 0) text += "+" + std::to_string(plan.create) + " ";
    for (const auto* replica : plan.leave) text += "-" + replica->name + " ";
    if (plan.to) text += "-> " + std::string(EnumName(*plan.to)) + " " + plan.reason.code + " ";
    if (plan.healed) text += "healed ";
    if (plan.erase) text += "erase ";
    if (!text.empty()) text.pop_back();
    return text;
  }

  model::Service service_;
  std::deque<model::Replica> replicas_;
  ServiceFacts facts_;
};

TEST_F(Plan, ANewServiceIsDeployedWithAllItsReplicas) {
  service_.status = Creating;
  service_.replicas = 3;
  EXPECT_EQ(Decide(), "+3 -> Deploying ");
}

TEST_F(Plan, ADetachedOneIsReplacedAndKeptUntilTheServiceEnds) {
  service_.replicas = 2;
  Has("new1", true);
  Has("new2", true);
  replicas_.front().detached = true;
  EXPECT_EQ(Decide(), "+1");
  Has("new3", true);
  EXPECT_EQ(Decide(), "");
  service_.replicas = 1;
  EXPECT_EQ(Decide(), "-new3");
  service_.desired = model::Desired::Stopped;
  EXPECT_EQ(Decide(), "-new1 -new2 -new3");
}

TEST_F(Plan, IsRunningOnceAllAreReady) {
  service_.status = Deploying;
  service_.replicas = 2;
  Has("new1", true);
  Has("new2", false);
  EXPECT_EQ(Decide(), "");
  replicas_.back().ready = true;
  EXPECT_EQ(Decide(), "-> Running ");
}

TEST_F(Plan, ADeploymentThatIsNotReadyInTimeFails) {
  service_.status = Deploying;
  Has("new1", false);
  replicas_.back().message = "It ended with exit code 1.";
  facts_.expired = true;
  EXPECT_EQ(Decide(), "-> Failed NotReady");
  EXPECT_EQ(PlanService(facts_).reason.message, "new1: It ended with exit code 1.");
}

TEST_F(Plan, ADeploymentThatFailsTellsHowTheLastRunEndedWhileTheNextOneStarts) {
  service_.status = Deploying;
  Has("new1", false);
  model::Replica& replica = replicas_.back();
  replica.last.emplace().message = "It ended with exit code 1.";
  replica.reason = "Restarting";
  replica.message = "It starts again.";
  facts_.expired = true;
  EXPECT_EQ(PlanService(facts_).reason.message, "new1: It ended with exit code 1.");
  replica.reason.clear();
  replica.message.clear();  // as of one that has just started
  EXPECT_EQ(PlanService(facts_).reason.message, "new1: It ended with exit code 1.");
  replica.reason = "Unhealthy";
  replica.message = "Its health check fails.";
  EXPECT_EQ(PlanService(facts_).reason.message, "new1: Its health check fails.");
}

TEST_F(Plan, WhatTheDriverRefusesFailsAtOnce) {
  service_.status = Deploying;
  Has("new1", false);
  replicas_.back().reason = "StartRefused";
  EXPECT_EQ(Decide(), "-> Failed NotReady");
}

TEST_F(Plan, APartlyReadyOneRunsWithAReasonAndIsHealedLater) {
  service_.status = Deploying;
  service_.replicas = 2;
  Has("new1", true);
  Has("new2", false);
  facts_.expired = true;
  EXPECT_EQ(Decide(), "-> Running Incomplete");
  service_.status = Running;
  service_.reason = "Incomplete";
  EXPECT_EQ(Decide(), "");
  replicas_.back().ready = true;
  EXPECT_EQ(Decide(), "healed");
}

TEST_F(Plan, WaitsWhileNoneIsReady) {
  Has("new1", false);
  EXPECT_EQ(Decide(), "-> Waiting NotReady");
  service_.status = Waiting;
  EXPECT_EQ(Decide(), "");
  replicas_.back().ready = true;
  EXPECT_EQ(Decide(), "-> Running ");
}

TEST_F(Plan, NoReplicasAtAllAreRunningToo) {
  service_.status = Scaling;
  service_.replicas = 0;
  EXPECT_EQ(Decide(), "-> Running ");
}

TEST_F(Plan, ScalesUpAndTakesTheLeastLossDown) {
  service_.replicas = 3;
  Has("new1", true);
  EXPECT_EQ(Decide(), "+2");
  Has("new2", false);
  Has("new3", true);
  Has("new4", true);
  service_.replicas = 1;
  // Not ready first, then the youngest.
  EXPECT_EQ(Decide(), "-new2 -new4 -new3");
  service_.replicas = 2;
  service_.leave_first = {"new1"};
  EXPECT_EQ(Decide(), "-new1 -new2");
}

TEST_F(Plan, ALeavingReplicaIsReplacedAtOnce) {
  Has("new1", false);
  replicas_.back().leaving = true;
  service_.status = Waiting;
  EXPECT_EQ(Decide(), "+1");
}

TEST_F(Plan, ARolloutSurgesByOneAndNeverHasFewerReady) {
  service_.status = Updating;
  service_.replicas = 2;
  Has("old1", true);
  Has("old2", true);
  EXPECT_EQ(Decide(), "+1");
  Has("new1", false);
  EXPECT_EQ(Decide(), "");
  replicas_.back().ready = true;
  EXPECT_EQ(Decide(), "-old1");
}

TEST_F(Plan, ARolloutMayGoBelowByWhatIsUnavailable) {
  service_.status = Updating;
  service_.replicas = 4;
  facts_.max_surge = {.value = 0};
  facts_.max_unavailable = {.value = 50, .percent = true};
  for (const char* name : {"old1", "old2", "old3", "old4"}) Has(name, true);
  EXPECT_EQ(Decide(), "-old1 -old2");
  replicas_[0].leaving = replicas_[1].leaving = true;
  EXPECT_EQ(Decide(), "+2");
}

TEST_F(Plan, AnOldOneThatIsNotReadyIsNoLoss) {
  service_.status = Updating;
  Has("old1", false);
  EXPECT_EQ(Decide(), "+1 -old1");
}

TEST_F(Plan, SharesThatRoundToNothingStillMove) {
  service_.status = Updating;
  facts_.max_surge = {.value = 0, .percent = true};
  facts_.max_unavailable = {.value = 10, .percent = true};
  Has("old1", true);
  EXPECT_EQ(Decide(), "+1");
}

TEST_F(Plan, AnUpdateThatNeverGetsReadyKeepsTheOldOnesServing) {
  service_.status = Updating;
  Has("old1", true);
  Has("new1", false);
  facts_.expired = true;
  EXPECT_EQ(Decide(), "-> Running Incomplete");
  EXPECT_TRUE(PlanService(facts_).leave.empty());
}

TEST_F(Plan, AnIsolatedOneIsNoLossToCallers) {
  Has("new1", true, true);
  Has("new2", true);
  EXPECT_EQ(Decide(), "-new1");
  Has("new3", false);
  EXPECT_EQ(Decide(), "-new3 -new1");
}

TEST_F(Plan, ARolloutCountsWhoServes) {
  service_.status = Updating;
  service_.replicas = 2;
  Has("old1", true);
  Has("old2", true, true);
  EXPECT_EQ(Decide(), "+1 -old2");
  replicas_[1].leaving = true;
  Has("new1", true, true);
  Has("new2", true);
  EXPECT_EQ(Decide(), "");  // old1 and new2 serve, and no fewer may
  replicas_[2].isolated = false;
  EXPECT_EQ(Decide(), "-old1");
}

TEST_F(Plan, TheStateGoesByWhoIsReady) {
  Has("new1", true, true);
  EXPECT_EQ(Decide(), "");  // Running it stays: its user took it out
  service_.status = Deploying;
  EXPECT_EQ(Decide(), "-> Running ");
}

/// Whatever there is, a step leaves as many that serve as there must be, or were.
TEST(PlanProperty, NoStepTakesServiceAway) {
  std::mt19937 dice(1);  // the same each time
  const auto roll = [&](int sides) {
    return std::uniform_int_distribution<int>(0, sides - 1)(dice);
  };
  for (int round = 0; round < 20'000; ++round) {
    model::Service service;
    service.rollout = 2;
    service.status = roll(2) == 0 ? Running : Updating;
    service.replicas = roll(5);
    ServiceFacts facts;
    facts.service = &service;
    facts.max_surge = {.value = roll(3)};
    facts.max_unavailable = {.value = roll(3)};
    std::deque<model::Replica> replicas(static_cast<std::size_t>(roll(8)));
    std::int64_t serving = 0;
    for (model::Replica& replica : replicas) {
      replica.rollout = 1 + roll(2);
      replica.ready = roll(3) > 0;
      replica.isolated = roll(3) == 0;
      replica.detached = roll(8) == 0;
      replica.leaving = roll(8) == 0;
      serving += model::TakesTraffic(replica) ? 1 : 0;
      facts.replicas.push_back(&replica);
    }
    const std::int64_t least = std::min(
        serving, std::max<std::int64_t>(0, service.replicas - facts.max_unavailable.value));
    for (const model::Replica* gone : PlanService(facts).leave)
      serving -= model::TakesTraffic(*gone) ? 1 : 0;
    ASSERT_GE(serving, least) << "round " << round;
  }
}

TEST_F(Plan, AStopTakesAllAndEndsWhenNoneIsLeft) {
  service_.desired = model::Desired::Stopped;
  service_.status = Stopping;
  Has("new1", true);
  Has("old1", true);
  EXPECT_EQ(Decide(), "-new1 -old1");
  replicas_[0].leaving = replicas_[1].leaving = true;
  EXPECT_EQ(Decide(), "");
  facts_.expired = true;
  EXPECT_EQ(Decide(), "-> Failed StopTimeout");
  facts_.replicas.clear();
  EXPECT_EQ(Decide(), "-> Stopped ");
}

TEST_F(Plan, ADeletionErasesAtItsEnd) {
  service_.desired = model::Desired::Deleted;
  service_.status = Deleting;
  Has("new1", false);
  replicas_.back().leaving = true;
  facts_.expired = true;
  EXPECT_EQ(Decide(), "-> DeleteFailed DeleteTimeout");
  facts_.replicas.clear();
  EXPECT_EQ(Decide(), "erase");
  service_.status = DeleteFailed;
  EXPECT_EQ(Decide(), "erase");
}

TEST_F(Plan, WhatFailedEnds) {
  service_.desired = model::Desired::Stopped;
  service_.status = Failed;
  Has("new1", false);
  EXPECT_EQ(Decide(), "-new1");
  facts_.replicas.clear();
  EXPECT_EQ(Decide(), "");
}

}  // namespace
}  // namespace atelier::control
