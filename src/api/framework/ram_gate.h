#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/framework/params.h"
#include "api/operation.h"

namespace atelier::api {

/// The row of a RAM action of its own, "<code>:<name>" (docs/contract/ram-policy.md section 4);
/// nullptr: there is none. What two versions have under one name is found in the first that works.
const Operation* FindByAction(std::string_view action);

/// The RAM actions of a row of Operations(): one allowed is enough, one denied denies.
const std::vector<std::string>& ActionsOf(const Operation& operation);

/// What the RAM gate is asked. Views.
struct RamQuestion {
  const Operation& operation;  // of Operations()
  const identity::Caller& caller;
  const RawParams& path;
  const RawParams& query;  // its Token, and the InstanceId that it is for
};

/// The RAM gate (docs/contract/ram-policy.md section 3), or its wait for who knows the condition
/// keys (RamGate). A sharing token stands for the permission its bearer lacks; an explicit Deny
/// still binds. PermissionDenied/NoPermission; `gate` then knows why. The one way in: of requests,
/// and of CheckPermissions.
Status Authorise(const Services& services, const Options& options, const RamQuestion& question,
                 RamGate& gate);

}  // namespace atelier::api
