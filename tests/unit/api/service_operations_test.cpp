// EAS over the wire: contract/requests.md section 5, contract/lifecycle.md section 10,
// contract/errors.md section 5. No reconciler runs: services stay as they were put.
#include <gtest/gtest.h>

#include "model/service.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::Reply;

constexpr std::string_view kVersion = "2021-07-01";
constexpr std::string_view kServices = "/api/v2/services";
constexpr std::string_view kFoo = "/api/v2/services/local/foo";
constexpr std::string_view kConfig =
    R"({"name":"foo","metadata":{"instance":2,"memory":512},"extra":{"x":1},)"
    R"("cloud":{"computing":{"instance_type":"ecs.c6.large"}},)"
    R"("containers":[{"image":"local/lab:4-py311","script":"serve","port":9000}]})";

class Eas : public testing::Test {
 protected:
  Reply Call(std::string_view method, std::string_view path, std::string body = {},
             std::vector<std::pair<std::string, std::string>> query = {}) {
    return As(world_.root, method, path, std::move(body), std::move(query));
  }
  Reply As(const identity::NewKey& key, std::string_view method, std::string_view path,
           std::string body = {}, std::vector<std::pair<std::string, std::string>> query = {}) {
    test::Extra extra;
    extra.query = std::move(query);
    extra.body = std::move(body);
    extra.version = kVersion;
    return world_.Call(key, method, path, extra);
  }
  Reply Foo(std::string_view method, std::string_view rest = "", std::string body = {},
            std::vector<std::pair<std::string, std::string>> query = {}) {
    return Call(method, std::string(kFoo) + std::string(rest), std::move(body), std::move(query));
  }
  void Create() { ASSERT_EQ(Call("POST", kServices, std::string(kConfig)).status, 200); }
  void SetStatus(model::ServiceStatus status) {
    model::Service service = *world_.services.Find("foo");
    service.status = status;
    world_.Write(store::Kind::kService, "foo", ToJson(service));
  }
  model::Replica Replica(const std::string& suffix) {
    model::Replica replica;
    replica.id = model::InstanceId("easr-" + suffix);
    replica.name = "foo-1-" + suffix;
    replica.service = world_.services.Find("foo")->id;
    replica.service_name = "foo";
    replica.created = world_.clock.Wall() - std::chrono::hours(1);
    replica.started_at = world_.clock.Wall() - std::chrono::minutes(30);
    replica.status = model::ReplicaStatus::Running;
    replica.ready = true;
    replica.place = {
        .host_ip = "10.0.0.1", .host_name = "host-" + suffix, .inner_ip = {}, .zone = {}};
    return replica;
  }
  void Put(const model::Replica& replica) {
    world_.Write(store::Kind::kServiceReplica, replica.id.str(), ToJson(replica));
  }
  std::string Names(std::vector<std::pair<std::string, std::string>> query) {
    const Reply reply = Foo("GET", "/instances", "", std::move(query));
    if (reply.status != 200) return std::to_string(reply.status) + " " + reply.code();
    std::string names;
    for (const auto& instance : reply.body.at("Instances").get_array())
      names += std::string(instance.at("InstanceName").get_string()).substr(6) + " ";
    return names + json::serialize(reply.body.at("TotalCount"));
  }

  ApiWorld world_;
};

TEST_F(Eas, CreateAnswersWhatIsKnownAtOnce) {
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

TEST_F(Eas, ABodyQuotedOnceMoreIsTheSame) {
  EXPECT_EQ(Call("POST", kServices, json::serialize(json::value(kConfig))).status, 200);
}

TEST_F(Eas, DescribeIsTheServiceItself) {
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

TEST_F(Eas, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(Foo("GET").code(), "InvalidService.NotFound");
  EXPECT_EQ(Foo("GET", "/instances").status, 404);
  Create();
  const Reply elsewhere = Call("GET", "/api/v2/services/cn-shanghai/foo/instances");
  EXPECT_EQ(elsewhere.status, 404);
  EXPECT_EQ(elsewhere.code(), "InvalidService.NotFound");
}

TEST_F(Eas, InstancesShowEveryField) {
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
    "CurrentAmount":0,"OriginalAmount":0,"Isolated":true,"Zone":"","ExternalIP":"",
    "ExternalInstancePort":0,"StartTime":"2024-05-01T11:30:00Z","InstanceType":"ecs.c6.large",
    "CreateTime":"2024-05-01T11:00:00Z","Detached":false,"IsLatest":true,"IsReplica":false,
    "ReplicaName":""})"))
      << json::serialize(shown);
}

