#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/raii.h"
#include "base/task.h"
#include "model/instance.h"
#include "model/placement.h"

namespace atelier::runtime {

/// A door of a workload that the gateway may connect to.
struct Endpoint {
  std::string unix_path;   // a socket on this host; or, when empty:
  std::string host;        // an address on this host, and
  std::uint16_t port = 0;  // its TCP port
};

/// A folder of the host that the operator opened for workloads, shown read-only.
struct Mount {
  std::string from;    // absolute, or relative to the first such folder
  std::string inside;  // absolute path in the sandbox
};

/// Where a workload that listens on a port finds the server's own program, should it be run by it.
inline constexpr const char* kProgramInside = "/run/atelier-relay";

/// Where a workload finds its files (Workload::files).
inline constexpr const char* kFilesInside = "/run/atelier-files";

/// A program to run in a sandbox. Made from an instance by control/dsw/notebook.h and from a
/// replica by control/eas/service/workload.h; knows nothing of notebooks or models. Inside the
/// sandbox: /home/atelier (kept while the workload exists, the working directory) and /run/atelier
/// (made anew at each start).
struct Workload {
  model::InstanceId id;
  model::Generation generation = 0;
  model::Capacity capacity;  // hard limits where the host lets us set them
  /// A home may be made if there is none. False: it has run before, so a missing one is a loss.
  bool fresh = true;
  std::string image_prefix;                        // read-only environment, at the same path inside
  std::vector<std::string> command;                // argv; command[0] is absolute
  std::map<std::string, std::string> environment;  // user variables and secrets: passed by a file
                                                   // descriptor or file of mode 0600, never by argv
  /// Script that /bin/sh runs in the sandbox before all else, with command[0] as $1; empty: none.
  /// The run goes on if it fails. A program of command[0]'s name that it leaves in /run/atelier/bin
  /// is run in its place.
  std::string set_up;
  std::optional<std::string>
      on_start;  // script that runs before the command, in the sandbox; non-zero exit = failure
  std::string socket_name;  // the command listens on /run/atelier/<socket_name>
  /// Not 0: it listens on this TCP port instead, of a network of its own, and the driver leads the
  /// socket there.
  std::uint16_t port = 0;
  /// Not 0: where it has a network of its own, this TCP port of its loopback leads to the server
  /// (Driver::SetServe), and is taken.
  std::uint16_t server_port = 0;
  std::vector<Mount> mounts;
  /// Small files that it is shown read-only, by their path below kFilesInside: plain names and
  /// slashes.
  std::map<std::string, std::string> files;
  std::string
      ready_path;  // GET of this path answers 2xx or 3xx when ready; empty: ready once started
  std::string activity_path;    // GET answers a Jupyter kernel list; empty: no such signal
  std::string authorization;    // value of the Authorization header for these two probes
  Duration stop_grace{10'000};  // between SIGTERM and SIGKILL
  bool stamp_lines = false;     // lines of output that begin with no time get one
};

/// Header of an answer to Workload::activity_path: how many kernels ended by themselves and were
/// started again, since the notebook server was started. Absent: none.
inline constexpr const char* kKernelRestarts = "Atelier-Kernel-Restarts";

/// Reason of the error of a start that finds no home though there must be one.
inline constexpr const char* kHomeMissing = "HomeMissing";
inline Error HomeMissing() {
  return {Code::kFailedPrecondition,
          "The files of this instance are not on this host. Have its folder put back from a backup "
          "and start it again, or delete the instance.",
          kHomeMissing};
}

/// How far a workload has come.
enum class Phase : std::uint8_t {
  kAllocating,  // folders, limits, namespaces
  kPreparing,   // the on_start script runs
  kStarting,    // the command runs, not ready yet
  kReady,
  kStopping,  // asked to end, not gone yet
  kExited,    // gone, with the outcome below
};

inline constexpr std::size_t kLogTail = 4096;  // bytes of output that tell why a run ended

/// What is known of one workload.
struct WorkloadState {
  model::InstanceId id;
  model::Generation generation = 0;
  Phase phase = Phase::kAllocating;
  model::Placement place;
  // as in the Workload; empty: not known any more
  model::Capacity capacity;
  std::string image_prefix;
  // kExited only
  std::optional<int> exit_code;
  std::optional<int> signal;
  bool out_of_memory = false;
  std::optional<WallTime> ended;  // when; empty: nobody was there to see it
  bool lost_with_host = false;    // no fault of its own: its host went down or was restarted
  std::string reason;             // one sentence for the user, empty for an asked-for stop
  std::string log_tail;           // the last lines of output, at most kLogTail
};

struct Observation {
  std::deque<WorkloadState> workloads;  // in the order of their ids
  /// True if this is all there is. An id missing from an incomplete answer says nothing.
  bool complete = false;
};

/// Use of resources by one workload. Counters since its start.
struct Usage {
  WallTime at;
  std::uint64_t cpu_ms = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t network_in_bytes = 0;
  std::uint64_t network_out_bytes = 0;
  std::uint64_t disk_read_bytes = 0;
  std::uint64_t disk_write_bytes = 0;
  std::optional<int> gpu_percent;                // empty without a GPU
  std::optional<int> executing_kernels;          // empty: not known, which is never read as idle
  std::optional<int> dead_kernels;               // ended, and given up by the notebook server
  std::optional<std::uint64_t> kernel_restarts;  // of such as ended by themselves; empty: not known
  std::optional<bool> answers;                   // its activity_path; empty: it was not asked
  std::uint64_t oom_kills = 0;                   // of its processes, by its memory limit
  std::uint64_t network_ends = 0;                // of what connects its network
  bool connected = true;                         // that runs now, or is not needed
};

/// Data of workloads and of their earlier runs that is on its way out.
struct Leftovers {
  std::size_t waiting = 0;  // trees that are still there
  std::size_t failing = 0;  // of these, such as could not be deleted at the last attempt
};

/// How a workload is ended.
enum class StopMode : std::uint8_t {
  kGrace,  // SIGTERM, then SIGKILL after Workload::stop_grace
  kNow,    // SIGKILL at once, whatever is left of the grace
};

/// Makes the world match a wanted workload, and says what is there. One object per configured
/// backend.
///
/// Threads: called from the I/O thread only. Must not block it: hand blocking work to the pool
/// given at construction. Identity: (id, generation) names a life of a workload for ever. A driver
/// finds its workloads again after a restart by that pair, their start time and the boot id; it
/// never adopts one whose start time differs (a recycled pid is not our process). Nothing here
/// outlives `by` by more than the time to notice.
class Driver {
 public:
  virtual ~Driver() = default;

