// Whose turn it is at the replicas of a service, without sockets and on a turned clock.
#include "gateway/service/balancer.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"
#include "base/signal.h"

namespace atelier::gateway {
namespace {

constexpr Duration kPatience{60'000};

/// The service "foo" with replicas that take one request at a time.
class BalancerTest : public ::testing::Test {
 protected:
  /// One request: what it got, and how its client goes away.
  struct Call {
    explicit Call(const asio::any_io_executor& io) : gone(io) {}
    std::optional<Result<Balancer::UpstreamLease>> answer;
    Signal gone;

    bool served() const { return answer && answer->has_value(); }
    std::string at() const { return served() ? (*answer)->replica().id.str() : "nowhere"; }
    Code code() const { return answer && !*answer ? answer->error().code() : Code::kInternal; }
  };
  using CallPtr = std::shared_ptr<Call>;

  void SetUp() override {
    model::Service service;
    service.id = kService;
    service.name = "foo";
    service.config = R"({"name":"foo","containers":[{"script":"x"}],
                         "metadata":{"rpc":{"worker_threads":1,"max_queue_size":50}}})";
    Apply(store::Kind::kService, "foo", service);
  }
  void PutReplica(const std::string& name, bool ready = true) {
    model::Replica replica;
    replica.id = model::InstanceId(name);
    replica.service = kService;
    replica.status = model::ReplicaStatus::Running;
    replica.ready = ready;
    Apply(store::Kind::kServiceReplica, name, replica);
    balancer_.Recheck(kService);
    Poll();
  }
  template <class T>
  void Apply(store::Kind kind, const std::string& key, const T& value) {
    const store::Change change{
        .record = {.kind = kind, .key = key, .revision = ++revision_, .body = ToJson(value)}};
    services_.Apply({&change, 1});
  }
  /// A request that may not go to `tried`.
  CallPtr Ask(const std::vector<std::string>& tried = {}) {
    auto call = std::make_shared<Call>(io_.get_executor());
    Spawn(io_.get_executor(), "ask", Asking(call, tried));
    Poll();
    return call;
  }
  Task<void> Asking(CallPtr call, std::vector<std::string> tried) {
    std::vector<model::InstanceId> ids(tried.size());
    std::ranges::transform(tried, ids.begin(),
                           [](const std::string& name) { return model::InstanceId(name); });
    const Balancer::WaitLimits patience{.turn = clock_.In(kPatience),
                                        .activation = clock_.In(kPatience)};
    call->answer.emplace(co_await balancer_.Take(services_.Find("foo"), services_.SpecOf("foo"),
                                                 std::move(ids), patience,
                                                 [this, call] { return UntilGone(call); }));
  }
  Task<void> UntilGone(CallPtr call) {
    [[maybe_unused]] const bool gone = co_await call->gone.Wait(clock_, MonoTime::max());
  }
  std::int64_t Waiting() const { return balancer_.TrafficOf(kService).waiting; }
  void Poll() {
    io_.restart();
    io_.poll();
  }
  void Pass(Duration length) {
    clock_.Advance(length);
    Poll();
  }

  const model::ServiceId kService{"eas-m-foo"};
  model::Revision revision_ = 0;
  ManualClock clock_{WallTime{}};
  directory::ServiceDirectory services_{
      [](std::string_view sealed, std::string_view) { return std::string(sealed); }};
  Balancer balancer_{services_, clock_};
  asio::io_context io_;  // last: what it still holds at its end uses the others
};

TEST_F(BalancerTest, AFreedReplicaGoesToTheFirstThatMayUseItAtOnce) {
  PutReplica("x");
  PutReplica("y");
  CallPtr one = Ask();
  CallPtr two = Ask();
  ASSERT_TRUE(one->served() && two->served());
  const std::string freed = one->at();
  const CallPtr barred = Ask({freed});
  const CallPtr next = Ask();
  ASSERT_EQ(Waiting(), 2);
  one.reset();
  Poll();
  EXPECT_EQ(next->at(), freed);
  EXPECT_FALSE(barred->answer) << "it keeps its place in front";
  const CallPtr late = Ask();
  two.reset();
  Poll();
  EXPECT_TRUE(barred->served());
  EXPECT_FALSE(late->answer);
}

TEST_F(BalancerTest, AClientThatGoesAwayAtItsTurnLeavesItToTheNext) {
  PutReplica("x");
  CallPtr one = Ask();
  const CallPtr leaver = Ask();
  const CallPtr next = Ask();
  // Both before either is seen, in both orders.
  leaver->gone.Set();
  one.reset();
  Poll();
  EXPECT_EQ(leaver->code(), Code::kCancelled);
  EXPECT_EQ(next->at(), "x");

  const CallPtr second_leaver = Ask();
  const CallPtr last = Ask();
  next->answer.reset();
  second_leaver->gone.Set();
  Poll();
  second_leaver->answer.reset();  // it may have been served before it was seen to be gone
  Poll();
  EXPECT_EQ(last->at(), "x");
}

TEST_F(BalancerTest, WhoGivesUpLeavesNoTrace) {
  PutReplica("x");
  CallPtr one = Ask();
  const CallPtr leaver = Ask();
  const CallPtr late = Ask();
  leaver->gone.Set();
  Poll();
  EXPECT_EQ(Waiting(), 1);
  Pass(kPatience);
  EXPECT_EQ(late->code(), Code::kDeadlineExceeded);
  EXPECT_EQ(Waiting(), 0);
  one.reset();
  EXPECT_EQ(balancer_.InFlight(model::InstanceId("x")), 0);
  EXPECT_TRUE(Ask()->served());
}

TEST_F(BalancerTest, AReplicaThatComesServesAsManyAsItTakesInTheirOrder) {
  PutReplica("x");
  const CallPtr held = Ask();
  const CallPtr first = Ask();
  const CallPtr second = Ask();
  const CallPtr third = Ask();
  PutReplica("y");
  EXPECT_EQ(first->at(), "y");
  EXPECT_FALSE(second->answer);
  PutReplica("z");
  EXPECT_EQ(second->at(), "z");
  EXPECT_FALSE(third->answer);
}

TEST_F(BalancerTest, NobodyOvertakesThoseWhoWaitNotEvenAtTheMomentOfTheirTurn) {
  PutReplica("x");
  CallPtr one = Ask();
  const CallPtr first = Ask();
  // Both before the one that was woken runs.
  Spawn(io_.get_executor(), "free", [](CallPtr call) -> Task<void> {
    call->answer.reset();
    co_return;
  }(one));
  const CallPtr newcomer = Ask();
  EXPECT_EQ(first->at(), "x");
  EXPECT_FALSE(newcomer->answer);
}

TEST_F(BalancerTest, WhenTheLastReadyReplicaGoesThoseWhoWaitAreTold) {
  PutReplica("x");
  const CallPtr held = Ask();
  const CallPtr waiting = Ask();
  PutReplica("x", false);
  EXPECT_EQ(waiting->code(), Code::kUnavailable);
}

}  // namespace
}  // namespace atelier::gateway
