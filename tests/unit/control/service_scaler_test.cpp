// The autoscaler among the others: what it measures, writes down, and leaves alone.
#include "control/eas/service_scaler.h"

#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/control/service_world.h"

namespace atelier::control {
namespace {

using model::ServiceStatus;
using std::chrono::seconds;

class Scaler : public ::testing::Test {
 protected:
  explicit Scaler(const WorkloadsOptions& loop = {})
      : w_({}, {.host = ServiceWorld::kEndless}, loop) {
    Begin();
  }
  void Begin() {
    scaler_ = std::make_unique<ServiceScaler>(
        w_.store, w_.shards, w_.service_directory, w_.catalogue, w_.driver, w_.clock, *w_.log,
        w_.io.get_executor(),
        ServiceScalerOptions{.traffic = [this](const model::ServiceId&) { return traffic_; }});
    scaler_->Start();
    w_.Poll();
  }
  Status Set(model::AutoScaler rule, bool create = true) {
    return w_.Do(w_.services.SetAutoScaler("foo", std::move(rule), create, w_.By("test")));
  }
  /// `length` with this many requests a second, and as many of them at once.
  void Load(Duration length, std::uint64_t qps, double at_once = 0) {
    for (Duration passed{0}; passed < length; passed += seconds(1)) {
      traffic_.requests += qps;
      traffic_.request_seconds += at_once;
      w_.Pass(seconds(1));
    }
  }
  /// Hours at once; whoever sleeps finds them gone.
  void Jump(Duration length) {
    w_.clock.Advance(length);
    w_.Pass(seconds(10));
  }
  std::vector<std::string> EventsOf(std::string service, std::string_view reason) {
    const auto events =
        w_.Do(w_.services.Events(std::move(service), WallTime{}, w_.clock.Wall())).value();
    std::vector<std::string> messages;
    for (const auto& event : events) {
      if (event.reason == reason) messages.push_back(event.message);
    }
    return messages;
  }
  std::string LastEvent(std::string_view reason) {
    const auto events = EventsOf("foo", reason);
    return events.empty() ? "" : events.back();
  }
  static model::AutoScaler Rule(model::ScaleMetric metric, double threshold, std::int64_t min = 1) {
    model::AutoScaler rule;
    rule.min = min;
    rule.max = 5;
    rule.strategies = {{.metric = metric, .threshold = threshold}};
    return rule;
  }

  model::ServiceTraffic traffic_;
  ServiceWorld w_;
  std::unique_ptr<ServiceScaler> scaler_;
};

TEST_F(Scaler, FollowsTheRequestsASecond) {
  w_.Up("foo", 1);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 10)));
  Load(seconds(30), 35);
  EXPECT_EQ(w_.ReadyOf("foo"), 4);
  EXPECT_EQ(LastEvent("AutoScaling"),
            "From 1 to 4 instances: qps is 35.0 over all instances, 10 each is the threshold.");
  const auto measured = scaler_->MeasuredOf(w_.Service("foo")->id);
  ASSERT_EQ(measured.size(), 1u);
  EXPECT_DOUBLE_EQ(measured[0].average, 8.75);
  Load(seconds(330), 10);
  EXPECT_EQ(w_.ReadyOf("foo"), 1);
  EXPECT_TRUE(w_.ServiceReaches("foo", ServiceStatus::Running));
}

TEST_F(Scaler, LeavesWhatAnotherServerHoldsToThatOne) {
  w_.Up("foo", 1);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 10)));
  Load(seconds(12), 10);
  ASSERT_EQ(scaler_->MeasuredOf(w_.Service("foo")->id).size(), 1u);
  const store::Lease lease = w_.shards.table().LeaseOf(store::ShardOf(w_.Service("foo")->id));
  ASSERT_TRUE(w_.Do(w_.store.Commit({store::Take(lease, "another")})));
  int commits = 0;
  w_.store.around = [&](bool) { ++commits; };
  Load(seconds(60), 35);
  scaler_->ActivateFromZero(w_.Service("foo")->id);
  w_.Pass(seconds(1));
  w_.store.around = {};
  EXPECT_EQ(commits, 0);
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
  EXPECT_TRUE(scaler_->MeasuredOf(w_.Service("foo")->id).empty());
}

