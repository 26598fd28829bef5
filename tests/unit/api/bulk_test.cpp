// Bulk jobs as the API has them: the dry run, what was confirmed, and who may. How a job runs is
// tests/unit/control/bulk_jobs_test.cpp.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::InstanceStatus;
using test::ApiWorld;
using test::Reply;

constexpr std::string_view kPath = "/atelier/v1/bulk-jobs";
constexpr const char* kRunning = R"({"WorkspaceId":"ALL","ResourceId":"ALL","Status":"Running"})";

class BulkTest : public testing::Test {
 protected:
  BulkTest() {
    world_.bulk_jobs.Start();
    Poll();
  }
  // What waits on the clock goes before it.
  ~BulkTest() override {
    Spawn(world_.io.get_executor(), "test", world_.bulk_jobs.Stop());
    for (int look = 0; look < 5; ++look) {
      Poll();
      world_.clock.Advance(std::chrono::milliseconds(5));
    }
    Poll();
  }
  void Poll() {
    world_.io.restart();
    world_.io.poll();
  }
  void Put(const std::string& id, InstanceStatus status,
           const model::UserId& owner = model::UserId()) {
    model::Instance instance = world_.Sample(id);
    instance.name = "name_" + id.substr(4);
    instance.status = status;
    if (!owner.empty()) instance.owner = owner;
    world_.Put(instance);
  }
  Reply Post(const identity::NewKey& key, const std::string& body) {
    return world_.Call(key, "POST", kPath, {.body = body, .version = ""});
  }
  json::object DryRun(const identity::NewKey& key, const std::string& action,
                      const std::string& query = kRunning) {
    const Reply reply =
        Post(key, R"({"Action":")" + action + R"(","DryRun":true,"Query":)" + query + "}");
    ExpectOk(reply);
    EXPECT_FALSE(reply.body.contains("BulkJobId"));
    return reply.body.at("DryRun").as_object();
  }
  std::string Body(const std::string& action, const json::object& dry,
                   const std::string& query = kRunning, const std::string& more = "") {
    return R"({"Action":")" + action + R"(","Revision":)" + json::serialize(dry.at("Revision")) +
           R"(,"TotalCount":)" + json::serialize(dry.at("TotalCount")) + R"(,"Query":)" + query +
           more + "}";
  }
  /// The id of a job for what `dry` has shown.
  std::string Begin(const identity::NewKey& key, const std::string& action, const json::object& dry,
                    const std::string& query = kRunning) {
    const Reply reply = Post(key, Body(action, dry, query));
    ExpectOk(reply);
    Poll();
    return reply.Text("BulkJobId");
  }
  json::object Job(const identity::NewKey& key, const std::string& id) {
    const Reply reply = world_.Call(key, "GET", std::string(kPath) + "/" + id, {.version = ""});
    ExpectOk(reply);
    return reply.body;
  }
  /// "done/skipped/failed/left" of a job.
  static std::string Figures(const json::object& job) {
    std::string text;
    for (const char* name : {"Done", "Skipped", "Failed", "Left"})
      text += (text.empty() ? "" : "/") + json::serialize(job.at(name));
    return text;
  }
  /// "Act 2; Skip AlreadyThere 1".
  static std::string Shares(const json::object& dry) {
    std::string text;
    for (const json::value& one : dry.at("Shares").as_array()) {
      const json::object& share = one.as_object();
      const std::string reason = TextOf(share, "Reason");
      text += (text.empty() ? "" : "; ") + TextOf(share, "Outcome") +
              (reason.empty() ? "" : " " + reason) + " " + json::serialize(share.at("Count"));
    }
    return text;
  }
  InstanceStatus StatusOf(const std::string& id) {
    return world_.instances.Find(model::InstanceId(id))->status;
  }

  ApiWorld world_;
};

