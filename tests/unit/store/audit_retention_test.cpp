#include "store/audit_retention.h"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/audit.h"
#include "support/run.h"

namespace atelier::store {
namespace {

using std::chrono::days;

class AuditRetentionTest : public testing::Test {
 protected:
  /// A record of so many days before the clock's time.
  void Write(int days_ago, const std::string& request) {
    const model::Actor actor{
        .principal = "p", .request_id = request, .source_ip = "", .operation = "o"};
    ASSERT_TRUE(
        test::Run(io_, store_->Commit({Audit(actor, "target", clock_.Wall() - days(days_ago))})));
  }
  std::size_t Sweep(AuditRetention& retention) { return test::Run(io_, retention.Sweep()).value(); }
  std::vector<std::string> Requests() {
    std::vector<std::string> requests;
    const auto records = test::Run(io_, store_->Scan(Kind::kAudit, {}));
    for (const Record& record : records.value()) requests.push_back(record.key.substr(21));
    return requests;
  }

  asio::io_context io_;
  ManualClock clock_{WallTime(days(20'000))};
  std::unique_ptr<Store> store_ = MakeMemoryStore(io_.get_executor());
};

TEST_F(AuditRetentionTest, RemovesWhatIsOlderThanItIsKept) {
  Write(91, "old");
  Write(90, "of-this-moment");
  Write(89, "younger");
  Write(0, "new");
  AuditRetention retention(*store_, clock_, days(90));
  EXPECT_EQ(Sweep(retention), 1U);
  EXPECT_EQ(Requests(), (std::vector<std::string>{"of-this-moment", "younger", "new"}));
  clock_.Advance(days(1));
  EXPECT_EQ(Sweep(retention), 1U);
  EXPECT_EQ(Requests(), (std::vector<std::string>{"younger", "new"}));
}

TEST_F(AuditRetentionTest, AWallClockThatStepsRemovesNothing) {
  Write(1, "a");
  Write(0, "b");
  AuditRetention retention(*store_, clock_, days(90));
  EXPECT_EQ(Sweep(retention), 0U);
  clock_.StepWall(days(40 * 365));
  Write(0, "written-by-the-wrong-clock");
  EXPECT_EQ(Sweep(retention), 0U);
  clock_.StepWall(-days(80 * 365));
  EXPECT_EQ(Sweep(retention), 0U);
}

TEST_F(AuditRetentionTest, AStartWithAWrongClockRemovesNothing) {
  Write(1, "a");
  Write(0, "b");
  clock_.StepWall(days(40 * 365));
  AuditRetention retention(*store_, clock_, days(90));
  EXPECT_EQ(Sweep(retention), 0U);
}

// A mountain of old records does not hold the store up for all others.
TEST_F(AuditRetentionTest, OneSweepRemovesABoundedNumber) {
  constexpr std::size_t kBound = 16'384;
  const model::Actor actor{.principal = "p", .request_id = "r", .source_ip = "", .operation = "o"};
  Batch batch;
  for (std::size_t i = 0; i < kBound + 100; ++i) {
    store::Write write = Audit(actor, "target", clock_.Wall() - days(100));
    write.key += std::to_string(i);
    batch.push_back(std::move(write));
  }
  ASSERT_TRUE(test::Run(io_, store_->Commit(std::move(batch))));
  Write(0, "new");
  AuditRetention retention(*store_, clock_, days(90));
  EXPECT_EQ(Sweep(retention), kBound);
  EXPECT_EQ(Sweep(retention), 100U);
  EXPECT_EQ(Requests(), std::vector<std::string>{"new"});
}

}  // namespace
}  // namespace atelier::store
