#include "store/sqlite/reader.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "store/common/errors.h"

namespace atelier::store::sqlite {

namespace {

constexpr std::int64_t kNoLimit = -1;  // as SQLite's LIMIT understands it

std::int64_t Number(Kind kind) { return static_cast<std::int64_t>(kind); }

/// Columns key, revision, body of the current row.
Record Row(Kind kind, const Statement::Run& run) {
  return {.kind = kind, .key = run.Text(0), .revision = run.Int(1), .body = run.Text(2)};
}

std::int64_t Limit(std::size_t limit) {
  constexpr auto kMax = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(limit, kMax));
}

}  // namespace

Reader::Reader(Connection connection, Statement get, Statement up, Statement up_to, Statement down,
               Statement down_to)
    : connection_(std::move(connection)),
      get_(std::move(get)),
      up_(std::move(up)),
      up_to_(std::move(up_to)),
      down_(std::move(down)),
      down_to_(std::move(down_to)) {}

Result<Reader> Reader::Open(const std::string& path) {
  ATELIER_TRY(Connection connection, Connection::Open(path, Connection::Mode::kRead));
  ATELIER_TRY(Statement get,
              connection.Prepare("SELECT key, revision, body FROM records WHERE kind=? AND key=?"));
  ATELIER_TRY(Statement up,
              connection.Prepare("SELECT key, revision, body FROM records WHERE kind=? AND key>=? "
                                 "ORDER BY key LIMIT ?"));
  ATELIER_TRY(Statement up_to,
              connection.Prepare("SELECT key, revision, body FROM records WHERE kind=? AND "
                                 "key>=? AND key<? ORDER BY key LIMIT ?"));
  ATELIER_TRY(Statement down,
              connection.Prepare("SELECT key, revision, body FROM records WHERE kind=? AND key>=? "
                                 "ORDER BY key DESC LIMIT ?"));
  ATELIER_TRY(Statement down_to,
              connection.Prepare("SELECT key, revision, body FROM records WHERE kind=? AND "
                                 "key>=? AND key<? ORDER BY key DESC LIMIT ?"));
  return Reader(std::move(connection), std::move(get), std::move(up), std::move(up_to),
                std::move(down), std::move(down_to));
}

Result<Record> Reader::Get(Kind kind, const std::string& key) {
  Statement::Run run(get_);
  run.Bind(Number(kind)).Bind(key);
  const int rc = run.Step();
  if (rc == SQLITE_DONE) return Missing();
  if (rc != SQLITE_ROW) return Failure(rc);
  return Row(kind, run);
}

Result<std::vector<Record>> Reader::Scan(Kind kind, const Store::Range& range) {
  const bool bounded = !range.to.empty();
  Statement& statement = range.reverse ? (bounded ? down_to_ : down_) : (bounded ? up_to_ : up_);
  Statement::Run run(statement);
  run.Bind(Number(kind)).Bind(range.from);
  if (bounded) run.Bind(range.to);
  run.Bind(Limit(range.limit));

  std::vector<Record> records;
  int rc = run.Step();
  for (; rc == SQLITE_ROW; rc = run.Step()) records.push_back(Row(kind, run));
  if (rc != SQLITE_DONE) return Failure(rc);
  return records;
}

Status Reader::Load(Kind kind, const std::function<void(Record)>& each) {
  Statement::Run run(up_);
  run.Bind(Number(kind)).Bind(std::string_view()).Bind(kNoLimit);
  int rc = run.Step();
  for (; rc == SQLITE_ROW; rc = run.Step()) each(Row(kind, run));
  if (rc != SQLITE_DONE) return Failure(rc);
  return Ok();
}

}  // namespace atelier::store::sqlite
