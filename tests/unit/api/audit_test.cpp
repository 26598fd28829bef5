// Who changed what, for operators (docs/operating.md).
#include "store/audit.h"

#include <gtest/gtest.h>

#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;
using Query = std::vector<std::pair<std::string, std::string>>;

class Audit : public testing::Test {
 protected:
  /// One hour later each.
  void Record(const std::string& who, const std::string& operation, const std::string& target) {
    clock_ += std::chrono::hours(1);
    const model::Actor actor{.principal = "acs:ram::1:" + who,
                             .request_id = "R-" + std::to_string(++requests_),
                             .source_ip = "10.0.0.9",
                             .operation = operation};
    ASSERT_TRUE(test::Run(world_.io, world_.store->Commit({store::Audit(actor, target, clock_)})));
  }
  Reply List(Query query) {
    query.emplace_back("StartTime", "2030-01-01T00:00:00Z");  // what the world itself did is older
    return world_.Call(world_.root, "GET", "/atelier/v1/auditrecords",
                       {.query = std::move(query), .version = ""});
  }
  /// The request ids of an answer.
  static std::string Ids(const Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.text;
    std::string ids;
    for (const auto& record : reply.body.at("AuditRecords").as_array()) {
      ids += (ids.empty() ? "" : " ") + std::string(record.at("RequestId").as_string());
    }
    return ids;
  }

  ApiWorld world_;
  WallTime clock_ = *ParseIso8601("2030-01-01T00:00:00Z");
  int requests_ = 0;
};

TEST_F(Audit, IsListedWithTheNewestFirst) {
  Record("user/ada", "CreateInstance", "dsw-1");
  Record("root", "DeleteInstance", "dsw-1");
  const Reply reply = List({});
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(
      json::serialize(reply.body.at("AuditRecords")),
      R"([{"Time":"2030-01-01T02:00:00.000Z","Principal":"acs:ram::1:root",)"
      R"("Operation":"DeleteInstance","Target":"dsw-1","RequestId":"R-2","SourceIp":"10.0.0.9"},)"
      R"({"Time":"2030-01-01T01:00:00.000Z","Principal":"acs:ram::1:user/ada",)"
      R"("Operation":"CreateInstance","Target":"dsw-1","RequestId":"R-1","SourceIp":"10.0.0.9"}])");
  EXPECT_EQ(reply.Text("NextToken"), "");
  EXPECT_EQ(reply.body.at("Unreadable"), json::value(0));
}

TEST_F(Audit, IsFilteredByCallerOperationTargetAndTime) {
  Record("user/ada", "CreateInstance", "dsw-1");
  Record("user/mada", "CreateInstance", "dsw-2");
  Record("user/ada", "StopInstance", "dsw-1");
  EXPECT_EQ(Ids(List({{"Principal", "user/ada"}})), "R-3 R-1");
  EXPECT_EQ(Ids(List({{"Principal", "ada"}})), "R-3 R-1") << "a whole name";
  EXPECT_EQ(Ids(List({{"Principal", "acs:ram::1:user/mada"}})), "R-2");
  EXPECT_EQ(Ids(List({{"Operation", "CreateInstance"}})), "R-2 R-1");
  EXPECT_EQ(Ids(List({{"Target", "dsw-1"}, {"Operation", "StopInstance"}})), "R-3");
  EXPECT_EQ(Ids(List({{"Target", "dsw"}})), "");
  EXPECT_EQ(Ids(List({{"EndTime", "2030-01-01T02:00:00Z"}})), "R-1") << "the end is not in it";
  EXPECT_EQ(Ids(List({{"EndTime", "2030-01-01T02:00:01Z"}})), "R-2 R-1");
}

TEST_F(Audit, PagesTogetherAreTheWholeList) {
  for (int i = 0; i < 5; ++i) Record("root", i % 2 == 0 ? "Even" : "Odd", "dsw-1");
  for (const auto& [query, all] : {std::pair(Query{}, "R-5 R-4 R-3 R-2 R-1"),
                                   std::pair(Query{{"Operation", "Even"}}, "R-5 R-3 R-1")}) {
    for (const char* size : {"1", "2", "3", "5"}) {
      std::string together, token;
      int pages = 0;
      do {
        Query asked = query;
        asked.emplace_back("MaxResults", size);
        if (!token.empty()) asked.emplace_back("NextToken", token);
        const Reply page = List(asked);
        const std::string ids = Ids(page);
        if (!ids.empty()) together += (together.empty() ? "" : " ") + ids;
        token = page.Text("NextToken");
      } while (!token.empty() && ++pages < 6);
      EXPECT_EQ(together, all) << "in pages of " << size;
    }
  }
  EXPECT_EQ(List({{"MaxResults", "1001"}}).status, 400);
}

TEST_F(Audit, ARecordThatCannotBeReadHidesNoOther) {
  Record("root", "CreateInstance", "dsw-1");
  ASSERT_TRUE(
      test::Run(world_.io, world_.store->Commit({store::Write::Put(
                               store::Kind::kAudit, store::AuditKeysFrom(clock_) + "-S", "{")})));
  Record("root", "DeleteInstance", "dsw-1");
  const Reply reply = List({});
  EXPECT_EQ(Ids(reply), "R-2 R-1");
  EXPECT_EQ(reply.body.at("Unreadable"), json::value(1));
}

TEST_F(Audit, Promise8IsForOperatorsOnly) {
  const auto user = world_.MakeUser("ada", "AliyunPAIDSWFullAccess");
  EXPECT_EQ(world_.Get(user.key, "/atelier/v1/auditrecords").code(), "NoPermission");
  world_.Attach("AdministratorAccess", "ada");
  EXPECT_EQ(world_.Get(user.key, "/atelier/v1/auditrecords").status, 200);
}

}  // namespace
}  // namespace atelier::api
