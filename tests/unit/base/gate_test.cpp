#include "base/gate.h"

#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "support/run.h"

namespace atelier {
namespace {

TEST(Gate, CountsWhoIsInside) {
  Gate gate;
  Gate::Pass first = gate.Enter();
  {
    const Gate::Pass second = gate.Enter();
    EXPECT_TRUE(first && second);
    EXPECT_EQ(gate.inside(), 2U);
  }
  EXPECT_EQ(gate.inside(), 1U);
  Gate::Pass moved = std::move(first);
  EXPECT_EQ(gate.inside(), 1U) << "moving a pass is not entering";
  moved = gate.Enter();
  EXPECT_EQ(gate.inside(), 1U) << "the old pass left";
}

TEST(Gate, LetsNobodyInOnceClosed) {
  Gate gate;
  const Gate::Pass before = gate.Enter();
  gate.Close();
  const Gate::Pass after = gate.Enter();
  EXPECT_FALSE(after);
  EXPECT_TRUE(before);
  EXPECT_EQ(gate.inside(), 1U);
}

class Draining : public testing::Test {
 protected:
  void Start() {
    Spawn(io_.get_executor(), "drain", Drain());
    io_.poll();
  }
  Task<void> Drain() { drained_ = co_await gate_.Drain(clock_, clock_.In(Duration(100))); }
  void Advance(int millis) {
    for (int i = 0; i < millis; ++i) {
      clock_.Advance(Duration(1));
      io_.poll();
    }
  }

  asio::io_context io_;
  ManualClock clock_{WallTime{}};
  Gate gate_;
  std::optional<bool> drained_;
};

TEST_F(Draining, EndsAtOnceWhenNobodyIsInside) {
  Start();
  EXPECT_EQ(drained_, true);
  EXPECT_TRUE(gate_.closed());
}

TEST_F(Draining, WaitsForTheLastToLeave) {
  Gate::Pass pass = gate_.Enter();
  Start();
  Advance(50);
  EXPECT_EQ(drained_, std::nullopt);
  pass = {};
  Advance(10);
  EXPECT_EQ(drained_, true);
}

TEST_F(Draining, GivesUpAtItsDeadline) {
  const Gate::Pass pass = gate_.Enter();
  Start();
  Advance(99);
  EXPECT_EQ(drained_, std::nullopt);
  Advance(10);
  EXPECT_EQ(drained_, false);
}

}  // namespace
}  // namespace atelier
