// docs/contract/lifecycle.md section 10, written out by hand.
#include "model/service_status.h"

#include <set>
#include <string>

#include <boost/mp11.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"

namespace atelier::model {
namespace {

using enum ServiceStatus;
using Statuses = std::set<ServiceStatus>;

template <class E>
std::vector<E> All() {
  std::vector<E> all;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto d) { all.push_back(d.value); });
  return all;
}

std::string Names(const Statuses& statuses) {
  std::string text;
  for (const auto status : statuses) text += std::string(EnumName(status)) + " ";
  return text;
}

std::string Accepting(ServiceTrigger trigger) {
  Statuses accepting;
  for (const auto status : All<ServiceStatus>()) {
    if (Accepts(status, trigger)) accepting.insert(status);
  }
  return Names(accepting);
}

std::string Next(ServiceStatus from) {
  Statuses next;
  for (const auto to : All<ServiceStatus>()) {
    if (MoveIsLegal(from, ServiceTrigger::kProgress, to)) next.insert(to);
  }
  return Names(next);
}

TEST(ServiceStatus, TheDocumentedNames) {
  EXPECT_EQ(EnumNames<ServiceStatus>(),
            "Creating, Deploying, Pending, Waiting, Running, Updating, HotUpdate, Scaling, "
            "Starting, Stopping, Stopped, Deleting, DeleteFailed, Failed");
  EXPECT_EQ(EnumNames<ReplicaStatus>(),
            "Pending, Running, Succeeded, Failed, Terminating, Unknown");
}

TEST(ServiceStatus, WhatAcceptsWhichWish) {
  EXPECT_EQ(Accepting(ServiceTrigger::kStart), Names({Stopped, Failed}));
  EXPECT_EQ(Accepting(ServiceTrigger::kRestart), Names({Running, Waiting}));
  EXPECT_EQ(Accepting(ServiceTrigger::kStop),
            Names({Creating, Deploying, Waiting, Running, Updating, Scaling, Starting}));
  EXPECT_EQ(Accepting(ServiceTrigger::kScale),
            Names({Creating, Deploying, Waiting, Running, Updating, Scaling, Starting, Stopped}));
  EXPECT_EQ(
      Accepting(ServiceTrigger::kUpdate),
      Names({Creating, Deploying, Waiting, Running, Updating, Scaling, Starting, Stopped, Failed}));
  EXPECT_EQ(Accepting(ServiceTrigger::kDelete),
            Names({Creating, Deploying, Pending, Waiting, Running, Updating, HotUpdate, Scaling,
                   Starting, Stopping, Stopped, DeleteFailed, Failed}));
}

TEST(ServiceStatus, WhereWishesLead) {
  EXPECT_EQ(After(Running, ServiceTrigger::kUpdate), Updating);
  EXPECT_EQ(After(Running, ServiceTrigger::kScale), Scaling);
  EXPECT_EQ(After(Running, ServiceTrigger::kRestart), Starting);
  EXPECT_EQ(After(Stopped, ServiceTrigger::kStart), Starting);
  EXPECT_EQ(After(Stopped, ServiceTrigger::kUpdate), Stopped);
  EXPECT_EQ(After(Updating, ServiceTrigger::kStop), Stopping);
  EXPECT_EQ(After(DeleteFailed, ServiceTrigger::kDelete), Deleting);
}

TEST(ServiceStatus, WhatProgressLeadsTo) {
  EXPECT_EQ(Next(Creating), Names({Deploying}));
  EXPECT_EQ(Next(Deploying), Names({Running, Failed}));
  EXPECT_EQ(Next(Updating), Names({Running, Failed}));
  EXPECT_EQ(Next(Scaling), Names({Running, Waiting}));
  EXPECT_EQ(Next(Running), Names({Waiting}));
  EXPECT_EQ(Next(Waiting), Names({Running}));
  EXPECT_EQ(Next(Stopping), Names({Stopped, Failed}));
  EXPECT_EQ(Next(Deleting), Names({DeleteFailed}));
  EXPECT_EQ(Next(Stopped), "");
  EXPECT_EQ(Next(Failed), "");
}

TEST(ServiceStatus, EveryTransientStateHasAWayOut) {
  for (const auto status : All<ServiceStatus>()) {
    if (status == Pending || status == HotUpdate) continue;  // never entered
    EXPECT_TRUE(!IsTransient(status) || !Next(status).empty()) << EnumName(status);
  }
}

TEST(ServiceStatus, AReplicaThatLeavesNeverComesBack) {
  for (const auto to : All<ReplicaStatus>()) {
    EXPECT_FALSE(MoveIsLegal(ReplicaStatus::Terminating, to));
    EXPECT_EQ(MoveIsLegal(to, ReplicaStatus::Terminating), to != ReplicaStatus::Terminating);
  }
  EXPECT_TRUE(MoveIsLegal(ReplicaStatus::Failed, ReplicaStatus::Pending));
  EXPECT_FALSE(MoveIsLegal(ReplicaStatus::Failed, ReplicaStatus::Running));
}

}  // namespace
}  // namespace atelier::model
