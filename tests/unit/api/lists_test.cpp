// Every list of every product, in one table: what looks for a part of a text ignores case, pages
// agree with the whole and with TotalCount, and what can be ordered can be ordered both ways.
#include <algorithm>
#include <cctype>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <sys/utsname.h>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "api/operation.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;
using Query = std::vector<std::pair<std::string, std::string>>;
using Names = std::vector<std::string>;

/// How a list is cut.
enum class Cut : std::uint8_t {
  kNumber,  // page number and page size
  kOffset,  // entries to skip and most entries
  kMarker,  // the mark of the page before and most entries
};

/// One value of the list's sort parameter; empty where the list has but one order.
struct Sort {
  std::string value;
  Names ascending = {};  // empty: not told here, as ids are made by chance
};

struct ListCase {
  std::string operation;
  std::string_view version;
  std::string path;             // "/": by its name
  std::vector<std::string> at;  // where the entries are in the answer
  std::string name;             // a member of each that no two share; empty: the entry is a text
  std::function<void(ApiWorld&)> fill;
  Query always = {};
  Query folds = {};  // parameters that look for a part, with one that some entry has
  Cut cut = Cut::kNumber;
  std::string number = "PageNumber";  // or what is skipped; of kMarker, the mark
  std::string size = "PageSize";
  int max_size = 1000;
  std::string total = "TotalCount";  // of kMarker: "Marker"; empty: it tells none
  std::string sort = {};
  std::string order = {};
  std::vector<Sort> sorts = {};
  std::string up = "ASC";
  std::string down = "DESC";

  friend void PrintTo(const ListCase& list, std::ostream* out) { *out << list.operation; }
};

Reply Send(ApiWorld& world, const ListCase& list, Query more = {}) {
  test::Extra extra;
  extra.query = list.always;
  extra.query.insert(extra.query.end(), more.begin(), more.end());
  extra.version = list.version;
  extra.action = list.operation;
  return world.Call(world.root, list.path == "/" ? "POST" : "GET", list.path, extra);
}

