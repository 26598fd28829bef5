#include "runtime/simulated.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "base/signal.h"
#include "runtime/common/observations.h"
#include "runtime/simulated/door.h"
#include "runtime/simulated/world.h"

namespace atelier::runtime {

namespace {

constexpr std::string_view kScriptVariable = "ATELIER_SIMULATE";
constexpr std::int64_t kMaxMs = 366LL * 24 * 3600 * 1000;  // no sum of times overflows

Status CheckScript(const Script& script) {
  for (const std::int64_t ms : {script.allocate_ms, script.prepare_ms, script.start_ms,
                                script.stop_ms, script.exit_after_ms}) {
    if (ms < 0 || ms > kMaxMs) {
      return Error(
          Code::kFailedPrecondition,
          fmt::format("{}: times must be from 0 to a year, in milliseconds.", kScriptVariable));
    }
  }
  static constexpr std::array<std::string_view, 4> kPlaces = {"", "allocate", "prepare", "start"};
  if (std::ranges::find(kPlaces, script.fail_at) == kPlaces.end()) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("{}: fail_at must be allocate, prepare or start.", kScriptVariable));
  }
  if (script.cpu_percent < 0 || script.memory_mib < 0 || script.gpu_percent < 0 ||
      script.executing_kernels < 0 || script.dead_kernels < 0 || script.kernel_restarts < 0 ||
      script.oom_kills < 0 || script.network_ends < 0) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("{}: amounts must not be negative.", kScriptVariable));
  }
  return Ok();
}

Result<Script> ScriptOf(const Workload& want, const Script& standard) {
  const auto found = want.environment.find(std::string(kScriptVariable));
  if (found == want.environment.end()) return standard;
  Script script = standard;
  Problems problems;
  const auto text = ParseJson(found->second);
  if (!text) {
    return Error(Code::kFailedPrecondition, fmt::format("{}: not JSON.", kScriptVariable));
  }
  DecodeJson(*text, script, "", Missing::kKeepDefault, problems);
  if (!problems.empty()) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("{}: {}", kScriptVariable, problems.Join()));
  }
  ATELIER_RETURN_IF_ERROR(CheckScript(script));
  return script;
}

Error NotRunning() { return Error(Code::kNotFound, "The workload is not running."); }

class Simulated final : public SimulatedDriver {
 public:
  Simulated(Script standard, asio::any_io_executor io, Clock& clock)
      : standard_(std::move(standard)),
        io_(std::move(io)),
        clock_(clock),
        alarm_(std::make_shared<Alarm>(this, io_)) {}
  Simulated(const Simulated&) = delete;
  Simulated& operator=(const Simulated&) = delete;
  Simulated(Simulated&&) = delete;
  Simulated& operator=(Simulated&&) = delete;
  ~Simulated() override { alarm_->Silence(); }

  Task<Status> Ensure(Workload want, Deadline by) override {
    ATELIER_CO_TRY(Script script, ScriptOf(want, standard_));
    if (script.hang_calls) co_return co_await Hang(by);
    if (script.refuse) {
      co_return Error(Code::kFailedPrecondition, "The simulated host refuses this workload.");
    }
    if (script.home_lost && !want.fresh) co_return HomeMissing();
    observations_.Touch(want.id);
    Forget(want.id);
    auto& lives = runs_[want.id];
    for (const SimulatedRun& run : lives) {
      if (run.generation() == want.generation) co_return Ok();
      if (run.generation() > want.generation) {
        co_return Error(Code::kAborted, "A later generation was started already.");
      }
      if (run.AliveAt(clock_.Mono())) {
        co_return Error(Code::kUnavailable, "The previous generation has not ended yet.");
      }
    }
    lives.clear();
    lives.emplace_back(want.generation, want.capacity, std::move(script), clock_.Mono());
    Index(want.id);
    co_return Ok();
  }

