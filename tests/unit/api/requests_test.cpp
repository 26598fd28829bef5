// What happens to a request before its handler: docs/contract/errors.md sections 1, 2 and 5.
#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "api/operation.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::FakeExchange;
using test::Reply;

constexpr std::string_view kInstances = "/api/v2/instances";

void ExpectGatewayShape(const Reply& reply, int status, std::string_view code) {
  EXPECT_EQ(reply.status, status) << reply.text;
  EXPECT_EQ(reply.code(), code);
  EXPECT_FALSE(reply.message().empty());
  EXPECT_FALSE(reply.body.contains("Success"));
  EXPECT_TRUE(reply.body.contains("HostId"));
}

void ExpectDswShape(const Reply& reply, int status, std::string_view code) {
  EXPECT_EQ(reply.status, status) << reply.text;
  EXPECT_EQ(reply.code(), code);
  EXPECT_EQ(reply.body.at("Success"), json::value(false));
  EXPECT_EQ(reply.body.at("HttpStatusCode"), json::value(status));
  EXPECT_FALSE(reply.message().empty());
}

TEST(Requests, EveryAnswerIsAJsonObjectWithItsRequestId) {
  ApiWorld world;
  const Reply good = world.Get(world.root, kInstances);
  const Reply bad = world.Get(world.root, "/nothing");
  for (const Reply* reply : {&good, &bad}) {
    EXPECT_EQ(reply->headers.Get("Content-Type"), "application/json;charset=utf-8");
    EXPECT_EQ(reply->headers.Get("x-acs-request-id"), reply->Text("RequestId"));
    EXPECT_EQ(reply->Text("RequestId").size(), 36U);
  }
  EXPECT_EQ(good.status, 200);
  EXPECT_NE(good.Text("RequestId"), bad.Text("RequestId"));
}

TEST(Requests, UnknownPathOrMethodIsNotFoundWhoeverAsks) {
  ApiWorld world;
  ExpectGatewayShape(world.Send(ApiWorld::Head("GET", "/api/v2/nothing")), 404,
                     "InvalidAction.NotFound");
  ExpectGatewayShape(world.Send(ApiWorld::Head("PATCH", kInstances)), 404,
                     "InvalidAction.NotFound");
  ExpectGatewayShape(world.Send(ApiWorld::Head("GET", "/api/v2/instances/")), 404,
                     "InvalidAction.NotFound");
  ExpectGatewayShape(world.Get(world.root, "/api/v2/nothing"), 404, "InvalidAction.NotFound");
  ExpectGatewayShape(world.Send(ApiWorld::Head("POST", "/", {{"Action", "Nothing"}})), 404,
                     "InvalidAction.NotFound");
}

TEST(Requests, UnsignedRequestIsRefused) {
  ApiWorld world;
  ExpectGatewayShape(world.Send(ApiWorld::Head("GET", kInstances)), 400, "MissingAccessKeyId");
}

TEST(Requests, UnknownKeyAndWrongSecretAreRefused) {
  ApiWorld world;
  identity::NewKey stranger = world.root;
  stranger.id = "LTAIunknown";
  ExpectGatewayShape(world.Get(stranger, kInstances), 404, "InvalidAccessKeyId.NotFound");
  identity::NewKey wrong = world.root;
  wrong.secret += "x";
  const Reply reply = world.Get(wrong, kInstances);
  ExpectGatewayShape(reply, 400, "SignatureDoesNotMatch");
  EXPECT_NE(reply.message().find(':'),
            std::string::npos);  // docs/contract/errors.md section 1 rule 5
}

TEST(Requests, UnknownVersionIsRefused) {
  ApiWorld world;
  ExpectGatewayShape(world.Call(world.root, "GET", kInstances, {.version = "2021-07-01"}), 400,
                     "InvalidVersion");
}

TEST(Requests, WithoutAPolicyTheRamGateRefusesWithItsReasons) {
  ApiWorld world;
  const auto user = world.MakeUser("alice", "");
  const Reply reply = world.Get(user.key, kInstances);
  ExpectGatewayShape(reply, 403, "NoPermission");
  const json::object& detail = reply.body.at("AccessDeniedDetail").as_object();
  EXPECT_EQ(detail.at("AuthAction"), "paidsw:ListInstances");
  EXPECT_EQ(detail.at("AuthPrincipalType"), "SubUser");
  EXPECT_EQ(detail.at("AuthPrincipalOwnerId"), json::value(world.account.str()));
  EXPECT_EQ(detail.at("AuthPrincipalDisplayName"), json::value(user.id.str()));
  EXPECT_EQ(detail.at("NoPermissionType"), "ImplicitDeny");
  EXPECT_EQ(detail.at("PolicyType"), "AccountLevelIdentityBasedPolicy");
}

