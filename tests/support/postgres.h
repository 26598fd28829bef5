#pragma once
#include <string>
#include <sys/types.h>
#include <vector>

#include "support/temp_dir.h"

namespace atelier::test {

/// A PostgreSQL of the test's own: in a temporary folder, reached by a unix socket there, run as
/// the user `postgres` where the test is root, for it refuses to be. Ends with the test. Throws
/// when it cannot do what is asked.
class Postgres {
 public:
  Postgres();
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  /// One for all tests of the process that leave it running and as it is set.
  static Postgres& Shared();

  /// The address of a new, empty database. `options`: of CREATE DATABASE.
  std::string NewDatabase(const std::string& options = "");
  std::string AddressOf(const std::string& database, const std::string& user = "postgres") const;
  /// What psql would print of the last statement: rows of columns, with | between.
  std::vector<std::string> Sql(const std::string& address, const std::string& script) const;
  /// The same in the database `postgres`.
  std::vector<std::string> Sql(const std::string& script) const;

  void Start();
  /// `signal`: SIGINT ends the sessions (57P01), SIGQUIT is a crash.
  void Stop(int signal);
  const std::string& data() const { return data_; }
  /// Of its socket.
  const std::string& folder() const { return folder_.path(); }

 private:
  TempDir folder_{FolderInMemory()};  // a start after a crash flushes every file of all databases
  std::string data_;
  pid_t process_ = 0;
  int databases_ = 0;
};

/// A PgBouncer before `server`, in transaction mode: each transaction may have another session.
class PgBouncer {
 public:
  explicit PgBouncer(const Postgres& server);
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  static PgBouncer& Shared();
  /// The same database as `address` of the server is.
  std::string Before(const std::string& address) const;

 private:
  const Postgres& server_;
  TempDir folder_;
  pid_t process_ = 0;
};

}  // namespace atelier::test
