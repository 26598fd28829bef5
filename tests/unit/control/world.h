#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"
#include "control/dsw/instances.h"
#include "control/dsw/reconciler.h"
#include "directory/directory.h"
#include "runtime/simulated.h"
#include "store/store.h"

namespace atelier::control {

/// The simulated driver behind a wire that can be cut: each call may be answered by a fault first.
class FaultyDriver final : public runtime::Driver {
 public:
  enum class Call { kEnsure, kStop, kRemove, kObserve, kSample };
  explicit FaultyDriver(runtime::SimulatedDriver& inner) : inner_(&inner) {}

  /// Of a call about `id` (empty: Observe). An error is answered without doing anything.
  std::function<std::optional<Error>(Call, const model::InstanceId& id)> fault;
  /// True: the call is never answered, whatever its deadline says.
  std::function<bool(Call, const model::InstanceId& id)> never;
  /// May change what Observe shows.
  std::function<void(runtime::Observation&)> lie;
  /// Called before every Stop.
  std::function<void(const model::InstanceId&, model::Generation)> before_stop;
  /// Called after every call that did something.
  std::function<void(Call)> after;

  std::vector<std::pair<Call, std::string>> calls;  // "<id>#<generation>" of Ensure and Stop
  int under_way = 0;
  int most_under_way = 0;

  int Count(Call call) const {
    int count = 0;
    for (const auto& [made, ignored] : calls) count += made == call ? 1 : 0;
    return count;
  }
  void SetInner(runtime::SimulatedDriver& inner) {
    inner_ = &inner;
    inner_->SetWake(wake_);
  }

  Task<Status> Ensure(runtime::Workload want, Deadline by) override {
    const model::InstanceId id = want.id;
    calls.emplace_back(Call::kEnsure, id.str() + "#" + std::to_string(want.generation));
    return Through(Call::kEnsure, id,
                   [this, want = std::move(want), by] { return inner_->Ensure(want, by); });
  }
  Task<Status> Stop(model::InstanceId id, model::Generation generation, runtime::StopMode mode,
                    Deadline by) override {
    calls.emplace_back(Call::kStop, id.str() + "#" + std::to_string(generation));
    if (before_stop) before_stop(id, generation);
    return Through(Call::kStop, id, [this, id, generation, mode, by] {
      return inner_->Stop(id, generation, mode, by);
    });
  }
  Task<Status> Remove(model::InstanceId id, Deadline by) override {
    calls.emplace_back(Call::kRemove, id.str());
    return Through(Call::kRemove, id, [this, id, by] { return inner_->Remove(id, by); });
  }
  Task<Result<runtime::Observation>> Observe(Deadline by) override {
    calls.emplace_back(Call::kObserve, "");
    if (never && never(Call::kObserve, {})) co_await Forever();
    if (fault) {
      if (auto error = fault(Call::kObserve, {})) co_return *error;
    }
    auto seen = co_await inner_->Observe(by);
    if (seen && lie) lie(*seen);
    co_return seen;
  }
  /// Whether the files of `id` are gone.
  std::function<bool(const model::InstanceId& id)> no_home;
  Task<Result<bool>> HasHome(model::InstanceId id, Deadline /*by*/) override {
    co_return !no_home || !no_home(id);
  }
  Task<Result<runtime::Usage>> Sample(model::InstanceId id, Deadline by) override {
    if (never && never(Call::kSample, id)) co_await Forever();
    if (fault) {
      if (auto error = fault(Call::kSample, id)) co_return *error;
    }
    co_return co_await inner_->Sample(id, by);
  }
  std::optional<Result<runtime::Usage>> SampleAtOnce(const model::InstanceId& id) const override {
    if (never || fault) return std::nullopt;
    return inner_->SampleAtOnce(id);
  }
  Task<Result<std::string>> Logs(model::InstanceId id, std::size_t max, Deadline by) override {
    return inner_->Logs(std::move(id), max, by);
  }
  Result<runtime::Endpoint> EndpointOf(const model::InstanceId& id) const override {
    return inner_->EndpointOf(id);
  }
  void SetWake(std::function<void()> wake) override {
    wake_ = wake;
    inner_->SetWake(std::move(wake));
  }
  Task<void> Stop() override { return inner_->Stop(); }

 private:
  static Task<void> Forever() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_at(asio::steady_timer::time_point::max());
    // Deaf to cancellation too, as a driver may be that is stuck in a system call.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    [[maybe_unused]] auto [ignored] = co_await timer.async_wait(kNoThrow);
  }
  Task<Status> Through(Call call, model::InstanceId id, std::function<Task<Status>()> inner) {
    ++under_way;
    most_under_way = std::max(most_under_way, under_way);
    if (never && never(call, id)) co_await Forever();
    if (fault) {
      if (auto error = fault(call, id)) {
        --under_way;
        co_return *error;
      }
    }
    const Status done = co_await inner();
    --under_way;
    if (after) after(call);
    co_return done;
  }

  runtime::SimulatedDriver* inner_;
  std::function<void()> wake_;
};