TEST(Requests, RamIsAskedBeforeParametersAreLookedAt) {
  ApiWorld world;
  const auto user = world.MakeUser("alice", "");
  EXPECT_EQ(world.Get(user.key, kInstances, {{"PageSize", "x"}}).code(), "NoPermission");
}

TEST(Requests, OperationsOpenToAllNeedNoPolicyButObeyADeny) {
  ApiWorld world;
  const auto user = world.MakeUser("alice", "");
  EXPECT_EQ(world.Get(user.key, "/api/v2/userconfig").status, 200);
  ApiWorld::Value(test::Run(
      world.io,
      world.identity.CreatePolicy(
          "deny", "",
          R"({"Version":"1","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})",
          world.actor)));
  ApiWorld::Check(
      test::Run(world.io, world.identity.AttachPolicyToUser("deny", "alice", world.actor)));
  const Reply reply = world.Get(user.key, "/api/v2/userconfig");
  EXPECT_EQ(reply.code(), "NoPermission");
  EXPECT_EQ(reply.body.at("AccessDeniedDetail").at("NoPermissionType"), "ExplicitDeny");
}

TEST(Requests, TooLargeBodyIs413InTheShapeOfTheService) {
  ApiWorld world({.max_body_bytes = 10});
  ExpectDswShape(world.Call(world.root, "POST", kInstances, {.body = R"({"InstanceName":"x"})"}),
                 413, "ValidationError");
}

TEST(Requests, SlowAndBrokenBodiesAreAnswered) {
  ApiWorld world;
  const auto create = [&] { return world.Signed(world.root, "POST", kInstances, {.body = "{}"}); };
  FakeExchange slow(create(), "{}");
  slow.FailBody(Error(Code::kDeadlineExceeded, "Too slow."));
  ExpectGatewayShape(world.Send(slow), 408, "RequestTimeout");
  FakeExchange broken(create(), "{}");
  broken.FailBody(Error(Code::kInvalidArgument, "The chunked body is broken."));
  ExpectDswShape(world.Send(broken), 400, "ValidationError");
}

TEST(Requests, WhatNeverBecomesARequestGetsAJsonObjectToo) {
  ApiWorld world;
  const auto answer = [&](Code code) { return world.api.Refuse(Error(code, "No.")); };
  EXPECT_EQ(answer(Code::kInvalidArgument).status, 400);
  EXPECT_EQ(answer(Code::kResourceExhausted).status, 431);
  EXPECT_EQ(answer(Code::kDeadlineExceeded).status, 408);
  EXPECT_EQ(answer(Code::kUnavailable).status, 503);
  EXPECT_TRUE(ParseJson(answer(Code::kInvalidArgument).body)->is_object());
}

TEST(Requests, MoreThanTheBoundAreAnsweredUnavailable) {
  ApiWorld world({.max_requests_under_way = 0});
  ExpectGatewayShape(world.Get(world.root, kInstances), 503, "ServiceUnavailable");
  EXPECT_EQ(world.Send(ApiWorld::Head("GET", "/healthz")).status, 200);
}

TEST(Requests, OneKeyBeyondItsShareIsThrottled) {
  ApiWorld world({.max_requests_per_holder = 0});
  const Reply reply = world.Get(world.root, kInstances);
  ExpectGatewayShape(reply, 429, "Throttling.User");
  EXPECT_EQ(reply.headers.Get("x-acs-retry-after"), "1000");  // milliseconds
  EXPECT_EQ(reply.headers.Get("Retry-After"), "1");           // seconds
}

TEST(Requests, PlacesAreGivenBackAfterEachRequest) {
  ApiWorld world({.max_requests_under_way = 1, .max_requests_per_holder = 1});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(world.Get(world.root, kInstances).status, 200);
}

TEST(Requests, TheKeysOfOneUserShareWhatOneMayHave) {
  ApiWorld world({.max_requests_per_holder = 1});
  const ApiWorld::Person alice = world.MakeUser("alice", "AdministratorAccess");
  const identity::NewKey second =
      ApiWorld::Value(test::Run(world.io, world.identity.CreateAccessKey(alice.id, world.actor)));
  const std::string body = R"({"InstanceName":"x"})";
  FakeExchange slow(world.Signed(alice.key, "POST", kInstances, {.body = body}), body);
  int with_second = 0;
  int with_another = 0;
  slow.WhileReading([&] {
    // The world runs one task at a time: a plain call in between stands for another connection.
    asio::io_context other;
    const auto send = [&](const identity::NewKey& key) {
      FakeExchange exchange(world.Signed(key, "GET", kInstances), "");
      test::Run(other, world.api.Handle(exchange));
      return exchange.response()->status;
    };
    with_second = send(second);
    with_another = send(world.root);
  });
  world.Send(slow);
  EXPECT_EQ(with_second, 429);
  EXPECT_EQ(with_another, 200);
}

