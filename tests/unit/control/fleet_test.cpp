// Several servers over one store and one world (docs/decisions/0058-shards-in-the-loops.md).
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "control/core/held_shards.h"
#include "control/core/orphan.h"
#include "unit/control/service_world.h"

namespace atelier::control {
namespace {

using model::InstanceStatus;
using std::chrono::minutes;
using std::chrono::seconds;
using store::Kind;
using store::Write;

/// A server's way to the world that all share.
class Wire final : public runtime::Driver {
 public:
  explicit Wire(runtime::Driver& world) : world_(world) {}

  /// "<call> <id>", in the order they were made; of the looks, "look".
  std::vector<std::string> calls;
  /// Told of each call about a workload that changes something.
  std::function<void(const std::string& call, const model::InstanceId& id)> on_call;
  /// Waited for when the world has answered one, before the server is.
  std::function<Task<void>(std::string call, model::InstanceId id)> held;
  bool blind = false;  // its looks fail

  Task<Status> Ensure(runtime::Workload want, Deadline by) override {
    const model::InstanceId id = want.id;
    return Through("ensure", id, world_.Ensure(std::move(want), by));
  }
  Task<Status> Stop(model::InstanceId id, model::Generation generation, runtime::StopMode mode,
                    Deadline by) override {
    return Through("stop", id, world_.Stop(id, generation, mode, by));
  }
  Task<Status> Remove(model::InstanceId id, Deadline by) override {
    return Through("remove", id, world_.Remove(id, by));
  }
  Task<Result<runtime::Observation>> Observe(Deadline by) override {
    calls.emplace_back("look");
    if (blind) co_return Error(Code::kUnavailable, "blind");
    co_return co_await world_.Observe(by);
  }
  Task<Result<runtime::Usage>> Sample(model::InstanceId id, Deadline by) override {
    return world_.Sample(std::move(id), by);
  }
  Task<Result<std::string>> Logs(model::InstanceId id, std::size_t max, Deadline by) override {
    return world_.Logs(std::move(id), max, by);
  }
  Result<runtime::Endpoint> EndpointOf(const model::InstanceId& id) const override {
    return world_.EndpointOf(id);
  }
  // It has room for one: all find out by looking.
  void SetWake(std::function<void()> /*wake*/) override {}
  Task<void> Stop() override { co_return; }

 private:
  /// The loop asks here, in one go with its look at the lease.
  Task<Status> Through(std::string call, const model::InstanceId& id, Task<Status> done) {
    calls.push_back(call + " " + id.str());
    if (on_call) on_call(call, id);
    return Answer(std::move(call), id, std::move(done));
  }
  Task<Status> Answer(std::string call, model::InstanceId id, Task<Status> done) {
    Status answer = co_await std::move(done);
    if (held) co_await held(std::move(call), std::move(id));
    co_return answer;
  }

  runtime::Driver& world_;
};

/// The store as one server's loops have it.
class Door final : public store::Store {
 public:
  Door(store::Store& store, std::function<void()> deliver)
      : store_(store), deliver_(std::move(deliver)) {}

  int tried = 0;
  int refused = 0;  // of these: by the store
  /// Told of each commit that went through.
  std::function<void(const store::Batch&)> on_commit;

  Task<Result<model::Revision>> Commit(store::Batch batch) override {
    ++tried;
    const store::Batch asked = batch;
    auto done = co_await store_.Commit(std::move(batch));
    if (done && on_commit) on_commit(asked);
    if (!done) ++refused;
    deliver_();  // who lost a race is shown what they lost to
    co_return done;
  }
  Task<Result<store::Record>> Get(Kind kind, std::string key) override {
    return store_.Get(kind, std::move(key));
  }
  Task<Result<std::vector<store::Record>>> Scan(Kind kind, Range range) override {
    return store_.Scan(kind, std::move(range));
  }
  Status LoadBlocking(Kind kind, const std::function<void(store::Record)>& each) override {
    return store_.LoadBlocking(kind, each);
  }
  void AddListener(store::Listener& listener) override { store_.AddListener(listener); }
  store::Health GetHealth() const override { return {}; }
  std::vector<double> RecentCommitSeconds() const override { return {}; }
  Task<void> Stop() override { co_return; }

