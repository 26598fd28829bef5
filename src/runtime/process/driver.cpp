#include "runtime/process/driver.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sys/un.h>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/failpoint.h"
#include "base/text.h"
#include "runtime/process/files.h"
#include "runtime/process/kernels.h"
#include "runtime/process/server_door.h"
#include "runtime/process/usage.h"

namespace atelier::runtime::process {
namespace fs = std::filesystem;
using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace):
                                                          // the only way to its ||

namespace {

constexpr Duration kFirstPoll{10};  // at a starting life; each pause is a quarter longer
constexpr Duration kSlowestPoll{250};
constexpr Duration kProbeTimeout{2'000};
constexpr Duration kStopTimeout{5'000};
constexpr std::size_t kProbeBody = 1 << 20;

Phase PhaseFrom(std::string_view word) {
  word = word.substr(0, word.find(' '));
  if (word == kPhasePreparing) return Phase::kPreparing;
  if (word == kPhaseStarting) return Phase::kStarting;
  if (word == kPhaseStopping) return Phase::kStopping;
  return Phase::kAllocating;
}

http::RequestHead Get(const std::string& path, const std::string& authorization) {
  http::RequestHead head;
  head.method = "GET";
  head.target = path;
  head.headers.Add("Host", "localhost");
  head.headers.Add("Accept", "*/*");
  if (!authorization.empty()) head.headers.Add("Authorization", authorization);
  return head;
}

}  // namespace

ProcessDriver::ProcessDriver(Host host, UniqueFd folder, asio::any_io_executor io, Pool& blocking,
                             http::Client& probes, Clock& clock, Logger& log)
    : host_(std::move(host)),
      folder_(std::move(folder)),
      io_(std::move(io)),
      blocking_(blocking),
      probes_(probes),
      clock_(clock),
      log_(log),
      trash_(host_.folder + "/" + std::string(kTrash)),
      sweeper_(trash_, host_.program, io_, blocking, clock, log) {}

template <class T>
Task<Result<T>> ProcessDriver::Within(Deadline by, Task<Result<T>> work) {
  struct Slot {
    explicit Slot(const asio::any_io_executor& io)
        : ring(io, asio::steady_timer::time_point::max()) {}
    std::optional<Result<T>> answer;
    asio::steady_timer ring;
  };
  auto pass = gate_.Enter();
  if (!pass) co_return Error(Code::kUnavailable, "The process driver is shutting down.");
  // Shared: whichever of caller and work ends last lets go of it.
  const auto slot = std::make_shared<Slot>(io_);
  struct Fill {
    static Task<void> Into(std::shared_ptr<Slot> to, Task<Result<T>> from, Gate::Pass) {
      to->answer.emplace(co_await std::move(from));
      to->ring.cancel();
    }
  };
  Spawn(io_, "process driver call", Fill::Into(slot, std::move(work), std::move(pass)));
  if (!slot->answer) co_await (slot->ring.async_wait(kNoThrow) || clock_.SleepUntil(by));
  auto answer = std::move(slot->answer);
  if (!answer) co_return Error(Code::kDeadlineExceeded, "The host did not answer in time.");
  co_return *std::move(answer);
}

Task<Status> ProcessDriver::Ensure(Workload want, Deadline by) {
  return Within(by, DoEnsure(std::move(want)));
}

Task<Status> ProcessDriver::CheckMounts(std::vector<Mount> mounts, Deadline by) {
  return Within(by, RunOn(blocking_, [host = host_, mounts = std::move(mounts)] {
                  return CheckShared(host, mounts);
                }));
}

Task<Status> ProcessDriver::Stop(model::InstanceId id, model::Generation generation, StopMode mode,
                                 Deadline by) {
  return Within(by, DoStop(std::move(id), generation, mode));
}

Task<Status> ProcessDriver::Remove(model::InstanceId id, Deadline by) {
  return Within(by, DoRemove(std::move(id)));
}

Task<Result<bool>> ProcessDriver::HasHome(model::InstanceId id, Deadline by) {
  return Within(by, RunOn(blocking_, [home = HomeFolder(host_.folder, id)]() -> Result<bool> {
                  if (Exists(home)) return true;
                  if (errno == ENOENT) return false;
                  return SystemError(Code::kUnavailable, "look at " + home, errno);
                }));
}

Task<Result<Usage>> ProcessDriver::Sample(model::InstanceId id, Deadline by) {
  return Within(by, DoSample(std::move(id), by));
}

Task<Status> ProcessDriver::DoEnsure(Workload want) {
  const model::InstanceId id = want.id;
  const model::Generation generation = want.generation;
  if (!IdIsSafe(id))
    co_return Error(Code::kFailedPrecondition, "The instance id is not a plain name.");
  const Turn turn(busy_, id);
  if (!turn)
    co_return Error(Code::kUnavailable, "Another operation on this instance is under way.");
  if (unknown_.contains(id)) {
    co_return Error(Code::kFailedPrecondition,
                    "The records of this instance cannot be read, and a part of it still runs.");
  }
  if (const auto found = runs_.find(id); found != runs_.end()) {
    const Run& run = found->second;
    if (run.generation > generation) {
      co_return Error(Code::kAborted, "A newer start of this instance exists.");
    }
    if (run.generation == generation && (run.kept || run.phase == Phase::kExited)) co_return Ok();
    if (run.generation < generation && run.phase != Phase::kExited) {
      co_return Error(Code::kUnavailable, "The previous run of this instance has not ended yet.");
    }
  }
  struct Started {
    Status status;
    Inspection found;
  };
  auto started = co_await RunOn(blocking_, [host = host_, want = std::move(want)]() -> Started {
    const RunPaths run = RunFolder(host.folder, want.id, want.generation);
    auto spec = PlanRun(host, want);
    if (!spec) return {spec.error(), {}};
    ATELIER_FAILPOINT("runtime.before_prepare");
    Status status = PrepareRun(host, *spec, want.on_start.value_or(""));
    ATELIER_FAILPOINT("runtime.before_shim");
    if (status) status = StartKeeper(host, run);
    ATELIER_FAILPOINT("runtime.after_shim");
    return {std::move(status), Inspect(run, want.id, want.generation)};
  });
  // Registered whatever the answer: a prepared run without shim is tried again by the next
  // Ensure.
  if (started.found.status != RunStatus::kUnreadable &&
      started.found.status != RunStatus::kUnknown) {
    Register(id, generation, std::move(started.found));
  }
  sweeper_.Soon();  // the folders of earlier lives
  co_return std::move(started.status);
}

Task<Status> ProcessDriver::DoStop(model::InstanceId id, model::Generation generation,
                                   StopMode mode) {
  const Turn turn(busy_, id);
  if (!turn)
    co_return Error(Code::kUnavailable, "Another operation on this instance is under way.");
  const auto found = runs_.find(id);
  if (found == runs_.end() || found->second.generation > generation ||
      found->second.phase == Phase::kExited) {
    co_return Ok();
  }
  const model::Generation current = found->second.generation;
  const RunPaths run = RunOf(id, current);
  if (found->second.kept) {
    ATELIER_CO_RETURN_IF_ERROR(co_await RunOn(blocking_, [run, mode, shim = found->second.shim] {
      return RequestStop(run, shim, mode);
    }));
  } else {
    // Never started: its end is only a matter of writing it down.
    co_await RunOn(blocking_, [run] {
      FinishRun(run, {});
      return 0;
    });
    co_await RecordExit(id, current);
  }
  if (Run* still = Find(id, current); still != nullptr && still->phase != Phase::kExited) {
    observations_.Touch(id);
    still->phase = Phase::kStopping;
  }
  co_return Ok();
}

Task<Status> ProcessDriver::DoRemove(model::InstanceId id) {
  if (!IdIsSafe(id)) co_return Ok();  // can never have been here
  const Turn turn(busy_, id);
  if (!turn)
    co_return Error(Code::kUnavailable, "Another operation on this instance is under way.");
  const auto found = runs_.find(id);
  if (unknown_.contains(id) || (found != runs_.end() && found->second.phase != Phase::kExited)) {
    co_return Error(Code::kFailedPrecondition, "The instance has not ended yet.");
  }
  const std::string from = WorkloadFolder(host_.folder, id);
  ATELIER_CO_RETURN_IF_ERROR(
      co_await RunOn(blocking_, [from, trash = trash_] { return MoveToTrash(from, trash); }));
  ATELIER_FAILPOINT("runtime.after_trash");
  observations_.Touch(id);
  runs_.erase(id);
  // Gone for everyone; deleting the files may take a while, and what is cut short is finished by
  // the next start.
  sweeper_.Soon();
  co_return Ok();
}

Task<Result<Observation>> ProcessDriver::Observe(Deadline by) { return Within(by, DoObserve()); }

Task<Result<Observation>> ProcessDriver::DoObserve() {
  // Lives whose end we cannot wait for (no descriptors left) are looked at here.
  const std::set<model::InstanceId> unwatched = unwatched_;
  for (const model::InstanceId& id : unwatched) {
    const auto found = runs_.find(id);
    const bool runs = found != runs_.end() && found->second.kept &&
                      found->second.phase != Phase::kExited && !found->second.exit;
    if (runs)
      co_await RecordExit(id, found->second.generation);
    else
      unwatched_.erase(id);
  }

  const bool complete = unknown_.empty();
  auto shown = co_await observations_.Take(
      runs_, [this](const model::InstanceId& id, Observations::Shown& to) {
        if (const auto found = runs_.find(id); found != runs_.end())
          to.push_back(StateOf(id, found->second));
      });
  if (!shown) co_return Error(Code::kUnavailable, "The process driver has ended.");
  co_return Observation{.workloads = *std::move(shown), .complete = complete};
}

WorkloadState ProcessDriver::StateOf(const model::InstanceId& id, const Run& run) const {
  WorkloadState state;
  state.id = id;
  state.generation = run.generation;
  state.phase = run.phase;
  // No inner address: what leads to a workload is its socket.
  state.place = {
      .host_ip = host_.host_ip, .host_name = id.str(), .inner_ip = {}, .zone = host_.zone};
  state.capacity = run.spec.capacity;
  state.image_prefix = run.spec.image_prefix;
  if (run.phase != Phase::kExited) return state;
  state.exit_code = run.outcome.exit_code;
  state.signal = run.outcome.signal;
  state.out_of_memory = run.outcome.out_of_memory;
  state.ended = run.outcome.ended;
  state.lost_with_host = run.outcome.lost_with_host;
  state.reason = run.outcome.reason;
  state.log_tail = run.log_tail;
  return state;
}

Task<Result<Usage>> ProcessDriver::DoSample(model::InstanceId id, Deadline by) {
  const auto found = runs_.find(id);
  if (found == runs_.end() || found->second.phase == Phase::kExited ||
      found->second.sandbox.init.pid == 0) {
    co_return Error(Code::kNotFound, "The instance is not running.");
  }
  StartWay(id, found->second);  // if it could not be had before
  const Spec spec = found->second.spec;
  const bool ready = found->second.phase == Phase::kReady;
  const http::Address address = AddressOf(id, found->second);
  auto usage = co_await RunOn(
      blocking_, [run = RunOf(id, found->second.generation), spec,
                  init = found->second.sandbox.init] { return ReadUsage(run, spec, init); });
  if (!usage) co_return Error(Code::kNotFound, "The instance is not running.");
  usage->at = clock_.Wall();
  if (ready && !spec.activity_path.empty()) {
    // Early enough for an answer about one that does not answer.
    const Duration patience =
        std::min(kProbeTimeout, std::chrono::duration_cast<Duration>(by - clock_.Mono()) / 2);
    co_await AskKernels(address, spec, clock_.In(patience), *usage);
  }
  co_return *std::move(usage);
}

Task<void> ProcessDriver::AskKernels(http::Address address, Spec spec, Deadline by, Usage& usage) {
  constexpr int kServerError = 500;
  const auto answer = co_await probes_.Fetch(
      std::move(address), Get(spec.activity_path, spec.authorization), "", kProbeBody, by);
  usage.answers = answer && answer->status < kServerError;
  if (!answer || answer->status != 200) co_return;
  const auto kernels = KernelsIn(answer->body);
  if (!kernels) co_return;
  usage.executing_kernels = kernels->executing;
  usage.dead_kernels = kernels->dead;
  const std::string_view restarts = answer->headers.Get(kKernelRestarts);
  usage.kernel_restarts = restarts.empty() ? 0 : ParseNumber<std::uint64_t>(restarts);
}

Task<Result<std::string>> ProcessDriver::Logs(model::InstanceId id, std::size_t max_bytes,
                                              Deadline by) {
  const auto found = runs_.find(id);
  if (found == runs_.end()) co_return Error(Code::kNotFound, "There is no output.");
  const RunPaths run = RunOf(id, found->second.generation);
  struct Read {
    static Task<Result<std::string>> Tail(Pool& pool, RunPaths from, std::size_t most) {
      co_return co_await RunOn(pool,
                               [from, most] { return TailOfLog(from.Log(), from.OldLog(), most); });
    }
  };
  co_return co_await Within(by, Read::Tail(blocking_, run, max_bytes));
}

std::string ProcessDriver::SocketOf(const model::InstanceId& id, const Run& run) const {
  const auto path_in = [&](const std::string& folder) {
    return RunFolder(folder, id, run.generation).Door() + "/" + run.spec.socket_name;
  };
  std::string path = path_in(host_.folder);
  // A socket's address has room for 107 bytes. One descriptor for the whole life of the driver
  // shortens the way; the rest of the path still names id and generation, so no pool mixes up two
  // workloads.
  if (path.size() < sizeof(sockaddr_un::sun_path)) return path;
  return path_in("/proc/self/fd/" + std::to_string(folder_.get()));
}

http::Address ProcessDriver::AddressOf(const model::InstanceId& id, const Run& run) const {
  http::Address address;
  address.unix_path = SocketOf(id, run);
  return address;
}

Result<Endpoint> ProcessDriver::EndpointOf(const model::InstanceId& id) const {
  const auto found = runs_.find(id);
  if (found == runs_.end() || found->second.phase != Phase::kReady) {
    return Error(Code::kNotFound, "The instance is not running.");
  }
  return Endpoint{.unix_path = SocketOf(id, found->second), .host = {}, .port = 0};
}

void ProcessDriver::SetServe(const Serve& serve) {
  serve_ = serve;
  for (const auto& [id, run] : runs_) StartWay(id, run);
}

/// Once its network stands, and as often as that is asked.
void ProcessDriver::StartWay(const model::InstanceId& id, const Run& run) {
  if (!serve_ || run.served || !run.kept || run.phase == Phase::kExited ||
      run.sandbox.init.pid == 0 || run.spec.server_port == 0) {
    return;
  }
  if (auto pass = gate_.Enter())
    Spawn(io_, "process way to the server", OpenWay(id, run.generation, std::move(pass)));
}

Task<void> ProcessDriver::OpenWay(model::InstanceId id, model::Generation generation,
                                  Gate::Pass /*pass*/) {
  auto socket =
      co_await RunOn(blocking_, [run = RunOf(id, generation)] { return FetchServerSocket(run); });
  Run* run = Find(id, generation);
  if (gate_.closed() || run == nullptr || run->phase == Phase::kExited || run->served) co_return;
  const std::string why = socket ? "It cannot be served." : socket.error().ToString();
  if (socket) run->served = serve_(id, *std::move(socket));
  if (!run->served) {
    log_.Warn("process.no_way_to_server", {{"id", id.str()}, {"error", why}});
  }
}

Task<void> ProcessDriver::Stop() {
  gate_.Close();
  sweeper_.Stop();
  for (auto& [id, run] : runs_) {
    run.served.reset();
    if (run.exit) run.exit->cancel();
  }
  if (!co_await gate_.Drain(clock_, clock_.In(kStopTimeout))) {
    log_.Warn("process.stop_incomplete", {{"inside", gate_.inside()}});
  }
}

ProcessDriver::Run* ProcessDriver::Find(const model::InstanceId& id, model::Generation generation) {
  const auto found = runs_.find(id);
  return found != runs_.end() && found->second.generation == generation ? &found->second : nullptr;
}

void ProcessDriver::Register(const model::InstanceId& id, model::Generation generation,
                             Inspection found) {
  observations_.Touch(id);
  Run& run = runs_[id];
  run = Run();
  run.generation = generation;
  run.spec = std::move(found.spec);
  run.spec.set_up.clear();
  run.spec.environment.clear();  // secrets: the shim has them, we need them no more
  run.spec.files.clear();
  run.sandbox = std::move(found.sandbox);
  if (found.status == RunStatus::kEnded) {
    run.phase = Phase::kExited;
    run.outcome = std::move(found.outcome);
    run.log_tail = std::move(found.log_tail);
    return;
  }
  run.shim = found.shim;
  if (found.status != RunStatus::kKept) return;  // not started: waits for the next Ensure
  run.kept = true;
  if (found.stopping)
    run.phase = Phase::kStopping;
  else if (found.ready)
    run.phase = Phase::kReady;
  WatchExit(id, run);
  StartWay(id, run);
  if (run.phase != Phase::kAllocating) return;
  if (auto pass = gate_.Enter()) {
    Spawn(io_, "process readiness", AwaitReady(id, generation, std::move(pass)));
  }
}

void ProcessDriver::WatchExit(const model::InstanceId& id, Run& run) {
  unwatched_.insert(id);
  UniqueFd pidfd = OpenPidfd(run.shim);
  auto pass = gate_.Enter();
  if (!pidfd || !pass) return;  // Observe looks
  try {
    run.exit = std::make_shared<Descriptor>(io_, pidfd.get());
    pidfd.Release();
    unwatched_.erase(id);
  } catch (const boost::system::system_error& error) {
    log_.Warn("process.unwatched", {{"id", id.str()}, {"error", error.what()}});
    return;
  }
  Spawn(io_, "process exit", AwaitExit(id, run.generation, run.exit, std::move(pass)));
}

Task<void> ProcessDriver::AwaitExit(model::InstanceId id, model::Generation generation,
                                    std::shared_ptr<Descriptor> exit, Gate::Pass /*pass*/) {
  // No deadline: a run has none. Stop() cancels.
  const auto [error] = co_await exit->async_wait(Descriptor::wait_read, kNoThrow);
  if (gate_.closed()) co_return;
  if (error) log_.Warn("process.watch_failed", {{"id", id.str()}, {"error", error.message()}});
  co_await RecordExit(id, generation);
}

/// Writes down the end of a run if it has ended.
Task<void> ProcessDriver::RecordExit(model::InstanceId id, model::Generation generation) {
  const Run* ending = Find(id, generation);
  // A mark that found no room on the disk was asked for all the same.
  const bool asked = ending != nullptr && ending->phase == Phase::kStopping;
  Inspection found =
      co_await RunOn(blocking_, [run = RunOf(id, generation), id, generation, asked] {
        Inspection now = Inspect(run, id, generation);
        now.stopping = now.stopping || asked;
        return now.status == RunStatus::kLost ? FinishLost(run, std::move(now)) : now;
      });
  Run* run = Find(id, generation);
  if (run == nullptr || run->phase == Phase::kExited) co_return;
  run->exit.reset();
  // "Not seen" is never "dead": the next Observe looks again.
  if (found.status == RunStatus::kKept || found.status == RunStatus::kUnknown) {
    unwatched_.insert(id);
    co_return;
  }
  observations_.Touch(id);
  run->phase = Phase::kExited;
  run->served.reset();
  run->outcome = std::move(found.outcome);
  run->log_tail = std::move(found.log_tail);
  if (found.status != RunStatus::kEnded) {
    run->outcome.reason = "It was lost: its records cannot be read.";
  }
  log_.Info("process.exited",
            {{"id", id.str()}, {"generation", generation}, {"reason", run->outcome.reason}});
  sweeper_.Soon();
  Wake();
}

Task<void> ProcessDriver::AwaitReady(model::InstanceId id, model::Generation generation,
                                     Gate::Pass /*pass*/) {
  struct Look {
    Phase phase;
    std::optional<SandboxRecord> sandbox;
  };
  for (Duration pause = kFirstPoll; !gate_.closed();
       pause = std::min(pause * 5 / 4, kSlowestPoll)) {
    const Look look = co_await RunOn(blocking_, [run = RunOf(id, generation)]() -> Look {
      const auto sandbox = ReadRecord<SandboxRecord>(run.Sandbox());
      return {PhaseFrom(ReadFile(run.Phase()).value_or("")),
              sandbox ? std::optional(*sandbox) : std::nullopt};
    });
    Run* run = Find(id, generation);
    if (run == nullptr || run->phase == Phase::kStopping || run->phase == Phase::kExited) co_return;
    if (look.sandbox && run->sandbox.init.pid == 0) {
      run->sandbox = *look.sandbox;
      StartWay(id, *run);
    }
    if (look.phase != run->phase) {
      observations_.Touch(id);
      run->phase = look.phase;
      Wake();
    }
    if (look.phase == Phase::kStarting && co_await AnswersReady(id, generation)) {
      // Lost on a full disk: the next server asks again, that is all.
      (void)co_await RunOn(
          blocking_, [run = RunOf(id, generation)] { return ReplaceFile(run.ReadyMark(), ""); });
      run = Find(id, generation);
      if (run == nullptr || run->phase != Phase::kStarting) co_return;
      observations_.Touch(id);
      run->phase = Phase::kReady;
      Wake();
      co_return;
    }
    co_await clock_.Sleep(pause);
  }
}

Task<bool> ProcessDriver::AnswersReady(model::InstanceId id, model::Generation generation) {
  const Run* run = Find(id, generation);
  if (run == nullptr) co_return false;
  const Spec spec = run->spec;
  const http::Address address = AddressOf(id, *run);
  const auto open = co_await RunOn(
      blocking_, [run = RunOf(id, generation), spec] { return OpenDoor(run, spec.socket_name); });
  // A relay that is not there yet is a door that nobody would open later.
  if (spec.ready_path.empty()) co_return spec.port == 0 || (open && *open);
  if (!open) log_.Warn("process.no_door", {{"id", id.str()}, {"error", open.error().ToString()}});
  if (!open || !*open) co_return false;
  const auto answer = co_await probes_.Fetch(address, Get(spec.ready_path, spec.authorization), "",
                                             kProbeBody, clock_.In(kProbeTimeout));
  co_return answer && answer->status >= 200 && answer->status < 400;
}

void ProcessDriver::Adopt() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(host_.folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.front() == '.') continue;
    if (IdIsSafe(name) && entry.is_directory(error))
      AdoptOne(model::InstanceId(name));
    else
      log_.Warn("process.foreign_file", {{"name", name}});
  }
  if (error) log_.Warn("process.scan_failed", {{"error", error.message()}});
  // Made now: later there may be no room for it, when a deletion is what would make some.
  if (const auto made = MakeFolder(trash_); !made) {
    log_.Warn("process.no_trash", {{"error", made.error().ToString()}});
  }
  if (auto pass = gate_.Enter()) {
    Spawn(io_, "process sweeper", sweeper_.Run(std::move(pass)));
  }
  log_.Info("process.adopted", {{"workloads", runs_.size()}, {"unknown", unknown_.size()}});
}

