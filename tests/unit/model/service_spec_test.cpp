// docs/contract/lifecycle.md section 11.
#include "model/service_spec.h"

#include <gtest/gtest.h>

namespace atelier::model {
namespace {

json::object Json(std::string_view text) { return ParseJson(text)->get_object(); }

std::string ProblemOf(std::string_view text) {
  const auto spec = ParseServiceSpec(text);
  return spec ? "(none)" : spec.error().message();
}

constexpr std::string_view kFull = R"({
  "name": "iris_v1", "token": "secret", "labels": {"team": "a"}, "features": {"x": 1},
  "metadata": {"instance": 3, "cpu": 2, "memory": 4000, "workspace_id": "42",
    "rpc": {"worker_threads": 7, "max_queue_size": 9, "keepalive": 3000, "rate_limit": 20},
    "rolling_strategy": {"max_surge": "25%", "max_unavailable": 1}},
  "cloud": {"computing": {"instances": [{"type": "ecs.c6.large"}]}},
  "containers": [{"image": "local/lab:4", "command": "python3 'my app.py' --level=\"very high\"",
    "args": ["-v"], "port": 9000, "env": [{"name": "A", "value": "b"}, {"name": "N", "value": 5}],
    "startup_check": {"http_get": {"path": "/up", "port": 9000}, "initial_delay_seconds": 3,
                      "period_seconds": 4, "timeout_seconds": 5, "failure_threshold": 6},
    "liveness_check": {"tcp_socket": {"port": 9000}}}],
  "storage": [{"path": "/srv/data", "mount_path": "/data", "read_only": true}],
  "model_path": "models/iris", "runtime": {"termination_grace_period": 12}})";

TEST(ServiceSpec, WhatIsUnderstoodOfAFullOne) {
  const auto spec = ParseServiceSpec(kFull);
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->name, "iris_v1");
  EXPECT_EQ(spec->token, "secret");
  EXPECT_EQ(spec->replicas, 3);
  EXPECT_EQ(spec->size.milli_cpu, 2000);
  EXPECT_EQ(spec->size.memory_mib, 4000);
  EXPECT_EQ(spec->workspace, "42");
  EXPECT_EQ(spec->workers, 7);
  EXPECT_EQ(spec->max_queue, 9);
  EXPECT_EQ(spec->keepalive, Duration(3000));
  EXPECT_EQ(spec->rate_limit, 20);
  EXPECT_EQ(spec->instance_type, "ecs.c6.large");
  EXPECT_EQ(spec->command,
            (std::vector<std::string>{"python3", "my app.py", "--level=very high", "-v"}));
  EXPECT_EQ(spec->port, 9000);
  EXPECT_EQ(spec->environment.at("A"), "b");
  EXPECT_EQ(spec->environment.at("N"), "5");
  ASSERT_TRUE(spec->startup);
  EXPECT_EQ(spec->startup->path, "/up");
  EXPECT_FALSE(spec->startup->any_answer);
  EXPECT_EQ(spec->startup->initial_delay, Duration(3000));
  EXPECT_EQ(spec->startup->period, Duration(4000));
  EXPECT_EQ(spec->startup->timeout, Duration(5000));
  EXPECT_EQ(spec->startup->failure_threshold, 6);
  EXPECT_TRUE(spec->liveness && spec->liveness->any_answer);
  EXPECT_EQ(spec->termination_grace, Duration(12'000));
  ASSERT_EQ(spec->mounts.size(), 2u);
  EXPECT_EQ(spec->mounts[0].inside, "/model");
  EXPECT_EQ(spec->mounts[1].inside, "/data");
  EXPECT_EQ(spec->mounts[1].path, "/srv/data");
  EXPECT_EQ(spec->environment.at("MODEL_PATH"), "/model");
  EXPECT_EQ(spec->labels.at("team"), "a");
}

TEST(ServiceSpec, TheLeastThatIsNeeded) {
  const auto spec =
      ParseServiceSpec(R"({"metadata":{"name":"abc"},"containers":[{"script":"./serve"}]})");
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->name, "abc");
  EXPECT_EQ(spec->replicas, 1);
  EXPECT_EQ(spec->port, 8000);
  EXPECT_EQ(spec->script, "./serve");
  EXPECT_FALSE(spec->workers);
  EXPECT_FALSE(spec->startup);
  EXPECT_TRUE(spec->health.any_answer);
}

TEST(ServiceSpec, WhatIsMalformedIsNamed) {
  EXPECT_EQ(ProblemOf("[]"), "The body must be a JSON object.");
  EXPECT_NE(ProblemOf(R"({"containers":[{"script":"x"}]})").find("name is required"),
            std::string::npos);
  EXPECT_NE(
      ProblemOf(R"({"name":"Ab","containers":[{"script":"x"}]})").find("name must have 3 to 63"),
      std::string::npos);
  EXPECT_NE(ProblemOf(R"({"name":"abc"})").find("containers or processor_path is required"),
            std::string::npos);
  EXPECT_NE(ProblemOf(R"({"name":"abc","containers":[{"image":"x"}]})")
                .find("containers[0].command or script is required"),
            std::string::npos);
  EXPECT_NE(ProblemOf(R"({"name":"abc","metadata":{"instance":-1},"containers":[{"script":"x"}]})")
                .find("metadata.instance must be an integer from 0 to 1000"),
            std::string::npos);
  EXPECT_NE(
      ProblemOf(
          R"({"name":"abc","containers":[{"script":"x","port":1,"liveness_check":{"http_get":{"port":2}}}]})")
          .find("must be the port of the container"),
      std::string::npos);
}

