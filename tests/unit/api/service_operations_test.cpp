// EAS over the wire: docs/contract/requests.md section 5, docs/contract/lifecycle.md section 10,
// docs/contract/errors.md section 5. No reconciler runs: services stay as they were put.
#include <gtest/gtest.h>

#include "unit/api/eas_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;

TEST_F(EasApi, CreateAnswersWhatIsKnownAtOnce) {
  const Reply reply = Call("POST", kServices, std::string(kConfig), {{"Labels", R"({"a":"b"})"}});
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_TRUE(reply.Text("ServiceId").starts_with("eas-m-"));
  EXPECT_EQ(reply.Text("ServiceName"), "foo");
  EXPECT_EQ(reply.Text("Status"), "Creating");
  EXPECT_EQ(reply.Text("Region"), "local");
  EXPECT_EQ(reply.Text("InternetEndpoint"), "http://workshop.test:8080/api/predict/foo");
  EXPECT_FALSE(reply.body.contains("Code"));
  const Reply again = Call("POST", kServices, std::string(kConfig));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "InvalidService.AlreadyExists");
  EXPECT_TRUE(again.body.contains("HostId"));
}

TEST_F(EasApi, ABodyQuotedOnceMoreIsTheSame) {
  EXPECT_EQ(Call("POST", kServices, json::serialize(json::value(kConfig))).status, 200);
}

TEST_F(EasApi, DescribeIsTheServiceItself) {
  Create();
  auto waiting = Replica("b");
  waiting.ready = false;
  Put(Replica("a"));
  Put(waiting);
  const Reply reply = Foo("GET");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body.at("TotalInstance"), 2);
  EXPECT_EQ(reply.body.at("RunningInstance"), 1);
  EXPECT_EQ(reply.body.at("PendingInstance"), 1);
  EXPECT_EQ(reply.body.at("Cpu"), 2);
  EXPECT_EQ(reply.body.at("Memory"), 4096);
  EXPECT_EQ(reply.Text("Image"), "local/lab:4-py311");
  EXPECT_EQ(reply.Text("CreateTime"), "2024-05-01T12:00:00Z");
  EXPECT_EQ(reply.Text("WorkspaceId"), world_.workspace.str());
  EXPECT_EQ(reply.Text("AccessToken").size(), 40u);
  EXPECT_EQ(ParseJson(reply.Text("ServiceConfig"))->at("extra"), *ParseJson(R"({"x":1})"));
}

TEST_F(EasApi, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(Foo("GET").code(), "InvalidService.NotFound");
  EXPECT_EQ(Foo("GET", "/instances").status, 404);
  Create();
  const Reply elsewhere = Call("GET", "/api/v2/services/cn-shanghai/foo/instances");
  EXPECT_EQ(elsewhere.status, 404);
  EXPECT_EQ(elsewhere.code(), "InvalidService.NotFound");
  EXPECT_EQ(elsewhere.message(),
            "foo does not exist in cn-shanghai: this server's region is local; use it as "
            "ClusterId.");
}

TEST_F(EasApi, InstancesShowEveryField) {
  Create();
  auto replica = Replica("a");
  replica.restarts = 1;
  replica.isolated = true;
  replica.last = model::LastRun{.exit_code = {},
                                .signal = 9,
                                .reason = "Error",
                                .message = "The instance was ended by signal 9.",
                                .started = world_.clock.Wall() - std::chrono::minutes(50),
                                .finished = world_.clock.Wall() - std::chrono::minutes(31),
                                .log = "last words\n"};
  Put(replica);
  const Reply reply = Foo("GET", "/instances");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body.at("PageNumber"), 1);
  EXPECT_EQ(reply.body.at("PageSize"), 100);
  const json::object& shown = reply.body.at("Instances").at(0).get_object();
  EXPECT_EQ(json::value(shown), *ParseJson(R"({
    "HostIP":"10.0.0.1","HostName":"host-a","InnerIP":"","InstanceName":"foo-1-a",
    "InstancePort":9000,"LastState":[{"Signal":9,"Reason":"Error",
      "Message":"The instance was ended by signal 9.","StartedAt":"2024-05-01T11:10:00Z",
      "FinishedAt":"2024-05-01T11:29:00Z","Log":"last words\n"}],
    "Namespace":"foo","Reason":"RUNNING","RestartCount":1,"Status":"Running","TotalProcesses":1,
    "ReadyProcesses":1,"StartAt":"2024-05-01T11:30:00Z","Role":"Standard",
    "ResourceType":"PublicResource","TenantInstanceIP":"","TenantHostIP":"","IsSpot":false,
    "CurrentAmount":0.0,"OriginalAmount":0.0,"Isolated":true,"Zone":"","ExternalIP":"",
    "ExternalInstancePort":0,"StartTime":"2024-05-01T11:30:00Z","InstanceType":"ecs.c6.large",
    "CreateTime":"2024-05-01T11:00:00Z","Detached":false,"IsLatest":true,"IsReplica":false,
    "ReplicaName":""})"))
      << json::serialize(shown);
}