TEST_F(Eas, InstancesAreFilteredAndOrdered) {
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
  EXPECT_EQ(Names({{"QuotaId", "q"}}), "0");
  EXPECT_EQ(Names({{"PageNumber", "2"}, {"PageSize", "2"}}), "a 3");
  EXPECT_EQ(Names({{"Filter", ""}}), "c b a 3");
}

TEST_F(Eas, BadParametersOfTheListAreRefused) {
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
                                                        {"ResourceType", "Mine"}}) {
    EXPECT_EQ(Names({{name, value}}), "400 InvalidParameter") << name << "=" << value;
  }
}

TEST_F(Eas, AStoppedServiceHasAnEmptyList) {
  Create();
  EXPECT_EQ(Names({}), "0");
}

TEST_F(Eas, RamIsAskedAboutTheVeryService) {
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

TEST_F(Eas, TheWorkspaceIsTheSecondGate) {
  Create();
  const auto stranger = world_.MakeUser("eve", "AliyunPAIEASFullAccess");
  const Reply reply = As(stranger.key, "GET", kFoo);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.code(), "Forbidden.PrivilegeCheckFailed");
  EXPECT_EQ(As(stranger.key, "GET", kServices).body.at("TotalCount"), 0);
  const auto member = world_.MakeUser("bob", "AliyunPAIEASFullAccess",
                                      {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  EXPECT_EQ(As(member.key, "GET", kFoo).status, 200);
  EXPECT_EQ(As(member.key, "DELETE", kFoo).status, 403);
}

TEST_F(Eas, ChangesAreAcceptedAsTheDocumentsSay) {
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
  const Reply versions = Foo("GET", "/versions");
  EXPECT_EQ(versions.body.at("TotalCount"), 2);
  EXPECT_EQ(versions.body.at("Versions").at(0).at("ImageId"), 2);
  EXPECT_EQ(Foo("PUT", "/start").code(), "InvalidService.StatusConflict");
  EXPECT_EQ(Foo("PUT", "/stop", "{}").status, 200);
  EXPECT_EQ(Foo("GET").Text("Status"), "Stopping");
  EXPECT_EQ(Foo("DELETE").status, 200);
  EXPECT_EQ(Foo("DELETE").status, 409);
}

TEST_F(Eas, UpdateReplacesWhenItIsTold) {
  Create();
  SetStatus(model::ServiceStatus::Running);
  const std::string next = R"({"containers":[{"script":"other"}]})";
  EXPECT_EQ(Foo("PUT", "", next, {{"UpdateType", "replace"}}).status, 200);
  const auto config = ParseJson(Foo("GET").Text("ServiceConfig"))->get_object();
  EXPECT_FALSE(config.contains("extra"));
  EXPECT_EQ(config.at("name"), "foo");
  EXPECT_EQ(Foo("PUT", "", next, {{"UpdateType", "guess"}}).status, 400);
}

TEST_F(Eas, LocksAndLabels) {
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

TEST_F(Eas, AnAutoscalerIsMadeShownChangedAndDeleted) {
  Create();
  const std::string rule = R"({"min":0,"max":4,"scaleStrategies":[)"
                           R"({"metricName":"qps","threshold":10},)"
                           R"({"metricName":"CPU","threshold":50,"service":"foo"}],)"
                           R"("behavior":{"scaleDown":{"stabilizationWindowSeconds":60}}})";
  EXPECT_EQ(Foo("GET", "/autoscaler").code(), "InvalidAutoScaler.NotFound");
  EXPECT_EQ(Foo("PUT", "/autoscaler", rule).code(), "InvalidAutoScaler.NotFound");
  EXPECT_EQ(Foo("GET").body.at("AutoscalerEnabled"), false);
  ASSERT_EQ(Foo("POST", "/autoscaler", rule).status, 200);
  EXPECT_EQ(Foo("POST", "/autoscaler", rule).code(), "InvalidAutoScaler.AlreadyExists");
  Reply shown = Foo("GET", "/autoscaler");
  shown.body.erase("RequestId");
  EXPECT_EQ(json::value(shown.body), *ParseJson(R"({"Behavior":{
      "onZero":{"scaleDownGracePeriodSeconds":600,"scaleUpActivationReplicas":1},
      "scaleDown":{"stabilizationWindowSeconds":60},"scaleUp":{"stabilizationWindowSeconds":0}},
    "CurrentMetrics":[],"MaxReplica":4,"MinReplica":0,"ScaleStrategies":[
      {"metricName":"qps","service":"foo","threshold":10},
      {"metricName":"cpu","service":"foo","threshold":50}],"ServiceName":"foo"})"))
      << shown.text;
  EXPECT_EQ(Foo("GET").body.at("AutoscalerEnabled"), true);
  EXPECT_EQ(Call("GET", kServices, "", {{"AutoscalerEnabled", "true"}}).body.at("TotalCount"), 1);
  EXPECT_EQ(Call("GET", kServices, "", {{"AutoscalerEnabled", "false"}}).body.at("TotalCount"), 0);
  EXPECT_EQ(Foo("DELETE", "/autoscaler").status, 200);
  EXPECT_EQ(Foo("DELETE", "/autoscaler").code(), "InvalidAutoScaler.NotFound");
}

TEST_F(Eas, BadAutoscalersAreRefused) {
  Create();
  for (const char* bad :
       {"[]", "{}", R"({"min":1,"max":1,"scaleStrategies":[{"metricName":"qps","threshold":1}]})",
        R"({"min":1,"max":2,"scaleStrategies":[]})",
        R"({"min":1,"max":2,"scaleStrategies":[{"metricName":"gpu","threshold":1}]})",
        R"({"min":1,"max":2,"scaleStrategies":[{"metricName":"qps","threshold":0}]})",
        R"({"min":1,"max":1001,"scaleStrategies":[{"metricName":"qps","threshold":1}]})",
        R"({"min":1,"max":2,"scaleStrategies":[{"metricName":"qps","threshold":1,)"
        R"("service":"bar"}]})"}) {
    const Reply reply = Foo("POST", "/autoscaler", bad);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.code(), "InvalidParameter") << bad;
  }
  ASSERT_EQ(Foo("PUT", "/lock", R"({"Lock":"all"})").status, 200);
  EXPECT_EQ(Foo("POST", "/autoscaler",
                R"({"min":1,"max":2,"scaleStrategies":[{"metricName":"qps","threshold":1}]})")
                .code(),
            "InvalidService.StatusConflict");
}

TEST_F(Eas, ACronScalerIsMadeShownChangedAndDeleted) {
  Create();
  const std::string jobs = R"({"ExcludeDates":["* * * * * SAT,SUN"],"ScaleJobs":[)"
                           R"({"Name":"up","Schedule":"0 0 8 * * *","TargetSize":5,)"
                           R"("TimeZone":"Asia/Shanghai"},)"
                           R"({"Schedule":"0 0 20 * * *","TargetSize":1}]})";
  EXPECT_EQ(Foo("GET", "/cronscaler").code(), "InvalidCronScaler.NotFound");
  EXPECT_EQ(Foo("PUT", "/cronscaler", jobs).code(), "InvalidCronScaler.NotFound");
  ASSERT_EQ(Foo("POST", "/cronscaler", jobs).status, 200);
  EXPECT_EQ(Foo("POST", "/cronscaler", jobs).code(), "InvalidCronScaler.AlreadyExists");
  Reply shown = Foo("GET", "/cronscaler");
  shown.body.erase("RequestId");
  EXPECT_EQ(json::value(shown.body), *ParseJson(R"({"ExcludeDates":["* * * * * SAT,SUN"],
    "ScaleJobs":[{"CreateTime":"2024-05-01T12:00:00Z","Message":"","Name":"up",
      "Schedule":"0 0 8 * * *","State":"Submitted","TargetSize":5,"TimeZone":"Asia/Shanghai"},
     {"CreateTime":"2024-05-01T12:00:00Z","Message":"","Name":"scale-job-2",
      "Schedule":"0 0 20 * * *","State":"Submitted","TargetSize":1}],"ServiceName":"foo"})"))
      << shown.text;
  EXPECT_EQ(Foo("GET").body.at("CronscalerEnabled"), true);
  EXPECT_EQ(Call("GET", kServices, "", {{"CronscalerEnabled", "false"}}).body.at("TotalCount"), 0);
  EXPECT_EQ(Foo("DELETE", "/cronscaler").status, 200);
  EXPECT_EQ(Foo("DELETE", "/cronscaler").code(), "InvalidCronScaler.NotFound");
}

TEST_F(Eas, BadCronScalersAreRefused) {
  Create();
  for (const char* bad :
       {"{}", R"({"ScaleJobs":[]})", R"({"ScaleJobs":[{"Schedule":"0 0 8 * * *"}]})",
        R"({"ScaleJobs":[{"Schedule":"0 8 * * *","TargetSize":1}]})",
        R"({"ScaleJobs":[{"Schedule":"0 0 0 30 2 *","TargetSize":1}]})",
        R"({"ScaleJobs":[{"Schedule":"0 0 8 * * *","TargetSize":-1}]})",
        R"({"ScaleJobs":[{"Schedule":"0 0 8 * * *","TargetSize":1,"TimeZone":"Mars"}]})",
        R"({"ScaleJobs":[{"Schedule":"0 0 8 * * *","TargetSize":1}],"ExcludeDates":["x"]})",
        R"({"ScaleJobs":[{"Name":"a","Schedule":"0 0 8 * * *","TargetSize":1},)"
        R"({"Name":"a","Schedule":"0 0 9 * * *","TargetSize":1}]})"}) {
    const Reply reply = Foo("POST", "/cronscaler", bad);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.code(), "InvalidParameter") << bad;
  }
}