std::string TextOf(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

Names NamesOf(const ListCase& list, const Reply& reply) {
  if (reply.status != 200) return {reply.text};
  const json::value* at = &reply.body.at(list.at.front());
  for (std::size_t i = 1; i < list.at.size(); ++i) at = &at->at(list.at[i]);
  Names names;
  for (const json::value& entry : at->get_array())
    names.push_back(TextOf(list.name.empty() ? entry : entry.at(list.name)));
  return names;
}

Names Ask(ApiWorld& world, const ListCase& list, Query more = {}) {
  return NamesOf(list, Send(world, list, std::move(more)));
}

std::string Mapped(std::string text, int (*map)(int)) {
  std::ranges::transform(text, text.begin(), [map](char c) { return static_cast<char>(map(c)); });
  return text;
}

// What there is to list. Entries are made alpine, beta (at one time), alpha (a minute later).

void Later(ApiWorld& world) { world.clock.Advance(std::chrono::minutes(1)); }

void CallEas(ApiWorld& world, std::string_view method, const std::string& path, std::string body) {
  test::Extra extra;
  extra.body = std::move(body);
  extra.version = "2021-07-01";
  const Reply reply = world.Call(world.root, method, path, extra);
  ASSERT_EQ(reply.status, 200) << reply.text;
}

void MakeService(ApiWorld& world, const std::string& name) {
  CallEas(world, "POST", "/api/v2/services",
          R"({"name":")" + name + R"(","containers":[{"script":"serve"}]})");
}

void MakeServices(ApiWorld& world) {
  MakeService(world, "alpine");
  MakeService(world, "beta");
  Later(world);
  MakeService(world, "alpha");
  Later(world);
  CallEas(world, "PUT", "/api/v2/services/local/beta/label", R"({"Labels":{"team":"a"}})");
}

void MakeGroups(ApiWorld& world) {
  for (const char* name : {"alpine", "beta"})
    CallEas(world, "POST", "/api/v2/groups", R"({"Name":")" + std::string(name) + R"("})");
  Later(world);
  CallEas(world, "POST", "/api/v2/groups", R"({"Name":"alpha"})");
  Later(world);
  CallEas(world, "PUT", "/api/v2/groups/local/beta", R"({"Labels":{"team":"a"}})");
}

/// Versions and events.
void ChangeAService(ApiWorld& world) {
  MakeService(world, "alpha");
  for (const char* script : {"serve 2", "serve 3"}) {
    model::Service service = *world.services.Find("alpha");
    service.status = model::ServiceStatus::Running;
    world.Write(store::Kind::kService, "alpha", ToJson(service));
    Later(world);
    CallEas(world, "PUT", "/api/v2/services/local/alpha",
            R"({"containers":[{"script":")" + std::string(script) + R"("}]})");
  }
}

void MakeReplicas(ApiWorld& world) {
  MakeService(world, "alpha");
  int minute = 0;
  for (const char* name : {"alpha-1-alpine", "alpha-1-beta", "alpha-1-alpha"}) {
    model::Replica replica;
    replica.id = model::InstanceId(std::string("easr-") + name);
    replica.name = name;
    replica.service = world.services.Find("alpha")->id;
    replica.service_name = "alpha";
    replica.created = world.clock.Wall();
    replica.started_at = world.clock.Wall() + std::chrono::minutes(minute++ / 2);
    replica.status = model::ReplicaStatus::Running;
    replica.last = model::LastRun{};
    replica.last->log = std::string("first ") + name + "\nlast " + name + "\n";
    world.Write(store::Kind::kServiceReplica, replica.id.str(), ToJson(replica));
  }
}

void TagServices(ApiWorld& world) {
  MakeServices(world);
  for (const char* name : {"alpine", "alpha"})
    CallEas(world, "PUT", "/api/v2/services/local/" + std::string(name) + "/label",
            R"({"Labels":{"team":"a"}})");
}

void MakeRecommenders(ApiWorld& world) {
  for (const char* name : {"alpine", "beta", "alpha"}) {
    test::Extra extra;
    extra.version = "2020-11-26";
    extra.body =
        R"({"type":"Standard","chargeType":"PREPAY","quota":{"userCount":1000000,)"
        R"("itemCount":2000000,"qps":20},"paymentInfo":{"duration":1,"pricingCycle":"Month",)"
        R"("autoRenew":false},"name":")" +
        std::string(name) + R"("})";
    const Reply reply = world.Call(world.root, "POST", "/v2/openapi/instances", extra);
    ASSERT_EQ(reply.status, 200) << reply.text;
  }
}

void MakeInstances(ApiWorld& world) {
  int minute = 0;
  for (const char* name : {"alpine", "beta", "alpha"}) {
    model::Instance instance = world.Sample(std::string("dsw-") + name);
    instance.name = name;
    instance.created = world.clock.Wall() + std::chrono::minutes(minute++ / 2);
    instance.modified = instance.created;
    world.Put(instance);
  }
}

void MakeHistory(ApiWorld& world) {
  world.Put(world.Sample("dsw-1"));
  for (std::int64_t number = 1; number <= 3; ++number) {
    const std::string key = "dsw-1/00000000000" + std::to_string(number);
    const WallTime begin = world.clock.Wall() + std::chrono::minutes(number);
    world.Write(store::Kind::kEvent, key,
                ToJson(model::Event{.number = number,
                                    .time = begin,
                                    .level = model::EventLevel::Info,
                                    .message = "event " + std::to_string(number)}));
    world.Write(store::Kind::kLifecycleStep, key,
                ToJson(model::LifecycleStep{.number = number,
                                            .session = number,
                                            .status = model::InstanceStatus::Running,
                                            .reason_code = {},
                                            .reason_message = {},
                                            .begin = begin,
                                            .end = begin}));
  }
}

void MakeMembers(ApiWorld& world) {
  for (const char* name : {"alpine", "beta", "alpha"})
    world.MakeUser(name, "", {{world.workspace, model::WorkspaceRole::AlgoDeveloper}});
}

void MakeWorkspaces(ApiWorld& world) {
  world.MakeWorkspace("alpine");
  world.MakeWorkspace("beta");
  Later(world);
  world.MakeWorkspace("alpha");
}

void MakeImages(ApiWorld& world) {
  for (const char* name : {"alpine:1", "beta:1", "alpha:1"}) {
    model::Image image = world.catalogue.Images.front();
    image.ImageId = std::string("image-") + name;
    image.ImageName = name;
    world.catalogue.Images.push_back(image);
  }
}