TEST_F(BulkTest, ADryRunTellsHowEachWouldFareAndChangesNothing) {
  const std::string all = R"({"WorkspaceId":"ALL","ResourceId":"ALL"})";
  for (int i = 10; i < 22; ++i) Put("dsw-" + std::to_string(i), InstanceStatus::Running);
  Put("dsw-30", InstanceStatus::Stopped);
  Put("dsw-31", InstanceStatus::Deleting);
  const auto before = Dump(world_);
  const json::object dry = DryRun(world_.root, "Stop", all);
  EXPECT_EQ(Dump(world_), before);
  EXPECT_EQ(Shares(dry), "Act 12; Refuse State 1; Skip AlreadyThere 1");
  EXPECT_EQ(json::serialize(dry.at("Counts")), R"({"Deleting":1,"Running":12,"Stopped":1})");
  EXPECT_EQ(dry.at("TotalCount").as_int64(), 14);
  const json::array& names = dry.at("Shares").at(0).at("Instances").as_array();
  ASSERT_EQ(names.size(), 10U) << "ten of each";
  EXPECT_EQ(json::serialize(names.front()),
            R"({"InstanceId":"dsw-10","InstanceName":"name_10","Status":"Running"})");
}

TEST_F(BulkTest, WhatBeganToMatchSinceTheDryRunIsNotTouched) {
  Put("dsw-1", InstanceStatus::Running);
  Put("dsw-2", InstanceStatus::Running);
  const json::object dry = DryRun(world_.root, "Stop");
  for (int i = 100; i < 200; ++i) Put("dsw-" + std::to_string(i), InstanceStatus::Running);
  Put("dsw-2", InstanceStatus::Stopped);
  const std::string id = Begin(world_.root, "Stop", dry);
  EXPECT_EQ(Figures(Job(world_.root, id)), "1/1/0/0");
  EXPECT_EQ(StatusOf("dsw-1"), InstanceStatus::Stopping);
  for (int i = 100; i < 200; ++i)
    EXPECT_EQ(StatusOf("dsw-" + std::to_string(i)), InstanceStatus::Running);
  EXPECT_EQ(TextOf(Job(world_.root, id), "Status"), "Running") << "one has not arrived";
  Put("dsw-1", InstanceStatus::Stopped);
  Poll();
  EXPECT_EQ(TextOf(Job(world_.root, id), "Status"), "Done");
}

TEST_F(BulkTest, WhatWasNotConfirmedIsRefused) {
  Put("dsw-1", InstanceStatus::Running);
  Put("dsw-2", InstanceStatus::Running);
  const json::object dry = DryRun(world_.root, "Stop");
  json::object fewer = dry;
  fewer["TotalCount"] = 1;
  ExpectRefused(Post(world_.root, Body("Stop", fewer)), 409, "StatusConflict");
  json::object later = dry;
  later["Revision"] = dry.at("Revision").as_int64() + 1;
  ExpectBadParameter(Post(world_.root, Body("Stop", later)));
  ExpectBadParameter(
      Post(world_.root, std::string(R"({"Action":"Stop","Query":)") + kRunning + "}"));
  EXPECT_EQ(StatusOf("dsw-1"), InstanceStatus::Running);
  EXPECT_TRUE(world_.bulk_directory.All().empty());
}

TEST_F(BulkTest, RefusesWhatIsNoCondition) {
  for (const char* query :
       {R"({"Stauts":"Running"})", R"({"Status":"Sleeping"})", R"({"Status":""})",
        R"({"PageSize":"10"})", R"({"SortBy":"Priority"})", R"({"Status":["Running"]})", "[]"}) {
    ExpectBadParameter(
        Post(world_.root, std::string(R"({"Action":"Stop","DryRun":true,"Query":)") + query + "}"));
  }
  ExpectBadParameter(Post(world_.root, R"({"Action":"Restart","DryRun":true,"Query":{}})"));
  ExpectBadParameter(Post(world_.root, R"({"Action":"Stop","DryRun":true})"));
}

TEST_F(BulkTest, ARepeatWithTheSameTokenIsTheSameJob) {
  Put("dsw-1", InstanceStatus::Running);
  const json::object dry = DryRun(world_.root, "Stop");
  const std::string body = Body("Stop", dry, kRunning, R"(,"ClientToken":"once")");
  const Reply first = Post(world_.root, body);
  const Reply again = Post(world_.root, body);
  EXPECT_EQ(first.Text("BulkJobId"), again.Text("BulkJobId"));
  EXPECT_EQ(world_.bulk_directory.All().size(), 1U);
  ExpectRefused(Post(world_.root, Body("Delete", dry, kRunning, R"(,"ClientToken":"once")")), 409,
                "StatusConflict");
}

