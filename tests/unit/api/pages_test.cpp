// The pages for machines: /healthz, /readyz, /metrics, /openapi.json, and the log line of each
// request.
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "api/api.h"
#include "api/operation.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;

Reply Page(ApiWorld& world, std::string_view path) {
  return world.Send(ApiWorld::Head("GET", path));
}

TEST(Pages, HealthAndReadinessNeedNoSignature) {
  ApiWorld world;
  EXPECT_EQ(Page(world, "/healthz").status, 200);
  const Reply ready = Page(world, "/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.Text("Status"), "ready");
  EXPECT_EQ(ready.body.at("Orphans"), json::value(0));
}

TEST(Pages, BeforeItIsReadyTheServerSaysSoAndAnswersNothingElse) {
  ApiWorld world;
  Api starting(world.Parts(false),
               {.why_not_ready = [] { return std::string("loading: 3 of about 9 instances"); }});
  const auto reason = [&] {
    test::FakeExchange exchange(ApiWorld::Head("GET", "/readyz"), "");
    test::Run(world.io, starting.Handle(exchange));
    return std::string(json::parse(exchange.response()->body).at("Reason").as_string());
  };
  const auto status = [&](std::string_view path) {
    test::FakeExchange exchange(ApiWorld::Head("GET", path), "");
    test::Run(world.io, starting.Handle(exchange));
    return exchange.response()->status;
  };
  EXPECT_EQ(status("/healthz"), 200);
  EXPECT_EQ(status("/readyz"), 503);
  EXPECT_EQ(reason(), "loading: 3 of about 9 instances");
  EXPECT_EQ(status("/api/v2/instances"), 503);
  starting.SetReady();
  EXPECT_EQ(status("/readyz"), 200);
  EXPECT_EQ(reason(), "");
}

TEST(Pages, WhatTheHostDoesNotIsolateIsAWarningAndAMetric) {
  ApiWorld world;
  Api api(world.Parts(false),
          {.controls = {{.name = "network",
                         .effect = "Instances share the \"host's\" network.",
                         .remedy = "Install passt."},
                        {.name = "memory", .on = true, .effect = {}, .remedy = {}},
                        {.name = "cpu", .effect = "They take all.", .remedy = "Delegate it."}}});
  api.SetReady();
  const auto get = [&](std::string_view path) {
    test::FakeExchange exchange(ApiWorld::Head("GET", path), "");
    test::Run(world.io, api.Handle(exchange));
    return *exchange.response();
  };
  const http::Response ready = get("/readyz");
  EXPECT_EQ(ready.status, 200) << "it can serve";
  EXPECT_EQ(json::parse(ready.body).at("Warnings"),
            (json::array{"network: Instances share the \"host's\" network. Install passt.",
                         "cpu: They take all. Delegate it."}));
  EXPECT_NE(get("/metrics")
                .body.find("# TYPE atelier_isolation gauge\n"
                           "atelier_isolation{control=\"network\"} 0\n"
                           "atelier_isolation{control=\"memory\"} 1\n"
                           "atelier_isolation{control=\"cpu\"} 0\n"),
            std::string::npos);
}

TEST(Pages, MetricsWithNamesAreForWhoHasTheirToken) {
  ApiWorld world;
  const auto told = [&](const std::string& right, const std::string& presented) {
    std::optional<bool> named;
    Api api(world.Parts(true), {.metrics_token = right,
                                .more_metrics = [&](std::string&, bool names) { named = names; }});
    api.SetReady();
    http::RequestHead head = ApiWorld::Head("GET", "/metrics");
    if (!presented.empty()) head.headers.Add("Authorization", presented);
    test::FakeExchange exchange(std::move(head), "");
    test::Run(world.io, api.Handle(exchange));
    return std::pair(exchange.response()->status, named);
  };
  using Told = std::pair<int, std::optional<bool>>;
  EXPECT_EQ(told("right", "Bearer right"), Told(200, true));
  EXPECT_EQ(told("right", "right"), Told(200, true));
  EXPECT_EQ(told("right", ""), Told(200, false));
  EXPECT_EQ(told("", ""), Told(200, false));
  for (const char* wrong : {"Bearer wrong", "Bearer righ", "Bearer right ", "Basic right"})
    EXPECT_EQ(told("right", wrong), Told(401, std::nullopt)) << wrong;
  EXPECT_EQ(told("", "Bearer right"), Told(401, std::nullopt));
}

TEST(Pages, MetricsCountRequestsByOperationAndCode) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  world.Get(world.root, "/api/v2/instances");
  world.Get(world.root, "/api/v2/instances");
  world.Get(world.root, "/api/v2/instances", {{"PageSize", "0"}});
  world.Get(world.root, "/nowhere");
  const Reply reply = Page(world, "/metrics");
  EXPECT_EQ(reply.headers.Get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line : {
           "atelier_requests_total{product=\"DSW\",operation=\"ListInstances\",code=\"OK\"} 2\n",
           "atelier_requests_total{product=\"DSW\",operation=\"ListInstances\",code="
           "\"ValidationError\"} 1\n",
           "atelier_orphans{kind=\"instance\"} 0\natelier_orphans{kind=\"replica\"} 0\n",
           "atelier_requests_total{product=\"\",operation=\"unknown\",code=\"InvalidAction."
           "NotFound\"} 1\n",
           "atelier_request_seconds_bucket{product=\"DSW\",operation=\"ListInstances\",le=\"0."
           "00025\"} 3\n",
           "atelier_request_seconds_count{product=\"DSW\",operation=\"ListInstances\"} 3\n",
           "atelier_instances{status=\"Running\"} 1\n",
           "atelier_instances{status=\"Failed\"} 0\n",
           "atelier_instances_quarantined 0\n",
           "atelier_records_quarantined{kind=\"identity\"} 0\n",
           "atelier_records_quarantined{kind=\"service\"} 0\n",
           "atelier_records_quarantined{kind=\"recommender\"} 0\n",
           "atelier_records_quarantined{kind=\"document\"} 0\n",
           "atelier_store_writable 1\n",
           "atelier_trash_trees 0\n",
           "atelier_trash_trees_failing 0\n",
           "atelier_requests_under_way 0\n",
           "# TYPE atelier_request_seconds histogram\n",
       }) {
    EXPECT_NE(reply.text.find(line), std::string::npos) << line << reply.text;
  }
}

