// What an operator does about workloads without a record (docs/operating.md).
#include <gtest/gtest.h>

#include "store/mark.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;

class Orphans : public testing::Test {
 protected:
  void SetUp() override {
    world_.store->AddListener(world_.workloads);
    world_.workloads.Start();
    Enforce();
  }
  void TearDown() override {
    Spawn(world_.io.get_executor(), "stop", world_.workloads.Stop());
    Enforce(std::chrono::seconds(15));
  }

  /// All that can happen within so much time.
  void Enforce(std::chrono::seconds length = std::chrono::seconds(0)) {
    for (int i = 0; i <= length.count(); ++i) {
      world_.io.restart();
      world_.io.poll();
      if (i < length.count()) world_.clock.Advance(std::chrono::seconds(1));
    }
  }
  void StartByHand(const std::string& id) {
    runtime::Workload workload;
    workload.id = model::InstanceId(id);
    workload.generation = 3;
    workload.capacity = model::CapacityOf(*world_.catalogue.FindSpec("ecs.c6.large"));
    ASSERT_TRUE(test::Run(
        world_.io,
        world_.driver->Ensure(std::move(workload), world_.clock.In(std::chrono::seconds(1)))));
    Enforce(std::chrono::seconds(40));
  }
  Reply Call(std::string_view method, const std::string& path, std::string body = {}) {
    return world_.Call(world_.root, method, path,
                       {.query = {}, .body = std::move(body), .version = ""});
  }
  Reply Adopt(const std::string& id, const std::string& more = "") {
    return Call("POST", "/atelier/v1/orphans/" + id + "/adopt",
                R"({"UserId":")" + world_.account.str() + "\"" + more + "}");
  }

  ApiWorld world_;
};

TEST_F(Orphans, AreListedWithWhatIsKnownOfThem) {
  EXPECT_EQ(Call("GET", "/atelier/v1/orphans").body.at("TotalCount"), json::value(0));
  StartByHand("dsw-lost");
  StartByHand("easr-lost");
  const Reply reply = Call("GET", "/atelier/v1/orphans");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(json::serialize(reply.body.at("Orphans")),
            R"([{"Id":"dsw-lost","Kind":"Instance","Generation":3,"State":"Running",)"
            R"("Reason":"NoRecord","EcsSpec":"ecs.c6.large","ImageId":""},)"
            R"({"Id":"easr-lost","Kind":"Replica","Generation":3,"State":"Running",)"
            R"("Reason":"NoRecord","EcsSpec":"","ImageId":""}])");
  EXPECT_EQ(reply.body.at("TotalCount"), json::value(2));
  EXPECT_EQ(reply.Text("StoreWentBack"), "");
}

TEST_F(Orphans, Promise8AreForOperatorsOnly) {
  StartByHand("dsw-lost");
  const auto user = world_.MakeUser("ada", "AliyunPAIDSWFullAccess");
  EXPECT_EQ(world_.Get(user.key, "/atelier/v1/orphans").code(), "NoPermission");
  const std::string one = "/atelier/v1/orphans/dsw-lost";
  for (const char* what : {"/adopt", "/stop"})
    EXPECT_EQ(world_.Call(user.key, "POST", one + what, {.body = "{}"}).code(), "NoPermission");
  EXPECT_EQ(world_.Call(user.key, "DELETE", "/atelier/v1/store/report").code(), "NoPermission");
  world_.Attach("AdministratorAccess", "ada");
  EXPECT_EQ(world_.Get(user.key, "/atelier/v1/orphans").status, 200);
}

TEST_F(Orphans, AnAdoptedOneIsAnInstanceOfItsOwner) {
  StartByHand("dsw-lost");
  const Reply adopted = Adopt("dsw-lost", R"(,"ImageId":"image-lab")");
  ASSERT_EQ(adopted.status, 200) << adopted.text;
  EXPECT_EQ(adopted.Text("Id"), "dsw-lost");
  Enforce(std::chrono::seconds(5));
  const Reply got = world_.Get(world_.root, "/api/v2/instances/dsw-lost");
  EXPECT_EQ(got.Text("Status"), "Running");
  EXPECT_EQ(got.Text("InstanceName"), "adopted_lost");
  EXPECT_EQ(got.Text("UserId"), world_.account.str());
  EXPECT_EQ(got.Text("EcsSpec"), "ecs.c6.large");
  EXPECT_EQ(got.Text("ImageId"), "image-lab");
  EXPECT_EQ(Call("GET", "/atelier/v1/orphans").body.at("TotalCount"), json::value(0));
}

