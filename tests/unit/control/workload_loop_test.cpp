// One loop tends workloads of several kinds behind one driver; what no kind owns is an orphan.
#include "control/core/workload_loop.h"

#include <map>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "unit/control/service_world.h"

namespace atelier::control {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// The smallest kind: a record wants its workload to run, or to end and go.
class RunningKind : public WorkloadPolicy {
 public:
  explicit RunningKind(store::Kind kind) : kind_(kind) {}

  std::map<WorkloadId, bool> records;  // wanted, or to be ended
  std::set<std::string> refused;
  int begun = 0;

  void Adopt(const ShardSet&) override {}
  void Disown(const ShardSet&) override {}
  void End() override {}
  void Apply(const store::Change&) override {}
  bool idle() const override { return true; }
  store::Kind kind() const override { return kind_; }
  std::optional<Ownership> OwnershipOf(const runtime::WorkloadState& state) const override {
    if (!records.contains(state.id)) return std::nullopt;
    return Ownership::kOurs;
  }
  std::optional<WorkloadStep> Decide(const WorkloadId& id, const WorkloadFacts* facts) override {
    if (!records.contains(id)) return std::nullopt;
    return StepOf(id, *facts);
  }
  WorkloadStep StepOf(const WorkloadId& id, const WorkloadFacts& facts) {
    if (refused.contains(id.str())) return {.act = WorkloadAct::kRest};
    if (records.at(id))
      return {.act = facts.current == nullptr ? WorkloadAct::kEnsure : WorkloadAct::kWait};
    if (facts.removed) {
      return {.act = WorkloadAct::kWrite, .write = [this, id](Turn) { return Drop(id); }};
    }
    const bool ended =
        facts.stop_accepted && facts.certain &&
        (facts.current == nullptr || facts.current->phase == runtime::Phase::kExited);
    if (ended) return {.act = WorkloadAct::kRemove};
    return {.act = facts.stop_accepted ? WorkloadAct::kObserve : WorkloadAct::kStop};
  }
  MonoTime NextObservation(const WorkloadId&, const WorkloadFacts&) const override {
    return MonoTime::max();
  }
  Task<Result<runtime::Workload>> SpecOf(WorkloadId id) override {
    runtime::Workload want;
    want.id = std::move(id);
    want.generation = 1;
    co_return want;
  }
  Task<Status> WriteRefused(WorkloadId id, store::Lease, Error) override {
    refused.insert(id.str());
    co_return Ok();
  }
  Duration overdue_again() const override { return minutes(1); }
  void Begin() override { ++begun; }
  void Forgotten(const WorkloadId&) override {}

 private:
  Task<Status> Drop(WorkloadId id) {
    records.erase(id);
    co_return Ok();
  }

  const store::Kind kind_;
};

/// A World whose notebooks rest, and a loop with two kinds behind its driver.
class TwoKinds : public ::testing::Test {
 protected:
  TwoKinds() { loop_->Start(); }
  ~TwoKinds() override {
    loop_->Abandon();
    world_.Poll();
  }
  void Want(RunningKind& kind, const std::string& id, bool wanted = true) {
    kind.records[WorkloadId(id)] = wanted;
    const StateEpoch epoch{.generation = 1,
                           .state = wanted ? 1U : 0U,
                           .since = {},
                           .limit = minutes(1),
                           .runs = wanted};
    loop_->Track(kind, WorkloadId(id), epoch, false);
  }

