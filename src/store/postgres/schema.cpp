#include "store/postgres/schema.h"

#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "store/postgres/errors.h"
#include "store/postgres/schema_steps.h"

namespace atelier::store::postgres {

namespace {

constexpr std::int64_t kOldest = 150'000;  // server_version_num
constexpr auto kNewest = static_cast<std::int64_t>(kSchemaSteps.size());

Error Refused(std::string what) { return {Code::kFailedPrecondition, std::move(what)}; }

Error Failed(const Failure& failure) {
  if (failure.state == "42501") {
    return Refused(fmt::format(
        "The database does not let this user make what the store needs ({}). Let the user own the "
        "database, or its schema: CREATE SCHEMA atelier AUTHORIZATION the_user.",
        failure.text));
  }
  if (failure.state == "25006") {
    return Refused(
        "The database is read-only. Turn default_transaction_read_only off for this user, or give "
        "the address of the primary.");
  }
  if (failure.state == "AT003") {
    return Refused(fmt::format(
        "The database cannot be brought to this version: {}. Stop it first. One that was killed "
        "leaves the database free some seconds after it was last heard of.",
        failure.text));
  }
  return {Code::kUnavailable, fmt::format("The database cannot be used: {}.", Explain(failure)),
          "DatabaseUnavailable"};
}

Error NewerSchema(std::int64_t version) {
  return {
      Code::kFailedPrecondition,
      fmt::format("The database was written by a newer version (schema {}, this program knows up "
                  "to {}). Install that version again, or restore a backup from before it.",
                  version, kNewest),
      "NewerSchema"};
}

/// nullopt: there is no schema. 0: there is an empty one.
Result<std::optional<std::int64_t>> SchemaVersion(Connection& connection) {
  const Outcome found = connection.Run(
      {{"SELECT (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid), "
        "to_regclass('atelier.meta') IS NOT NULL AND to_regclass('atelier.records') IS NOT NULL "
        "FROM pg_namespace n WHERE n.nspname = 'atelier'"}},
      kStartWithin);
  if (found.failure) return Failed(*found.failure);
  const Rows& schema = found.rows[0];
  if (schema.size() == 0) return std::nullopt;
  if (schema.Int(0, 0) == 0) return 0;
  if (!schema.Bool(0, 1)) {
    return Refused(
        "The schema atelier of the database belongs to another program. Choose another database.");
  }
  const Outcome version = connection.Run(
      {{"SELECT value::bigint FROM atelier.meta WHERE name = 'schema'"}}, kStartWithin);
  if (version.failure) return Failed(*version.failure);
  if (version.rows[0].size() != 1)
    return Error(Code::kDataLoss, "The store lacks a row that it always has.");
  return version.rows[0].Int(0, 0);
}

}  // namespace

Status CheckDatabase(Connection& connection, Logger& log) {
  const Outcome found = connection.Run(
      {{"SELECT current_setting('server_version_num')::int, pg_is_in_recovery(), "
        "current_setting('fsync')::bool, current_setting('full_page_writes')::bool, "
        "current_setting('server_encoding'), current_setting('transaction_read_only')::bool"}},
      kStartWithin);
  if (found.failure) return Failed(*found.failure);
  const Rows& is = found.rows[0];
  if (is.Int(0, 0) < kOldest) {
    return Refused(fmt::format("The database is PostgreSQL {}; it must be 15 or later.",
                               is.Int(0, 0) / 10'000));
  }
  if (is.Bool(0, 1)) {
    return Refused(
        "The database is a standby, which takes no changes. Give the address of the primary, or "
        "all of them and target_session_attrs=read-write.");
  }
  if (!is.Bool(0, 2)) {
    return Refused(
        "The database runs with fsync=off, so a crash could lose what was acknowledged, or all of "
        "it. Turn fsync on.");
  }
  if (is.Bytes(0, 4) != "UTF8") {
    return Refused(
        fmt::format("The database is encoded as {}; it must be UTF8: CREATE DATABASE ... "
                    "TEMPLATE template0 ENCODING UTF8.",
                    is.Bytes(0, 4)));
  }
  if (is.Bool(0, 5)) return Failed({.state = "25006", .text = {}});
  if (!is.Bool(0, 3)) {
    log.Warn("store.full_page_writes_off",
             {{"what",
               "a power cut can damage the database, unless its file system writes pages "
               "of 8 KiB whole"}});
  }
  return Ok();
}

Status CheckSchemaVersion(std::int64_t version) {
  if (version > kNewest) return NewerSchema(version);
  if (version == kNewest) return Ok();
  return Refused(
      "The database was written by an older version. Use the program of that version, or start the "
      "server of this one once: it brings the store to it.");
}

Status PrepareSchema(Connection& connection, bool may_make) {
  // Two that make it at once: the second waits, and finds it made.
  constexpr const char* kBegin =
      "BEGIN ISOLATION LEVEL READ COMMITTED;"
      "SELECT pg_advisory_xact_lock(hashtext('atelier schema'));";
  ATELIER_TRY(std::optional<std::int64_t> version, SchemaVersion(connection));
  if (!version.value_or(0) && !may_make) {
    return Error(Code::kFailedPrecondition,
                 "The database is empty, and this data folder has a store already. Give the "
                 "address of its database, or restore a backup there; to begin anew, choose "
                 "another data folder.",
                 "OtherStore");
  }
  while (version.value_or(0) < kNewest) {
    std::string script = kBegin;
    if (!version) script += "CREATE SCHEMA atelier;";
    script += kSchemaSteps.at(static_cast<std::size_t>(version.value_or(0)));
    script += fmt::format("UPDATE atelier.meta SET value = '{}' WHERE name = 'schema';",
                          version.value_or(0) + 1);
    script += "SELECT atelier.keep_partitions(0);";
    ATELIER_FAILPOINT("store.before_migrated");
    const std::optional<Failure> failure = connection.Execute(script + "COMMIT", kStartWithin);
    const std::optional<std::int64_t> before = version;
    ATELIER_TRY(version, SchemaVersion(connection));
    if (failure && version == before) return Failed(*failure);
  }
  if (version > kNewest) return NewerSchema(*version);
  return Ok();
}

}  // namespace atelier::store::postgres
