#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "model/ids.h"

namespace atelier::model {

/// What a job does to each of its instances.
enum class BulkAction : std::uint8_t { Start, Stop, Delete };
BOOST_DESCRIBE_ENUM(BulkAction, Start, Stop, Delete)

/// How a job ended: all were looked at; somebody stopped it; it took too long.
enum class BulkEnd : std::uint8_t { Done, Stopped, Expired };
BOOST_DESCRIBE_ENUM(BulkEnd, Done, Stopped, Expired)

/// Who asked for a job. It acts as what they are at each moment, not as what they were.
struct Asker {
  UserId user;
  std::string key;  // the access key that signed, or that vouched for the browser; empty: none did
  std::string arn;
  std::string source_ip;
  bool secure_transport = false;
};
BOOST_DESCRIBE_STRUCT(Asker, (), (user, key, arn, source_ip, secure_transport))

/// Failures with one message, in which {InstanceId} stands for each one's id.
struct BulkFailure {
  std::string code;  // as the operation for one instance names it
  std::string message;
  std::int64_t count = 0;
  std::vector<InstanceId> ids;  // bounded; `count` is not
};
BOOST_DESCRIBE_STRUCT(BulkFailure, (), (code, message, count, ids))

struct BulkOutcome {
  std::int64_t done = 0;
  std::int64_t skipped = 0;  // those that no longer matched, were there already, or are gone
  std::int64_t failed = 0;
  std::vector<BulkFailure> failures;
};
BOOST_DESCRIBE_STRUCT(BulkOutcome, (), (done, skipped, failed, failures))

/// The same done to many instances, each as if it were asked for alone. Record key: its id.
struct BulkJob {
  std::string id;
  BulkAction action{};
  std::map<std::string, std::string> query;  // parameters of ListInstances, its workspace settled
  Revision revision = 0;                     // of the dry run that was confirmed
  Asker asker;
  WallTime created;
  std::int64_t total = 0;    // that were confirmed
  std::int64_t changed = 0;  // of them, since the dry run: left alone from the beginning
  bool stop = false;         // somebody asked for it
  std::optional<WallTime> ended = {};
  std::optional<BulkEnd> end = {};
  BulkOutcome outcome = {};  // of one that has ended, without `changed`
};
BOOST_DESCRIBE_STRUCT(BulkJob, (),
                      (id, action, query, revision, asker, created, total, changed, stop, ended,
                       end, outcome))

}  // namespace atelier::model
