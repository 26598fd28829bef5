#include "store/postgres/snapshot.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "store/copy.h"
#include "store/postgres/errors.h"
#include "store/postgres/membership.h"
#include "store/postgres/schema.h"

namespace atelier::store::postgres {

namespace {

constexpr Duration kConnectWithin{5'000};
constexpr Duration kRowWithin{60'000};
constexpr Duration kBatchWithin{120'000};
constexpr std::size_t kMaxRows = 1'000;  // of a batch
constexpr std::size_t kMaxBytes = 1U << 20U;

/// Not somebody's defaults. An order that needs no sort, so that the first row comes at once.
constexpr const char* kSettings =
    "SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '5s', true), "
    "set_config('idle_in_transaction_session_timeout', '10min', true), "
    "set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true), "
    "set_config('enable_bitmapscan', 'off', true), "
    "set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
    "WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)";

constexpr const char* kAll =
    "SELECT kind, key, revision, body FROM atelier.records ORDER BY kind, key";

Error Refused(const Failure& failure) {
  return {Code::kUnavailable, fmt::format("The database cannot be used: {}.", Explain(failure)),
          "DatabaseUnavailable"};
}

Status ReadRecords(Connection& connection, const Statement& select, const Snapshot::Each& each) {
  Status outcome;
  const std::optional<Failure> failure = connection.Stream(
      select, kRowWithin,
      [&](const Rows& row) {
        return each({.kind = static_cast<Kind>(row.Int(0, 0)),
                     .key = std::string(row.Bytes(0, 1)),
                     .revision = row.Int(0, 2),
                     .body = std::string(row.Bytes(0, 3))});
      },
      outcome);
  if (failure) return Refused(*failure);
  return outcome;
}

class PostgresSnapshot final : public Snapshot {
 public:
  PostgresSnapshot(Connection connection, Origin origin)
      : connection_(std::move(connection)), origin_(std::move(origin)) {}
  const Origin& origin() const override { return origin_; }
  Status ReadBlocking(const Each& each) override { return ReadRecords(connection_, {kAll}, each); }
  Status ReadKindBlocking(Kind kind, const Each& each) override {
    return ReadRecords(connection_,
                       {"SELECT kind, key, revision, body FROM atelier.records WHERE kind = $1 "
                        "ORDER BY key",
                        Parameters().Int2(static_cast<std::int16_t>(kind))},
                       each);
  }

 private:
  Connection connection_;  // in a transaction
  Origin origin_;
};

class PostgresLoading final : public Loading {
 public:
  PostgresLoading(Connection connection, std::string folder, Fence fence)
      : connection_(std::move(connection)), folder_(std::move(folder)), fence_(std::move(fence)) {}

  Status AddBlocking(Record record) override {
    bytes_ += record.key.size() + record.body.size();
    waiting_.push_back(std::move(record));
    return waiting_.size() < kMaxRows && bytes_ < kMaxBytes ? Ok() : Flush();
  }

  Status ReadBackBlocking(const Snapshot::Each& each) override {
    ATELIER_RETURN_IF_ERROR(Flush());
    return ReadRecords(connection_, {kAll}, each);
  }

  Status FinishBlocking(const Origin& origin) override;

 private:
  Status Flush();

  Connection connection_;  // in a transaction
  const std::string folder_;
  const Fence fence_;
  std::vector<Record> waiting_;
  std::size_t bytes_ = 0;
};

Status PostgresLoading::Flush() {
  if (waiting_.empty()) return Ok();
  std::vector<std::int16_t> kinds;
  std::vector<std::string_view> keys;
  std::vector<std::int64_t> revisions;
  std::vector<std::string_view> bodies;
  for (const Record& record : waiting_) {
    kinds.push_back(static_cast<std::int16_t>(record.kind));
    keys.emplace_back(record.key);
    revisions.push_back(record.revision);
    bodies.emplace_back(record.body);
  }
  const Outcome added =
      connection_.Run({{"INSERT INTO atelier.records(kind, key, revision, body) "
                        "SELECT * FROM unnest($1, $2, $3, $4)",
                        Parameters().Int2s(kinds).BytesOf(keys).Int8s(revisions).BytesOf(bodies)}},
                      kBatchWithin);
  waiting_.clear();
  bytes_ = 0;
  if (added.failure) return Refused(*added.failure);
  return Ok();
}

/// Under the lock: nobody has committed anything meanwhile, nor taken the database.
Status PostgresLoading::FinishBlocking(const Origin& origin) {
  ATELIER_RETURN_IF_ERROR(Flush());
  const Outcome mine = connection_.Run(
      {{"SELECT pg_advisory_xact_lock($1)", Parameters().Int8(fence_.lock)},
       {"SELECT EXISTS (SELECT FROM atelier.servers WHERE life = $1) AND NOT EXISTS "
        "(SELECT FROM atelier.commits)",
        Parameters().Text(fence_.life)}},
      kBatchWithin);
  if (mine.failure) return Refused(*mine.failure);
  if (!mine.rows[1].Bool(0, 0)) return TakenOver();
  std::vector<Statement> statements;
  statements.push_back({"UPDATE atelier.meta SET value = $1 WHERE name = 'incarnation'",
                        Parameters().Text(std::to_string(origin.incarnation))});
  if (!origin.installation.empty()) {
    statements.push_back({"UPDATE atelier.meta SET value = $1 WHERE name = 'installation'",
                          Parameters().Text(origin.installation)});
  }
  if (origin.head > 0) {
    statements.push_back({"SELECT atelier.keep_partitions($1)", Parameters().Int8(origin.head)});
    statements.push_back(
        {"INSERT INTO atelier.commits(first, last, group_id, epoch, revisions, missed) "
         "VALUES ($1, $1, gen_random_uuid(), 0, ARRAY[$1], '{}')",
         Parameters().Int8(origin.head)});
  }
  const Outcome set = connection_.Run(statements, kBatchWithin);
  if (set.failure) return Refused(*set.failure);
  ATELIER_FAILPOINT("store.load.before_commit");
  const Outcome done = connection_.Run({{"COMMIT"}}, kBatchWithin);
  ATELIER_FAILPOINT("store.load.after_commit");
  if (done.warned || (done.failure && done.failure->state.empty())) {
    return Error(Code::kDeadlineExceeded,
                 "The database did not say whether it has kept what was written. Give the same "
                 "command again: it finds out.",
                 "OutcomeUnknown");
  }
  if (done.failure) return Refused(*done.failure);
  ATELIER_TRY(const Origin now, ReadOrigin(connection_));
  return KeepMembership(folder_, {}, now);
}

}  // namespace

Result<Origin> ReadOrigin(Connection& connection) {
  const Outcome found = connection.Run(
      {{"SELECT (SELECT value FROM atelier.meta WHERE name = 'installation'), "
        "(SELECT value::bigint FROM atelier.meta WHERE name = 'incarnation'), "
        "coalesce((SELECT last FROM atelier.commits ORDER BY first DESC LIMIT 1), 0), "
        "(SELECT value::bigint FROM atelier.meta WHERE name = 'schema')"}},
      kStartWithin);
  if (found.failure && (found.failure->state == "42P01" || found.failure->state == "3F000"))
    return Error(Code::kNotFound, "There is no store in this database. Look at its address.");
  if (found.failure) return Refused(*found.failure);
  const Rows& rows = found.rows[0];
  for (int column = 0; column < 4; ++column) {
    if (rows.IsNull(0, column))
      return Error(Code::kDataLoss, "The store lacks a row that it always has.");
  }
  ATELIER_RETURN_IF_ERROR(CheckSchemaVersion(rows.Int(0, 3)));
  return Origin{.installation = std::string(rows.Bytes(0, 0)),
                .incarnation = rows.Int(0, 1),
                .head = rows.Int(0, 2)};
}

Result<std::unique_ptr<Snapshot>> OpenSnapshot(const std::string& address, const Clock& clock) {
  ATELIER_TRY(Connection connection, Connection::Open(address, clock, kConnectWithin));
  connection.KeepTransactions();
  const Outcome begun = connection.Run(
      {{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}, {kSettings}}, kStartWithin);
  if (begun.failure) return Refused(*begun.failure);
  ATELIER_TRY(Origin origin, ReadOrigin(connection));
  return std::make_unique<PostgresSnapshot>(std::move(connection), std::move(origin));
}

Result<Exported> ExportSnapshot(const std::string& address, const Clock& clock) {
  ATELIER_TRY(Connection connection, Connection::Open(address, clock, kConnectWithin));
  connection.KeepTransactions();
  const Outcome begun = connection.Run({{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"},
                                        {kSettings},
                                        {"SELECT pg_export_snapshot()"},
                                        // No lock of it stays: partitions are made meanwhile.
                                        {"SAVEPOINT head"},
                                        SelectHead(),
                                        {"ROLLBACK TO head"}},
                                       kStartWithin);
  if (begun.failure) return Refused(*begun.failure);
  return Exported{.connection = std::move(connection),
                  .name = std::string(begun.rows[2].Bytes(0, 0)),
                  .head = ReadHead(begun.rows[4])};
}

Result<std::unique_ptr<Loading>> OpenLoading(const std::string& address, const std::string& folder,
                                             const Clock& clock, const Fence& fence) {
  ATELIER_TRY(Connection connection, Connection::Open(address, clock, kConnectWithin));
  connection.KeepTransactions();
  const Outcome begun =
      connection.Run({{"BEGIN ISOLATION LEVEL READ COMMITTED"},
                      {kSettings},
                      {"SELECT NOT EXISTS (SELECT FROM atelier.records) AND NOT EXISTS "
                       "(SELECT FROM atelier.commits)"}},
                     kStartWithin);
  if (begun.failure) return Refused(*begun.failure);
  if (!begun.rows[2].Bool(0, 0)) return NotEmpty();
  return std::make_unique<PostgresLoading>(std::move(connection), folder, fence);
}

}  // namespace atelier::store::postgres
