// The keys of the service JSON that the documents name: each is done, or refused when it asks for
// something, and none is taken in silence. docs/contract/lifecycle.md section 11, and the vendor's
// page "Deploy services using JSON configuration files".
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "model/service_spec.h"
#include "model/spec/keys.h"

namespace atelier::model {
namespace {

constexpr auto kEmpty =
    std::to_array<std::string_view>({"null", R"("")", "{}", "[]", "0", "false", R"([""])",
                                     R"([{}])", R"({"a":null,"b":{"c":[]}})"});

/// Written from the documents by hand, so that a key that is left out of the table is missed here.
constexpr auto kOfTheDocuments = std::to_array<std::string_view>({
    // docs/contract/lifecycle.md section 11
    "name",
    "metadata.name",
    "processor",
    "processor_path",
    "processor_entry",
    "processor_mainclass",
    "processor_type",
    "model_path",
    "model_entry",
    "model_config",
    "oss_endpoint",
    "role_arn",
    "token",
    "warm_up_data_path",
    "metadata.instance",
    "metadata.cpu",
    "metadata.gpu",
    "metadata.memory",
    "metadata.resource",
    "metadata.workspace_id",
    "metadata.disk",
    "metadata.shm_size",
    "metadata.rdma",
    "metadata.release",
    "metadata.enable_webservice",
    "metadata.enable_grpc",
    "metadata.rpc.worker_threads",
    "metadata.rpc.max_queue_size",
    "metadata.rpc.keepalive",
    "metadata.rpc.rate_limit",
    "metadata.rolling_strategy.max_surge",
    "metadata.rolling_strategy.max_unavailable",
    "cloud.computing.instance_type",
    "cloud.computing.instances[].type",
    "cloud.networking.vpc_id",
    "cloud.networking.vswitch_id",
    "cloud.networking.security_group_id",
    "containers[].image",
    "containers[].script",
    "containers[].command",
    "containers[].args",
    "containers[].port",
    "containers[].env[].name",
    "containers[].env[].value",
    "containers[].prepare",
    "containers[].check",
    "containers[].resources",
    "storage[].mount_path",
    "storage[].oss.path",
    "storage[].oss.readOnly",
    "storage[].nfs.server",
    "storage[].nfs.path",
    "storage[].dataset.id",
    "storage[].properties.resource_type",
    "networking.gateway",
    "networking.nlb",
    "autoscaler",
    "features",
    "runtime.termination_grace_period",
    "dockerAuth",
    "labels",
    // the vendor's page
    "aimaster",
    "runtime.enable_crash_block",
    "unit.size",
    "sinker.type",
    "sinker.config.maxcompute.project",
    "confidential.trustee_endpoint",
    "confidential.decryption_key",
    "metadata.gpu_memory",
    "metadata.gpu_core_percentage",
    "metadata.qos",
    "metadata.cuda",
    "metadata.type",
    "metadata.rpc.batching",
    "metadata.rpc.io_threads",
    "metadata.rpc.max_batch_size",
    "metadata.rpc.max_batch_timeout",
    "metadata.rpc.enable_sigterm",
    "metadata.eas.termination_grace_period",
    "metadata.scheduling.spread.policy",
    "metadata.resource_rebalancing",
    "metadata.workload_type",
    "metadata.resource_burstable",
    "cloud.computing.instances[].spot_price_limit",
    "cloud.computing.instances[].capacity",
    "cloud.computing.disable_spot_protection_period",
    "networking.gateway_policy.rate_limit",
    "containers[].prepare.pythonRequirements",
});

json::object Parsed(std::string_view text) { return ParseJson(text)->get_object(); }

/// `value` at `path`, in a configuration that is good without it.
json::object With(std::string_view path, const json::value& value) {
  json::object config = Parsed(
      R"({"name":"abc","metadata":{"instance":1},"containers":[{"script":"x"}],
          "storage":[{"path":"a","mount_path":"/a"}],
          "cloud":{"computing":{"instances":[{"type":"t"}]}}})");
  if (path.starts_with("features.")) {
    config["features"] = json::object{{path.substr(path.find('.') + 1), value}};
    return config;
  }
  json::object* at = &config;
  for (;;) {
    std::string step(path.substr(0, path.find('.')));
    if (step == "check") step = "liveness_check";
    const bool member = step.ends_with("[]");
    if (member) step.resize(step.size() - 2);
    json::value& next = (*at)[step];
    if (path.find('.') == std::string_view::npos) {
      next = value;
      return config;
    }
    path.remove_prefix(path.find('.') + 1);
    if (member && !next.is_array()) next = json::array();
    if (member && next.get_array().empty()) next.get_array().push_back(json::object());
    json::value& inner = member ? next.get_array()[0] : next;
    if (!inner.is_object()) inner = json::object();
    at = &inner.get_object();
  }
}

std::string Shown(std::string_view path) {
  std::string shown(path);
  for (std::size_t at = 0; (at = shown.find("[]", at)) != std::string::npos;)
    shown.replace(at, 2, "[0]");
  if (const std::size_t at = shown.find(".check"); at != std::string::npos)
    shown.replace(at, 6, ".liveness_check");
  return shown;
}

std::string ProblemOf(const json::object& config) {
  const auto spec = ParseServiceSpec(config);
  return spec ? "" : spec.error().message();
}

TEST(ServiceKeys, EveryDocumentedOneIsInTheTable) {
  for (const std::string_view path : kOfTheDocuments) {
    const bool known = std::ranges::any_of(DocumentedKeys(), [&](const DocumentedKey& key) {
      // Itself, what stands for all below it, or what it stands above.
      return key.path == path || path.starts_with(std::string(key.path) + ".") ||
             key.path.starts_with(std::string(path) + ".");
    });
    EXPECT_TRUE(known) << path;
  }
}

TEST(ServiceKeys, OneThatIsRefusedIsNamedWhenItAsksForSomething) {
  for (const DocumentedKey& key : DocumentedKeys()) {
    if (key.use != KeyUse::kRefused) continue;
    for (const std::string_view value : {R"("x")", "7", R"({"a":{"b":1}})", R"([{"a":"b"}])"}) {
      const std::string problem = ProblemOf(With(key.path, *ParseJson(value)));
      EXPECT_NE(problem.find(Shown(key.path) + " is not supported by this server yet"),
                std::string::npos)
          << key.path << " " << value << ": " << problem;
    }
    if (!key.standard.empty()) {
      EXPECT_EQ(ProblemOf(With(key.path, json::value(key.standard))), "") << key.path;
    }
  }
}

// As Python's str(False), Java's Gson and people write what is no demand.
TEST(ServiceKeys, OtherSpellingsOfNothingAndOfTheStandardAreNoDemand) {
  for (const char* text : {R"("False")", R"("FALSE")", R"("0.0")", R"("00")", "0.0"}) {
    EXPECT_EQ(ProblemOf(With("metadata.gpu", *ParseJson(text))), "") << text;
    EXPECT_EQ(ProblemOf(With("metadata.enable_grpc", *ParseJson(text))), "") << text;
  }
  EXPECT_EQ(ProblemOf(With("metadata.type", json::value("standard"))), "");
  for (const char* text : {"4", "4.0", R"("4")", R"("4.0")"})
    EXPECT_EQ(ProblemOf(With("metadata.rpc.io_threads", *ParseJson(text))), "") << text;
  for (const char* text : {R"("true")", R"("0.5")", "0.5", R"("0x0")", R"("no")"})
    EXPECT_NE(ProblemOf(With("metadata.gpu", *ParseJson(text))), "") << text;
}

TEST(ServiceKeys, WhatAsksForNothingIsTakenInEveryPlace) {
  for (const DocumentedKey& key : DocumentedKeys()) {
    for (const std::string_view text : kEmpty) {
      // What must be there, and where false and 0 do ask: to write, and for no surge.
      if (key.path == "name" || key.path == "containers[].script" || key.path == "storage[].path" ||
          key.path == "storage[].mount_path" || key.path.starts_with("containers[].env[]") ||
          (key.path == "storage[].read_only" && (text == "false" || text == "0")) ||
          (key.path == "metadata.rolling_strategy.max_surge" && text == "0"))
        continue;
      EXPECT_EQ(ProblemOf(With(key.path, *ParseJson(text))), "") << key.path << " " << text;
    }
  }
}

TEST(ServiceKeys, WhatAsksForNothingAboveThemIsTakenToo) {
  for (const std::string_view path : {"metadata",
                                      "metadata.rpc",
                                      "metadata.rolling_strategy",
                                      "metadata.scheduling",
                                      "metadata.scheduling.spread",
                                      "metadata.eas",
                                      "cloud",
                                      "cloud.computing",
                                      "cloud.computing.instances",
                                      "cloud.networking.vpc_id",
                                      "runtime",
                                      "storage",
                                      "containers[].env",
                                      "containers[].resources.limits",
                                      "containers[].resources.limits.cpu",
                                      "containers[].resources.limits.gpu",
                                      "containers[].startup_check",
                                      "containers[].health_check.exec",
                                      "sinker.config",
                                      "networking.gateway_policy"}) {
    for (const std::string_view text : kEmpty) {
      EXPECT_EQ(ProblemOf(With(path, *ParseJson(text))), "") << path << " " << text;
    }
  }
}

/// The full sample of the vendor's page, with what it leaves empty.
TEST(ServiceKeys, TheEmptyKeysOfTheDocumentsSampleAreNoDemand) {
  const auto spec = ParseServiceSpec(R"({
    "name": "test_eascmd", "model_path": "", "model_entry": "", "model_config": "",
    "processor": "", "processor_path": "", "processor_entry": "", "processor_mainclass": "",
    "processor_type": "", "warm_up_data_path": "", "oss_endpoint": "", "dockerAuth": "",
    "options": {}, "networking": {}, "autoscaler": {}, "sinker": {"type": "", "config": {}},
    "runtime": {"enable_crash_block": false}, "unit": {}, "features": {},
    "cloud": {"computing": {"disable_spot_protection_period": false}, "networking": {}},
    "metadata": {"resource": "", "quota_id": "", "qos": "", "rdma": 0, "gpu": 0, "cuda": "",
      "cpu": 1, "memory": 2000, "enable_grpc": false, "enable_webservice": false,
      "rpc": {"batching": false, "keepalive": 5000, "io_threads": 4, "max_batch_size": 16,
              "max_batch_timeout": 50, "max_queue_size": 64, "worker_threads": 5, "rate_limit": 0,
              "enable_sigterm": false},
      "eas.termination_grace_period": 30, "scheduling": {"spread": {"policy": "default"}},
      "resource_rebalancing": false, "workload_type": "", "shm_size": 0},
    "containers": [{"command": "python app.py", "port": 8000, "prepare": {}}]})");
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_TRUE(spec->mounts.empty());
  EXPECT_FALSE(spec->processor);
  EXPECT_EQ(spec->port, 8000);
}

