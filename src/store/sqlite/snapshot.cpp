#include "store/sqlite/snapshot.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "store/copy.h"
#include "store/sqlite/database.h"
#include "store/sqlite/log_end.h"
#include "store/sqlite/schema.h"
#include "store/store.h"

namespace atelier::store {

namespace sqlite {

namespace {

/// nullopt: of all kinds.
Status ReadRecords(const Connection& connection, std::optional<Kind> kind,
                   const Snapshot::Each& each) {
  ATELIER_TRY(
      Statement all,
      connection.Prepare(kind ? "SELECT kind, key, revision, body FROM records WHERE kind=? "
                                "ORDER BY key"
                              : "SELECT kind, key, revision, body FROM records "
                                "ORDER BY kind, key"));
  Statement::Run run(all);
  if (kind) run.Bind(static_cast<std::int64_t>(*kind));
  int rc = run.Step();
  for (; rc == SQLITE_ROW; rc = run.Step()) {
    ATELIER_RETURN_IF_ERROR(each({.kind = static_cast<Kind>(run.Int(0)),
                                  .key = run.Text(1),
                                  .revision = run.Int(2),
                                  .body = run.Text(3)}));
  }
  if (rc != SQLITE_DONE) return Failure(rc);
  return Ok();
}

class SqliteSnapshot final : public Snapshot {
 public:
  SqliteSnapshot(Connection connection, std::string path, Origin origin)
      : connection_(std::move(connection)), path_(std::move(path)), origin_(std::move(origin)) {}

  const Origin& origin() const override { return origin_; }
  Status ReadBlocking(const Each& each) override {
    return ReadRecords(connection_, std::nullopt, each);
  }
  Status ReadKindBlocking(Kind kind, const Each& each) override {
    return ReadRecords(connection_, kind, each);
  }

  Status CheckBlocking(const std::function<void(std::string)>& damaged) override {
    // A server may have been in the middle of writing it: what is damaged is so once more.
    const std::string log = path_ + "-wal";
    std::size_t cut = CommitsCut(log);
    if (cut > 0) cut = std::min(cut, CommitsCut(log));
    if (cut > 0)
      damaged(fmt::format("The log is damaged: {} changes behind that place are lost.", cut));
    ATELIER_TRY(Statement check, connection_.Prepare("PRAGMA integrity_check(20)"));
    Statement::Run run(check);
    int rc = run.Step();
    for (; rc == SQLITE_ROW; rc = run.Step()) {
      if (std::string what = run.Text(0); what != "ok") damaged(std::move(what));
    }
    if (rc != SQLITE_DONE) return Failure(rc);
    return Ok();
  }

 private:
  Connection connection_;  // in a transaction
  std::string path_;
  Origin origin_;
};

class SqliteLoading final : public Loading {
 public:
  SqliteLoading(Connection connection, Statement add)
      : connection_(std::move(connection)), add_(std::move(add)) {}

  Status AddBlocking(Record record) override {
    Statement::Run run(add_);
    run.Bind(static_cast<std::int64_t>(record.kind)).Bind(record.key);
    const int rc = run.Bind(record.revision).Bind(record.body).Step();
    if (rc != SQLITE_DONE) return Failure(rc);
    return Ok();
  }

  Status ReadBackBlocking(const Snapshot::Each& each) override {
    return ReadRecords(connection_, std::nullopt, each);
  }

  Status FinishBlocking(const Origin& origin) override {
    ATELIER_RETURN_IF_ERROR(SetOrigin(connection_, origin));
    ATELIER_FAILPOINT("store.load.before_commit");
    ATELIER_RETURN_IF_ERROR(connection_.Execute("COMMIT"));
    ATELIER_FAILPOINT("store.load.after_commit");
    return Ok();
  }

 private:
  Connection connection_;  // in a transaction, which goes with it
  Statement add_;
};

}  // namespace

Result<std::unique_ptr<Snapshot>> OpenSnapshot(const std::string& path) {
  ATELIER_TRY(Connection connection, Connection::Open(path, Connection::Mode::kRead));
  ATELIER_RETURN_IF_ERROR(connection.Execute("BEGIN"));
  ATELIER_RETURN_IF_ERROR(CheckSchema(connection));
  ATELIER_TRY(Origin origin, ReadOrigin(connection));
  return std::make_unique<SqliteSnapshot>(std::move(connection), path, std::move(origin));
}

Result<std::unique_ptr<Loading>> OpenLoading(const std::string& path) {
  ATELIER_TRY(Connection connection, Connection::Open(path, Connection::Mode::kWrite));
  ATELIER_RETURN_IF_ERROR(ConfigureWriter(connection));
  ATELIER_RETURN_IF_ERROR(connection.Execute("BEGIN IMMEDIATE"));
  ATELIER_TRY(const std::int64_t records,
              connection.QueryInt("SELECT (SELECT value FROM meta WHERE name='revision') + "
                                  "EXISTS (SELECT 1 FROM records)"));
  if (records != 0) return NotEmpty();
  ATELIER_TRY(
      Statement add,
      connection.Prepare("INSERT INTO records(kind, key, revision, body) VALUES(?, ?, ?, ?)"));
  return std::make_unique<SqliteLoading>(std::move(connection), std::move(add));
}

}  // namespace sqlite

Result<std::unique_ptr<Snapshot>> OpenSqliteSnapshot(const std::string& folder) {
  const std::string path = folder + "/atelier.db";
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return Error(Code::kNotFound, "There is no store in SQLite in this data folder.");
  return sqlite::OpenSnapshot(path);
}

}  // namespace atelier::store
