#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace atelier::http {

/// Of the bytes of an answer how many are its head, the empty line included; 0: its end is not here
/// yet. `seen`: so many were looked at before.
std::size_t SizeOfAnswerHead(std::string_view bytes, std::size_t seen);

/// Appends the head of an answer as a strict parser takes it. Servers are tested with curl and
/// Python's requests; what these take and can be read in one way only is taken from replicas too
/// (RFC 9112 sections 2.2, 4, 5.1, 5.2 and 6.1 allow it of answers): no reason phrase, or one of
/// any bytes; lines that end with LF; folded lines; blanks before a colon; the same Content-Length
/// again; a Transfer-Encoding that is empty or `identity`; chunks in HTTP/1.0, whose connection
/// then ends with the answer. Control characters in values stay for the parser to refuse: browsers
/// drop a cookie with one.
///
/// InvalidArgument: no status line of HTTP/1.0 or 1.1, a line that is no header, or two readings of
/// where the body ends.
Status AppendStrictAnswerHead(std::string_view head, std::string& out);

}  // namespace atelier::http
