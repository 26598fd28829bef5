#include "control/change/plan.h"

#include <gtest/gtest.h>

#include "support/run.h"

namespace atelier::control {
namespace {

using store::Kind;
using store::Write;

class CommitPlans : public testing::Test {
 protected:
  Status Commit(Plan plan) {
    return test::Run(io_, CommitPlan(*store_, std::move(plan),
                                     Error(Code::kUnavailable, "Others were always ahead.")));
  }
  /// The present record must have `expected` as its revision.
  static store::Batch Batch(model::Revision expected) {
    return {Write::Put(Kind::kWorkspace, "w", "{}", expected)};
  }

  asio::io_context io_;
  std::unique_ptr<store::Store> store_ = store::MakeMemoryStore(io_.get_executor());
};

TEST_F(CommitPlans, AnewAfterALostRace) {
  ASSERT_TRUE(Commit([] { return Batch(0); }));
  int rounds = 0;
  // Twice the read model is behind; then it shows the revision 1.
  EXPECT_TRUE(Commit([&] { return Batch(++rounds < 3 ? 0 : 1); }));
  EXPECT_EQ(rounds, 3);
  EXPECT_EQ(test::Run(io_, store_->Get(Kind::kWorkspace, "w"))->revision, 2);
}

TEST_F(CommitPlans, ABoundedNumberOfTimes) {
  ASSERT_TRUE(Commit([] { return Batch(0); }));
  int rounds = 0;
  const Status refused = Commit([&] {
    ++rounds;
    return Batch(0);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "Others were always ahead.");
  EXPECT_EQ(rounds, kMostRounds);
}

TEST_F(CommitPlans, NotWhatThePlanRefuses) {
  const Error no(Code::kFailedPrecondition, "Not now.");
  EXPECT_EQ(Commit([&]() -> Result<store::Batch> { return no; }).error().message(), "Not now.");
  EXPECT_TRUE(Commit([] { return store::Batch(); })) << "nothing is to be done";
  EXPECT_FALSE(test::Run(io_, store_->Get(Kind::kWorkspace, "w")));
}

}  // namespace
}  // namespace atelier::control