TEST(Pages, OpenApiHasEveryOperationOfTheTable) {
  ApiWorld world;
  const Reply reply = Page(world, "/openapi.json");
  ASSERT_EQ(reply.status, 200);
  ASSERT_FALSE(reply.body.empty());
  std::set<std::string> described;
  for (const auto& path : reply.body.at("paths").as_object()) {
    for (const auto& method : path.value().as_object())
      described.emplace(method.value().at("operationId").as_string());
  }
  for (const Operation& operation : Operations())
    EXPECT_TRUE(described.contains(std::string(operation.name))) << operation.name;
}

TEST(Pages, OpenApiDescribesParametersAndAnswersByTheirTypes) {
  ApiWorld world;
  const Reply reply = Page(world, "/openapi.json");
  const json::value& list = reply.body.at("paths").at("/api/v2/instances").at("get");
  EXPECT_EQ(list.at("parameters").as_array().size(), 29U);
  const json::value& answer = list.at("responses")
                                  .at("200")
                                  .at("content")
                                  .at("application/json")
                                  .at("schema")
                                  .at("properties");
  EXPECT_EQ(answer.at("TotalCount").at("type"), "integer");
  EXPECT_EQ(answer.at("RequestId").at("type"), "string");
  const json::value& item = answer.at("Instances").at("items").at("properties");
  EXPECT_EQ(item.at("WorkspaceId").at("type"), "string");
  EXPECT_EQ(item.at("Priority").at("type"), "integer");
  EXPECT_EQ(item.at("UserVpc").at("properties").at("ForwardInfos").at("type"), "array");
  EXPECT_EQ(item.at("EnvironmentVariables").at("additionalProperties").at("type"), "string");
  const json::value& get = reply.body.at("paths").at("/api/v2/instances/{InstanceId}").at("get");
  EXPECT_EQ(get.at("parameters").at(0).at("in"), "path");
  EXPECT_EQ(get.at("parameters").at(0).at("required"), json::value(true));
  const json::value& scheme = reply.body.at("components").at("securitySchemes").at("Signature");
  EXPECT_EQ(scheme.at("in"), "header");
  EXPECT_EQ(scheme.at("name"), "Authorization");
  EXPECT_TRUE(reply.body.at("security").at(0).as_object().contains("Signature"));
}