TEST_F(Scaler, FollowsTheRequestsAtOnce) {
  w_.Up("foo", 1);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::concurrency, 4)));
  Load(seconds(30), 1, 11);
  EXPECT_EQ(w_.ReadyOf("foo"), 3);
}

TEST_F(Scaler, FollowsTheUseOfProcessors) {
  runtime::Script busy;
  busy.cpu_percent = 80;
  w_.Up("foo", 1, busy);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::cpu, 50)));
  Load(seconds(12), 0);
  EXPECT_EQ(w_.Service("foo")->replicas, 2);
  EXPECT_EQ(LastEvent("AutoScaling"),
            "From 1 to 2 instances: cpu is 80.0 over all instances, 50 each is the threshold.");
}

TEST_F(Scaler, ToZeroAndBackByTheFirstRequest) {
  w_.Up("foo", 1);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 10, 0)));
  Load(seconds(30), 1);
  Load(seconds(610), 0);
  EXPECT_EQ(w_.Service("foo")->replicas, 0);
  EXPECT_TRUE(w_.PassUntil([&] { return w_.Replicas("foo").empty(); }));
  EXPECT_TRUE(w_.ServiceReaches("foo", ServiceStatus::Running));
  traffic_.waiting = 1;
  scaler_->ActivateFromZero(w_.Service("foo")->id);
  w_.Poll();
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
  EXPECT_EQ(LastEvent("AutoScaling"),
            "From 0 to 1 instances: 1 waiting requests ask for the first instance.");
  EXPECT_TRUE(w_.PassUntil([&] { return w_.ReadyOf("foo") == 1; }));
}

model::CronScaler Jobs() {
  // The world begins on Thursday 2026-01-01 at 00:00 UTC, which is 08:00 in Shanghai.
  model::CronScaler scaler;
  scaler.exclude = {"* * * * * SAT,SUN"};
  model::CronJob job;
  job.name = "up";
  job.schedule = "0 0 9 * * *";
  job.time_zone = "Asia/Shanghai";
  job.target = 3;
  scaler.jobs.push_back(job);
  job.name = "down";
  job.schedule = "0 0 21 * * *";
  job.target = 1;
  scaler.jobs.push_back(job);
  return scaler;
}

/// Services whose runtime does not answer when it is asked what they use.
class ScalerAmongHungOnes : public Scaler {
 protected:
  void SetUp() override {
    for (int i = 0; i < 30; ++i) {
      const std::string name = fmt::format("hung{}", i);
      w_.Up(name, 1);
      ASSERT_TRUE(w_.Do(
          w_.services.SetAutoScaler(name, Rule(model::ScaleMetric::cpu, 50), true, w_.By("test"))));
    }
    w_.driver.never = [this](FaultyDriver::Call call, const model::InstanceId& id) {
      const auto replica = w_.service_directory.FindReplica(id);
      return call == FaultyDriver::Call::kSample && replica != nullptr &&
             replica->service_name.starts_with("hung");
    };
  }
};

TEST_F(ScalerAmongHungOnes, AServiceWakesFromZeroAtOnce) {
  w_.Up("foo", 1);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 10, 0)));
  ASSERT_TRUE(w_.Do(w_.services.Scale("foo", 0, {}, w_.By("test"))));
  ASSERT_TRUE(w_.PassUntil([&] { return w_.Replicas("foo").empty(); }));
  traffic_.waiting = 1;
  for (int i = 0; i < 8; ++i) {  // at any moment of a look at the others
    scaler_->ActivateFromZero(w_.Service("foo")->id);
    ASSERT_TRUE(w_.PassUntil([&] { return w_.Service("foo")->replicas == 1; }, seconds(1))) << i;
    ASSERT_TRUE(w_.Do(w_.services.Scale("foo", 0, {}, w_.By("test"))));
    w_.Pass(Duration(700));
  }
}

