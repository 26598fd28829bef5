// The lives of services and their replicas on a clock that the test turns
// (docs/contract/lifecycle.md section 10).
#include <csignal>

#include <gtest/gtest.h>

#include "unit/control/service_world.h"

namespace atelier::control {
namespace {

using enum model::ServiceStatus;
using Call = FaultyDriver::Call;
using model::ReplicaStatus;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(ServiceLife, FromCreationToGone) {
  ServiceWorld world;
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 2)));
  EXPECT_TRUE(world.Service("foo")->id.str().starts_with("eas-m-"));
  ASSERT_TRUE(world.ServiceReaches("foo", Running, seconds(10)));
  ASSERT_EQ(world.Replicas("foo").size(), 2u);
  for (const auto& replica : world.Replicas("foo")) {
    EXPECT_TRUE(replica->name.starts_with("foo-")) << replica->name;
    EXPECT_EQ(replica->status, ReplicaStatus::Running);
    EXPECT_TRUE(replica->ready);
    EXPECT_EQ(replica->restarts, 0);
    EXPECT_EQ(replica->place.host_name, replica->id.str());
  }
  EXPECT_EQ(world.Alive().size(), 2u);

  ASSERT_TRUE(world.Do(world.services.Stop("foo", world.By("StopService"))));
  ASSERT_TRUE(world.ServiceReaches("foo", Stopped, minutes(1)));
  EXPECT_TRUE(world.Replicas("foo").empty());
  EXPECT_TRUE(world.Alive().empty());

  ASSERT_TRUE(world.Do(world.services.Start("foo", world.By("StartService"))));
  ASSERT_TRUE(world.ServiceReaches("foo", Running, minutes(1)));
  ASSERT_TRUE(world.Do(world.services.Delete("foo", world.By("DeleteService"))));
  ASSERT_TRUE(world.ServiceGone("foo", minutes(1)));
  world.Pass(seconds(5));
  EXPECT_TRUE(world.Alive().empty());
  for (const auto kind : {store::Kind::kService, store::Kind::kServiceReplica,
                          store::Kind::kServiceVersion, store::Kind::kServiceEvent}) {
    EXPECT_TRUE(world.Records(kind).empty());
  }
}

TEST(ServiceLife, NamesAreUnique) {
  ServiceWorld world;
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 1)));
  const auto again = world.Make(ServiceWorld::Config("foo", 1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason(), "ServiceExists");
}

Task<void> Label(ServiceWorld& world, std::string value, int& done) {
  const Status written =
      co_await world.services.PutLabels("foo", {{"last", value}}, world.By("UpdateServiceLabel"));
  if (written) ++done;
}

TEST(ServiceLife, ManyWritersOfOneServiceAllGetThrough) {
  ServiceWorld world;
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 1)));
  constexpr int kWriters = 500;  // twice as many requests as one key may have under way
  int done = 0;
  for (int i = 1; i <= kWriters; ++i)
    Spawn(world.io.get_executor(), "writer", Label(world, std::to_string(i), done));
  world.Poll();
  EXPECT_EQ(done, kWriters);
  EXPECT_EQ(world.Service("foo")->labels.at(0).value, "500") << "in order of arrival";
}

