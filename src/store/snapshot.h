#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "store/record.h"

namespace atelier::store {

/// What a store is, wherever it lies: a move keeps it (docs/decisions/0049-moving-house.md).
struct Origin {
  std::string installation = {};  // its name; empty: it has lain in SQLite only, and never got one
  /// Raised by each move: of two copies, the one with the higher number is the truth.
  std::int64_t incarnation = 1;
  model::Revision head = 0;  // of the last commit
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// All records as they were at one moment, whatever is written meanwhile. Threads: one at a time;
/// everything blocks.
class Snapshot {
 public:
  /// What it returns but Ok ends the reading.
  using Each = std::function<Status(Record record)>;

  virtual ~Snapshot() = default;
  virtual const Origin& origin() const = 0;
  /// Calls `each` with every record, by the number of its kind, then by its key, bytewise. The
  /// error of `each`; DataLoss, Unavailable.
  virtual Status ReadBlocking(const Each& each) = 0;
  /// The same of one kind.
  virtual Status ReadKindBlocking(Kind kind, const Each& each) = 0;
  /// Calls `damaged`, for people, with each thing that the database finds wrong with itself.
  virtual Status CheckBlocking(const std::function<void(std::string what)>& /*damaged*/) {
    return Ok();
  }
};

/// The filling of an empty store, in one transaction: it is empty until FinishBlocking returned Ok,
/// and if that was never called. Threads: one at a time; everything blocks.
class Loading {
 public:
  virtual ~Loading() = default;
  /// In the order of a snapshot. ResourceExhausted, Unavailable.
  virtual Status AddBlocking(Record record) = 0;
  /// What was added, as it will be found in the store.
  virtual Status ReadBackBlocking(const Snapshot::Each& each) = 0;
  /// Commits: the store is then as `origin` says. DeadlineExceeded: nobody knows whether it is.
  virtual Status FinishBlocking(const Origin& origin) = 0;
};

}  // namespace atelier::store