void MakeSpecs(ApiWorld& world) {
  model::EcsSpec third = world.catalogue.Specs.front();
  third.InstanceType = "ecs.c6.huge";
  world.catalogue.Specs.push_back(third);
}

void MakeSessions(ApiWorld& world) {
  const model::UserId root(world.account.str());
  for (int i = 0; i < 3; ++i) {
    ApiWorld::Value(test::Run(
        world.io, world.sessions.SignIn(world.sessions.MakeTicket(root, world.root.id).text, {},
                                        world.actor)));
    world.clock.Advance(std::chrono::seconds(1));
  }
}

void MakeBulkJobs(ApiWorld& world) {
  for (int i = 0; i < 3; ++i) {
    model::BulkJob job;
    job.id = "bulk-" + std::to_string(i);
    job.asker.user = model::UserId(world.account.str());
    job.created = world.clock.Wall();
    world.Write(store::Kind::kBulkJob, job.id, ToJson(job));
    world.clock.Advance(std::chrono::seconds(1));
  }
}

void MakePrincipals(ApiWorld& world) {
  for (const char* name : {"alpine", "beta", "alpha"}) {
    world.MakeUser(name, "");
    world.MakeRole(name, "");
    world.MakePolicy(name, R"({"Effect":"Allow","Action":"eas:*","Resource":"*"})");
  }
}

void MakeLabelledImages(ApiWorld& world) {
  MakeImages(world);
  world.catalogue.Images[1].Labels = {{"team", "b"}};
  world.catalogue.Images[2].Labels = {{"team", "a"}};
  world.catalogue.Images[3].Labels = {{"team", "a"}, {"stage", "c"}};
}

void MakeConfigs(ApiWorld& world) {
  test::Extra extra;
  extra.version = "2021-02-04";
  extra.body = R"({"Configs":[{"ConfigKey":"alpine","ConfigValue":"1"},)"
               R"({"ConfigKey":"alpha","ConfigValue":"2","Labels":[{"Key":"team","Value":"a"}]},)"
               R"({"CategoryName":"own","ConfigKey":"beta","ConfigValue":"3"}]})";
  const std::string path = "/api/v1/workspaces/" + world.workspace.str() + "/configs";
  const Reply reply = world.Call(world.root, "PUT", path, extra);
  ASSERT_EQ(reply.status, 200) << reply.text;
}

void AttachPolicies(ApiWorld& world) {
  MakePrincipals(world);
  for (const char* policy : {"beta", "alpha", "AliyunPAIEASFullAccess"}) {
    world.Attach(policy, "alpine");
    ApiWorld::Check(
        test::Run(world.io, world.identity.AttachPolicyToRole(policy, "alpine", world.actor)));
  }
}

void MakeDataSets(ApiWorld& world) {
  model::Recommender recommender;
  recommender.id = model::RecommenderId("airec-cn-1");
  recommender.owner = model::UserId(world.account.str());
  recommender.created = recommender.modified = world.clock.Wall();
  recommender.paid_until = world.clock.Wall() + std::chrono::hours(24);
  world.Write(store::Kind::kRecommender, "airec-cn-1", ToJson(recommender));
  for (const char* version : {"20240501120001", "20240501120003", "20240501120002"}) {
    model::DataSet set;
    set.recommender = recommender.id;
    set.version = version;
    set.state = model::DataSetState::Ready;
    set.percent = 100;
    set.created = set.modified = world.clock.Wall();
    world.Write(store::Kind::kRecommenderDataSet, model::DataSetKey(set.recommender, version),
                ToJson(set));
  }
}

void MakeLogs(ApiWorld& world) {
  MakeHistory(world);
  world.Write(store::Kind::kEvent, "dsw-1/000000000004",
              ToJson(model::Event{.number = 4,
                                  .time = world.clock.Wall() + std::chrono::minutes(4),
                                  .level = model::EventLevel::Error,
                                  .message = "event 4"}));
}

void Nothing(ApiWorld& /*world*/) {}

std::string HostName() {
  utsname names{};
  static_cast<void>(::uname(&names));
  return names.nodename;
}