TEST_F(EasApi, InstancesAreFilteredAndOrdered) {
  Create();
  for (const char* suffix : {"a", "b", "c"}) {
    auto replica = Replica(suffix);
    if (*suffix == 'b') replica.status = model::ReplicaStatus::Failed;
    if (*suffix == 'c') replica.place.host_ip = "10.0.0.2";
    replica.started_at = *replica.started_at + std::chrono::seconds(*suffix);
    Put(replica);
  }
  EXPECT_EQ(Names({}), "c b a 3");
  EXPECT_EQ(Names({{"Order", "asc"}}), "a b c 3");
  EXPECT_EQ(Names({{"Sort", "StartTime"}, {"Order", "ASC"}}), "a b c 3");
  EXPECT_EQ(Names({{"Filter", "0.2"}}), "c 1");
  EXPECT_EQ(Names({{"HostIP", "10.0.0.1"}}), "b a 2");
  EXPECT_EQ(Names({{"InstanceName", "foo-1-b"}}), "b 1");
  EXPECT_EQ(Names({{"InstanceStatus", "Failed"}}), "b 1");
  EXPECT_EQ(Names({{"InstanceStatus", "Strange"}}), "0");
  EXPECT_EQ(Names({{"InstanceType", "ecs.c6.large"}}), "c b a 3");
  EXPECT_EQ(Names({{"InstanceType", "ecs.c7.large"}}), "0");
  EXPECT_EQ(Names({{"InstanceIP", "172.17.0.2"}}), "0");
  EXPECT_EQ(Names({{"ResourceType", "PublicResource"}}), "c b a 3");
  EXPECT_EQ(Names({{"ResourceType", "DedicatedResource"}}), "0");
  EXPECT_EQ(Names({{"ResourceType", "PrivateResource"}}), "0");
  EXPECT_EQ(Names({{"IsSpot", "false"}}), "c b a 3");
  EXPECT_EQ(Names({{"IsSpot", "true"}}), "0");
  EXPECT_EQ(Names({{"Role", "Standard"}}), "c b a 3");
  EXPECT_EQ(Names({{"Role", "Queue"}}), "0");
  // What only the SDK has: no instance here is of a quota, a resource group, a replica of several
  // instances or an aggregate service.
  EXPECT_EQ(Names({{"QuotaId", "quota-1"}}), "0");
  EXPECT_EQ(Names({{"Resource", "eas-r-1"}}), "0");
  EXPECT_EQ(Names({{"Resource", ""}}), "c b a 3");
  EXPECT_EQ(Names({{"ReplicaName", "foo-1-a"}}), "0");
  EXPECT_EQ(Names({{"MemberType", "Standard"}}), "0");
  EXPECT_EQ(Names({{"ListReplica", "false"}}), "c b a 3");
  EXPECT_EQ(Names({{"PageNumber", "2"}, {"PageSize", "2"}}), "a 3");
  EXPECT_EQ(Names({{"Filter", ""}}), "c b a 3");
}

TEST_F(EasApi, BadParametersOfTheListAreRefused) {
  Create();
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"PageNumber", "0"},
                                                        {"PageNumber", "x"},
                                                        {"PageSize", "0"},
                                                        {"PageSize", "1001"},
                                                        {"IsSpot", "yes"},
                                                        {"Sort", "Name"},
                                                        {"Order", "up"},
                                                        {"Role", "Chef"},
                                                        {"ResourceType", "Mine"},
                                                        {"ListReplica", "maybe"},
                                                        {"ListReplica", "true"}}) {
    EXPECT_EQ(Names({{name, value}}), "400 InvalidParameter") << name << "=" << value;
  }
}

