// CheckInstanceFit: what a new instance would find room for. That it says what CreateInstance does
// is shown by tests/unit/control/admission_test.cpp; here is how it is asked and told.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;

constexpr std::string_view kPath = "/atelier/v1/instances/fit";
using Query = std::vector<std::pair<std::string, std::string>>;

/// 4 vCPUs and 20 GB without a GPU, each given out once.
constexpr control::AdmissionOptions kSmall{.host = {.milli_cpu = 4'000,
                                                    .memory_mib = 20 * 1024,
                                                    .milli_gpu = 0,
                                                    .processes = model::kPlenty},
                                           .cpu_percent = 100,
                                           .memory_percent = 100};

class InstanceFitTest : public testing::Test {
 protected:
  explicit InstanceFitTest(std::optional<control::AdmissionOptions> room = kSmall)
      : world_({}, true, room) {}
  Reply Ask(const Query& query = {}) { return AskAs(world_.root, query); }
  Reply AskAs(const identity::NewKey& key, const Query& query = {}) {
    return world_.Call(key, "GET", kPath, {.query = query, .version = ""});
  }
  /// "ecs.c6.large fits, ecs.g6.xlarge HostFull": in their order.
  std::string Told(const Reply& reply) {
    ExpectOk(reply);
    std::string text;
    for (const json::value& fit : reply.body.at("Fits").as_array()) {
      const json::object& one = fit.as_object();
      const bool fits = one.at("Fits").as_bool();
      EXPECT_EQ(one.contains("Reason"), !fits) << reply.text;
      EXPECT_EQ(one.contains("Message"), !fits) << reply.text;
      text += (text.empty() ? "" : ", ") + TextOf(one, "InstanceType") + " " +
              (fits ? "fits" : TextOf(one, "Reason"));
    }
    return text;
  }
  static json::object FitOf(const Reply& reply, std::size_t at) {
    return reply.body.at("Fits").at(at).as_object();
  }
  Reply Create(const std::string& name, const std::string& spec) {
    const json::object body{{"InstanceName", name},
                            {"EcsSpec", spec},
                            {"ImageId", "image-lab"},
                            {"WorkspaceId", world_.workspace.str()}};
    return world_.Call(world_.root, "POST", "/api/v2/instances", {.body = json::serialize(body)});
  }

  ApiWorld world_;
};

class EndlessFitTest : public InstanceFitTest {
 protected:
  EndlessFitTest() : InstanceFitTest(std::nullopt) {}
};

TEST_F(InstanceFitTest, TellsEveryTypeAndWhatTheHostHasLeft) {
  const Reply reply = Ask();
  EXPECT_EQ(Told(reply),
            "ecs.c6.large fits, ecs.g6.xlarge fits, ecs.gn7i-c8g1.2xlarge HostTooSmall");
  EXPECT_EQ(TextOf(reply.body, "WorkspaceId"), world_.workspace.str()) << "the default one";
  EXPECT_EQ(TextOf(reply.body, "UserId"), world_.account.str());
  const json::value all = *ParseJson(R"({"CPU":4.0,"Memory":20.0,"GPU":0.0})");
  EXPECT_EQ(reply.body.at("Left"), all);
  EXPECT_EQ(reply.body.at("Room"), all) << "without limits it is all that is left";
  EXPECT_FALSE(FitOf(reply, 2).contains("Lacks")) << "nothing that is given back helps";
}

TEST_F(InstanceFitTest, WhatDoesNotFitSaysWhatCreateSaysAndWhatHasToBeGivenBack) {
  ExpectOk(Create("one", "ecs.c6.large"));  // 2 vCPU, 4 GB
  const Reply reply = Ask({{"EcsSpec", "ecs.g6.xlarge"}});
  EXPECT_EQ(Told(reply), "ecs.g6.xlarge HostFull");
  EXPECT_EQ(TextOf(FitOf(reply, 0), "Message"), Create("two", "ecs.g6.xlarge").message());
  EXPECT_EQ(FitOf(reply, 0).at("Lacks"), *ParseJson(R"({"CPU":2.0})")) << "memory there is enough";
  EXPECT_EQ(reply.body.at("Left"), *ParseJson(R"({"CPU":2.0,"Memory":16.0,"GPU":0.0})"));
  EXPECT_EQ(Told(Ask({{"EcsSpec", "ecs.c6.large,ecs.g6.xlarge"}})),
            "ecs.c6.large fits, ecs.g6.xlarge HostFull");
}

