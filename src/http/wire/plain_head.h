#pragma once
#include <cstddef>
#include <string_view>

#include "http/wire/parser.h"

namespace atelier::http {

/// Reads the head of a request as nearly all are: there as a whole, at most `limit` bytes and 256
/// headers, HTTP/1.1, printable ASCII, its lines ended by CR LF, with no word about a body, the
/// connection or what else changes how the bytes behind it are read. Such a request has no body and
/// keeps its connection.
///
/// Returns the bytes used, with the head in `head`; 0: it is not of that kind, and whatever is in
/// `head` means nothing. Of what it reads it says what the full parser would (tests/fuzz/fuzz_http
/// holds them against each other).
std::size_t ReadPlainHead(std::string_view bytes, std::size_t limit, ParsedHead& head);

}  // namespace atelier::http