TEST(Requests, WhoHasMostOfThePlacesLeavesTheLastToOthers) {
  ApiWorld world({.max_requests_under_way = 9});
  const ApiWorld::Person alice = world.MakeUser("alice", "AdministratorAccess");
  int of_hers = 0;
  int of_another = 0;
  int last = 0;
  const std::string body = R"({"InstanceName":"x"})";
  // Each waits for its body while the next one comes.
  std::function<void(int)> hold = [&](int more) {
    asio::io_context io;
    FakeExchange slow(world.Signed(alice.key, "POST", kInstances, {.body = body}), body);
    bool waits = false;
    slow.WhileReading([&] {
      waits = true;
      ++of_hers;
      if (more > 0) return hold(more - 1);
      FakeExchange another(world.Signed(world.root, "GET", kInstances), "");
      asio::io_context other;
      test::Run(other, world.api.Handle(another));
      of_another = another.response()->status;
    });
    test::Run(io, world.api.Handle(slow));
    if (waits) return;
    last = slow.response()->status;
    FakeExchange another(world.Signed(world.root, "GET", kInstances), "");
    test::Run(io, world.api.Handle(another));
    of_another = another.response()->status;
  };
  hold(8);
  EXPECT_EQ(of_hers, 8);
  EXPECT_EQ(last, 429);
  EXPECT_EQ(of_another, 200);
}

http::RequestHead UnsignedPost(std::string_view path) {
  http::RequestHead head = ApiWorld::Head("POST", path);
  head.headers.Add("Host", "workshop.test");
  return head;
}

TEST(Requests, NobodyWithoutAKeyMakesTheServerWaitForABody) {
  ApiWorld world;
  FakeExchange unsigned_one(UnsignedPost(kInstances), "{}");
  ExpectGatewayShape(world.Send(unsigned_one), 400, "MissingAccessKeyId");
  EXPECT_FALSE(unsigned_one.body_was_read());
  FakeExchange nowhere(UnsignedPost("/nowhere"), "{}");
  ExpectGatewayShape(world.Send(nowhere), 404, "InvalidAction.NotFound");
  EXPECT_FALSE(nowhere.body_was_read());
}

TEST(Requests, AFormThatStillArrivesTakesNoPlaceOfOthers) {
  ApiWorld world({.max_requests_under_way = 1, .max_unsigned_forms = 1});
  http::RequestHead head = UnsignedPost("/");
  head.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  FakeExchange slow(head, "Action=ListUsers");
  int inside = 0;
  int second = 0;
  slow.WhileReading([&] {
    // The world runs one task at a time: a plain call in between stands for another connection.
    asio::io_context other;
    const auto send = [&](http::RequestHead request, std::string body) {
      FakeExchange exchange(std::move(request), std::move(body));
      test::Run(other, world.api.Handle(exchange));
      return exchange.response()->status;
    };
    inside = send(world.Signed(world.root, "GET", kInstances), "");
    second = send(head, "Action=ListUsers");
  });
  EXPECT_EQ(world.Send(slow).status, 400);
  EXPECT_EQ(inside, 200);
  EXPECT_EQ(second, 503);
}

