#include "store/sqlite/database.h"

#include <fmt/format.h>

#include "store/common/errors.h"

namespace atelier::store::sqlite {

Statement::Run::~Run() {
  sqlite3_reset(statement_);  // repeats the error of the last step, which Step reported
  sqlite3_clear_bindings(statement_);
}

Statement::Run& Statement::Run::Bind(std::int64_t value) {
  const int rc = sqlite3_bind_int64(statement_, next_++, value);
  if (failed_ == SQLITE_OK) failed_ = rc;
  return *this;
}

Statement::Run& Statement::Run::Bind(std::string_view value) {
  // An empty view may point nowhere, which SQLite would store as NULL.
  const char* data = value.data() != nullptr ? value.data() : "";
  const int rc =
      sqlite3_bind_text64(statement_, next_++, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (failed_ == SQLITE_OK) failed_ = rc;
  return *this;
}

int Statement::Run::Step() { return failed_ != SQLITE_OK ? failed_ : sqlite3_step(statement_); }

std::string Statement::Run::Text(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

Result<Connection> Connection::Open(const std::string& path, Mode mode) {
  const int access = mode == Mode::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* handle = nullptr;
  const int rc = sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(handle);  // also a failed open returns a handle to close
  if (rc != SQLITE_OK) return Failure(rc);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMillis);
  ATELIER_RETURN_IF_ERROR(connection.Execute(
      "PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-4096;"));
  return connection;
}

Result<Statement> Connection::Prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int rc = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                    SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (rc != SQLITE_OK) return Failure(rc);
  return Statement(statement);
}

Status Connection::Execute(const char* sql) const {
  const int rc = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return Failure(rc);
  return Ok();
}

Result<std::int64_t> Connection::QueryInt(std::string_view sql) const {
  ATELIER_TRY(Statement statement, Prepare(sql));
  Statement::Run run(statement);
  const int rc = run.Step();
  if (rc == SQLITE_DONE) return Error(Code::kDataLoss, "The store lacks a row that it always has.");
  if (rc != SQLITE_ROW) return Failure(rc);
  return run.Int(0);
}

Error Failure(int rc) {
  const int kind = rc & 0xff;
  // The file of the shared memory fails to grow only for lack of space. A flush that failed is
  // never "only" a full disk: what reached it is unknown.
  if (kind == SQLITE_FULL || rc == SQLITE_IOERR_SHMSIZE) return DiskFull();
  if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) {
    return Error(Code::kDataLoss,
                 fmt::format("The store is damaged: {} ({}).", sqlite3_errstr(rc), rc));
  }
  return Error(Code::kUnavailable,
               fmt::format("The store cannot be used now: {} ({}).", sqlite3_errstr(rc), rc),
               "StoreUnavailable");
}

}  // namespace atelier::store::sqlite
