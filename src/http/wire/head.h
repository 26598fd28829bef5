#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace atelier::http {

/// How the end of a message is told.
struct Framing {
  std::optional<std::uint64_t> content_length = std::nullopt;
  bool chunked = false;
  bool close = false;    // writes Connection: close
  bool upgrade = false;  // keeps the given Connection header
};

/// An answer of this status never has a body.
bool HasNoBody(int status);
/// Bytes of the body that follow `head` as the answer to `request`; nullopt: its end is told by
/// other means.
std::optional<std::uint64_t> SizeOfBody(const RequestHead& request, const ResponseHead& head);

/// Appends `HTTP/1.1 <status> ...` up to and with the empty line. Framing headers among `headers`
/// are left out: `framing` writes them. `date` is written unless `headers` bring one.
void AppendResponseHead(std::string& out, int status, const Headers& headers,
                        const Framing& framing, std::string_view date);
/// The same for a request. A given Connection header is kept with `upgrade` only.
void AppendRequestHead(std::string& out, std::string_view method, std::string_view target,
                       const Headers& headers, const Framing& framing);
/// `5\r\n` for a chunk of five bytes.
void AppendChunkSize(std::string& out, std::size_t size);

/// The Date header's value, formatted once a second.
class HttpDate {
 public:
  std::string_view At(WallTime now);

 private:
  std::chrono::sys_seconds second_{std::chrono::seconds(-1)};
  std::string text_;
};

}  // namespace atelier::http