TEST(ServiceLife, AReplicaThatEndsIsStartedAgainWithItsStory) {
  ServiceWorld world;
  world.Up("foo", 1, {.exit_after_ms = 60'000, .exit_code = 7});
  const auto before = world.Replicas("foo").at(0);
  ASSERT_TRUE(world.PassUntil([&] { return world.Replicas("foo").at(0)->restarts == 1; }));
  const auto ended = world.Replicas("foo").at(0);
  EXPECT_EQ(ended->status, ReplicaStatus::Failed);
  EXPECT_FALSE(ended->ready);
  EXPECT_EQ(ended->name, before->name);
  ASSERT_TRUE(ended->last);
  EXPECT_EQ(ended->last->exit_code, 7);
  EXPECT_EQ(ended->last->reason, "Error");
  EXPECT_EQ(ended->last->started, *before->started_at);
  // When it ended, whenever that was seen.
  EXPECT_EQ(ended->last->finished, before->created + Duration(300) + seconds(60));
  EXPECT_NE(ended->last->log.find("ended with exit code 7"), std::string::npos);
  world.Poll();
  EXPECT_EQ(world.ServiceStatusOf("foo"), Waiting);
  ASSERT_TRUE(world.ServiceReaches("foo", Running, seconds(5)));
  const auto back = world.Replicas("foo").at(0);
  EXPECT_EQ(back->status, ReplicaStatus::Running);
  EXPECT_EQ(back->restarts, 1);
  EXPECT_EQ(back->generation, 2);
  EXPECT_TRUE(back->last);
}

TEST(ServiceLife, EndsInARowAreMetWithGrowingPauses) {
  ServiceWorld world;
  world.Up("foo", 1, {.exit_after_ms = 1'000, .exit_code = 1});
  world.Pass(hours(3));
  // Pauses of 1, 2, 4 ... 256 s sum up to 511 s for nine ends; then one each five minutes.
  const std::int64_t restarts = world.Replicas("foo").at(0)->restarts;
  EXPECT_GE(restarts, 9 + 30);
  EXPECT_LE(restarts, 9 + 36);
  EXPECT_TRUE(world.ServiceHasEvent("foo", "BackOff")) << "what ends again and again is told";
}

TEST(ServiceLife, Promise4AnOlderRecordOfAReplicaThatHasEndedStartsAtOnce) {
  for (const std::int64_t since : {1, 2, 4}) {
    SCOPED_TRACE(since);
    ServiceWorld world;
    world.Up("foo", 1, {.exit_after_ms = 30'000, .exit_code = 1});
    const store::Record backup = world.Records(store::Kind::kServiceReplica).front();
    const auto ended = [&] { return world.Replicas("foo").at(0)->restarts == since + 1; };
    ASSERT_TRUE(world.PassUntil(ended));
    ASSERT_TRUE(world.Alive().empty());  // a run more than the record knows has ended
    world.KillServices();
    ASSERT_TRUE(
        world.Do(world.store.Commit({store::Write::Put(backup.kind, backup.key, backup.body)})));
    world.ServeServices();
    ASSERT_TRUE(world.PassUntil([&] { return !world.Alive().empty(); }, seconds(15)));
    ASSERT_TRUE(world.PassUntil([&] { return world.ReadyOf("foo") == 1; }, seconds(5)));
    EXPECT_EQ(world.Replicas("foo").at(0)->generation, since + 2);
  }
}

TEST(ServiceLife, AnOldTroubleIsForgiven) {
  ServiceWorld world;
  world.Up("foo", 1, {.exit_after_ms = 700'000, .exit_code = 1});  // over ten minutes
  world.Pass(hours(2));
  EXPECT_GE(world.Replicas("foo").at(0)->restarts, 9);
  EXPECT_EQ(world.Replicas("foo").at(0)->failures, 1);
}

TEST(ServiceLife, ALivenessCheckThatFailsStartsItAgain) {
  ServiceWorld world;
  bool alive = true;
  world.probe.answer = [&](const auto&, const model::HealthCheck& check) {
    return check.path != "/live" || alive;
  };
  ASSERT_TRUE(world.Make(ParseJson(R"({"name":"foo","containers":[{"script":"x","port":9000,
      "liveness_check":{"http_get":{"path":"/live"},"period_seconds":5,"failure_threshold":3}}]})")
                             ->get_object()));
  ASSERT_TRUE(world.ServiceReaches("foo", Running));
  alive = false;
  ASSERT_TRUE(
      world.PassUntil([&] { return world.Replicas("foo").at(0)->restarts == 1; }, seconds(16)));
  const auto given_up = world.Replicas("foo").at(0);
  EXPECT_EQ(given_up->last->reason, "Unhealthy");
  EXPECT_FALSE(given_up->last->settled) << "it has not ended yet";
  EXPECT_EQ(given_up->last->started, *given_up->started_at);
  alive = true;
  ASSERT_TRUE(world.PassUntil([&] { return world.ReadyOf("foo") == 1; }, seconds(10)));
  const model::LastRun last = *world.Replicas("foo").at(0)->last;
  EXPECT_EQ(last.reason, "Unhealthy");
  EXPECT_TRUE(last.settled);
  EXPECT_EQ(last.signal, SIGTERM);
  EXPECT_FALSE(last.exit_code);
  EXPECT_EQ(last.finished, given_up->last->finished + Duration(100)) << "the script's stop_ms";
  EXPECT_NE(last.log.find("ended by signal 15"), std::string::npos);
}

TEST(ServiceLife, AStartThatTookTooLongLeavesItsStory) {
  ServiceWorld world;
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 1, {.hang_start = true})));
  const auto settled = [&] {
    return world.Replicas("foo").size() == 1 && world.Replicas("foo").at(0)->last &&
           world.Replicas("foo").at(0)->last->settled;
  };
  ASSERT_TRUE(world.PassUntil(settled));
  const auto replica = world.Replicas("foo").at(0);
  EXPECT_EQ(replica->last->reason, "StartTimeout");
  EXPECT_EQ(replica->last->signal, SIGTERM);
  EXPECT_EQ(replica->last->started, replica->created);
  EXPECT_NE(replica->last->log.find("starting"), std::string::npos);
}

TEST(ServiceLife, AHealthCheckTakesItOutOfTrafficAndBack) {
  ServiceWorld world;
  bool healthy = true;
  world.probe.answer = [&](const auto&, const auto&) { return healthy; };
  world.Up("foo", 1);
  healthy = false;
  ASSERT_TRUE(world.PassUntil([&] { return world.ReadyOf("foo") == 0; }, seconds(10)));
  EXPECT_EQ(world.Replicas("foo").at(0)->status, ReplicaStatus::Running);
  EXPECT_EQ(world.Replicas("foo").at(0)->restarts, 0);
  EXPECT_TRUE(world.ServiceReaches("foo", Waiting, seconds(1)));
  healthy = true;
  ASSERT_TRUE(world.PassUntil([&] { return world.ReadyOf("foo") == 1; }, seconds(10)));
}

TEST(ServiceLife, OneThatNeverAnswersFailsInTime) {
  ServiceWorld world;
  world.probe.answer = [](const auto&, const auto&) { return false; };
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 1)));
  world.Pass(seconds(590));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Deploying);
  ASSERT_TRUE(world.ServiceReaches("foo", Failed, seconds(20)));
  EXPECT_EQ(world.Service("foo")->reason, "NotReady");
  ASSERT_TRUE(world.PassUntil([&] { return world.Replicas("foo").empty(); }, minutes(1)));
}

