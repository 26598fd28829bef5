#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/codec.h"
#include "runtime/driver.h"
#include "runtime/process/cgroup.h"
#include "runtime/process/procfs.h"

/// The records of one life, as JSON in its folder (paths.h).
namespace atelier::runtime::process {

/// A folder or file that a life sees, resolved.
struct SharedPath {
  std::string from;
  std::string inside;
  std::string root;  // the folder that the operator opened: `from` is in it
};
BOOST_DESCRIBE_STRUCT(SharedPath, (), (from, inside, root))

/// What to run and how: everything the shim needs, decided by the driver.
struct Spec {
  model::InstanceId id;
  model::Generation generation = 0;
  model::Capacity capacity;
  std::string home;                      // folder on the host
  std::string image_prefix;              // empty: the host's own programs
  std::vector<std::string> image_paths;  // on the host, read-only at the same path inside
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::string set_up;         // etc/set_up
  bool has_on_start = false;  // etc/on_start
  std::string socket_name;
  std::uint16_t port = 0;         // not 0: a relay leads the socket there
  std::uint16_t server_port = 0;  // not 0: of the loopback inside; it leads to the server
  std::string program;            // this binary, which is the relay too
  std::vector<SharedPath> shared;
  std::map<std::string, std::string> files;
  std::string ready_path;
  std::string activity_path;
  std::string authorization;
  std::int64_t stop_grace_ms = 0;
  bool isolate_network = false;
  bool filter_calls = true;     // MakeCallFilter
  bool forbid_metadata = true;  // ForbidMetadata, in a network of its own
  bool limit_terminals = true;  // LimitTerminals
  bool own_keyring = false;     // without one it is not started
  bool stamp_lines = false;     // of its output (LogFile)
  std::uint32_t host_uid = 0;   // the kernel's uid of the workload; also its gid
  CgroupSet cgroup;
};
BOOST_DESCRIBE_STRUCT(Spec, (),
                      (id, generation, capacity, home, image_prefix, image_paths, command,
                       environment, set_up, has_on_start, socket_name, port, server_port, program,
                       shared, files, ready_path, activity_path, authorization, stop_grace_ms,
                       isolate_network, filter_calls, forbid_metadata, limit_terminals, own_keyring,
                       stamp_lines, host_uid, cgroup))

/// The processes beside the shim that must not outlive it.
struct SandboxRecord {
  ProcessRef init;                   // the sandbox's first process; its death is everyone's inside
  std::optional<ProcessRef> uplink;  // pasta; empty: none, or it ended and does not run again yet
  std::uint64_t uplink_ends = 0;     // of pastas before it
};
BOOST_DESCRIBE_STRUCT(SandboxRecord, (), (init, uplink, uplink_ends))

/// How a life ended.
struct Outcome {
  std::optional<int> exit_code;
  std::optional<int> signal;
  bool out_of_memory = false;
  bool lost_with_host = false;
  std::optional<WallTime> ended;  // when its first process was gone; empty: its shim was lost
  std::string reason;             // one sentence for the user; empty: it was asked to end
};
BOOST_DESCRIBE_STRUCT(Outcome, (),
                      (exit_code, signal, out_of_memory, lost_with_host, ended, reason))

/// The words in the phase file.
inline constexpr std::string_view kPhaseAllocating = "allocating";
inline constexpr std::string_view kPhasePreparing = "preparing";
inline constexpr std::string_view kPhaseStarting = "starting";
inline constexpr std::string_view kPhaseStopping = "stopping";

template <class T>
Result<T> ReadRecord(const std::string& path);
template <class T>
Status WriteRecord(const std::string& path, const T& record);

extern template Result<Spec> ReadRecord(const std::string&);
extern template Result<SandboxRecord> ReadRecord(const std::string&);
extern template Result<Outcome> ReadRecord(const std::string&);
extern template Result<ProcessRef> ReadRecord(const std::string&);
extern template Status WriteRecord(const std::string&, const Spec&);
extern template Status WriteRecord(const std::string&, const SandboxRecord&);
extern template Status WriteRecord(const std::string&, const Outcome&);
extern template Status WriteRecord(const std::string&, const ProcessRef&);

}  // namespace atelier::runtime::process
