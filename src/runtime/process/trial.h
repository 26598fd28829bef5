#pragma once
#include <cstdint>
#include <functional>

#include "base/log.h"
#include "runtime/process.h"
#include "runtime/process/run.h"

namespace atelier::runtime::process {

/// How a host is asked what it allows. Tests ask another one.
struct HostProbe {
  std::function<CgroupSet()> cgroups;
  /// Runs a workload to its end in a sandbox as `host` says. The text of an error is for the
  /// operator; its last line counts.
  std::function<Status(const Host& host)> sandbox;
  std::function<bool()> keyring;               // a fresh session keyring can be had
  std::function<bool()> users;                 // each workload gets a user of the kernel's
  std::function<bool(const CgroupSet&)> swap;  // is limited by these cgroups (SwapIsLimited)
  std::function<std::uint64_t()> descriptors;  // that this process may have
  std::function<bool()> files;  // that are open on the host: memory is what bounds them
};

/// This host. Blocks, as TryHost.
HostProbe RealProbe();

/// Fills in what `host` leaves open: the best that the probe finds, short of what `want` forgoes.
/// FailedPrecondition: no sandbox runs, or `want` requires more; the message says what to do.
Result<HostTrial> TryHost(Host host, Isolation want, const HostProbe& probe, Logger& log);

}  // namespace atelier::runtime::process