TEST(ServiceLife, AClockThatJumpsFailsNothingThatWentWell) {
  ServiceWorld world;
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 2)));
  world.Poll();
  world.clock.Advance(hours(5));  // past every deadline at once
  ASSERT_TRUE(world.ServiceReaches("foo", Running, seconds(5)));
  EXPECT_EQ(world.Replicas("foo").at(0)->restarts, 0);
}

TEST(ServiceLife, WhatTheDriverRefusesFailsWithItsWords) {
  ServiceWorld world;
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 1, {.refuse = true})));
  ASSERT_TRUE(world.ServiceReaches("foo", Failed, seconds(1)));
  EXPECT_NE(world.Service("foo")->message.find("refuses this workload"), std::string::npos);
}

TEST(ServiceLife, AStopThatHangsFailsAndADeletionIsTriedOn) {
  ServiceWorld world;
  world.Up("foo", 1, {.hang_stop = true, .hang_kill = true});
  ASSERT_TRUE(world.Do(world.services.Stop("foo", world.By("StopService"))));
  ASSERT_TRUE(world.ServiceReaches("foo", Failed, minutes(5)));
  EXPECT_EQ(world.Service("foo")->reason, "StopTimeout");
  ASSERT_TRUE(world.Do(world.services.Delete("foo", world.By("DeleteService"))));
  ASSERT_TRUE(world.ServiceReaches("foo", DeleteFailed, minutes(5)));
  const auto id = world.Replicas("foo").at(0)->id;
  ASSERT_TRUE(world.simulated->SetScript(id, {}));
  EXPECT_TRUE(world.ServiceGone("foo", minutes(5)));
}

TEST(ServiceLife, ADriverThatHangsHoldsUpNoOther) {
  ServiceWorld world;
  ASSERT_TRUE(world.Make(ServiceWorld::Config("stuck", 1, {.hang_calls = true})));
  ASSERT_TRUE(world.Make(ServiceWorld::Config("fine", 1)));
  EXPECT_TRUE(world.ServiceReaches("fine", Running, seconds(5)));
  EXPECT_TRUE(world.ServiceReaches("stuck", Failed, minutes(11)));
}

TEST(ServiceLife, OldEventsGo) {
  ServiceWorld world({.keep_events = hours(2)}, {.host = ServiceWorld::kEndless},
                     {.observe_every = minutes(10)});
  world.Up("foo", 1);
  ASSERT_TRUE(world.ServiceHasEvent("foo", "Created"));
  world.Pass(hours(3));
  EXPECT_FALSE(world.ServiceHasEvent("foo", "Created"));
}

