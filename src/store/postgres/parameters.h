#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

#include "base/raii.h"

namespace atelier::store::postgres {

/// The parameters $1, $2, ... of a statement, in PostgreSQL's binary format: nothing has to be
/// quoted, and every byte can be sent.
class Parameters {
 public:
  Parameters& Int2(std::int16_t value);
  Parameters& Int4(std::int32_t value);
  Parameters& Int8(std::int64_t value);
  Parameters& Text(std::string_view value);
  Parameters& Bytes(std::string_view value);
  Parameters& Int2s(std::span<const std::int16_t> values);
  Parameters& Int4s(std::span<const std::int32_t> values);
  Parameters& Int8s(std::span<const std::int64_t> values);
  Parameters& BytesOf(std::span<const std::string_view> values);
  /// The place of a row, as Rows::Tid reads it.
  Parameters& Tid(std::uint64_t place);

  int size() const { return static_cast<int>(values_.size()); }
  /// In the order in which libpq takes them; valid while this is not changed.
  std::vector<const char*> Pointers() const;
  std::vector<int> Lengths() const;
  std::vector<int> Formats() const { return std::vector<int>(values_.size(), 1); }
  const Oid* types() const { return types_.data(); }

 private:
  Parameters& Add(Oid type, std::string value);

  std::vector<Oid> types_;
  std::vector<std::string> values_;
};

/// What a statement answered: columns in binary format.
class Rows {
 public:
  explicit Rows(PGresult* result) : result_(result) {}

  int size() const { return PQntuples(result_.get()); }
  bool IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  std::int64_t Int(int row, int column) const;  // of int2, int4 or int8
  bool Bool(int row, int column) const { return Bytes(row, column) == std::string_view("\1", 1); }
  std::string_view Bytes(int row, int column) const;          // of bytea or text
  std::vector<std::int64_t> Ints(int row, int column) const;  // of int4[] or int8[]
  std::uint64_t Tid(int row, int column) const;
  /// "COMMIT", "UPDATE 1": what was done.
  std::string_view command() const { return PQcmdStatus(result_.get()); }

 private:
  std::unique_ptr<PGresult, Call<PQclear>> result_;
};

}  // namespace atelier::store::postgres