TEST_F(EasApi, PricesAreThoseOfTheCatalogue) {
  for (model::EcsSpec& spec : world_.catalogue.Specs)
    spec.Price = spec.InstanceType == "ecs.c6.large" ? 0.39 : 7;
  Create();
  Put(Replica("a"));
  auto own = Replica("b");
  own.outfit = model::ReplicaTemplate{};  // vCPUs and memory were asked for: no machine has a price
  Put(own);
  const json::array shown =
      Foo("GET", "/instances", "", {{"Order", "asc"}}).body.at("Instances").get_array();
  for (const char* amount : {"CurrentAmount", "OriginalAmount"}) {
    EXPECT_EQ(shown.at(0).at(amount).to_number<double>(), 0.39) << amount;
    EXPECT_EQ(shown.at(1).at(amount).to_number<double>(), 0) << amount;
  }
  EXPECT_EQ(shown.at(0).at("IsSpot"), false);
}

TEST_F(EasApi, SpotInstancesAreRefusedByName) {
  const Reply reply =
      Call("POST", kServices,
           R"({"name":"foo","metadata":{"spot":true},"containers":[{"script":"x"}]})");
  EXPECT_EQ(reply.code(), "InvalidParameter");
  EXPECT_NE(reply.message().find("metadata.spot"), std::string::npos) << reply.message();
}

TEST_F(EasApi, AllServicesArePublicToTheirWorkspace) {
  Create();
  const auto total = [&](const char* value) {
    return Call("GET", kServices, "", {{"Accessibility", value}}).body.at("TotalCount");
  };
  EXPECT_EQ(total("PUBLIC"), 1);
  EXPECT_EQ(total("PRIVATE"), 0);
  EXPECT_EQ(Call("GET", kServices, "", {{"Accessibility", "SECRET"}}).code(), "InvalidParameter");
}

TEST_F(EasApi, AStoppedServiceHasAnEmptyList) {
  Create();
  EXPECT_EQ(Names({}), "0");
}

