#include "store/sqlite/group_writer.h"

#include <utility>

#include "base/failpoint.h"
#include "store/common/errors.h"
#include "store/sqlite/schema.h"

namespace atelier::store::sqlite {

namespace {

std::int64_t Number(Kind kind) { return static_cast<std::int64_t>(kind); }

int RememberFrames(void* frames, sqlite3* /*db*/, const char* /*schema*/, int count) {
  *static_cast<int*>(frames) = count;
  return SQLITE_OK;
}

}  // namespace

GroupWriter::GroupWriter(Connection connection, Statement begin, Statement commit, Statement find,
                         Statement put, Statement remove, Statement set_revision,
                         model::Revision revision)
    : connection_(std::move(connection)),
      begin_(std::move(begin)),
      commit_(std::move(commit)),
      find_(std::move(find)),
      put_(std::move(put)),
      remove_(std::move(remove)),
      set_revision_(std::move(set_revision)),
      revision_(revision),
      log_frames_(std::make_unique<int>(0)) {
  sqlite3_wal_hook(connection_.handle(), RememberFrames, log_frames_.get());
}

Result<GroupWriter> GroupWriter::Open(const std::string& path) {
  ATELIER_TRY(Connection connection, Connection::Open(path, Connection::Mode::kWrite));
  ATELIER_RETURN_IF_ERROR(ConfigureWriter(connection));
  ATELIER_TRY(const model::Revision revision, LastRevision(connection));
  ATELIER_TRY(Statement begin, connection.Prepare("BEGIN IMMEDIATE"));
  ATELIER_TRY(Statement commit, connection.Prepare("COMMIT"));
  ATELIER_TRY(Statement find,
              connection.Prepare("SELECT revision FROM records WHERE kind=? AND key=?"));
  ATELIER_TRY(
      Statement put,
      connection.Prepare("INSERT INTO records(kind, key, revision, body) VALUES(?, ?, ?, ?) "
                         "ON CONFLICT(kind, key) DO UPDATE SET revision=excluded.revision, "
                         "body=excluded.body"));
  ATELIER_TRY(Statement remove, connection.Prepare("DELETE FROM records WHERE kind=? AND key=?"));
  ATELIER_TRY(Statement set_revision,
              connection.Prepare("UPDATE meta SET value=? WHERE name='revision'"));
  return GroupWriter(std::move(connection), std::move(begin), std::move(commit), std::move(find),
                     std::move(put), std::move(remove), std::move(set_revision), revision);
}

Result<GroupWriter::Written> GroupWriter::Commit(std::span<Batch*> group) {
  Written written;
  written.outcomes.reserve(group.size());
  model::Revision revision = revision_;
  ATELIER_RETURN_IF_ERROR(Run(begin_));
  for (Batch* batch : group) {
    Status allowed = CheckExpected(*batch);
    if (allowed) {
      ATELIER_RETURN_IF_ERROR(Apply(*batch, ++revision, written.changes));
      written.outcomes.emplace_back(revision);
    } else if (allowed.error().code() == Code::kAborted) {
      written.outcomes.emplace_back(allowed.error());
    } else {
      return allowed.error();
    }
  }
  if (revision == revision_) {  // every batch was refused: nothing to flush
    ATELIER_RETURN_IF_ERROR(connection_.Execute("ROLLBACK"));
    return written;
  }
  {
    Statement::Run run(set_revision_);
    if (const int rc = run.Bind(revision).Step(); rc != SQLITE_DONE) return Failure(rc);
  }
  ATELIER_FAILPOINT("store.before_commit");
  ATELIER_RETURN_IF_ERROR(Run(commit_));
  ATELIER_FAILPOINT("store.after_commit");
  revision_ = revision;
  return written;
}

Status GroupWriter::CheckExpected(const Batch& batch) {
  for (const Write& write : batch) {
    if (!write.expected) continue;
    Statement::Run run(find_);
    const int rc = run.Bind(Number(write.kind)).Bind(write.key).Step();
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) return Failure(rc);
    const model::Revision found = rc == SQLITE_ROW ? run.Int(0) : 0;
    if (found != *write.expected) return Conflict();
  }
  return Ok();
}

Status GroupWriter::Apply(Batch& batch, model::Revision revision, std::vector<Change>& changes) {
  for (Write& write : batch) {
    if (write.op == Write::Op::kCheck) continue;
    const bool put = write.op == Write::Op::kPut;
    Statement::Run run(put ? put_ : remove_);
    run.Bind(Number(write.kind)).Bind(write.key);
    if (put) run.Bind(revision).Bind(write.body);
    if (const int rc = run.Step(); rc != SQLITE_DONE) return Failure(rc);
    if (!put && sqlite3_changes(connection_.handle()) == 0) continue;
    changes.push_back({.op = write.op,
                       .record = {.kind = write.kind,
                                  .key = std::move(write.key),
                                  .revision = revision,
                                  .body = put ? std::move(write.body) : std::string(),
                                  .value = put ? std::move(write.value) : Value()}});
  }
  return Ok();
}

Status GroupWriter::Run(Statement& statement) {
  Statement::Run run(statement);
  const int rc = run.Step();
  if (rc != SQLITE_DONE) return Failure(rc);
  return Ok();
}

Status GroupWriter::Probe() {
  return connection_.Execute("UPDATE meta SET value=value+1 WHERE name='probe'");
}

Status GroupWriter::Checkpoint() {
  // Without waiting, reads that overlap would keep the log growing for ever.
  return Checkpoint(SQLITE_CHECKPOINT_RESTART, 50);
}

Status GroupWriter::FinalCheckpoint() {
  return Checkpoint(SQLITE_CHECKPOINT_TRUNCATE, Connection::kBusyMillis);
}

Status GroupWriter::Checkpoint(int mode, int wait_millis) {
  sqlite3_busy_timeout(connection_.handle(), wait_millis);
  const int rc = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, mode, nullptr, nullptr);
  sqlite3_busy_timeout(connection_.handle(), Connection::kBusyMillis);
  *log_frames_ = 0;
  if (rc == SQLITE_BUSY) {
    return Error(Code::kAborted, "Reads of the database did not end in time, so its log goes on.");
  }
  if (rc != SQLITE_OK) return Failure(rc);
  return Ok();
}

}  // namespace atelier::store::sqlite
