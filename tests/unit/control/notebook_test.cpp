#include "control/dsw/notebook.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace atelier::control {
namespace {

model::Instance Example() {
  model::Instance instance;
  instance.id = model::InstanceId("dsw-abc");
  instance.generation = 3;
  instance.environment = {{"A", "B"}, {"JUPYTER_TOKEN", "mine"}};
  instance.on_start = "pip list";
  return instance;
}

runtime::Workload ExampleWorkload() {
  return NotebookWorkload(Example(), {"image-lab", "lab:1", "local/lab:1", "/opt/lab"}, {},
                          "secret");
}

std::map<std::string, std::string> EnvironmentOf(const model::Instance& instance,
                                                 const NotebookSite& site) {
  return NotebookWorkload(instance, {"image-lab", "lab:1", "local/lab:1", "/opt/lab"}, site,
                          "secret")
      .environment;
}

bool Has(const runtime::Workload& workload, std::string_view argument) {
  return std::ranges::find(workload.command, argument) != workload.command.end();
}

TEST(Notebook, TheTokenIsAnHmacOfIdAndGeneration) {
  // printf 'dsw-abc/3' | openssl dgst -sha256 -hmac secret
  EXPECT_EQ(NotebookToken("secret", model::InstanceId("dsw-abc"), 3),
            "2297cc82ee802ca84a8a21c2e92d1dcfcab51447925fe81c14b815d3db517743");
  EXPECT_NE(NotebookToken("secret", model::InstanceId("dsw-abc"), 4),
            NotebookToken("secret", model::InstanceId("dsw-abc"), 3));
  EXPECT_NE(NotebookToken("other", model::InstanceId("dsw-abc"), 3),
            NotebookToken("secret", model::InstanceId("dsw-abc"), 3));
}

TEST(Notebook, TheTokenTravelsByEnvironmentOnly) {
  const auto workload = ExampleWorkload();
  const std::string token = NotebookToken("secret", model::InstanceId("dsw-abc"), 3);
  EXPECT_EQ(workload.environment.at("JUPYTER_TOKEN"), token);  // whatever the user set
  EXPECT_EQ(workload.authorization, "token " + token);
  for (const auto& argument : workload.command) {
    EXPECT_EQ(argument.find(token), std::string::npos);
  }
}

TEST(Notebook, ListensOnTheSocketUnderItsOwnBaseUrl) {
  const auto workload = ExampleWorkload();
  EXPECT_EQ(workload.command.front(), "/opt/lab/bin/jupyter-lab");
  EXPECT_TRUE(Has(workload, "--no-browser"));
  EXPECT_TRUE(Has(workload, "--ServerApp.sock=/run/atelier/http.sock"));
  EXPECT_TRUE(Has(workload, "--ServerApp.base_url=/dsw-abc/"));
  EXPECT_TRUE(Has(workload, "--ServerApp.root_dir=/home/atelier"));
  EXPECT_EQ(workload.socket_name, "http.sock");
  EXPECT_EQ(workload.ready_path, "/dsw-abc/api");
  EXPECT_EQ(workload.activity_path, "/dsw-abc/api/kernels");
}

TEST(Notebook, IsFreshUntilItHasRun) {
  const model::Image image{"image-lab", "lab:1", "local/lab:1", "/opt/lab"};
  const auto fresh = [&](const model::Instance& instance) {
    return NotebookWorkload(instance, image, {}, "secret").fresh;
  };
  EXPECT_TRUE(fresh(Example()));  // tried three times, and never Running
  model::Instance ran = Example();
  ran.has_run = true;
  EXPECT_FALSE(fresh(ran));
  // Records of servers that did not note it tell by their running time.
  model::Instance runs = Example();
  runs.running_since = WallTime(Duration(1));
  EXPECT_FALSE(fresh(runs));
  model::Instance old = Example();
  old.accumulated_running_ms = 1;
  EXPECT_FALSE(fresh(old));
}

TEST(Notebook, KeepsTheUsersPartAndCallsNobody) {
  const auto workload = ExampleWorkload();
  EXPECT_EQ(workload.environment.at("A"), "B");
  EXPECT_EQ(workload.on_start, "pip list");
  EXPECT_EQ(workload.generation, 3);
  EXPECT_TRUE(Has(workload, "--LabApp.news_url=None"));
  EXPECT_TRUE(Has(
      workload,
      "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate"));
}

TEST(Notebook, FindsTheUsersProgramsFirstThenTheImages) {
  const auto workload = ExampleWorkload();
  EXPECT_EQ(
      workload.environment.at("PATH"),
      "/home/atelier/.packages/bin:/run/atelier/bin:/opt/lab/bin:/usr/local/bin:/usr/bin:/bin");
  EXPECT_EQ(workload.environment.at("PYTHONUSERBASE"), "/home/atelier/.packages");
}

TEST(Notebook, IsStartedWithoutTheUsersPackagesWhereTheVariableSaysSo) {
  model::Instance instance = Example();
  instance.environment["PYTHONNOUSERSITE"] = "1";
  const auto workload =
      NotebookWorkload(instance, {"image-lab", "lab:1", "local/lab:1", "/opt/lab"}, {}, "secret");
  EXPECT_FALSE(workload.environment.contains("PATH"));
  EXPECT_FALSE(workload.environment.contains("PYTHONUSERBASE"));
}

TEST(Notebook, WhatTheUserSetsWins) {
  model::Instance instance = Example();
  instance.environment["PATH"] = "/mine";
  instance.environment["MEM_LIMIT"] = "1";
  instance.capacity.memory_mib = 4096;
  const auto workload =
      NotebookWorkload(instance, {"image-lab", "lab:1", "local/lab:1", "/opt/lab"}, {}, "secret");
  EXPECT_EQ(workload.environment.at("PATH"), "/mine");
  EXPECT_EQ(workload.environment.at("MEM_LIMIT"), "1");
}

TEST(Notebook, ItsMemoryGaugeKnowsItsLimit) {
  model::Instance instance = Example();
  instance.capacity.memory_mib = 4096;
  const auto workload =
      NotebookWorkload(instance, {"image-lab", "lab:1", "local/lab:1", "/opt/lab"}, {}, "secret");
  EXPECT_EQ(workload.environment.at("MEM_LIMIT"), "4294967296");
  EXPECT_TRUE(Has(workload, "--ResourceUseDisplay.show_host_usage=False"));
}

TEST(Notebook, TellsOfKernelsThatDiedBesideTheUsersConfiguration) {
  const auto workload = ExampleWorkload();
  EXPECT_EQ(workload.environment.at("JUPYTER_CONFIG_PATH"), "/run/atelier-files/jupyter");
  EXPECT_NE(workload.files.at("jupyter/jupyter_server_config.py")
                .find("headers[\"Atelier-Kernel-Restarts\"] = "),
            std::string::npos);
  model::Instance instance = Example();
  instance.environment["JUPYTER_CONFIG_PATH"] = "/mine:/ours";
  EXPECT_EQ(EnvironmentOf(instance, {}).at("JUPYTER_CONFIG_PATH"),
            "/run/atelier-files/jupyter:/mine:/ours");
}

TEST(Notebook, KnowsItsServerByTheNamesThatSdksLookFor) {
  model::Instance instance = Example();
  instance.workspace = model::WorkspaceId("1234");
  const NotebookSite site{
      .region = "cn-lab", .endpoint = "http://127.0.0.1:7002", .server_port = 7002};
  const auto seen = EnvironmentOf(instance, site);
  EXPECT_EQ(seen.at("DSW_INSTANCE_ID"), "dsw-abc");
  EXPECT_EQ(seen.at("REGION"), "cn-lab");
  EXPECT_EQ(seen.at("dsw_region"), "cn-lab");
  EXPECT_EQ(seen.at("PAI_WORKSPACE_ID"), "1234");
  EXPECT_EQ(seen.at("PAI_AI_WORKSPACE_ID"), "1234");
  EXPECT_EQ(seen.at("ATELIER_ENDPOINT"), "http://127.0.0.1:7002");
  EXPECT_FALSE(seen.contains("ALIBABA_CLOUD_CREDENTIALS_URI")) << "nobody asked for keys";
}

TEST(Notebook, TheUsersVariablesWinButForTheInstancesOwnName) {
  model::Instance instance = Example();
  instance.environment = {
      {"REGION", "mine"}, {"PAI_WORKSPACE_ID", "77"}, {"DSW_INSTANCE_ID", "dsw-other"}};
  const auto seen = EnvironmentOf(instance, {.region = "cn-lab"});
  EXPECT_EQ(seen.at("REGION"), "mine");
  EXPECT_EQ(seen.at("dsw_region"), "cn-lab");
  EXPECT_EQ(seen.at("PAI_WORKSPACE_ID"), "77");
  EXPECT_EQ(seen.at("DSW_INSTANCE_ID"), "dsw-abc");
}

TEST(Notebook, TheKeysOfItsOwnerAreNamedWhereTheyCanBeServed) {
  model::Instance instance = Example();
  instance.credentials = {.key = "0", .env_key = "0", .role_arn = "r", .role_type = "service"};
  const NotebookSite inside{.region = "r", .endpoint = "e", .server_port = 7002};
  EXPECT_EQ(EnvironmentOf(instance, inside).at("ALIBABA_CLOUD_CREDENTIALS_URI"),
            "http://localhost:7002/api/v1/credentials/0");
  EXPECT_FALSE(EnvironmentOf(instance, {.region = "r", .endpoint = "e", .server_port = 0})
                   .contains("ALIBABA_CLOUD_CREDENTIALS_URI"))
      << "in the host's network others could ask, too";
  instance.credentials->env_key = "";
  EXPECT_FALSE(EnvironmentOf(instance, inside).contains("ALIBABA_CLOUD_CREDENTIALS_URI"));
}

}  // namespace
}  // namespace atelier::control
