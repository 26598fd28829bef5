// The runner of bulk jobs (docs/decisions/0054-bulk-jobs.md), without the gates and the query
// language, which are the API's (tests/unit/api/bulk_test.cpp).
#include "control/dsw/bulk_jobs.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/codec.h"
#include "model/audit.h"
#include "unit/control/world.h"

namespace atelier::control {
namespace {

using model::BulkAction;
using model::BulkEnd;
using model::InstanceId;
using model::InstanceStatus;
using store::Kind;

/// A server without a reconciler: instances that are told to stop stay on their way until the test
/// says otherwise.
class BulkJobsTest : public testing::Test {
 protected:
  BulkJobsTest() {
    world_.store.AddListener(jobs_);
    world_.store.AddListener(relay_);
    Serve();
  }
  ~BulkJobsTest() override { Kill(); }

  /// A new server over the same store; the old one is gone as after kill -9.
  void Serve() {
    Kill();
    bulk_ = Make(world_.shards);
    relay_.to = bulk_.get();
    bulk_->Start();
    world_.Poll();
  }
  std::unique_ptr<BulkJobs> Make(HeldShards& shards) {
    auto made = std::make_unique<BulkJobs>(BulkJobs::Parts{.store = world_.store,
                                                           .shards = shards,
                                                           .jobs = jobs_,
                                                           .instances = world_.directory,
                                                           .control = world_.instances,
                                                           .clock = world_.clock,
                                                           .random = *world_.random,
                                                           .log = *world_.log,
                                                           .io = world_.io.get_executor()});
    made->SetJudge(
        {.allow = [this](const model::BulkJob&, const InstanceId& id) { return Allowed(id); },
         .matches =
             [](const model::BulkJob&, const directory::InstancePtr& instance) {
               return instance->name == "match";
             },
         .code = [](const Error& error) { return error.reason(); }});
    return made;
  }
  void Kill() {
    relay_.to = nullptr;
    bulk_.reset();
    world_.Poll();
  }

  Status Allowed(const InstanceId& id) const {
    if (!denied_.contains(id)) return Ok();
    return Error(Code::kPermissionDenied, "You may not, on " + id.str() + ".", "NoPermission");
  }
  InstanceId Put(const std::string& id, InstanceStatus status, const std::string& name = "match") {
    model::Instance instance;
    instance.id = InstanceId(id);
    instance.name = name;
    instance.status = status;
    EXPECT_TRUE(
        world_.Do(world_.store.Commit({store::Write::Put(Kind::kInstance, id, ToJson(instance))})));
    return instance.id;
  }
  std::vector<InstanceId> PutMany(int count) {
    std::vector<InstanceId> ids;
    for (int i = 100; i < 100 + count; ++i)
      ids.push_back(Put("dsw-" + std::to_string(i), InstanceStatus::Running));
    return ids;
  }
  Result<std::string> Ask(std::vector<InstanceId> ids, BulkAction action = BulkAction::Stop,
                          const std::string& user = "100", std::int64_t changed = 0) {
    BulkJobs::Request request{.action = action, .query = {}, .asker = {}, .ids = std::move(ids)};
    request.asker.user = model::UserId(user);
    request.asker.arn = "acs:ram::1:user/" + user;
    request.changed = changed;
    return world_.Do(bulk_->Create(std::move(request), world_.By("CreateBulkJob")));
  }
  const model::BulkJob& Job(const std::string& id) {
    kept_ = jobs_.Find(id);
    return *kept_;
  }
  InstanceStatus StatusOf(const InstanceId& id) const { return world_.directory.Find(id)->status; }
  int Count(InstanceStatus status) const {
    int count = 0;
    for (const auto& one : world_.directory.All()) count += one->status == status ? 1 : 0;
    return count;
  }
  /// Targets of the audit records that a job left.
  std::multiset<std::string> AuditOf(const std::string& job) {
    std::multiset<std::string> targets;
    for (const store::Record& record : world_.Records(Kind::kAudit)) {
      const auto audit = FromRecord<model::AuditRecord>(record.body);
      if (audit && audit->actor.request_id == job) targets.insert(audit->target);
    }
    return targets;
  }

  struct Relay final : store::Listener {
    void Apply(std::span<const store::Change> changes) override {
      if (to != nullptr) to->Apply(changes);
    }
    BulkJobs* to = nullptr;
  };

