#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"

/// The lines of an exported file.
namespace atelier::store::export_file {

inline constexpr std::string_view kFormat = "atelier store";
inline constexpr std::int64_t kVersion = 1;  // of the file
/// Of what the bodies of records are like. Raised when an older program could not serve them.
inline constexpr std::int64_t kSchema = 1;

inline constexpr std::size_t kMaxLine = 64U << 10U;
inline constexpr std::size_t kMaxKey = 64U << 10U;
inline constexpr std::size_t kMaxBody = 64U << 20U;
inline constexpr std::size_t kMaxName = 1024;

struct Header {
  std::string format;
  std::int64_t version = 0;
  std::int64_t schema = 0;
  std::string installation;
  std::int64_t incarnation = 0;
  std::int64_t head = -1;
  WallTime written;
  std::string program;
};
BOOST_DESCRIBE_STRUCT(Header, (),
                      (format, version, schema, installation, incarnation, head, written, program))

struct OfKind {
  std::int64_t kind = 0;
  std::string name;  // for people
  std::int64_t count = 0;
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(OfKind, (), (kind, name, count, sha256))

inline constexpr std::string_view kLastMember = ",\"sha256\":\"";
struct Trailer {
  std::vector<OfKind> records;
  std::int64_t files = 0;
  std::string sha256;  // of all bytes of the file before kLastMember
};
BOOST_DESCRIBE_STRUCT(Trailer, (), (records, files, sha256))

}  // namespace atelier::store::export_file