constexpr std::string_view kEas = "2021-07-01";
constexpr std::string_view kDsw = "2022-01-01";
constexpr std::string_view kAirec = "2020-11-26";
constexpr std::string_view kSpace = "2021-02-04";
constexpr std::string_view kRam = "2015-05-01";

const std::vector<ListCase>& Cases() {
  static const std::vector<ListCase> kAll = {
      {.operation = "ListServices",
       .version = kEas,
       .path = "/api/v2/services",
       .at = {"Services"},
       .name = "ServiceName",
       .fill = MakeServices,
       .folds = {{"Filter", "alp"}},
       .sort = "Sort",
       .order = "Order",
       .sorts = {{"CreateTime", {"alpine", "beta", "alpha"}},
                 {"UpdateTime", {"alpine", "alpha", "beta"}},
                 {"ServiceName", {"alpha", "alpine", "beta"}}},
       .up = "asc",
       .down = "desc"},
      {.operation = "ListServiceVersions",
       .version = kEas,
       .path = "/api/v2/services/local/alpha/versions",
       .at = {"Versions"},
       .name = "ImageId",
       .fill = ChangeAService},
      {.operation = "ListServiceInstances",
       .version = kEas,
       .path = "/api/v2/services/local/alpha/instances",
       .at = {"Instances"},
       .name = "InstanceName",
       .fill = MakeReplicas,
       .folds = {{"Filter", "1-alp"}},
       .sort = "Sort",
       .order = "Order",
       .sorts = {{"StartTime", {"alpha-1-alpine", "alpha-1-beta", "alpha-1-alpha"}}},
       .up = "asc",
       .down = "desc"},
      {.operation = "DescribeServiceEvent",
       .version = kEas,
       .path = "/api/v2/services/local/alpha/events",
       .at = {"Events"},
       .name = "Time",
       .fill = ChangeAService,
       .number = "PageNum"},
      {.operation = "DescribeServiceLog",
       .version = kEas,
       .path = "/api/v2/services/local/alpha/logs",
       .at = {"Logs"},
       .name = "",
       .fill = MakeReplicas,
       .always = {{"Previous", "true"}},
       .number = "PageNum"},
      {.operation = "ListGroups",
       .version = kEas,
       .path = "/api/v2/groups",
       .at = {"Groups"},
       .name = "Name",
       .fill = MakeGroups,
       .folds = {{"Filter", "alp"}},
       .sort = "Sort",
       .order = "Order",
       .sorts = {{"CreateTime", {"alpine", "beta", "alpha"}},
                 {"UpdateTime", {"alpine", "alpha", "beta"}},
                 {"Name", {"alpha", "alpine", "beta"}}},
       .up = "asc",
       .down = "desc"},
      {.operation = "ListResources",
       .version = kEas,
       .path = "/api/v2/resources",
       .at = {"Resources"},
       .name = "ResourceId",
       .fill = Nothing,
       .folds = {{"ResourceName", "hos"}}},
      {.operation = "ListResourceServices",
       .version = kEas,
       .path = "/api/v2/resources/local/eas-r-host/services",
       .at = {"Services"},
       .name = "ServiceName",
       .fill = MakeServices},
      {.operation = "ListResourceInstances",
       .version = kEas,
       .path = "/api/v2/resources/local/eas-r-host/instances",
       .at = {"Instances"},
       .name = "InstanceId",
       .fill = Nothing,
       .folds = {{"Filter", HostName()}}},
      {.operation = "ListGateway",
       .version = kEas,
       .path = "/api/v2/gateways",
       .at = {"Gateways"},
       .name = "GatewayId",
       .fill = Nothing,
       .folds = {{"GatewayName", "def"}}},
      {.operation = "ListTagResources",
       .version = "2021-07-02",
       .path = "/",
       .at = {"TagResources", "TagResource"},
       .name = "ResourceId",
       .fill = TagServices,
       .always = {{"ResourceType", "service"}},
       .cut = Cut::kMarker,
       .number = "NextToken",
       .size = "MaxResult",
       .total = "NextToken"},
      {.operation = "ListInstances",
       .version = kDsw,
       .path = "/api/v2/instances",
       .at = {"Instances"},
       .name = "InstanceName",
       .fill = MakeInstances,
       .folds = {{"InstanceName", "alp"}},
       .sort = "SortBy",
       .order = "Order",
       .sorts = {{"GmtCreateTime", {"alpine", "beta", "alpha"}},
                 {"GmtModifiedTime", {"alpine", "beta", "alpha"}},
                 {"Priority", {"alpha", "alpine", "beta"}}}},
      {.operation = "ListEcsSpecs",
       .version = kDsw,
       .path = "/api/v2/ecsspecs",
       .at = {"EcsSpecs"},
       .name = "InstanceType",
       .fill = MakeSpecs,
       .always = {{"AcceleratorType", "CPU"}},
       .sort = "SortBy",
       .order = "Order",
       .sorts = {{"GmtCreateTime", {"ecs.c6.large", "ecs.g6.xlarge", "ecs.c6.huge"}}}},
      {.operation = "GetLifecycle",
       .version = kDsw,
       .path = "/api/v2/instances/dsw-1/lifecycle",
       .at = {"Lifecycle"},
       .name = "",
       .fill = MakeHistory,
       .cut = Cut::kOffset,
       .number = "SessionNumber",
       .size = "Limit",
       .order = "Order",
       .sorts = {{""}}},
      {.operation = "GetInstanceEvents",
       .version = kDsw,
       .path = "/api/v2/instances/dsw-1/events",
       .at = {"Events"},
       .name = "",
       .fill = MakeHistory,
       .cut = Cut::kOffset,
       .number = "Offset",
       .size = "MaxEventsNum",
       .max_size = 2000,
       .order = "Reverse",
       .sorts = {{""}},
       .up = "false",
       .down = "true"},
      {.operation = "ListInstance",
       .version = kAirec,
       .path = "/v2/openapi/instances",
       .at = {"result"},
       .name = "name",
       .fill = MakeRecommenders,
       .folds = {{"name", "alp"}, {"instanceId", "airec-cn"}},
       .number = "page",
       .size = "size",
       .max_size = 50,
       .total = ""},
      {.operation = "ListWorkspaces",
       .version = kSpace,
       .path = "/api/v1/workspaces",
       .at = {"Workspaces"},
       .name = "WorkspaceName",
       .fill = MakeWorkspaces,
       .sort = "SortBy",
       .order = "Order",
       .sorts = {{"GmtCreateTime"}, {"GmtModifiedTime"}}},
      {.operation = "ListMembers",
       .version = kSpace,
       .path = "/api/v1/workspaces/{}/members",
       .at = {"Members"},
       .name = "MemberName",
       .fill = MakeMembers,
       .folds = {{"MemberName", "alp"}}},
      {.operation = "ListImages",
       .version = kSpace,
       .path = "/api/v1/images",
       .at = {"Images"},
       .name = "Name",
       .fill = MakeImages,
       .folds = {{"Name", "alp"}, {"Query", "alp"}},
       .sort = "SortBy",
       .order = "Order",
       .sorts = {{"GmtCreateTime", {"lab:4-py311", "alpine:1", "beta:1", "alpha:1"}}}},
      {.operation = "ListSessions",
       .version = "",
       .path = "/atelier/v1/sessions",
       .at = {"Sessions"},
       .name = "SessionId",
       .fill = MakeSessions},
      {.operation = "ListBulkJobs",
       .version = "",
       .path = "/atelier/v1/bulk-jobs",
       .at = {"BulkJobs"},
       .name = "BulkJobId",
       .fill = MakeBulkJobs},
      {.operation = "ListUsers",
       .version = kRam,
       .path = "/",
       .at = {"Users", "User"},
       .name = "UserName",
       .fill = MakePrincipals,
       .cut = Cut::kMarker,
       .number = "Marker",
       .size = "MaxItems",
       .total = "Marker"},
      {.operation = "ListRoles",
       .version = kRam,
       .path = "/",
       .at = {"Roles", "Role"},
       .name = "RoleName",
       .fill = MakePrincipals,
       .cut = Cut::kMarker,
       .number = "Marker",
       .size = "MaxItems",
       .total = "Marker"},
      {.operation = "ListPolicies",
       .version = kRam,
       .path = "/",
       .at = {"Policies", "Policy"},
       .name = "PolicyName",
       .fill = MakePrincipals,
       .cut = Cut::kMarker,
       .number = "Marker",
       .size = "MaxItems",
       .total = "Marker"},
  };
  return kAll;
}