  World world_;
  std::shared_ptr<WorkloadLoop> loop_ =
      std::make_shared<WorkloadLoop>(WorkloadLoop::Parts{.store = world_.store,
                                                         .shards = world_.shards,
                                                         .driver = world_.driver,
                                                         .clock = world_.clock,
                                                         .random = *world_.random,
                                                         .log = *world_.log,
                                                         .io = world_.io.get_executor(),
                                                         .observe_every = seconds(2),
                                                         .call_deadline = seconds(10),
                                                         .width = 4});
  RunningKind& one_ = loop_->Own(std::make_unique<RunningKind>(store::Kind::kInstance));
  RunningKind& two_ = loop_->Own(std::make_unique<RunningKind>(store::Kind::kServiceReplica));
};

TEST_F(TwoKinds, EachWantsItsOwnAndNeitherEndsTheOthers) {
  Want(one_, "one-a");
  Want(two_, "two-a");
  world_.Pass(seconds(10));
  EXPECT_EQ(one_.begun, 1);
  EXPECT_EQ(two_.begun, 1);
  EXPECT_EQ(world_.Alive(), (std::set<std::string>{"one-a#1", "two-a#1"}));
  Want(one_, "one-a", false);
  world_.Pass(seconds(30));
  EXPECT_EQ(world_.Alive(), std::set<std::string>{"two-a#1"});
  EXPECT_TRUE(one_.records.empty());
  EXPECT_EQ(loop_->orphans().size(), 0u);
}

TEST_F(TwoKinds, WhatNeitherOwnsIsAnOrphanAndRunsOn) {
  Want(two_, "two-a");
  runtime::Workload stranger;
  stranger.id = WorkloadId("three-a");
  stranger.generation = 1;
  ASSERT_TRUE(world_.Do(world_.simulated->Ensure(stranger, world_.clock.In(seconds(1)))));
  world_.Pass(minutes(2));
  ASSERT_EQ(loop_->orphans().List().size(), 1u);
  EXPECT_EQ(loop_->orphans().List().front().id.str(), "three-a");
  EXPECT_EQ(world_.Alive(), (std::set<std::string>{"three-a#1", "two-a#1"}));
}

/// The read models leave out what they cannot read: a record of either kind saves its workload.
TEST_F(TwoKinds, ARecordOfEitherKindThatCannotBeReadIsNoReasonToReport) {
  for (const auto& [kind, id] : {std::pair(store::Kind::kInstance, "one-x"),
                                 std::pair(store::Kind::kServiceReplica, "two-x")}) {
    ASSERT_TRUE(world_.Do(world_.store.Commit({store::Write::Put(kind, id, "not JSON")})));
    runtime::Workload workload;
    workload.id = WorkloadId(id);
    workload.generation = 1;
    ASSERT_TRUE(world_.Do(world_.simulated->Ensure(workload, world_.clock.In(seconds(1)))));
  }
  world_.Pass(minutes(2));
  EXPECT_EQ(loop_->orphans().size(), 0u);
  EXPECT_EQ(world_.Alive().size(), 2u);
}

TEST_F(TwoKinds, CallsThatHangHoldUpNoOtherKind) {
  world_.driver.never = [](FaultyDriver::Call call, const model::InstanceId& id) {
    return call == FaultyDriver::Call::kEnsure && id.str().starts_with("one-");
  };
  for (int i = 0; i < 50; ++i) Want(one_, "one-" + std::to_string(i));
  Want(two_, "two-a");
  EXPECT_TRUE(world_.PassUntil([&] { return world_.Alive().contains("two-a#1"); }, seconds(15)));
  world_.driver.never = nullptr;
  EXPECT_TRUE(world_.PassUntil([&] { return world_.Alive().size() == 51; }, minutes(1)));
}

TEST_F(TwoKinds, ARefusalIsWrittenDownAndAPassingFailureTriedAgain) {
  int left = 3;
  world_.driver.fault = [&](FaultyDriver::Call call,
                            const model::InstanceId& id) -> std::optional<Error> {
    if (call != FaultyDriver::Call::kEnsure) return std::nullopt;
    if (id.str() == "one-never") return Error(Code::kFailedPrecondition, "never here");
    if (--left >= 0) return Error(Code::kUnavailable, "later");
    return std::nullopt;
  };
  Want(one_, "one-never");
  Want(one_, "one-late");
  world_.Pass(seconds(30));
  EXPECT_EQ(one_.refused, std::set<std::string>{"one-never"});
  EXPECT_EQ(world_.Alive(), std::set<std::string>{"one-late#1"});
}

void StartByHand(World& world, const std::string& id) {
  runtime::Workload workload;
  workload.id = WorkloadId(id);
  workload.generation = 1;
  ASSERT_TRUE(world.Do(world.simulated->Ensure(workload, world.clock.In(seconds(1)))));
}

std::map<std::string, bool> OrphansOf(const World& world) {
  std::map<std::string, bool> replicas;
  for (const Orphan& orphan : world.workloads->ListOrphans())
    replicas[orphan.id.str()] = orphan.replica;
  return replicas;
}

TEST(OneDriver, ServesNotebooksAndServicesAndReportsWhatNeitherOwns) {
  ServiceWorld world;
  world.ServeAll();
  const auto notebook = world.Running("one");
  world.Up("foo", 2);
  StartByHand(world, "dsw-stranger");
  StartByHand(world, "easr-stranger");
  world.Pass(minutes(2));
  const std::map<std::string, bool> strangers{{"dsw-stranger", false}, {"easr-stranger", true}};
  EXPECT_EQ(OrphansOf(world), strangers);
  const auto alive = world.Alive();
  EXPECT_EQ(alive.size(), 5u);

  world.ServeAll();  // a new server adopts all of them
  world.Pass(minutes(2));
  EXPECT_EQ(world.Alive(), alive);
  EXPECT_EQ(OrphansOf(world), strangers);

  ASSERT_TRUE(world.Delete(notebook));
  ASSERT_TRUE(world.Do(world.services.Delete("foo", world.By("DeleteService"))));
  EXPECT_TRUE(world.Gone(notebook));
  EXPECT_TRUE(world.ServiceGone("foo"));
  world.Pass(minutes(2));
  EXPECT_EQ(world.Alive(), (std::set<std::string>{"dsw-stranger#1", "easr-stranger#1"}));
}

/// More workloads than fit into a slice.
class ManyWorkloads : public TwoKinds {
 protected:
  static constexpr int kCount = 600;