TEST_F(ScalerAmongHungOnes, AServiceIsMeasuredAndItsJobsRunOnTime) {
  w_.Up("foo", 1);
  w_.Up("bar", 1);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 10)));
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("bar", Jobs(), true, w_.By("test"))));
  Load(seconds(12), 35);
  EXPECT_EQ(w_.Service("foo")->replicas, 4);
  const WallTime due = World::kStart + std::chrono::hours(1);
  w_.clock.Advance(due - w_.clock.Wall() - seconds(20));
  w_.Pass(due - w_.clock.Wall());
  EXPECT_TRUE(w_.PassUntil([&] { return w_.Service("bar")->replicas == 3; }, seconds(1)));
}

TEST_F(ScalerAmongHungOnes, AnEndWaitsForNoMoreThanTheirCalls) {
  w_.Pass(seconds(11));
  bool stopped = false;
  Spawn(w_.io.get_executor(), "stop", [](ServiceScaler& scaler, bool& done) -> Task<void> {
    co_await scaler.Stop();
    done = true;
  }(*scaler_, stopped));
  EXPECT_TRUE(w_.PassUntil([&] { return stopped; }, seconds(4)));
}

TEST_F(Scaler, LeavesAStoppedServiceAlone) {
  w_.Up("foo", 1);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 10, 0)));
  ASSERT_TRUE(w_.Do(w_.services.Stop("foo", w_.By("test"))));
  ASSERT_TRUE(w_.ServiceReaches("foo", ServiceStatus::Stopped));
  traffic_.waiting = 1;
  scaler_->ActivateFromZero(w_.Service("foo")->id);
  Load(seconds(30), 100);
  EXPECT_EQ(w_.ServiceStatusOf("foo"), ServiceStatus::Stopped);
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
}

TEST_F(Scaler, AHungDriverIsNoReasonToScale) {
  w_.Up("foo", 2);
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::cpu, 50)));
  w_.driver.never = [](FaultyDriver::Call call, const model::InstanceId&) {
    return call == FaultyDriver::Call::kSample;
  };
  Load(seconds(600), 5);
  EXPECT_EQ(w_.Service("foo")->replicas, 2);
}

// At zero only the scaler brings an instance: one that goes leaves one behind.
TEST_F(Scaler, WithoutItsRuleAServiceAtZeroGetsAnInstance) {
  w_.Up("foo", 1);
  model::AutoScaler rule = Rule(model::ScaleMetric::qps, 10, 0);
  rule.zero_grace = 15;
  ASSERT_TRUE(Set(rule));
  Load(seconds(60), 0);
  ASSERT_EQ(w_.Service("foo")->replicas, 0);
  ASSERT_TRUE(w_.Do(w_.services.DeleteAutoScaler("foo", w_.By("test"))));
  w_.Pass(seconds(30));
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
  EXPECT_EQ(w_.ReadyOf("foo"), 1);
  EXPECT_EQ(LastEvent("Scaling"),
            "From 0 to 1 instances: without its autoscaler nothing would bring one.");
}

TEST_F(Scaler, TheRuleIsMadeOnceChangedAndDeleted) {
  w_.Up("foo", 1);
  EXPECT_EQ(Set(Rule(model::ScaleMetric::qps, 10), false).error().reason(), "UnknownAutoScaler");
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 10)));
  EXPECT_EQ(Set(Rule(model::ScaleMetric::qps, 20)).error().reason(), "AutoScalerExists");
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 20), false));
  EXPECT_EQ(w_.Service("foo")->autoscaler->strategies[0].threshold, 20);
  ASSERT_TRUE(w_.Do(w_.services.DeleteAutoScaler("foo", w_.By("test"))));
  EXPECT_FALSE(w_.Service("foo")->autoscaler);
  EXPECT_EQ(w_.Do(w_.services.DeleteAutoScaler("foo", w_.By("test"))).error().reason(),
            "UnknownAutoScaler");
  Load(seconds(60), 100);
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
}

