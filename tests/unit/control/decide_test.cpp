// The reconciler's whole policy as a table.
#include "control/dsw/reconcile/decide.h"

#include <gtest/gtest.h>

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using runtime::Phase;

runtime::WorkloadState In(Phase phase) {
  runtime::WorkloadState state;
  state.generation = 1;
  state.phase = phase;
  state.exit_code = 1;
  return state;
}

const char* Name(Act act) {
  static constexpr const char* kNames[] = {"Wait",   "Observe", "Move",    "Fail", "Recover",
                                           "Follow", "Fence",   "Ensure",  "Stop", "Force",
                                           "Remove", "Erase",   "Overdue", "Rest"};
  return kNames[static_cast<std::size_t>(act)];
}

/// "Ensure", "Move Running", "Fail StartTimeout".
std::string Said(const Facts& facts) {
  const Decision decision = Decide(facts);
  std::string text = Name(decision.act);
  if (decision.act == Act::kMove) text += " " + std::string(EnumName(decision.to));
  if (decision.act == Act::kFail) text += " " + decision.reason.code;
  return text;
}

Facts Of(model::InstanceStatus status) {
  Facts facts;
  facts.status = status;
  facts.desired = model::Desired::Running;
  return facts;
}

TEST(Decide, AnOlderRecordFollowsALaterLifeOnceAllWasSeen) {
  for (const auto status : {ResourceAllocating, Starting, Recovering, Updating}) {
    Facts facts = Of(status);
    facts.generation = 2;
    auto newer = In(Phase::kExited);
    newer.generation = 4;
    facts.newer = &newer;
    EXPECT_EQ(Said(facts), "Fence");
    facts.fenced = true;
    EXPECT_EQ(Said(facts), "Observe");
    facts.certain = true;
    EXPECT_EQ(Said(facts), "Follow");
    newer.phase = Phase::kReady;
    EXPECT_EQ(Said(facts), "Follow");
    newer.phase = Phase::kStopping;
    EXPECT_EQ(Said(facts), "Wait");
  }
}

TEST(Decide, AStateFollowsThePhaseOneStepAtATime) {
  struct Row {
    model::InstanceStatus status;
    Phase phase;
    const char* said;
  };
  for (const Row& row : {
           Row{ResourceAllocating, Phase::kAllocating, "Wait"},
           Row{ResourceAllocating, Phase::kPreparing, "Move EnvPreparing"},
           Row{ResourceAllocating, Phase::kStarting, "Move EnvPreparing"},
           Row{ResourceAllocating, Phase::kReady, "Move EnvPreparing"},
           Row{ResourceAllocating, Phase::kStopping, "Wait"},
           Row{EnvPreparing, Phase::kAllocating, "Wait"},
           Row{EnvPreparing, Phase::kPreparing, "Wait"},
           Row{EnvPreparing, Phase::kStarting, "Move Starting"},
           Row{EnvPreparing, Phase::kReady, "Move Starting"},
           Row{Starting, Phase::kAllocating, "Move ResourceAllocating"},
           Row{Starting, Phase::kPreparing, "Move ResourceAllocating"},
           Row{Starting, Phase::kStarting, "Wait"},
           Row{Starting, Phase::kReady, "Move Running"},
           Row{Updating, Phase::kPreparing, "Wait"},
           Row{Updating, Phase::kReady, "Move Running"},
           Row{Recovering, Phase::kStarting, "Wait"},
           Row{Recovering, Phase::kReady, "Move Running"},
           Row{Running, Phase::kReady, "Wait"},
           Row{Running, Phase::kStopping, "Wait"},
           Row{ResourceAllocating, Phase::kExited, "Fail StartFailed"},
           Row{EnvPreparing, Phase::kExited, "Fail StartFailed"},
           Row{Starting, Phase::kExited, "Fail StartFailed"},
           Row{Updating, Phase::kExited, "Fail StartFailed"},
           Row{Recovering, Phase::kExited, "Fail StartFailed"},
           Row{Running, Phase::kExited, "Fail WorkloadExited"},
       }) {
    const auto state = In(row.phase);
    Facts facts = Of(row.status);
    facts.current = &state;
    EXPECT_EQ(Said(facts), row.said) << EnumName(row.status) << " " << static_cast<int>(row.phase);
    const Decision decision = Decide(facts);
    if (decision.act != Act::kMove) continue;
    EXPECT_TRUE(model::MoveIsLegal(row.status, model::Trigger::kProgress, decision.to));
  }
}

