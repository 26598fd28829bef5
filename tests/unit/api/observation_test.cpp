// Looking at an instance over time: docs/contract/lifecycle.md section 7.
#include <gtest/gtest.h>

#include "api/dsw/usage_series.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using model::InstanceStatus;
using test::ApiWorld;
using test::Reply;
using Query = std::vector<std::pair<std::string, std::string>>;

WallTime At(std::string_view time) {
  return *ParseIso8601("2024-05-01T" + std::string(time) + "Z");
}

class Observation : public testing::Test {
 protected:
  Observation() { world_.Put(world_.Sample("dsw-1")); }

  void PutStep(std::int64_t number, std::int64_t session, InstanceStatus status, WallTime begin,
               std::optional<WallTime> end, std::string reason = {}) {
    world_.Write(store::Kind::kLifecycleStep, Key(number),
                 ToJson(model::LifecycleStep{.number = number,
                                             .session = session,
                                             .status = status,
                                             .reason_code = reason.empty() ? "" : "InternalError",
                                             .reason_message = reason,
                                             .begin = begin,
                                             .end = end}));
  }
  void PutEvent(std::int64_t number, WallTime time, model::EventLevel level, std::string message) {
    world_.Write(
        store::Kind::kEvent, Key(number),
        ToJson(model::Event{
            .number = number, .time = time, .level = level, .message = std::move(message)}));
  }
  static std::string Key(std::int64_t number) {
    std::string digits = std::to_string(number);
    return "dsw-1/" + std::string(12 - digits.size(), '0') + digits;
  }
  /// Two sessions: one that ran and stopped, one that failed to start.
  void PutTwoSessions() {
    PutStep(1, 1, InstanceStatus::Creating, At("08:00:00"), At("08:01:00"));
    PutStep(2, 1, InstanceStatus::Running, At("08:01:00"), At("09:00:00"));
    PutStep(3, 1, InstanceStatus::Stopped, At("09:00:00"), At("10:00:00"));
    PutStep(4, 2, InstanceStatus::Starting, At("10:00:00"), At("10:01:00"));
    PutStep(5, 2, InstanceStatus::Failed, At("10:01:00"), std::nullopt, "exit code 1");
  }
  Reply Get(std::string_view what, Query query = {}) {
    return world_.Get(world_.root, "/api/v2/instances/dsw-1/" + std::string(what),
                      std::move(query));
  }

  ApiWorld world_;
};

TEST_F(Observation, LifecycleIsAnArrayOfSessionsNewestFirst) {
  PutTwoSessions();
  const Reply reply = Get("lifecycle");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body.at("TotalCount"), json::value(2));
  EXPECT_FALSE(reply.body.contains("HttpStatusCode"));
  const json::array& sessions = reply.body.at("Lifecycle").as_array();
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(
      json::serialize(sessions[0]),
      R"([{"Status":"Starting","ReasonCode":"","ReasonMessage":"",)"
      R"("GmtCreateTime":"2024-05-01T10:00:00Z","GmtEndTime":"2024-05-01T10:01:00Z","LifecycleId":"4"},)"
      R"({"Status":"Failed","ReasonCode":"InternalError","ReasonMessage":"exit code 1",)"
      R"("GmtCreateTime":"2024-05-01T10:01:00Z","GmtEndTime":"","LifecycleId":"5"}])");
  EXPECT_EQ(sessions[1].as_array().size(), 3U);
}

