#include "runtime/process/shim.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <signal.h>
#include <string>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "runtime/process.h"
#include "runtime/process/files.h"
#include "runtime/process/run.h"
#include "runtime/process/sandbox.h"
#include "runtime/process/server_door.h"
#include "runtime/process/shared.h"

namespace atelier::runtime::process {
namespace {

constexpr int kSetupTimeoutMs = 10'000;  // bubblewrap and pasta take tens of milliseconds
constexpr std::chrono::milliseconds kPause{2};
constexpr std::chrono::milliseconds kUplinkPause{250};  // before the first try; then twice as long
constexpr int kUplinkTries = 7;                         // in a row: 32 seconds
constexpr std::chrono::seconds kUplinkLasts{60};        // from then on an end is a new one
constexpr int kCommandPid = 2;                          // bubblewrap's own first process is 1

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// In a forked child: the state a fresh program expects, and `from` moved to the numbers in `to`.
void Rewire(std::initializer_list<std::pair<int, int>> moves) {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  constexpr int kOutOfTheWay = 32;  // so that no move overwrites the source of a later one
  std::vector<std::pair<int, int>> parked;
  for (const auto& [from, to] : moves) {
    parked.emplace_back(::fcntl(from, F_DUPFD_CLOEXEC, kOutOfTheWay), to);
  }
  for (const auto& [from, to] : parked) ::dup2(from, to);
}

/// Waits for a child that sets something up: its end with 0. One that takes too long is ended.
bool EndsWell(int child) {
  int status = 0;
  int waited = 0;
  for (int i = 0; i < kSetupTimeoutMs / kPause.count() && waited == 0; ++i) {
    waited = ::waitpid(child, &status, WNOHANG);
    if (waited == 0) std::this_thread::sleep_for(kPause);
  }
  if (waited != child) ::kill(child, SIGKILL);
  return waited == child && status == 0;
}

/// A namespace of a process, and the user namespace that owns it.
struct Namespace {
  Namespace(int pid, const std::string& kind)
      : self(
            ::open(("/proc/" + std::to_string(pid) + "/ns/" + kind).c_str(), O_RDONLY | O_CLOEXEC)),
        owner(self ? ::ioctl(self.get(), NS_GET_USERNS) : -1) {}
  UniqueFd self;
  UniqueFd owner;
};

WallTime SystemTime() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

std::string SignalText(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return std::to_string(signal) + (name != nullptr ? " (SIG" + std::string(name) + ")" : "");
}

}  // namespace

Shim::Shim(RunPaths run, Spec spec, UniqueFd lock)
    : run_(std::move(run)),
      spec_(std::move(spec)),
      lock_(std::move(lock)),
      log_(run_, spec_.stamp_lines ? SystemTime : nullptr) {}

void Shim::Run(UniqueFd signals) {
  signals_ = std::move(signals);
  SayPhase(kPhaseAllocating);
  if (Exists(run_.StopMark())) {
    stopping_ = true;
  } else if (StartSandbox()) {
    Loop();
  }
  Conclude();
}

void Shim::SayPhase(std::string_view phase) {
  // A phase that finds no room on the disk is late news, not a reason to end a workload.
  if (ReplaceFile(run_.Phase(), phase)) return;
  // No room for a new file: over the old one, as long as the longest word.
  constexpr std::size_t kMax = 16;
  std::string word(phase);
  word.resize(kMax, ' ');
  (void)WriteInto(run_.Phase(), word);
}

void Shim::Say(std::string_view line) {
  log_.Write("atelier: " + std::string(line) + "\n", std::chrono::steady_clock::now());
}

bool Shim::StartSandbox() {
  outcome_.reason = "The sandbox could not be started.";
  auto limited = CreateCgroup(spec_.cgroup, spec_.capacity);
  if (limited) limited = EnterCgroup(spec_.cgroup, Part::kKeeper);
  if (!limited) {
    Say(limited.error().message());
    return false;
  }
  // What is started from here on has no key of the session or unit that started the server.
  if (!LeaveSessionKeyring() && NeedsKeyring(spec_)) {
    outcome_.reason =
        "It could get no session keyring of its own: the server's user may have as many keys as "
        "kernel.keys.maxkeys says, and has them all.";
    return false;
  }
  const auto shared = OpenShared(spec_);
  if (!shared) {
    Say(shared.error().message());
    return false;
  }
  Pipe output = MakePipe();
  Pipe status = MakePipe();
  Pipe info = MakePipe();
  Pipe gate = MakePipe();
  if (!output.write || !status.write || !info.write || !gate.write) return false;
  const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  monitor_ = ::fork();
  if (monitor_ < 0) return false;
  if (monitor_ == 0) {
    Rewire({{nothing.get(), 0},
            {output.write.get(), 1},
            {output.write.get(), 2},
            {status.write.get(), kStatusFd},
            {info.write.get(), kInfoFd},
            {gate.read.get(), kGateFd}});
    BecomeSandbox(spec_, run_);
  }
  output_ = std::move(output.read);
  status_ = std::move(status.read);
  gate_ = std::move(gate.write);
  status.write.Reset();
  info.write.Reset();
  ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(status_.get(), F_SETFL, O_NONBLOCK);
  if (!AwaitInfo(info.read.get()) || !AwaitInside()) return false;
  // Root mounts what it opened. For others bubblewrap did so by name; nothing has run inside yet.
  if (::geteuid() != 0 && !ShowsShared(spec_, *shared, sandbox_.init.pid)) {
    Say("a shared folder was exchanged while it was mounted");
    return false;
  }
  if (spec_.limit_terminals && !LimitTerminalsInside(output.write.get())) {
    outcome_.reason = "Its terminals could not be limited.";
    return false;
  }
  if (spec_.isolate_network && !ConnectNetwork(output.write.get())) {
    outcome_.reason = "Its network could not be set up.";
    return false;
  }
  if (!RecordSandbox()) return false;
  SayPhase(spec_.has_on_start ? kPhasePreparing : kPhaseStarting);
  outcome_.reason.clear();
  return ::write(gate_.get(), "go\n", 3) == 3;
}

bool Shim::RecordSandbox() {
  const auto written = WriteRecord(run_.Sandbox(), sandbox_);
  if (!written) Say(written.error().message());
  return written.has_value();
}

bool Shim::AwaitInfo(int info_fd) {
  constexpr std::string_view kKey = "\"child-pid\":";
  std::string text;
  pollfd wait{info_fd, POLLIN, 0};
  while (::poll(&wait, 1, kSetupTimeoutMs) == 1) {
    char buffer[512];
    const ssize_t n = ::read(info_fd, buffer, sizeof buffer);
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
    if (n > 0) continue;  // to its end: bubblewrap would die of a pipe closed under it
    const std::size_t at = text.find(kKey);
    if (at == std::string::npos) return false;
    if (const auto init = RefOf(std::atoi(text.c_str() + at + kKey.size()))) sandbox_.init = *init;
    return sandbox_.init.pid != 0;
  }
  return false;
}

/// bubblewrap is done with everything, its network namespace included, which pasta must not meet
/// half made.
bool Shim::AwaitInside() {
  constexpr std::string_view kInside = "inside\n";
  pollfd wait{status_.get(), POLLIN, 0};
  char text[kInside.size()] = {};
  return ::poll(&wait, 1, kSetupTimeoutMs) == 1 &&
         ::read(status_.get(), text, sizeof text) == sizeof text &&
         std::string_view(text, sizeof text) == kInside;
}

/// The kernel counts them for all sandboxes together, and no cgroup does.
bool Shim::LimitTerminalsInside(int errors) {
  const Namespace mounts(sandbox_.init.pid, "mnt");
  if (!mounts.owner) return false;
  const int child = ::fork();
  if (child < 0) return false;
  if (child == 0) {
    Rewire({{mounts.self.get(), 0}, {mounts.owner.get(), 1}, {errors, 2}});
    LimitTerminals();
  }
  return EndsWell(child);
}

bool Shim::ConnectNetwork(int errors) {
  const auto& [network, owner] = Namespace(sandbox_.init.pid, "net");
  if (!owner || !StartUplink(network.get(), owner.get(), errors)) return false;
  if (spec_.forbid_metadata) {
    // Once routes are there: what leads to them may be link-local itself.
    const int guard = ::fork();
    if (guard < 0) return false;
    if (guard == 0) {
      Rewire({{network.get(), 0}, {owner.get(), 1}, {errors, 2}});
      GuardNetwork(run_);
    }
    if (!EndsWell(guard)) return false;
  }
  return spec_.server_port == 0 || ListenForServer(network.get(), owner.get(), errors);
}

bool Shim::StartUplink(int network, int owner, int errors) {
  uplink_since_ = std::chrono::steady_clock::now();
  const int pasta = ::fork();
  if (pasta < 0) return false;
  if (pasta == 0) {
    Rewire({{network, 0}, {owner, 1}, {errors, 2}});
    BecomeUplink(spec_);
  }
  if (!EndsWell(pasta)) return false;
  // It forked itself into the background, and we are the reaper of orphans: find it among our
  // children.
  for (const int child : ChildrenOf(::getpid())) {
    if (child != monitor_) sandbox_.uplink = RefOf(child);
  }
  return sandbox_.uplink.has_value();
}

void Shim::PlanUplink() {
  if (uplink_tries_ >= kUplinkTries) {
    Say("its network ended and cannot be set up again");
    return;
  }
  uplink_at_ = std::chrono::steady_clock::now() + kUplinkPause * (1 << uplink_tries_++);
}

void Shim::RestoreUplink() {
  uplink_at_.reset();
  if (stopping_) return;
  const auto& [network, owner] = Namespace(sandbox_.init.pid, "net");
  const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  // What forbids the metadata addresses is still in force: rules go with the network alone.
  if (owner && StartUplink(network.get(), owner.get(), null.get()))
    Say("its network ended and was set up again");
  else
    PlanUplink();
  (void)RecordSandbox();  // on a full disk the driver sees that the recorded one is gone
}

/// Before anything runs inside, so that nobody else takes the port.
bool Shim::ListenForServer(int network, int owner, int errors) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  const UniqueFd receiver(ends[0]);
  UniqueFd sender(ends[1]);
  const int child = ::fork();
  if (child < 0) return false;
  if (child == 0) {
    Rewire({{network, 0}, {owner, 1}, {errors, 2}, {sender.get(), 3}});
    ListenInside(spec_.server_port);
  }
  sender.Reset();
  inside_ = ReceiveDescriptor(receiver.get(), kSetupTimeoutMs);
  door_ = OpenServerDoor(lock_.get());
  return EndsWell(child) && inside_ && door_;
}