TEST_F(EasApi, RamIsAskedAboutTheVeryService) {
  Create();
  ASSERT_TRUE(test::Run(world_.io,
                        world_.identity.CreatePolicy("OnlyFoo", "", R"({"Version":"1","Statement":[
      {"Effect":"Allow","Action":"eas:ListServiceInstances",
       "Resource":"acs:eas:local:*:service/foo"}]})",
                                                     world_.actor)));
  const auto person =
      world_.MakeUser("ada", "OnlyFoo", {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  EXPECT_EQ(As(person.key, "GET", std::string(kFoo) + "/instances").status, 200);
  const Reply other = As(person.key, "GET", "/api/v2/services/local/bar/instances");
  EXPECT_EQ(other.status, 403);
  EXPECT_EQ(other.code(), "NoPermission");
  EXPECT_EQ(other.body.at("AccessDeniedDetail").at("AuthAction"), "eas:ListServiceInstances");
  EXPECT_EQ(As(person.key, "GET", kFoo).status, 403);
}

TEST_F(EasApi, TheWorkspaceIsTheSecondGate) {
  Create();
  const auto stranger = world_.MakeUser("eve", "AliyunPAIEASFullAccess");
  const Reply reply = As(stranger.key, "GET", kFoo);
  EXPECT_EQ(reply.status, 404) << "as one that does not exist";
  EXPECT_EQ(reply.code(), "InvalidService.NotFound");
  EXPECT_EQ(As(stranger.key, "GET", kServices).body.at("TotalCount"), 0);
  const auto member = world_.MakeUser("bob", "AliyunPAIEASFullAccess",
                                      {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  EXPECT_EQ(As(member.key, "GET", kFoo).status, 200);
  EXPECT_EQ(As(member.key, "DELETE", kFoo).status, 403);
}

TEST_F(EasApi, ChangesAreAcceptedAsTheDocumentsSay) {
  Create();
  EXPECT_EQ(Foo("PUT", "/scale", R"({"Instance":3})").status, 200);
  EXPECT_EQ(Foo("PUT", "/scale", "{}").code(), "MissingInstance");
  EXPECT_EQ(Foo("PUT", "/scale", R"({"Instance":-1})").code(), "InvalidParameter");
  EXPECT_EQ(world_.services.Find("foo")->replicas, 3);
  SetStatus(model::ServiceStatus::Running);
  EXPECT_EQ(Foo("PUT", "", R"({"metadata":{"cpu":2}})").status, 200);
  EXPECT_EQ(Foo("GET").body.at("LatestVersion"), 2);
  EXPECT_EQ(Foo("GET").Text("Status"), "Updating");
  EXPECT_EQ(Foo("PUT", "/version", R"({"Version":2})").code(), "InvalidParameter");
  EXPECT_EQ(Foo("PUT", "/version", R"({"Version":1})").status, 200);
  EXPECT_EQ(Foo("GET").body.at("CurrentVersion"), 1);
  EXPECT_EQ(Foo("PUT", "/version", R"({"Version":3})").code(), "InvalidParameter") << "not kept";
  const Reply versions = Foo("GET", "/versions");
  EXPECT_EQ(versions.body.at("TotalCount"), 2);
  EXPECT_EQ(versions.body.at("Versions").at(0).at("ImageId"), 2);
  EXPECT_EQ(Foo("PUT", "/start").code(), "InvalidService.StatusConflict");
  EXPECT_EQ(Foo("PUT", "/stop", "{}").status, 200);
  EXPECT_EQ(Foo("GET").Text("Status"), "Stopping");
  EXPECT_EQ(Foo("DELETE").status, 200);
  EXPECT_EQ(Foo("DELETE").status, 409);
}

TEST_F(EasApi, UpdateReplacesWhenItIsTold) {
  Create();
  SetStatus(model::ServiceStatus::Running);
  const std::string next = R"({"containers":[{"script":"other"}]})";
  EXPECT_EQ(Foo("PUT", "", next, {{"UpdateType", "replace"}}).status, 200);
  const auto config = ParseJson(Foo("GET").Text("ServiceConfig"))->get_object();
  EXPECT_FALSE(config.contains("extra"));
  EXPECT_EQ(config.at("name"), "foo");
  EXPECT_EQ(Foo("PUT", "", next, {{"UpdateType", "guess"}}).status, 400);
}

TEST_F(EasApi, LocksAndLabels) {
  Create();
  EXPECT_EQ(Foo("PUT", "/lock", R"({"Lock":"dangerous"})").status, 200);
  EXPECT_EQ(Foo("DELETE").code(), "InvalidService.StatusConflict");
  EXPECT_EQ(Foo("PUT", "/lock", R"({"Lock":"maybe"})").code(), "InvalidParameter");
  EXPECT_EQ(Foo("PUT", "/label", R"({"Labels":{"a":"1","b":"2"}})").status, 200);
  EXPECT_EQ(Foo("DELETE", "/label", "", {{"Keys", "a"}}).status, 200);
  EXPECT_EQ(Foo("DELETE", "/label", "", {{"LabelKeys", R"(["c"])"}}).status, 200);
  EXPECT_EQ(Foo("DELETE", "/label").code(), "MissingKeys");
  EXPECT_EQ(json::serialize(Foo("GET").body.at("Labels")),
            R"([{"LabelKey":"b","LabelValue":"2"}])");
  EXPECT_EQ(Call("GET", kServices, "", {{"Label", R"({"b":"2"})"}}).body.at("TotalCount"), 1);
  EXPECT_EQ(Call("GET", kServices, "", {{"Label", R"({"b":"3"})"}}).body.at("TotalCount"), 0);
}

TEST_F(EasApi, OneInstanceIsIsolatedAndReplaced) {
  Create();
  Put(Replica("a"));
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-a", R"({"Isolate":true})").status, 200);
  EXPECT_TRUE(world_.services.FindReplica(model::InstanceId("easr-a"))->isolated);
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-x", R"({"Isolate":true})").code(),
            "InvalidInstance.NotFound");
  EXPECT_EQ(Foo("DELETE", "/instances").code(), "MissingInstanceList");
  EXPECT_EQ(Foo("DELETE", "/instances", "", {{"InstanceList", "foo-1-a,foo-1-x"}}).status, 404);
  EXPECT_FALSE(world_.services.FindReplica(model::InstanceId("easr-a"))->leaving);
  EXPECT_EQ(Foo("DELETE", "/instances", "", {{"InstanceList", "foo-1-a"}}).status, 200);
  EXPECT_TRUE(world_.services.FindReplica(model::InstanceId("easr-a"))->leaving);
}

TEST_F(EasApi, ADetachedInstanceIsShownAndNotCounted) {
  Create();
  Put(Replica("a"));
  Put(Replica("b"));
  const std::string detach = R"({"Detach":true})";
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-a", R"({"Hibernate":true})").status, 400);
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-a", R"({"Detach":false})").status, 400);
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-a", R"({"Detach":true,"Isolate":true})").status, 400);
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-a", "{}").code(), "MissingIsolate");
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-x", detach).code(), "InvalidInstance.NotFound");
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-a", detach).status, 200);
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-a", detach).code(), "InvalidService.StatusConflict");
  EXPECT_EQ(Foo("GET").body.at("TotalInstance"), 1);
  const Reply listed = Foo("GET", "/instances", "", {{"InstanceName", "foo-1-a"}});
  EXPECT_EQ(listed.body.at("Instances").at(0).at("Detached"), true);
}

TEST_F(EasApi, TheContainerOfAnInstance) {
  Create();
  auto replica = Replica("a");
  replica.status_since = world_.clock.Wall() - std::chrono::minutes(30);
  replica.restarts = 1;
  replica.last = model::LastRun{.exit_code = 3,
                                .signal = {},
                                .reason = "Error",
                                .message = "",
                                .started = world_.clock.Wall() - std::chrono::minutes(50),
                                .finished = world_.clock.Wall() - std::chrono::minutes(31),
                                .log = ""};
  Put(replica);
  Reply reply = Foo("GET", "/instances/foo-1-a/containers");
  ASSERT_EQ(reply.status, 200) << reply.text;
  reply.body.erase("RequestId");
  EXPECT_EQ(json::value(reply.body), *ParseJson(R"({"Containers":[{"CurrentReaon":"",
    "CurrentStatus":"Running","CurrentTimestamp":"2024-05-01T11:30:00Z",
    "Image":"local/lab:4-py311","LastReason":"Error","LastStatus":"Terminated",
    "LastTimestamp":"2024-05-01T11:29:00Z","Name":"foo-1-a","Port":9000,"Ready":true,
    "RestartCount":1}],"ServiceName":"foo"})"))
      << reply.text;
  EXPECT_EQ(Foo("GET", "/instances/foo-1-x/containers").code(), "InvalidInstance.NotFound");
}