TEST(Requests, AFormHasFiveSecondsToArrive) {
  ApiWorld world;
  http::RequestHead head = UnsignedPost("/");
  head.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  FakeExchange exchange(head, "Action=ListUsers");
  const Deadline by = world.clock.In(Duration(5'000));
  world.Send(exchange);
  EXPECT_EQ(exchange.body_deadline(), by);
}

TEST(Requests, FormsThatDoNotArriveGiveWayToOneOfSomebodyElse) {
  ApiWorld world({.max_unsigned_forms = 2});
  http::RequestHead head = UnsignedPost("/");
  head.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  http::RequestHead others = head;
  others.source_ip = "192.0.2.8";
  // The world runs one task at a time: a plain call in between stands for another connection.
  const auto send = [&](FakeExchange& exchange) {
    asio::io_context io;
    test::Run(io, world.api.Handle(exchange));
    return *exchange.response();
  };
  FakeExchange first(head, "Action=ListUsers");
  FakeExchange second(head, "Action=ListUsers");
  http::Response third_of_same;
  http::Response of_others;
  second.WhileReading([&] {
    FakeExchange same(head, "Action=ListUsers");
    third_of_same = send(same);
    FakeExchange other(others, "Action=ListUsers");
    of_others = send(other);
  });
  first.WhileReading([&] { send(second); });
  world.Send(first);
  EXPECT_EQ(third_of_same.status, 503);
  EXPECT_EQ(third_of_same.headers.Get("Retry-After"), "1");
  EXPECT_TRUE(first.cut()) << "the slowest";
  EXPECT_FALSE(second.cut());
  EXPECT_EQ(of_others.status, 400) << of_others.body;
}

TEST(Requests, StrangersCannotFillTheLog) {
  ApiWorld world;
  const auto lines = [&](std::string_view start) {
    return std::ranges::count_if(world.log.lines,
                                 [&](const std::string& line) { return line.starts_with(start); });
  };
  for (int i = 0; i < 300; ++i) world.Send(ApiWorld::Head("GET", "/nothing"));
  for (int i = 0; i < 300; ++i) world.Send(ApiWorld::Head("GET", "/healthz"));
  for (int i = 0; i < 300; ++i) world.Send(ApiWorld::Head("GET", kInstances));
  for (int i = 0; i < 300; ++i) world.api.Refuse(Error(Code::kInvalidArgument, "Broken."));
  EXPECT_EQ(lines("request "), 30);
  EXPECT_EQ(lines("request.refused "), 10);
  world.clock.Advance(Duration(10'000));
  world.Get(world.root, kInstances);
  EXPECT_EQ(lines("log.sampled "), 4);
  EXPECT_EQ(lines("log.sampled kind=InvalidAction.NotFound more=290 seconds=10"), 1);
}

TEST(Requests, EveryRequestOfAKnownCallerIsLogged) {
  ApiWorld world;
  for (int i = 0; i < 50; ++i) world.Get(world.root, kInstances);
  EXPECT_EQ(
      std::ranges::count_if(world.log.lines,
                            [](const std::string& line) { return line.starts_with("request "); }),
      50);
}

TEST(Requests, HealthPagesAreAnsweredWhenAllConnectionsAreTaken) {
  const ApiWorld world;
  EXPECT_TRUE(world.api.AnswersWhenFull(ApiWorld::Head("GET", "/healthz")));
  EXPECT_TRUE(world.api.AnswersWhenFull(ApiWorld::Head("HEAD", "/readyz")));
  EXPECT_FALSE(world.api.AnswersWhenFull(ApiWorld::Head("POST", "/healthz")));
  EXPECT_FALSE(world.api.AnswersWhenFull(ApiWorld::Head("GET", "/openapi.json")));
  EXPECT_FALSE(world.api.AnswersWhenFull(ApiWorld::Head("GET", kInstances)));
}

TEST(Requests, HostIsEchoedOnlyWhereItIsOne) {
  ApiWorld world;
  http::RequestHead head = ApiWorld::Head("GET", "/nothing");
  head.headers.Add("Host", "http://shop.test:80");  // as the Python client writes it
  EXPECT_EQ(world.Send(head).Text("HostId"), "shop.test:80");
  head.headers.Set("Host", "evil\"<script>");
  EXPECT_EQ(world.Send(head).Text("HostId"), "");
}

TEST(Requests, UrlsInAnswersFollowTheHostOrTheConfiguration) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  const Reply reply = world.Get(world.root, "/api/v2/instances/dsw-1");
  EXPECT_EQ(reply.Text("JupyterlabUrl"), "http://workshop.test:8080/dsw-1/lab/");
  ApiWorld configured({.public_url = "https://shop.example"});
  configured.Put(configured.Sample("dsw-1"));
  EXPECT_EQ(configured.Get(configured.root, "/api/v2/instances/dsw-1").Text("TerminalUrl"),
            "https://shop.example/dsw-1/tty/");
}

TEST(Requests, NothingFromInsideIsToldOfOurOwnFaults) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  world.Write(store::Kind::kEvent, "dsw-1/000000000001", "not json");
  const Reply reply = world.Get(world.root, "/api/v2/instances/dsw-1/events");
  ExpectDswShape(reply, 500, "InternalError");
  EXPECT_EQ(reply.message(), "The request processing has failed due to some unknown error.");
}

}  // namespace
}  // namespace atelier::api