/// A store that refuses, and counts, commits.
class FaultyStore final : public store::Store {
 public:
  explicit FaultyStore(std::unique_ptr<store::Store> inner) : inner_(std::move(inner)) {}
  std::function<std::optional<Error>(const store::Batch&)> fault;
  std::function<void(bool before)> around;  // each commit

  Task<Result<model::Revision>> Commit(store::Batch batch) override {
    if (fault) {
      if (auto error = fault(batch)) co_return *error;
    }
    if (around) around(true);
    auto done = co_await inner_->Commit(std::move(batch));
    if (around) around(false);
    co_return done;
  }
  Task<Result<store::Record>> Get(store::Kind kind, std::string key) override {
    return inner_->Get(kind, std::move(key));
  }
  Task<Result<std::vector<store::Record>>> Scan(store::Kind kind, Range range) override {
    return inner_->Scan(kind, std::move(range));
  }
  Status LoadBlocking(store::Kind kind, const std::function<void(store::Record)>& each) override {
    return inner_->LoadBlocking(kind, each);
  }
  void AddListener(store::Listener& listener) override { inner_->AddListener(listener); }
  store::Health GetHealth() const override { return inner_->GetHealth(); }
  std::vector<double> RecentCommitSeconds() const override { return {}; }
  Task<void> Stop() override { return inner_->Stop(); }

 private:
  std::unique_ptr<store::Store> inner_;
};

inline model::Catalogue TestCatalogue() {
  model::EcsSpec small;
  small.InstanceType = "ecs.small";
  small.Cpu = 2;
  small.MemoryGb = 4;
  model::EcsSpec large = small;
  large.InstanceType = "ecs.large";
  large.Cpu = 8;
  large.MemoryGb = 32;
  model::EcsSpec gpu = large;
  gpu.InstanceType = "ecs.gpu";
  gpu.Accelerator = model::AcceleratorType::GPU;
  gpu.Gpu = 1;
  gpu.GpuType = "T4";
  gpu.GpuMemoryGb = 16;
  return {.Specs = {small, large, gpu},
          .Images = {{"image-lab", "lab:1", "local/lab:1", "/opt/lab"},
                     {"image-two", "lab:2", "local/lab:2", "/opt/lab2"}}};
}

/// A server without sockets, on a clock that the test turns. Time stands still except in Pass.
class World {
 public:
  static constexpr WallTime kStart{Duration{1'767'225'600'000}};  // 2026-01-01T00:00:00Z