TEST_F(EasApi, ARunThatIsToldToEndHasNoEndYet) {
  Create();
  auto replica = Replica("a");
  replica.last = model::LastRun{};
  replica.last->reason = "Unhealthy";
  replica.last->finished = world_.clock.Wall();
  replica.last->settled = false;
  Put(replica);
  EXPECT_EQ(
      Foo("GET", "/instances").body.at("Instances").at(0).at("LastState").at(0).at("FinishedAt"),
      "");
}

TEST_F(EasApi, AContainerRunsUntilItsInstanceIsGone) {
  Create();
  const auto status = [&](const model::Replica& replica) {
    Put(replica);
    return json::serialize(Foo("GET", "/instances/foo-1-a/containers")
                               .body.at("Containers")
                               .at(0)
                               .at("CurrentStatus"));
  };
  auto replica = Replica("a");
  replica.leaving = true;
  replica.status = model::ReplicaStatus::Terminating;
  EXPECT_EQ(status(replica), R"("Running")");
  replica.restart_at = world_.clock.Wall();  // it had ended, and was to be started again
  EXPECT_EQ(status(replica), R"("Terminated")");
  replica.restart_at.reset();
  replica.started_at.reset();
  EXPECT_EQ(status(replica), R"("Waiting")");
}

TEST_F(EasApi, ASoftRestartOfAContainerNeedsTheContainer) {
  Create();
  Put(Replica("a"));
  const auto restart = [&](const std::string& container, const std::string& soft) {
    return Foo("DELETE", "/instances", "",
               {{"InstanceList", "foo-1-a"}, {"SoftRestart", soft}, {"Container", container}});
  };
  const Reply other = restart("sidecar", "true");
  EXPECT_EQ(other.code(), "InvalidParameter");
  EXPECT_EQ(other.message(), "Instance foo-1-a has no container sidecar: its only one is foo-1-a.");
  EXPECT_EQ(restart("foo-1-a", "true").status, 200);
  EXPECT_EQ(restart("sidecar", "false").status, 200) << "counts with SoftRestart alone";
}