void Shim::Loop() {
  while (!monitor_gone_) {
    int timeout = -1;
    if (const Time next = std::min(
            {kill_at_.value_or(Time::max()), uplink_at_.value_or(Time::max()), log_.due()});
        next != Time::max()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
      timeout = static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }
    pollfd events[4] = {{signals_.get(), POLLIN, 0},
                        {output_ ? output_.get() : -1, POLLIN, 0},
                        {status_ ? status_.get() : -1, POLLIN, 0},
                        {door_ ? door_.get() : -1, POLLIN, 0}};
    ::poll(events, 4, timeout);
    if (events[1].revents != 0) DrainLog();
    log_.FlushIfDue(std::chrono::steady_clock::now());
    if (events[2].revents != 0) HandleStatus();
    if (events[3].revents != 0) AnswerServerDoor(door_.get(), inside_.get());
    if (events[0].revents != 0) HandleSignals();
    if (kill_at_ && std::chrono::steady_clock::now() >= *kill_at_) {
      kill_at_.reset();
      KillSandbox();
    }
    if (uplink_at_ && !monitor_gone_ && std::chrono::steady_clock::now() >= *uplink_at_)
      RestoreUplink();
  }
}

void Shim::HandleSignals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGTERM) BeginStop(info.ssi_code == SI_QUEUE ? info.ssi_int : 0);
  }
  Reap();
}