TEST(ServiceScale, UpAndDownTheNamedFirst) {
  ServiceWorld world;
  world.Up("foo", 1);
  const std::string first = world.Replicas("foo").at(0)->name;
  ASSERT_TRUE(world.Do(world.services.Scale("foo", 3, {}, world.By("ScaleService"))));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Scaling);
  ASSERT_TRUE(world.ServiceReaches("foo", Running, seconds(30)));
  EXPECT_EQ(world.ReadyOf("foo"), 3);
  EXPECT_EQ(world.Service("foo")->latest_version, 1);
  ASSERT_TRUE(world.Do(world.services.Scale("foo", 2, {first}, world.By("ScaleService"))));
  ASSERT_TRUE(world.PassUntil([&] { return world.Replicas("foo").size() == 2; }, minutes(1)));
  for (const auto& replica : world.Replicas("foo")) EXPECT_NE(replica->name, first);
  ASSERT_TRUE(world.Do(world.services.Scale("foo", 0, {}, world.By("ScaleService"))));
  ASSERT_TRUE(world.PassUntil([&] { return world.Replicas("foo").empty(); }, minutes(1)));
  EXPECT_TRUE(world.ServiceReaches("foo", Running, seconds(1)));
  EXPECT_FALSE(world.Do(world.services.Scale("foo", 1001, {}, world.By("ScaleService"))));
}

TEST(ServiceUpdate, RollsWithoutEverHavingFewerReady) {
  ServiceWorld world;
  world.Up("foo", 3);
  const auto change = ParseJson(R"({"metadata":{"cpu":2}})")->get_object();
  ASSERT_TRUE(world.Do(world.services.Update("foo", change, false, {}, world.By("UpdateService"))));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Updating);
  std::size_t most = 0;
  std::int64_t least = 3;
  ASSERT_TRUE(world.PassUntil([&] {
    std::size_t live = 0;
    for (const auto& replica : world.Replicas("foo")) live += replica->leaving ? 0 : 1;
    most = std::max(most, live);
    least = std::min(least, world.ReadyOf("foo"));
    return world.ServiceStatusOf("foo") == Running;
  }));
  EXPECT_EQ(least, 3);
  EXPECT_EQ(most, 4u);
  EXPECT_EQ(world.Service("foo")->current_version, 2);
  world.Pass(minutes(1));
  ASSERT_EQ(world.Replicas("foo").size(), 3u);
  for (const auto& replica : world.Replicas("foo")) EXPECT_EQ(replica->version, 2);
}

TEST(ServiceUpdate, ABadVersionLeavesTheOldOneServingAndIsRolledBack) {
  ServiceWorld world;
  world.Up("foo", 1);
  auto bad = ServiceWorld::Config("foo", 1, {.fail_at = "start"});
  ASSERT_TRUE(world.Do(world.services.Update("foo", bad, true, {}, world.By("UpdateService"))));
  ASSERT_TRUE(world.ServiceReaches("foo", Running, minutes(11)));
  EXPECT_EQ(world.Service("foo")->reason, "Incomplete");
  EXPECT_EQ(world.ReadyOf("foo"), 1);
  EXPECT_FALSE(world.Do(world.services.RollBack("foo", 2, world.By("UpdateServiceVersion"))));
  ASSERT_TRUE(world.Do(world.services.RollBack("foo", 1, world.By("UpdateServiceVersion"))));
  ASSERT_TRUE(world.ServiceReaches("foo", Running, minutes(2)));
  EXPECT_EQ(world.Service("foo")->current_version, 1);
  EXPECT_EQ(world.Service("foo")->latest_version, 2);
  EXPECT_EQ(world.Service("foo")->reason, "");
  const auto versions = world.Do(world.services.Versions("foo")).value();
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].number, 2);
}

// What is kept can be had: forwards, too, after a way back.
TEST(ServiceUpdate, AfterAWayBackTheNewerVersionCanBeHadAgain) {
  ServiceWorld world;
  world.Up("foo", 1);
  const auto change = ParseJson(R"({"metadata":{"memory":256}})")->get_object();
  ASSERT_TRUE(world.Do(world.services.Update("foo", change, false, {}, world.By("UpdateService"))));
  ASSERT_TRUE(world.ServiceReaches("foo", Running, minutes(2)));
  const std::string newer = world.Service("foo")->config;
  const auto go = [&](std::int64_t version) {
    return world.Do(world.services.RollBack("foo", version, world.By("UpdateServiceVersion")));
  };
  ASSERT_TRUE(go(1));
  ASSERT_TRUE(world.ServiceReaches("foo", Running, minutes(2)));
  for (const std::int64_t version : {0, 1, 3}) EXPECT_FALSE(go(version)) << version;
  ASSERT_TRUE(go(2));
  ASSERT_TRUE(world.ServiceReaches("foo", Running, minutes(2)));
  EXPECT_EQ(world.Service("foo")->current_version, 2);
  EXPECT_EQ(world.Service("foo")->latest_version, 2);
  EXPECT_EQ(world.Service("foo")->config, newer);
}