TEST_F(EasApi, AnInstanceTellsOfWhatItRunsItself) {
  Create();
  auto old = Replica("old");
  old.outfit =
      model::ReplicaTemplate{.machine = "ecs.g6.large", .image = "local/lab:3-py310", .port = 7000};
  old.detached = true;
  Put(old);
  Put(Replica("new"));  // of a record that does not say: as its version does
  const auto field = [&](const std::string& instance, std::string_view name) {
    return json::serialize(Foo("GET", "/instances", "", {{"InstanceName", "foo-1-" + instance}})
                               .body.at("Instances")
                               .at(0)
                               .at(name));
  };
  EXPECT_EQ(field("old", "InstancePort"), "7000");
  EXPECT_EQ(field("old", "InstanceType"), R"("ecs.g6.large")");
  EXPECT_EQ(field("new", "InstancePort"), "9000");
  EXPECT_EQ(field("new", "InstanceType"), R"("ecs.c6.large")");
  EXPECT_EQ(Names({{"InstanceType", "ecs.g6.large"}}), "old 1");
  EXPECT_EQ(Names({{"Filter", "G6"}}), "old 1");
  EXPECT_EQ(Foo("GET", "/instances/foo-1-old/containers").body.at("Containers").at(0).at("Port"),
            7000);
  EXPECT_EQ(Foo("GET", "/instances/foo-1-old/containers").body.at("Containers").at(0).at("Image"),
            "local/lab:3-py310");
  auto other = Replica("other");
  other.version = 7;  // not the present one, and its record does not say
  Put(other);
  EXPECT_EQ(field("other", "InstancePort"), "0");
}

TEST_F(EasApi, LogLinesAreFilteredByTextAndTime) {
  Create();
  auto replica = Replica("a");
  replica.last = model::LastRun{};
  replica.last->log =
      "early words\n2024-05-01T11:00:00.500Z one\n  and its trace\n[2024-05-01 11:00:02] two\n";
  Put(replica);
  const auto lines = [&](std::vector<std::pair<std::string, std::string>> query) {
    query.emplace_back("Previous", "true");
    return json::serialize(Foo("GET", "/logs", "", std::move(query)).body.at("Logs"));
  };
  EXPECT_EQ(lines({{"Keyword", "o"}}),
            R"(["early words","2024-05-01T11:00:00.500Z one","[2024-05-01 11:00:02] two"])");
  EXPECT_EQ(lines({{"StartTime", "2024-05-01 11:00:01"}}), R"(["[2024-05-01 11:00:02] two"])");
  EXPECT_EQ(lines({{"EndTime", "2024-05-01 11:00:01"}}),
            R"(["2024-05-01T11:00:00.500Z one","  and its trace"])");
  EXPECT_EQ(Foo("GET", "/logs", "", {{"StartTime", "soon"}}).code(), "InvalidParameter");
}

TEST_F(EasApi, EventsAreNewestFirstAndFiltered) {
  Create();
  Put(Replica("a"));
  world_.clock.Advance(std::chrono::seconds(1));
  ASSERT_EQ(Foo("PUT", "/instances/foo-1-a", R"({"Isolate":true})").status, 200);
  const Reply reply = Foo("GET", "/events");
  EXPECT_EQ(reply.body.at("TotalCount"), 2);
  EXPECT_EQ(reply.body.at("Events").at(0).at("Reason"), "Isolated");
  EXPECT_EQ(reply.body.at("Events").at(0).at("Resource"), "Pod");
  EXPECT_EQ(reply.body.at("Events").at(1).at("Reason"), "Created");
  EXPECT_EQ(reply.body.at("Events").at(1).at("Time"), "2024-05-01T12:00:00Z");
  EXPECT_EQ(Foo("GET", "/events", "", {{"EventType", "Warning"}}).body.at("TotalCount"), 0);
  EXPECT_EQ(Foo("GET", "/events", "", {{"InstanceName", "foo-1-a"}}).body.at("TotalCount"), 1);
  EXPECT_EQ(Foo("GET", "/events", "", {{"EndTime", "2024-05-01 12:00:00"}}).body.at("TotalCount"),
            1);
  EXPECT_EQ(Foo("GET", "/events", "", {{"StartTime", "today"}}).status, 400);
}