TEST_F(Eas, OneInstanceIsIsolatedAndReplaced) {
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

TEST_F(Eas, ADetachedInstanceIsShownAndNotCounted) {
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

TEST_F(Eas, TheContainerOfAnInstance) {
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

TEST_F(Eas, AGroupIsMadeListedChangedAndDeleted) {
  EXPECT_EQ(Call("GET", "/api/v2/groups/local/duo").code(), "InvalidGroup.NotFound");
  EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"No"})").code(), "InvalidParameter");
  EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo","Network":{"VpcId":"v"}})").status,
            400);
  ASSERT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo","Labels":{"a":"b"}})").status, 200);
  EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo"})").code(),
            "InvalidGroup.AlreadyExists");
  const Reply shown = Call("GET", "/api/v2/groups/local/duo");
  EXPECT_EQ(shown.Text("InternetEndpoint"), "http://workshop.test:8080/api/predict/duo");
  EXPECT_EQ(shown.Text("AccessToken").size(), 40u);
  EXPECT_EQ(shown.Text("TrafficMode"), "auto");
  EXPECT_EQ(shown.Text("CreateTime"), "2024-05-01T12:00:00Z");
  EXPECT_EQ(json::serialize(shown.body.at("Labels")), R"([{"LabelKey":"a","LabelValue":"b"}])");
  const std::string duo = "/api/v2/groups/local/duo";
  EXPECT_EQ(Call("PUT", duo, R"({"TrafficMode":"loud"})").code(), "InvalidParameter");
  EXPECT_EQ(Call("PUT", duo, R"({"TrafficMode":"customized"})").status, 200);
  ASSERT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"trio"})").status, 200);
  const auto count = [&](std::vector<std::pair<std::string, std::string>> query) {
    return Call("GET", "/api/v2/groups", "", std::move(query)).body.at("TotalCount").as_int64();
  };
  EXPECT_EQ(count({}), 2);
  EXPECT_EQ(count({{"Filter", "ri"}}), 1);
  EXPECT_EQ(count({{"TrafficMode", "customized"}}), 1);
  EXPECT_EQ(count({{"Labels", R"({"a":"b"})"}}), 1);
  EXPECT_EQ(count({{"WorkspaceId", "none"}}), 0);
  const Reply page =
      Call("GET", "/api/v2/groups", "",
           {{"Sort", "Name"}, {"Order", "asc"}, {"PageSize", "1"}, {"PageNumber", "2"}});
  EXPECT_EQ(page.body.at("Groups").at(0).at("Name"), "trio");
  const Reply endpoints = Call("GET", duo + "/endpoints");
  EXPECT_EQ(endpoints.Text("AccessToken"), shown.Text("AccessToken"));
  EXPECT_EQ(endpoints.body.at("Endpoints").at(0).at("PathType"), "Group");
  EXPECT_EQ(Call("DELETE", duo).status, 200);
  EXPECT_EQ(Call("DELETE", duo).code(), "InvalidGroup.NotFound");
}

