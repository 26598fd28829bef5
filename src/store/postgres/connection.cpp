#include "store/postgres/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace atelier::store::postgres {

namespace {

using OwnedResult = std::unique_ptr<PGresult, Call<PQclear>>;

/// Messages of libpq end with a line feed, and may have several lines.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) line += c == '\n' ? ' ' : c;
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string Field(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string() : text;
}

void NoteWarning(void* warned, const PGresult* notice) {
  if (Field(notice, PG_DIAG_SQLSTATE) == "01000") *static_cast<bool*>(warned) = true;
}

Failure FailureOf(const PGresult* result, std::size_t statement) {
  return {.state = Field(result, PG_DIAG_SQLSTATE),
          .text = OneLine(PQresultErrorMessage(result)),
          .statement = statement};
}

}  // namespace

Connection::Connection(PGconn* handle, const Clock& clock)
    : handle_(handle), clock_(&clock), warned_(std::make_unique<bool>(false)) {
  PQsetNoticeReceiver(handle, NoteWarning, warned_.get());
}

Result<Connection> Connection::Open(const std::string& address, const Clock& clock,
                                    Duration within) {
  // What stands before the address it may change; what stands behind, it may not. A peer that is
  // gone is noticed within seconds.
  static constexpr std::array kNames = {"application_name",    "keepalives_idle",
                                        "keepalives_interval", "keepalives_count",
                                        "tcp_user_timeout",    "dbname",
                                        "client_encoding",     static_cast<const char*>(nullptr)};
  const std::array values = {
      "atelier", "5", "2", "3", "5000", address.c_str(), "UTF8", static_cast<const char*>(nullptr)};
  Connection connection(PQconnectStartParams(kNames.data(), values.data(), 1), clock);
  ATELIER_RETURN_IF_ERROR(connection.Connect(clock.In(within)));
  PQsetnonblocking(connection.handle_.get(), 1);
  return connection;
}

Status Connection::Connect(Deadline by) {
  PGconn* const handle = handle_.get();
  bool in_time = true;
  auto state = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (in_time && state != PGRES_POLLING_FAILED && state != PGRES_POLLING_OK) {
    in_time = Wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, by);
    if (in_time) state = PQconnectPoll(handle);
  }
  if (state == PGRES_POLLING_OK) return Ok();
  const std::string why = in_time ? OneLine(PQerrorMessage(handle)) : "it does not answer";
  if (PQconnectionNeedsPassword(handle) != 0 || PQconnectionUsedPassword(handle) != 0) {
    return Error(Code::kUnavailable,
                 fmt::format("The database does not let this user in: {}. The password comes from "
                             "the file that PGPASSFILE names (~/.pgpass), from PGPASSWORD, or with "
                             "the address from the file of --store-dsn-file.",
                             why),
                 "DatabaseRefuses");
  }
  return Error(Code::kUnavailable,
               fmt::format("The database cannot be reached: {}. Look at the address, whether "
                           "PostgreSQL runs there, and at its pg_hba.conf.",
                           why),
               "DatabaseUnreachable");
}

Outcome Connection::Run(std::span<const Statement> statements, Duration within) {
  const Deadline by = clock_->In(within);
  Outcome outcome;
  if (lost()) {
    outcome.failure = Lost(0);
    return outcome;
  }
  PGconn* const handle = handle_.get();
  *warned_ = false;
  bool sent = PQenterPipelineMode(handle) == 1;
  for (const Statement& statement : statements) sent = sent && Send(statement);
  sent = sent && PQpipelineSync(handle) == 1;
  if (!sent) {
    outcome.failure = Lost(0);
    return outcome;
  }
  ReadAnswers(statements.size(), by, outcome);
  if (!lost() && PQexitPipelineMode(handle) != 1) lost_ = true;
  const bool keeps = keeps_transactions_ && !outcome.failure;
  if (!lost() && !keeps && PQtransactionStatus(handle) != PQTRANS_IDLE) RollBack(by);
  outcome.warned = *warned_;
  return outcome;
}