/// A list without pages: what it has, in its order, and what it is narrowed to.
struct WholeCase {
  ListCase list;
  Names entries;
  std::vector<std::pair<Query, Names>> narrowed = {};

  friend void PrintTo(const WholeCase& whole, std::ostream* out) { *out << whole.list.operation; }
};

const std::vector<WholeCase>& Wholes() {
  static const std::vector<WholeCase> kAll = {
      {{.operation = "ListServiceContainers",
        .version = kEas,
        .path = "/api/v2/services/local/alpha/instances/alpha-1-alpine/containers",
        .at = {"Containers"},
        .name = "Name",
        .fill = MakeReplicas,
        .total = ""},
       {"alpha-1-alpine"}},
      {{.operation = "DescribeMachineSpec",
        .version = kEas,
        .path = "/api/v2/public/instance_types",
        .at = {"InstanceMetas"},
        .name = "InstanceType",
        .fill = Nothing,
        .total = ""},
       {"ecs.c6.large", "ecs.g6.xlarge", "ecs.gn7i-c8g1.2xlarge"},
       {{{{"InstanceTypes", "ecs.g6.xlarge,ecs.none"}}, {"ecs.g6.xlarge"}},
        {{{"ChargeType", "PrePaid"}}, {}},
        {{{"ResourceType", "Dedicated"}}, {}}}},
      {{.operation = "ListSystemLogs",
        .version = kDsw,
        .path = "/api/v2/systemlogs",
        .at = {"SystemLogs"},
        .name = "Content",
        .fill = MakeLogs,
        .always = {{"InstanceId", "dsw-1"}},
        .total = ""},
       {"event 1", "event 2", "event 3", "event 4"},
       {{{{"LogLevel", "Error"}}, {"event 4"}},
        {{{"Order", "DESC"}, {"LogLevel", "Info"}}, {"event 3", "event 2", "event 1"}},
        {{{"Offset", "2"}}, {"event 3", "event 4"}},
        {{{"Offset", "4"}}, {}}}},
      {{.operation = "ListInstanceTask",
        .version = kAirec,
        .path = "/v2/openapi/instances/airec-cn-1/tasks",
        .at = {"result"},
        .name = "name",
        .fill = MakeDataSets,
        .total = ""},
       {"DATA_IMPORT"}},
      {{.operation = "ListDataSet",
        .version = kAirec,
        .path = "/v2/openapi/instances/airec-cn-1/dataSets",
        .at = {"result"},
        .name = "versionId",
        .fill = MakeDataSets,
        .total = ""},
       {"20240501120003", "20240501120002", "20240501120001"}},
      {{.operation = "ListImageLabels",
        .version = kSpace,
        .path = "/api/v1/image/labels",
        .at = {"Labels"},
        .name = "Value",
        .fill = MakeLabelledImages,
        .always = {{"LabelKeys", "stage,team"}}},
       {"c", "a", "b"},
       {{{{"LabelFilter", "team=a"}}, {"a"}},
        {{{"LabelFilter", "team=*"}}, {"a", "b"}},
        {{{"ImageId", "image-alpine:1"}}, {"b"}}}},
      {{.operation = "ListConfigs",
        .version = kSpace,
        .path = "/api/v1/workspaces/{}/configs",
        .at = {"Configs"},
        .name = "ConfigKey",
        .fill = MakeConfigs},
       {"alpine", "alpha", "beta"},
       {{{{"CategoryName", "own"}}, {"beta"}},
        {{{"ConfigKeys", "alpha,beta"}}, {"alpha", "beta"}},
        {{{"Labels", "team=a"}}, {"alpha"}}}},
      {{.operation = "ListPoliciesForUser",
        .version = kRam,
        .path = "/",
        .at = {"Policies", "Policy"},
        .name = "PolicyName",
        .fill = AttachPolicies,
        .always = {{"UserName", "alpine"}},
        .total = ""},
       {"beta", "alpha", "AliyunPAIEASFullAccess"}},
      {{.operation = "ListPoliciesForRole",
        .version = kRam,
        .path = "/",
        .at = {"Policies", "Policy"},
        .name = "PolicyName",
        .fill = AttachPolicies,
        .always = {{"RoleName", "alpine"}},
        .total = ""},
       {"beta", "alpha", "AliyunPAIEASFullAccess"}},
      {{.operation = "ListAccessKeys",
        .version = kRam,
        .path = "/",
        .at = {"AccessKeys", "AccessKey"},
        .name = "Status",  // its id is made by chance
        .fill = MakePrincipals,
        .always = {{"UserName", "alpine"}},
        .total = ""},
       {"Active"}},
  };
  return kAll;
}