// Java's Gson makes a double of every number in a map.
TEST(ServiceSpec, AWholeNumberIsOneHoweverItIsWritten) {
  const auto spec = ParseServiceSpec(
      R"({"metadata":{"name":"abc","instance":2.0,"cpu":1.0,"memory":1e3},"containers":[
          {"script":"x","port":9000.0,"env":[{"name":"A","value":2.0},{"name":"B","value":30.5},
           {"name":"C","value":true}]}]})");
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->replicas, 2);
  EXPECT_EQ(spec->size.milli_cpu, 1000);
  EXPECT_EQ(spec->size.memory_mib, 1000);
  EXPECT_EQ(spec->port, 9000);
  EXPECT_EQ(spec->environment.at("A"), "2");
  EXPECT_EQ(spec->environment.at("B"), "30.5");
  EXPECT_EQ(spec->environment.at("C"), "true");
  for (const char* number : {"1.5", "1e300", R"("1.5")"}) {
    EXPECT_NE(ProblemOf(R"({"name":"abc","metadata":{"instance":)" + std::string(number) +
                        R"(},"containers":[{"script":"x"}]})")
                  .find("metadata.instance must be an integer"),
              std::string::npos)
        << number;
  }
}

TEST(ServiceSpec, AMountThatIsToBeWrittenToIsRefusedHoweverThatIsSaid) {
  const auto mount = [](std::string_view read_only) {
    return R"({"name":"abc","containers":[{"script":"x"}],"storage":[{"path":"a","mount_path":)"
           R"("/a","read_only":)" +
           std::string(read_only) + "}]}";
  };
  for (const char* yes : {"true", "1", "1.0", R"("true")", R"("True")", R"("1")", "null", R"("")"})
    EXPECT_EQ(ProblemOf(mount(yes)), "(none)") << yes;
  for (const char* no : {"false", "0", R"("false")", R"("False")", R"("0")"}) {
    EXPECT_EQ(ProblemOf(mount(no)),
              "storage[0].read_only set to false is not supported by this server yet.")
        << no;
  }
  EXPECT_EQ(ProblemOf(mount(R"("maybe")")), "storage[0].read_only must be true or false.");
}

TEST(ServiceSpec, AMountIsWhereItSaysItIs) {
  for (const std::string_view path : {"data", "/data/..", "/../data", R"(/data\u0000--bind)"}) {
    const std::string text =
        R"({"name":"abc","containers":[{"script":"x"}],"storage":[{"path":"a","mount_path":")" +
        std::string(path) + R"("}]})";
    EXPECT_NE(ProblemOf(text).find("storage[0].mount_path must be an absolute path"),
              std::string::npos)
        << path;
  }
}

TEST(ServiceSpec, WhatIsNotSupportedIsRefusedByName) {
  for (const std::string_view part :
       {R"("processor":"tensorflow_cpu")", R"("autoscaler":{"min":1})",
        R"("networking":{"gateway":"gw-1"})", R"("metadata":{"resource":"eas-r-1"})",
        R"("metadata":{"gpu":1})", R"("storage":[{"mount_path":"/a","oss":{"path":"oss://b"}}])",
        R"("metadata":{"type":"Async"})", R"("queue":{"source":{"a":1}})",
        R"("metadata":{"shm_size":1})",
        R"("storage":[{"mount_path":"/a","path":"/b","properties":{"resource_type":"code"}}])",
        R"("model_entry":"a")", R"("warm_up_data_path":"x")",
        R"("cloud":{"networking":{"vpc_id":"v"}})"}) {
    const std::string text =
        R"({"name":"abc","containers":[{"script":"x"}],)" + std::string(part) + "}";
    EXPECT_NE(ProblemOf(text).find("not supported by this server yet"), std::string::npos) << text;
  }
}

TEST(ServiceSpec, MergeIsDeepAndArraysAreReplaced) {
  const auto merged = MergeConfig(Json(R"({"a":1,"m":{"x":1,"y":{"p":1,"q":2}},"l":[1,2]})"),
                                  Json(R"({"m":{"y":{"q":3}},"l":[9],"n":true})"));
  EXPECT_EQ(json::value(merged),
            *ParseJson(R"({"a":1,"m":{"x":1,"y":{"p":1,"q":3}},"l":[9],"n":true})"));
}

TEST(ServiceSpec, ANumberOfReplicasAloneIsAScaling) {
  const auto a = Json(R"({"name":"x","metadata":{"instance":1,"cpu":1}})");
  EXPECT_TRUE(SameButReplicas(a, Json(R"({"metadata":{"cpu":1,"instance":5},"name":"x"})")));
  EXPECT_FALSE(SameButReplicas(a, Json(R"({"name":"x","metadata":{"instance":1,"cpu":2}})")));
}

TEST(ServiceSpec, PercentagesRoundTheSafeWay) {
  EXPECT_EQ((CountOrPercent{.value = 25, .percent = true}).Of(3, true), 1);
  EXPECT_EQ((CountOrPercent{.value = 25, .percent = true}).Of(3, false), 0);
  EXPECT_EQ((CountOrPercent{.value = 25, .percent = true}).Of(8, true), 2);
  EXPECT_EQ((CountOrPercent{.value = 2}).Of(8, true), 2);
}

}  // namespace
}  // namespace atelier::model