std::optional<Failure> Connection::Stream(const Statement& statement, Duration within,
                                          const std::function<Status(const Rows&)>& each,
                                          Status& outcome) {
  PGconn* const handle = handle_.get();
  if (lost() || !Send(statement) || PQsetSingleRowMode(handle) != 1) return Lost(0);
  std::optional<Failure> failure;
  for (;;) {
    const std::optional<PGresult*> next = Next(clock_->In(within));
    if (!next) return failure ? failure : Lost(0);
    if (*next == nullptr) break;
    const ExecStatusType status = PQresultStatus(*next);
    const Rows rows(*next);
    if (status == PGRES_SINGLE_TUPLE) {
      outcome = each(rows);
      if (outcome) continue;
      lost_ = true;  // the rest of it is on its way
      return std::nullopt;
    }
    if (status != PGRES_TUPLES_OK && !failure) failure = FailureOf(*next, 0);
  }
  // libpq ends the mode with the next plain query only: the first of a pipeline would be in it too.
  Discard("", clock_->In(within));
  return failure;
}

bool Connection::Send(const Statement& statement) {
  const Parameters& with = statement.parameters;
  return PQsendQueryParams(handle_.get(), statement.sql, with.size(), with.types(),
                           with.Pointers().data(), with.Lengths().data(), with.Formats().data(),
                           1) == 1;
}

void Connection::ReadAnswers(std::size_t count, Deadline by, Outcome& outcome) {
  for (std::size_t i = 0; i < count; ++i) {
    for (;;) {
      const std::optional<PGresult*> next = Next(by);
      if (!next) {
        if (!outcome.failure) outcome.failure = Lost(i);
        return;
      }
      if (*next == nullptr) break;  // the end of this statement's answer
      OwnedResult result(*next);
      const ExecStatusType status = PQresultStatus(result.get());
      if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        outcome.rows.emplace_back(result.release());
      } else if (!outcome.failure) {
        outcome.failure = FailureOf(result.get(), i);
      }
    }
  }
  const std::optional<PGresult*> sync = Next(by);
  if (sync) {
    const OwnedResult result(*sync);
    if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return;
    lost_ = true;
  }
  if (!outcome.failure) outcome.failure = Lost(count - 1);
}

std::optional<PGresult*> Connection::Next(Deadline by) {
  PGconn* const handle = handle_.get();
  if (!Flush(by)) return std::nullopt;
  while (PQisBusy(handle) != 0) {
    if (!Wait(POLLIN, by) || PQconsumeInput(handle) != 1) {
      // What it said last may be there yet: the reason for which the server ended the connection.
      if (PQisBusy(handle) == 0) break;
      lost_ = true;
      return std::nullopt;
    }
  }
  return PQgetResult(handle);
}

bool Connection::Flush(Deadline by) {
  for (;;) {
    const int left = PQflush(handle_.get());
    if (left == 0) return true;
    // Both sides would wait for ever, each for the other to read.
    if (left < 0 || !Wait(POLLIN | POLLOUT, by) || PQconsumeInput(handle_.get()) != 1) {
      lost_ = true;
      return false;
    }
  }
}

void Connection::Discard(const char* query, Deadline by) {
  if (PQsendQuery(handle_.get(), query) != 1) {
    lost_ = true;
    return;
  }
  for (;;) {
    const std::optional<PGresult*> next = Next(by);
    if (!next || *next == nullptr) break;
    PQclear(*next);
  }
}

void Connection::RollBack(Deadline by) {
  Discard("ROLLBACK", by);
  if (!lost() && PQtransactionStatus(handle_.get()) != PQTRANS_IDLE) lost_ = true;
}

std::optional<Failure> Connection::Execute(const std::string& script, Duration within) {
  const Deadline by = clock_->In(within);
  if (lost() || PQsendQuery(handle_.get(), script.c_str()) != 1) return Lost(0);
  std::optional<Failure> failure;
  for (;;) {
    const std::optional<PGresult*> next = Next(by);
    if (!next) return failure ? failure : Lost(0);
    if (*next == nullptr) break;
    const OwnedResult result(*next);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && !failure)
      failure = FailureOf(result.get(), 0);
  }
  if (PQtransactionStatus(handle_.get()) != PQTRANS_IDLE) RollBack(by);
  return failure;
}

bool Connection::Wait(short events, Deadline by) const {
  pollfd socket{.fd = PQsocket(handle_.get()), .events = events, .revents = 0};
  if (socket.fd < 0) return true;  // libpq says what is wrong
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(by - clock_->Mono()).count();
  if (left <= 0) return false;
  int ready = 0;
  do ready = ::poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

Failure Connection::Lost(std::size_t statement) {
  lost_ = true;
  std::string text = OneLine(PQerrorMessage(handle_.get()));
  if (text.empty()) text = "the database does not answer";
  return {.state = {}, .text = std::move(text), .statement = statement};
}

}  // namespace atelier::store::postgres