/// Those that are looked at elsewhere: counts by workspace, and what an operator finds.
const std::set<std::string_view> kElsewhere = {"ListInstanceStatistics", "ListOrphans"};

class WholeLists : public testing::TestWithParam<WholeCase> {};

TEST_P(WholeLists, HaveAnOrderAndAreNarrowedByWhatIsAskedFor) {
  ApiWorld world;
  ListCase list = GetParam().list;
  if (const std::size_t at = list.path.find("{}"); at != std::string::npos)
    list.path.replace(at, 2, world.workspace.str());
  list.fill(world);
  const auto expect = [&](const Query& query, const Names& names) {
    const Reply reply = Send(world, list, query);
    EXPECT_EQ(NamesOf(list, reply), names) << reply.text;
    if (!list.total.empty())
      EXPECT_EQ(json::serialize(reply.body.at(list.total)), std::to_string(names.size()));
  };
  expect({}, GetParam().entries);
  for (const auto& [query, names] : GetParam().narrowed) expect(query, names);
}

INSTANTIATE_TEST_SUITE_P(Every, WholeLists, testing::ValuesIn(Wholes()),
                         [](const auto& info) { return info.param.list.operation; });

class Lists : public testing::TestWithParam<ListCase> {
 protected:
  Lists() : list_(GetParam()) {
    if (const std::size_t at = list_.path.find("{}"); at != std::string::npos)
      list_.path.replace(at, 2, world_.workspace.str());
    list_.fill(world_);
    whole_ = Ask(world_, list_);
  }
  /// The entries of pages of `size`, one page after the other.
  Names Walk(int size) {
    Names names;
    std::string mark;
    for (int page = 0; page <= 100; ++page) {
      const std::string number = list_.cut == Cut::kNumber   ? std::to_string(page + 1)
                                 : list_.cut == Cut::kOffset ? std::to_string(page * size)
                                                             : mark;
      const Reply reply =
          Send(world_, list_, {{list_.number, number}, {list_.size, std::to_string(size)}});
      const Names some = NamesOf(list_, reply);
      EXPECT_LE(some.size(), static_cast<std::size_t>(size));
      names.insert(names.end(), some.begin(), some.end());
      if (list_.cut == Cut::kMarker) {
        const json::value* next = reply.body.if_contains(list_.total);
        if (next == nullptr || TextOf(*next).empty()) return names;
        mark = TextOf(*next);
      } else {
        ExpectTotal(reply);
        if (some.empty()) return names;
      }
    }
    return {"no end"};
  }
  void ExpectTotal(const Reply& reply) {
    if (!list_.total.empty() && list_.cut != Cut::kMarker)
      EXPECT_EQ(json::serialize(reply.body.at(list_.total)), std::to_string(whole_.size()));
  }
  int Status(const std::string& name, const std::string& value) {
    return Send(world_, list_, {{name, value}}).status;
  }

