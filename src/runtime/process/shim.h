#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "base/raii.h"
#include "runtime/driver.h"
#include "runtime/process/log_file.h"
#include "runtime/process/paths.h"
#include "runtime/process/records.h"

/// The process between the server and one sandbox. It shares nothing with the server but a folder,
/// so the server may die, hang or be replaced at any time (promise 3).
///
/// Plain POSIX, one thread, no allocation games: small enough to trust with staying alive.
namespace atelier::runtime::process {

class Shim {
 public:
  Shim(RunPaths run, Spec spec, UniqueFd lock);

  /// From the sandbox's start to result.json. The signals of main() are blocked by the caller.
  void Run(UniqueFd signals);

 private:
  using Time = std::chrono::steady_clock::time_point;

  /// False: `outcome_.reason` says why there is no sandbox.
  bool StartSandbox();
  bool AwaitInfo(int info_fd);
  bool AwaitInside();
  /// `errors`: where it is said what is missing.
  bool LimitTerminalsInside(int errors);
  /// `errors`: where pasta says what it lacks.
  bool ConnectNetwork(int errors);
  bool StartUplink(int network, int owner, int errors);
  /// After its end: starts it again, a few times in a row at most.
  void RestoreUplink();
  void PlanUplink();
  /// `network` and `owner`: the sandbox's namespaces.
  bool ListenForServer(int network, int owner, int errors);
  void Loop();
  void HandleSignals();
  void HandleStatus();
  void BeginStop(int word);
  /// What the marks say, or the words that came with signals.
  std::optional<StopMode> Asked() const;
  void KillSandbox();
  void Reap();
  bool RecordSandbox();
  void DrainLog();
  /// Ends and reaps whatever there is, and removes the cgroup.
  void ClearAway();
  void Conclude();
  void SayPhase(std::string_view phase);
  void Say(std::string_view line);
  void SetOutcome(int status);

  const RunPaths run_;
  const Spec spec_;
  const UniqueFd lock_;  // flock on the folder, until this process ends
  LogFile log_;
  UniqueFd signals_;
  UniqueFd output_;  // of everything inside
  UniqueFd status_;  // of the bootstrap script
  UniqueFd gate_;    // a line lets the workload run
  UniqueFd inside_;  // listens in its network for the server
  UniqueFd door_;    // where a server asks for it
  int monitor_ = 0;  // pid of bubblewrap outside
  bool monitor_gone_ = false;
  SandboxRecord sandbox_;
  std::optional<Time> uplink_at_;  // when it is to be started again
  int uplink_tries_ = 0;           // in a row
  Time uplink_since_;              // when the last one was started
  bool started_ = false;           // the command runs
  std::optional<int> script_code_;
  bool stopping_ = false;
  int word_ = 0;  // the strongest that came with a SIGTERM
  std::optional<Time> kill_at_;
  Outcome outcome_;
};

}  // namespace atelier::runtime::process
