#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "store/postgres/connection.h"

namespace atelier::store::postgres {

/// Where the store ends: the last row of `commits`.
struct Head {
  model::Revision revision = 0;
  std::string group;  // id of the group that ends there; empty: none yet
  friend bool operator==(const Head&, const Head&) = default;
};
Statement SelectHead();
Head ReadHead(const Rows& rows);

/// What this server holds of the database: a row of `servers`. Each commit looks for it under the
/// lock of the installation, and compares the epoch, which every new connection raises: what was
/// sent before, on a connection that was given up, is never written, however late it arrives. A
/// server that takes the database for itself alone removes the rows of others. The lease is for
/// courtesy: until it ends nobody does.
struct Fence {
  std::string installation;
  std::int64_t lock = 0;  // key of the advisory lock
  std::string life;       // this process
  std::int64_t epoch = 0;
  Duration lease{};
};

/// Who asks for the database.
struct Claimant {
  std::string owner;  // who has the same is an earlier life of this server, which has ended
  std::string life;
  std::string name;     // for people
  bool shared = false;  // with others that share it
};

struct Taken {
  Fence fence;
  Head head;
};
/// Takes the database, or its part in it. FailedPrecondition: another server has it.
Result<Taken> TakeFence(Connection& connection, const std::string& installation,
                        const Claimant& claimant, Duration lease);

/// Lets another server take it at once. A failure is as good: the lease ends by itself.
void ReleaseFence(Connection& connection, const Fence& fence);

/// What stands at the head of every transaction that must be alone: BEGIN, the settings that must
/// not be somebody's default, and the lock, in a statement of its own, so that the next one's
/// snapshot is younger than it. The caller appends to it.
std::vector<Statement> UnderLock(std::int64_t lock);

/// What a group that nobody answered came to.
struct Found {
  std::vector<std::int64_t> revisions;  // of its batches
  std::vector<std::int64_t> missed;     // its deletes of nothing
};

/// What a new connection finds.
struct Attached {
  std::optional<std::int64_t>
      epoch;          // of this connection; nullopt: another server has the database
  bool same = false;  // it is the same installation
  Head head;
  bool knows = false;            // the last group that this server knows of
  bool keeps = false;            // all that was committed after that
  std::optional<Found> pending;  // nullopt: it was not committed, and never will be
};

struct AttachResult {
  Outcome outcome;
  Attached attached;  // if it did not fail
};
/// Raises the epoch for a new connection, and looks whether the database knows `known`, and what
/// became of the group `pending` (empty: of none) after the revision `before`. It writes, so that
/// its own commit carries what it saw to a standby that has to have it.
AttachResult Attach(Connection& connection, const Fence& fence, const Head& known,
                    model::Revision before, const std::string& pending, Duration within);

}  // namespace atelier::store::postgres