TEST(Decide, TheSecondStartingDoesNotGoBack) {
  const auto state = In(Phase::kAllocating);
  Facts facts = Of(Starting);
  facts.current = &state;
  facts.past_starting = true;
  EXPECT_EQ(Said(facts), "Wait");
}

TEST(Decide, ProgressComesBeforeTheDeadline) {
  const auto ready = In(Phase::kReady);
  const auto starting = In(Phase::kStarting);
  Facts facts = Of(Starting);
  facts.expired = true;
  EXPECT_EQ(Said(facts), "Fail StartTimeout");
  facts.current = &starting;
  EXPECT_EQ(Said(facts), "Fail StartTimeout");
  facts.current = &ready;
  EXPECT_EQ(Said(facts), "Move Running");
  facts = Of(ResourceAllocating);
  facts.expired = true;
  EXPECT_EQ(Said(facts), "Fail AllocationTimeout");
  facts = Of(EnvPreparing);
  facts.expired = true;
  EXPECT_EQ(Said(facts), "Fail PreparationTimeout");
  facts = Of(Recovering);
  facts.expired = true;
  EXPECT_EQ(Said(facts), "Fail RecoveryTimeout");
  facts = Of(Updating);
  facts.expired = true;
  EXPECT_EQ(Said(facts), "Fail UpdateTimeout");
}

TEST(Decide, AFirstLifeIsStartedAtOnce) {
  Facts facts = Of(ResourceAllocating);
  EXPECT_EQ(Said(facts), "Ensure");
  facts.ensured = true;
  EXPECT_EQ(Said(facts), "Observe");
  facts.certain = true;  // looked, and it is not there
  EXPECT_EQ(Said(facts), "Ensure");
}

TEST(Decide, ALaterLifeWaitsForTheEndOfTheEarlier) {
  Facts facts = Of(Starting);
  facts.generation = 2;
  EXPECT_EQ(Said(facts), "Fence");
  facts.fenced = true;
  EXPECT_EQ(Said(facts), "Observe");
  facts.older_alive = true;
  EXPECT_EQ(Said(facts), "Wait");
  facts.certain = true;
  EXPECT_EQ(Said(facts), "Wait");
  facts.older_alive = false;
  EXPECT_EQ(Said(facts), "Ensure");
}

TEST(Decide, AStopIsAcceptedThenSeen) {
  const auto stopping = In(Phase::kStopping);
  const auto exited = In(Phase::kExited);
  Facts facts = Of(Stopping);
  facts.desired = model::Desired::Stopped;
  EXPECT_EQ(Said(facts), "Stop");
  facts.certain = true;
  EXPECT_EQ(Said(facts), "Stop");  // not seen, but a late start may be on its way: fence it
  facts.certain = false;
  facts.stop_accepted = true;
  EXPECT_EQ(Said(facts), "Observe");
  facts.current = &stopping;
  facts.certain = true;
  EXPECT_EQ(Said(facts), "Wait");
  facts.current = &exited;
  EXPECT_EQ(Said(facts), "Move Stopped");
  facts.certain = false;
  EXPECT_EQ(Said(facts), "Move Stopped");  // an exit is evidence in any look
  facts.older_alive = true;
  EXPECT_EQ(Said(facts), "Observe");
  facts.older_alive = false;
  facts.current = nullptr;
  EXPECT_EQ(Said(facts), "Observe");  // absence is evidence in a complete one only
  facts.certain = true;
  EXPECT_EQ(Said(facts), "Move Stopped");
}

TEST(Decide, AStopPastItsDeadlineIsForcedOnce) {
  const auto stopping = In(Phase::kStopping);
  Facts facts = Of(Stopping);
  facts.desired = model::Desired::Stopped;
  facts.stop_accepted = true;
  facts.current = &stopping;
  facts.expired = true;
  EXPECT_EQ(Said(facts), "Force");
  facts.forced = true;
  EXPECT_EQ(Said(facts), "Fail StopTimeout");
  facts.expired = false;  // its last moments
  facts.certain = true;
  EXPECT_EQ(Said(facts), "Wait");
}

TEST(Decide, AnUpdateOfARestingInstanceMakesSureAndRests) {
  Facts facts = Of(Updating);
  facts.desired = model::Desired::Stopped;
  EXPECT_EQ(Said(facts), "Stop");
  facts.stop_accepted = true;
  facts.certain = true;
  EXPECT_EQ(Said(facts), "Move Stopped");
}

