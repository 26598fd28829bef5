// Promise 8: a recommender is listed to every identity of the account, as the documents say; what
// it holds, what it recommends and every change are for its creator, and for whom RAM allows it.
#include <set>
#include <string>

#include "api/operation.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;

// By hand: shows what ListInstance shows, or is of no recommender that is there.
const std::set<std::string> kOpen = {"ListInstance", "DescribeInstance", "CreateInstance"};

class RecommenderRights : public testing::Test {
 protected:
  explicit RecommenderRights(Options options = {}) : world_(std::move(options)) {
    ada_ = world_.MakeUser("ada", "");
    id_ = Make(ada_.key);
    world_.MakePolicy("airec", R"({"Effect":"Allow","Action":"airec:*","Resource":"*"})");
    world_.MakePolicy("no-airec", R"({"Effect":"Deny","Action":"airec:*","Resource":"*"})");
  }
  std::string Make(const identity::NewKey& key) {
    const Reply made =
        world_.Call(key, "POST", "/v2/openapi/instances",
                    {.body = R"({"type":"Standard","chargeType":"PREPAY","industry":"item","quota":
              {"userCount":1000000,"itemCount":2000000,"qps":20},
              "paymentInfo":{"duration":1,"pricingCycle":"Month","autoRenew":false}})",
                     .version = "2020-11-26"});
    EXPECT_EQ(made.status, 200) << made.text;
    return std::string(made.body.at("result").at("instanceId").get_string());
  }
  Reply Ask(const identity::NewKey& key, const Operation& row) {
    std::string path(row.path);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      const std::string piece = path.substr(at, path.find('}') - at + 1);
      path.replace(at, piece.size(),
                   piece == "{instanceId}"  ? id_
                   : piece == "{tableName}" ? "item"
                                            : "1");
    }
    test::Extra extra{.version = std::string(row.version)};
    if (row.name == "Recommend") extra.query = {{"returnCount", "1"}, {"userId", "u"}};
    if (row.method != "GET" && row.method != "DELETE") extra.body = "{}";
    return world_.Call(key, row.method, path, extra);
  }
  /// Names of the operations that are refused for want of a right.
  std::set<std::string> Refused(const identity::NewKey& key) {
    std::set<std::string> names;
    for (const Operation& row : Operations()) {
      if (row.product != Product::kAirec) continue;
      const Reply reply = Ask(key, row);
      if (reply.status != 403) continue;
      EXPECT_EQ(reply.code(), "NoPermission") << row.name;
      EXPECT_EQ(TextOf(reply.body.at("AccessDeniedDetail").as_object(), "AuthAction"),
                "airec:" + std::string(row.name));
      names.emplace(row.name);
    }
    return names;
  }
  /// All operations, or those that work and do not stand open.
  static std::set<std::string> Names(bool closed) {
    std::set<std::string> names;
    for (const Operation& row : Operations()) {
      if (row.product != Product::kAirec) continue;
      const std::string name(row.name);
      if (!closed || (row.handler != nullptr && !kOpen.contains(name))) names.insert(name);
    }
    return names;
  }

  ApiWorld world_;
  ApiWorld::Person ada_;
  std::string id_;
};

TEST_F(RecommenderRights, SomebodyElseIsRefusedWhateverDoesNotStandOpen) {
  ASSERT_GE(Names(true).size(), 12U);
  const auto bob = world_.MakeUser("bob", "");
  const auto before = world_.recommenders.Find(id_);
  EXPECT_EQ(Refused(bob.key), Names(true));
  EXPECT_EQ(world_.recommenders.Find(id_), before) << "nothing was changed";
  // To be an administrator of a workspace is no right to recommenders, which are in none.
  const auto admin = world_.MakeUser("admin", "AliyunPAIFullAccess",
                                     {{world_.workspace, model::WorkspaceRole::WorkspaceAdmin}});
  EXPECT_EQ(Refused(admin.key), Names(true));
}

TEST_F(RecommenderRights, TheCreatorTheMainAccountAndWhomRamAllowsMayAll) {
  EXPECT_TRUE(Refused(ada_.key).empty());
  EXPECT_TRUE(Refused(world_.root).empty());
  EXPECT_TRUE(Refused(world_.MakeUser("bob", "airec").key).empty());
  EXPECT_TRUE(Refused(world_.MakeUser("cid", "AdministratorAccess").key).empty());
}

TEST_F(RecommenderRights, OneOperationCanBeAllowed) {
  world_.MakePolicy("recommend", R"({"Effect":"Allow","Action":"airec:Recommend","Resource":"*"})");
  auto expected = Names(true);
  expected.erase("Recommend");
  EXPECT_EQ(Refused(world_.MakeUser("bob", "recommend").key), expected);
}

TEST_F(RecommenderRights, OneRecommenderCanBeAllowed) {
  world_.MakePolicy("this", R"({"Effect":"Allow","Action":"airec:*",
                                "Resource":"acs:airec:*:*:instance/)" +
                                id_ + R"("})");
  const auto bob = world_.MakeUser("bob", "this");
  EXPECT_TRUE(Refused(bob.key).empty());
  id_ = Make(ada_.key);
  EXPECT_EQ(Refused(bob.key), Names(true));
}

TEST_F(RecommenderRights, SessionsOfARoleHaveWhatTheRoleHas) {
  world_.MakeRole("Reader", "");
  world_.MakeRole("Keeper", "airec");
  EXPECT_EQ(Refused(world_.Assume("Reader")), Names(true));
  EXPECT_TRUE(Refused(world_.Assume("Keeper")).empty());
  EXPECT_EQ(Refused(world_.Assume("Keeper", "small",
                                  R"({"Version":"1","Statement":[{"Effect":"Allow",
                                      "Action":"airec:List*","Resource":"*"}]})"))
                .count("ModifyInstance"),
            1U);
}

TEST_F(RecommenderRights, ADenyBindsTheCreatorToo) {
  world_.Attach("no-airec", "ada");
  EXPECT_EQ(Refused(ada_.key), Names(false));
}

class SharedRecommenders : public RecommenderRights {
 protected:
  SharedRecommenders() : RecommenderRights({.share_recommenders = true}) {}
};

TEST_F(SharedRecommenders, AreForEveryIdentityThatNothingDenies) {
  EXPECT_TRUE(Refused(world_.MakeUser("bob", "").key).empty());
  EXPECT_EQ(Refused(world_.MakeUser("eve", "no-airec").key), Names(false));
}

}  // namespace
}  // namespace atelier::api
