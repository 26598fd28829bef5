#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/driver.h"
#include "runtime/process/paths.h"
#include "runtime/process/records.h"

/// One life of a workload on disk and in the process table, as the driver and the shim handle it.
/// Blocking; nothing here keeps state.
namespace atelier::runtime::process {

/// What the driver knows of its host.
struct Host {
  std::string folder;
  std::string program;
  bool isolate_network = false;
  CgroupSet cgroups;
  bool filter_calls = true;
  bool forbid_metadata = true;
  bool limit_terminals = true;
  bool own_keyring = false;  // can be had, so no workload starts without
  std::vector<std::string> shared_folders = {};
  std::map<std::string, std::string> environment = {};  // of every workload; its own wins
  std::vector<std::string> shown_files = {};            // to every workload, at the same path
  std::string host_ip = {};
  std::string zone = {};
};

/// The folders of the host that an image needs beside /usr: its prefix, and the installation its
/// Python was made from, which for a virtual environment lies elsewhere. FailedPrecondition: it
/// cannot be shown to a sandbox (absent, or it would show more than an image).
Result<std::vector<std::string>> ImagePaths(const std::string& prefix,
                                            const std::string& data_folder);

/// The name servers a sandbox can reach. With its own network it cannot reach a resolver on the
/// host's loopback: such lines go, and `fallback` (systemd-resolved's list of the real ones) is
/// used when none is left.
std::string ResolverFor(std::string_view host, std::string_view fallback, bool isolated);

/// FailedPrecondition: what the operator did not open to workloads, or is not there.
Status CheckShared(const Host& host, const std::vector<Mount>& mounts);

/// FailedPrecondition: can never work on this host.
Result<Spec> PlanRun(const Host& host, const Workload& want);

/// Puts the folder of the life in place, complete or not at all, and deletes those of earlier
/// lives. Ok if it is there.
Status PrepareRun(const Host& host, const Spec& spec, const std::string& on_start);

/// Starts the shim of a prepared life. Ok: it runs, whatever becomes of us; or the life is over.
/// Idempotent.
Status StartKeeper(const Host& host, const RunPaths& run);

enum class RunStatus : std::uint8_t {
  kNotStarted,  // prepared, without a shim
  kKept,        // its shim lives
  kLost,        // its shim is gone without a result
  kEnded,
  kUnreadable,  // and nothing runs
  kUnknown,     // unreadable, and something runs
};

struct Inspection {
  RunStatus status = RunStatus::kUnknown;
  Spec spec;              // not for kEnded, kUnreadable, kUnknown
  ProcessRef shim;        // kKept, kLost
  SandboxRecord sandbox;  // once there is one
  Outcome outcome;        // kEnded
  std::string log_tail;   // kEnded with a reason
  bool stopping = false;
  bool ready = false;
};
Inspection Inspect(const RunPaths& run, const model::InstanceId& id, model::Generation generation);

/// Makes the workload's socket reachable for the server. The box belongs to the workload, which
/// could put a link to any socket of the host there for us to connect to; a hard link, taken
/// without following, is the socket itself. Again after the workload made a new one. False: there
/// is no socket (yet).
Result<bool> OpenDoor(const RunPaths& run, const std::string& socket_name);

/// What comes with the shim's SIGTERM.
inline constexpr int kStopWord = 1;
inline constexpr int kStopNowWord = 2;

/// Records that the end is wanted and how, then tells the shim. In this order: a driver that dies
/// in between finds the marks and tells it again. What was forced once stays so. The marks are
/// files that were made with the folder, renamed: they need no room on the disk. Where even that
/// fails, as on a disk that became read-only, the shim is told all the same. Unavailable: it
/// could not be told.
Status RequestStop(const RunPaths& run, const ProcessRef& shim, StopMode mode);

/// What the marks say; nullopt: no end was asked for.
std::optional<StopMode> StopAsked(const RunPaths& run);

/// Writes result.json and removes what only a running life needs, its secrets first of all. On a
/// full disk the log makes room for the result.
void FinishRun(const RunPaths& run, const Outcome& outcome);

/// After the death of a shim: ends what it left behind and records the loss. What is found now.
Inspection FinishLost(const RunPaths& run, Inspection found);

}  // namespace atelier::runtime::process