  /// Starts the workload, or does nothing if this generation is already there. Ok means "accepted
  /// and durable in the backend", not "running": watch Observe for that. FailedPrecondition: can
  /// never work here (the message is shown to the user; not retried); with the reason kHomeMissing:
  /// it is not fresh and its home is not here. Unavailable, DeadlineExceeded: nothing is known;
  /// look again with Observe before acting.
  virtual Task<Status> Ensure(Workload want, Deadline by) = 0;

  /// Whether a workload that is made now can be shown these. FailedPrecondition: one cannot, and
  /// which (the message is shown to the user); Unavailable, DeadlineExceeded: nothing is known.
  virtual Task<Status> CheckMounts(std::vector<Mount> mounts, Deadline by) {
    (void)mounts;
    (void)by;
    co_return Ok();  // for drivers that show nothing
  }

  /// Asks for the end of every generation up to `generation`. Idempotent; Ok when there is nothing.
  /// Watch Observe for kExited or absence. A stop once asked for may be forced by a second call; a
  /// forced one stays so, whatever is asked later.
  virtual Task<Status> Stop(model::InstanceId id, model::Generation generation, StopMode mode,
                            Deadline by) = 0;

  /// Deletes the data of a workload that has ended. FailedPrecondition: it still runs. Idempotent.
  virtual Task<Status> Remove(model::InstanceId id, Deadline by) = 0;

  /// Everything as it was at one moment of the call, whatever is called meanwhile. However much
  /// there is, the thread is not held: a large answer is put together in slices
  /// (common/observations.h).
  virtual Task<Result<Observation>> Observe(Deadline by) = 0;

  /// Whether the home of a workload that has run is here. Unavailable, DeadlineExceeded: nothing is
  /// known.
  virtual Task<Result<bool>> HasHome(model::InstanceId id, Deadline by) {
    (void)id;
    (void)by;
    co_return true;  // for drivers whose homes go with nothing
  }

  /// NotFound: not running here.
  virtual Task<Result<Usage>> Sample(model::InstanceId id, Deadline by) = 0;

  /// The same for a driver that has the answer in memory, within a microsecond or so; nullopt: it
  /// has to be waited for.
  virtual std::optional<Result<Usage>> SampleAtOnce(const model::InstanceId& /*id*/) const {
    return std::nullopt;
  }

  /// At most `max_bytes` from the end of the workload's output, whole lines. NotFound: no output is
  /// kept.
  virtual Task<Result<std::string>> Logs(model::InstanceId id, std::size_t max_bytes,
                                         Deadline by) = 0;

  /// Where the running workload listens; answered from memory. NotFound: not running.
  virtual Result<Endpoint> EndpointOf(const model::InstanceId& id) const = 0;

  /// What Remove and new runs left to delete; answered from memory.
  virtual Leftovers leftovers() const { return {}; }

  /// Called (on the I/O thread) when something changed and Observe is worth a call: an exit,
  /// readiness.
  virtual void SetWake(std::function<void()> wake) = 0;

  /// Serves what comes in on a listening TCP socket of a workload's network, until the answer is
  /// dropped. nullptr: it cannot.
  using Serve =
      std::function<std::shared_ptr<void>(const model::InstanceId& id, UniqueFd listening)>;
  /// From here on workloads with a server_port reach the server, those that ran before included.
  virtual void SetServe(const Serve& /*serve*/) {}

  /// Stops watching. Workloads run on (promise 3).
  virtual Task<void> Stop() = 0;
};

}  // namespace atelier::runtime