void ProcessDriver::AdoptOne(const model::InstanceId& id) {
  std::optional<model::Generation> newest;
  std::error_code error;
  const std::string folder = WorkloadFolder(host_.folder, id);
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    newest = std::max(newest, GenerationOf(entry.path().filename().string()));
  }
  if (!newest) return;  // a home alone: it was never started
  const RunPaths run = RunOf(id, *newest);
  Inspection found = Inspect(run, id, *newest);
  if (found.status == RunStatus::kNotStarted && !found.stopping) {
    // Ensure was answered, or about to be, when the server died: finish it.
    if (const auto kept = StartKeeper(host_, run); !kept) {
      log_.Warn("process.not_started", {{"id", id.str()}, {"error", kept.error().ToString()}});
    }
    found = Inspect(run, id, *newest);
  } else if (found.status == RunStatus::kLost) {
    found = FinishLost(run, std::move(found));
  } else if (found.status == RunStatus::kKept && found.stopping) {
    SendSignal(found.shim, SIGTERM);  // the server may have died before it could
  }
  if (found.status == RunStatus::kUnknown) {
    log_.Error("process.unreadable_and_alive", {{"id", id.str()}, {"generation", *newest}});
    unknown_.insert(id);
  } else if (found.status == RunStatus::kUnreadable) {
    std::string aside =
        folder + "/unreadable-" + std::to_string(clock_.Wall().time_since_epoch().count());
    log_.Error("process.quarantined",
               {{"id", id.str()}, {"generation", *newest}, {"folder", aside}});
    fs::rename(run.folder, aside, error);
  } else {
    Register(id, *newest, std::move(found));
  }
}

}  // namespace atelier::runtime::process
