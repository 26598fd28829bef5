#pragma once
#include <map>
#include <memory>
#include <string>

#include "base/codec.h"
#include "base/log.h"
#include "runtime/driver.h"

namespace atelier::runtime {

/// What the simulated world does to one workload. Read from the environment variable
/// ATELIER_SIMULATE of the instance (a JSON object of these fields), else the server's default.
/// Times in milliseconds.
struct Script {
  std::int64_t allocate_ms = 100;
  std::int64_t prepare_ms = 100;
  std::int64_t start_ms = 100;
  std::int64_t stop_ms = 100;
  std::string fail_at = {};  // "", "allocate", "prepare", "start": ends there with exit code 1
  std::int64_t exit_after_ms = 0;  // > 0: ends by itself that long after it was ready
  int exit_code = 0;
  bool hang_start = false;  // accepted, never ready
  bool hang_stop = false;   // does not end when asked, only when forced
  bool hang_kill = false;   // nor when forced, as if stuck in the kernel
  bool hang_calls = false;  // driver calls about it do nothing and answer only at their deadline
  bool vanish = false;      // not in Observe although it runs (a lie): "not seen" is never "dead"
  bool lost = false;        // gone without a trace once ready, as with a dead host
  bool refuse = false;      // Ensure answers FailedPrecondition
  bool home_lost = false;   // its files are gone: only a first life can start
  int cpu_percent = 0;      // of its capacity, while ready
  std::int64_t memory_mib = 64;
  int gpu_percent = 0;
  int executing_kernels = 0;
  int dead_kernels = 0;
  int kernel_restarts = 0;   // so far, of such as ended by themselves
  int oom_kills = 0;         // so far
  int network_ends = 0;      // so far; each time it was set up again
  bool answers = true;       // false: it runs, and no check is answered
  std::string host_ip = {};  // where it claims to run
  std::string inner_ip = {};
};
BOOST_DESCRIBE_STRUCT(Script, (),
                      (allocate_ms, prepare_ms, start_ms, stop_ms, fail_at, exit_after_ms,
                       exit_code, hang_start, hang_stop, hang_kill, hang_calls, vanish, lost,
                       refuse, home_lost, cpu_percent, memory_mib, gpu_percent, executing_kernels,
                       dead_kernels, kernel_restarts, oom_kills, network_ends, answers, host_ip,
                       inner_ip))

/// A world in memory that follows its scripts on the injected clock: for tests, and the emulator
/// that users put in their CI. Its workloads end with the process. After Listen each ready one has
/// a door, behind which a page says that it is simulated; without, EndpointOf knows no doors.
///
/// One that ended, asked to or by itself, is shown as exited until it is removed or started anew.
class SimulatedDriver : public Driver {
 public:
  /// Replaces the script of a workload that exists.
  virtual Status SetScript(const model::InstanceId& id, Script script) = 0;

  /// Opens the one door of all its workloads, on the loopback, until Stop. Once. `clock` is the
  /// real one, for the limits of connections. Unavailable: no free port.
  virtual Status Listen(Clock& clock, Logger& log) = 0;
};

std::unique_ptr<SimulatedDriver> MakeSimulatedDriver(Script standard, asio::any_io_executor io,
                                                     Clock& clock);

}  // namespace atelier::runtime
