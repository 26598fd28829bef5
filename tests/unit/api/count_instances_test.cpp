// CountInstances: what ListInstances finds, by state. What a condition matches is the directory's
// matter (tests/unit/directory/property.h); here is what a request counts.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/dsw/list_query.h"
#include "base/text.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::InstanceStatus;
using test::ApiWorld;
using test::Reply;

constexpr std::string_view kPath = "/atelier/v1/instances/counts";
using Query = std::vector<std::pair<std::string, std::string>>;

/// In the first workspace two that run, one with a GPU, and one that is stopped, all PUBLIC but
/// dsw-2; in another one that failed.
class CountInstancesTest : public testing::Test {
 protected:
  CountInstancesTest() {
    Put("dsw-1", InstanceStatus::Running, model::Accessibility::PUBLIC);
    Put("dsw-2", InstanceStatus::Running, model::Accessibility::PRIVATE, 1000);
    Put("dsw-3", InstanceStatus::Stopped, model::Accessibility::PUBLIC);
    model::Instance far = world_.Sample("dsw-4");
    far.workspace = world_.MakeWorkspace("far");
    far.status = InstanceStatus::Failed;
    far.accessibility = model::Accessibility::PUBLIC;
    world_.Put(far);
  }
  void Put(const std::string& id, InstanceStatus status, model::Accessibility accessibility,
           std::int64_t milli_gpu = 0) {
    model::Instance instance = world_.Sample(id);
    instance.status = status;
    instance.accessibility = accessibility;
    instance.capacity.milli_gpu = milli_gpu;
    world_.Put(instance);
  }
  Reply Ask(const identity::NewKey& key, const Query& query = {{"WorkspaceId", "ALL"}}) {
    return world_.Call(key, "GET", kPath, {.query = query, .version = ""});
  }
  /// "Running 2, Stopped 1": those that there are, in the order of their names.
  std::string Counts(const identity::NewKey& key, const Query& query = {{"WorkspaceId", "ALL"}}) {
    const Reply reply = Ask(key, query);
    ExpectOk(reply);
    std::string text;
    std::int64_t total = 0;
    for (const auto& [status, count] : reply.body.at("Counts").as_object()) {
      total += count.to_number<std::int64_t>();
      if (count != 0)
        text += (text.empty() ? "" : ", ") + std::string(status) + " " + json::serialize(count);
    }
    EXPECT_EQ(reply.body.at("TotalCount").to_number<std::int64_t>(), total) << reply.text;
    return text;
  }

  ApiWorld world_;
};

TEST_F(CountInstancesTest, TellsEveryState) {
  EXPECT_EQ(Counts(world_.root), "Failed 1, Running 2, Stopped 1");
  const json::object counts = Ask(world_.root).body.at("Counts").as_object();
  for (const std::string_view status : Split(kInstanceStatuses, ','))
    EXPECT_TRUE(counts.contains(status)) << status;
}

TEST_F(CountInstancesTest, CountsWhatTheConditionsFind) {
  EXPECT_EQ(Counts(world_.root, {{"WorkspaceId", "ALL"}, {"MinGpu", "1"}}), "Running 1");
  EXPECT_EQ(Counts(world_.root, {{"WorkspaceId", "ALL"}, {"Status", "Stopped,Failed"}}),
            "Failed 1, Stopped 1");
  EXPECT_EQ(Counts(world_.root, {{"WorkspaceId", "ALL"}, {"InstanceName", "nothing"}}), "");
  EXPECT_EQ(Counts(world_.root, {}), "Running 2, Stopped 1") << "of the default workspace";
}

TEST_F(CountInstancesTest, CountsWhatTheCallerSeesAndNothingElse) {
  const auto guest = world_.MakeUser("guest", "AliyunPAIFullAccess",
                                     {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  EXPECT_EQ(Counts(guest.key), "Running 1, Stopped 1");
  const auto stranger = world_.MakeUser("stranger", "AliyunPAIFullAccess");
  EXPECT_EQ(Counts(stranger.key), "");
  EXPECT_EQ(Counts(stranger.key, {}), "") << "no workspace of their own";
  EXPECT_EQ(Ask(stranger.key, {{"WorkspaceId", world_.workspace.str()}}).status, 403);
}

TEST_F(CountInstancesTest, IsForWhoMayListThem) {
  world_.MakePolicy("lister",
                    R"({"Effect":"Allow","Action":"paidsw:ListInstances","Resource":"*"})");
  EXPECT_EQ(Ask(world_.MakeUser("one", "lister").key).status, 200);
  ExpectRefused(Ask(world_.MakeUser("none", "").key), 403, "NoPermission");
}

TEST_F(CountInstancesTest, RefusesWhatListInstancesRefuses) {
  ExpectBadParameter(Ask(world_.root, {{"Status", "running"}}));
  ExpectBadParameter(Ask(world_.root, {{"MinCpu", "-1"}}));
  ExpectBadParameter(Ask(world_.root, {{"Tag", R"([{"Value":"v"}])"}}));
}

TEST_F(CountInstancesTest, HasTheConditionsOfListInstances) {
  // Of its 29 parameters all but SortBy, Order, PageNumber and PageSize.
  EXPECT_EQ(kListInstancesParams.size(), 29U);
  EXPECT_EQ(kInstanceConditions.size(), 25U);
}

}  // namespace
}  // namespace atelier::api