TEST(ServiceUpdate, ANumberAloneIsAScalingAndTheSameIsNothing) {
  ServiceWorld world;
  world.Up("foo", 1);
  const auto scale = ParseJson(R"({"metadata":{"instance":2}})")->get_object();
  ASSERT_TRUE(world.Do(world.services.Update("foo", scale, false, {}, world.By("UpdateService"))));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Scaling);
  ASSERT_TRUE(world.ServiceReaches("foo", Running));
  ASSERT_TRUE(world.Do(world.services.Update("foo", scale, false, {}, world.By("UpdateService"))));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Running);
  EXPECT_EQ(world.Service("foo")->latest_version, 1);
  const auto rename = ParseJson(R"({"name":"bar"})")->get_object();
  EXPECT_FALSE(
      world.Do(world.services.Update("foo", rename, false, {}, world.By("UpdateService"))));
}

TEST(ServiceUpdate, UnknownKeysAreKept) {
  ServiceWorld world;
  world.Up("foo", 1, {}, R"({"features":{"strange":[1,2]}})");
  EXPECT_NE(world.Service("foo")->config.find(R"("strange":[1,2])"), std::string::npos);
}

TEST(ServiceRestart, MakesEveryReplicaAnewUnderANewName) {
  ServiceWorld world;
  world.Up("foo", 2);
  std::set<std::string> before;
  for (const auto& replica : world.Replicas("foo")) before.insert(replica->name);
  ASSERT_TRUE(world.Do(world.services.Restart("foo", world.By("RestartService"))));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Starting);
  ASSERT_TRUE(world.ServiceReaches("foo", Running));
  world.Pass(minutes(1));
  ASSERT_EQ(world.Replicas("foo").size(), 2u);
  for (const auto& replica : world.Replicas("foo")) EXPECT_FALSE(before.contains(replica->name));
}

TEST(ServiceUpdate, EachReplicaKeepsWhatItRunsWith) {
  ServiceWorld world;
  world.Up("foo", 1, {}, R"({"cloud":{"computing":{"instance_type":"ecs.small"}}})");
  const std::string first = world.Replicas("foo").at(0)->name;
  ASSERT_TRUE(world.Do(world.services.Detach("foo", first, world.By("X"))));
  ASSERT_TRUE(world.Do(world.services.Update(
      "foo", ParseJson(R"({"cloud":{"computing":{"instance_type":"ecs.large"}}})")->get_object(),
      false, {}, world.By("UpdateService"))));
  ASSERT_TRUE(world.ServiceReaches("foo", Running));
  world.Pass(minutes(1));
  ASSERT_EQ(world.Replicas("foo").size(), 2u);
  for (const auto& replica : world.Replicas("foo")) {
    ASSERT_TRUE(replica->outfit);
    EXPECT_EQ(replica->outfit->machine, replica->name == first ? "ecs.small" : "ecs.large");
    EXPECT_EQ(replica->outfit->port, 8000);
  }
}