 private:
  store::Store& store_;
  const std::function<void()> deliver_;
};

/// One of several servers: read models of its own, what it holds, and its loops.
class Server final : public store::Listener {
 public:
  Server(ServiceWorld& world, std::string name_in)
      : name(std::move(name_in)),
        shards(world.clock, name),
        wire(*world.simulated),
        door(world.store, [this] { Deliver(); }),
        world_(world) {
    shards.TrustUntil(MonoTime::max());
    world.store.AddListener(*this);
    Begin();
  }

  void Begin() {
    workloads =
        std::make_unique<Workloads>(door, shards, wire, world_.clock, *world_.random, *world_.log,
                                    world_.io.get_executor(), WorkloadsOptions());
    reconciler = std::make_unique<Reconciler>(*workloads, directory, world_.catalogue,
                                              world_.options, "secret");
    ServiceReconcilerOptions options = world_.service_options;
    options.admission = nullptr;
    TendServices(*workloads, services, world_.catalogue, world_.probe, std::move(options));
    workloads->Start();
    world_.Poll();
  }
  /// As kill -9 would.
  void Die() {
    reconciler.reset();
    workloads.reset();
  }

  void Apply(std::span<const store::Change> changes) override {
    feed_.emplace_back(changes.begin(), changes.end());
    if (!lags) Deliver();
  }
  void Deliver() {
    while (!feed_.empty()) {
      const std::vector<store::Change> next = std::move(feed_.front());
      feed_.pop_front();
      directory.Apply(next);
      services.Apply(next);
      shards.Apply(next);
      if (workloads) workloads->Apply(next);
    }
  }
  /// Calls about workloads that change something, since the `from`th of all calls.
  std::vector<std::string> Acts(std::size_t from = 0) const {
    std::vector<std::string> acts;
    for (std::size_t i = from; i < wire.calls.size(); ++i) {
      if (wire.calls[i] != "look") acts.push_back(wire.calls[i]);
    }
    return acts;
  }

  const std::string name;
  bool lags = false;  // the feed comes late: with the answer to its own next commit
  HeldShards shards;
  directory::InstanceDirectory directory;
  directory::ServiceDirectory services;
  Wire wire;
  Door door;
  std::unique_ptr<Workloads> workloads;
  std::unique_ptr<Reconciler> reconciler;

 private:
  ServiceWorld& world_;
  std::deque<std::vector<store::Change>> feed_;
};

/// What no loop writes without the guard of its lease.
bool IsOfAShard(Kind kind) {
  static const std::set<Kind> kKinds{
      Kind::kInstance,     Kind::kLifecycleStep,  Kind::kEvent,
      Kind::kInstanceName, Kind::kService,        Kind::kServiceVersion,
      Kind::kServiceEvent, Kind::kServiceReplica, Kind::kTombstone};
  return kKinds.contains(kind);
}

/// Users ask at a server of their own, which holds nothing; `directory` and `service_directory` are
/// what it shows, and always up to date.
class Fleet : public ServiceWorld {
 public:
  Fleet() {
    Kill();
    store.AddListener(table);
  }
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  ~Fleet() {
    for (const auto& server : servers_) server->Die();
    Poll();
  }

