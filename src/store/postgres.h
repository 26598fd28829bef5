#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/task.h"
#include "store/store.h"

namespace atelier::store {

struct PostgresOptions {
  /// Holds a lock file, and which installation the data folder belongs to.
  std::string folder;
  /// postgres://user@host/database?..., as libpq takes it.
  std::string address;
  std::size_t max_queue = 4096;               // commits waiting; beyond it Unavailable
  std::size_t max_group = 64;                 // commits that share one transaction
  std::size_t max_group_bytes = 512U << 10U;  // of their keys and bodies
  /// How long a commit waits for the database: less than the 10 s that most clients do.
  Duration commit_timeout{8'000};
  /// For how long a server that is not heard of keeps the database to itself. At least a second.
  Duration lease{10'000};
  /// Others that say so, too, may use the database at the same time, and what they write comes by
  /// the feed. For who acts only for what they own (store/shards.h): two that both act for
  /// everything would do all of it twice.
  bool shared = false;
  /// How often a store that is shared looks for what others wrote, also while nobody asks.
  Duration look_every{100};
  /// How long Store::CatchUp waits for the database.
  Duration look_timeout{250};
  /// Called on the I/O thread, at most once: this store will never write again, for another server
  /// took the database over, or the database went back and does not know what it had acknowledged,
  /// or this server was away for longer than the changes of others are kept.
  /// What the read models show is then no longer the truth.
  std::function<void(const Error& why)> lost = [](const Error& /*why*/) {};
};

/// Of an address that a user wrote. InvalidArgument: it is none, or has a password in it and
/// `password_allowed` is false.
Status CheckPostgresAddress(const std::string& address, bool password_allowed);

/// Opens or makes the store in the database at options.address, in the schema `atelier`. One server
/// at a time, unless options.shared: this one has the database until it stops, or has not been
/// heard of for options.lease. Then another may take it, and nothing of this one is written any
/// more.
///
/// FailedPrecondition: another server has it, a newer version wrote it, the data folder belongs to
/// another store, or the database is set so that what is acknowledged could be lost. Unavailable:
/// it cannot be reached, or does not let this user in. Blocking.
///
/// `random` and `clock` outlive the store; Threads: any.
Result<std::unique_ptr<Store>> OpenPostgres(PostgresOptions options, asio::any_io_executor io,
                                            Clock& clock, Random& random, Logger& log);

/// The same store without its fence, for reading beside whatever server has it; a standby will do.
/// `folder`: as PostgresOptions has it; one that belongs to another installation is refused, or to
/// a later incarnation. NotFound: there is no store in the database. Errors as of OpenPostgres.
Result<std::unique_ptr<Snapshot>> OpenPostgresSnapshot(const std::string& folder,
                                                       const std::string& address,
                                                       const Clock& clock);

/// The address in the first line of a file, which may have the password in it. FailedPrecondition:
/// everybody can read it, or it cannot be read. InvalidArgument: it is no address.
Result<std::string> ReadPostgresAddress(const std::string& file);

/// Whether the store of this folder is in PostgreSQL, so that no other is to be made there.
bool IsOfPostgres(const std::string& folder);

}  // namespace atelier::store