TEST_F(Observation, LifecycleSkipsLimitsAndOrdersSessions) {
  PutTwoSessions();
  const auto first_ids = [&](Query query) {
    std::vector<std::string> ids;
    const Reply reply = Get("lifecycle", std::move(query));
    for (const json::value& session : reply.body.at("Lifecycle").as_array())
      ids.emplace_back(session.as_array().at(0).at("LifecycleId").as_string());
    return ids;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(first_ids({{"Order", "ASC"}}), (Ids{"1", "4"}));
  EXPECT_EQ(first_ids({{"Order", "ASC"}, {"SessionNumber", "1"}}), Ids{"4"});
  EXPECT_EQ(first_ids({{"Limit", "1"}}), Ids{"4"});
  EXPECT_EQ(first_ids({{"SessionNumber", "9"}}), Ids{});
  EXPECT_EQ(first_ids({{"StartTime", "2024-05-01T09:30:00Z"}, {"Order", "ASC"}}), (Ids{"3", "4"}));
  EXPECT_EQ(first_ids({{"EndTime", "2024-05-01T08:30:00Z"}}), Ids{"1"});
}

TEST_F(Observation, EventsAreSentencesWithTimeAndLevel) {
  PutEvent(1, At("08:00:00"), model::EventLevel::Info, "Created.");
  PutEvent(2, At("09:00:00"), model::EventLevel::Warning, "Idle for 25 of 30 minutes.");
  PutEvent(3, At("09:05:00"), model::EventLevel::Info, "Stopped.");
  const auto events = [&](Query query) {
    return json::serialize(Get("events", std::move(query)).body.at("Events"));
  };
  EXPECT_EQ(events({}), R"(["2024-05-01T08:00:00Z Info Created.",)"
                        R"("2024-05-01T09:00:00Z Warning Idle for 25 of 30 minutes.",)"
                        R"("2024-05-01T09:05:00Z Info Stopped."])");
  EXPECT_EQ(events({{"EventLevel", "Warning"}}),
            R"(["2024-05-01T09:00:00Z Warning Idle for 25 of 30 minutes."])");
  EXPECT_EQ(events({{"Reverse", "true"}, {"MaxEventsNum", "1"}}),
            R"(["2024-05-01T09:05:00Z Info Stopped."])");
  EXPECT_EQ(events({{"Offset", "2"}}), R"(["2024-05-01T09:05:00Z Info Stopped."])");
  EXPECT_EQ(events({{"StartTime", "2024-05-01T09:05:00Z"}}),
            R"(["2024-05-01T09:05:00Z Info Stopped."])");
  EXPECT_EQ(events({{"EndTime", "2024-05-01T08:00:00Z"}}),
            R"(["2024-05-01T08:00:00Z Info Created."])");
  EXPECT_EQ(Get("events", {{"MaxEventsNum", "1"}}).body.at("TotalCount"), json::value(3));
}

TEST_F(Observation, BadParametersAreRefused) {
  const auto refused = [&](std::string_view path, Query query) {
    const Reply reply = world_.Get(world_.root, path, std::move(query));
    return reply.status == 400 && reply.code() == "ValidationError";
  };
  EXPECT_TRUE(refused("/api/v2/instances/dsw-1/lifecycle", {{"Order", "asc"}}));
  EXPECT_TRUE(refused("/api/v2/instances/dsw-1/lifecycle", {{"Limit", "0"}}));
  EXPECT_TRUE(refused("/api/v2/instances/dsw-1/lifecycle", {{"SessionNumber", "-1"}}));
  EXPECT_TRUE(refused("/api/v2/instances/dsw-1/events", {{"MaxEventsNum", "2001"}}));
  EXPECT_TRUE(refused("/api/v2/instances/dsw-1/events", {{"EventLevel", "warning"}}));
  EXPECT_TRUE(refused("/api/v2/instances/dsw-1/events", {{"StartTime", "now"}}));
  EXPECT_TRUE(refused("/api/v2/instance/dsw-1/metrics", {}));
  EXPECT_TRUE(refused("/api/v2/instance/dsw-1/metrics", {{"MetricType", "Heat"}}));
  EXPECT_TRUE(refused("/api/v2/systemlogs", {{"LifecycleId", "1"}}));
  EXPECT_TRUE(refused("/api/v2/systemlogs", {{"InstanceId", "dsw-1"}, {"ProblemCategory", "x"}}));
  for (const char* step : {"15", "m", "0m", "-1m", "15w", "1.5h", "31d", "99999999999999999999s"}) {
    EXPECT_TRUE(refused("/api/v2/instance/dsw-1/metrics",
                        {{"MetricType", "CpuCoreUsage"}, {"TimeStep", step}}))
        << step;
  }
}

TEST_F(Observation, UnknownInstanceIsNotFoundEverywhere) {
  const Query metric = {{"MetricType", "CpuCoreUsage"}};
  EXPECT_EQ(world_.Get(world_.root, "/api/v2/instances/dsw-0/lifecycle").status, 404);
  EXPECT_EQ(world_.Get(world_.root, "/api/v2/instances/dsw-0/events").status, 404);
  EXPECT_EQ(world_.Get(world_.root, "/api/v2/instance/dsw-0/metrics", metric).status, 404);
  EXPECT_EQ(world_.Get(world_.root, "/api/v2/systemlogs", {{"InstanceId", "dsw-0"}}).status, 404);
}

TEST_F(Observation, MetricsOfAnUnsampledInstanceAreEmpty) {
  const Reply reply =
      world_.Get(world_.root, "/api/v2/instance/dsw-1/metrics", {{"MetricType", "CpuCoreUsage"}});
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(json::serialize(reply.body.at("PodMetrics")), R"([{"PodId":"dsw-1","Metrics":[]}])");
}

TEST_F(Observation, CloudMonitorFormChecksItsParameters) {
  const auto get = [&](Query query) {
    return world_.Get(world_.root, "/api/v2/instance/dsw-1/cms/metrics", std::move(query));
  };
  const Query good = {{"MetricName", "CpuCoreUsage"},
                      {"Namespace", "acs_pai_dsw"},
                      {"Dimensions", R"([{"instanceId":"dsw-1"}])"}};
  const Reply reply = get(good);
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.code(), "200");
  EXPECT_EQ(reply.message(), "Succeed");
  EXPECT_EQ(reply.Text("Datapoints"), "[]");
  EXPECT_EQ(reply.Text("Period"), "60");
  for (std::size_t i = 0; i < good.size(); ++i) {
    Query without = good;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(get(without).code(), "ValidationError") << good[i].first;
  }
  const auto with = [&](std::string name, std::string value) {
    Query query = good;
    std::erase_if(query, [&](const auto& pair) { return pair.first == name; });
    query.emplace_back(std::move(name), std::move(value));
    return get(std::move(query)).status;
  };
  EXPECT_EQ(with("Dimensions", R"([{"instanceId":"dsw-2"}])"), 400);
  EXPECT_EQ(with("Namespace", "acs_ecs"), 400);
  EXPECT_EQ(with("StartTime", "soon"), 400);
  EXPECT_EQ(with("StartTime", "1714564800000"), 200);
  EXPECT_EQ(with("StartTime", "2024-05-01 10:00:00"), 200);
  EXPECT_EQ(with("Length", "1441"), 400);
  EXPECT_EQ(with("Period", "0"), 400);
}