TEST_F(EasApi, EndpointsNameTheGatewayAndTheToken) {
  Create();
  const Reply reply = Foo("GET", "/endpoints");
  EXPECT_EQ(reply.Text("AccessToken"), world_.services.TokenOf("foo"));
  EXPECT_EQ(reply.body.at("Endpoints").at(0).at("Port"), 8080);
  EXPECT_EQ(reply.body.at("Endpoints").at(0).at("InternetEndpoints").at(0),
            "http://workshop.test:8080/api/predict/foo");
}

TEST_F(EasApi, WithoutAHostThatUrlsMayHaveThereAreNone) {
  Create();
  test::Extra extra;
  extra.version = kVersion;
  extra.host = "odd host";
  const Reply reply = world_.Call(world_.root, "GET", std::string(kFoo) + "/endpoints", extra);
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("Endpoints").at(0).at("InternetEndpoints").at(0), "");
  EXPECT_EQ(reply.body.at("Endpoints").at(0).at("Port"), 80);
}

TEST_F(EasApi, UnknownKeysAreKeptAndTold) {
  const Reply made =
      Call("POST", kServices,
           R"({"name":"foo","metadata":{"cpuu":4},"containers":[{"script":"x"}],"own":{"a":1}})");
  ASSERT_EQ(made.status, 200) << made.text;
  const Reply events = Foo("GET", "/events", "", {{"EventType", "Warning"}});
  ASSERT_EQ(events.body.at("TotalCount"), 1) << events.text;
  EXPECT_EQ(events.body.at("Events").at(0).at("Reason"), "UnknownKeys");
  EXPECT_EQ(events.body.at("Events").at(0).at("Message"),
            "Unknown keys have no effect: metadata.cpuu (metadata.cpu?).");
  EXPECT_EQ(ParseJson(Foo("GET").Text("ServiceConfig"))->at("metadata").at("cpuu"), 4);
  SetStatus(model::ServiceStatus::Running);
  const Reply updated = Foo("PUT", "", R"({"containers":[{"script":"y","imagee":"x"}]})");
  ASSERT_EQ(updated.status, 200) << updated.text;
  EXPECT_EQ(updated.message(),
            "Service foo is being updated. Unknown keys have no effect: containers[0].imagee "
            "(containers[0].image?).");
}

TEST_F(EasApi, WhatAsksForNothingIsAcceptedInTheOtherRequestsToo) {
  ASSERT_EQ(Call("POST", kServices,
                 R"({"name":"foo","autoscaler":{},"containers":[{"script":"x"}],"processor":""})")
                .status,
            200);
  Put(Replica("a"));
  SetStatus(model::ServiceStatus::Running);
  EXPECT_EQ(Foo("PUT", "", R"({"autoscaler":"","networking":{"gateway":""}})").status, 200);
  EXPECT_EQ(Foo("PUT", "/instances/foo-1-a", R"({"Isolate":true,"Detach":false})").status, 200);
}

TEST_F(EasApi, WhatIsNotSupportedIsRefusedByNameAndMakesNothing) {
  const Reply mirror = Foo("GET", "/mirror");
  EXPECT_EQ(mirror.status, 400);
  EXPECT_EQ(mirror.code(), "InvalidParameter");
  EXPECT_EQ(mirror.message(), "Traffic mirrors are not supported by this server yet.");
  const Reply processor = Call("POST", kServices, R"({"name":"foo","processor":"tensorflow_cpu"})");
  EXPECT_EQ(processor.code(), "InvalidParameter");
  EXPECT_NE(processor.message().find("processor is not supported"), std::string::npos);
  EXPECT_EQ(Call("POST", kServices, R"({"name":"foo","containers":[{"image":"no","script":"x"}]})")
                .code(),
            "InvalidParameter");
  EXPECT_EQ(Call("GET", kServices).body.at("TotalCount"), 0);
}

}  // namespace
}  // namespace atelier::api