  World world_;
  directory::BulkJobDirectory jobs_;
  Relay relay_;
  std::set<InstanceId> denied_;
  directory::BulkJobPtr kept_;
  std::unique_ptr<BulkJobs> bulk_;
};

TEST_F(BulkJobsTest, ActsOnEachAsItsAskerWithAnAuditOfItsOwn) {
  const auto ids = PutMany(3);
  const std::string job = Ask(ids).value();
  for (const InstanceId& id : ids) {
    EXPECT_EQ(StatusOf(id), InstanceStatus::Stopping);
    Put(id.str(), InstanceStatus::Stopped);
  }
  world_.Poll();
  EXPECT_EQ(Job(job).end, BulkEnd::Done);
  EXPECT_EQ(Job(job).outcome.done, 3);
  EXPECT_EQ(AuditOf(job), (std::multiset<std::string>{"dsw-100", "dsw-101", "dsw-102"}));
  for (const store::Record& record : world_.Records(Kind::kAudit)) {
    const auto audit = FromRecord<model::AuditRecord>(record.body).value();
    if (audit.actor.request_id != job) continue;
    EXPECT_EQ(audit.actor.principal, "acs:ram::1:user/100");
    EXPECT_EQ(audit.actor.operation, "StopInstance");
  }
  EXPECT_TRUE(world_.Records(Kind::kBulkJobIds).empty()) << "what is not needed is not kept";
  EXPECT_TRUE(world_.Records(Kind::kBulkJobStep).empty());
}

TEST_F(BulkJobsTest, FiftyAreUnderWayAndTheNextWaitsForAnArrival) {
  const auto ids = PutMany(120);
  const std::string job = Ask(ids).value();
  EXPECT_EQ(Count(InstanceStatus::Stopping), 50);
  Put(ids[0].str(), InstanceStatus::Stopped);
  world_.Poll();
  EXPECT_EQ(Count(InstanceStatus::Stopping), 50) << "one arrived, one more was told";
  EXPECT_EQ(Count(InstanceStatus::Running), 69);
  // Those that never arrive hold up nobody for ever.
  world_.Pass(BulkJobs::kArrival);
  EXPECT_EQ(Count(InstanceStatus::Running), 19);
  world_.Pass(2 * BulkJobs::kArrival);
  EXPECT_EQ(Job(job).end, BulkEnd::Done);
  EXPECT_EQ(Job(job).outcome.done, 120);
}

TEST_F(BulkJobsTest, WhatNoLongerMatchesOrIsThereOrGoneIsSkipped) {
  const auto runs = Put("dsw-1", InstanceStatus::Running);
  const auto other = Put("dsw-2", InstanceStatus::Running, "renamed");
  const auto stopped = Put("dsw-3", InstanceStatus::Stopped);
  const std::string job = Ask({runs, other, stopped, InstanceId("dsw-gone")}).value();
  EXPECT_EQ(StatusOf(other), InstanceStatus::Running);
  Put("dsw-1", InstanceStatus::Stopped);
  world_.Poll();
  EXPECT_EQ(Job(job).outcome.done, 1);
  EXPECT_EQ(Job(job).outcome.skipped, 3);
  EXPECT_EQ(Job(job).outcome.failed, 0);
  EXPECT_EQ(AuditOf(job), std::multiset<std::string>{"dsw-1"});
}

TEST_F(BulkJobsTest, ARightThatIsTakenAwayRefusesTheRest) {
  const auto ids = PutMany(60);
  const std::string job = Ask(ids).value();
  denied_.insert(ids.begin(), ids.end());
  for (int i = 0; i < 50; ++i) Put(ids[static_cast<std::size_t>(i)].str(), InstanceStatus::Stopped);
  world_.Poll();
  EXPECT_EQ(Job(job).outcome.done, 50);
  EXPECT_EQ(Job(job).outcome.failed, 10);
  EXPECT_EQ(Count(InstanceStatus::Running), 10);
  ASSERT_EQ(Job(job).outcome.failures.size(), 1U) << "one message, whichever the instance";
  const model::BulkFailure& failure = Job(job).outcome.failures.front();
  EXPECT_EQ(failure.code, "NoPermission");
  EXPECT_EQ(failure.message, "You may not, on {InstanceId}.");
  EXPECT_EQ(failure.count, 10);
  EXPECT_EQ(failure.ids.size(), 10U);
  EXPECT_EQ(failure.ids.front().str(), "dsw-150");
}

TEST_F(BulkJobsTest, AStateThatRefusesIsAFailure) {
  const std::string job = Ask({Put("dsw-1", InstanceStatus::Deleting)}, BulkAction::Start).value();
  EXPECT_EQ(Job(job).outcome.failed, 1);
  EXPECT_EQ(Job(job).outcome.failures.front().code, "WrongState");
}

TEST_F(BulkJobsTest, KilledInTheMiddleItGoesOnAndActsOnEachOnce) {
  const auto ids = PutMany(70);
  const std::string job = Ask(ids).value();
  EXPECT_EQ(bulk_->ProgressOf(job)->outcome.done, 50);
  // One has arrived, and somebody starts it again: the job has been there.
  world_.store.fault = [](const store::Batch&) { return Error(Code::kUnavailable, "dying"); };
  Kill();
  world_.store.fault = {};
  Put(ids[0].str(), InstanceStatus::Running);
  Serve();
  EXPECT_EQ(StatusOf(ids[0]), InstanceStatus::Running);
  EXPECT_EQ(bulk_->ProgressOf(job)->outcome.done, 70)
      << "the new server does not wait for those of the old one";
  for (const InstanceId& id : ids) {
    if (id != ids[0]) Put(id.str(), InstanceStatus::Stopped);
  }
  EXPECT_EQ(Job(job).end, BulkEnd::Done);
  EXPECT_EQ(Job(job).outcome.done, 70);
  const auto audit = AuditOf(job);
  EXPECT_EQ(audit.size(), 70U);
  EXPECT_EQ(std::set<std::string>(audit.begin(), audit.end()).size(), 70U) << "none twice";
}

TEST_F(BulkJobsTest, KilledRightAfterItsEndItIsCleanedUpByTheNextServer) {
  const std::string job = Ask({Put("dsw-1", InstanceStatus::Stopped)}).value();
  ASSERT_EQ(Job(job).end, BulkEnd::Done);
  ASSERT_TRUE(world_.Do(
      world_.store.Commit({store::Write::Put(Kind::kBulkJobIds, job, R"(["dsw-1"])"),
                           store::Write::Put(Kind::kBulkJobStep, job + "/dsw-1", "{}")})));
  Serve();
  EXPECT_TRUE(world_.Records(Kind::kBulkJobIds).empty());
  EXPECT_TRUE(world_.Records(Kind::kBulkJobStep).empty());
}

TEST_F(BulkJobsTest, AStoreThatIsAwayIsWaitedFor) {
  const auto ids = PutMany(2);
  int refused = 0;
  world_.store.fault = [&](const store::Batch& batch) -> std::optional<Error> {
    for (const store::Write& write : batch) {
      if (write.kind == Kind::kBulkJobStep && refused < 3) {
        ++refused;
        return Error(Code::kUnavailable, "away");
      }
    }
    return std::nullopt;
  };
  const std::string job = Ask(ids).value();
  world_.Pass(std::chrono::seconds(10));
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(bulk_->ProgressOf(job)->outcome.done, 2);
  EXPECT_EQ(bulk_->ProgressOf(job)->outcome.failed, 0);
}

TEST_F(BulkJobsTest, ACommitWhoseEndIsNotKnownIsNotMadeTwice) {
  const auto ids = PutMany(1);
  bool once = false;
  world_.store.fault = [&](const store::Batch& batch) -> std::optional<Error> {
    for (const store::Write& write : batch) {
      if (write.kind == Kind::kBulkJobStep && !std::exchange(once, true))
        return Error(Code::kDeadlineExceeded, "slow");
    }
    return std::nullopt;
  };
  const std::string job = Ask(ids).value();
  // It did come through, and meanwhile somebody has started the instance again.
  ASSERT_TRUE(world_.Do(
      world_.store.Commit({store::Write::Put(Kind::kBulkJobStep, job + "/dsw-100", "{}")})));
  world_.Pass(std::chrono::seconds(1));
  EXPECT_EQ(StatusOf(ids[0]), InstanceStatus::Running);
  EXPECT_EQ(Job(job).outcome.done, 1);
}

TEST_F(BulkJobsTest, StopsWhenItIsTold) {
  const auto ids = PutMany(60);
  const std::string job = Ask(ids, BulkAction::Stop, "100", 5).value();
  EXPECT_TRUE(world_.Do(bulk_->End(job, world_.By("StopBulkJob"))));
  EXPECT_EQ(Job(job).end, BulkEnd::Stopped);
  EXPECT_EQ(Job(job).outcome.done, 50);
  EXPECT_EQ(Job(job).total, 65) << "with the five that changed since the dry run";
  for (const InstanceId& id : ids) {
    if (StatusOf(id) == InstanceStatus::Stopping) Put(id.str(), InstanceStatus::Stopped);
  }
  world_.Pass(std::chrono::minutes(5));
  EXPECT_EQ(Count(InstanceStatus::Running), 10);
  const Status again = world_.Do(bulk_->End(job, world_.By("StopBulkJob")));
  EXPECT_TRUE(again) << "nothing to be done";
  const Status none = world_.Do(bulk_->End("bulk-none", world_.By("StopBulkJob")));
  EXPECT_EQ(none.error().reason(), "UnknownBulkJob");
}

TEST_F(BulkJobsTest, ADayIsTheLongest) {
  PutMany(1);
  world_.store.fault = [](const store::Batch& batch) -> std::optional<Error> {
    for (const store::Write& write : batch)
      if (write.kind == Kind::kBulkJobStep) return Error(Code::kUnavailable, "away");
    return std::nullopt;
  };
  const std::string job = Ask({InstanceId("dsw-100")}).value();
  world_.Pass(BulkJobs::kLongest + std::chrono::minutes(1));
  EXPECT_EQ(Job(job).end, BulkEnd::Expired);
  EXPECT_EQ(Job(job).outcome.done, 0);
}

TEST_F(BulkJobsTest, AllTogetherHaveTen) {
  const auto ids = PutMany(60);  // the first job waits for arrivals, and the others for it
  for (int user = 1; user <= 10; ++user)
    EXPECT_TRUE(Ask(ids, BulkAction::Stop, std::to_string(user))) << user;
  const auto eleventh = Ask(ids, BulkAction::Stop, "11");
  ASSERT_FALSE(eleventh);
  EXPECT_EQ(eleventh.error().reason(), "Throttling.User");
}

TEST_F(BulkJobsTest, OneUserHasTwo) {
  const auto ids = PutMany(120);
  EXPECT_TRUE(Ask(ids));
  EXPECT_TRUE(Ask(ids));
  const auto third = Ask(ids);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().reason(), "Throttling.User");
}

TEST_F(BulkJobsTest, TheNewestTwoHundredAreKept) {
  for (int i = 0; i < 205; ++i) {
    ASSERT_TRUE(Ask({}));
    world_.Pass(std::chrono::seconds(1));
  }
  EXPECT_EQ(jobs_.All().size(), BulkJobs::kMaxKept);
}

/// Two servers; whoever is asked, who holds the job's shard goes on with it.
class BulkJobsOfTwo : public BulkJobsTest {
 protected:
  BulkJobsOfTwo() {
    Kill();
    bulk_ = Make(one_);
    other_ = Make(two_);
    relay_.to = bulk_.get();
    other_relay_.to = other_.get();
    world_.store.AddListener(table_);
    world_.store.AddListener(other_relay_);
    for (HeldShards* shards : {&one_, &two_}) {
      shards->TrustUntil(MonoTime::max());
      world_.store.AddListener(*shards);
    }
    bulk_->Start();
    other_->Start();
    world_.Poll();
  }
  ~BulkJobsOfTwo() override {
    other_relay_.to = nullptr;
    other_.reset();
    Kill();
  }
  void TakeAll(const std::string& name) {
    store::Batch batch;
    for (std::size_t shard = 0; shard < store::kShards; ++shard)
      batch.push_back(store::Take(table_.LeaseOf(shard), name));
    ASSERT_TRUE(world_.Do(world_.store.Commit(std::move(batch))));
  }
  void TakeShardOf(const std::string& job, const std::string& name) {
    const store::Lease lease = table_.LeaseOf(store::ShardOf(job));
    ASSERT_TRUE(world_.Do(world_.store.Commit({store::Take(lease, name)})));
  }
  void Arrive() {
    for (const auto& instance : world_.directory.All()) {
      if (instance->status == InstanceStatus::Stopping)
        Put(instance->id.str(), InstanceStatus::Stopped);
    }
    world_.Poll();
  }