  Server& Add(const std::string& name) {
    servers_.push_back(std::make_unique<Server>(*this, name));
    Server& server = *servers_.back();
    server.door.on_commit = [this, &server](const store::Batch& batch) { Check(server, batch); };
    server.wire.on_call = [this, &server](const std::string& call, const model::InstanceId& id) {
      // One that has not been told of its loss yet may call in vain, which the world bears.
      if (!server.lags) EXPECT_EQ(HolderOf(id), server.name) << call << " " << id.str();
      if (on_act) on_act(id);
    };
    return server;
  }
  void Take(std::size_t shard, const std::string& name) {
    ASSERT_TRUE(Do(store.Commit({store::Take(table.LeaseOf(shard), name)})));
  }
  void TakeAll(const std::string& name) {
    store::Batch batch;
    for (std::size_t shard = 0; shard < store::kShards; ++shard)
      batch.push_back(store::Take(table.LeaseOf(shard), name));
    ASSERT_TRUE(Do(store.Commit(std::move(batch))));
  }
  /// Soon, among all else that goes on; not at all if somebody is first.
  void TakeSoon(std::size_t shard, const std::string& name) {
    Spawn(io.get_executor(), "test.take", Commit(store, {store::Take(table.LeaseOf(shard), name)}));
  }
  std::size_t ShardOf(const model::InstanceId& id) const {
    const auto replica = service_directory.FindReplica(id);
    return replica ? store::ShardOf(replica->service) : store::ShardOf(id);
  }
  const std::string& HolderOf(const model::InstanceId& id) const {
    return table.OwnerOf(ShardOf(id));
  }
  /// No two lives of one workload at a time.
  void ExpectOneLifeEach() {
    std::set<std::string> ids;
    for (const std::string& life : Alive()) {
      EXPECT_TRUE(ids.insert(life.substr(0, life.find('#'))).second) << life;
    }
  }

  store::Shards table;
  std::function<void(const model::InstanceId&)> on_act;  // before a call of any server

 private:
  static Task<void> Commit(store::Store& store, store::Batch batch) {
    (void)co_await store.Commit(std::move(batch));
  }
  void Check(const Server& server, const store::Batch& batch) {
    bool guarded = false;
    for (const Write& write : batch) {
      if (write.op != Write::Op::kCheck || write.kind != Kind::kShard) continue;
      guarded = true;
      EXPECT_EQ(table.OwnerOf(static_cast<std::size_t>(std::stoi(write.key))), server.name);
    }
    for (const Write& write : batch) {
      EXPECT_TRUE(guarded || !IsOfAShard(write.kind))
          << "without a guard: " << EnumName(write.kind) << " " << write.key;
    }
  }

  std::vector<std::unique_ptr<Server>> servers_;
};

TEST(Fleet, EachActsForWhatItHolds) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  Server& two = fleet.Add("two");
  for (std::size_t shard = 0; shard < store::kShards; ++shard)
    fleet.Take(shard, shard % 2 == 0 ? "one" : "two");
  std::set<std::string> expected;
  for (int i = 0; i < 20; ++i)
    expected.insert(fleet.Running("nb-" + std::to_string(i)).str() + "#1");
  EXPECT_EQ(fleet.Alive(), expected);
  EXPECT_FALSE(one.Acts().empty());
  EXPECT_FALSE(two.Acts().empty());
  EXPECT_EQ(one.Acts().size() + two.Acts().size(), 20u) << "each was asked for once";
  EXPECT_EQ(one.door.refused + two.door.refused, 0);
}

TEST(Fleet, WhatNobodyHoldsWaits) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  const auto id = fleet.Create("nb");
  fleet.Pass(minutes(5));
  EXPECT_EQ(fleet.StatusOf(id), InstanceStatus::Creating);
  EXPECT_TRUE(one.Acts().empty());
  fleet.Take(store::ShardOf(id), "one");
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Running, minutes(1)));
}

