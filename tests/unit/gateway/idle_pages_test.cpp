// The pages that JupyterLab's banner asks: how long until an idle instance is stopped, and "I am
// still here".
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "gateway_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawResponse;

class IdlePages : public testing::Test {
 protected:
  GatewayOptions Options() {
    return {
        .idle_minutes = [this](const model::InstanceId&) { return idle_; },
        .extend = [this](model::InstanceId id,
                         model::Actor actor) { return Extend(std::move(id), std::move(actor)); }};
  }
  Task<Status> Extend(model::InstanceId id, model::Actor actor) {
    extended_.push_back(id.str() + " by " + actor.principal + " " + actor.operation);
    if (refuse_) co_return Error(Code::kFailedPrecondition, "The instance has no idle rule.");
    co_return Ok();
  }
  RawResponse Ask(const std::string& line, const std::string& headers) {
    return RawClient(world_.port())
        .Ask(line + " HTTP/1.1\r\nHost: lab.test\r\nContent-Length: 0\r\n" + headers + "\r\n");
  }
  RawResponse Get(const std::string& headers) { return Ask("GET /dsw-a/atelier/idle", headers); }
  RawResponse Post(const std::string& headers) {
    return Ask("POST /dsw-a/atelier/extend", headers);
  }

  std::int64_t idle_ = 0;
  bool refuse_ = false;
  std::vector<std::string> extended_;
  test::TestServer upstream_{[](http::Exchange& exchange) -> Task<void> {
    http::Response response;
    response.body = "the instance";
    [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
  }};
  GatewayWorld world_{upstream_.port(), Options()};
};

TEST_F(IdlePages, TellWhenItWillBeStoppedAndWhetherToWarn) {
  const std::string cookie = world_.Cookie("dsw-a", "201");
  EXPECT_EQ(Get(cookie).body, "{}") << "it has no rule";
  world_.SetCuller("dsw-a", 60);
  idle_ = 49;
  EXPECT_EQ(*ParseJson(Get(cookie).body),
            *ParseJson(R"({"MaxIdleTimeInMinutes":60,"IdleTimeInMinutes":49,"StopsInMinutes":11,
                           "Warn":false})"));
  idle_ = 50;
  EXPECT_EQ(*ParseJson(Get(cookie).body),
            *ParseJson(R"({"MaxIdleTimeInMinutes":60,"IdleTimeInMinutes":50,"StopsInMinutes":10,
                           "Warn":true})"));
  // Half way, where ten minutes are all there is.
  world_.SetCuller("dsw-a", 5);
  idle_ = 2;
  EXPECT_EQ(ParseJson(Get(cookie).body)->at("Warn"), json::value(false));
  idle_ = 3;
  EXPECT_EQ(ParseJson(Get(cookie).body)->at("Warn"), json::value(true));
}

TEST_F(IdlePages, ExtendInTheNameOfWhoeverOpenedIt) {
  world_.SetCuller("dsw-a", 60);
  const RawResponse answer = Post(world_.Cookie("dsw-a", "203") + "Origin: http://lab.test\r\n");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(extended_,
            std::vector<std::string>{"dsw-a by acs:ram::100:user/user203 ExtendInstance"});
  refuse_ = true;
  EXPECT_EQ(Post(world_.Cookie("dsw-a", "201")).status, 409);
}

TEST_F(IdlePages, Promise8NobodyElseAsksOrExtends) {
  world_.SetCuller("dsw-a", 60);
  for (const std::string& headers :
       {std::string(), world_.Cookie("dsw-a", "202"), world_.Cookie("dsw-b", "202")}) {
    EXPECT_EQ(Get(headers).status, 403);
    EXPECT_EQ(Post(headers).status, 403);
  }
  EXPECT_EQ(Post(world_.Cookie("dsw-a", "201") + "Origin: http://elsewhere.test\r\n").status, 403);
  EXPECT_EQ(Post(world_.Cookie("dsw-a", "201") + "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_TRUE(extended_.empty());
}

TEST_F(IdlePages, EverythingElseIsTheInstances) {
  const std::string cookie = world_.Cookie("dsw-a", "201");
  EXPECT_EQ(Ask("GET /dsw-a/atelier/other", cookie).body, "the instance");
  EXPECT_EQ(Ask("GET /dsw-a/atelier/extend", cookie).body, "the instance");
  EXPECT_TRUE(extended_.empty());
}

}  // namespace
}  // namespace atelier::gateway
