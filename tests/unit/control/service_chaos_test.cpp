// Random requests about services, time, faults of driver and store, lost hosts, stepped clocks and
// killed servers; then the invariants. A failing run prints its seed: ATELIER_SEED=<n> begins with
// it.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "unit/control/chaos_faults.h"
#include "unit/control/service_world.h"

namespace atelier::control {
namespace {

using model::ServiceStatus;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class ServiceChaos : ChaosFaults {
 public:
  explicit ServiceChaos(std::uint64_t seed) : ChaosFaults(seed) {
    Befall(world_);
    world_.driver.before_stop = [this](const model::InstanceId& id, model::Generation generation) {
      CheckStop(id, generation);
    };
    world_.store.fault = [this](const store::Batch& batch) { return StoreFault(batch); };
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
  struct Stay {
    ServiceStatus status{};
    WallTime written;
    MonoTime since;
  };

  // Invariants
  // -------------------------------------------------------------------------------------------

  /// What is wanted and runs is never told to stop.
  void CheckStop(const model::InstanceId& id, model::Generation generation) {
    const auto replica = world_.service_directory.FindReplica(id);
    if (replica == nullptr || replica->leaving) return;
    EXPECT_LT(generation, replica->generation) << id.str() << " was wanted";
  }

  std::optional<Error> StoreFault(const store::Batch& batch) {
    if (auto error = StoreError()) return error;
    for (const store::Write& write : batch) {
      if (write.kind != store::Kind::kServiceReplica || write.op != store::Write::Op::kPut)
        continue;
      const auto next = FromRecord<model::Replica>(write.body).value();
      const auto before = world_.service_directory.FindReplica(next.id);
      if (before == nullptr) continue;
      EXPECT_TRUE(before->status == next.status || model::MoveIsLegal(before->status, next.status))
          << EnumName(before->status) << " to " << EnumName(next.status);
      EXPECT_GE(next.generation, before->generation);
      EXPECT_GE(next.restarts, before->restarts);
      EXPECT_TRUE(next.leaving || !before->leaving) << "nothing comes back";
    }
    return std::nullopt;
  }

  static Duration LimitOf(ServiceStatus status) {
    const bool ends = status == ServiceStatus::Stopping || status == ServiceStatus::Deleting;
    return ends ? seconds(60) + 2 * model::ServiceSpec().termination_grace : minutes(10);
  }

  void CheckAlways() {
    // Never two lives of one replica, which would share its files.
    std::set<std::string> ids;
    for (const std::string& life : world_.Alive())
      EXPECT_TRUE(ids.insert(life.substr(0, life.find('#'))).second) << life;
    // No state past its deadline, however the wall clock steps. While the store refuses, nothing
    // can be written down.
    static constexpr Duration kSlack = seconds(45);
    const MonoTime now = world_.clock.Mono();
    std::map<model::ServiceId, Stay> stays;
    for (const auto& service : world_.service_directory.All()) {
      if (!model::IsTransient(service->status)) continue;
      Stay stay{service->status, service->status_since, now};
      const auto known = stays_.find(service->id);
      if (known != stays_.end() && known->second.status == stay.status &&
          known->second.written == stay.written)
        stay.since = known->second.since;
      if (excused_) stay.since = now;
      EXPECT_LE((now - stay.since) / seconds(1), (LimitOf(stay.status) + kSlack) / seconds(1))
          << service->name << " is " << EnumName(stay.status);
      stays[service->id] = stay;
    }
    stays_ = std::move(stays);
    excused_ = store_errors_ > 0;
  }

  void CheckAtRest() {
    EXPECT_GT(world_.driver.Count(Call::kEnsure), 10) << "something happened";
    std::set<std::string> wanted;
    for (const auto& replica : world_.service_directory.AllReplicas()) {
      EXPECT_FALSE(replica->leaving) << replica->name;
      EXPECT_EQ(replica->status, model::ReplicaStatus::Running) << replica->name;
      wanted.insert(replica->id.str() + "#" + std::to_string(replica->generation));
    }
    EXPECT_EQ(world_.Alive(), wanted);
    EXPECT_EQ(world_.workloads->orphans(), 0u);
    for (const auto& service : world_.service_directory.All()) {
      const auto replicas = static_cast<std::int64_t>(world_.Replicas(service->name).size());
      EXPECT_FALSE(model::IsTransient(service->status))
          << service->name << " is " << EnumName(service->status);
      if (service->desired == model::Desired::Running) {
        EXPECT_EQ(service->status, ServiceStatus::Running) << service->name;
        EXPECT_EQ(world_.ReadyOf(service->name), service->replicas) << service->name;
      }
      EXPECT_EQ(replicas, service->desired == model::Desired::Running ? service->replicas : 0);
      if (service->status == ServiceStatus::Failed) EXPECT_FALSE(service->reason.empty());
    }
    std::set<model::ServiceId> there;
    for (const auto& service : world_.service_directory.All()) there.insert(service->id);
    EXPECT_EQ(there, alive_) << "what was acknowledged, and no more";
    for (const auto kind : {store::Kind::kServiceVersion, store::Kind::kServiceEvent}) {
      for (const auto& record : world_.Records(kind)) {
        const model::ServiceId id(record.key.substr(0, record.key.find('/')));
        EXPECT_TRUE(there.contains(id)) << record.key;
      }
    }
  }

  // Operations
  // -------------------------------------------------------------------------------------------

  runtime::Script RandomScript() {
    runtime::Script script;
    script.allocate_ms = Below(3000);
    script.start_ms = Below(10) == 0 ? Below(200'000) : Below(3000);
    script.stop_ms = Below(10) == 0 ? Below(100'000) : Below(3000);
    if (Below(10) == 0) script.fail_at = "start";
    if (Below(8) == 0) script.exit_after_ms = 1 + Below(600'000);
    script.hang_start = Below(12) == 0;
    script.hang_stop = Below(12) == 0;
    script.hang_kill = script.hang_stop && Below(2) == 0;
    script.vanish = Below(12) == 0;
    script.lost = Below(20) == 0;
    script.refuse = Below(20) == 0;
    return script;
  }
  json::object RandomConfig(const std::string& name) {
    return ServiceWorld::Config(name, Below(4), RandomScript());
  }
  std::string AnyName() { return "svc" + std::to_string(Below(6)); }

  void Create() {
    const auto made = world_.Do(world_.services.Create({.config = RandomConfig(AnyName()),
                                                        .owner = model::UserId("100"),
                                                        .workspace = {},
                                                        .labels = {}},
                                                       world_.By("CreateService")));
    if (made) alive_.insert(*made);
  }
  void Delete() {
    const std::string name = AnyName();
    const auto service = world_.Service(name);
    if (world_.Do(world_.services.Delete(name, world_.By("DeleteService"))))
      alive_.erase(service->id);
  }
  /// Refusals are right answers, too: WrongState, UnknownService, a full disk.
  void Try(Task<Status> request) {
    [[maybe_unused]] const Status ignored = world_.Do(std::move(request));
  }
  void Replace() {
    const std::string name = AnyName();
    if (world_.Service(name) == nullptr || world_.Replicas(name).empty()) return;
    Try(world_.services.Replace(name, {world_.Replicas(name).front()->name}, Below(2) == 0,
                                world_.By("Replace")));
  }

  /// kill -9 and a new server.
  void Restart() { world_.ServeServices(); }

  void Operate() {
    switch (Below(14)) {
      case 0:
      case 1:
        return Create();
      case 2:
        return Try(world_.services.Start(AnyName(), world_.By("StartService")));
      case 3:
        if (Below(2) == 0) Try(world_.services.Stop(AnyName(), world_.By("StopService")));
        return;
      case 4:
        if (Below(2) == 0) Delete();
        return;
      case 5: {
        const std::string name = AnyName();
        return Try(
            world_.services.Update(name, RandomConfig(name), true, {}, world_.By("UpdateService")));
      }
      case 6:
        return Try(world_.services.Scale(AnyName(), Below(4), {}, world_.By("ScaleService")));
      case 7:
        return Try(world_.services.Restart(AnyName(), world_.By("RestartService")));
      case 8:
        return Replace();
      case 9:
        return Break(world_);
      case 10:
        return Restart();
      case 11:
        return world_.Pass(seconds(Below(120)));
      default:
        return world_.Pass(Duration(Below(5000)));
    }
  }

  /// Everything is well again, and time passes.
  void Settle() {
    Heal();
    world_.ServeServices();
    const runtime::Script well{.stop_ms = 10};
    for (const auto& service : world_.service_directory.All()) {
      Try(world_.services.Update(service->name,
                                 ServiceWorld::Config(service->name, service->replicas, well), true,
                                 {}, world_.By("UpdateService")));
    }
    for (int round = 0; round < 3; ++round) {
      for (const auto& replica : world_.service_directory.AllReplicas()) {
        // NotFound: nothing of it runs.
        [[maybe_unused]] const Status ignored = world_.simulated->SetScript(replica->id, well);
      }
      world_.Pass(minutes(16));
    }
  }

  ServiceWorld world_;
  std::set<model::ServiceId> alive_;  // acknowledged, and not deleted
  std::map<model::ServiceId, Stay> stays_;
};

TEST(ServiceChaos, TheInvariantsHoldAfterAnything) { RunHistories<ServiceChaos>(4, 150); }

}  // namespace
}  // namespace atelier::control