/// Shards change hands at any moment, in the middle of steps, too.
TEST(Fleet, TwoServersNeverActForOneThingAtOnce) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto roll = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
    const std::vector<std::string> names{"one", "two", "three"};
    Fleet fleet;
    for (const std::string& name : names) fleet.Add(name);
    fleet.TakeAll("one");
    ASSERT_TRUE(fleet.Make(Fleet::Config("svc", 3)));
    std::vector<model::InstanceId> ids;
    ids.reserve(8);
    for (int i = 0; i < 8; ++i) ids.push_back(fleet.Create("nb-" + std::to_string(i)));
    fleet.on_act = [&](const model::InstanceId& id) {
      if (roll(4) == 0) fleet.TakeSoon(fleet.ShardOf(id), names[roll(names.size())]);
    };
    for (int round = 0; round < 150; ++round) {
      const model::InstanceId& id = ids[roll(ids.size())];
      fleet.TakeSoon(store::ShardOf(id), names[roll(names.size())]);
      // What its state refuses is refused.
      if (roll(2) == 0) {
        (void)fleet.Stop(id);
      } else {
        (void)fleet.Start(id);
      }
      if (roll(10) == 0) {
        (void)fleet.Do(fleet.services.Scale("svc", static_cast<std::int64_t>(1 + roll(4)), {},
                                            fleet.By("UpdateService")));
      }
      if (roll(5) == 0) {
        fleet.TakeSoon(store::ShardOf(fleet.Service("svc")->id), names[roll(names.size())]);
      }
      fleet.Pass(Duration(static_cast<std::int64_t>(20 + roll(400))));
      fleet.ExpectOneLifeEach();
    }
    fleet.on_act = nullptr;
    fleet.Pass(minutes(1));
    ASSERT_TRUE(fleet.Do(fleet.services.Scale("svc", 2, {}, fleet.By("UpdateService"))));
    fleet.Pass(minutes(3));
    std::set<std::string> expected;
    for (const auto& id : ids) {
      const auto instance = fleet.Get(id);
      const bool runs = instance->desired == model::Desired::Running;
      EXPECT_EQ(instance->status, runs ? InstanceStatus::Running : InstanceStatus::Stopped);
      if (runs) expected.insert(id.str() + "#" + std::to_string(instance->generation));
    }
    EXPECT_EQ(fleet.ReadyOf("svc"), 2);
    for (const auto& replica : fleet.Replicas("svc"))
      expected.insert(replica->id.str() + "#" + std::to_string(replica->generation));
    EXPECT_EQ(fleet.Alive(), expected);
  }
}

TEST(Fleet, ALostLeaseStopsAHalfDoneActionBeforeItsWrite) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  Server& two = fleet.Add("two");
  fleet.TakeAll("one");
  bool held = false;
  one.wire.held = [&](const std::string&, const model::InstanceId&) {
    held = true;
    return fleet.clock.Sleep(seconds(3));
  };
  const auto id = fleet.Create("nb", {.refuse = true});
  ASSERT_TRUE(fleet.PassUntil([&] { return held; }));
  fleet.Pass(seconds(1));
  ASSERT_EQ(one.Acts(), std::vector<std::string>{"ensure " + id.str()});
  const int tried = one.door.tried;
  fleet.Take(store::ShardOf(id), "two");
  // The answer, a refusal, comes two seconds later; that it can never start is for two to say.
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Failed, minutes(1)));
  fleet.Pass(minutes(1));
  EXPECT_EQ(one.door.tried, tried) << "it does not even try";
  EXPECT_EQ(one.Acts().size(), 1u);
  EXPECT_EQ(fleet.Path(id), "Creating ResourceAllocating Failed");
  EXPECT_EQ(two.door.refused, 0);
}

/// The fence alone: one does not know yet, and the other never acts.
TEST(Fleet, FFenceWhoDoesNotKnowOfTheirLossWritesNothing) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  fleet.TakeAll("one");
  const auto id = fleet.Create("nb", {.start_ms = 5'000});
  ASSERT_TRUE(fleet.Reaches(id, InstanceStatus::Starting));
  one.lags = true;
  fleet.Take(store::ShardOf(id), "a server that has died since");
  const model::Revision revision = fleet.directory.RevisionOf(id);
  fleet.Pass(minutes(1));  // it is ready, and one has seen it
  EXPECT_EQ(one.door.refused, 1);
  EXPECT_EQ(fleet.StatusOf(id), InstanceStatus::Starting);
  EXPECT_EQ(fleet.directory.RevisionOf(id), revision);
  EXPECT_EQ(one.shards.LeaseOf(store::ShardOf(id)), std::nullopt) << "it knows by the refusal";
  one.lags = false;
  ASSERT_TRUE(fleet.Stop(id));
  fleet.Pass(minutes(5));
  EXPECT_EQ(fleet.StatusOf(id), InstanceStatus::Stopping);
  EXPECT_EQ(one.door.refused, 1) << "and tries no more";
}

TEST(Fleet, ATakeoverGoesOnWhereTheLastHolderEnded) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  Server& two = fleet.Add("two");
  fleet.TakeAll("one");
  const auto id = fleet.Create("nb", {.prepare_ms = 20'000});
  ASSERT_TRUE(fleet.Reaches(id, InstanceStatus::EnvPreparing));
  one.Die();
  fleet.Pass(seconds(5));
  fleet.TakeAll("two");
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Running, minutes(1)));
  EXPECT_EQ(fleet.Path(id), "Creating ResourceAllocating EnvPreparing Starting Running");
  EXPECT_EQ(fleet.Alive(), std::set<std::string>{id.str() + "#1"});
  EXPECT_TRUE(two.Acts().empty()) << "it was there already";
}