TEST_F(InstanceFitTest, CountsTheLimitsOfWhoseItWouldBe) {
  control::AdmissionOptions room = kSmall;
  room.per_user = {.workloads = 1, .milli_cpu = 0, .memory_mib = 8 * 1024};
  ApiWorld world({}, true, room);
  const auto ask = [&](const Query& query) {
    return world.Call(world.root, "GET", kPath, {.query = query, .version = ""});
  };
  EXPECT_EQ(ask({}).body.at("Room"),
            *ParseJson(R"({"CPU":4.0,"Memory":8.0,"GPU":0.0,"Instances":1})"));
  world.Put(world.Sample("dsw-1"));  // of the main account
  const auto ada =
      world.MakeUser("ada", "", {{world.workspace, model::WorkspaceRole::AlgoDeveloper}});
  const Reply mine = ask({{"EcsSpec", "ecs.c6.large"}});
  EXPECT_EQ(TextOf(FitOf(mine, 0), "Reason"), "UserLimit") << mine.text;
  EXPECT_EQ(FitOf(mine, 0).at("Lacks"), *ParseJson(R"({"Instances":1})"));
  const Reply theirs = ask({{"EcsSpec", "ecs.c6.large"}, {"UserId", ada.id.str()}});
  EXPECT_EQ(TextOf(theirs.body, "UserId"), ada.id.str());
  EXPECT_TRUE(FitOf(theirs, 0).at("Fits").as_bool()) << theirs.text;
}

TEST_F(EndlessFitTest, WhatHasNoBoundIsAbsent) {
  const Reply reply = Ask();
  EXPECT_EQ(Told(reply), "ecs.c6.large fits, ecs.g6.xlarge fits, ecs.gn7i-c8g1.2xlarge fits");
  EXPECT_EQ(reply.body.at("Left"), json::value(json::object()));
  EXPECT_EQ(reply.body.at("Room"), json::value(json::object()));
}

TEST_F(InstanceFitTest, ATypeThatTheHostCanNeverGiveIsToldAndAnUnknownOneRefused) {
  world_.catalogue.Withhold(
      [&](const model::EcsSpec& spec) { return world_.admission->CanEver(CapacityOf(spec)); });
  EXPECT_EQ(Told(Ask()), "ecs.c6.large fits, ecs.g6.xlarge fits");
  const Reply withheld = Ask({{"EcsSpec", "ecs.gn7i-c8g1.2xlarge"}});
  EXPECT_EQ(Told(withheld), "ecs.gn7i-c8g1.2xlarge HostTooSmall");
  EXPECT_TRUE(TextOf(FitOf(withheld, 0), "Message").starts_with("ecs.gn7i-c8g1.2xlarge is not"));
  const Reply unknown = Ask({{"EcsSpec", "ecs.none"}});
  ExpectRefused(unknown, 400, "InvalidParameter");
  EXPECT_EQ(unknown.message(), "EcsSpec ecs.none is not offered. ListEcsSpecs names what is.");
  std::string many = "ecs.c6.large";
  for (int i = 0; i < 100; ++i) many += ",ecs.c6.large";
  ExpectBadParameter(Ask({{"EcsSpec", many}}));
}

TEST_F(InstanceFitTest, IsForWhoMayCreateThere) {
  world_.MakePolicy("creator",
                    R"({"Effect":"Allow","Action":"paidsw:CreateInstance","Resource":"*"})");
  world_.MakePolicy("asker",
                    R"({"Effect":"Allow","Action":"atelier:CheckInstanceFit","Resource":"*"})");
  const ApiWorld::Roles here = {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}};
  const ApiWorld::Roles guest = {{world_.workspace, model::WorkspaceRole::LabelManager}};
  const Query query = {{"WorkspaceId", world_.workspace.str()}};
  ExpectOk(AskAs(world_.MakeUser("one", "creator", here).key, query));
  ExpectOk(AskAs(world_.MakeUser("two", "asker", here).key, query));
  ExpectRefused(AskAs(world_.MakeUser("three", "", here).key, query), 403, "NoPermission");
  ExpectRefused(AskAs(world_.MakeUser("four", "creator", guest).key, query), 403, "NoPermission");
  const auto stranger = world_.MakeUser("five", "creator");
  ExpectRefused(AskAs(stranger.key, query), 403, "NoPermission");
  ExpectBadParameter(AskAs(stranger.key));
  // For others ask those who may make it for others.
  const auto ada = world_.MakeUser("ada", "creator", here);
  ExpectRefused(
      AskAs(ada.key, {{"WorkspaceId", world_.workspace.str()}, {"UserId", world_.account.str()}}),
      403, "NoPermission");
}

}  // namespace
}  // namespace atelier::api