void Shim::HandleStatus() {
  char text[64] = {};
  const ssize_t n = ::read(status_.get(), text, sizeof text - 1);
  if (n < 0 && errno == EAGAIN) return;
  const std::string_view word(text, n > 0 ? static_cast<std::size_t>(n) : 0);
  if (word.starts_with("started")) {
    started_ = true;
    if (!stopping_) SayPhase(kPhaseStarting);
  } else if (word.starts_with("failed ")) {
    script_code_ = std::atoi(text + std::string_view("failed ").size());
  } else {
    status_.Reset();
  }
}

std::optional<StopMode> Shim::Asked() const {
  const auto marked = StopAsked(run_);
  if (word_ == 0 || marked == StopMode::kNow) return marked;
  return word_ >= kStopNowWord ? StopMode::kNow : StopMode::kGrace;
}

/// Each SIGTERM means "look at the marks", or says the same in a word where there was no room for
/// marks: without either it comes from a host that shuts down.
void Shim::BeginStop(int word) {
  word_ = std::max(word_, word);
  if (Asked() == StopMode::kNow) kill_at_ = std::chrono::steady_clock::now();
  if (stopping_) return;
  stopping_ = true;
  SayPhase(kPhaseStopping);
  if (kill_at_) return;
  kill_at_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(spec_.stop_grace_ms);
  // The command alone is asked, as from a terminal: it knows the order in which to end its
  // children, and whatever it leaves dies with the pid namespace.
  for (const int child : ChildrenOf(sandbox_.init.pid)) {
    if (InnerPid(child) != kCommandPid) continue;
    if (const auto command = RefOf(child)) SendSignal(*command, SIGTERM);
    return;
  }
  kill_at_ = std::chrono::steady_clock::now();
}

