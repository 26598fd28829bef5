#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "store/postgres/connection.h"
#include "store/store.h"

namespace atelier::store::postgres {

/// One read connection, opened when it is needed and again when it was lost. Used by one thread at
/// a time; sees what is committed, or what is in a snapshot. Errors as of Store, Unavailable in
/// words for callers of the API.
class Reader {
 public:
  /// `snapshot`: as pg_export_snapshot named it; empty: none.
  Reader(std::string address, const Clock& clock, const std::string& snapshot = {});

  Result<Record> Get(Kind kind, const std::string& key);
  Result<std::vector<Record>> Scan(Kind kind, const Store::Range& range);
  Status Load(Kind kind, const std::function<void(Record)>& each);
  /// Where the records of `kind` lie, in that order.
  Result<std::vector<std::uint64_t>> Places(Kind kind);
  /// Those from the place `first` to `last`, both included.
  Result<std::vector<Record>> Between(Kind kind, std::uint64_t first, std::uint64_t last);

 private:
  /// Twice, if the first connection was lost: a read may be repeated.
  Result<Rows> Ask(const Statement& statement, Duration within);

  std::string address_;
  const Clock* clock_;
  std::string take_snapshot_;  // the statement; empty: none
  std::optional<Connection> connection_;
};

/// The records of `kind`, in the order in which they lie in the database. `snapshot`: as of Reader.
Result<std::unique_ptr<Bulk>> OpenBulk(const std::string& address, const Clock& clock, Kind kind,
                                       const std::string& snapshot);

}  // namespace atelier::store::postgres