TEST(Fleet, ATakeoverLooksAtTheWorldBeforeItActs) {
  Fleet fleet;
  fleet.Add("one");
  Server& two = fleet.Add("two");
  fleet.TakeAll("one");
  const auto id = fleet.Create("nb", {.hang_start = true});
  ASSERT_TRUE(fleet.Reaches(id, InstanceStatus::Starting));
  fleet.Pass(Duration(1'500));
  const std::size_t before = two.wire.calls.size();
  fleet.Take(store::ShardOf(id), "two");
  fleet.Pass(seconds(10));
  ASSERT_GT(two.wire.calls.size(), before);
  EXPECT_EQ(two.wire.calls[before], "look");
  EXPECT_EQ(two.Acts(before), std::vector<std::string>()) << "the look has shown that it is there";
}

TEST(Fleet, ALookThatFailsDoesNotKeepATakeoverFromActing) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  Server& two = fleet.Add("two");
  fleet.TakeAll("one");
  const auto id = fleet.Running("nb");
  one.Die();
  ASSERT_TRUE(fleet.Stop(id));
  two.wire.blind = true;
  fleet.TakeAll("two");
  // It cannot see the end: the way out of the state comes all the same (promise 4).
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Failed, minutes(3)));
  EXPECT_TRUE(fleet.Alive().empty()) << "it was told to end";
}

TEST(Fleet, TheTimeThatAnotherServerSpentInAStateCounts) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  fleet.Add("two");
  fleet.TakeAll("one");
  const auto id = fleet.Create("nb", {.hang_start = true});
  ASSERT_TRUE(fleet.Reaches(id, InstanceStatus::Starting));
  fleet.Pass(seconds(100));  // of the 120 that it has
  one.Die();
  fleet.TakeAll("two");
  EXPECT_FALSE(fleet.Reaches(id, InstanceStatus::Failed, seconds(18)));
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Failed, seconds(15)));
}

TEST(Fleet, ATimerFiresOnceAndAtTheServerThatHasItsShard) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  Server& two = fleet.Add("two");
  fleet.TakeAll("one");
  const auto id = fleet.Running("nb");
  ASSERT_TRUE(fleet.Do(fleet.instances.PutTimer(id, fleet.clock.Wall() + minutes(10),
                                                fleet.By("CreateInstanceShutdownTimer"))));
  fleet.Pass(minutes(5));
  fleet.Take(store::ShardOf(id), "two");
  const int tried = one.door.tried;
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Stopped, minutes(6)));
  EXPECT_EQ(one.door.tried, tried);
  EXPECT_EQ(two.Acts(), std::vector<std::string>{"stop " + id.str()});
}

TEST(Fleet, WhoIsNotTrustedAnyMoreActsNoMore) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  fleet.TakeAll("one");
  const auto id = fleet.Running("nb");
  one.shards.TrustUntil(fleet.clock.In(seconds(8)));
  fleet.Pass(seconds(8));
  const std::size_t before = one.wire.calls.size();
  const int tried = one.door.tried;
  ASSERT_TRUE(fleet.Stop(id));
  fleet.Pass(minutes(2));
  EXPECT_EQ(fleet.StatusOf(id), InstanceStatus::Stopping);
  EXPECT_TRUE(one.Acts(before).empty());
  EXPECT_EQ(one.door.tried, tried);
  one.shards.TrustUntil(MonoTime::max());
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Stopped, seconds(30))) << "what it missed is done";
}