TEST(ServiceReplace, SoftEndsTheWaitOfOneThatEndedAndKeepsItsStory) {
  ServiceWorld world;
  world.Up("foo", 1, {.exit_after_ms = 1'000, .exit_code = 7});
  world.Pass(hours(1));  // its pauses are five minutes by now
  ASSERT_TRUE(world.PassUntil(
      [&] { return world.Replicas("foo").at(0)->status == model::ReplicaStatus::Failed; }));
  const auto failed = world.Replicas("foo").at(0);
  ASSERT_TRUE(world.Do(world.services.Replace("foo", {failed->name}, true, world.By("X"))));
  ASSERT_TRUE(world.PassUntil([&] { return world.ReadyOf("foo") == 1; }, seconds(5)));
  const auto back = world.Replicas("foo").at(0);
  EXPECT_EQ(back->restarts, failed->restarts) << "no run was ended";
  EXPECT_EQ(back->last->exit_code, 7);
}

TEST(ServiceReplace, SoftKeepsTheNameHardDoesNot) {
  ServiceWorld world;
  world.Up("foo", 1);
  const auto first = world.Replicas("foo").at(0);
  ASSERT_TRUE(world.Do(world.services.Replace("foo", {first->name}, true, world.By("X"))));
  ASSERT_TRUE(world.PassUntil([&] { return world.ReadyOf("foo") == 1; }, seconds(30)));
  const auto soft = world.Replicas("foo").at(0);
  EXPECT_EQ(soft->name, first->name);
  EXPECT_EQ(soft->restarts, 1);
  EXPECT_EQ(soft->last->reason, "Restarted");
  EXPECT_EQ(soft->last->signal, SIGTERM);
  EXPECT_NE(soft->last->log.find("asked to stop"), std::string::npos);
  ASSERT_TRUE(world.Do(world.services.Replace("foo", {first->name}, false, world.By("X"))));
  ASSERT_TRUE(world.PassUntil(
      [&] {
        return world.Replicas("foo").size() == 1 && world.Replicas("foo")[0]->name != first->name;
      },
      minutes(1)));
  const auto unknown = world.Do(world.services.Replace("foo", {"foo-x"}, false, world.By("X")));
  EXPECT_EQ(unknown.error().reason(), "UnknownReplica");
}

TEST(ServiceIsolate, TakesNoTrafficAndRunsOn) {
  ServiceWorld world;
  world.Up("foo", 1);
  const std::string name = world.Replicas("foo").at(0)->name;
  ASSERT_TRUE(world.Do(world.services.Isolate("foo", name, true, world.By("X"))));
  EXPECT_EQ(world.ReadyOf("foo"), 0);
  EXPECT_EQ(world.Replicas("foo").at(0)->status, ReplicaStatus::Running);
  ASSERT_TRUE(world.Do(world.services.Isolate("foo", name, false, world.By("X"))));
  EXPECT_EQ(world.ReadyOf("foo"), 1);
}

TEST(ServiceDrain, ALeavingReplicaEndsWhenItsRequestsHave) {
  ServiceWorld world;
  world.Up("foo", 1);
  const auto id = world.Replicas("foo").at(0)->id;
  world.in_flight[id] = 1;
  ASSERT_TRUE(world.Do(world.services.Stop("foo", world.By("StopService"))));
  world.Pass(seconds(10));
  EXPECT_EQ(world.driver.Count(Call::kStop), 0);
  EXPECT_EQ(world.ReadyOf("foo"), 0);
  world.in_flight[id] = 0;
  world.Pass(seconds(1));
  EXPECT_EQ(world.driver.Count(Call::kStop), 1);
}

TEST(ServiceDrain, RequestsAreNotWaitedForLongerThanTheGrace) {
  ServiceWorld world;
  world.Up("foo", 1, {}, R"({"runtime":{"termination_grace_period":20}})");
  world.in_flight[world.Replicas("foo").at(0)->id] = 1;
  ASSERT_TRUE(world.Do(world.services.Stop("foo", world.By("StopService"))));
  world.Pass(seconds(19));
  EXPECT_EQ(world.driver.Count(Call::kStop), 0);
  world.Pass(seconds(2));
  EXPECT_EQ(world.driver.Count(Call::kStop), 1);
}

TEST(ServiceLock, GuardsWhatItSays) {
  ServiceWorld world;
  world.Up("foo", 1);
  const auto by = [&] { return world.By("X"); };
  ASSERT_TRUE(world.Do(world.services.SetLock("foo", model::SafetyLock::dangerous, by())));
  EXPECT_EQ(world.Do(world.services.Stop("foo", by())).error().reason(), "Locked");
  EXPECT_EQ(world.Do(world.services.Delete("foo", by())).error().reason(), "Locked");
  EXPECT_TRUE(world.Do(world.services.Scale("foo", 2, {}, by())));
  ASSERT_TRUE(world.Do(world.services.SetLock("foo", model::SafetyLock::all, by())));
  EXPECT_EQ(world.Do(world.services.Scale("foo", 1, {}, by())).error().reason(), "Locked");
  ASSERT_TRUE(world.Do(world.services.SetLock("foo", model::SafetyLock::none, by())));
  EXPECT_TRUE(world.Do(world.services.Delete("foo", by())));
}

TEST(ServiceWishes, TheWrongStateIsRefusedAndChangesNothing) {
  ServiceWorld world;
  world.Up("foo", 1);
  const auto before = world.service_directory.RevisionOf("foo");
  EXPECT_EQ(world.Do(world.services.Start("foo", world.By("X"))).error().reason(), "WrongState");
  EXPECT_EQ(world.Do(world.services.Start("none", world.By("X"))).error().reason(),
            "UnknownService");
  EXPECT_EQ(world.service_directory.RevisionOf("foo"), before);
}

TEST(ServiceRestartOfServer, WhatRunsIsAdoptedUntouched) {
  ServiceWorld world;
  world.Up("foo", 3);
  world.KillServices();
  world.Pass(hours(5));
  world.driver.calls.clear();
  world.ServeServices();
  world.Pass(minutes(1));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Running);
  EXPECT_EQ(world.ReadyOf("foo"), 3);
  EXPECT_EQ(world.driver.Count(Call::kEnsure), 0);
  EXPECT_EQ(world.driver.Count(Call::kStop), 0);
}

TEST(ServiceRestartOfServer, AHostThatWasLostIsFilledAgain) {
  ServiceWorld world;
  world.Up("foo", 2);
  world.KillServices();
  world.LoseHost();
  world.ServeServices();
  world.Pass(minutes(1));
  EXPECT_EQ(world.ReadyOf("foo"), 2);
  for (const auto& replica : world.Replicas("foo")) {
    EXPECT_EQ(replica->restarts, 1);
    EXPECT_EQ(replica->last->reason, "Lost");
  }
}

TEST(ServiceRestartOfServer, IsGoneOnWithAnywhere) {
  // Killed before each of the first commits of an update in turn, it always gets there.
  for (int at = 1; at <= 12; ++at) {
    ServiceWorld world;
    world.Up("foo", 2);
    const auto change = ParseJson(R"({"metadata":{"cpu":2}})")->get_object();
    ASSERT_TRUE(
        world.Do(world.services.Update("foo", change, false, {}, world.By("UpdateService"))));
    int commits = 0;
    bool killed = false;
    world.store.around = [&](bool before) {
      if (before && ++commits == at) killed = true;
    };
    world.PassUntil([&] { return killed; }, minutes(2));
    world.store.around = nullptr;
    world.ServeServices();
    ASSERT_TRUE(world.ServiceReaches("foo", Running, minutes(15))) << at;
    world.Pass(minutes(2));
    EXPECT_EQ(world.ReadyOf("foo"), 2) << at;
    EXPECT_EQ(world.Alive().size(), 2u) << at;
  }
}

TEST(ServiceLife, Promise10ChecksThatHangHoldUpNoOtherService) {
  ServiceWorld world;
  for (const char* name : {"hung0", "hung1", "hung2"}) {
    world.Up(name, 100, {}, R"({"containers":[{"script":"serve","health_check":{
        "http_get":{"path":"/"},"period_seconds":5,"timeout_seconds":600}}]})");
  }
  world.probe.hangs = [&](const model::InstanceId& id) {
    const auto replica = world.service_directory.FindReplica(id);
    return replica != nullptr && replica->service_name.starts_with("hung");
  };
  world.Pass(seconds(20));
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 1)));
  EXPECT_TRUE(world.ServiceReaches("foo", Running, seconds(5)));
}