TEST_F(Scaler, ARuleThatCannotBeIsRefusedWithEveryProblem) {
  w_.Up("foo", 1);
  model::AutoScaler rule;
  rule.min = 3;
  rule.max = 3;
  rule.strategies = {{.metric = model::ScaleMetric::qps, .threshold = 0}};
  rule.down_window = -1;
  const Status refused = Set(rule);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(refused.error().message(),
            "max must be above min and at most 1000; scaleStrategies[0].threshold must be above 0; "
            "behavior.scaleDown.stabilizationWindowSeconds must be from 0 to 86400.");
}

TEST_F(Scaler, JobsSetTheNumberAtTheirTimes) {
  w_.Up("foo", 1);
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("foo", Jobs(), true, w_.By("test"))));
  Jump(World::kStart + std::chrono::minutes(59) - w_.clock.Wall());
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
  w_.Pass(seconds(60));
  EXPECT_EQ(w_.Service("foo")->replicas, 3);
  EXPECT_EQ(LastEvent("CronScaling"),
            "From 1 to 3 instances: job up (0 0 9 * * *, Asia/Shanghai) was due at "
            "2026-01-01T01:00:00Z.");
  const model::CronJob up = w_.Service("foo")->cronscaler->jobs[0];
  EXPECT_EQ(up.state, model::CronState::Succeed);
  EXPECT_EQ(FormatSeconds(up.ran.value()), "2026-01-01T01:00:00Z");
  Jump(std::chrono::hours(12));
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
}

TEST_F(Scaler, ExcludedTimesAreLeftOut) {
  w_.Up("foo", 1);
  Jump(std::chrono::hours(44));  // to Friday evening
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("foo", Jobs(), true, w_.By("test"))));
  Jump(std::chrono::hours(6));  // to Saturday, 10:00 in Shanghai
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
  EXPECT_EQ(w_.Service("foo")->cronscaler->jobs[0].message,
            "Left out: its time is among ExcludeDates.");
  EXPECT_EQ(LastEvent("CronScaling"),
            "It stays at 1 instances, 3 were asked for: job up (0 0 9 * * *, Asia/Shanghai) was "
            "due at 2026-01-03T01:00:00Z, which is among ExcludeDates.");
}

TEST_F(Scaler, AJobThatChangesNothingIsAnEventToo) {
  w_.Up("foo", 3);
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("foo", Jobs(), true, w_.By("test"))));
  Jump(std::chrono::hours(2));
  EXPECT_EQ(w_.Service("foo")->replicas, 3);
  EXPECT_EQ(LastEvent("CronScaling"),
            "It stays at 3 instances, 3 were asked for: job up (0 0 9 * * *, Asia/Shanghai) was "
            "due at 2026-01-01T01:00:00Z.");
}

TEST_F(Scaler, AJobOverwritesNoChangeMadeMeanwhile) {
  // Both are due at once, and are written down one after the other.
  w_.Up("bar", 1);
  w_.Up("foo", 1);
  for (const char* name : {"bar", "foo"})
    ASSERT_TRUE(w_.Do(w_.services.SetCronScaler(name, Jobs(), true, w_.By("test"))));
  bool changed = false;
  w_.store.around = [&](bool before) {
    const bool first = w_.clock.Wall() >= World::kStart + std::chrono::hours(1) && !changed;
    if (!before || !first) return;
    changed = true;
    EXPECT_TRUE(w_.Do(w_.services.PutLabels("foo", {{"team", "a"}}, w_.By("test"))));
  };
  Jump(World::kStart + std::chrono::hours(1) - w_.clock.Wall());
  w_.store.around = {};
  ASSERT_TRUE(changed);
  EXPECT_EQ(w_.Service("bar")->replicas, 3);
  EXPECT_EQ(w_.Service("foo")->replicas, 3) << "the next look makes up for it";
  ASSERT_EQ(w_.Service("foo")->labels.size(), 1u);
  EXPECT_EQ(w_.Service("foo")->labels[0].value, "a");
}

