#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/codec.h"
#include "model/catalogue.h"
#include "model/instance.h"
#include "model/service.h"

namespace atelier::model {

/// A health check of a replica: an HTTP GET on its port. `any_answer` takes any answer as a yes: it
/// stands for the documents' tcp_socket.
struct HealthCheck {
  std::string path = "/";  // any_answer: not looked at
  bool any_answer = false;
  Duration initial_delay{0};
  Duration period{10'000};
  Duration timeout{1'000};
  int success_threshold = 1;
  int failure_threshold = 3;
};

/// A number of replicas, or a share of them.
struct CountOrPercent {
  std::int64_t value = 0;
  bool percent = false;
  /// Of `whole`; a share is rounded up or down.
  std::int64_t Of(std::int64_t whole, bool round_up) const;
};

/// A folder of the host that a replica sees, read-only.
struct MountSpec {
  std::string path;  // as given: on the host, below a folder that the operator opened
  std::string inside;
};

/// An archive of the host (tar, also compressed) that is unpacked anew before each start.
struct PackageSpec {
  std::string path;    // as given, like MountSpec's
  std::string folder;  // inside, where what it holds is found
};

/// Real threads, of which a sandbox has room for a thousand or so (processor::kMaxThreads).
inline constexpr std::int64_t kMaxNativeThreads = 512;

/// An own processor in C or C++: a library that `atelier processor` runs
/// (docs/decisions/0007-own-processors.md).
struct NativeProcessor {
  std::string library;       // inside, absolute
  std::string model_entry;   // of initialize(): a path inside, or empty when there is no model
  std::string model_config;  // of initialize(): the text, or the JSON, as given
};

/// What there is to compute with. 0: not said.
struct ComputeSpec {
  std::int64_t milli_cpu = 0;  // kMilli = one vCPU
  std::int64_t memory_mib = 0;
};

/// What this server understands of a service JSON (docs/contract/lifecycle.md section 11).
struct ServiceSpec {
  std::string name;
  std::string workspace;  // metadata.workspace_id
  std::string group;      // metadata.group
  std::string token;      // empty: one is made
  std::int64_t replicas = 1;
  std::string instance_type;  // cloud.computing; empty: `size` counts
  ComputeSpec size;           // metadata.cpu and memory: of a replica
  ComputeSpec limits;         // containers[0].resources: the most of it that the program may use
  ComputeSpec requests;       // the same: the least that it must be able to use
  std::string image;          // of the catalogue; empty: the host's own programs
  std::string script;         // run by a shell; empty: `command` is, or `processor`
  std::vector<std::string> command;
  std::optional<NativeProcessor> processor;
  std::int64_t port = 8000;  // that the program listens on
  std::map<std::string, std::string> environment;
  std::vector<MountSpec> mounts;
  std::vector<PackageSpec> packages;
  std::map<std::string, std::string> labels;
  std::optional<HealthCheck> startup;   // none: `health` once
  std::optional<HealthCheck> liveness;  // none: only an exit restarts it
  HealthCheck health;                   // takes traffic while it passes
  std::optional<std::int64_t> workers;  // metadata.rpc.worker_threads: requests at once, a replica
  std::int64_t max_queue = 64;          // waiting requests, a replica
  std::optional<Duration> keepalive;    // longest time for an answer to begin
  std::optional<std::int64_t> rate_limit;  // requests a second, the whole service
  CountOrPercent max_surge{.value = 1};
  CountOrPercent max_unavailable{.value = 0};
  Duration termination_grace{30'000};
};

/// InvalidArgument with every problem: what is malformed, missing, or not supported by this server
/// (named; the table in spec/keys.h). Unknown keys are left alone. `asked`: the part of `config`
/// that is new, as of an update; the rest may have been accepted by a version that refused less;
/// null: all of it is.
Result<ServiceSpec> ParseServiceSpec(const json::object& config,
                                     const json::object* asked = nullptr);
Result<ServiceSpec> ParseServiceSpec(std::string_view config);

/// Of a configuration that was accepted before, perhaps by a version that refused less: what this
/// one would refuse is left alone.
Result<ServiceSpec> ReadStoredSpec(const json::object& config);
Result<ServiceSpec> ReadStoredSpec(std::string_view config);

/// One sentence on the keys of `config` that no document names and that ask for something, each
/// with the one that was perhaps meant; empty: there are none. They are kept, and have no effect.
std::string SayUnknownKeys(const json::object& config);

/// What each replica may use: its machine's (null: `size`'s, one vCPU if none is said), or less
/// where the container's limits say so. memory_mib 0: no limit.
Capacity CapacityOf(const ServiceSpec& spec, const EcsSpec* machine);

/// UpdateService with UpdateType=merge: objects are merged member by member, everything else is
/// replaced.
json::object MergeConfig(json::object base, const json::object& change);

/// What is told of a replica with this configuration.
ReplicaTemplate ReplicaTemplateOf(const ServiceSpec& spec);

/// What a service, a group of them, may be called: 3 to 63 lower-case letters, digits and
/// underscores.
bool IsServiceName(std::string_view name);

/// Sets metadata.instance.
void SetReplicas(json::object& config, std::int64_t replicas);

/// True if the two differ in metadata.instance at most.
bool SameButReplicas(json::object a, json::object b);

}  // namespace atelier::model
