#include "http/wire/answer_head.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "http/message.h"

namespace atelier::http {

namespace {

Error Malformed() { return {Code::kInvalidArgument, "The head of the answer is malformed."}; }

Error Ambiguous() { return {Code::kInvalidArgument, "The length of the answer is ambiguous."}; }

/// Takes the next line off; its end is LF, with or without a CR before it. InvalidArgument: it has
/// a NUL, or a CR elsewhere, which some read as its end.
Result<std::string_view> TakeLine(std::string_view& head) {
  const auto end = head.find('\n');
  std::string_view line = head.substr(0, end);
  head.remove_prefix(std::min(end, head.size() - 1) + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos) return Malformed();
  return line;
}

/// What the headers say of where the body ends.
struct Length {
  std::optional<std::string> content_length;
  bool chunked = false;
  bool identity = false;
};

Status ReadContentLength(std::string_view value, Length& length) {
  for (const std::string_view piece : Split(value, ',')) {
    const std::string_view item = Trim(piece);
    if (length.content_length && *length.content_length != item) return Ambiguous();
    length.content_length = item;
  }
  return Ok();
}

Status ReadTransferEncoding(std::string_view value, Length& length) {
  for (const std::string_view piece : Split(value, ',')) {
    const std::string_view item = Trim(piece);
    if (item.empty()) continue;
    if (length.chunked || length.identity) return Ambiguous();
    length.chunked = EqualsIgnoreCase(item, "chunked");
    length.identity = EqualsIgnoreCase(item, "identity");
    if (!length.chunked && !length.identity) return Ambiguous();
  }
  return Ok();
}

struct StatusLine {
  std::string_view version;
  std::string_view code;
};

Result<StatusLine> ReadStatusLine(std::string_view line) {
  static constexpr std::size_t kVersionSize = 8;
  static constexpr std::size_t kCodeSize = 3;
  StatusLine status{.version = line.substr(0, kVersionSize), .code = {}};
  if (status.version != "HTTP/1.0" && status.version != "HTTP/1.1") return Malformed();
  line.remove_prefix(kVersionSize);
  const auto begin = line.find_first_not_of(kBlanks);
  if (begin == 0 || begin == std::string_view::npos) return Malformed();
  status.code = line.substr(begin, kCodeSize);
  const std::string_view rest = line.substr(begin + status.code.size());
  const bool digits = std::ranges::all_of(status.code, IsDigit);
  if (!digits || status.code.size() < kCodeSize || status.code[0] == '0' ||
      (!rest.empty() && kBlanks.find(rest[0]) == std::string_view::npos)) {
    return Malformed();
  }
  return status;
}

/// Whether the line continues the one before it.
bool IsFolded(std::string_view line) {
  return !line.empty() && kBlanks.find(line[0]) != std::string_view::npos;
}

/// Appends one header, or reads it if it is of the length. Those are never folded: some would see
/// an empty one.
Status AppendHeader(std::string_view line, bool folded, std::string& out, Length& length) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos || IsFolded(line)) return Malformed();
  const std::string_view name = line.substr(0, line.find_last_not_of(kBlanks, colon - 1) + 1);
  const std::string_view value = Trim(line.substr(colon + 1));
  const bool of_length = EqualsIgnoreCase(name, "Content-Length");
  if (of_length || EqualsIgnoreCase(name, "Transfer-Encoding")) {
    if (folded) return Ambiguous();
    return of_length ? ReadContentLength(value, length) : ReadTransferEncoding(value, length);
  }
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
  return Ok();
}

Status AppendHeaders(std::string_view head, std::string& out, Length& length) {
  std::string whole;  // a folded line
  ATELIER_TRY(std::string_view line, TakeLine(head));
  while (!line.empty()) {
    ATELIER_TRY(std::string_view next, TakeLine(head));
    const bool folded = IsFolded(next);
    if (folded) whole = line;
    while (IsFolded(next)) {
      whole += ' ';
      whole += Trim(next);
      ATELIER_TRY(next, TakeLine(head));
    }
    ATELIER_RETURN_IF_ERROR(AppendHeader(folded ? whole : line, folded, out, length));
    line = next;
  }
  return Ok();
}

}  // namespace

std::size_t SizeOfAnswerHead(std::string_view bytes, std::size_t seen) {
  // The end of a line may have been the last that was looked at, with a CR behind it.
  for (std::size_t from = seen < 2 ? 0 : seen - 2;;) {
    const auto end = bytes.find('\n', from);
    if (end == std::string_view::npos) return 0;
    const std::string_view next = bytes.substr(end + 1, 2);
    if (next.starts_with('\n')) return end + 2;
    if (next == "\r\n") return end + 3;
    from = end + 1;
  }
}

Status AppendStrictAnswerHead(std::string_view head, std::string& out) {
  ATELIER_TRY(const std::string_view first, TakeLine(head));
  ATELIER_TRY(const StatusLine status, ReadStatusLine(first));
  const std::size_t begin = out.size();
  out += status.version;
  out += ' ';
  out += status.code;
  out += " \r\n";
  Length length;
  ATELIER_RETURN_IF_ERROR(AppendHeaders(head, out, length));
  if (length.content_length && (length.chunked || length.identity)) return Ambiguous();
  if (length.content_length) out += "Content-Length: " + *length.content_length + "\r\n";
  if (length.chunked) {
    out += "Transfer-Encoding: chunked\r\n";
    if (status.version == "HTTP/1.0") {
      out.replace(begin, status.version.size(), "HTTP/1.1");
      out += "Connection: close\r\n";
    }
  }
  out += "\r\n";
  return Ok();
}

}  // namespace atelier::http