TEST_F(Scaler, WhatCameWhileTheServerWasDownIsMadeUpForOnce) {
  w_.Up("foo", 2);
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("foo", Jobs(), true, w_.By("test"))));
  scaler_.reset();
  w_.clock.Advance(std::chrono::hours(14));  // both came; the later one counts
  Begin();
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
  EXPECT_EQ(LastEvent("CronScaling"),
            "From 3 to 1 instances: job down (0 0 21 * * *, Asia/Shanghai) was due at "
            "2026-01-01T13:00:00Z.");
}

TEST_F(Scaler, AWallClockThatWasAheadHoldsUpNoJob) {
  w_.Up("foo", 1);
  for (const bool restarted : {false, true}) {
    ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("foo", Jobs(), !restarted, w_.By("test"))));
    w_.clock.StepWall(std::chrono::hours(30 * 24));
    w_.Pass(std::chrono::minutes(2));
    ASSERT_TRUE(w_.Service("foo")->cronscaler->jobs[0].ran);
    w_.clock.StepWall(-std::chrono::hours(30 * 24));
    if (restarted) Begin();
    const WallTime nine = World::kStart + std::chrono::hours(restarted ? 25 : 1);  // in Shanghai
    Jump(nine - std::chrono::minutes(1) - w_.clock.Wall());
    EXPECT_EQ(w_.Service("foo")->replicas, 1);
    w_.Pass(std::chrono::minutes(2));
    EXPECT_EQ(w_.Service("foo")->replicas, 3);
    Jump(std::chrono::hours(12));
    EXPECT_EQ(w_.Service("foo")->replicas, 1);
  }
}

TEST_F(Scaler, AJobForAStoppedServiceFailsAndSaysSo) {
  w_.Up("foo", 1);
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("foo", Jobs(), true, w_.By("test"))));
  ASSERT_TRUE(w_.Do(w_.services.Stop("foo", w_.By("test"))));
  ASSERT_TRUE(w_.ServiceReaches("foo", ServiceStatus::Stopped));
  Jump(std::chrono::hours(2));
  EXPECT_EQ(w_.Service("foo")->replicas, 1);
  EXPECT_EQ(w_.Service("foo")->cronscaler->jobs[0].state, model::CronState::Failed);
  EXPECT_EQ(LastEvent("CronScaling"),
            "It stays at 1 instances, 3 were asked for: job up (0 0 9 * * *, Asia/Shanghai) was "
            "due at 2026-01-01T01:00:00Z, and the service is Stopped.");
}

/// Requests of all days so far, if each has 5, 25, 45 and 15 a second for six hours each.
std::uint64_t RequestsOfDays(Duration since) {
  constexpr std::array<std::uint64_t, 4> kQps = {5, 25, 45, 15};
  constexpr std::uint64_t kPart = std::uint64_t{6} * 3600;
  const auto passed = static_cast<std::uint64_t>(since / seconds(1));
  std::uint64_t requests = 0;
  for (std::uint64_t begin = 0; begin < passed; begin += kPart)
    requests += kQps.at(begin / kPart % 4) * std::min(kPart, passed - begin);
  return requests;
}

/// Looks seldom at what does not change, so that days pass in a moment.
class ScalerOfDays : public Scaler {
 protected:
  ScalerOfDays() : Scaler({.observe_every = std::chrono::minutes(10)}) {}
  void UpQuietly(const std::string& name) {
    w_.Up(name, 1, {}, R"({"containers":[{"script":"serve","health_check":{
        "http_get":{"path":"/"},"period_seconds":3600}}]})");
  }
};