TEST(ServiceOrphans, Promise3AReplicaWithoutARecordRunsOnAndIsReported) {
  ServiceWorld world;
  runtime::Workload workload;
  workload.id = model::InstanceId("easr-unknown");
  workload.generation = 1;
  ASSERT_TRUE(world.Do(world.simulated->Ensure(workload, world.clock.In(seconds(1)))));
  world.Pass(minutes(5));
  EXPECT_EQ(world.Alive(), std::set<std::string>{"easr-unknown#1"});
  EXPECT_EQ(world.workloads->orphans(), 1u);
}

TEST(ServiceOrphans, AReplicaIsEndedOnceItsDeletionIsOnRecord) {
  ServiceWorld world;
  world.Up("foo", 1);
  runtime::Workload workload;
  workload.id = world.Replicas("foo").front()->id;
  workload.generation = 1;
  ASSERT_TRUE(world.Do(world.services.Delete("foo", world.By("DeleteService"))));
  ASSERT_TRUE(world.ServiceGone("foo"));
  ASSERT_TRUE(world.Do(world.simulated->Ensure(workload, world.clock.In(seconds(1)))));
  ASSERT_TRUE(world.PassUntil([&] { return world.Alive().empty(); }, minutes(2)));
  EXPECT_EQ(world.workloads->orphans(), 0u);
}

