#include "runtime/process/usage.h"

#include "runtime/process/cgroup.h"
#include "runtime/process/procfs.h"

namespace atelier::runtime::process {

namespace {

/// What its shim has noted, and what it has yet to note.
void ReadNetwork(const RunPaths& run, Usage& usage) {
  const auto sandbox = ReadRecord<SandboxRecord>(run.Sandbox());
  if (!sandbox) return;  // it has just ended
  usage.network_ends = sandbox->uplink_ends;
  usage.connected = sandbox->uplink && IsAlive(*sandbox->uplink);
  if (sandbox->uplink && !usage.connected) ++usage.network_ends;
}

}  // namespace

std::optional<Usage> ReadUsage(const RunPaths& run, const Spec& spec, const ProcessRef& init) {
  if (!IsAlive(init)) return std::nullopt;
  // A workload may have made its socket anew since. Without one the gateway says so.
  (void)OpenDoor(run, spec.socket_name);
  Usage usage;
  auto members = MembersOf(spec.cgroup);
  if (members.empty()) members = TreeOf(init.pid);
  const TreeUsage tree = UsageOf(members);
  usage.cpu_ms = CgroupCpuMs(spec.cgroup).value_or(tree.cpu_ms);
  usage.memory_bytes = CgroupMemoryBytes(spec.cgroup).value_or(tree.resident_bytes);
  usage.oom_kills = CgroupOomKills(spec.cgroup);
  usage.disk_read_bytes = tree.read_bytes;
  usage.disk_write_bytes = tree.write_bytes;
  if (spec.isolate_network) {  // else the counters are those of the whole host
    const NetworkUsage network = NetworkOf(init.pid);
    usage.network_in_bytes = network.in_bytes;
    usage.network_out_bytes = network.out_bytes;
    ReadNetwork(run, usage);
  }
  return usage;
}

}  // namespace atelier::runtime::process
