// docs/contract/lifecycle.md section 1, written out by hand.
#include "model/status.h"

#include <array>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "base/codec.h"

namespace atelier::model {
namespace {

using enum InstanceStatus;
using Statuses = std::set<InstanceStatus>;
using Moves = std::set<std::pair<InstanceStatus, InstanceStatus>>;

constexpr std::array<InstanceStatus, kInstanceStatusCount> kAll = {
    Creating, ResourceAllocating, EnvPreparing, Queuing, Starting,   Running, Updating, Saving,
    Saved,    SaveFailed,         Stopping,     Stopped, Recovering, Failed,  Deleting};

std::string Names(const Statuses& statuses) {
  std::string text;
  for (const auto status : statuses) text += std::string(EnumName(status)) + " ";
  return text;
}

Statuses Accepting(Trigger trigger) {
  Statuses accepting;
  for (const auto status : kAll) {
    if (Accepts(status, trigger)) accepting.insert(status);
  }
  return accepting;
}

Moves MovesOf(Trigger trigger) {
  Moves moves;
  for (const auto from : kAll) {
    for (const auto to : kAll) {
      if (MoveIsLegal(from, trigger, to)) moves.emplace(from, to);
    }
  }
  return moves;
}

TEST(Status, TheFifteenDocumentedNames) {
  EXPECT_EQ(EnumNames<InstanceStatus>(),
            "Creating, ResourceAllocating, EnvPreparing, Queuing, Starting, Running, Updating, "
            "Saving, Saved, SaveFailed, Stopping, Stopped, Recovering, Failed, Deleting");
}

TEST(Status, WhatAcceptsAStart) {
  EXPECT_EQ(Names(Accepting(Trigger::kStart)), Names({Stopped, Failed, SaveFailed, Saved}));
  for (const auto from : {Stopped, Failed, SaveFailed, Saved}) {
    EXPECT_TRUE(MoveIsLegal(from, Trigger::kStart, Starting));
  }
  EXPECT_EQ(MovesOf(Trigger::kStart).size(), 4u);
}

TEST(Status, WhatAcceptsAStop) {
  const Statuses stoppable = {Running,    Queuing, ResourceAllocating, EnvPreparing, Starting,
                              Recovering, Saved,   SaveFailed};
  EXPECT_EQ(Names(Accepting(Trigger::kStop)), Names(stoppable));
  for (const auto from : stoppable) EXPECT_TRUE(MoveIsLegal(from, Trigger::kStop, Stopping));
  EXPECT_EQ(MovesOf(Trigger::kStop).size(), 8u);
}

TEST(Status, WhatAcceptsAnUpdate) {
  EXPECT_EQ(MovesOf(Trigger::kUpdate),
            (Moves{{Running, Updating}, {Stopped, Updating}, {Failed, Updating}}));
}

TEST(Status, EverythingButDeletingAcceptsADeletion) {
  for (const auto from : kAll) {
    EXPECT_EQ(Accepts(from, Trigger::kDelete), from != Deleting) << EnumName(from);
    EXPECT_EQ(MoveIsLegal(from, Trigger::kDelete, Deleting), from != Deleting) << EnumName(from);
  }
  EXPECT_EQ(MovesOf(Trigger::kDelete).size(), 14u);
}

TEST(Status, WhatTheReconcilerMayObserve) {
  EXPECT_EQ(MovesOf(Trigger::kProgress), (Moves{{Creating, ResourceAllocating},
                                                {Creating, Queuing},
                                                {Queuing, ResourceAllocating},
                                                {ResourceAllocating, EnvPreparing},
                                                {EnvPreparing, Starting},
                                                {Starting, ResourceAllocating},
                                                {Starting, Running},
                                                {Creating, Failed},
                                                {Queuing, Failed},
                                                {ResourceAllocating, Failed},
                                                {EnvPreparing, Failed},
                                                {Starting, Failed},
                                                {Running, Failed},
                                                {Running, Recovering},
                                                {Recovering, Running},
                                                {Recovering, Failed},
                                                {Stopping, Stopped},
                                                {Stopping, Failed},
                                                {Updating, Running},
                                                {Updating, Stopped},
                                                {Updating, Starting},
                                                {Updating, Failed}}));
}

TEST(Status, EveryTransientStateButDeletingHasAWayToRest) {
  for (const auto status : kAll) {
    if (!IsTransient(status) || status == Deleting || status == Saving) continue;
    EXPECT_TRUE(MoveIsLegal(status, Trigger::kProgress, Failed)) << EnumName(status);
  }
}

TEST(Status, TheStatesThatLast) {
  Statuses lasting;
  for (const auto status : kAll) {
    if (!IsTransient(status)) lasting.insert(status);
  }
  EXPECT_EQ(Names(lasting), Names({Running, Saved, SaveFailed, Stopped, Failed}));
}

}  // namespace
}  // namespace atelier::model