TEST(ServiceOrphans, ThoseThatAreGoneAreForgotten) {
  ServiceWorld world;
  int next = 0;
  world.driver.lie = [&](runtime::Observation& seen) {
    seen.complete = false;
    runtime::WorkloadState state;
    state.id = model::InstanceId("easr-orphan" + std::to_string(next++));
    state.generation = 1;
    state.phase = runtime::Phase::kReady;
    seen.workloads.push_back(std::move(state));
  };
  world.Pass(std::chrono::hours(1));
  EXPECT_GT(next, 1'000);
  EXPECT_LE(world.workloads->ListOrphans().size(), 305u) << "of the last ten minutes";
}

TEST(ServiceOrphans, TombstonesGoAfterAMonth) {
  ServiceWorld world;
  world.Up("foo", 1);
  ASSERT_TRUE(world.Do(world.services.Delete("foo", world.By("DeleteService"))));
  ASSERT_TRUE(world.ServiceGone("foo"));
  EXPECT_EQ(world.Records(store::Kind::kTombstone).size(), 1u);
  world.clock.Advance(std::chrono::hours(29 * 24));
  world.ServeServices();  // sweeps at its start
  EXPECT_EQ(world.Records(store::Kind::kTombstone).size(), 1u);
  world.clock.Advance(std::chrono::hours(24));
  world.ServeServices();
  EXPECT_TRUE(world.Records(store::Kind::kTombstone).empty());
}

TEST(WallClock, OneThatIsAheadDestroysNeitherEventsNorTombstones) {
  ServiceWorld world;
  world.Up("gone", 1);
  world.Up("foo", 1);
  ASSERT_TRUE(world.Do(world.services.Delete("gone", world.By("DeleteService"))));
  ASSERT_TRUE(world.ServiceGone("gone"));
  const std::size_t events = world.Records(store::Kind::kServiceEvent).size();
  ASSERT_GT(events, 0u);
  world.clock.StepWall(hours(24 * 365));
  world.ServeServices();  // sweeps at its start
  world.Pass(hours(1) + minutes(1));
  EXPECT_GE(world.Records(store::Kind::kServiceEvent).size(), events);
  EXPECT_EQ(world.Records(store::Kind::kTombstone).size(), 1u);
}

TEST(WallClock, OneThatIsSetBackLengthensNoPause) {
  for (const bool restarted : {false, true}) {
    for (const Duration step : {Duration(-hours(1)), Duration(hours(1))}) {
      ServiceWorld world;
      world.Up("foo", 1, {.exit_after_ms = 1'000, .exit_code = 1});
      // After the fifth end in a row it waits for 16 s.
      const auto failed = [&] { return world.Replicas("foo").at(0)->failures == 5; };
      ASSERT_TRUE(world.PassUntil(failed));
      const MonoTime began = world.clock.Mono();
      world.clock.StepWall(step);
      if (restarted) world.ServeServices();
      ASSERT_TRUE(world.PassUntil([&] { return !world.Alive().empty(); }));
      const auto took = std::chrono::duration_cast<Duration>(world.clock.Mono() - began);
      EXPECT_GE(took, seconds(15));
      EXPECT_LE(took, seconds(17));
    }
  }
}

TEST(WallClock, OneThatIsAheadAtAStartFailsNoService) {
  ServiceWorld world;
  ASSERT_TRUE(world.Make(ServiceWorld::Config("foo", 1, {.start_ms = 60'000})));
  world.Pass(seconds(20));
  world.clock.StepWall(hours(1));
  world.ServeServices();
  world.Pass(seconds(1));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Deploying);
  ASSERT_TRUE(world.ServiceReaches("foo", Running, seconds(45)));
  EXPECT_EQ(world.Replicas("foo").at(0)->restarts, 0);
}

TEST(WallClock, OneThatIsAheadAtAStartForcesNoReplicaThatEnds) {
  ServiceWorld world;
  world.Up("foo", 1, {.stop_ms = 20'000});
  ASSERT_TRUE(world.Do(world.services.Stop("foo", world.By("StopService"))));
  world.Pass(seconds(1));
  world.clock.StepWall(hours(1));
  world.ServeServices();
  world.Pass(seconds(10));
  EXPECT_EQ(world.ServiceStatusOf("foo"), Stopping);
  EXPECT_EQ(world.Alive().size(), 1u);
  EXPECT_TRUE(world.ServiceReaches("foo", Stopped, seconds(30)));
}

}  // namespace
}  // namespace atelier::control