TEST(ServiceKeys, AnEmptyValueLeavesTheStandardAndZeroCountsWhereItMeansSomething) {
  const auto spec = ParseServiceSpec(With(
      "metadata", *ParseJson(
                      R"({"instance":0,"cpu":"","memory":0,"rpc":{"max_queue_size":0,"keepalive":0},
          "eas":{"termination_grace_period":0},
          "rolling_strategy":{"max_surge":"","max_unavailable":0}})")));
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->replicas, 0);
  EXPECT_EQ(spec->size.milli_cpu, 0);
  EXPECT_EQ(spec->max_queue, 0);
  EXPECT_FALSE(spec->keepalive);
  EXPECT_EQ(spec->termination_grace, Duration(0));
  EXPECT_EQ(spec->max_surge.value, 1);
}

TEST(ServiceKeys, TheGraceWorksFromEveryDocumentedPlace) {
  for (const std::string_view part : {R"("metadata":{"eas.termination_grace_period":300})",
                                      R"("metadata":{"eas":{"termination_grace_period":300}})",
                                      R"("metadata.eas.termination_grace_period":300)",
                                      R"("runtime":{"termination_grace_period":"300"})",
                                      R"("runtime":{"termination_grace_period":300},
           "metadata":{"eas.termination_grace_period":7})"}) {
    const auto spec = ParseServiceSpec(R"({"name":"abc","containers":[{"script":"x"}],)" +
                                       std::string(part) + "}");
    ASSERT_TRUE(spec) << part << spec.error().message();
    EXPECT_EQ(spec->termination_grace, Duration(300'000)) << part;
  }
  EXPECT_EQ(ProblemOf(With("metadata", *ParseJson(R"({"eas.termination_grace_period":-1})"))),
            "metadata.eas.termination_grace_period must be an integer from 0 to 86400.");
}

TEST(ServiceKeys, ADotIsAStepForEveryKeyOfMetadata) {
  const auto spec = ParseServiceSpec(
      With("metadata", *ParseJson(R"({"rpc.keepalive":7000,"rpc":{"rate_limit":3}})")));
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->keepalive, Duration(7000));
  EXPECT_EQ(spec->rate_limit, 3);
  EXPECT_NE(ProblemOf(With("metadata", *ParseJson(R"({"rpc.batching":true})")))
                .find("metadata.rpc.batching is not supported"),
            std::string::npos);
}

TEST(ServiceKeys, UnknownOnesAreToldWithTheOneThatWasMeant) {
  const auto unknown = [](std::string_view text) { return UnknownKeys(Parsed(text)); };
  using Told = std::vector<std::string>;
  EXPECT_EQ(unknown(R"({"metadata":{"cpuu":4,"cpu":1,"shm_sizes":0}})"),
            Told{"metadata.cpuu (metadata.cpu?)"});
  EXPECT_EQ(unknown(R"({"container":[{}],"containers":[{"imege":"x"}]})"),
            Told{"containers[0].imege (containers[0].image?)"});
  EXPECT_EQ(unknown(R"({"rpc":{"keepalive":5}})"), Told{"rpc (metadata.rpc?)"});
  EXPECT_EQ(unknown(R"({"keepalive":5,"cpu":2})"),
            (Told{"keepalive (metadata.rpc.keepalive?)", "cpu (metadata.cpu?)"}));
  EXPECT_EQ(unknown(R"({"storage":[{},{"readOnly":true}],"our_own":{"a":1}})"),
            Told{"storage[1].readOnly (storage[1].read_only?)"});
  EXPECT_EQ(unknown(R"({"metadata":{"nobodys":1}})"), Told{"metadata.nobodys"});
  EXPECT_EQ(unknown(R"({"containers":[{"liveness_check":{"periodSeconds":3}}]})"),
            Told{"containers[0].liveness_check.periodSeconds "
                 "(containers[0].liveness_check.period_seconds?)"});
  EXPECT_EQ(unknown(R"({"features":{"w":1,"eas.aliyun.com/x":2}})"), Told{"features.w"});
  EXPECT_EQ(unknown(R"({"metadata":{"scheduling":"host"}})"), Told{"metadata.scheduling"});
  EXPECT_EQ(unknown(R"({"labels":{"x":"y"},"model_config":{"z":1}})"), Told{});
}

TEST(ServiceKeys, WhatWasAcceptedBeforeIsReadAgain) {
  const json::object stored = Parsed(
      R"({"name":"abc","containers":[{"script":"x"}],"sinker":{"type":"sls"},
          "processor_type":"python","metadata":{"cuda":"11.2","cpu":2}})");
  const auto spec = ReadStoredSpec(stored);
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->size.milli_cpu, 2000);
  EXPECT_NE(ProblemOf(stored).find("sinker is not supported by this server yet"),
            std::string::npos);
  // An update is asked for what it says, not for what was there.
  const json::object merged = Parsed(
      R"({"name":"abc","containers":[{"script":"x"}],"sinker":{"type":"sls"},
          "metadata":{"cpu":3}})");
  const json::object change = Parsed(R"({"metadata":{"cpu":3}})");
  EXPECT_TRUE(ParseServiceSpec(merged, &change));
}

}  // namespace
}  // namespace atelier::model
