#include "store/sqlite/bulk.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "store/sqlite/database.h"

namespace atelier::store::sqlite {

namespace {

class RowsOfKind final : public Bulk {
 public:
  RowsOfKind(std::string path, Kind kind, std::vector<std::int64_t> rows)
      : path_(std::move(path)), kind_(kind), rows_(std::move(rows)) {}

  std::size_t size() const override { return rows_.size(); }

  Status ReadBlocking(std::size_t first, std::size_t last,
                      const std::function<void(const Record&)>& each) const override {
    ATELIER_TRY(const Connection connection, Connection::Open(path_, Connection::Mode::kRead));
    ATELIER_TRY(Statement get,
                connection.Prepare("SELECT key, revision, body, kind FROM records WHERE rowid=?"));
    for (std::size_t i = first; i < last; ++i) {
      Statement::Run run(get);
      run.Bind(rows_[i]);
      const int rc = run.Step();
      if (rc != SQLITE_ROW && rc != SQLITE_DONE) return Failure(rc);
      if (rc == SQLITE_DONE || run.Int(3) != static_cast<std::int64_t>(kind_))
        return Failure(SQLITE_CORRUPT_INDEX);
      each({.kind = kind_, .key = run.Text(0), .revision = run.Int(1), .body = run.Text(2)});
    }
    return Ok();
  }

 private:
  std::string path_;
  Kind kind_;
  std::vector<std::int64_t> rows_;  // rowids, ascending
};

}  // namespace

Result<std::unique_ptr<Bulk>> OpenBulk(const std::string& path, Kind kind) {
  ATELIER_TRY(const Connection connection, Connection::Open(path, Connection::Mode::kRead));
  // The index of the primary key holds the rowids: no record is touched.
  ATELIER_TRY(Statement find, connection.Prepare("SELECT rowid FROM records WHERE kind=?"));
  std::vector<std::int64_t> rows;
  {
    Statement::Run run(find);
    run.Bind(static_cast<std::int64_t>(kind));
    int rc = run.Step();
    for (; rc == SQLITE_ROW; rc = run.Step()) rows.push_back(run.Int(0));
    if (rc != SQLITE_DONE) return Failure(rc);
  }
  std::ranges::sort(rows);
  return std::make_unique<RowsOfKind>(path, kind, std::move(rows));
}

}  // namespace atelier::store::sqlite