TEST_F(Observation, SystemLogsAreEventsUnlessAProblemIsAskedFor) {
  PutTwoSessions();
  PutEvent(1, At("08:00:00"), model::EventLevel::Info, "Created.");
  const auto logs = [&](Query query) {
    query.emplace_back("InstanceId", "dsw-1");
    return world_.Get(world_.root, "/api/v2/systemlogs", std::move(query)).text;
  };
  EXPECT_EQ(logs({}),
            R"({"SystemLogs":[{"Content":"Created.",)"
            R"("GmtCreateTime":"2024-05-01T08:00:00.000Z","Level":"Info"}],"Offset":""})");
  EXPECT_EQ(logs({{"ProblemCategory", "InstanceStartFailed"}}),
            R"({"SystemLogs":[{"Content":"InternalError: exit code 1",)"
            R"("GmtCreateTime":"2024-05-01T10:01:00.000Z","Level":"Error"}],"Offset":""})");
  EXPECT_EQ(logs({{"ProblemCategory", "InstanceCreateFailed"}}),
            R"({"SystemLogs":[],"Offset":""})");
  EXPECT_EQ(logs({{"LogLevel", "Error"}}), R"({"SystemLogs":[],"Offset":""})");
  EXPECT_EQ(logs({{"GmtStartTime", "2024-05-01T08:00:01Z"}}), R"({"SystemLogs":[],"Offset":""})");
  EXPECT_EQ(logs({{"LifecycleId", "2"}}), R"({"SystemLogs":[],"Offset":""})");
  EXPECT_NE(logs({{"LifecycleId", "1"}}).find("Created."), std::string::npos);
}