  ApiWorld world_;
  ListCase list_;
  Names whole_;
};

TEST_P(Lists, PagesMakeUpTheWholeAndTheTotalIsOfAll) {
  ASSERT_FALSE(whole_.empty());
  EXPECT_EQ(std::set<std::string>(whole_.begin(), whole_.end()).size(), whole_.size());
  EXPECT_EQ(Ask(world_, list_), whole_) << "twice the same";
  const int all = static_cast<int>(whole_.size());
  for (const int size : {1, 2, all, all + 1}) EXPECT_EQ(Walk(size), whole_) << size;
}

TEST_P(Lists, APageBeyondTheEndIsEmpty) {
  const std::string far = list_.cut == Cut::kMarker ? "zzzz" : "2147483647";
  for (const int size : {1, list_.max_size}) {
    const Reply reply =
        Send(world_, list_, {{list_.number, far}, {list_.size, std::to_string(size)}});
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(NamesOf(list_, reply), Names());
    ExpectTotal(reply);
  }
}

TEST_P(Lists, PageSizesHaveLimits) {
  EXPECT_EQ(Status(list_.size, "1"), 200);
  EXPECT_EQ(Status(list_.size, std::to_string(list_.max_size)), 200);
  for (const std::string& bad : {std::string("0"), std::string("-1"), std::string("many"),
                                 std::string("1.5"), std::to_string(list_.max_size + 1)})
    EXPECT_EQ(Status(list_.size, bad), 400) << bad;
  if (list_.cut == Cut::kMarker) return;
  const int first = list_.cut == Cut::kNumber ? 1 : 0;
  EXPECT_EQ(Status(list_.number, std::to_string(first)), 200);
  for (const std::string& bad : {std::to_string(first - 1), std::string("last")})
    EXPECT_EQ(Status(list_.number, bad), 400) << bad;
}