void Shim::KillSandbox() {
  // The first process of a pid namespace takes everybody in it along.
  if (sandbox_.init.pid != 0)
    SendSignal(sandbox_.init, SIGKILL);
  else if (monitor_ > 0 && !monitor_gone_)
    ::kill(monitor_, SIGKILL);
}

void Shim::Reap() {
  int status = 0;
  for (int pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == monitor_) {
      monitor_gone_ = true;
      SetOutcome(status);
    } else if (sandbox_.uplink && pid == sandbox_.uplink->pid) {
      const bool lasted = std::chrono::steady_clock::now() - uplink_since_ >= kUplinkLasts;
      if (lasted) uplink_tries_ = 0;
      sandbox_.uplink.reset();
      ++sandbox_.uplink_ends;
      PlanUplink();
    }
  }
}

void Shim::SetOutcome(int status) {
  // bubblewrap passes the command's end on as a shell does: 128 + n for signal n.
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  if (code > 128 && code <= 128 + SIGRTMAX)
    outcome_.signal = code - 128;
  else
    outcome_.exit_code = code;
  outcome_.ended = SystemTime();
}

void Shim::DrainLog() {
  char buffer[65536];
  // Bounded: a workload that only writes must not keep us from our other duties.
  for (int i = 0; i < 16 && output_; ++i) {
    const ssize_t n = ::read(output_.get(), buffer, sizeof buffer);
    if (n > 0)
      log_.Write({buffer, static_cast<std::size_t>(n)}, std::chrono::steady_clock::now());
    else if (n == 0 || errno != EAGAIN)
      output_.Reset();
    if (n < static_cast<ssize_t>(sizeof buffer)) return;
  }
}

void Shim::ClearAway() {
  door_.Reset();
  inside_.Reset();  // or its network would outlive it
  KillSandbox();
  KillCgroup(spec_.cgroup);
  if (sandbox_.uplink) SendSignal(*sandbox_.uplink, SIGKILL);
  int status = 0;
  // Everything we started was sent SIGKILL or has ended; a process stuck in the kernel must not
  // stick us.
  for (int i = 0; i < kSetupTimeoutMs / kPause.count(); ++i) {
    const int pid = ::waitpid(-1, &status, WNOHANG);
    if (pid < 0) break;
    if (pid == monitor_) SetOutcome(status);
    if (pid == 0) std::this_thread::sleep_for(kPause);
  }
  if (output_) DrainLog();
  log_.Finish();
  LeaveCgroup(spec_.cgroup);
  RemoveCgroup(spec_.cgroup);
  monitor_ = 0;
  monitor_gone_ = false;
  sandbox_ = {};
}

