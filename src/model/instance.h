#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"
#include "base/moment.h"
#include "model/idle_rule.h"
#include "model/ids.h"
#include "model/status.h"

namespace atelier::model {

enum class Accessibility : std::uint8_t { PRIVATE, PUBLIC };
BOOST_DESCRIBE_ENUM(Accessibility, PRIVATE, PUBLIC)

enum class AcceleratorType : std::uint8_t { CPU, GPU };
BOOST_DESCRIBE_ENUM(AcceleratorType, CPU, GPU)

enum class PaymentType : std::uint8_t { PayAsYouGo, Subscription };
BOOST_DESCRIBE_ENUM(PaymentType, PayAsYouGo, Subscription)

enum class OversoldType : std::uint8_t {
  ForceQuotaOverSold,
  AcceptQuotaOverSold,
  ForbiddenQuotaOverSold
};
BOOST_DESCRIBE_ENUM(OversoldType, ForceQuotaOverSold, AcceptQuotaOverSold, ForbiddenQuotaOverSold)

enum class OversoldInfo : std::uint8_t {
  ForbiddenQuotaOverSold,
  ForceQuotaOverSold,
  PendingQuotaOverSold
};
BOOST_DESCRIBE_ENUM(OversoldInfo, ForbiddenQuotaOverSold, ForceQuotaOverSold, PendingQuotaOverSold)

/// What the user wants to be true. The reconciler closes the gap to Instance::status.
enum class Desired : std::uint8_t { Running, Stopped, Deleted };
BOOST_DESCRIBE_ENUM(Desired, Running, Stopped, Deleted)

inline constexpr std::size_t kMaxLabels = 20;  // of one instance; as many tags

/// A user label (Labels[]) or a resource tag (Tags[]); the two sets are separate.
struct Label {
  std::string key;
  std::string value;
  friend bool operator==(const Label&, const Label&) = default;
};
BOOST_DESCRIBE_STRUCT(Label, (), (key, value))

inline constexpr std::int64_t kMilli = 1000;  // of a vCPU or a GPU

/// What an instance may use, taken from its EcsSpec when it was created or updated.
struct Capacity {
  std::int64_t milli_cpu = 0;       // kMilli = one vCPU
  std::int64_t memory_mib = 0;      // of host memory
  std::int64_t milli_gpu = 0;       // kMilli = one GPU
  std::int64_t gpu_memory_mib = 0;  // of ONE GPU; 0 without one
  std::string gpu_type;
  friend bool operator==(const Capacity&, const Capacity&) = default;
};
BOOST_DESCRIBE_STRUCT(Capacity, (), (milli_cpu, memory_mib, milli_gpu, gpu_memory_mib, gpu_type))

struct ShutdownTimer {
  WallTime due;
  WallTime created;
  WallTime modified;
};
BOOST_DESCRIBE_STRUCT(ShutdownTimer, (), (due, created, modified))

/// What an instance asked for in the way of temporary keys of its owner, that are served inside it.
struct CredentialConfig {
  std::string key;      // the name that they are served under
  std::string env_key;  // the same: the environment leads there; empty: it does not
  std::string role_arn;
  std::string role_type;
  friend bool operator==(const CredentialConfig&, const CredentialConfig&) = default;
};
BOOST_DESCRIBE_STRUCT(CredentialConfig, (), (key, env_key, role_arn, role_type))

/// One DSW instance as stored: what the user asked for, and what was last observed and written
/// down. Values counted at answer time (running time, remaining time, idle time, URLs) are not
/// stored.
struct Instance {
  // identity
  InstanceId id;
  WorkspaceId workspace;
  UserId owner;  // UserId of the wire
  std::string name;
  // as asked for
  std::string ecs_spec;
  std::string image_id;
  std::string image_url;
  std::string image_name;
  PaymentType payment = PaymentType::PayAsYouGo;
  AcceleratorType accelerator = AcceleratorType::CPU;
  Accessibility accessibility = Accessibility::PRIVATE;
  Capacity capacity;
  std::int64_t priority = 1;  // 1 (lowest) to 9
  std::string resource_id;    // quota; empty for pay-as-you-go
  std::map<std::string, std::string> environment;
  std::vector<Label> labels;
  std::vector<Label> tags;
  std::optional<std::string> on_start;  // UserCommand.OnStart.Content
  std::string user_command_id;          // decimal text, set with on_start
  std::string workspace_source;
  std::string driver;
  std::string image_auth;  // base64 of "user:******"; the password is never stored
  std::optional<OversoldType> oversold_type;
  std::optional<OversoldInfo> oversold_info;
  std::map<std::string, std::string> access_restriction_rules;
  json::object migration_options;
  std::optional<CredentialConfig> credentials;
  std::optional<ShutdownTimer> timer;
  std::optional<IdleCuller> culler;
  Desired desired = Desired::Running;
  Generation generation = 1;
  // the observed
  InstanceStatus status = InstanceStatus::Creating;
  WallTime status_since;
  std::int64_t status_boot = 0;  // of that moment (base/moment.h); 0: not noted
  std::int64_t status_mono_ms = 0;
  std::string reason_code;     // empty when fine
  std::string reason_message;  // empty when fine
  WallTime created;
  WallTime modified;
  bool has_run = false;                     // was Running once: its home must be there
  std::optional<WallTime> running_since;    // set while Running
  std::int64_t accumulated_running_ms = 0;  // of the finished Running spans
  std::int64_t session = 1;                 // start-to-stop spans so far, for GetLifecycle
  std::int64_t next_step = 1;               // number of the next LifecycleStep record
  std::int64_t next_event = 1;              // number of the next Event record
};
BOOST_DESCRIBE_STRUCT(Instance, (),
                      (id, workspace, owner, name, ecs_spec, image_id, image_url, image_name,
                       payment, accelerator, accessibility, capacity, priority, resource_id,
                       environment, labels, tags, on_start, user_command_id, workspace_source,
                       driver, image_auth, oversold_type, oversold_info, access_restriction_rules,
                       migration_options, credentials, timer, culler, desired, generation, status,
                       status_since, status_boot, status_mono_ms, reason_code, reason_message,
                       created, modified, has_run, running_since, accumulated_running_ms, session,
                       next_step, next_event))

/// One state an instance was in. Record key: "<instance id>/<12-digit number>".
struct LifecycleStep {
  std::int64_t number = 0;
  std::int64_t session = 0;
  InstanceStatus status = InstanceStatus::Creating;
  std::string reason_code;
  std::string reason_message;
  WallTime begin;
  std::optional<WallTime> end;  // empty for the present state
};
BOOST_DESCRIBE_STRUCT(LifecycleStep, (),
                      (number, session, status, reason_code, reason_message, begin, end))

enum class EventLevel : std::uint8_t { Info, Warning, Error };
BOOST_DESCRIBE_ENUM(EventLevel, Info, Warning, Error)

/// Something that happened to an instance, with its numbers, in words for its user. Same key form.
struct Event {
  std::int64_t number = 0;
  WallTime time;
  EventLevel level = EventLevel::Info;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(Event, (), (number, time, level, message))

/// What tells the total time in Running, from an instance's fields.
struct RunningTime {
  std::optional<WallTime> since;
  std::int64_t boot = 0;  // and mono_ms: of its present state, which is Running if `since` is set
  std::int64_t mono_ms = 0;
  std::int64_t accumulated_ms = 0;
};
inline RunningTime RunningTimeOf(const Instance& instance) {
  return {.since = instance.running_since,
          .boot = instance.status_boot,
          .mono_ms = instance.status_mono_ms,
          .accumulated_ms = instance.accumulated_running_ms};
}

/// Total time in Running at `now`, in milliseconds: grows while Running, never falls. Measured by
/// the monotonic clock, which a server's restart does not touch. By the wall clock only after the
/// host was restarted, and for records that noted no other.
std::int64_t RunningTimeMs(const RunningTime& time, const Moment& now);

}  // namespace atelier::model