  Task<Status> Stop(model::InstanceId id, model::Generation generation, StopMode mode,
                    Deadline by) override {
    if (Hangs(id)) co_return co_await Hang(by);
    observations_.Touch(id);
    if (const auto found = runs_.find(id); found != runs_.end()) {
      for (SimulatedRun& run : found->second) {
        if (run.generation() <= generation) run.Stop(clock_.Mono(), mode);
      }
      Index(id);
    }
    Forget(id);
    co_return Ok();
  }

  Task<Status> Remove(model::InstanceId id, Deadline by) override {
    if (Hangs(id)) co_return co_await Hang(by);
    if (const auto found = runs_.find(id); found != runs_.end()) {
      const MonoTime now = clock_.Mono();
      if (std::ranges::any_of(found->second, [&](const auto& run) { return run.AliveAt(now); })) {
        co_return Error(Code::kFailedPrecondition, "The workload still runs.");
      }
      observations_.Touch(id);
      runs_.erase(found);
      Index(id);
    }
    co_return Ok();
  }

  Task<Result<Observation>> Observe(Deadline /*by*/) override {
    auto shown = co_await observations_.Take(
        runs_, [this, now = clock_.Mono(), wall = clock_.Wall()](const auto& id, auto& to) {
          const auto found = runs_.find(id);
          if (found == runs_.end()) return;
          for (const SimulatedRun& run : found->second) {
            if (!run.script().vanish && run.PhaseAt(now)) {
              to.push_back(run.StateAt(id, now, wall));
            }
          }
        });
    if (!shown) co_return Error(Code::kUnavailable, "The simulated world has ended.");
    co_return Observation{.workloads = *std::move(shown), .complete = true};
  }

  Task<Result<Usage>> Sample(model::InstanceId id, Deadline by) override {
    if (Hangs(id)) {
      const Status late = co_await Hang(by);
      co_return late.error();
    }
    co_return UsageOf(Latest(id));
  }

  std::optional<Result<Usage>> SampleAtOnce(const model::InstanceId& id) const override {
    const SimulatedRun* run = Latest(id);
    if (run != nullptr && run->script().hang_calls) return std::nullopt;
    return UsageOf(run);
  }

  Task<Result<std::string>> Logs(model::InstanceId id, std::size_t max_bytes,
                                 Deadline by) override {
    if (Hangs(id)) {
      const Status late = co_await Hang(by);
      co_return late.error();
    }
    const SimulatedRun* run = Latest(id);
    if (run == nullptr) co_return Error(Code::kNotFound, "No output is kept.");
    std::string text = run->Output(clock_.Mono());
    if (text.size() > max_bytes) {
      // From the end of a line on, which may be the one just before what fits.
      const auto line = text.find('\n', text.size() - max_bytes - 1);
      text.erase(0, line == std::string::npos ? text.size() : line + 1);
    }
    co_return text;
  }

  Result<Endpoint> EndpointOf(const model::InstanceId& id) const override {
    const SimulatedRun* run = Latest(id);
    if (!door_ || run == nullptr || run->PhaseAt(clock_.Mono()) != Phase::kReady) {
      return NotRunning();
    }
    return door_->endpoint();
  }

  Status Listen(Clock& clock, Logger& log) override {
    door_ = std::make_unique<SimulatedDoor>(io_, clock, log);
    return door_->Open();
  }

  void SetWake(std::function<void()> wake) override { wake_ = std::move(wake); }

  Task<void> Stop() override {
    alarm_->Silence();
    wake_ = {};
    if (door_) co_await door_->Close();
  }

  Status SetScript(const model::InstanceId& id, Script script) override {
    ATELIER_RETURN_IF_ERROR(CheckScript(script));
    const auto found = runs_.find(id);
    if (found == runs_.end() || found->second.empty()) return NotRunning();
    observations_.Touch(id);
    found->second.back().SetScript(std::move(script), clock_.Mono());
    Index(id);
    return Ok();
  }

 private:
  /// Shared with the task that waits for the next change, which may outlast the driver.
  struct Alarm {
    Alarm(Simulated* owner, const asio::any_io_executor& io) : driver(owner), sooner(io) {}
    void Silence() {
      driver = nullptr;
      sooner.Set();
    }
    Simulated* driver;
    Signal sooner;  // than `at`
    MonoTime at;    // what the task waits for
    bool rings = false;
  };

