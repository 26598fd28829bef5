#include "store/postgres/parameters.h"

#include <cstddef>
#include <utility>

namespace atelier::store::postgres {

namespace {

// Types of pg_type.dat, fixed for ever.
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kTid = 27;
constexpr Oid kByteaArray = 1001;
constexpr Oid kInt2Array = 1005;
constexpr Oid kInt4Array = 1007;
constexpr Oid kInt8Array = 1016;

/// Most significant byte first, as everything in the protocol.
void Append(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;)
    out.push_back(static_cast<char>((value >> (8 * i)) & 0xffU));
}

std::uint64_t ReadUnsigned(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
  return value;
}

std::int64_t ReadSigned(std::string_view bytes) {
  const std::size_t unused = 8 * (sizeof(std::int64_t) - bytes.size());
  if (bytes.empty()) return 0;
  return static_cast<std::int64_t>(ReadUnsigned(bytes) << unused) >> unused;
}

/// Dimensions, whether any is null, the type; then of the dimension its size and lower bound.
std::string ArrayHead(Oid element, std::size_t size) {
  std::string out;
  Append(out, size == 0 ? 0 : 1, 4);
  Append(out, 0, 4);
  Append(out, element, 4);
  if (size == 0) return out;
  Append(out, size, 4);
  Append(out, 1, 4);
  return out;
}

template <class T>
std::string IntArray(Oid element, std::span<const T> values) {
  std::string out = ArrayHead(element, values.size());
  for (const T value : values) {
    Append(out, sizeof(T), 4);
    Append(out, static_cast<std::uint64_t>(value), sizeof(T));
  }
  return out;
}

std::string IntOf(std::int64_t value, std::size_t bytes) {
  std::string out;
  Append(out, static_cast<std::uint64_t>(value), bytes);
  return out;
}

}  // namespace

Parameters& Parameters::Int2(std::int16_t value) { return Add(kInt2, IntOf(value, 2)); }
Parameters& Parameters::Int4(std::int32_t value) { return Add(kInt4, IntOf(value, 4)); }
Parameters& Parameters::Int8(std::int64_t value) { return Add(kInt8, IntOf(value, 8)); }
Parameters& Parameters::Text(std::string_view value) { return Add(kText, std::string(value)); }
Parameters& Parameters::Bytes(std::string_view value) { return Add(kBytea, std::string(value)); }

Parameters& Parameters::Int2s(std::span<const std::int16_t> values) {
  return Add(kInt2Array, IntArray(kInt2, values));
}
Parameters& Parameters::Int4s(std::span<const std::int32_t> values) {
  return Add(kInt4Array, IntArray(kInt4, values));
}
Parameters& Parameters::Int8s(std::span<const std::int64_t> values) {
  return Add(kInt8Array, IntArray(kInt8, values));
}

Parameters& Parameters::BytesOf(std::span<const std::string_view> values) {
  std::string out = ArrayHead(kBytea, values.size());
  for (const std::string_view value : values) {
    Append(out, value.size(), 4);
    out += value;
  }
  return Add(kByteaArray, std::move(out));
}

Parameters& Parameters::Tid(std::uint64_t place) {
  std::string out;
  Append(out, place, 6);
  return Add(kTid, std::move(out));
}

Parameters& Parameters::Add(Oid type, std::string value) {
  types_.push_back(type);
  values_.push_back(std::move(value));
  return *this;
}

std::vector<const char*> Parameters::Pointers() const {
  std::vector<const char*> pointers;
  pointers.reserve(values_.size());
  for (const std::string& value : values_) pointers.push_back(value.data());
  return pointers;
}

std::vector<int> Parameters::Lengths() const {
  std::vector<int> lengths;
  lengths.reserve(values_.size());
  for (const std::string& value : values_) lengths.push_back(static_cast<int>(value.size()));
  return lengths;
}

std::int64_t Rows::Int(int row, int column) const { return ReadSigned(Bytes(row, column)); }

std::uint64_t Rows::Tid(int row, int column) const { return ReadUnsigned(Bytes(row, column)); }

std::string_view Rows::Bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::vector<std::int64_t> Rows::Ints(int row, int column) const {
  constexpr std::size_t kHead = 20;
  std::string_view rest = Bytes(row, column);
  std::vector<std::int64_t> values;
  if (rest.size() <= kHead) return values;  // empty: without the dimension
  rest.remove_prefix(kHead);
  while (rest.size() > 4) {
    const std::size_t size = ReadUnsigned(rest.substr(0, 4));
    values.push_back(ReadSigned(rest.substr(4, size)));
    rest.remove_prefix(4 + size);
  }
  return values;
}

}  // namespace atelier::store::postgres
