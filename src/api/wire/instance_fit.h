#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "api/wire/float.h"

namespace atelier::api::wire {

/// Amounts of what a host has. Of what is left: an absent one is without a bound; of what is
/// lacking: an absent one is not.
struct HostAmounts {
  std::optional<Float> CPU;               // vCPUs
  std::optional<Float> Memory;            // GB
  std::optional<Float> GPU;               // cards
  std::optional<std::int64_t> Processes;  // threads count, too
  std::optional<std::int64_t> Instances;  // that may run beside those that do
};
BOOST_DESCRIBE_STRUCT(HostAmounts, (), (CPU, Memory, GPU, Processes, Instances))

struct InstanceFit {
  std::string InstanceType;
  bool Fits = false;
  std::optional<std::string> Reason;   // HostTooSmall, HostFull, UserLimit...; absent: it fits
  std::optional<std::string> Message;  // what CreateInstance would say
  /// What has to be given back first; absent where that does not help.
  std::optional<HostAmounts> Lacks;
};
BOOST_DESCRIBE_STRUCT(InstanceFit, (), (InstanceType, Fits, Reason, Message, Lacks))

struct CheckInstanceFitAnswer {
  std::string WorkspaceId;
  std::string UserId;
  HostAmounts Left;  // of the host, for everybody
  HostAmounts Room;  // of it, for one instance more of this user in this workspace
  std::vector<InstanceFit> Fits;
};
BOOST_DESCRIBE_STRUCT(CheckInstanceFitAnswer, (), (WorkspaceId, UserId, Left, Room, Fits))

}  // namespace atelier::api::wire