TEST_F(ScalerOfDays, FollowsTheLoadAndLocalTimes) {
  // Saturday to Monday; on Sunday 2026-03-29 at 01:00 UTC Berlin goes from +01:00 to +02:00.
  const WallTime begin = *ParseIso8601("2026-03-28T00:00:00Z");
  w_.clock.Advance(begin - w_.clock.Wall());
  UpQuietly("berlin");
  UpQuietly("foo");
  const auto traffic = [&](const model::ServiceId&) {
    return model::ServiceTraffic{
        .requests = RequestsOfDays(w_.clock.Wall() - begin), .request_seconds = 0, .waiting = 0};
  };
  scaler_ = std::make_unique<ServiceScaler>(
      w_.store, w_.shards, w_.service_directory, w_.catalogue, w_.driver, w_.clock, *w_.log,
      w_.io.get_executor(),
      ServiceScalerOptions{.every = std::chrono::minutes(1), .traffic = traffic});
  scaler_->Start();
  ASSERT_TRUE(Set(Rule(model::ScaleMetric::qps, 10)));
  model::CronScaler office = Jobs();
  office.exclude.clear();
  for (model::CronJob& job : office.jobs) job.time_zone = "Europe/Berlin";  // 9 and 21 o'clock
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("berlin", office, true, w_.By("test"))));

  std::size_t decisions = 0;
  WallTime part = begin;
  for (int day = 0; day < 3; ++day) {
    for (const std::int64_t wanted : {1, 3, 5, 2}) {
      w_.Pass(part + std::chrono::minutes(10) - w_.clock.Wall());
      EXPECT_EQ(w_.ReadyOf("foo"), wanted) << FormatSeconds(part);
      const std::size_t before = std::exchange(decisions, EventsOf("foo", "AutoScaling").size());
      EXPECT_EQ(decisions > before, part > begin) << "it began with as many as it needs";
      part += std::chrono::hours(6);
      w_.Pass(part - seconds(1) - w_.clock.Wall());
      EXPECT_EQ(EventsOf("foo", "AutoScaling").size(), decisions) << "nothing changed since";
    }
  }
  const auto job = [](std::string_view change, std::string_view name, int hour,
                      std::string_view due) {
    return fmt::format("{} instances: job {} (0 0 {} * * *, Europe/Berlin) was due at 2026-03-{}.",
                       change, name, hour, due);
  };
  EXPECT_EQ(EventsOf("berlin", "CronScaling"),
            (std::vector<std::string>{job("From 1 to 3", "up", 9, "28T08:00:00Z"),
                                      job("From 3 to 1", "down", 21, "28T20:00:00Z"),
                                      job("From 1 to 3", "up", 9, "29T07:00:00Z"),
                                      job("From 3 to 1", "down", 21, "29T19:00:00Z"),
                                      job("From 1 to 3", "up", 9, "30T07:00:00Z"),
                                      job("From 3 to 1", "down", 21, "30T19:00:00Z")}));
}

TEST_F(Scaler, AnUpdateKeepsTheHistoryOfJobsThatStayAsTheyWere) {
  w_.Up("foo", 1);
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("foo", Jobs(), true, w_.By("test"))));
  Jump(std::chrono::hours(2));
  model::CronScaler next = Jobs();
  next.jobs[1].target = 2;
  ASSERT_TRUE(w_.Do(w_.services.SetCronScaler("foo", next, false, w_.By("test"))));
  EXPECT_TRUE(w_.Service("foo")->cronscaler->jobs[0].ran);
  EXPECT_FALSE(w_.Service("foo")->cronscaler->jobs[1].ran);
  EXPECT_EQ(w_.Service("foo")->cronscaler->jobs[1].target, 2);
}

}  // namespace
}  // namespace atelier::control