  const SimulatedRun* Latest(const model::InstanceId& id) const {
    const auto found = runs_.find(id);
    if (found == runs_.end() || found->second.empty()) return nullptr;
    return &found->second.back();
  }

  Result<Usage> UsageOf(const SimulatedRun* run) const {
    if (run == nullptr) return NotRunning();
    const auto usage = run->UsageAt(clock_.Mono(), clock_.Wall());
    if (!usage) return NotRunning();
    return *usage;
  }

  bool Hangs(const model::InstanceId& id) const {
    const SimulatedRun* run = Latest(id);
    return run != nullptr && run->script().hang_calls;
  }

  Task<Status> Hang(Deadline by) {
    Clock& clock = clock_;  // we may be gone by then
    co_await clock.SleepUntil(by);
    co_return Error(Code::kDeadlineExceeded, "The simulated host does not answer.");
  }

  /// Drops what left no trace.
  void Forget(const model::InstanceId& id) {
    const auto found = runs_.find(id);
    if (found == runs_.end()) return;
    std::erase_if(found->second,
                  [now = clock_.Mono()](const SimulatedRun& run) { return !run.PhaseAt(now); });
    if (found->second.empty()) runs_.erase(found);
  }

  /// Notes when the workload does something by itself next.
  void Index(const model::InstanceId& id) {
    if (const auto old = change_of_.find(id); old != change_of_.end()) {
      changes_.erase({old->second, id});
      change_of_.erase(old);
    }
    const auto found = runs_.find(id);
    if (found == runs_.end()) return;
    std::optional<MonoTime> next;
    for (const SimulatedRun& run : found->second) {
      const auto change = run.NextChange(clock_.Mono());
      if (change && (!next || *change < *next)) next = change;
    }
    if (!next) return;
    change_of_[id] = *next;
    changes_.emplace(*next, id);
    SetAlarm();
  }

  void SetAlarm() {
    if (changes_.empty()) return;
    if (std::exchange(alarm_->rings, true)) {
      if (changes_.begin()->first < alarm_->at) alarm_->sooner.Set();
      return;
    }
    alarm_->at = changes_.begin()->first;
    Spawn(io_, "simulated.alarm", Ring(alarm_, clock_));
  }

  void OnAlarm() {
    while (!changes_.empty() && changes_.begin()->first <= clock_.Mono()) {
      const model::InstanceId id = changes_.begin()->second;
      observations_.Touch(id);
      Forget(id);
      Index(id);
    }
    SetAlarm();
    if (wake_) wake_();
  }

  /// As long as there is a change to wait for and a driver to tell.
  static Task<void> Ring(std::shared_ptr<Alarm> alarm, Clock& clock) {
    while (alarm->driver != nullptr && !alarm->driver->changes_.empty()) {
      alarm->at = alarm->driver->changes_.begin()->first;
      const bool sooner = co_await alarm->sooner.Wait(clock, alarm->at);
      if (!sooner && alarm->driver != nullptr) alarm->driver->OnAlarm();
    }
    alarm->rings = false;
  }

  const Script standard_;
  const asio::any_io_executor io_;
  Clock& clock_;
  std::map<model::InstanceId, std::vector<SimulatedRun>> runs_;
  Observations observations_{io_};
  std::map<model::InstanceId, MonoTime> change_of_;
  std::set<std::pair<MonoTime, model::InstanceId>> changes_;
  std::function<void()> wake_;
  std::shared_ptr<Alarm> alarm_;
  std::unique_ptr<SimulatedDoor> door_;  // once Listen was called
};

}  // namespace

std::unique_ptr<SimulatedDriver> MakeSimulatedDriver(Script standard, asio::any_io_executor io,
                                                     Clock& clock) {
  return std::make_unique<Simulated>(std::move(standard), std::move(io), clock);
}

}  // namespace atelier::runtime