TEST(Fleet, WhoIsNotTrustedAnyMoreGoesOnWithNothing) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  fleet.TakeAll("one");
  const auto id = fleet.Create("nb", {.start_ms = 20'000});
  ASSERT_TRUE(fleet.Reaches(id, InstanceStatus::Starting));
  one.shards.TrustUntil(fleet.clock.In(seconds(8)));
  fleet.Pass(seconds(8));
  const int tried = one.door.tried;
  fleet.Pass(minutes(1));  // it is ready, and one has seen it
  EXPECT_EQ(fleet.StatusOf(id), InstanceStatus::Starting);
  EXPECT_EQ(one.door.tried, tried);
  one.shards.TrustUntil(MonoTime::max());
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Running, seconds(30)));
}

TEST(Fleet, AShardThatComesBackIsBegunAnew) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  fleet.TakeAll("one");
  const auto id = fleet.Running("nb");
  fleet.TakeAll("nobody");
  ASSERT_TRUE(fleet.Stop(id));
  fleet.Pass(minutes(1));
  EXPECT_EQ(fleet.StatusOf(id), InstanceStatus::Stopping);
  fleet.TakeAll("one");
  EXPECT_TRUE(fleet.Reaches(id, InstanceStatus::Stopped, seconds(30)));
  EXPECT_EQ(one.door.refused, 0);
}

TEST(Fleet, AServiceGoesWithItsReplicas) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  Server& two = fleet.Add("two");
  fleet.TakeAll("one");
  fleet.Up("svc", 3);
  const std::size_t before = one.wire.calls.size();
  const int tried = one.door.tried;
  fleet.Take(store::ShardOf(fleet.Service("svc")->id), "two");
  ASSERT_TRUE(fleet.Do(fleet.services.Scale("svc", 5, {}, fleet.By("UpdateService"))));
  EXPECT_TRUE(fleet.PassUntil([&] { return fleet.ReadyOf("svc") == 5; }, minutes(1)));
  EXPECT_EQ(two.Acts().size(), 2u) << "the three that run are left alone";
  ASSERT_TRUE(fleet.Do(fleet.services.Delete("svc", fleet.By("DeleteService"))));
  EXPECT_TRUE(fleet.ServiceGone("svc", minutes(3)));
  fleet.Pass(minutes(1));
  EXPECT_TRUE(fleet.Alive().empty());
  EXPECT_TRUE(one.Acts(before).empty());
  EXPECT_EQ(one.door.tried, tried);
}

TEST(Fleet, AnOrphanIsListedByAllAndEndedByWhoHoldsItsShard) {
  Fleet fleet;
  Server& one = fleet.Add("one");
  Server& two = fleet.Add("two");
  fleet.TakeAll("one");
  runtime::Workload stranger;
  stranger.id = model::InstanceId("dsw-stranger");
  stranger.generation = 1;
  fleet.Take(store::ShardOf(stranger.id), "two");
  ASSERT_TRUE(fleet.Do(fleet.simulated->Ensure(stranger, fleet.clock.In(seconds(1)))));
  fleet.Pass(minutes(1));
  ASSERT_EQ(one.workloads->ListOrphans().size(), 1u);
  ASSERT_EQ(two.workloads->ListOrphans().size(), 1u);
  EXPECT_EQ(fleet.Alive().size(), 1u);
  ASSERT_TRUE(fleet.Do(EndOrphan(fleet.store, fleet.clock, two.workloads->ListOrphans().front(),
                                 true, fleet.By("EndOrphan"))));
  EXPECT_TRUE(fleet.PassUntil([&] { return fleet.Alive().empty(); }, minutes(2)));
  fleet.Pass(minutes(2));
  EXPECT_TRUE(one.Acts().empty());
  EXPECT_EQ(two.Acts(), (std::vector<std::string>{"stop dsw-stranger", "remove dsw-stranger"}));
}

}  // namespace
}  // namespace atelier::control
