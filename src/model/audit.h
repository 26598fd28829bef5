#pragma once
#include <string>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"

namespace atelier::model {

/// Who makes a mutation, and by which request.
struct Actor {
  std::string principal;  // ARN; "acs:atelier::system" for timers and the culler
  std::string request_id;
  std::string source_ip;
  std::string operation;  // for example CreateInstance
};
BOOST_DESCRIBE_STRUCT(Actor, (), (principal, request_id, source_ip, operation))

/// Committed in the transaction of the mutation it tells of: exactly one for each acknowledged one,
/// never changed. Record key: "<20-digit milliseconds>-<request id>".
struct AuditRecord {
  WallTime time;
  Actor actor;
  std::string target;  // what it was done to: an instance id, user/<name>, workspace/<id>
};
BOOST_DESCRIBE_STRUCT(AuditRecord, (), (time, actor, target))

}  // namespace atelier::model