TEST(Decide, ADeletionStopsRemovesErases) {
  const auto ready = In(Phase::kReady);
  Facts facts = Of(Deleting);
  facts.desired = model::Desired::Deleted;
  facts.current = &ready;
  EXPECT_EQ(Said(facts), "Stop");
  facts.stop_accepted = true;
  facts.certain = true;
  EXPECT_EQ(Said(facts), "Wait");
  facts.expired = true;
  EXPECT_EQ(Said(facts), "Overdue");
  facts.current = nullptr;
  EXPECT_EQ(Said(facts), "Remove");
  facts.removed = true;
  EXPECT_EQ(Said(facts), "Erase");
}

TEST(Decide, ALostInstanceRecoversAnUnseenOneWaits) {
  Facts facts = Of(Running);
  EXPECT_EQ(Said(facts), "Wait");
  facts.certain = true;
  EXPECT_EQ(Said(facts), "Wait");
  facts.lost = true;
  EXPECT_EQ(Said(facts), "Recover");
}

TEST(Decide, WhatWasLostWithItsHostStartsAgainWithinTheTimeOfItsState) {
  auto lost = In(Phase::kExited);
  lost.lost_with_host = true;
  Facts facts = Of(Running);
  facts.current = &lost;
  EXPECT_EQ(Said(facts), "Recover");
  for (const auto status : {ResourceAllocating, EnvPreparing, Starting, Updating, Recovering}) {
    facts = Of(status);
    facts.current = &lost;
    EXPECT_EQ(Said(facts), "Recover") << EnumName(status);
    facts.expired = true;
    EXPECT_EQ(Said(facts), "Fail StartFailed") << EnumName(status);
  }
  for (const auto status : {Stopping, Updating}) {
    facts = Of(status);
    facts.desired = model::Desired::Stopped;
    facts.stop_accepted = true;
    facts.current = &lost;
    EXPECT_EQ(Said(facts), "Move Stopped") << EnumName(status);
  }
  facts = Of(Running);
  facts.desired = model::Desired::Stopped;  // nobody wants it: its end is told, not undone
  facts.current = &lost;
  EXPECT_EQ(Said(facts), "Fail WorkloadExited");
}

TEST(Decide, AFailureIsCleanedUpThenRests) {
  Facts facts = Of(Failed);
  EXPECT_EQ(Said(facts), "Stop");
  facts.stop_accepted = true;
  EXPECT_EQ(Said(facts), "Rest");
  facts.stop_accepted = false;
  facts.expired = true;
  EXPECT_EQ(Said(facts), "Rest");  // what is left is a stray
}

TEST(Decide, NewInstancesGoOnAndRestingOnesRest) {
  EXPECT_EQ(Said(Of(Creating)), "Move ResourceAllocating");
  EXPECT_EQ(Said(Of(Queuing)), "Move ResourceAllocating");
  for (const auto status : {Stopped, Saved, SaveFailed}) EXPECT_EQ(Said(Of(status)), "Rest");
}

TEST(ReasonOfExit, SaysWhatIsKnown) {
  runtime::WorkloadState state;
  EXPECT_EQ(ReasonOfExit(state, true).message, "The instance ended, and its outcome is not known.");
  state.exit_code = 0;
  EXPECT_EQ(ReasonOfExit(state, true).message, "The instance ended with exit code 0.");
  state.signal = 9;
  EXPECT_EQ(ReasonOfExit(state, true).message, "The instance was ended by signal 9.");
  EXPECT_EQ(ReasonOfExit(state, true).code, "WorkloadExited");
  EXPECT_EQ(ReasonOfExit(state, false).code, "StartFailed");
  state.out_of_memory = true;
  EXPECT_EQ(ReasonOfExit(state, true).code, "OutOfMemory");
  EXPECT_EQ(ReasonOfExit(state, true).message,
            "The instance used more memory than its specification has.");
  state.reason = "The start script ended with exit code 1.";
  state.log_tail = "one\ntwo\n\n";
  EXPECT_EQ(ReasonOfExit(state, false).message,
            "The start script ended with exit code 1. Last output:\none\ntwo");
}

TEST(ReasonOfExit, KeepsTheLastTenLines) {
  runtime::WorkloadState state;
  state.reason = "Ended.";
  for (int i = 1; i <= 12; ++i) state.log_tail += std::to_string(i) + "\n";
  EXPECT_EQ(ReasonOfExit(state, false).message,
            "Ended. Last output:\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12");
}

}  // namespace
}  // namespace atelier::control