TEST_F(Orphans, Promise9WhatCannotBeAdoptedIsRefusedClearly) {
  StartByHand("dsw-lost");
  StartByHand("easr-lost");
  EXPECT_EQ(Adopt("dsw-none").status, 404);
  EXPECT_EQ(Adopt("dsw-none").code(), "InvalidOrphan.NotFound");
  EXPECT_NE(Adopt("dsw-lost").message().find("ImageId must be given"), std::string::npos);
  EXPECT_NE(Adopt("easr-lost").message().find("Deploy the service again"), std::string::npos);
  const std::string image = R"(,"ImageId":"image-lab")";
  EXPECT_NE(Adopt("dsw-lost", image + R"(,"InstanceName":"a b")").message().find("InstanceName"),
            std::string::npos);
  EXPECT_NE(Adopt("dsw-lost", image + R"(,"WorkspaceId":"7")").message().find("Workspace 7"),
            std::string::npos);
  EXPECT_NE(Adopt("dsw-lost", image + R"(,"EcsSpec":"ecs.none")").message().find("ecs.none"),
            std::string::npos);
  for (const char* owner : {"{}", R"({"UserId":"1111"})"}) {
    const Reply reply = Call("POST", "/atelier/v1/orphans/dsw-lost/adopt", owner);
    EXPECT_EQ(reply.status, 400) << reply.text;
  }
  EXPECT_EQ(world_.instances.size(), 0u);
}

TEST_F(Orphans, Promise5AStopIsAnOrderOnRecord) {
  StartByHand("dsw-lost");
  StartByHand("easr-lost");
  ASSERT_EQ(Call("POST", "/atelier/v1/orphans/dsw-lost/stop", "{}").status, 200);
  ASSERT_EQ(Call("POST", "/atelier/v1/orphans/easr-lost/stop", R"({"DeleteFiles":true})").status,
            200);
  Enforce(std::chrono::seconds(40));
  const Reply left = Call("GET", "/atelier/v1/orphans");
  ASSERT_EQ(left.body.at("TotalCount"), json::value(1)) << left.text;
  EXPECT_EQ(left.body.at("Orphans").at(0).at("Id"), "dsw-lost");
  EXPECT_EQ(left.body.at("Orphans").at(0).at("State"), "Ended");
}

TEST_F(Orphans, AStoreThatWentBackIsReportedUntilItIsDismissed) {
  const test::TempDir folder;
  Pool pool{1};
  const auto mark = [&](model::Revision revision) {
    auto made = std::make_unique<store::Mark>(
        folder.path() + "/mark", store::Opening{.revision = revision, .commits_cut = 0},
        world_.io.get_executor(), pool, world_.clock, world_.log);
    test::Run(world_.io, made->Compare("one"));
    return made;
  };
  mark(7);
  const auto behind = mark(5);
  Services parts = world_.Parts(true);
  parts.mark = behind.get();
  Api api(parts, {});
  api.SetReady();
  const auto answer = [&](std::string_view method, std::string_view path) {
    const bool page = path == "/readyz" || path == "/metrics";
    test::FakeExchange exchange(
        page ? ApiWorld::Head(method, path) : world_.Signed(world_.root, method, path), "");
    test::Run(world_.io, api.Handle(exchange));
    return exchange.response()->body;
  };
  constexpr std::string_view kSaid = "from revision 7 to 5";
  EXPECT_NE(answer("GET", "/readyz").find(kSaid), std::string::npos);
  EXPECT_NE(answer("GET", "/readyz").find(R"("Status":"ready")"), std::string::npos);
  EXPECT_NE(answer("GET", "/metrics").find("\natelier_store_went_back 1\n"), std::string::npos);
  EXPECT_NE(answer("GET", "/atelier/v1/orphans").find(kSaid), std::string::npos);
  answer("DELETE", "/atelier/v1/store/report");
  EXPECT_EQ(answer("GET", "/readyz").find(kSaid), std::string::npos);
  EXPECT_NE(answer("GET", "/metrics").find("\natelier_store_went_back 0\n"), std::string::npos);
}

}  // namespace
}  // namespace atelier::api
