#pragma once
#include <cstdint>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>

#include "base/raii.h"
#include "base/result.h"

namespace atelier::store::sqlite {

/// What a result code of SQLite means to a caller of the store: ResourceExhausted (no space),
/// DataLoss (damaged), else Unavailable.
Error Failure(int rc);

/// A prepared statement. Lives no longer than its connection.
class Statement {
 public:
  /// One execution: binds in order, steps, and resets the statement at its end. Bound text is not
  /// copied and must outlive the run.
  class Run {
   public:
    explicit Run(Statement& statement) : statement_(statement.handle_.get()) {}
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run();

    Run& Bind(std::int64_t value);
    Run& Bind(std::string_view value);
    /// SQLITE_ROW, SQLITE_DONE, or the extended code of what went wrong.
    int Step();

    std::int64_t Int(int column) const { return sqlite3_column_int64(statement_, column); }
    std::string Text(int column) const;

   private:
    sqlite3_stmt* statement_;
    int next_ = 1;
    int failed_ = SQLITE_OK;
  };

 private:
  friend class Connection;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3_stmt, Call<sqlite3_finalize>> handle_;
};

/// One connection to the database file. Used by one thread at a time.
class Connection {
 public:
  /// Only recovery, schema changes and checkpoints ever make a connection wait.
  static constexpr int kBusyMillis = 5000;
  enum class Mode : std::uint8_t { kRead, kWrite };
  /// Opens an existing file (sqlite/folder.h makes it, with the right mode).
  static Result<Connection> Open(const std::string& path, Mode mode);

  Result<Statement> Prepare(std::string_view sql) const;
  Status Execute(const char* sql) const;
  /// The first column of the only row. DataLoss: there is none.
  Result<std::int64_t> QueryInt(std::string_view sql) const;

  sqlite3* handle() const { return handle_.get(); }

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Call<sqlite3_close_v2>> handle_;
};

}  // namespace atelier::store::sqlite