TEST(LogLine, TellsOfEachRequestOnceAndHoldsNoToken) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  world.log.lines.clear();
  const Reply reply =
      world.Get(world.root, "/api/v2/instances/dsw-1", {{"Token", "a-sharing-token"}});
  ASSERT_EQ(world.log.lines.size(), 1U);
  const std::string& line = world.log.lines[0];
  EXPECT_TRUE(line.starts_with(
      "request operation=GetInstance method=GET path=/api/v2/instances/dsw-1 "
      "status=200 code=OK us=0 bytes=" +
      std::to_string(reply.text.size()) + " request_id=" + reply.Text("RequestId") +
      " caller=acs:ram::" + world.account.str() + ":root ip=192.0.2.7"))
      << line;
  EXPECT_EQ(line.find("a-sharing-token"), std::string::npos);
  EXPECT_EQ(line.find(world.root.secret), std::string::npos);
}

TEST(LogLine, IsThereForWhatNeverBecameARequestToo) {
  ApiWorld world;
  world.log.lines.clear();
  const http::Response answer =
      world.api.Refuse(Error(Code::kResourceExhausted, "The head of the request is too large."));
  EXPECT_EQ(answer.status, 431);
  ASSERT_EQ(world.log.lines.size(), 1U);
  EXPECT_EQ(world.log.lines[0],
            "request.refused status=431 code=InvalidParameter why=The head of "
            "the request is too large. request_id=" +
                std::string(answer.headers.Get("x-acs-request-id")));
  EXPECT_NE(Page(world, "/metrics")
                .text.find("atelier_requests_total{product=\"\",operation=\"unknown\",code="
                           "\"InvalidParameter\"} 1"),
            std::string::npos);
}

TEST(LogLine, OfOurOwnFaultsTellsTheCauseThatTheAnswerHides) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  world.Write(store::Kind::kEvent, "dsw-1/000000000001", "not json");
  world.log.lines.clear();
  const Reply reply = world.Get(world.root, "/api/v2/instances/dsw-1/events");
  ASSERT_EQ(world.log.lines.size(), 2U);
  EXPECT_TRUE(world.log.lines[0].starts_with(
      "request.failed request_id=" + reply.Text("RequestId") + " error=DataLoss"))
      << world.log.lines[0];
  EXPECT_NE(world.log.lines[1].find("code=InternalError"), std::string::npos);
}

TEST(Operations, NamesAreUniqueWithinAVersion) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Operation& operation : Operations())
    EXPECT_TRUE(seen.emplace(operation.name, operation.version).second) << operation.name;
}

TEST(Operations, EveryPathPieceIsAParameterOfTheRowAndTheReverse) {
  for (const Operation& operation : Operations()) {
    std::set<std::string_view> pieces;
    std::string_view path = operation.path;
    for (std::size_t open = path.find('{'); open != std::string_view::npos; open = path.find('{')) {
      pieces.insert(path.substr(open + 1, path.find('}') - open - 1));
      path.remove_prefix(path.find('}') + 1);
    }
    std::set<std::string_view> params;
    std::set<std::string_view> names;
    for (const Param& param : operation.params()) {
      EXPECT_TRUE(names.insert(param.name).second) << operation.name << " " << param.name;
      if (param.in_path) params.insert(param.name);
    }
    EXPECT_EQ(pieces, params) << operation.name;
  }
}

TEST(Operations, EveryRowHasAHandlerOrARefusal) {
  for (const Operation& operation : Operations())
    EXPECT_NE(operation.handler == nullptr, operation.refusal.empty()) << operation.name;
}

}  // namespace
}  // namespace atelier::api
