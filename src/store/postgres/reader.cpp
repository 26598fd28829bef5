#include "store/postgres/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "store/common/errors.h"
#include "store/postgres/errors.h"

namespace atelier::store::postgres {

namespace {

constexpr Duration kConnectWithin{5'000};
constexpr Duration kAnswerWithin{10'000};
constexpr Duration kLoadWithin{60'000};  // a part of many records
constexpr std::size_t kPart = 4'000;     // of a load: some megabytes

Parameters Of(Kind kind) {
  Parameters parameters;
  parameters.Int2(static_cast<std::int16_t>(kind));
  return parameters;
}

std::int64_t Limit(std::size_t limit) {
  constexpr auto kMax = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(limit, kMax));
}

/// Columns key, revision, body.
std::vector<Record> Records(Kind kind, const Rows& rows) {
  std::vector<Record> records;
  records.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    records.push_back({.kind = kind,
                       .key = std::string(rows.Bytes(row, 0)),
                       .revision = rows.Int(row, 1),
                       .body = std::string(rows.Bytes(row, 2))});
  }
  return records;
}

class RowsOfKind final : public Bulk {
 public:
  RowsOfKind(std::string address, const Clock& clock, Kind kind, std::string snapshot,
             std::vector<std::uint64_t> places)
      : address_(std::move(address)),
        clock_(clock),
        kind_(kind),
        snapshot_(std::move(snapshot)),
        places_(std::move(places)) {}

  std::size_t size() const override { return places_.size(); }

  Status ReadBlocking(std::size_t first, std::size_t last,
                      const std::function<void(const Record&)>& each) const override {
    Reader reader(address_, clock_, snapshot_);
    while (first < last) {
      const std::size_t end = std::min(first + kPart, last);
      ATELIER_TRY(const std::vector<Record> part,
                  reader.Between(kind_, places_[first], places_[end - 1]));
      // Nobody writes meanwhile, or the snapshot does not show it.
      if (part.size() != end - first)
        return Error(Code::kUnavailable, "The records were changed while they were read.");
      for (const Record& record : part) each(record);
      first = end;
    }
    return Ok();
  }

 private:
  const std::string address_;
  const Clock& clock_;
  const Kind kind_;
  const std::string snapshot_;
  const std::vector<std::uint64_t> places_;
};

}  // namespace

Reader::Reader(std::string address, const Clock& clock, const std::string& snapshot)
    : address_(std::move(address)), clock_(&clock) {
  if (!snapshot.empty()) take_snapshot_ = fmt::format("SET TRANSACTION SNAPSHOT '{}'", snapshot);
}

Result<Rows> Reader::Ask(const Statement& statement, Duration within) {
  const bool fresh = !connection_ || connection_->lost();
  if (fresh) {
    connection_.reset();
    auto opened = Connection::Open(address_, *clock_, kConnectWithin);
    if (!opened) return Unreachable();
    connection_.emplace(*std::move(opened));
  }
  const bool plain = take_snapshot_.empty();
  Outcome outcome = plain ? connection_->Run({&statement, 1}, within)
                          : connection_->Run({{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"},
                                              {take_snapshot_.c_str()},
                                              statement,
                                              {"COMMIT"}},
                                             within);
  if (!outcome.failure) return std::move(outcome.rows.at(plain ? 0 : 2));
  if (connection_->lost() && !fresh) return Ask(statement, within);
  return ToError(*outcome.failure);
}

Result<Record> Reader::Get(Kind kind, const std::string& key) {
  ATELIER_TRY(const Rows rows,
              Ask({"SELECT key, revision, body FROM atelier.records WHERE kind = $1 AND key = $2",
                   Of(kind).Bytes(key)},
                  kAnswerWithin));
  if (rows.size() == 0) return Missing();
  return std::move(Records(kind, rows).front());
}

Result<std::vector<Record>> Reader::Scan(Kind kind, const Store::Range& range) {
  const bool bounded = !range.to.empty();
  const std::string sql = fmt::format(
      "SELECT key, revision, body FROM atelier.records WHERE kind = $1 AND key >= $2 {} "
      "ORDER BY key {} LIMIT $3",
      bounded ? "AND key < $4" : "", range.reverse ? "DESC" : "");
  Parameters parameters = Of(kind);
  parameters.Bytes(range.from).Int8(Limit(range.limit));
  if (bounded) parameters.Bytes(range.to);
  ATELIER_TRY(const Rows rows, Ask({sql.c_str(), std::move(parameters)}, kAnswerWithin));
  return Records(kind, rows);
}

Status Reader::Load(Kind kind, const std::function<void(Record)>& each) {
  std::string after;
  for (bool first = true;; first = false) {
    ATELIER_TRY(const Rows rows,
                Ask({first ? "SELECT key, revision, body FROM atelier.records WHERE kind = $1 AND "
                             "key >= $2 ORDER BY key LIMIT $3"
                           : "SELECT key, revision, body FROM atelier.records WHERE kind = $1 AND "
                             "key > $2 ORDER BY key LIMIT $3",
                     Of(kind).Bytes(after).Int8(Limit(kPart))},
                    kLoadWithin));
    std::vector<Record> records = Records(kind, rows);
    const bool last = records.size() < kPart;
    if (!last) after = records.back().key;
    for (Record& record : records) each(std::move(record));
    if (last) return Ok();
  }
}

Result<std::vector<std::uint64_t>> Reader::Places(Kind kind) {
  ATELIER_TRY(const Rows rows,
              Ask({"SELECT ctid FROM atelier.records WHERE kind = $1", Of(kind)}, kLoadWithin));
  std::vector<std::uint64_t> places;
  places.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) places.push_back(rows.Tid(row, 0));
  std::ranges::sort(places);
  return places;
}

Result<std::vector<Record>> Reader::Between(Kind kind, std::uint64_t first, std::uint64_t last) {
  ATELIER_TRY(const Rows rows,
              Ask({"SELECT key, revision, body FROM atelier.records WHERE kind = $1 AND "
                   "ctid >= $2 AND ctid <= $3",
                   Of(kind).Tid(first).Tid(last)},
                  kLoadWithin));
  return Records(kind, rows);
}

Result<std::unique_ptr<Bulk>> OpenBulk(const std::string& address, const Clock& clock, Kind kind,
                                       const std::string& snapshot) {
  ATELIER_TRY(std::vector<std::uint64_t> places, Reader(address, clock, snapshot).Places(kind));
  return std::make_unique<RowsOfKind>(address, clock, kind, snapshot, std::move(places));
}

}  // namespace atelier::store::postgres
