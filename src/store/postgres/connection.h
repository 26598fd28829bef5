#pragma once
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "base/clock.h"
#include "base/raii.h"
#include "base/result.h"
#include "store/postgres/parameters.h"

namespace atelier::store::postgres {

struct Statement {
  const char* sql = nullptr;
  Parameters parameters = {};
};

/// Why a run failed.
struct Failure {
  /// SQLSTATE of the server; empty: the connection was lost, or the server did not answer in time.
  std::string state;
  std::string text;           // for the log
  std::size_t statement = 0;  // the first that has no answer
};

/// What a run of statements came to.
struct Outcome {
  std::vector<Rows> rows;  // one a statement, up to the one that failed
  std::optional<Failure> failure;
  /// A warning of class 01000: at COMMIT, that only this server is known to have it.
  bool warned = false;
};

/// One connection. Every call ends at its deadline; the connection is then lost, as after any
/// failure of the network. Used by one thread at a time.
class Connection {
 public:
  /// `address`: see PostgresOptions. An error says why in libpq's words, for the operator; of a
  /// password that is missing or wrong, also what to do.
  static Result<Connection> Open(const std::string& address, const Clock& clock, Duration within);

  /// Sends all of `statements` in one piece, then reads the answers. Without a BEGIN they are one
  /// transaction. The first that fails ends the run; a transaction that is left open is rolled
  /// back.
  Outcome Run(std::span<const Statement> statements, Duration within);
  Outcome Run(std::initializer_list<Statement> statements, Duration within) {
    return Run({statements.begin(), statements.size()}, within);
  }
  /// Sends one statement, and hands over its rows one by one as they come: of any number, in little
  /// memory. `within`: for the first row, and from each to the next. What `each` returns but Ok
  /// ends it, and the connection.
  std::optional<Failure> Stream(const Statement& statement, Duration within,
                                const std::function<Status(const Rows& row)>& each,
                                Status& outcome);
  /// From now on a run may leave its transaction open for the next one; one that fails never does.
  void KeepTransactions() { keeps_transactions_ = true; }

  /// Statements without parameters, in one text and one transaction. Their rows are dropped.
  std::optional<Failure> Execute(const std::string& script, Duration within);

  /// Nothing more can be asked of it.
  bool lost() const { return PQstatus(handle_.get()) != CONNECTION_OK || lost_; }

 private:
  Connection(PGconn* handle, const Clock& clock);

  Status Connect(Deadline by);
  bool Send(const Statement& statement);
  /// Reads one statement's answer, nullptr for what it does not have. Empty: the connection is
  /// lost.
  std::optional<PGresult*> Next(Deadline by);
  void ReadAnswers(std::size_t count, Deadline by, Outcome& outcome);
  void RollBack(Deadline by);
  /// A plain query, of which nobody wants to know more than whether the connection is lost.
  void Discard(const char* query, Deadline by);
  bool Flush(Deadline by);
  /// Until the socket is ready; false: not in time.
  bool Wait(short events, Deadline by) const;
  Failure Lost(std::size_t statement);

  std::unique_ptr<PGconn, Call<PQfinish>> handle_;
  const Clock* clock_;
  std::unique_ptr<bool> warned_;  // on the heap: libpq keeps its address
  bool lost_ = false;
  bool keeps_transactions_ = false;
};

}  // namespace atelier::store::postgres