TEST_F(Eas, AServiceInAGroupHasItsPart) {
  const auto member = [](const std::string& name, const std::string& group) {
    return R"({"name":")" + name + R"(","metadata":{"group":")" + group +
           R"("},"containers":[{"script":"serve"}]})";
  };
  EXPECT_EQ(Call("POST", kServices, member("foo", "foo")).code(), "InvalidParameter");
  EXPECT_EQ(Call("POST", kServices, member("foo", "No")).code(), "InvalidParameter");
  ASSERT_EQ(Call("POST", kServices, member("foo", "duo")).status, 200);
  ASSERT_EQ(Call("POST", kServices, member("bar", "duo")).status, 200);
  EXPECT_EQ(Call("POST", kServices, member("duo", "")).code(), "InvalidService.AlreadyExists");
  EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"foo"})").code(),
            "InvalidGroup.AlreadyExists");
  EXPECT_EQ(Foo("GET").Text("ServiceGroup"), "duo");
  EXPECT_EQ(Foo("GET").Text("TrafficState"), "grouping");
  EXPECT_EQ(Foo("GET").body.at("Weight"), -1);
  EXPECT_EQ(Foo("PUT", "/release", "{}").code(), "InvalidParameter");
  EXPECT_EQ(Foo("PUT", "/release", R"({"Weight":1001})").code(), "InvalidParameter");
  EXPECT_EQ(Foo("PUT", "/release", R"({"TrafficState":"half"})").code(), "InvalidParameter");
  EXPECT_EQ(Foo("PUT", "/release", R"({"Weight":20})").status, 200);
  EXPECT_EQ(Foo("GET").body.at("Weight"), 20);
  EXPECT_EQ(Call("GET", "/api/v2/groups/local/duo").Text("TrafficMode"), "customized");
  EXPECT_EQ(Foo("PUT", "/release", R"({"TrafficState":"standalone"})").status, 200);
  EXPECT_EQ(Call("GET", kServices, "", {{"GroupName", "duo"}}).body.at("TotalCount"), 2);
  EXPECT_EQ(Call("GET", kServices, "", {{"TrafficState", "grouping"}}).body.at("TotalCount"), 1);
  EXPECT_EQ(Call("DELETE", "/api/v2/groups/local/duo").code(), "InvalidGroup.StatusConflict");
  ASSERT_EQ(Call("POST", kServices, member("lone", "")).status, 200);
  EXPECT_EQ(Call("PUT", "/api/v2/services/local/lone/release", R"({"Weight":1})").code(),
            "InvalidService.StatusConflict");
  SetStatus(model::ServiceStatus::Running);
  EXPECT_EQ(Foo("PUT", "", R"({"metadata":{"group":"trio"}})").code(), "InvalidParameter");
}