  /// `admission` may be made later, before the first request.
  explicit World(ReconcilerOptions options_in = {}, std::uint64_t seed = 1,
                 Admission* admission = nullptr)
      : clock(kStart),
        options(std::move(options_in)),
        random(MakeSeededRandom(seed)),
        log(MakeNullLogger()),
        store(store::MakeMemoryStore(io.get_executor())),
        catalogue(TestCatalogue()),
        simulated(runtime::MakeSimulatedDriver({}, io.get_executor(), clock)),
        driver(*simulated),
        instances(store, directory, catalogue, clock, *random,
                  {.max_instances = 100'000, .max_events = 50, .admission = admission}) {
    options.max_events = 50;
    store.AddListener(directory);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { Kill(); }

  /// A new server over the same store; the old one is gone as after kill -9.
  void Serve() {
    Kill();
    MakeWorkloads();
    reconciler = std::make_unique<Reconciler>(*workloads, directory, catalogue, options, "secret");
    workloads->Start();
    Poll();
  }
  void Kill() {
    relay.to = nullptr;
    reconciler.reset();
    workloads.reset();
  }
  /// The loop, with no kind yet.
  void MakeWorkloads() {
    workloads = std::make_unique<Workloads>(store, shards, driver, clock, *random, *log,
                                            io.get_executor(), workloads_options);
    // After the read models, those of a derived world included.
    if (!std::exchange(relayed_, true)) {
      store.AddListener(shards);
      store.AddListener(relay);
    }
    relay.to = workloads.get();
  }
  /// The simulated host goes away with all that runs on it.
  void LoseHost() {
    simulated = runtime::MakeSimulatedDriver({}, io.get_executor(), clock);
    driver.SetInner(*simulated);
  }

  /// All that can happen without time passing.
  void Poll() {
    io.restart();
    io.poll();
  }
  void Pass(Duration length) {
    const MonoTime end = clock.Mono() + length;
    Poll();
    while (clock.Mono() < end) {
      const auto wake = clock.NextWake();
      const MonoTime next = wake ? std::min(*wake, end) : end;
      clock.Advance(std::chrono::ceil<Duration>(next - clock.Mono()));
      Poll();
    }
  }
  /// Until `done`, at most `most` of the clock's time.
  template <class Done>
  bool PassUntil(Done done, Duration most = std::chrono::minutes(30)) {
    const MonoTime end = clock.Mono() + most;
    Poll();
    while (!done() && clock.Mono() < end) {
      const auto wake = clock.NextWake();
      const MonoTime next = wake ? std::min(*wake, end) : end;
      clock.Advance(std::chrono::ceil<Duration>(next - clock.Mono()));
      Poll();
    }
    return done();
  }

  /// Runs `task` without time passing; it must not need any.
  template <class T>
  T Do(Task<T> task) {
    std::optional<T> value;
    Spawn(io.get_executor(), "test", Keep(std::move(task), &value));
    Poll();
    if (!value) throw std::runtime_error("the task waits for time to pass");
    return *std::move(value);
  }

  NewInstance Wish(std::string name, const runtime::Script& script = {}) {
    NewInstance request;
    request.workspace = model::WorkspaceId("1");
    request.owner = model::UserId("100");
    request.name = std::move(name);
    request.ecs_spec = "ecs.small";
    request.image = "image-lab";
    request.environment["ATELIER_SIMULATE"] = ToJson(script);
    return request;
  }
  model::Actor By(std::string operation) {
    return {.principal = "acs:ram::1:user/test",
            .request_id = random->Uuid(),
            .source_ip = "127.0.0.1",
            .operation = std::move(operation)};
  }
  model::InstanceId Create(std::string name, const runtime::Script& script = {}) {
    return Do(instances.Create(Wish(std::move(name), script), std::nullopt, By("CreateInstance")))
        .value();
  }
  Status Start(const model::InstanceId& id) { return Do(instances.Start(id, By("StartInstance"))); }
  Status Stop(const model::InstanceId& id) {
    return Do(instances.Stop(id, "the user asked", By("StopInstance")));
  }
  Status Delete(const model::InstanceId& id) {
    return Do(instances.Delete(id, By("DeleteInstance")));
  }
  model::InstanceId Running(std::string name, const runtime::Script& script = {}) {
    const model::InstanceId id = Create(std::move(name), script);
    EXPECT_TRUE(Reaches(id, model::InstanceStatus::Running));
    return id;
  }

  directory::InstancePtr Get(const model::InstanceId& id) const { return directory.Find(id); }
  model::InstanceStatus StatusOf(const model::InstanceId& id) const { return Get(id)->status; }
  bool Reaches(const model::InstanceId& id, model::InstanceStatus status,
               Duration most = std::chrono::minutes(30)) {
    return PassUntil([&] { return Get(id) != nullptr && StatusOf(id) == status; }, most);
  }
  bool Gone(const model::InstanceId& id, Duration most = std::chrono::minutes(30)) {
    return PassUntil([&] { return Get(id) == nullptr; }, most);
  }
  /// "Creating ResourceAllocating ...": every state the instance was in, in order.
  std::string Path(const model::InstanceId& id) {
    std::string path;
    const auto steps = Do(instances.Lifecycle(id)).value();
    for (const model::LifecycleStep& step : steps) {
      path += (path.empty() ? "" : " ") + std::string(EnumName(step.status));
    }
    return path;
  }
  std::vector<std::string> EventTexts(const model::InstanceId& id) {
    std::vector<std::string> texts;
    const auto events = Do(instances.Events(id, std::nullopt, std::nullopt)).value();
    texts.reserve(events.size());
    for (const model::Event& event : events) {
      texts.push_back(std::string(EnumName(event.level)) + ": " + event.message);
    }
    return texts;
  }
  bool HasEvent(const model::InstanceId& id, std::string_view part) {
    for (const std::string& text : EventTexts(id)) {
      if (text.find(part) != std::string::npos) return true;
    }
    return false;
  }
  std::vector<store::Record> Records(store::Kind kind) {
    std::vector<store::Record> all;
    EXPECT_TRUE(store.LoadBlocking(kind, [&](store::Record r) { all.push_back(std::move(r)); }));
    return all;
  }
  /// "<id>#<generation>" of everything the host runs.
  std::set<std::string> Alive() {
    std::set<std::string> alive;
    const auto seen = Do(simulated->Observe(clock.In(Duration(1)))).value();
    for (const auto& state : seen.workloads) {
      if (state.phase == runtime::Phase::kExited) continue;
      alive.insert(state.id.str() + "#" + std::to_string(state.generation));
    }
    return alive;
  }

  /// Listeners cannot leave a store, and servers come and go.
  struct Relay final : store::Listener {
    void Apply(std::span<const store::Change> changes) override {
      if (to != nullptr) to->Apply(changes);
    }
    Workloads* to = nullptr;
  };

  // Destroyed in reverse: what sleeps on the clock goes first.
  ManualClock clock;
  asio::io_context io;
  ReconcilerOptions options;
  WorkloadsOptions workloads_options;  // of the next Serve
  std::unique_ptr<Random> random;
  std::unique_ptr<Logger> log;
  FaultyStore store;
  directory::InstanceDirectory directory;
  model::Catalogue catalogue;
  std::unique_ptr<runtime::SimulatedDriver> simulated;
  FaultyDriver driver;
  Instances instances;
  HeldShards shards{clock};
  Relay relay;
  std::unique_ptr<Workloads> workloads;
  std::unique_ptr<Reconciler> reconciler;

 private:
  template <class T>
  static Task<void> Keep(Task<T> task, std::optional<T>* value) {
    value->emplace(co_await std::move(task));
  }

  bool relayed_ = false;
};

}  // namespace atelier::control
