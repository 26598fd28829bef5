// What a diagnosis says of each kind of trouble: the error, what is known of why, and what to do.
#include "model/service_diagnosis.h"

#include <gtest/gtest.h>

namespace atelier::model {
namespace {

const WallTime kNow{std::chrono::hours(24 * 365 * 50)};

Replica Running() {
  Replica replica;
  replica.name = "foo-1-a";
  replica.status = ReplicaStatus::Running;
  replica.started = true;
  replica.ready = true;
  replica.started_at = kNow - std::chrono::hours(1);
  return replica;
}

Replica Ended(LastRun last) {
  Replica replica = Running();
  replica.status = ReplicaStatus::Failed;
  replica.ready = false;
  replica.restarts = 4;
  replica.failures = 4;
  last.finished = kNow - std::chrono::seconds(5);
  replica.last = std::move(last);
  return replica;
}

LastRun Exit(std::optional<int> code, std::string reason, std::string message = "It ended.",
             std::string log = "") {
  LastRun last;
  last.exit_code = code;
  last.reason = std::move(reason);
  last.message = std::move(message);
  last.log = std::move(log);
  return last;
}

std::string Text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(ServiceDiagnosis, WhatIsWellHasNone) {
  ServiceSpec spec;
  EXPECT_FALSE(DiagnoseReplica(Running(), &spec, kNow));
  Replica leaving = Ended(Exit(1, "Error"));
  leaving.leaving = true;
  EXPECT_FALSE(DiagnoseReplica(leaving, &spec, kNow));
  Replica isolated = Running();
  isolated.isolated = true;
  EXPECT_FALSE(DiagnoseReplica(isolated, &spec, kNow));
  Replica fresh = Running();
  fresh.status = ReplicaStatus::Pending;
  fresh.ready = fresh.started = false;
  EXPECT_FALSE(DiagnoseReplica(fresh, &spec, kNow));
  Service service;
  service.status = ServiceStatus::Running;
  EXPECT_FALSE(DiagnoseService(service, {}));
  service.status = ServiceStatus::Stopped;
  service.replicas = 0;
  EXPECT_FALSE(DiagnoseService(service, {}));
}

TEST(ServiceDiagnosis, ACrashLoopSaysHowTheRunsEndAndWhereToLook) {
  const auto found =
      DiagnoseReplica(Ended(Exit(1, "Error", "The instance ended with exit code 1.",
                                 "start\nModuleNotFoundError: No module named 'torch'\n")),
                      nullptr, kNow);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->error, "Instance foo-1-a does not stay up: it was started again 4 times.");
  EXPECT_EQ(Text(found->causes),
            "The instance ended with exit code 1.\n"
            "The last line it printed: ModuleNotFoundError: No module named 'torch'\n");
  EXPECT_NE(Text(found->advices).find("DescribeServiceLog with Previous=true"), std::string::npos);
}

TEST(ServiceDiagnosis, EachWayToEndHasItsOwnAdvice) {
  const auto advice = [](LastRun last) {
    return DiagnoseReplica(Ended(std::move(last)), nullptr, kNow)->advices.at(0);
  };
  EXPECT_NE(advice(Exit({}, "OOMKilled")).find("more memory"), std::string::npos);
  EXPECT_NE(advice(Exit(0, "Completed")).find("does not end"), std::string::npos);
  EXPECT_NE(advice(Exit(127, "Error")).find("was not found"), std::string::npos);
  EXPECT_NE(advice(Exit(126, "Error")).find("cannot be executed"), std::string::npos);
  EXPECT_NE(advice(Exit({}, "Unhealthy")).find("liveness_check"), std::string::npos);
}

// Up again for the moment is not well.
TEST(ServiceDiagnosis, ACrashLoopIsOneAlsoBetweenTwoEnds) {
  Replica replica = Ended(Exit(1, "Error"));
  replica.status = ReplicaStatus::Running;
  replica.ready = true;
  EXPECT_TRUE(DiagnoseReplica(replica, nullptr, kNow));
  EXPECT_FALSE(DiagnoseReplica(replica, nullptr, kNow + std::chrono::hours(1)));
  replica.failures = 1;
  EXPECT_FALSE(DiagnoseReplica(replica, nullptr, kNow)) << "once, and well since";
}

TEST(ServiceDiagnosis, WhatAdmissionOrTheRuntimeRefusesIsToldInItsWords) {
  Replica replica = Running();
  replica.status = ReplicaStatus::Pending;
  replica.ready = replica.started = false;
  replica.reason = "InsufficientResource";
  replica.message = "There is no room on this server now. It starts when there is room.";
  const auto room = DiagnoseReplica(replica, nullptr, kNow);
  ASSERT_TRUE(room);
  EXPECT_EQ(room->error, "Instance foo-1-a waits for room on this server.");
  EXPECT_EQ(room->causes, std::vector{replica.message});
  EXPECT_NE(Text(room->advices).find("metadata.memory"), std::string::npos);
  replica.reason = "StartRefused";
  replica.message = "The folder nothere is not there.";
  const auto refused = DiagnoseReplica(replica, nullptr, kNow);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->error, "Instance foo-1-a cannot be started.");
  EXPECT_EQ(refused->causes, std::vector{replica.message});
}