TEST_P(Lists, WhatLooksForAPartIgnoresCase) {
  for (const auto& [name, part] : list_.folds) {
    const Names lower = Ask(world_, list_, {{name, Mapped(part, std::tolower)}});
    EXPECT_FALSE(lower.empty()) << name;
    EXPECT_EQ(Ask(world_, list_, {{name, Mapped(part, std::toupper)}}), lower) << name;
    EXPECT_EQ(Ask(world_, list_, {{name, part + "%"}}), Names()) << name << ": it is no pattern";
    const Reply reply = Send(world_, list_, {{name, part}, {list_.size, "1"}});
    if (!list_.total.empty())
      EXPECT_EQ(json::serialize(reply.body.at(list_.total)), std::to_string(lower.size()));
  }
}

TEST_P(Lists, EachOrderHasItsReverse) {
  for (const Sort& sort : list_.sorts) {
    const auto ordered = [&](const std::string& order) {
      Query query = {{list_.order, order}};
      if (!list_.sort.empty()) query.emplace_back(list_.sort, sort.value);
      return Ask(world_, list_, query);
    };
    Names up = ordered(list_.up);
    if (!sort.ascending.empty()) EXPECT_EQ(up, sort.ascending) << sort.value;
    EXPECT_EQ(up.size(), whole_.size());
    Names down = ordered(list_.down);
    // What is of one time comes by name or id: in ListInstances always the same way round.
    if (list_.operation == "ListInstances") {
      std::ranges::sort(up);
      std::ranges::sort(down);
    } else {
      std::ranges::reverse(down);
    }
    EXPECT_EQ(down, up) << sort.value;
    // Of EAS; the documents of DSW and AIWorkSpace spell it in one way.
    if (list_.up == "asc") {
      for (const char* spelt : {"Asc", "ASC"}) EXPECT_EQ(ordered(spelt), up) << spelt;
    }
  }
  if (!list_.order.empty()) EXPECT_EQ(Status(list_.order, "sideways"), 400);
  if (!list_.sort.empty()) EXPECT_EQ(Status(list_.sort, "Weight"), 400);
}

INSTANTIATE_TEST_SUITE_P(Every, Lists, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.operation; });

TEST(AllLists, AreInThisTable) {
  std::set<std::string> known(kElsewhere.begin(), kElsewhere.end());
  for (const ListCase& list : Cases()) known.insert(list.operation);
  for (const WholeCase& whole : Wholes()) known.insert(whole.list.operation);
  for (const Operation& row : Operations()) {
    if (row.handler == nullptr || row.name == "ListAuditRecords") continue;  // unit/api/audit_test
    const bool lists =
        row.name.starts_with("List") || std::ranges::any_of(row.params(), [](const Param& param) {
          return param.name == "PageSize" || param.name == "size";
        });
    if (lists) EXPECT_TRUE(known.erase(std::string(row.name)) == 1) << row.name;
  }
  for (const char* name : {"GetLifecycle", "GetInstanceEvents", "DescribeMachineSpec"})
    known.erase(name);
  EXPECT_EQ(known, std::set<std::string>()) << "lists that are not there";
}

}  // namespace
}  // namespace atelier::api