TEST_F(Observation, SystemLogsWithoutAnInstanceAreThoseOfTheDefaultWorkspaceInOrderOfTime) {
  world_.Put(world_.Sample("dsw-2"));
  PutEvent(1, At("09:00:00"), model::EventLevel::Info, "Second.");
  world_.Write(store::Kind::kEvent, "dsw-2/000000000001",
               ToJson(model::Event{.number = 1,
                                   .time = At("08:00:00"),
                                   .level = model::EventLevel::Info,
                                   .message = "First."}));
  const Reply reply = world_.Get(world_.root, "/api/v2/systemlogs");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_LT(reply.text.find("First."), reply.text.find("Second."));
  EXPECT_NE(reply.text.find("Second."), std::string::npos);
  const auto stranger = world_.MakeUser("alice", "AliyunPAIFullAccess");
  EXPECT_EQ(world_.Get(stranger.key, "/api/v2/systemlogs").body.at("SystemLogs"), json::array());
}

// Series

std::vector<control::UsagePoint> History() {
  std::vector<control::UsagePoint> history(4);
  for (std::size_t i = 0; i < history.size(); ++i) {
    history[i].at = At("10:00:00") + std::chrono::seconds(30 * i);
    history[i].cpu_percent = 10.0 * static_cast<double>(i + 1);
  }
  return history;
}

TEST(UsageSeries, KeepsEverySampleWithoutAStep) {
  const auto series =
      UsageSeries(History(), "CpuCoreUsage", At("10:00:30"), At("10:01:00"), Duration(0));
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0].start, At("10:00:30"));
  EXPECT_EQ(series[0].average(), 20);
  EXPECT_EQ(series[1].average(), 30);
}

TEST(UsageSeries, AveragesEachStep) {
  const auto series = UsageSeries(History(), "CpuCoreUsage", At("10:00:00"), At("11:00:00"),
                                  std::chrono::minutes(1));
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0].average(), 15);
  EXPECT_EQ(series[0].least, 10);
  EXPECT_EQ(series[0].most, 20);
  EXPECT_EQ(series[1].start, At("10:01:00"));
  EXPECT_EQ(series[1].average(), 35);
}

TEST(UsageSeries, OfAMetricWithoutASourceIsEmpty) {
  for (const char* metric : {"GpuCoreUsage", "GpuMemoryUsage"})
    EXPECT_TRUE(
        UsageSeries(History(), metric, At("10:00:00"), At("11:00:00"), Duration(0)).empty());
}

TEST(UsageSeries, EveryMetricReadsItsOwnSource) {
  control::UsagePoint point;
  point.at = At("10:00:00");
  point.cpu_percent = 1;
  point.memory_percent = 2;
  point.network_in_rate = 3;
  point.network_out_rate = 4;
  point.disk_read_rate = 5;
  point.disk_write_rate = 6;
  point.gpu_percent = 7;
  const std::vector<std::pair<std::string, double>> expected = {
      {"CpuCoreUsage", 1}, {"MemoryUsage", 2},   {"NetworkInputRate", 3}, {"NetworkOutputRate", 4},
      {"DiskReadRate", 5}, {"DiskWriteRate", 6}, {"GpuCoreUsage", 7}};
  for (const auto& [metric, value] : expected) {
    const auto series = UsageSeries({point}, metric, point.at, point.at, Duration(0));
    ASSERT_EQ(series.size(), 1U) << metric;
    EXPECT_EQ(series[0].average(), value) << metric;
  }
}

}  // namespace
}  // namespace atelier::api