TEST(ServiceDiagnosis, AChecksPathAndPortAreNamed) {
  ServiceSpec spec;
  spec.port = 9000;
  spec.health.path = "/healthz";
  Replica unhealthy = Running();
  unhealthy.ready = false;
  unhealthy.message = "Its health check fails.";
  const auto fails = DiagnoseReplica(unhealthy, &spec, kNow);
  ASSERT_TRUE(fails);
  EXPECT_EQ(Text(fails->causes),
            "Its health check fails.\nThe check is GET /healthz on port 9000.\n");
  Replica slow = unhealthy;
  slow.started = false;
  slow.started_at = kNow - std::chrono::seconds(90);
  const auto late = DiagnoseReplica(slow, &spec, kNow);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->error, "Instance foo-1-a runs for 90 s and is not ready.");
  EXPECT_EQ(Text(late->causes), "Its startup check has not passed: GET /healthz on port 9000.\n");
  slow.started_at = kNow - std::chrono::seconds(10);
  EXPECT_FALSE(DiagnoseReplica(slow, &spec, kNow)) << "on its way";
}

TEST(ServiceDiagnosis, AFailedServiceTellsWhatItsInstancesSaidBeforeTheyWent) {
  Service service;
  service.name = "foo";
  service.status = ServiceStatus::Failed;
  service.reason = "NotReady";
  service.message = "Not every instance became ready in the time allowed.";
  const std::vector<ServiceEvent> warnings = {
      {.time = {},
       .warning = true,
       .reason = "BackOff",
       .instance = "foo-1-a",
       .message = "First."},
      {.time = {}, .warning = true, .reason = "BackOff", .instance = "foo-1-a", .message = "Last."},
      {.time = {}, .warning = true, .reason = "BackOff", .instance = "foo-1-a", .message = "Last."},
      {.time = {}, .warning = true, .reason = "Failed", .instance = "", .message = "Own."}};
  const auto found = DiagnoseService(service, warnings);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->error, "Service foo is Failed: NotReady.");
  EXPECT_EQ(Text(found->causes),
            "Not every instance became ready in the time allowed.\nLast.\nFirst.\n");
  EXPECT_NE(Text(found->advices).find("UpdateService"), std::string::npos);
}

TEST(ServiceDiagnosis, ARunningServiceWithoutInstancesIsNotWellUnlessItWakes) {
  Service service;
  service.name = "foo";
  service.status = ServiceStatus::Running;
  service.replicas = 0;
  const auto found = DiagnoseService(service, {});
  ASSERT_TRUE(found);
  EXPECT_NE(Text(found->advices).find("ScaleService"), std::string::npos);
  service.autoscaler = AutoScaler{};
  service.autoscaler->min = 0;
  EXPECT_FALSE(DiagnoseService(service, {}));
}

}  // namespace
}  // namespace atelier::model
