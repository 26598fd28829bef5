#pragma once
#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"

namespace atelier::model {

/// A client's promise that repeats of this request mean the same one (promise 7). Kept 24 hours.
struct ClientToken {
  std::string token;        // 1 to 64 printable ASCII characters
  std::string caller;       // tokens of different callers do not meet
  std::string fingerprint;  // hex SHA-256 of what is asked for
};

/// Who makes a mutation, and by which request.
struct Actor {
  std::string principal;  // ARN; "acs:atelier::system" for timers and the culler
  std::string request_id;
  std::string source_ip;
  std::string operation;  // for example CreateInstance
  /// Counts for what makes something (store/writer.h); not part of the audit record.
  std::optional<ClientToken> token = {};
};
BOOST_DESCRIBE_STRUCT(Actor, (), (principal, request_id, source_ip, operation))

/// Committed in the transaction of the mutation it tells of: exactly one for each thing that was
/// changed, never changed itself. Record key: "<20-digit milliseconds>-<request id>", and
/// "/<target>" where a request asked for it.
struct AuditRecord {
  WallTime time;
  Actor actor;
  std::string target;  // what it was done to: an instance id, user/<name>, workspace/<id>
};
BOOST_DESCRIBE_STRUCT(AuditRecord, (), (time, actor, target))

}  // namespace atelier::model
