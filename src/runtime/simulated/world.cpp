#include "runtime/simulated/world.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fmt/format.h>

namespace atelier::runtime {

namespace {

constexpr std::uint64_t kBytesPerMib = 1U << 20U;
constexpr int kFailedExit = 1;

bool Reached(const std::optional<MonoTime>& moment, MonoTime now) {
  return moment && *moment <= now;
}

}  // namespace

SimulatedRun::SimulatedRun(model::Generation generation, model::Capacity capacity, Script script,
                           MonoTime began)
    : generation_(generation),
      capacity_(std::move(capacity)),
      script_(std::move(script)),
      began_(began),
      script_since_(began),
      at_(Timeline()) {}

void SimulatedRun::SetScript(Script script, MonoTime now) {
  cpu_ms_before_ = CpuMs(now);
  script_since_ = now;
  script_ = std::move(script);
  at_ = Timeline();
}

void SimulatedRun::Stop(MonoTime now, StopMode mode) {
  if (!stop_asked_) stop_asked_ = now;
  if (mode == StopMode::kNow && !killed_) killed_ = now;
  at_ = Timeline();
}

SimulatedRun::Moments SimulatedRun::Timeline() const {
  Moments at;
  const MonoTime allocated = began_ + Duration(script_.allocate_ms);
  const MonoTime prepared = allocated + Duration(script_.prepare_ms);
  const MonoTime started = prepared + Duration(script_.start_ms);
  const auto fail = [&](MonoTime when) {
    at.ends = when;
    at.failed = true;
  };
  if (script_.fail_at == "allocate") {
    fail(allocated);
  } else if (at.prepares = allocated; script_.fail_at == "prepare") {
    fail(prepared);
  } else if (at.starts = prepared; script_.fail_at == "start") {
    fail(started);
  } else if (!script_.hang_start) {
    at.ready = started;
    if (script_.exit_after_ms > 0) at.ends = started + Duration(script_.exit_after_ms);
  }
  const auto end_by = [&](MonoTime when, int signal) {
    if (at.ends && *at.ends <= when) return;
    at.ends = when;
    at.failed = false;
    at.signal = signal;
  };
  if (stop_asked_ && !script_.hang_stop) end_by(*stop_asked_ + Duration(script_.stop_ms), SIGTERM);
  if (killed_ && !script_.hang_kill) end_by(*killed_, SIGKILL);
  return at;
}

std::optional<Phase> SimulatedRun::PhaseAt(MonoTime now) const {
  if (script_.lost && Reached(at_.ready, now)) return std::nullopt;
  if (Reached(at_.ends, now)) return Phase::kExited;
  if (stop_asked_) return Phase::kStopping;
  if (Reached(at_.ready, now)) return Phase::kReady;
  if (Reached(at_.starts, now)) return Phase::kStarting;
  if (Reached(at_.prepares, now)) return Phase::kPreparing;
  return Phase::kAllocating;
}

bool SimulatedRun::AliveAt(MonoTime now) const {
  const auto phase = PhaseAt(now);
  return phase && *phase != Phase::kExited;
}

std::optional<MonoTime> SimulatedRun::NextChange(MonoTime now) const {
  std::optional<MonoTime> next;
  for (const auto& moment : {at_.prepares, at_.starts, at_.ready, at_.ends}) {
    if (moment && *moment > now && (!next || *moment < *next)) next = moment;
  }
  return next;
}

WorkloadState SimulatedRun::StateAt(const model::InstanceId& id, MonoTime now,
                                    WallTime wall) const {
  WorkloadState state;
  state.id = id;
  state.generation = generation_;
  state.phase = PhaseAt(now).value_or(Phase::kExited);
  state.place = {
      .host_ip = script_.host_ip, .host_name = id.str(), .inner_ip = script_.inner_ip, .zone = {}};
  state.capacity = capacity_;
  if (state.phase != Phase::kExited) return state;
  state.ended = wall - std::chrono::duration_cast<Duration>(now - at_.ends.value_or(now));
  if (at_.signal != 0) {
    state.signal = at_.signal;
    return state;  // asked for: nothing to explain
  }
  state.exit_code = at_.failed ? kFailedExit : script_.exit_code;
  state.reason =
      fmt::format("The {} ended with exit code {}.",
                  script_.fail_at == "prepare" ? "start script" : "instance", *state.exit_code);
  state.log_tail = Output(now);
  return state;
}

std::uint64_t SimulatedRun::CpuMs(MonoTime now) const {
  if (!Reached(at_.ready, now)) return cpu_ms_before_;
  const MonoTime from = std::max(script_since_, *at_.ready);
  const MonoTime to = at_.ends ? std::min(now, *at_.ends) : now;
  const auto length = std::chrono::duration_cast<Duration>(to - from).count();
  if (length <= 0) return cpu_ms_before_;
  const double cores = static_cast<double>(capacity_.milli_cpu) / 1000.0;
  return cpu_ms_before_ + static_cast<std::uint64_t>(static_cast<double>(length) * cores *
                                                     script_.cpu_percent / 100.0);
}

std::optional<Usage> SimulatedRun::UsageAt(MonoTime now, WallTime wall) const {
  if (PhaseAt(now) != Phase::kReady) return std::nullopt;
  Usage usage;
  usage.at = wall;
  usage.cpu_ms = CpuMs(now);
  usage.memory_bytes = static_cast<std::uint64_t>(script_.memory_mib) * kBytesPerMib;
  if (capacity_.milli_gpu > 0) usage.gpu_percent = script_.gpu_percent;
  usage.answers = script_.answers;
  usage.oom_kills = static_cast<std::uint64_t>(script_.oom_kills);
  usage.network_ends = static_cast<std::uint64_t>(script_.network_ends);
  if (!script_.answers) return usage;
  usage.executing_kernels = script_.executing_kernels;
  usage.dead_kernels = script_.dead_kernels;
  usage.kernel_restarts = static_cast<std::uint64_t>(script_.kernel_restarts);
  return usage;
}

std::string SimulatedRun::Output(MonoTime now) const {
  std::string text;
  const auto line = [&](const std::optional<MonoTime>& moment, std::string_view what) {
    if (!Reached(moment, now)) return;
    const auto after = std::chrono::duration_cast<Duration>(*moment - began_).count();
    text += fmt::format("simulated: +{} ms: {}\n", after, what);
  };
  line(began_, "allocating");
  line(at_.prepares, "preparing");
  line(at_.starts, "starting");
  line(at_.ready, "ready");
  line(stop_asked_, "asked to stop");
  line(at_.ends, at_.signal != 0 ? fmt::format("ended by signal {}", at_.signal)
                                 : fmt::format("ended with exit code {}",
                                               at_.failed ? kFailedExit : script_.exit_code));
  return text;
}

}  // namespace atelier::runtime