void Shim::Conclude() {
  const bool oom_killed = CgroupOomKills(spec_.cgroup) > 0;
  ClearAway();
  if (status_) HandleStatus();

  const bool asked = Asked().has_value();
  if (asked) {
    outcome_.reason.clear();
  } else if (oom_killed && outcome_.signal == SIGKILL) {
    outcome_.out_of_memory = true;
    outcome_.reason =
        "It ran out of memory: its limit is " + std::to_string(spec_.capacity.memory_mib) + " MiB.";
  } else if (stopping_) {
    outcome_.lost_with_host = true;
    outcome_.reason = "It was ended because the host is shutting down.";
  } else if (script_code_) {
    outcome_.exit_code = script_code_;
    outcome_.signal.reset();
    outcome_.reason = "The start script exited with code " + std::to_string(*script_code_) + ".";
  } else if (outcome_.reason.empty() && outcome_.signal) {
    outcome_.reason = "It was ended by signal " + SignalText(*outcome_.signal) + ".";
  } else if (outcome_.reason.empty()) {
    outcome_.reason = started_ ? "Its command exited with code " +
                                     std::to_string(outcome_.exit_code.value_or(0)) + "."
                               : "The sandbox could not be started.";
  }
  FinishRun(run_, outcome_);
}

}  // namespace atelier::runtime::process

namespace atelier::runtime {
namespace {

using process::RunPaths;

constexpr std::chrono::milliseconds kLockPause{10};
constexpr int kLockTries =
    30;  // a driver that looks whether the folder is kept holds it for microseconds

UniqueFd Lock(const RunPaths& run) {
  UniqueFd folder(::open(run.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; folder && i < kLockTries; ++i) {
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) == 0) return folder;
    std::this_thread::sleep_for(kLockPause);
  }
  return {};
}

/// Leaves what ties us to the starter: session, process group, folder, terminal, signal settings.
/// Returns the signals that the shim waits for, as a descriptor.
UniqueFd Detach() {
  ::setsid();
  ::umask(0077);
  if (::chdir("/") != 0) return {};
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {0, 1, 2}) ::dup2(null.get(), fd);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t mask;
  ::sigemptyset(&mask);
  ::sigaddset(&mask, SIGTERM);
  ::sigaddset(&mask, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  return UniqueFd(::signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC));
}

/// In the detached process. Never returns.
[[noreturn]] void Keep(RunPaths run, process::Spec spec, UniqueFd lock, UniqueFd handshake) {
  UniqueFd signals = Detach();
  const auto self = process::RefOf(::getpid());
  if (!signals || !self || !process::WriteRecord(run.ShimRecord(), *self)) ::_exit(1);
  if (::write(handshake.get(), "k", 1) != 1) ::_exit(1);  // from here on the life is ours
  handshake.Reset();
  process::Shim(std::move(run), std::move(spec), std::move(lock)).Run(std::move(signals));
  ::_exit(0);
}

}  // namespace

int ShimMain(int argc, char** argv) {
  if (argc < 2) return 2;
  ::close_range(3, ~0U, 0);  // nothing of the server's may live on in here
  RunPaths run{argv[argc - 1]};
  UniqueFd lock = Lock(run);
  if (!lock) return process::Exists(run.folder) ? 0 : 1;  // kept already
  if (process::Exists(run.Result())) return 0;            // over already
  auto spec = process::ReadRecord<process::Spec>(run.Spec());
  if (!spec) return 1;
  process::Pipe handshake = process::MakePipe();
  if (!handshake.write) return 1;
  const int child = ::fork();
  if (child < 0) return 1;
  if (child == 0)
    Keep(std::move(run), std::move(*spec), std::move(lock), std::move(handshake.write));
  handshake.write.Reset();
  char byte = 0;
  const bool kept = ::read(handshake.read.get(), &byte, 1) == 1;
  ::_exit(kept ? 0 : 1);  // not exit(): the shim lives on in the other half of this fork
}

}  // namespace atelier::runtime