  store::Shards table_;
  HeldShards one_{world_.clock, "one"};
  HeldShards two_{world_.clock, "two"};
  Relay other_relay_;
  std::unique_ptr<BulkJobs> other_;
};

TEST_F(BulkJobsOfTwo, AJobGoesOnWithWhoTakesItsShardAndActsOnEachOnce) {
  TakeAll("one");
  const std::string job = Ask(PutMany(120)).value();
  EXPECT_EQ(Count(InstanceStatus::Stopping), 50);
  EXPECT_TRUE(bulk_->ProgressOf(job));
  EXPECT_FALSE(other_->ProgressOf(job));
  TakeShardOf(job, "two");
  EXPECT_FALSE(bulk_->ProgressOf(job));
  ASSERT_TRUE(other_->ProgressOf(job));
  EXPECT_EQ(other_->ProgressOf(job)->outcome.done, 100) << "fifty more: two awaits its own only";
  Arrive();
  TakeShardOf(job, "one");
  Arrive();
  EXPECT_EQ(Job(job).end, BulkEnd::Done);
  EXPECT_EQ(Job(job).outcome.done, 120);
  EXPECT_EQ(AuditOf(job).size(), 120u);
  EXPECT_EQ(Count(InstanceStatus::Stopped), 120);
  EXPECT_TRUE(world_.Records(Kind::kBulkJobIds).empty());
}

TEST_F(BulkJobsOfTwo, AJobThatNobodyHoldsWaits) {
  const std::string job = Ask(PutMany(3)).value();
  EXPECT_EQ(Count(InstanceStatus::Stopping), 0);
  TakeShardOf(job, "two");
  EXPECT_EQ(Count(InstanceStatus::Stopping), 3);
}

}  // namespace
}  // namespace atelier::control