TEST_F(Eas, AGroupOfAnotherWorkspaceIsNotForStrangers) {
  ASSERT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo"})").status, 200);
  const auto stranger = world_.MakeUser("eve", "AliyunPAIEASFullAccess");
  EXPECT_EQ(As(stranger.key, "GET", "/api/v2/groups/local/duo").code(),
            "Forbidden.PrivilegeCheckFailed");
  EXPECT_EQ(As(stranger.key, "GET", "/api/v2/groups").body.at("TotalCount"), 0);
  const auto nobody = world_.MakeUser("ned", "AliyunPAIDSWFullAccess");
  EXPECT_EQ(As(nobody.key, "GET", "/api/v2/groups").code(), "NoPermission");
}

TEST_F(Eas, EventsAreNewestFirstAndFiltered) {
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

TEST_F(Eas, EndpointsNameTheGatewayAndTheToken) {
  Create();
  const Reply reply = Foo("GET", "/endpoints");
  EXPECT_EQ(reply.Text("AccessToken"), world_.services.Find("foo")->token);
  EXPECT_EQ(reply.body.at("Endpoints").at(0).at("Port"), 8080);
  EXPECT_EQ(reply.body.at("Endpoints").at(0).at("InternetEndpoints").at(0),
            "http://workshop.test:8080/api/predict/foo");
}

TEST_F(Eas, WithoutAHostThatUrlsMayHaveThereAreNone) {
  Create();
  test::Extra extra;
  extra.version = kVersion;
  extra.host = "odd host";
  const Reply reply = world_.Call(world_.root, "GET", std::string(kFoo) + "/endpoints", extra);
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("Endpoints").at(0).at("InternetEndpoints").at(0), "");
  EXPECT_EQ(reply.body.at("Endpoints").at(0).at("Port"), 80);
}

TEST_F(Eas, WhatIsNotSupportedIsRefusedByNameAndMakesNothing) {
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