TEST_F(BulkTest, TheGatesAreThoseOfTheOperationForOne) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIFullAccess",
                                   {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  Put("dsw-1", InstanceStatus::Running, ada.id);
  model::Instance shared = world_.Sample("dsw-2");
  shared.accessibility = model::Accessibility::PUBLIC;
  world_.Put(shared);
  const json::object dry = DryRun(ada.key, "Stop");
  EXPECT_EQ(Shares(dry), "Act 1; Refuse Workspace 1") << "PUBLIC is to be seen, not to be stopped";
  const std::string id = Begin(ada.key, "Stop", dry);
  const json::object job = Job(ada.key, id);
  EXPECT_EQ(Figures(job), "1/0/1/0");
  EXPECT_EQ(StatusOf("dsw-2"), InstanceStatus::Running);
  EXPECT_EQ(json::serialize(job.at("Failures").at(0).at("InstanceIds")), R"(["dsw-2"])");
  EXPECT_EQ(TextOf(job.at("Failures").at(0).as_object(), "Code"), "NoPermissionError");
}

TEST_F(BulkTest, RamRefusesByItsOwnGate) {
  world_.MakePolicy("lister",
                    R"({"Effect":"Allow","Action":"paidsw:ListInstances","Resource":"*"})");
  const auto eve =
      world_.MakeUser("eve", "lister", {{world_.workspace, model::WorkspaceRole::WorkspaceAdmin}});
  Put("dsw-1", InstanceStatus::Running);
  EXPECT_EQ(Shares(DryRun(eve.key, "Stop")), "Refuse Ram 1");
  ExpectRefused(Post(world_.MakeUser("none", "").key,
                     std::string(R"({"Action":"Stop","DryRun":true,"Query":)") + kRunning + "}"),
                403, "NoPermission");
}

TEST_F(BulkTest, ARightOrAKeyThatIsTakenAwayInTheMiddleRefusesTheRest) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIFullAccess",
                                   {{world_.workspace, model::WorkspaceRole::WorkspaceAdmin}});
  for (int i = 100; i < 160; ++i) Put("dsw-" + std::to_string(i), InstanceStatus::Running);
  const std::string id = Begin(ada.key, "Stop", DryRun(ada.key, "Stop"));
  EXPECT_EQ(Figures(Job(ada.key, id)), "50/0/0/10");
  world_.Detach("AliyunPAIFullAccess", "ada");
  for (int i = 100; i < 160; ++i) {
    const std::string one = "dsw-" + std::to_string(i);
    if (StatusOf(one) == InstanceStatus::Stopping) Put(one, InstanceStatus::Stopped);
  }
  Poll();
  const json::object job = Job(ada.key, id);
  EXPECT_EQ(Figures(job), "50/0/10/0");
  EXPECT_EQ(TextOf(job.at("Failures").at(0).as_object(), "Code"), "NoPermission");
}

TEST_F(BulkTest, OnesOwnJobsAreEverybodysAndThoseOfOthersAreNot) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIFullAccess",
                                   {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  const auto bob = world_.MakeUser("bob", "AliyunPAIFullAccess",
                                   {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  const std::string id = Begin(ada.key, "Stop", DryRun(ada.key, "Stop"));
  const std::string path = std::string(kPath) + "/" + id;
  EXPECT_EQ(TextOf(Job(ada.key, id), "UserName"), "ada");
  EXPECT_EQ(TextOf(Job(world_.root, id), "Status"), "Done");
  ExpectRefused(world_.Call(bob.key, "GET", path, {.version = ""}), 403, "NoPermission");
  ExpectRefused(world_.Call(bob.key, "POST", path + "/stop", {.version = ""}), 403, "NoPermission");
  ExpectRefused(world_.Call(bob.key, "GET", std::string(kPath) + "/none", {.version = ""}), 403,
                "NoPermission");
  ExpectRefused(world_.Call(world_.root, "GET", std::string(kPath) + "/none", {.version = ""}), 404,
                "InvalidBulkJob.NotFound");
  const auto list = [&](const identity::NewKey& key, const std::string& user) {
    return world_.Call(key, "GET", kPath, {.query = {{"UserId", user}}, .version = ""});
  };
  EXPECT_EQ(list(bob.key, bob.id.str()).body.at("TotalCount").as_int64(), 0);
  EXPECT_EQ(list(world_.root, "ALL").body.at("TotalCount").as_int64(), 1);
  ExpectRefused(list(bob.key, "ALL"), 403, "NoPermission");
}

}  // namespace
}  // namespace atelier::api