  static std::string Nth(int n) { return "w-" + std::to_string(1'000 + n); }
  void RunAll() {
    for (int n = 0; n < kCount; ++n) Want(one_, Nth(n));
    world_.Pass(seconds(60));
    ASSERT_EQ(world_.Alive().size(), static_cast<std::size_t>(kCount));
  }
  /// Waits for the next look, and calls `between` after each turn of the loop until it is digested;
  /// answers how many there were.
  template <class Between>
  int NextObservation(Between between) {
    world_.clock.Advance(seconds(2));
    int turns = 0;
    world_.io.restart();
    while (!loop_->observer().looking() && world_.io.poll_one() > 0) {
    }
    while (loop_->observer().looking() && world_.io.poll_one() > 0) between(turns++);
    return turns;
  }
};

TEST_F(ManyWorkloads, ALookIsDigestedInSlices) {
  RunAll();
  // 600 make two pauses each while they are shown, looked through and digested.
  EXPECT_GE(NextObservation([](int) {}), 6);
}

TEST_F(ManyWorkloads, WhatIsKnownOfOrphansIsWholeWhileALookIsDigested) {
  RunAll();
  // Of another server: nobody has a record of them.
  for (const char* id : {"a-first", "z-last"}) {
    runtime::Workload want;
    want.id = WorkloadId(id);
    want.generation = 1;
    ASSERT_TRUE(world_.Do(world_.simulated->Ensure(want, world_.clock.In(seconds(1)))));
  }
  world_.Pass(seconds(30));
  ASSERT_EQ(loop_->orphans().size(), 2U);
  NextObservation([&](int turn) { EXPECT_EQ(loop_->orphans().size(), 2U) << "turn " << turn; });
  EXPECT_EQ(loop_->orphans().size(), 2U);
}

TEST_F(ManyWorkloads, RecordsMayGoAndComeWhileALookIsDigested) {
  RunAll();
  NextObservation([&](int turn) {
    if (turn != 5) return;
    one_.records.erase(WorkloadId(Nth(599)));
    loop_->Forget(WorkloadId(Nth(599)));
    Want(one_, "new");
    Want(one_, Nth(598), false);
  });
  world_.Pass(seconds(30));
  const std::set<std::string> alive = world_.Alive();
  EXPECT_TRUE(alive.contains("new#1"));
  EXPECT_FALSE(alive.contains(Nth(598) + "#1"));
  EXPECT_TRUE(alive.contains(Nth(599) + "#1")) << "the absence of a record is no order";
  EXPECT_EQ(loop_->orphans().size(), 1U);
  EXPECT_EQ(alive.size(), 600U);
}

}  // namespace
}  // namespace atelier::control
