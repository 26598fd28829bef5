// Random requests, time, faults of driver and store, lost hosts, stepped clocks and killed servers;
// then what must always hold. A failing run prints its seed: ATELIER_SEED=<n>
// begins with it.
#include <algorithm>

#include <gtest/gtest.h>

#include "unit/control/chaos_faults.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Chaos : ChaosFaults {
 public:
  explicit Chaos(std::uint64_t seed) : ChaosFaults(seed), world_({}, seed) {
    Befall(world_);
    world_.driver.before_stop = [this](const model::InstanceId& id, model::Generation generation) {
      CheckStop(id, generation);
    };
    world_.store.fault = [this](const store::Batch& batch) { return StoreFault(batch); };
    world_.Serve();
  }

  void Run(int operations) {
    for (int i = 0; i < operations && !testing::Test::HasFailure(); ++i) {
      Operate();
      CheckAlways();
    }
    Settle();
    CheckAtRest();
  }

 private:
  std::optional<Error> StoreFault(const store::Batch& batch) {
    if (auto error = StoreError()) return error;
    for (const store::Write& write : batch) {
      if (write.kind == store::Kind::kInstance && write.op == store::Write::Op::kPut) {
        CheckWrite(FromRecord<model::Instance>(write.body).value(), batch);
      }
    }
    return std::nullopt;
  }

  // Invariants
  // -------------------------------------------------------------------------------------------

  /// I5: what is wanted and runs is never told to stop.
  void CheckStop(const model::InstanceId& id, model::Generation generation) {
    const auto instance = world_.Get(id);
    if (instance == nullptr || instance->desired != model::Desired::Running) return;
    EXPECT_LT(generation, instance->generation) << id.str() << " was wanted";
  }

  /// Every state written was reached by a legal move, and every stop says why (I8).
  void CheckWrite(const model::Instance& next, const store::Batch& batch) {
    const auto before = world_.Get(next.id);
    if (before == nullptr) {
      EXPECT_EQ(next.status, Creating);
      return;
    }
    if (before->status != next.status) {
      EXPECT_TRUE(Legal(before->status, next.status))
          << EnumName(before->status) << " to " << EnumName(next.status);
    }
    EXPECT_GE(next.generation, before->generation);
    EXPECT_GE(next.modified, before->modified);
    EXPECT_GE(next.accumulated_running_ms, before->accumulated_running_ms);
    if (next.status == Failed) EXPECT_FALSE(next.reason_code.empty());
    if (next.status != Stopping || before->status == Stopping) return;
    EXPECT_TRUE(std::ranges::any_of(batch, [](const store::Write& write) {
      return write.kind == store::Kind::kEvent &&
             write.body.find("Stopping: ") != std::string::npos;
    }));
  }

  static bool Legal(model::InstanceStatus from, model::InstanceStatus to) {
    for (const auto trigger :
         {model::Trigger::kProgress, model::Trigger::kStart, model::Trigger::kStop,
          model::Trigger::kUpdate, model::Trigger::kDelete}) {
      if (model::MoveIsLegal(from, trigger, to)) return true;
    }
    // UpdateInstance with StartInstance goes through Updating in one transaction.
    return model::Accepts(from, model::Trigger::kUpdate) && to == Starting;
  }

  void CheckAlways() {
    // I3: never two lives of one instance.
    std::set<std::string> ids;
    for (const std::string& life : world_.Alive()) {
      EXPECT_TRUE(ids.insert(life.substr(0, life.find('#'))).second) << life;
    }
    // I4: no state past its deadline, however the wall clock steps. While the store refuses,
    // nothing can be written down.
    static constexpr Duration kSlack =
        seconds(45);  // a last look, a forced stop and the pauses between tries
    const MonoTime now = world_.clock.Mono();
    std::map<model::InstanceId, Stay> stays;
    for (const auto& instance : world_.directory.All()) {
      Stay stay{instance->next_step, instance->status, now};
      const auto known = stays_.find(instance->id);
      if (known != stays_.end() && known->second.step == stay.step)
        stay.since = known->second.since;
      if (excused_) stay.since = now;
      EXPECT_LE((now - stay.since) / seconds(1), (LimitOf(stay.status) + kSlack) / seconds(1))
          << instance->id.str() << " is " << EnumName(stay.status);
      stays[instance->id] = stay;
    }
    stays_ = std::move(stays);
    excused_ = store_errors_ > 0;
  }

  static Duration LimitOf(model::InstanceStatus status) {
    switch (status) {
      case Creating:
      case ResourceAllocating:
      case Stopping:
        return minutes(1);
      case EnvPreparing:
        return minutes(10);
      case Starting:
        return minutes(2);
      case Updating:
      case Recovering:
        return minutes(14);
      default:
        return hours(1'000'000);
    }
  }

  void CheckAtRest() {
    std::set<std::string> wanted;
    for (const auto& instance : world_.directory.All()) {
      EXPECT_FALSE(model::IsTransient(instance->status))  // I4
          << instance->id.str() << " is " << EnumName(instance->status);
      if (instance->status == Running) {
        wanted.insert(instance->id.str() + "#" + std::to_string(instance->generation));
      }
      CheckSteps(*instance);
    }
    EXPECT_EQ(world_.Alive(), wanted);  // I3
    for (const auto& id : acknowledged_) {
      EXPECT_EQ(world_.Get(id) != nullptr, !deleted_.contains(id)) << id.str();  // I1
    }
    EXPECT_EQ(world_.directory.size(), acknowledged_.size() - deleted_.size());  // I2
    int lines = 0;
    for (const auto& record : world_.Records(store::Kind::kAudit)) {
      lines += record.body.find("acs:ram::1:user/test") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(lines, mutations_);  // I9
    EXPECT_EQ(world_.Records(store::Kind::kInstanceName).size(), world_.directory.size());
    for (const auto kind : {store::Kind::kLifecycleStep, store::Kind::kEvent}) {
      for (const auto& record : world_.Records(kind)) {
        const model::InstanceId id(record.key.substr(0, record.key.find('/')));
        EXPECT_NE(world_.Get(id), nullptr) << record.key;
      }
    }
  }

  void CheckSteps(const model::Instance& instance) {
    const auto steps = world_.Do(world_.instances.Lifecycle(instance.id)).value();
    ASSERT_FALSE(steps.empty());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      EXPECT_EQ(steps[i].number, static_cast<std::int64_t>(i) + 1);
      EXPECT_EQ(steps[i].end.has_value(), i + 1 < steps.size());
      if (i > 0) EXPECT_TRUE(Legal(steps[i - 1].status, steps[i].status));
    }
    EXPECT_EQ(steps.back().status, instance.status);
    EXPECT_EQ(steps.back().session, instance.session);
  }

  // Operations
  // -------------------------------------------------------------------------------------------

  runtime::Script RandomScript() {
    runtime::Script script;
    script.allocate_ms = Below(3000);
    script.prepare_ms = Below(10) == 0 ? Below(900'000) : Below(3000);
    script.start_ms = Below(10) == 0 ? Below(200'000) : Below(3000);
    script.stop_ms = Below(10) == 0 ? Below(100'000) : Below(3000);
    if (Below(10) == 0) script.fail_at = Below(2) == 0 ? "prepare" : "start";
    if (Below(8) == 0) script.exit_after_ms = 1 + Below(600'000);
    script.hang_start = Below(12) == 0;
    script.hang_stop = Below(12) == 0;
    script.hang_kill = script.hang_stop && Below(2) == 0;
    script.vanish = Below(12) == 0;
    script.lost = Below(20) == 0;
    script.refuse = Below(20) == 0;
    script.cpu_percent = Below(3) == 0 ? 50 : 0;
    return script;
  }

  model::InstanceId AnyId() {
    const auto all = world_.directory.All();
    if (all.empty() || Below(30) == 0) return model::InstanceId("dsw-none");
    std::vector<model::InstanceId> ids;
    ids.reserve(all.size());
    for (const auto& instance : all) ids.push_back(instance->id);
    std::ranges::sort(ids);  // All() has no order, and the run must repeat
    return ids[static_cast<std::size_t>(Below(static_cast<int>(ids.size())))];
  }

  void Count(const Status& status) { mutations_ += status ? 1 : 0; }

  void Create() {
    std::optional<ClientToken> token;
    const int number = Below(40);
    if (Below(2) == 0) {
      token = {.token = std::to_string(number), .caller = "me", .fingerprint = "same"};
    }
    const auto made = world_.Do(world_.instances.Create(
        world_.Wish("n" + std::to_string(number), RandomScript()), token, world_.By("Create")));
    if (!made) return;
    if (acknowledged_.insert(*made).second) ++mutations_;
    if (!token) return;
    const auto [known, fresh] = made_by_.emplace(number, *made);
    EXPECT_EQ(known->second, *made);  // I2
  }

  void Delete() {
    const auto id = AnyId();
    const Status done = world_.Delete(id);
    Count(done);
    if (done) deleted_.insert(id);
  }

  void Update() {
    InstanceChange change;
    if (Below(2) == 0) change.ecs_spec = Below(2) == 0 ? "ecs.small" : "ecs.large";
    if (Below(2) == 0) change.environment = {{"ATELIER_SIMULATE", ToJson(RandomScript())}};
    if (Below(3) == 0) change.name = "n" + std::to_string(Below(40));
    change.start_afterwards = Below(2) == 0;
    Count(world_.Do(world_.instances.Update(AnyId(), change, world_.By("Update"))));
  }

  void Rules() {
    const auto id = AnyId();
    if (Below(2) == 0) {
      const WallTime due = world_.clock.Wall() + seconds(1 + Below(1200));
      Count(world_.Do(world_.instances.PutTimer(id, due, world_.By("Timer"))));
    } else {
      const model::IdleCuller rule{.cpu_percent_threshold = 10,
                                   .gpu_percent_threshold = std::nullopt,
                                   .max_idle_minutes = 1 + Below(10)};
      Count(world_.Do(world_.instances.CreateCuller(id, rule, world_.By("Culler"))));
    }
  }

  /// kill -9 and a new server.
  void Restart() { world_.Serve(); }

  void Operate() {
    switch (Below(12)) {
      case 0:
      case 1:
        return Create();
      case 2:
        return Count(world_.Start(AnyId()));
      case 3:
        return Count(world_.Stop(AnyId()));
      case 4:
        if (Below(2) == 0) Delete();
        return;
      case 5:
        return Update();
      case 6:
        return Rules();
      case 7:
        return Break(world_);
      case 8:
        return Restart();
      case 9:
        return world_.Pass(seconds(Below(120)));
      default:
        return world_.Pass(Duration(Below(5000)));
    }
  }

  /// Everything is well again, and time passes.
  void Settle() {
    Heal();
    world_.Serve();
    for (int round = 0; round < 3; ++round) {
      for (const auto& instance : world_.directory.All()) {
        // NotFound: nothing of it runs.
        [[maybe_unused]] const Status ignored =
            world_.simulated->SetScript(instance->id, {.stop_ms = 10, .executing_kernels = 1});
      }
      world_.Pass(minutes(16));
    }
  }

  struct Stay {
    std::int64_t step = 0;  // the number of the next: names the stay in this one
    model::InstanceStatus status{};
    MonoTime since;
  };

  World world_;
  int mutations_ = 0;
  std::set<model::InstanceId> acknowledged_;
  std::set<model::InstanceId> deleted_;
  std::map<int, model::InstanceId> made_by_;  // by token
  std::map<model::InstanceId, Stay> stays_;
};

TEST(Chaos, TheInvariantsHoldAfterAnything) { RunHistories<Chaos>(8, 200); }

}  // namespace
}  // namespace atelier::control
