#include "store/sqlite/schema.h"

#include <array>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "base/failpoint.h"

namespace atelier::store::sqlite {

namespace {

/// Step N takes schema N to N + 1. Append only: databases of every age are out there.
///
/// `records` keeps its rowid: bodies are a kilobyte or more, and a WITHOUT ROWID tree of such rows
/// was three times the size and a fifth of the speed.
constexpr std::array<const char*, 1> kSteps = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO meta VALUES('schema', 0), ('revision', 0), ('probe', 0);"
    "CREATE TABLE records(kind INTEGER NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL,"
    "                     body TEXT NOT NULL, PRIMARY KEY(kind, key));",
};

/// "Atlr" in a database that we made; older ones of ours have none.
constexpr std::int64_t kApplicationId = 0x41746c72;

Error NotOurs() {
  return {Code::kFailedPrecondition,
          "The file atelier.db in the data folder is the database of another program. Choose "
          "another data folder, or restore a backup of this one."};
}

Error NewerSchema(std::size_t version) {
  return {Code::kFailedPrecondition,
          fmt::format("The data folder was written by a newer version (schema {}, this program "
                      "knows up to {}). Install that version again, or restore a backup from "
                      "before it.",
                      version, kSteps.size()),
          "NewerSchema"};
}

Result<std::size_t> SchemaVersion(const Connection& connection) {
  ATELIER_TRY(const std::int64_t application, connection.QueryInt("PRAGMA application_id"));
  if (application != 0 && application != kApplicationId) return NotOurs();
  ATELIER_TRY(const std::int64_t tables, connection.QueryInt("SELECT count(*) FROM sqlite_schema"));
  if (tables == 0) return 0;
  ATELIER_TRY(const std::int64_t known,
              connection.QueryInt("SELECT count(*) FROM pragma_table_info('meta') "
                                  "WHERE name IN ('name', 'value')"));
  if (known != 2) return NotOurs();
  ATELIER_TRY(const std::int64_t version,
              connection.QueryInt("SELECT value FROM meta WHERE name='schema'"));
  return static_cast<std::size_t>(version);
}

Status Migrate(const Connection& writer, std::size_t version) {
  std::string script = "BEGIN IMMEDIATE;";
  if (version == 0) script += fmt::format("PRAGMA application_id={};", kApplicationId);
  for (std::size_t step = version; step < kSteps.size(); ++step) script += kSteps.at(step);
  script += fmt::format("UPDATE meta SET value={} WHERE name='schema';", kSteps.size());
  ATELIER_RETURN_IF_ERROR(writer.Execute(script.c_str()));
  ATELIER_FAILPOINT("store.before_migrated");
  return writer.Execute("COMMIT");
}

}  // namespace

Status ConfigureWriter(const Connection& writer) {
  // Checkpoints are the writer thread's, after it has answered (sqlite/writer.cpp).
  return writer.Execute(
      "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=33554432;");
}

Status PrepareSchema(const Connection& writer) {
  ATELIER_TRY(const std::size_t version, SchemaVersion(writer));
  if (version > kSteps.size()) return NewerSchema(version);
  // Takes effect on a new file only; the page holds a few records of a kilobyte.
  ATELIER_RETURN_IF_ERROR(writer.Execute("PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"));
  ATELIER_RETURN_IF_ERROR(ConfigureWriter(writer));
  return version < kSteps.size() ? Migrate(writer, version) : Ok();
}

Status CheckSchema(const Connection& reader) {
  ATELIER_TRY(const std::size_t version, SchemaVersion(reader));
  if (version > kSteps.size()) return NewerSchema(version);
  if (version == 0)
    return Error(Code::kNotFound, "There is no store in SQLite in this data folder.");
  if (version < kSteps.size()) {
    return Error(
        Code::kFailedPrecondition,
        "The data folder was written by an older version. Use the program of that version, or "
        "start the server of this one once: it brings the store to it.");
  }
  return Ok();
}

// The first two are there since the first move. (A text in a column of numbers stays a text unless
// it is a number; the names of installations have dashes.)
Result<Origin> ReadOrigin(const Connection& connection) {
  Origin origin;
  ATELIER_TRY(origin.head, LastRevision(connection));
  ATELIER_TRY(origin.incarnation,
              connection.QueryInt("SELECT coalesce(max(value), 1) FROM meta WHERE "
                                  "name='incarnation'"));
  ATELIER_TRY(Statement statement,
              connection.Prepare("SELECT value FROM meta WHERE name='installation'"));
  Statement::Run run(statement);
  const int rc = run.Step();
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) return Failure(rc);
  if (rc == SQLITE_ROW) origin.installation = run.Text(0);
  return origin;
}

Status SetOrigin(const Connection& writer, const Origin& origin) {
  ATELIER_TRY(Statement set, writer.Prepare("INSERT OR REPLACE INTO meta VALUES(?, ?)"));
  const auto run = [&](std::string_view name, auto value) -> Status {
    Statement::Run one(set);
    const int rc = one.Bind(name).Bind(value).Step();
    if (rc != SQLITE_DONE) return Failure(rc);
    return Ok();
  };
  ATELIER_RETURN_IF_ERROR(run("revision", origin.head));
  ATELIER_RETURN_IF_ERROR(run("incarnation", origin.incarnation));
  if (origin.installation.empty()) return Ok();
  return run("installation", std::string_view(origin.installation));
}

Result<model::Revision> LastRevision(const Connection& connection) {
  return connection.QueryInt("SELECT value FROM meta WHERE name='revision'");
}

}  // namespace atelier::store::sqlite
