#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/pool.h"
#include "http/client.h"
#include "model/resources.h"
#include "runtime/driver.h"
#include "runtime/isolation.h"

namespace atelier::runtime {

namespace process {
struct Host;
}

/// What trial sandboxes have shown of this host.
struct HostTrial {
  std::shared_ptr<const process::Host> host;  // shared: by the drivers that are made of it
  std::vector<Control> controls;              // all of them, on or not
};

struct ProcessOptions {
  std::string folder;  // workloads live in <folder>/<id>/
  /// A folder of the same kind whose workloads are taken into `folder`, where they run on; one that
  /// is not there is none. On the same file system.
  std::string earlier_folder = {};
  std::string program;  // this binary, run again as the shim of each sandbox
  Isolation isolation = Isolation::kPrefer;
  /// Folders of the host that workloads may be shown parts of (Workload::mounts).
  std::vector<std::string> shared_folders = {};
  /// Of every workload; its own variables win.
  std::map<std::string, std::string> environment = {};
  /// Of the host, shown read-only at the same path to every workload; one that is not there is left
  /// out.
  std::vector<std::string> shown_files = {};
  std::string host_ip = {};             // by which this host is known: WorkloadState::place
  std::string zone = {};                // that it is in, likewise
  std::optional<HostTrial> trial = {};  // empty: MakeProcessDriver tries the host itself
};

/// Runs /bin/true in a sandbox of exactly the kind that workloads get, in `options.folder`: the one
/// honest answer to whether this host lets us. What it lacks beside sandboxes is tried without, and
/// a warning is logged for each. FailedPrecondition: the host lacks bubblewrap or forbids user
/// namespaces, or anything with Isolation::kRequire (the message says what to do). Blocks for as
/// long as a sandbox takes, at most about a minute. Moves this process (DetectCgroups): once.
Result<HostTrial> TryHost(const ProcessOptions& options, Logger& log);

/// What this host, or the container that the server runs in, has for workloads. No GPUs: a sandbox
/// is shown none. Blocking; to be asked before MakeProcessDriver. Unavailable: /proc cannot be
/// read.
Result<model::Resources> MeasureHost();

/// Runs workloads as sandboxed process trees on this host, each under a small shim process that
/// outlives the server. Adopts what it finds in `folder`. FailedPrecondition: another server uses
/// it, `earlier_folder` cannot be taken over, or as TryHost. `probes` asks the workloads whether
/// they are ready and what their kernels do.
Result<std::unique_ptr<Driver>> MakeProcessDriver(ProcessOptions options, asio::any_io_executor io,
                                                  Pool& blocking, http::Client& probes,
                                                  Clock& clock, Logger& log);

/// Body of the shim process (`<program> keep <folder of one life>`, started by the driver only;
/// main hands over its own argc and argv). Returns its exit code.
int ShimMain(int argc, char** argv);

/// Body of the process that deletes one tree of the trash (`<program> sweep <tree>`, started by the
/// driver only): as the user whose tree it is, for a minute at most. Returns its exit code.
int SweepMain(int argc, char** argv);

/// Body of the relay inside a sandbox whose workload listens on a TCP port (`<program> relay
/// <socket> <port>`): carries connections from the socket to the port. Goes to the background once
/// the socket listens.
int RelayMain(int argc, char** argv);

}  // namespace atelier::runtime
